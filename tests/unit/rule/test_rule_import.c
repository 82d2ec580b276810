#include "rule_pair.h"

#include "rule/rule.h"
#include "rule/rule_import.h"

typedef struct Shop {
    Arena *arena;
    RuleStore *store;
} Shop;

static Shop shop_new(void)
{
    Err err = {0};
    Shop shop = {.arena = arena_new(), .store = rule_store_open(":memory:", true, &err)};
    assert_non_null(shop.store);
    return shop;
}

static void shop_done(Shop *shop)
{
    rule_store_close(shop->store);
    arena_free(shop->arena);
}

/* "OUTCOME version revision [conflicts]" */
static const char *bring(Shop *shop, ImportMode mode, int64_t version, const char *members)
{
    Err err = {0};
    ImportResult result;
    Str text = str_format(shop->arena, "\"version\":%lld,%s", (long long)version, members);
    bool draft = strstr(members, "DRAFT") != NULL;
    ImportRule rule = {.rule_id = STR("r"),
                       .version = version,
                       .mode = mode,
                       .draft = draft,
                       .source = rule_json(shop->arena, text.ptr),
                       .time_ms = 1715000000000};
    if (!rule_import(shop->store, shop->arena, &rule, &result, &err)) {
        fail_msg("%s", err.text);
    }
    Str conflicts =
        str_join(shop->arena, result.conflicts.list.items, result.conflicts.list.count, STR(" "));
    return str_format(shop->arena, "%s %lld %lld%s%.*s", import_outcome_word(result.outcome),
                      (long long)result.version, (long long)result.revision,
                      conflicts.len > 0 ? " " : "", STR_ARG(conflicts))
        .ptr;
}

static const char *current_member(Shop *shop, const char *name)
{
    Err err = {0};
    RuleHead head;
    assert_true(rule_store_head(shop->store, shop->arena, STR("r"), &head, &err));
    const Json *value = json_get(head.current.json, str_from_c(name));
    return value == NULL ? NULL : str_to_c(shop->arena, value->text);
}

#define Q        RULE_QUERY_ANY
#define NOTE(n)  "\"note\":\"" n "\","
#define SETUP(n) "\"setup\":\"" n "\","

TEST(versions_come_and_revisions_count_changes)
{
    Shop shop = shop_new();
    assert_string_equal(bring(&shop, IMPORT_AUTO, 1, Q NOTE("a")), "installed 1 0");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 1, Q NOTE("a")), "unchanged 1 0");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 2, Q NOTE("b")), "upgraded 2 1");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 3, Q NOTE("b")),
                        "upgraded 3 1"); /* says the same */
    assert_string_equal(bring(&shop, IMPORT_AUTO, 2, Q NOTE("b")), "unchanged 3 1");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 1, Q NOTE("other")), "older 3 1");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 1, Q NOTE("other")), "unchanged 3 1");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 3, Q NOTE("b") "\"enabled\":false,"),
                        "edited 3 1");
    shop_done(&shop);
}

TEST(an_upgrade_keeps_what_was_changed_here)
{
    Shop shop = shop_new();
    bring(&shop, IMPORT_AUTO, 1, Q NOTE("a") SETUP("s"));
    assert_string_equal(bring(&shop, IMPORT_AUTO, 1, Q NOTE("mine") SETUP("s")), "edited 1 1");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 1, Q NOTE("a") SETUP("s")), "kept 1 1");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 2, Q NOTE("b") SETUP("t")), "merged 2 2 note");
    assert_string_equal(current_member(&shop, "note"), "mine");
    assert_string_equal(current_member(&shop, "setup"), "t");
    /* The next one is held against what was installed last, not against what was merged. */
    assert_string_equal(bring(&shop, IMPORT_AUTO, 3, Q NOTE("b") SETUP("u")), "merged 3 3");
    assert_string_equal(current_member(&shop, "note"), "mine");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 4, Q NOTE("mine") SETUP("u")), "upgraded 4 3");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 5, Q NOTE("c") SETUP("u")), "upgraded 5 4");
    shop_done(&shop);
}

TEST(the_mode_says_what_the_same_version_with_other_words_is)
{
    Shop shop = shop_new();
    bring(&shop, IMPORT_AUTO, 1, Q NOTE("a") SETUP("s"));
    assert_string_equal(bring(&shop, IMPORT_PREBUILT, 1, Q NOTE("b") SETUP("s")), "upgraded 1 1");
    assert_string_equal(bring(&shop, IMPORT_EDIT, 7, Q NOTE("mine") SETUP("s")), "edited 1 2");
    assert_string_equal(bring(&shop, IMPORT_PREBUILT, 1, Q NOTE("b") SETUP("t")), "merged 1 3");
    assert_string_equal(current_member(&shop, "note"), "mine");
    assert_string_equal(bring(&shop, IMPORT_EDIT, 1, Q NOTE("b") SETUP("t")), "edited 1 4");
    assert_string_equal(bring(&shop, IMPORT_EDIT, 1, Q NOTE("b") SETUP("t")), "unchanged 1 4");
    shop_done(&shop);
}

