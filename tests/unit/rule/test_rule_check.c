#include "rule_text.h"

/* `text` as a rule file; its problems. */
static void expect_problems(const char *text, const char *expected, uint32_t rules)
{
    Texts texts = texts_new();
    rule_read_toml(&texts.list, STR("r.toml"), str_from_c(text));
    assert_string_equal(texts_problems(&texts), expected);
    assert_int_equal(texts.list.rules.count, rules);
    arena_free(texts.arena);
}

TEST(wrong_values_are_told_with_their_line)
{
    static const char *const CASES[][2] = {
        {"max_signals = 0", "r.toml:12: max_signals must be 1 or more, found 0\n"},
        {"max_signals = \"100\"", "r.toml:12: max_signals must be a whole number, found \"100\"\n"},
        {"max_signals = 1.5", "r.toml:12: max_signals must be a whole number, found 1.5\n"},
        {"version = 0", "r.toml:12: version must be 1 or more, found 0\n"},
        {"enabled = \"yes\"", "r.toml:12: enabled must be true or false, found \"yes\"\n"},
        {"interval = \"5\"", "r.toml:12: interval: "},
        {"interval = \"5w\"", "r.toml:12: interval: "},
        {"interval = \"0m\"", "r.toml:12: interval: "},
        {"from = \"yesterday\"", "r.toml:12: from: "},
        {"to = \"now-\"", "r.toml:12: to: "},
        {"tags = \"One\"", "r.toml:12: tags must be a list of texts, found \"One\"\n"},
        {"tags = [\"One\",\n 2]", "r.toml:13: tags[1] must be a text, found 2\n"},
        {"note = []", "r.toml:12: note must be a text, found an empty list\n"},
        {"building_block_type = \"yes\"",
         "r.toml:12: building_block_type must be \"default\", found \"yes\"\n"},
        {"timeline_id = \"x\"", "r.toml:12: timeline_id needs timeline_title beside it\n"},
        {"timeline_id = \"\"\ntimeline_title = \"t\"",
         "r.toml:12: timeline_id must be a text that is not empty, found \"\"\n"},
        {"concurrent_searches = 2",
         "r.toml:12: concurrent_searches needs items_per_search beside it\n"},
        {"[[rule.severity_mapping]]\nfield = \"a\"\nvalue = \"b\"\noperator = \"equals\"",
         "r.toml:12: severity_mapping[0].severity is required\n"},
        {"[[rule.severity_mapping]]\nfield = \"a\"\nvalue = \"b\"\nseverity = \"hihg\"",
         "r.toml:15: severity_mapping[0].severity must be one of low, medium, high, critical, "
         "found "
         "\"hihg\", did you mean [high]?\n"},
        {"[[rule.risk_score_mapping]]\nfield = \"a\"\nrisk_score = 101",
         "r.toml:14: risk_score_mapping[0].risk_score must be 0..100, found 101\n"},
        {"[[rule.threat]]\nframework = \"F\"\n[rule.threat.tactic]\nid = 5\nname = "
         "\"n\"\nreference = \"\"",
         "r.toml:15: threat[0].tactic.id must be a text, found 5\n"},
        {"[rule.threat]\nframework = \"F\"",
         "r.toml:12: threat must be a list of objects, found an object\n"},
        {"[rule.alert_suppression]\ngroup_by = []",
         "r.toml:13: alert_suppression.group_by must have at least 1 item, found 0\n"},
        {"[rule.alert_suppression]\ngroup_by = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]",
         "r.toml:13: alert_suppression.group_by must have at most 5 items, found 6\n"},
        {"new_terms_fields = [\"a\", \"b\", \"c\", \"d\"]",
         "r.toml:12: new_terms_fields must have at most 3 items, found 4\n"},
        {"investigation_fields = 1",
         "r.toml:12: investigation_fields must be an object, found 1\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Texts texts = texts_new();
        Str text = str_format(texts.arena, "%s%s\n", SMALL_RULE, CASES[i][0]);
        rule_read_toml(&texts.list, STR("r.toml"), text);
        const char *found = texts_problems(&texts);
        /* what date math has to say about itself is lang's own business */
        bool whole = CASES[i][1][strlen(CASES[i][1]) - 1] == '\n';
        if (whole ? strcmp(found, CASES[i][1]) != 0
                  : strncmp(found, CASES[i][1], strlen(CASES[i][1])) != 0) {
            fail_msg("%s\n  gave:     %s  expected: %s", CASES[i][0], found, CASES[i][1]);
        }
        assert_int_equal(texts.list.rules.count, 0);
        arena_free(texts.arena);
    }
}

TEST(what_every_rule_must_say_is_asked_for)
{
    expect_problems("\n[rule]\n",
                    "r.toml:2: name is required\n"
                    "r.toml:2: description is required\n"
                    "r.toml:2: risk_score is required\n"
                    "r.toml:2: severity is required\n"
                    "r.toml:2: type is required\n",
                    0);
    expect_problems(
        "[rule]\nname = \"\"\ndescription = \"d\"\nrisk_score = 150\nseverity = \"High\"\n"
        "type = \"eqll\"\n",
        "r.toml:2: name must be a text that is not empty, found \"\"\n"
        "r.toml:4: risk_score must be 0..100, found 150\n"
        "r.toml:5: severity must be one of low, medium, high, critical, found \"High\", did you "
        "mean [high]?\n"
        "r.toml:6: type must be one of eql, query, saved_query, threshold, threat_match, "
        "machine_learning, new_terms, esql, found \"eqll\", did you mean any of [eql, esql]?\n",
        0);
}

TEST(each_type_asks_for_its_own)
{
    static const char *const CASES[][2] = {
        {"eql", "query language"},
        {"query", ""},
        {"saved_query", "saved_id"},
        {"threshold", "query threshold"},
        {"threat_match", "query threat_query threat_mapping threat_index"},
        {"machine_learning", "anomaly_threshold machine_learning_job_id"},
        {"new_terms", "query new_terms_fields history_window_start"},
        {"esql", "query language"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Texts texts = texts_new();
        Str text =
            str_format(texts.arena,
                       "[rule]\nname = \"n\"\ndescription = \"d\"\nrisk_score = 1\nseverity = "
                       "\"low\"\ntype = \"%s\"\n",
                       CASES[i][0]);
        rule_read_toml(&texts.list, STR("r.toml"), text);
        Buffer expected = {0};
        Str rest = str_from_c(CASES[i][1]);
        Str need;
        while (rest.len > 0 && str_split(&rest, ' ', &need)) {
            buffer_append_format(&expected, "r.toml:1: %.*s is required in a rule of type %s\n",
                                 STR_ARG(need), CASES[i][0]);
        }
        buffer_append_byte(&expected, '\0');
        assert_string_equal(texts_problems(&texts), expected.ptr);
        buffer_done(&expected);
        arena_free(texts.arena);
    }
}

TEST(a_language_must_be_the_types)
{
    expect_problems(
        "[rule]\nname = \"n\"\ndescription = \"d\"\nrisk_score = 1\nseverity = \"low\"\n"
        "type = \"query\"\nquery = \"a:b\"\nlanguage = \"eql\"\n",
        "r.toml:8: language must be \"kuery\" in a rule of type query, found \"eql\"\n", 0);
    expect_problems(
        "[rule]\nname = \"n\"\ndescription = \"d\"\nrisk_score = 1\nseverity = \"low\"\n"
        "type = \"query\"\nquery = \"a:b\"\nlanguage = \"lucene\"\n",
        "", 1);
}

TEST(unknown_fields_warn_and_the_rule_stands)
{
    expect_problems(
        SMALL_RULE "max_signal = 5\nshoe_size = 44\n"
                   "[[rule.severity_mapping]]\nfield = \"a\"\nvalue = \"b\"\nseverity = \"low\"\n"
                   "colour = \"red\"\n",
        "r.toml:18: warning: unknown field \"severity_mapping[0].colour\"\n"
        "r.toml:12: warning: unknown field \"max_signal\", did you mean [max_signals]?\n"
        "r.toml:13: warning: unknown field \"shoe_size\"\n",
        1);
    expect_problems(
        "[metadata]\nmaturty = \"x\"\n[ruel]\n[rule]\nname = \"n\"\ndescription = \"d\"\n"
        "risk_score = 1\nseverity = \"low\"\ntype = \"query\"\n",
        "r.toml:3: warning: unknown field \"ruel\", did you mean [rule]?\n"
        "r.toml:2: warning: unknown field \"metadata.maturty\", did you mean [maturity]?\n",
        1);
}

TEST(of_very_many_unknown_fields_the_first_are_told)
{
    Texts texts = texts_new();
    Buffer rule = {0};
    buffer_append_c(
        &rule,
        "{\"rule_id\":\"r\",\"name\":\"n\",\"description\":\"d\",\"severity\":\"low\","
        "\"type\":\"eql\",\"language\":\"eql\",\"risk_score\":1,\"query\":\"any where true\"");
    for (uint32_t i = 0; i < RULE_MAX_UNKNOWN + 7; i++) {
        buffer_append_format(&rule, ",\"namez%u\":1", i);
    }
    buffer_append_c(&rule, "}");
    rule_read_json(&texts.list, STR("r.ndjson"), buffer_str(&rule));
    assert_int_equal(texts.list.rules.count, 1);
    assert_int_equal(texts.list.problems.count, RULE_MAX_UNKNOWN + 1);
    assert_true(str_equal(texts.list.problems.items[RULE_MAX_UNKNOWN].message,
                          STR("7 more unknown fields \"...\"")));
    buffer_done(&rule);
    arena_free(texts.arena);
}

TEST(index_patterns_that_no_index_fits_warn)
{
    expect_problems(
        SMALL_RULE
        "index = [\"logs-*\", \"Winlogbeat-*\",\n \"\", \"logs *\", \"-logs-x-*\", \"a/b\",\n"
        " \"*:logs-*\", \"<logs-{now/d}>\"]\n",
        "r.toml:12: warning: index[1] \"Winlogbeat-*\" matches no index: names of indices have no "
        "upper-case letters\n"
        "r.toml:13: warning: index[2] \"\" matches no index: it is empty\n"
        "r.toml:13: warning: index[3] \"logs *\" matches no index: names of indices have no "
        "blanks\n"
        "r.toml:13: warning: index[5] \"a/b\" matches no index: names of indices have none of \\ "
        "/ ? \" < > | #\n",
        1);
    expect_problems(
        SMALL_RULE "index = [\"-logs-*\"]\n",
        "r.toml:12: warning: index only excludes: no pattern before them says what to exclude "
        "from\n",
        1);
}

TEST(defaults_fill_what_is_not_said)
{
    Texts texts = texts_new();
    rule_read_toml(&texts.list, STR("r.toml"), STR(SMALL_RULE));
    assert_int_equal(texts.list.rules.count, 1);
    const Rule *rule = &texts.list.rules.items[0];
    assert_true(str_equal(rule->from, STR("now-6m")));
    assert_true(str_equal(rule->to, STR("now")));
    assert_true(str_equal(rule->interval, STR("5m")));
    assert_int_equal(rule->interval_ns, 300000000000);
    assert_int_equal(rule->max_signals, 100);
    assert_int_equal(rule->version, 1);
    assert_int_equal(rule->revision, 0);
    assert_true(rule->enabled); /* a rule in a file is given to be run */
    assert_false(rule->immutable);
    assert_int_equal(rule->tags.count, 0);
    assert_true(str_equal(rule->maturity, STR("production")));
    assert_int_equal(rule->line, 3);
    arena_free(texts.arena);
}

TEST(ids_follow_from_the_rule)
{
    static const struct {
        const char *given, *id, *rule_id; /* NULL: a UUID of our making */
    } CASES[] = {
        {"rule_id = \"6e1b2c5a-0000-4000-8000-00000000beef\"",
         "6e1b2c5a-0000-4000-8000-00000000beef", "6e1b2c5a-0000-4000-8000-00000000beef"},
        {"rule_id = \"shell-from-editor\"", NULL, "shell-from-editor"},
        {"id = \"77777777-0000-4000-8000-000000000000\"", "77777777-0000-4000-8000-000000000000",
         "77777777-0000-4000-8000-000000000000"},
        {"id = \"77777777-0000-4000-8000-000000000000\"\nrule_id = \"x\"",
         "77777777-0000-4000-8000-000000000000", "x"},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Str seen[2];
        Texts texts = texts_new();
        for (int round = 0; round < 2; round++) {
            texts.list.rules.count = 0;
            Str text =
                str_format(texts.arena,
                           "[rule]\nname = \"n\"\ndescription = \"d\"\nrisk_score = 1\nseverity = "
                           "\"low\"\ntype = \"query\"\n%s\n",
                           CASES[i].given);
            rule_read_toml(&texts.list, STR("r.toml"), text);
            assert_int_equal(texts.list.rules.count, 1);
            seen[round] = texts.list.rules.items[0].id;
        }
        const Rule *rule = &texts.list.rules.items[0];
        assert_true(str_equal(seen[0], seen[1]));
        assert_int_equal(rule->id.len, 36);
        assert_true(CASES[i].id == NULL || str_equal(rule->id, str_from_c(CASES[i].id)));
        assert_true(CASES[i].rule_id == NULL
                        ? str_equal(rule->rule_id, rule->id)
                        : str_equal(rule->rule_id, str_from_c(CASES[i].rule_id)));
        arena_free(texts.arena);
    }
}

TEST(a_querys_lines_are_the_files)
{
    static const struct {
        const char *query;
        size_t at; /* in the query */
        size_t line, column;
    } CASES[] = {
        {"query = 'process where true'", 8, 11, 18},
        {"query = '''\nprocess where\n  true\n'''", 0, 12, 1},
        {"query = '''\nprocess where\n  true\n'''", 16, 13, 3},
        {"query = '''process where\n  true'''", 8, 11, 20},
        {"query = \"\"\"\nprocess where\n  x == \"\\\\\"\n\"\"\"", 16, 13, 3},
        {"query = \"process where\\n  true\"", 16, 2,
         3}, /* an escape stands for the line: not told */
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Texts texts = texts_new();
        Str head = STR(SMALL_RULE);
        size_t query_at = 0;
        assert_true(str_find(head, STR("query"), 0, &query_at));
        Str text = str_format(texts.arena, "%.*s%s\n", (int)query_at, head.ptr, CASES[i].query);
        rule_read_toml(&texts.list, STR("r.toml"), text);
        assert_string_equal(texts_problems(&texts), "");
        size_t line = 0;
        size_t column = 0;
        bool told = rule_query_position(&texts.list.rules.items[0], CASES[i].at, &line, &column);
        assert_int_equal(told, i + 1 < ARRAY_LEN(CASES));
        assert_int_equal(line, CASES[i].line);
        assert_int_equal(column, CASES[i].column);
        arena_free(texts.arena);
    }
}

TEST(problems_are_bounded)
{
    Texts texts = texts_new();
    for (int i = 0; i < RULE_MAX_PROBLEMS / 5 + 10; i++) {
        rule_read_toml(&texts.list, STR("r.toml"), STR("[rule]"));
    }
    assert_int_equal(texts.list.problems.count, RULE_MAX_PROBLEMS + 1);
    const RuleProblem *last = &texts.list.problems.items[RULE_MAX_PROBLEMS];
    assert_string_equal(last->code, "limit");
    arena_free(texts.arena);
}

RUN_TESTS(CASE(wrong_values_are_told_with_their_line), CASE(what_every_rule_must_say_is_asked_for),
          CASE(each_type_asks_for_its_own), CASE(a_language_must_be_the_types),
          CASE(unknown_fields_warn_and_the_rule_stands),
          CASE(of_very_many_unknown_fields_the_first_are_told),
          CASE(index_patterns_that_no_index_fits_warn), CASE(defaults_fill_what_is_not_said),
          CASE(ids_follow_from_the_rule), CASE(a_querys_lines_are_the_files),
          CASE(problems_are_bounded))
