#include "rule_text.h"

#include "rule/rule_set.h"

typedef struct Built {
    Texts texts;
    RuleSet *set;
} Built;

static Built build(const char *const *rules, size_t count, const RuleFilter *filter)
{
    Built built = {.texts = texts_new()};
    Arena *arena = built.texts.arena;
    for (size_t i = 0; i < count; i++) {
        Str text =
            str_format(arena,
                       "[rule]\nrule_id = \"rule-%zu\"\nname = \"Rule %zu \xc3\x89t\xc3\xa9\"\n"
                       "description = \"d\"\nrisk_score = 1\n%s\n",
                       i, i, rules[i]);
        rule_read_toml(&built.texts.list, str_format(arena, "%zu.toml", i), text);
    }
    assert_string_equal(texts_problems(&built.texts), "");
    built.set = rule_set_build(arena, &built.texts.list, schema_builtin(arena), filter);
    return built;
}

#define EQL(query) \
    "severity = \"low\"\ntype = \"eql\"\nlanguage = \"eql\"\nquery = '''" query "'''\n"

static void expect_skip(const char *rule, const char *reason, const char *detail)
{
    Built built = build(&rule, 1, &(RuleFilter){0});
    assert_int_equal(built.set->count, reason == NULL);
    if (reason != NULL) {
        assert_int_equal(built.set->skipped_count, 1);
        assert_string_equal(built.set->skipped[0].reason, reason);
        assert_string_equal(str_to_c(built.texts.arena, built.set->skipped[0].detail), detail);
    }
    arena_free(built.texts.arena);
}

TEST(a_rule_that_cannot_run_says_why)
{
    expect_skip(EQL("process where true"), NULL, NULL);
    expect_skip("severity = \"low\"\ntype = \"query\"\nquery = \"a:b\"", NULL, NULL);
    expect_skip("severity = \"low\"\ntype = \"query\"\nquery = \"a.*:b or c\"", NULL, NULL);
    expect_skip("severity = \"low\"\ntype = \"query\"\nquery = \"a:{b:c}\"",
                "the query uses what is not supported yet",
                "0.toml:8:10: nested fields { } are not supported");
    expect_skip("severity = \"low\"\ntype = \"query\"\nlanguage = \"lucene\"", NULL, NULL);
    expect_skip("severity = \"low\"\ntype = \"query\"\nlanguage = \"lucene\"\nquery = \"a:b~\"",
                "the query uses what is not supported yet",
                "0.toml:9:13: a term that is only like another (~) is not supported");
    expect_skip("severity = \"low\"\ntype = \"saved_query\"\nsaved_id = \"x\"",
                "the rule's saved query is kept in Kibana", "");
    expect_skip("severity = \"low\"\ntype = \"saved_query\"\nsaved_id = \"x\"\nquery = \"a:b\"",
                NULL, NULL);
    expect_skip("severity = \"low\"\ntype = \"esql\"\nlanguage = \"esql\"\nquery = \"from a\"",
                "ES|QL is not supported yet", "");
    expect_skip("severity = \"low\"\ntype = \"machine_learning\"\nanomaly_threshold = 1\n"
                "machine_learning_job_id = \"x\"",
                "machine_learning rules cannot run here", "");
    expect_skip(
        "severity = \"low\"\ntype = \"new_terms\"\nquery = \"\"\nnew_terms_fields = [\"a\"]\n"
        "history_window_start = \"now-7d\"",
        NULL, NULL);
    expect_skip(
        "severity = \"low\"\ntype = \"new_terms\"\nquery = \"\"\nnew_terms_fields = [\"a\"]\n"
        "history_window_start = \"now-7d/d\"",
        "its window cannot be kept to",
        "0.toml:1: history_window_start: \"now-7d/d\" is no fixed time before now, as "
        "\"now-9m\" is");
    expect_skip("severity = \"low\"\ntype = \"threshold\"\nquery = \"\"\nthreshold = {field = "
                "[\"a\"], value = 1}",
                NULL, NULL);
    expect_skip("severity = \"low\"\ntype = \"threshold\"\nquery = \"\"\nfrom = "
                "\"now-1M\"\nthreshold = {field = "
                "[\"a\"], value = 1}",
                "its window cannot be kept to",
                "0.toml:1: from: \"now-1M\" is no fixed time before now, as \"now-9m\" is");
    expect_skip("severity = \"low\"\ntype = \"threshold\"\nquery = \"\"\nfrom = \"now-1m\"\nto = "
                "\"now-1m\"\nthreshold = {field = "
                "[\"a\"], value = 1}",
                "its window cannot be kept to", "0.toml:1: from is not before to");
#define THREATS(query)                                                                  \
    "severity = \"low\"\ntype = \"threat_match\"\nquery = \"\"\nthreat_query = '" query \
    "'\nthreat_index = [\"a\"]\nthreat_mapping = [{entries = [{field = \"a\", type = "  \
    "\"mapping\", value = \"b\"}]}]\n"
    expect_skip(THREATS("x : 1"), NULL, NULL);
    expect_skip(THREATS("x : (1"), "query error",
                "0.toml:1: threat_query, line 1, column 5: the bracket is never closed");
    expect_skip(THREATS("x:1 || y:2") "threat_language = \"lucene\"", NULL, NULL);
}