TEST(a_draft_is_known_and_never_runs)
{
    Shop shop = shop_new();
    assert_string_equal(bring(&shop, IMPORT_AUTO, 9, NOTE("DRAFT")), "draft 9 -1");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 9, NOTE("DRAFT")), "unchanged 9 -1");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 2, Q), "installed 2 0");
    assert_string_equal(bring(&shop, IMPORT_AUTO, 8, NOTE("DRAFT")), "draft 2 0");
    Err err = {0};
    ImportResult result;
    assert_false(rule_rollback(shop.store, shop.arena, STR("r"), STR("9"), &result, &err));
    assert_non_null(strstr(err.text, "no whole rule"));
    shop_done(&shop);
}

/* A store that somebody wrote into: what runs has lost its name. */
TEST(a_merge_that_would_be_no_rule_is_not_made)
{
    Shop shop = shop_new();
    Err err = {0};
    bring(&shop, IMPORT_AUTO, 1, Q NOTE("a"));
    RuleVersion row = {.rule_id = STR("r"),
                       .version = 1,
                       .revision = 1,
                       .kind = RULE_VERSION_EDIT,
                       .hash = STR("?"),
                       .text = STR("{\"note\":\"a\"}")};
    assert_true(rule_store_add(shop.store, &row, &err));
    assert_true(rule_store_point(shop.store, STR("r"), 1, row.id, &err));
    assert_string_equal(bring(&shop, IMPORT_AUTO, 2, Q NOTE("b")), "merged 2 1 note");
    assert_string_equal(current_member(&shop, "note"), "a");
    shop_done(&shop);
}

TEST(a_rollback_is_a_change_made_here)
{
    static const struct {
        const char *words;
        bool done;
        const char *note;
        int64_t revision;
    } CASES[] = {
        {"1", true, "a", 3},  {"r2", true, "mine", 4}, {"2", true, "b", 5},  {"2", true, "b", 5},
        {"7", false, "b", 5}, {"r9", false, "b", 5},   {"x", false, "b", 5}, {"-1", false, "b", 5},
        {"0", false, "b", 5}, {"r", false, "b", 5},    {"r0", true, "a", 6},
    };
    Shop shop = shop_new();
    bring(&shop, IMPORT_AUTO, 1, Q NOTE("a"));
    bring(&shop, IMPORT_AUTO, 2, Q NOTE("b"));
    bring(&shop, IMPORT_AUTO, 2, Q NOTE("mine"));
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Err err = {0};
        ImportResult result;
        bool done = rule_rollback(shop.store, shop.arena, STR("r"), str_from_c(CASES[i].words),
                                  &result, &err);
        assert_int_equal(done, CASES[i].done);
        assert_string_equal(current_member(&shop, "note"), CASES[i].note);
        assert_true(!done || result.revision == CASES[i].revision);
    }
    assert_string_equal(bring(&shop, IMPORT_AUTO, 3, Q NOTE("c")), "merged 3 6 note");
    shop_done(&shop);
}

TEST(what_runs_is_exported_with_its_version_and_revision)
{
    Shop shop = shop_new();
    Err err = {0};
    bring(&shop, IMPORT_AUTO, 4, Q "\"release\":\"1.0\",");
    bring(&shop, IMPORT_EDIT, 1, Q NOTE("mine"));
    RuleVersionList all = {0};
    assert_true(rule_store_all(shop.store, shop.arena, &all, &err));
    assert_int_equal(all.list.count, 1);
    Buffer out = {0};
    rule_version_print(&out, &all.list.items[0]);
    RuleList list = {.arena = shop.arena};
    rule_read_json(&list, STR("store"), buffer_str(&out));
    assert_int_equal(list.rules.count, 1);
    assert_int_equal(list.rules.items[0].version, 4);
    assert_int_equal(list.rules.items[0].revision, 1);
    buffer_done(&out);
    shop_done(&shop);
}

RUN_TESTS(CASE(versions_come_and_revisions_count_changes),
          CASE(an_upgrade_keeps_what_was_changed_here),
          CASE(the_mode_says_what_the_same_version_with_other_words_is),
          CASE(a_draft_is_known_and_never_runs), CASE(a_merge_that_would_be_no_rule_is_not_made),
          CASE(a_rollback_is_a_change_made_here),
          CASE(what_runs_is_exported_with_its_version_and_revision))
