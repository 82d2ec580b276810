#include "rule/rule_import.h"

#include "base/timestamp.h"
#include "rule/rule_check.h"

typedef struct Import {
    RuleStore *store;
    Arena *arena;
    const ImportRule *rule;
    RuleHead head;
    RuleVersion row; /* what came, as a row */
    ImportResult *out;
    Err *err;
} Import;

const char *import_outcome_word(ImportOutcome outcome)
{
    static const char *const WORDS[] = {
#define IMPORT_WORD(outcome, word, meaning) [outcome] = (word),
        IMPORT_OUTCOMES(IMPORT_WORD)
#undef IMPORT_WORD
    };
    return WORDS[outcome];
}

const char *import_outcome_meaning(ImportOutcome outcome)
{
    static const char *const MEANINGS[] = {
#define IMPORT_MEANING(outcome, word, meaning) [outcome] = (meaning),
        IMPORT_OUTCOMES(IMPORT_MEANING)
#undef IMPORT_MEANING
    };
    return MEANINGS[outcome];
}

static Str hash_of(Arena *arena, const Json *source)
{
    RuleContent content = rule_content(arena, source);
    Hex hash = rule_content_hash(&content);
    return str_copy(arena, str_from_c(hash.text));
}

static Str text_of(Arena *arena, const Json *source)
{
    Buffer text = {0};
    rule_print_tree(&(JsonWriter){.out = &text}, source);
    Str copy = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return copy;
}

static RuleVersion row_of(Arena *arena, const ImportRule *rule)
{
    const Json *release = json_get(rule->source, STR("release"));
    Str said = release != NULL && release->kind == JSON_STRING ? release->text : STR("");
    return (RuleVersion){
        .rule_id = rule->rule_id,
        .version = rule->version,
        .revision = -1,
        .kind = RULE_VERSION_IMPORT,
        .draft = rule->draft,
        .release = rule->release.len > 0 ? rule->release : said,
        .hash = hash_of(arena, rule->source),
        .text = text_of(arena, rule->source),
        .json = rule->source,
        .time_ms = rule->time_ms,
    };
}

/* Switching a rule on or off is no new revision. */
static int64_t revision_after(Arena *arena, const RuleVersion *current, const Json *next)
{
    RuleContent before = rule_content(arena, current->json);
    RuleContent after = rule_content(arena, next);
    FieldNames names = rule_content_differences(arena, &before, &after);
    bool same = names.list.count == 0 ||
                (names.list.count == 1 && str_equal(names.list.items[0], STR("enabled")));
    return current->revision + !same;
}

static bool finish(Import *import, ImportOutcome outcome, const RuleVersion *runs)
{
    import->out->outcome = outcome;
    import->out->version = runs == NULL ? import->rule->version : runs->version;
    import->out->revision = runs == NULL ? -1 : runs->revision;
    return true;
}

/* Nothing comes of it for the rule that runs. */
static bool leave(Import *import, ImportOutcome outcome)
{
    return finish(import, outcome, import->head.found ? &import->head.current : NULL);
}

static bool add(Import *import, RuleVersion *row)
{
    return rule_store_add(import->store, row, import->err);
}

static bool point(Import *import, int64_t base, int64_t current)
{
    return rule_store_point(import->store, import->rule->rule_id, base, current, import->err);
}

static bool install(Import *import)
{
    const Json *said = json_get(import->rule->source, STR("revision"));
    RuleVersion *row = &import->row;
    if (said == NULL || said->kind != JSON_NUMBER ||
        !json_number_is_i64(said->text, &row->revision) || row->revision < 0 ||
        row->revision > INT32_MAX) {
        row->revision = 0;
    }
    return add(import, row) && point(import, row->id, row->id) &&
           finish(import, IMPORT_INSTALLED, row);
}

static bool edit(Import *import)
{
    const RuleHead *head = &import->head;
    RuleVersion *row = &import->row;
    row->kind = RULE_VERSION_EDIT;
    row->version = head->base.version;
    row->revision = revision_after(import->arena, &head->current, row->json);
    return add(import, row) && point(import, head->base.id, row->id) &&
           finish(import, IMPORT_EDITED, row);
}

static bool replace(Import *import)
{
    RuleVersion *row = &import->row;
    row->revision = revision_after(import->arena, &import->head.current, row->json);
    return add(import, row) && point(import, row->id, row->id) &&
           finish(import, IMPORT_UPGRADED, row);
}

/* The result must be a rule again; what would not be is left as it is here, and all that theirs changed is a conflict. */
static bool is_rule(Arena *arena, Str text)
{
    RuleList list = {.arena = arena};
    rule_read_json(&list, STR("merge"), text);
    return list.rules.count == 1;
}

static const Json *names_json(Arena *arena, const FieldNames *names, Err *err)
{
    Buffer text = {0};
    JsonWriter json = {.out = &text};
    json_begin_array(&json);
    for (uint32_t i = 0; i < names->list.count; i++) {
        json_string(&json, names->list.items[i]);
    }
    json_end_array(&json);
    const Json *tree = json_parse(arena, str_copy(arena, buffer_str(&text)), err);
    buffer_done(&text);
    return tree;
}

