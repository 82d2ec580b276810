#include "rule_text.h"

#include "rule/rule_fields.h"

static void expect_print(const char *toml, RuleUse use, const char *expected)
{
    Texts texts = texts_new();
    rule_read_toml(&texts.list, STR("r.toml"), str_from_c(toml));
    assert_string_equal(texts_problems(&texts), "");
    Buffer text = {0};
    JsonWriter out = {.out = &text};
    rule_print_members(&out, &texts.list.rules.items[0], use,
                       use == RULE_USE_ALERT ? STR("r.") : STR(""));
    buffer_append_byte(&text, '\0');
    assert_string_equal(text.ptr, expected);
    buffer_done(&text);
    arena_free(texts.arena);
}

static const char TINY[] =
    "[rule]\nrule_id = \"x\"\nid = \"i\"\nname = \"n\"\ndescription = \"d \\\"q\\\"\"\n"
    "risk_score = 1\nseverity = \"low\"\ntype = \"query\"\nindex = [\"a-*\"]\n"
    "tags = [\"T\"]\nmeta = {from = \"1m\"}\n";

TEST(an_export_has_the_defaults)
{
    Texts texts = texts_new();
    rule_read_toml(&texts.list, STR("r.toml"), str_from_c(TINY));
    Buffer text = {0};
    JsonWriter out = {.out = &text};
    rule_print_json(&out, &texts.list.rules.items[0]);
    buffer_append_byte(&text, '\0');
    assert_string_equal(
        text.ptr,
        "{\"id\":\"i\",\"name\":\"n\",\"tags\":[\"T\"],\"interval\":\"5m\",\"enabled\":true,"
        "\"revision\":0,"
        "\"description\":\"d "
        "\\\"q\\\"\",\"risk_score\":1,\"severity\":\"low\",\"meta\":{\"from\":\"1m\"},"
        "\"author\":[],\"false_positives\":[],\"from\":\"now-6m\",\"rule_id\":\"x\",\"max_"
        "signals\":100,"
        "\"risk_score_mapping\":[],\"severity_mapping\":[],\"threat\":[],\"to\":\"now\","
        "\"references\":[],"
        "\"version\":1,\"exceptions_list\":[],\"immutable\":false,\"related_integrations\":[],"
        "\"required_fields\":[],\"setup\":\"\",\"type\":\"query\",\"index\":[\"a-*\"],\"actions\":["
        "]}");
    buffer_done(&text);
    arena_free(texts.arena);
}

TEST(an_export_reads_back_as_the_same_export)
{
    Texts texts = texts_new();
    rule_read_toml(&texts.list, STR("r.toml"), STR(SMALL_RULE));
    Buffer once = {0};
    Buffer twice = {0};
    rule_print_json(&(JsonWriter){.out = &once}, &texts.list.rules.items[0]);
    rule_read_json(&texts.list, STR("r.ndjson"), buffer_str(&once));
    assert_string_equal(texts_problems(&texts), "");
    rule_print_json(&(JsonWriter){.out = &twice}, &texts.list.rules.items[1]);
    assert_true(str_equal(buffer_str(&once), buffer_str(&twice)));
    buffer_done(&once);
    buffer_done(&twice);
    arena_free(texts.arena);
}

TEST(parameters_leave_out_what_is_about_the_rule_as_an_object)
{
    static const char RULE[] =
        "[rule]\nrule_id = \"x\"\nname = \"n\"\ndescription = \"d\"\nrisk_score = 1\n"
        "severity = \"low\"\ntype = \"query\"\ncreated_by = \"me\"\nenabled = false\n";
    expect_print(
        RULE, RULE_USE_PARAMETERS,
        "\"description\":\"d\",\"risk_score\":1,\"severity\":\"low\",\"author\":[],"
        "\"false_positives\":[],\"from\":\"now-6m\",\"rule_id\":\"x\",\"max_signals\":100,"
        "\"risk_score_mapping\":[],\"severity_mapping\":[],\"threat\":[],\"to\":\"now\","
        "\"references\":[],\"version\":1,\"exceptions_list\":[],\"immutable\":false,"
        "\"related_integrations\":[],\"required_fields\":[],\"setup\":\"\",\"type\":\"query\"");
}

TEST(alerts_call_id_and_index_by_other_names)
{
    static const char RULE[] =
        "[rule]\nrule_id = \"x\"\nid = \"i\"\nname = \"n\"\ndescription = \"d\"\n"
        "risk_score = 1\nseverity = \"low\"\ntype = \"query\"\nindex = [\"a-*\"]\n";
    expect_print(
        RULE, RULE_USE_ALERT,
        "\"r.uuid\":\"i\",\"r.tags\":[],\"r.interval\":\"5m\",\"r.enabled\":true,\"r.revision\":0,"
        "\"r.description\":\"d\",\"r.risk_score\":1,\"r.severity\":\"low\",\"r.author\":[],"
        "\"r.false_positives\":[],\"r.from\":\"now-6m\",\"r.rule_id\":\"x\",\"r.max_signals\":100,"
        "\"r.risk_score_mapping\":[],\"r.severity_mapping\":[],\"r.threat\":[],\"r.to\":\"now\","
        "\"r.references\":[],\"r.version\":1,\"r.exceptions_list\":[],\"r.immutable\":false,"
        "\"r.type\":\"query\",\"r.indices\":[\"a-*\"],\"r.actions\":[]");
}

TEST(no_two_fields_share_a_name_or_a_place)
{
    const RuleFieldTable *table = rule_fields();
    for (uint32_t i = 0; i < table->count; i++) {
        const RuleField *field = &table->fields[i];
        assert_ptr_equal(rule_field_find(table, field->name), field);
        for (uint32_t j = 0; j < i && field->offset > 0; j++) {
            assert_int_not_equal(table->fields[j].offset, field->offset);
        }
    }
    assert_null(rule_field_find(table, STR("shoe_size")));
}

TEST(severities_and_types_have_names)
{
    RuleSeverity severity = RULE_LOW;
    assert_true(rule_severity_parse(STR("CRITICAL"), &severity));
    assert_int_equal(severity, RULE_CRITICAL);
    assert_false(rule_severity_parse(STR("none"), &severity));
    assert_string_equal(rule_severity_name(RULE_MEDIUM), "medium");
    assert_string_equal(rule_type_name(RULE_ESQL), "esql");
    assert_string_equal(rule_type_category(RULE_EQL), "Event Correlation Rule");
    assert_string_equal(rule_type_id(RULE_NEW_TERMS), "siem.newTermsRule");
}

RUN_TESTS(CASE(an_export_has_the_defaults), CASE(an_export_reads_back_as_the_same_export),
          CASE(parameters_leave_out_what_is_about_the_rule_as_an_object),
          CASE(alerts_call_id_and_index_by_other_names),
          CASE(no_two_fields_share_a_name_or_a_place), CASE(severities_and_types_have_names))