TEST(a_query_error_has_the_files_line)
{
    Built built = build((const char *const[]){EQL("\nprocess where\n  process.pid == = 1\n")}, 1,
                        &(RuleFilter){0});
    assert_int_equal(built.set->skipped_count, 1);
    assert_string_equal(built.set->skipped[0].reason, "query error");
    Str detail = built.set->skipped[0].detail;
    assert_true(str_starts_with(detail, STR("0.toml:11:18: ")));
    arena_free(built.texts.arena);
}

TEST(a_query_on_one_line_of_json_is_told_by_its_own_lines)
{
    Built built = {.texts = texts_new()};
    rule_read_json(
        &built.texts.list, STR("x.ndjson"),
        STR("{\"rule_id\":\"b\",\"name\":\"n\",\"description\":\"d\",\"severity\":\"low\",\"type\":"
            "\"eql\",\"language\":\"eql\",\"risk_score\":15,\"query\":\"process where\\n  (\"}"));
    built.set = rule_set_build(built.texts.arena, &built.texts.list,
                               schema_builtin(built.texts.arena), &(RuleFilter){0});
    assert_int_equal(built.set->skipped_count, 1);
    assert_true(str_starts_with(built.set->skipped[0].detail,
                                STR("x.ndjson:1: query, line 2, column 4: ")));
    arena_free(built.texts.arena);
}

TEST(samples_and_missing_events_run)
{
    Built built = build(
        (const char *const[]){
            EQL("sample by host.id [process where true] [file where true]"),
            EQL("sequence by host.id with maxspan=1m [process where true] ![file where true]")},
        2, &(RuleFilter){0});
    assert_int_equal(built.set->skipped_count, 0);
    assert_int_equal(built.set->plan->queries[0].kind, QUERY_SAMPLE);
    assert_true(built.set->plan->queries[1].stages[1].missing);
    arena_free(built.texts.arena);
}

TEST(what_is_not_supported_yet_is_no_error)
{
    Built built =
        build((const char *const[]){EQL("join by host.id [process where true] [file where true]")},
              1, &(RuleFilter){0});
    assert_int_equal(built.set->skipped_count, 1);
    assert_string_equal(built.set->skipped[0].reason, "the query uses what is not supported yet");
    arena_free(built.texts.arena);
}

TEST(kibanas_filters_are_part_of_the_query)
{
    expect_skip(EQL("any where true") "filters = []", NULL, NULL);
    expect_skip(EQL("any where true") "filters = [{}]", NULL, NULL);
    expect_skip(EQL("any where true") "filters = [{meta = {disabled = true}, query = {odd = {}}}]",
                NULL, NULL);
    expect_skip(EQL("any where true") "filters = [{query = {term = {a = 1}}}]", NULL, NULL);
    expect_skip(EQL("any where true") "filters = [{query = {odd = {}}}]",
                "the query uses what is not supported yet",
                "0.toml:9:12: filter: [odd] is not supported");
}

