#include "rule_text.h"

#define RULE(id)                                                                             \
    "{\"rule_id\":\"" id "\",\"name\":\"N " id "\",\"description\":\"d\",\"risk_score\":21," \
    "\"severity\":\"low\",\"type\":\"query\",\"query\":\"a:b\"}"

static void expect(const char *text, const char *problems, uint32_t rules)
{
    Texts texts = texts_new();
    rule_read_json(&texts.list, STR("r.ndjson"), str_from_c(text));
    assert_string_equal(texts_problems(&texts), problems);
    assert_int_equal(texts.list.rules.count, rules);
    arena_free(texts.arena);
}

TEST(an_export_is_read_line_by_line)
{
    expect(RULE("a") "\n\n" RULE(
               "b") "\r\n"
                    "{\"list_id\":\"x\",\"type\":\"detection\",\"namespace_type\":\"single\"}\n"
                    "{\"id\":\"c\",\"type\":\"action\",\"attributes\":{}}\n"
                    "{\"exported_count\":2,\"exported_rules_count\":2}\n",
           "", 2);
}

TEST(a_json_file_may_hold_one_rule_or_a_list_over_many_lines)
{
    expect("{\n\"rule_id\":\"a\",\n \"name\":\"n\",\"description\":\"d\",\n "
           "\"risk_score\":21,\"severity\":"
           "\"low\",\n\"type\":\"query\"\n}\n",
           "", 1);
    expect("[\n" RULE("a") ",\n" RULE("b") "\n]", "", 2);
    expect("[" RULE("a") "," RULE("b") "]\n" RULE("c"), "", 3);
    expect("\xef\xbb\xbf" RULE("a"), "", 1);
    expect("", "", 0);
}

TEST(faults_have_line_and_column)
{
    expect(RULE("a") "\n{\"rule_id\":\"b\",}\n" RULE("c"),
           "r.ndjson:2:16: expected a key in quotes\n", 2);
    expect(RULE("a") "\n[1]\n\"x\"\n{\"colour\":\"red\"}\n",
           "r.ndjson:2:2: warning: not a rule: passed over\n"
           "r.ndjson:3:1: warning: not a rule: passed over\n"
           "r.ndjson:4:1: warning: not a rule: passed over\n",
           1);
    expect("\n{\"rule_id\":\"b\",\"name\":\"n\",\"description\":\"d\",\"severity\":\"low\","
           "\"type\":\"query\","
           "\"risk_score\":150}\n",
           "r.ndjson:2:90: risk_score must be 0..100, found 150\n", 0);
    expect("{\n \"name\":\"n\",\"description\":\"d\",\"severity\":\"low\",\n\"type\":\"query\",\n"
           "  \"risk_score\":150\n}",
           "r.ndjson:4:16: risk_score must be 0..100, found 150\n", 0);
}

TEST(null_says_nothing)
{
    expect("{\"rule_id\":\"b\",\"name\":\"n\",\"description\":\"d\",\"severity\":\"low\",\"type\":"
           "\"query\","
           "\"risk_score\":15,\"throttle\":null,\"note\":null,\"threat\":null,\"severity_mapping\":"
           "null}",
           "", 1);
    expect("{\"rule_id\":\"b\",\"name\":null,\"description\":\"d\",\"severity\":\"low\",\"type\":"
           "\"query\","
           "\"risk_score\":15}",
           "r.ndjson:1:1: name is required\n", 0);
}

TEST(a_disabled_rule_keeps_saying_so)
{
    Texts texts = texts_new();
    rule_read_json(
        &texts.list, STR("r.ndjson"),
        STR("{\"rule_id\":\"b\",\"name\":\"n\",\"description\":\"d\",\"severity\":\"low\","
            "\"type\":\"query\",\"risk_score\":15,\"enabled\":false}"));
    assert_int_equal(texts.list.rules.count, 1);
    assert_false(texts.list.rules.items[0].enabled);
    arena_free(texts.arena);
}

TEST(a_line_is_bounded)
{
    Texts texts = texts_new();
    Buffer text = {0};
    buffer_append_c(&text, "{\"name\":\"");
    char *room = buffer_reserve(&text, RULE_MAX_LINE);
    memset(room, 'x', RULE_MAX_LINE);
    text.len += RULE_MAX_LINE;
    buffer_append_c(&text, "\"}\n" RULE("a"));
    rule_read_json(&texts.list, STR("r.ndjson"), buffer_str(&text));
    assert_string_equal(texts_problems(&texts),
                        "r.ndjson:1:1: a line of more than 4194304 bytes\n");
    assert_int_equal(texts.list.rules.count, 1);
    buffer_done(&text);
    arena_free(texts.arena);
}

RUN_TESTS(CASE(an_export_is_read_line_by_line),
          CASE(a_json_file_may_hold_one_rule_or_a_list_over_many_lines),
          CASE(faults_have_line_and_column), CASE(null_says_nothing),
          CASE(a_disabled_rule_keeps_saying_so), CASE(a_line_is_bounded))