static Str merged_text(Import *import, FieldNames *conflicts)
{
    const RuleHead *head = &import->head;
    RuleSides sides = {head->base.json, head->current.json, import->row.json};
    RuleMerge merge = rule_merge(import->arena, &sides);
    *conflicts = merge.conflicts;
    if (is_rule(import->arena, merge.text)) {
        return merge.text;
    }
    for (uint32_t i = 0; i < merge.taken.list.count; i++) {
        ARRAY_PUSH(import->arena, &conflicts->list, merge.taken.list.items[i]);
    }
    return head->current.text;
}

static bool merge(Import *import)
{
    Arena *arena = import->arena;
    RuleVersion row = import->row;
    row.kind = RULE_VERSION_MERGE;
    row.text = merged_text(import, &import->out->conflicts);
    row.json = json_parse(arena, row.text, import->err);
    row.conflicts = names_json(arena, &import->out->conflicts, import->err);
    if (row.json == NULL || row.conflicts == NULL) {
        return err_wrap(import->err, "merge of %.*s", STR_ARG(row.rule_id));
    }
    row.hash = hash_of(arena, row.json);
    if (str_equal(row.hash, import->row.hash)) {
        return replace(import); /* theirs says by now what was changed here */
    }
    row.revision = revision_after(arena, &import->head.current, row.json);
    return add(import, &import->row) && add(import, &row) &&
           point(import, import->row.id, row.id) && finish(import, IMPORT_MERGED, &row);
}

static bool upgrade(Import *import)
{
    const RuleHead *head = &import->head;
    return str_equal(head->current.hash, head->base.hash) ? replace(import) : merge(import);
}

/* What will not run. */
static bool keep_aside(Import *import, ImportOutcome outcome)
{
    bool known = false;
    if (!rule_store_knows(import->store, &import->row, &known, import->err)) {
        return false;
    }
    return known ? leave(import, IMPORT_UNCHANGED)
                 : add(import, &import->row) && leave(import, outcome);
}

static bool take_same_version(Import *import)
{
    const RuleHead *head = &import->head;
    if (str_equal(import->row.hash, head->base.hash)) {
        return leave(import, IMPORT_KEPT);
    }
    return import->rule->mode == IMPORT_PREBUILT ? upgrade(import) : edit(import);
}

static bool take(Import *import)
{
    const RuleHead *head = &import->head;
    if (import->rule->draft) {
        return keep_aside(import, IMPORT_DRAFT);
    }
    if (!head->found) {
        return install(import);
    }
    bool same = str_equal(import->row.hash, head->current.hash);
    if (import->rule->mode == IMPORT_EDIT) {
        return same ? leave(import, IMPORT_UNCHANGED) : edit(import);
    }
    if (import->row.version > head->base.version) {
        return upgrade(import);
    }
    if (same) {
        return leave(import, IMPORT_UNCHANGED);
    }
    return import->row.version == head->base.version ? take_same_version(import)
                                                     : keep_aside(import, IMPORT_OLDER);
}

bool rule_import(RuleStore *store, Arena *arena, const ImportRule *rule, ImportResult *out,
                 Err *err)
{
    ImportResult result = {0};
    Import import = {.store = store, .arena = arena, .rule = rule, .out = &result, .err = err};
    if (!rule_store_head(store, arena, rule->rule_id, &import.head, err)) {
        return false;
    }
    import.row = row_of(arena, rule);
    if (!take(&import)) {
        return false;
    }
    *out = result;
    return true;
}

bool rule_version_find(const RuleVersionList *versions, Str words, const RuleVersion **out,
                       Err *err)
{
    bool revision = str_starts_with(words, STR("r"));
    int64_t number = 0;
    if (!str_to_i64(str_slice(words, revision, words.len), &number) || number < !revision) {
        return err_set(err, ERR_SYNTAX,
                       "a version is a number, a revision 'r' and a number, found '%.*s'",
                       STR_ARG(words));
    }
    for (uint32_t i = versions->list.count; i-- > 0;) {
        const RuleVersion *row = &versions->list.items[i];
        if (revision ? row->revision == number
                     : row->version == number && row->kind == RULE_VERSION_IMPORT) {
            *out = row;
            return true;
        }
    }
    return err_set(err, ERR_SYNTAX, "the rule has no %s %lld", revision ? "revision" : "version",
                   (long long)number);
}

bool rule_rollback(RuleStore *store, Arena *arena, Str rule_id, Str version, ImportResult *out,
                   Err *err)
{
    RuleVersionList versions = {0};
    const RuleVersion *target = NULL;
    RuleHead head;
    if (!rule_store_head(store, arena, rule_id, &head, err) ||
        !rule_store_versions(store, arena, rule_id, &versions, err) ||
        !rule_version_find(&versions, version, &target, err)) {
        return false;
    }
    assert(target != NULL);
    if (target->draft || !head.found) {
        return err_set(err, ERR_SYNTAX,
                       "version %lld is known for the history only: it is no whole rule",
                       (long long)target->version);
    }
    RuleVersion row = *target;
    row.kind = RULE_VERSION_ROLLBACK;
    row.version = head.base.version;
    row.release = head.base.release;
    row.time_ms = timestamp_now() / NS_PER_MS;
    row.conflicts = NULL;
    row.revision = revision_after(arena, &head.current, row.json);
    bool same = str_equal(target->hash, head.current.hash);
    *out = (ImportResult){.outcome = same ? IMPORT_UNCHANGED : IMPORT_EDITED,
                          .version = row.version,
                          .revision = row.revision};
    return same || (rule_store_add(store, &row, err) &&
                    rule_store_point(store, rule_id, head.base.id, row.id, err));
}