TEST(what_only_kibana_knows_is_warned_of)
{
    Built built = build(
        (const char *const[]){
            EQL("any where true") "data_view_id = \"x\"\n[[rule.exceptions_list]]\nid = \"a\"\n"
                                  "list_id = \"b\"\ntype = \"detection\"\nnamespace_type = "
                                  "\"single\"\n",
            EQL("any where true")},
        2, &(RuleFilter){0});
    assert_int_equal(built.set->count, 2);
    assert_int_equal(built.set->warning_count, 2);
    assert_string_equal(built.set->warnings[0].reason, "exceptions are not there");
    assert_string_equal(built.set->warnings[1].reason, "data view is not known here");
    assert_ptr_equal(built.set->warnings[1].rule, built.set->rules[0]);
    arena_free(built.texts.arena);
}

TEST(rules_and_queries_keep_step)
{
    Built built =
        build((const char *const[]){EQL("process where"), EQL("any where true"),
                                    "severity = \"low\"\ntype = \"saved_query\"\nsaved_id = \"x\"",
                                    EQL("file where true")},
              4, &(RuleFilter){0});
    assert_int_equal(built.set->count, 2);
    assert_int_equal(built.set->plan->query_count, 2);
    assert_true(str_equal(built.set->rules[0]->rule_id, STR("rule-1")));
    assert_true(str_equal(built.set->rules[1]->rule_id, STR("rule-3")));
    arena_free(built.texts.arena);
}

TEST(a_filter_lets_through_by_name_tag_and_severity)
{
    static const char *const RULES[] = {
        "severity = \"low\"\ntype = \"saved_query\"\nsaved_id = \"x\"\ntags = [\"OS: Linux\", "
        "\"Demo\"]",
        "severity = \"high\"\ntype = \"saved_query\"\nsaved_id = \"x\"\ntags = [\"Demo\"]",
        "severity = \"critical\"\ntype = \"saved_query\"\nsaved_id = \"x\"",
    };
    static const struct {
        const char *name, *tag;
        int severity; /* -1: none */
        const char *passes;
    } CASES[] = {
        {NULL, NULL, -1, "012"},
        {"rule-1", NULL, -1, "1"},
        {"RULE-1", NULL, -1, "1"},
        {"rule 2", NULL, -1, "2"},
        {"\xc3\xa9T\xc3\x89", NULL, -1, "012"},
        {"rule-", NULL, -1, ""},
        {NULL, "demo", -1, "01"},
        {NULL, "OS", -1, ""},
        {NULL, NULL, RULE_HIGH, "12"},
        {"rule", "Demo", RULE_HIGH, "1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Str name = str_from_c(CASES[i].name == NULL ? "" : CASES[i].name);
        Str tag = str_from_c(CASES[i].tag == NULL ? "" : CASES[i].tag);
        RuleFilter filter = {.names = {&name, CASES[i].name != NULL},
                             .tags = {&tag, CASES[i].tag != NULL}};
        filter.has_min_severity = CASES[i].severity >= 0;
        filter.min_severity = filter.has_min_severity ? (RuleSeverity)CASES[i].severity : RULE_LOW;
        Built built = build(RULES, ARRAY_LEN(RULES), &filter);
        char passed[8] = {0};
        for (uint32_t j = 0; j < built.set->skipped_count; j++) {
            passed[j] = built.set->skipped[j].rule->rule_id.ptr[5];
        }
        assert_string_equal(passed, CASES[i].passes);
        arena_free(built.texts.arena);
    }
}

RUN_TESTS(CASE(a_rule_that_cannot_run_says_why), CASE(a_query_error_has_the_files_line),
          CASE(a_query_on_one_line_of_json_is_told_by_its_own_lines),
          CASE(samples_and_missing_events_run), CASE(what_is_not_supported_yet_is_no_error),
          CASE(kibanas_filters_are_part_of_the_query), CASE(what_only_kibana_knows_is_warned_of),
          CASE(rules_and_queries_keep_step), CASE(a_filter_lets_through_by_name_tag_and_severity))
