#include "rule_pair.h"

#include "rule/rule_merge.h"

typedef struct Case {
    const char *base, *mine, *theirs; /* members, each with its comma */
    const char *merged;               /* members of a rule that says the same as the merge */
    const char *taken, *kept, *conflicts;
} Case;

static void expect_names(Arena *arena, const FieldNames *names, const char *expected)
{
    Str joined = str_join(arena, names->list.items, names->list.count, STR(" "));
    assert_string_equal(str_to_c(arena, joined), expected);
}

static void expect_merge(const Case *merge)
{
    Arena *arena = arena_new();
    RuleSides sides = {rule_json(arena, merge->base), rule_json(arena, merge->mine),
                       rule_json(arena, merge->theirs)};
    RuleMerge merged = rule_merge(arena, &sides);
    RuleContent is = rule_content(arena, json_of(arena, str_to_c(arena, merged.text)));
    RuleContent shall = rule_content(arena, rule_json(arena, merge->merged));
    FieldNames names = rule_content_differences(arena, &is, &shall);
    expect_names(arena, &names, "");
    expect_names(arena, &merged.taken, merge->taken);
    expect_names(arena, &merged.kept, merge->kept);
    expect_names(arena, &merged.conflicts, merge->conflicts);
    arena_free(arena);
}

#define NOTE(text)  "\"note\":\"" text "\","
#define QUERY(text) "\"query\":\"" text "\","
#define TAGS(items) "\"tags\":[" items "],"
#define LIST(id)                           \
    "{\"id\":\"" id "\",\"list_id\":\"" id \
    "\",\"type\":\"detection\",\"namespace_type\":\"single\"}"
#define LISTS(all) "\"exceptions_list\":[" all "],"
#define KQL        "\"type\":\"query\",\"language\":\"kuery\","

