#include "rule/rule_history.h"

#include "base/timestamp.h"
#include "compile/eql_compile.h"
#include "compile/event_query.h"

/* What the query compiles to, whatever indices and filters the rule has: these are fields of their own. */
static bool compile(Arena *arena, PlanBuilder *builder, Str language, Str text, uint32_t *query)
{
    Diagnostics diagnostics = {.arena = arena};
    if (str_equal(language, STR("eql"))) {
        const EqlQuery *tree = eql_parse(arena, text, &diagnostics);
        return tree != NULL &&
               eql_compile(builder, tree, &(EqlCompileOptions){0}, &diagnostics, query);
    }
    bool of_events = language.len == 0 || str_equal(language, STR("kuery")) ||
                     str_equal(language, STR("lucene"));
    return of_events && event_query_compile(builder, language, text, &(EventQueryOptions){0},
                                            &diagnostics, query);
}

static bool hash_query(Arena *arena, const Schema *schema, Str language, Str text, char out[33])
{
    PlanBuilder *builder = plan_builder_new(arena, schema);
    uint32_t query = 0;
    if (!compile(arena, builder, language, text, &query)) {
        return false;
    }
    plan_query_hash(plan_builder_finish(builder), query, out);
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One blank for many, none at the ends; what stands in quotes is kept. */
static Str squeeze(Arena *arena, Str text)
{
    char *out = ARENA_MANY(arena, char, text.len + 1);
    size_t len = 0;
    char quote = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool escaped = quote != 0 && c == '\\' && i + 1 < text.len;
        if (quote == 0 && is_blank(c)) {
            if (len > 0 && out[len - 1] != ' ') {
                out[len++] = ' ';
            }
            continue;
        }
        out[len++] = c;
        if (escaped) {
            out[len++] = text.ptr[++i];
        } else if (quote == 0 && (c == '"' || c == '\'' || c == '`')) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        }
    }
    return str_trim((Str){out, len});
}

static bool looks_for_the_same(Arena *arena, const Schema *schema, const Json *before,
                               const Json *after)
{
    Str old_text = json_get_text(before, STR("query"));
    Str new_text = json_get_text(after, STR("query"));
    Str old_language = json_get_text(before, STR("language"));
    Str new_language = json_get_text(after, STR("language"));
    if (!str_equal(json_get_text(before, STR("type")), json_get_text(after, STR("type")))) {
        return false;
    }
    char old_hash[33];
    char new_hash[33];
    if (hash_query(arena, schema, old_language, old_text, old_hash) &&
        hash_query(arena, schema, new_language, new_text, new_hash)) {
        return memcmp(old_hash, new_hash, sizeof old_hash) == 0;
    }
    return str_equal(old_language, new_language) &&
           str_equal(squeeze(arena, old_text), squeeze(arena, new_text));
}

static bool goes_with_query(Str name)
{
    return str_equal(name, STR("query")) || str_equal(name, STR("language")) ||
           str_equal(name, STR("type"));
}

static void sort_field(Arena *arena, RuleChange *change, Str name, bool before, bool after)
{
    if (before && after) {
        ARRAY_PUSH(arena, &change->updated.list, name);
    } else if (after) {
        ARRAY_PUSH(arena, &change->added.list, name);
    } else {
        ARRAY_PUSH(arena, &change->removed.list, name);
    }
}

RuleChange rule_change(Arena *arena, const Schema *schema, const Json *before, const Json *after)
{
    RuleChange change = {0};
    RuleContent old = rule_content(arena, before);
    RuleContent new = rule_content(arena, after);
    FieldNames names = rule_content_differences(arena, &old, &new);
    bool query_text = false;
    for (uint32_t i = 0; i < names.list.count; i++) {
        Str name = names.list.items[i];
        const ContentField *was = rule_content_find(&old, name);
        const ContentField *is = rule_content_find(&new, name);
        if (goes_with_query(name)) {
            query_text = true;
        } else if (str_equal(name, STR("name")) && json_get_text(before, STR("name")).len > 0) {
            change.old_name = json_get_text(before, STR("name"));
        } else {
            sort_field(arena, &change, name, was != NULL && was->value != NULL,
                       is != NULL && is->value != NULL);
        }
    }
    change.query = query_text && !looks_for_the_same(arena, schema, before, after);
    change.old_query = change.query ? str_trim(json_get_text(before, STR("query"))) : STR("");
    change.formatting = (query_text && !change.query) || names.list.count == 0;
    return change;
}

