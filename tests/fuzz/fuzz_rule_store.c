/* Any bytes as a file of rules that come into a store, the first one telling how. All that is taken is there afterwards: each rule
 * runs with the version and revision that were told, its history and differences can be told, a rollback gives back what was
 * said, and what is exported comes into another store as the same. */
#include "event/schema.h"
#include "rule/exception_store.h"
#include "rule/rule.h"
#include "rule/rule_history.h"
#include "rule/rule_import.h"

#define MOST 200 /* rules of one input: more would only take time */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const Schema *schema(void)
{
    static const Schema *builtin = NULL; /* slow to make, never changes */
    static Arena *arena = NULL;
    if (builtin == NULL) {
        arena = arena_new();
        builtin = schema_builtin(arena);
    }
    return builtin;
}

static RuleStore *new_store(void)
{
    Err err = {0};
    RuleStore *store = rule_store_open(":memory:", true, &err);
    require(store != NULL);
    return store;
}

static void bring(RuleStore *store, Arena *arena, const ImportRule *rule)
{
    Err err = {0};
    ImportResult first;
    ImportResult again;
    RuleHead head;
    require(rule_import(store, arena, rule, &first, &err));
    require(rule_store_head(store, arena, rule->rule_id, &head, &err));
    require(head.found == (first.revision >= 0));
    require(!head.found || (head.current.version == first.version &&
                            head.current.revision == first.revision && !head.current.draft));
    require(rule_import(store, arena, rule, &again, &err));
    require(again.revision == first.revision || first.outcome == IMPORT_MERGED);
}

static void check_history(RuleStore *store, Arena *arena, Str rule_id)
{
    Err err = {0};
    RuleVersionList versions = {0};
    require(rule_store_versions(store, arena, rule_id, &versions, &err) && versions.list.count > 0);
    RuleHistory history = rule_history(arena, schema(), &versions);
    for (uint32_t i = 0; i < history.entries.count; i++) {
        StrList lines;
        rule_change_lines(arena, &history.entries.items[i], &lines);
        require(lines.count > 0 || history.entries.items[i].change.query == false);
        require(rule_history_title(arena, history.entries.items[i].version).len > 0);
    }
    ImportResult result;
    RuleHead head;
    require(rule_store_head(store, arena, rule_id, &head, &err));
    if (head.found && rule_rollback(store, arena, rule_id, STR("r0"), &result, &err)) {
        RuleHead after;
        require(rule_store_head(store, arena, rule_id, &after, &err));
        require(after.current.revision == result.revision && after.base.id == head.base.id);
    }
}

static void check_export(RuleStore *store, Arena *arena)
{
    Err err = {0};
    RuleVersionList all = {0};
    RuleList list = {.arena = arena};
    RuleStore *other = new_store();
    require(rule_store_all(store, arena, &all, &err));
    for (uint32_t i = 0; i < all.list.count; i++) {
        const RuleVersion *version = &all.list.items[i];
        Buffer text = {0};
        rule_version_print(&text, version);
        if (text.len <= RULE_MAX_LINE) {
            uint32_t before = list.rules.count;
            rule_read_json(&list, STR("export"), str_copy(arena, buffer_str(&text)));
            require(list.rules.count == before + 1);
            const Rule *rule = &list.rules.items[before];
            ImportResult result;
            ImportRule item = {
                .rule_id = rule->rule_id, .version = rule->version, .source = rule->source};
            RuleHead head;
            require(rule_import(other, arena, &item, &result, &err) &&
                    result.outcome == IMPORT_INSTALLED);
            require(rule_store_head(other, arena, rule->rule_id, &head, &err));
            require(str_equal(head.current.hash, version->hash));
        }
        buffer_done(&text);
    }
    rule_store_close(other);
}

/* Lists and items that were taken are known from then on, and so are those that come out. */
static void check_exceptions(RuleStore *store, Arena *arena, const Exceptions *exceptions)
{
    Err err = {0};
    ExceptionCounts counts;
    Buffer text = {0};
    RuleList again = {.arena = arena};
    require(exception_store_import(store, exceptions, false, &counts, &err));
    uint64_t taken = counts.added;
    require(exception_store_import(store, exceptions, false, &counts, &err) && counts.added == 0 &&
            counts.changed == 0);
    require(exception_store_print(store, &text, &err));
    rule_read_json(&again, STR("export"), str_copy(arena, buffer_str(&text)));
    require(again.exceptions.lists.count + again.exceptions.items.count == taken ||
            text.len > RULE_MAX_LINE);
    require(exception_store_import(store, &again.exceptions, false, &counts, &err));
    require(counts.added == 0 && counts.changed == 0 && counts.kept == 0);
    buffer_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    Arena *arena = arena_new();
    RuleList list = {.arena = arena, .every_version = true};
    RuleStore *store = new_store();
    rule_read_json(&list, STR("fuzz"), (Str){(const char *)data + 1, size - 1});
    ImportMode mode = (ImportMode)(data[0] % 3);
    for (uint32_t i = 0; i < list.rules.count && i < MOST; i++) {
        const Rule *rule = &list.rules.items[i];
        bring(store, arena,
              &(ImportRule){.rule_id = rule->rule_id,
                            .version = rule->version,
                            .source = rule->source,
                            .mode = mode});
    }
    for (uint32_t i = 0; i < list.drafts.count && i < MOST; i++) {
        const RuleDraft *draft = &list.drafts.items[i];
        bring(store, arena,
              &(ImportRule){.rule_id = draft->rule_id,
                            .version = draft->version,
                            .source = draft->source,
                            .draft = true});
    }
    for (uint32_t i = 0; i < list.rules.count && i < MOST; i++) {
        check_history(store, arena, list.rules.items[i].rule_id);
    }
    check_export(store, arena);
    check_exceptions(store, arena, &list.exceptions);
    rule_store_close(store);
    arena_free(arena);
    return 0;
}
