#include "unit.h"

#include "alert/override.h"

static Override override(Arena *arena, const Rule *rule, const char *event)
{
    Document document = {0};
    Err err = {0};
    assert_true(document_parse(arena, str_from_c(event), &document, &err));
    return override_of(arena, rule, &document);
}

TEST(the_highest_severity_that_fits_wins)
{
    static const SeverityMapping MAPPINGS[] = {
        {STR_INIT("a"), STR_INIT("x"), RULE_CRITICAL},
        {STR_INIT("a"), STR_INIT("y"), RULE_LOW},
        {STR_INIT("b"), STR_INIT("5"), RULE_HIGH},
        {STR_INIT("event.severity"), STR_INIT("21"), RULE_HIGH},
        {STR_INIT("c"), STR_INIT("true"), RULE_HIGH},
    };
    static const struct {
        const char *event;
        RuleSeverity severity;
    } CASES[] = {
        {"{}", RULE_MEDIUM},
        {"{\"a\":\"y\"}", RULE_LOW},
        {"{\"a\":[\"y\",\"x\"]}", RULE_CRITICAL},
        {"{\"a\":\"X\"}", RULE_MEDIUM},
        {"{\"b\":5}", RULE_HIGH},
        {"{\"b\":\"5\"}", RULE_HIGH},
        {"{\"b\":5.5}", RULE_MEDIUM},
        {"{\"event\":{\"severity\":21}}", RULE_HIGH},
        {"{\"event.severity\":\"21.0\"}", RULE_HIGH},
        {"{\"event\":{\"severity\":22}}", RULE_MEDIUM},
        {"{\"c\":true}", RULE_HIGH},
    };
    Rule rule = {.severity = RULE_MEDIUM,
                 .severity_mapping = MAPPINGS,
                 .severity_mapping_count = ARRAY_LEN(MAPPINGS)};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        if (override(arena, &rule, CASES[i].event).severity != CASES[i].severity) {
            fail_msg("%s", CASES[i].event);
        }
        arena_free(arena);
    }
}

TEST(the_highest_score_in_bounds_wins)
{
    static const struct {
        const char *event;
        double score;
    } CASES[] = {
        {"{}", 47},
        {"{\"s\":12}", 12},
        {"{\"s\":\"12.5\"}", 12.5},
        {"{\"s\":[1,99,101,-1]}", 99},
        {"{\"s\":0}", 0},
        {"{\"s\":101}", 47},
        {"{\"s\":\"\"}", 47},
        {"{\"s\":true}", 47},
        {"{\"s\":\"high\"}", 47},
        {"{\"s\":null}", 47},
    };
    Rule rule = {.risk_score = 47, .risk_score_mapping_field = STR("s")};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        if (override(arena, &rule, CASES[i].event).risk_score != CASES[i].score) {
            fail_msg("%s", CASES[i].event);
        }
        arena_free(arena);
    }
}

TEST(the_first_text_is_the_name)
{
    static const char *const CASES[][2] = {
        {"{}", "R"},
        {"{\"n\":\"N\"}", "N"},
        {"{\"n\":[\"\",5,\"N\"]}", "N"},
        {"{\"n\":5}", "R"},
    };
    Rule rule = {.name = STR("R"), .rule_name_override = STR("n")};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        assert_string_equal(str_to_c(arena, override(arena, &rule, CASES[i][0]).name), CASES[i][1]);
        arena_free(arena);
    }
}

RUN_TESTS(CASE(the_highest_severity_that_fits_wins), CASE(the_highest_score_in_bounds_wins),
          CASE(the_first_text_is_the_name))