TEST(what_was_changed_here_stays_and_what_was_not_comes)
{
    static const Case CASES[] = {
        {NOTE("a"), NOTE("a"), NOTE("b"), NOTE("b"), "note", "", ""},
        {NOTE("a"), NOTE("mine"), NOTE("a"), NOTE("mine"), "", "note", ""},
        {NOTE("a"), NOTE("mine"), NOTE("b"), NOTE("mine"), "", "", "note"},
        {NOTE("a"), NOTE("b"), NOTE("b"), NOTE("b"), "", "", ""},
        {"", NOTE("mine"), NOTE("b"), NOTE("mine"), "", "", "note"},
        {NOTE("a"), "", NOTE("a"), "", "", "note", ""},
        {NOTE("a"), "", NOTE("b"), "", "", "", "note"}, /* taken away here */
        {NOTE("a"), NOTE("a"), "", "", "note", "", ""},
        {"\"zzz\":1,", "\"zzz\":2,", "\"zzz\":3,\"yyy\":4,", "\"zzz\":2,\"yyy\":4,", "yyy", "",
         "zzz"},
        {NOTE("a") "\"to\":\"now\",", NOTE("mine"), NOTE("a") "\"setup\":\"s\",",
         NOTE("mine") "\"setup\":\"s\",", "setup", "note", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_merge(&CASES[i]);
    }
}

TEST(sets_are_joined_item_by_item)
{
    static const Case CASES[] = {
        {TAGS("\"a\",\"b\""), TAGS("\"a\",\"b\",\"mine\""), TAGS("\"b\",\"c\""),
         TAGS("\"b\",\"mine\",\"c\""), "tags", "tags", ""},
        {TAGS("\"a\",\"b\""), TAGS("\"b\""), TAGS("\"a\",\"b\",\"c\""), TAGS("\"b\",\"c\""), "tags",
         "tags", ""},
        {TAGS("\"a\""), TAGS("\"a\""), TAGS("\"b\""), TAGS("\"b\""), "tags", "", ""},
        {TAGS("\"a\""), TAGS("\"x\""), TAGS("\"a\""), TAGS("\"x\""), "", "tags", ""},
        {"", "", TAGS("\"a\""), TAGS("\"a\""), "tags", "", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_merge(&CASES[i]);
    }
}

TEST(no_exception_goes)
{
    static const Case CASES[] = {
        {LISTS(""), LISTS(LIST("mine")), LISTS(LIST("new")), LISTS(LIST("mine") "," LIST("new")),
         "exceptions_list", "exceptions_list", ""},
        {LISTS(LIST("a")), LISTS(LIST("a") "," LIST("mine")), LISTS(""),
         LISTS(LIST("a") "," LIST("mine")), "exceptions_list", "exceptions_list", ""},
        {LISTS(LIST("a")), LISTS(LIST("a")), "", LISTS(LIST("a")), "exceptions_list", "", ""},
        {LISTS(LIST("a")), LISTS(""), LISTS(LIST("a")), LISTS(""), "", "exceptions_list", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_merge(&CASES[i]);
    }
}

TEST(who_runs_the_rule_says_whether_and_what_it_sets_off)
{
    static const Case CASES[] = {
        {"\"enabled\":true,", "\"enabled\":false,", "\"enabled\":true,", "\"enabled\":false,", "",
         "", ""},
        {"\"enabled\":true,", "\"enabled\":true,", "\"enabled\":false,", "\"enabled\":true,", "",
         "", ""},
        {"", "\"actions\":[{\"id\":\"a\"}],", "\"actions\":[{\"id\":\"b\"}],",
         "\"actions\":[{\"id\":\"a\"}],", "", "", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_merge(&CASES[i]);
    }
}

TEST(what_makes_sense_together_stays_together)
{
    static const Case CASES[] = {
        /* A query of mine does not get their language and type. */
        {KQL QUERY("a:1"), KQL QUERY("a:2"), QUERY("any where a == 1"), KQL QUERY("a:2"), "", "",
         "type language query"},
        {KQL QUERY("a:1") "\"filters\":[{\"a\":1}],", KQL QUERY("a:1") "\"filters\":[{\"a\":2}],",
         QUERY("any where a == 1"), KQL QUERY("a:1") "\"filters\":[{\"a\":2}],", "", "",
         "type language query filters"},
        {QUERY("any where a == 1"), QUERY("any where a == 2"), QUERY("any where a == 1") NOTE("n"),
         QUERY("any where a == 2") NOTE("n"), "note", "query", ""},
        {"\"from\":\"now-6m\",", "\"from\":\"now-9m\",", "\"from\":\"now-6m\",\"to\":\"now-1m\",",
         "\"from\":\"now-9m\",", "", "", "from to"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_merge(&CASES[i]);
    }
}

TEST(the_version_is_theirs_and_the_ids_are_mine)
{
    Arena *arena = arena_new();
    RuleSides sides = {
        rule_json(arena, "\"version\":5,"),
        rule_json(arena, "\"version\":5,\"revision\":3,\"id\":\"mine\",\"created_by\":\"me\","),
        rule_json(arena, "\"version\":6,\"id\":\"theirs\",")};
    const Json *merged = json_of(arena, str_to_c(arena, rule_merge(arena, &sides).text));
    assert_true(str_equal(json_get(merged, STR("version"))->text, STR("6")));
    assert_true(str_equal(json_get(merged, STR("id"))->text, STR("mine")));
    assert_true(str_equal(json_get(merged, STR("created_by"))->text, STR("me")));
    arena_free(arena);
}

RUN_TESTS(CASE(what_was_changed_here_stays_and_what_was_not_comes),
          CASE(sets_are_joined_item_by_item), CASE(no_exception_goes),
          CASE(who_runs_the_rule_says_whether_and_what_it_sets_off),
          CASE(what_makes_sense_together_stays_together),
          CASE(the_version_is_theirs_and_the_ids_are_mine))
