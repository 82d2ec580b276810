#include "rule_pair.h"

#include "rule/rule_history.h"

/* The lines of a change, joined with "; ". */
static void expect_change(const char *before, const char *after, const char *expected)
{
    Arena *arena = arena_new();
    RuleVersion version = {.version = 2};
    RuleHistoryEntry entry = {.version = &version};
    entry.change =
        rule_change(arena, schema_builtin(arena), json_of(arena, before), json_of(arena, after));
    StrList lines;
    rule_change_lines(arena, &entry, &lines);
    Str joined = str_join(arena, lines.items, lines.count, STR("; "));
    assert_string_equal(str_to_c(arena, joined), expected);
    arena_free(arena);
}

#define EQL(query)  "{\"type\":\"eql\",\"language\":\"eql\",\"query\":\"" query "\"}"
#define KQL(query)  "{\"type\":\"query\",\"language\":\"kuery\",\"query\":\"" query "\"}"
#define ESQL(query) "{\"type\":\"esql\",\"language\":\"esql\",\"query\":\"" query "\"}"
#define CHANGED     "Updated query, changed from:"

TEST(a_query_has_changed_when_it_looks_for_something_else)
{
    static const struct {
        const char *before, *after, *lines;
    } CASES[] = {
        {EQL("any where a == 1"), EQL("any where a == 1"), "Formatting only"},
        {EQL("any where a == 1"), EQL("any where a == 2"), CHANGED},
        {EQL("any where a == 1 and b == 2"), EQL("any where\\n  (a == 1)\\n  and (b == 2)\\n"),
         "Formatting only"},
        {EQL("any where a in (1, 2)"), EQL("any where a in (2, 1)"), "Formatting only"},
        {EQL("any where a == \\\"x y\\\""), EQL("any where a == \\\"x  y\\\""), CHANGED},
        {KQL("a:1 and b:2"), KQL("(a : 1) AND b: 2"), "Formatting only"},
        {KQL("a:1"), KQL("a:2"), CHANGED},
        {KQL("a:1"), EQL("any where a == 1"), CHANGED},
        /* What does not compile goes by its words. */
        {ESQL("from x | where a"), ESQL("from x\\n| where a "), "Formatting only"},
        {ESQL("from x | where a == \\\"b c\\\""), ESQL("from x | where a == \\\"b  c\\\""),
         CHANGED},
        {EQL("any were a"), EQL("any  were a"), "Formatting only"},
        {"{\"type\":\"query\"}", "{\"type\":\"query\",\"query\":\"a:1\"}", CHANGED},
        {"{\"type\":\"machine_learning\"}", "{\"type\":\"machine_learning\"}", "Formatting only"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_change(CASES[i].before, CASES[i].after, CASES[i].lines);
    }
}

TEST(other_fields_are_told_by_name)
{
    static const struct {
        const char *before, *after, *lines;
    } CASES[] = {
        {"{\"name\":\"A\"}", "{\"name\":\"B\"}", "Rule name changed from: A"},
        {"{\"tags\":[\"a\"],\"note\":\"n\",\"query\":\"a:1\"}",
         "{\"tags\":[\"b\"],\"setup\":\"s\",\"query\":\"a:2\"}",
         CHANGED "; Updated tags; Added setup; Removed note"},
        {"{\"query\":\"a:1\",\"risk_score\":1}", "{\"query\":\" a:1\",\"risk_score\":2}",
         "Query: formatting only; Updated risk_score"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_change(CASES[i].before, CASES[i].after, CASES[i].lines);
    }
}

static RuleVersion row(Arena *arena, int64_t id, int64_t version, int64_t revision,
                       RuleVersionKind kind)
{
    return (RuleVersion){.id = id,
                         .rule_id = STR("r"),
                         .version = version,
                         .revision = revision,
                         .kind = kind,
                         .json = rule_json(arena, RULE_QUERY_ANY),
                         .time_ms = 1715000000000};
}

TEST(an_upgrade_that_became_a_merge_stands_there_as_the_merge)
{
    static const char *const TITLES[] = {
        "Version 2, revision 3, rolled back on 2024-05-06",
        "Version 2 (1.1 release), revision 2, merged with what was changed here on 2024-05-06",
        "Version 1, revision 1, changed here on 2024-05-06",
    };
    Arena *arena = arena_new();
    RuleVersionList versions = {0};
    ARRAY_PUSH(arena, &versions.list, row(arena, 1, 1, 0, RULE_VERSION_IMPORT));
    ARRAY_PUSH(arena, &versions.list, row(arena, 2, 1, 1, RULE_VERSION_EDIT));
    ARRAY_PUSH(arena, &versions.list, row(arena, 3, 2, -1, RULE_VERSION_IMPORT));
    ARRAY_PUSH(arena, &versions.list, row(arena, 4, 2, 2, RULE_VERSION_MERGE));
    ARRAY_PUSH(arena, &versions.list, row(arena, 5, 2, 3, RULE_VERSION_ROLLBACK));
    versions.list.items[3].release = STR("1.1");
    RuleHistory history = rule_history(arena, schema_builtin(arena), &versions);
    assert_int_equal(history.entries.count, ARRAY_LEN(TITLES));
    for (size_t i = 0; i < ARRAY_LEN(TITLES); i++) {
        Str title = rule_history_title(arena, history.entries.items[i].version);
        assert_string_equal(str_to_c(arena, title), TITLES[i]);
    }
    assert_int_equal(history.first->id, 1);
    arena_free(arena);
}

TEST(conflicts_are_listed)
{
    Arena *arena = arena_new();
    RuleVersion version = row(arena, 4, 2, 2, RULE_VERSION_MERGE);
    version.conflicts = json_of(arena, "[\"note\",\"query\"]");
    RuleHistoryEntry entry = {.version = &version};
    StrList lines;
    rule_change_lines(arena, &entry, &lines);
    assert_int_equal(lines.count, 2);
    assert_string_equal(lines.items[1].ptr, "Conflict in query: as it was changed here");
    arena_free(arena);
}

RUN_TESTS(CASE(a_query_has_changed_when_it_looks_for_something_else),
          CASE(other_fields_are_told_by_name),
          CASE(an_upgrade_that_became_a_merge_stands_there_as_the_merge),
          CASE(conflicts_are_listed))