/* Theirs, which never ran: what was made of it is the next row. */
static bool became_merge(const RuleVersion *row, const RuleVersion *next)
{
    return row->kind == RULE_VERSION_IMPORT && row->revision < 0 && !row->draft &&
           next->kind == RULE_VERSION_MERGE && next->version == row->version &&
           next->id == row->id + 1;
}

RuleHistory rule_history(Arena *arena, const Schema *schema, const RuleVersionList *versions)
{
    RuleHistory history = {0};
    ARRAY(const RuleVersion *) rows = {0};
    for (uint32_t i = 0; i < versions->list.count; i++) {
        const RuleVersion *row = &versions->list.items[i];
        if (i + 1 == versions->list.count || !became_merge(row, row + 1)) {
            ARRAY_PUSH(arena, &rows, row);
        }
    }
    for (uint32_t i = rows.count; i-- > 1;) {
        RuleHistoryEntry entry = {rows.items[i], rule_change(arena, schema, rows.items[i - 1]->json,
                                                             rows.items[i]->json)};
        ARRAY_PUSH(arena, &history.entries, entry);
    }
    history.first = rows.count == 0 ? NULL : rows.items[0];
    return history;
}

static const char *done_words(RuleVersionKind kind)
{
    switch (kind) {
    case RULE_VERSION_IMPORT: return NULL;
    case RULE_VERSION_EDIT: return "changed here";
    case RULE_VERSION_MERGE: return "merged with what was changed here";
    case RULE_VERSION_ROLLBACK: return "rolled back";
    }
    return NULL;
}

Str rule_history_title(Arena *arena, const RuleVersion *version)
{
    char time[TIMESTAMP_TEXT];
    int64_t ns = 0;
    const char *done = done_words(version->kind);
    Str release = version->release.len == 0
                      ? STR("")
                      : str_format(arena, " (%.*s release)", STR_ARG(version->release));
    if (done == NULL) {
        return str_format(arena, "Version %lld%.*s", (long long)version->version, STR_ARG(release));
    }
    Str day = timestamp_from_ms(version->time_ms, &ns)
                  ? str_slice(timestamp_print(ns, 0, time), 0, 10)
                  : STR("?");
    return str_format(arena, "Version %lld%.*s, revision %lld, %s on %.*s",
                      (long long)version->version, STR_ARG(release), (long long)version->revision,
                      done, STR_ARG(day));
}

static Str list_names(Arena *arena, const char *verb, const FieldNames *names)
{
    Str joined = str_join(arena, names->list.items, names->list.count, STR(", "));
    return str_format(arena, "%s %.*s", verb, STR_ARG(joined));
}

void rule_change_lines(Arena *arena, const RuleHistoryEntry *entry, StrList *out)
{
    ARRAY(Str) lines = {0};
    const RuleChange *change = &entry->change;
    const FieldNames *lists[] = {&change->updated, &change->added, &change->removed};
    const char *const verbs[] = {"Updated", "Added", "Removed"};
    if (change->query) {
        ARRAY_PUSH(arena, &lines, STR("Updated query, changed from:"));
    }
    bool alone = change->old_name.len == 0;
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        alone = alone && lists[i]->list.count == 0;
    }
    if (change->formatting) {
        ARRAY_PUSH(arena, &lines, alone ? STR("Formatting only") : STR("Query: formatting only"));
    }
    if (change->old_name.len > 0) {
        Str line = str_format(arena, "Rule name changed from: %.*s", STR_ARG(change->old_name));
        ARRAY_PUSH(arena, &lines, line);
    }
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (lists[i]->list.count > 0) {
            ARRAY_PUSH(arena, &lines, list_names(arena, verbs[i], lists[i]));
        }
    }
    for (const Json *name = entry->version->conflicts == NULL ? NULL
                                                              : entry->version->conflicts->first;
         name != NULL; name = name->next) {
        Str line =
            str_format(arena, "Conflict in %.*s: as it was changed here", STR_ARG(name->text));
        ARRAY_PUSH(arena, &lines, line);
    }
    *out = (StrList){lines.items, lines.count};
}
