#include "rule/exception_store.h"

#include "base/timestamp.h"
#include "rule/rule_content.h"
#include "rule/rule_fields.h"

static const char *const SQL_SAID =
    "SELECT hash FROM exceptions WHERE namespace = ?1 AND list_id = ?2 AND "
    "item = ?3 AND item_id = ?4 ORDER BY id DESC";
static const char *const SQL_ADD =
    "INSERT INTO exceptions(namespace, list_id, item, item_id, hash, json, time_ms) "
    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";
static const char *const SQL_CURRENT =
    "SELECT json FROM exceptions WHERE id IN (SELECT max(id) FROM exceptions "
    "GROUP BY namespace, list_id, item, item_id) ORDER BY item, list_id, namespace, item_id";

/* A list or an item. */
typedef struct Part {
    bool is_item;
    Str namespace, list_id, item_id;
    const Json *source;
} Part;

typedef struct Bringing {
    Database *database;
    Statement *said, *add;
    bool edit;
    int64_t time_ms;
    ExceptionCounts *counts;
    Err *err;
} Bringing;

/* As it is written, but that it says itself whose it is: in TOML it does not. */
static Str text_of(Arena *arena, const Part *part)
{
    Buffer text = {0};
    JsonWriter json = {.out = &text};
    json_begin_object(&json);
    for (const Json *member = part->source->first; member != NULL; member = member->next) {
        if (!str_equal(member->key, STR("list_id")) && !str_equal(member->key, STR("item_id")) &&
            !str_equal(member->key, STR("namespace_type"))) {
            json_key(&json, member->key);
            rule_print_tree(&json, member);
        }
    }
    json_member_string(&json, "list_id", part->list_id);
    json_member_string(&json, "namespace_type", part->namespace);
    if (part->item_id.len > 0) {
        json_member_string(&json, "item_id", part->item_id);
    }
    json_end_object(&json);
    Str copy = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return copy;
}

/* Of what it says, whoever wrote it when. */
static bool hash_of(Arena *arena, Str text, Str *out, Err *err)
{
    const Json *tree = json_parse(arena, text, err);
    if (tree == NULL) {
        return err_wrap(err, "exception");
    }
    RuleContent content = rule_content(arena, tree);
    Hex hash = rule_content_hash(&content);
    *out = str_copy(arena, str_from_c(hash.text));
    return true;
}

static void name_part(Statement *statement, const Part *part)
{
    statement_set_text(statement, 1, part->namespace);
    statement_set_text(statement, 2, part->list_id);
    statement_set_i64(statement, 3, part->is_item);
    statement_set_text(statement, 4, part->item_id);
}

typedef struct Said {
    bool any, last, before;
} Said;

static bool find_said(Bringing *bringing, Arena *arena, const Part *part, Str hash, Said *out)
{
    bool row = false;
    *out = (Said){0};
    name_part(bringing->said, part);
    while (database_next(bringing->database, bringing->said, &row, bringing->err)) {
        if (!row) {
            return true;
        }
        bool same = str_equal(statement_text(bringing->said, arena, 0), hash);
        out->last = out->last || (same && !out->any);
        out->before = out->before || (same && out->any);
        out->any = true;
    }
    return false;
}

static bool add(Bringing *bringing, const Part *part, Str hash, Str text)
{
    name_part(bringing->add, part);
    statement_set_text(bringing->add, 5, hash);
    statement_set_text(bringing->add, 6, text);
    statement_set_i64(bringing->add, 7, bringing->time_ms);
    return database_run(bringing->database, bringing->add, bringing->err);
}

static bool bring(Bringing *bringing, Arena *arena, Part *part)
{
    Str text = text_of(arena, part);
    Str hash = {0};
    Said said;
    if (!hash_of(arena, text, &hash, bringing->err)) {
        return false;
    }
    if (part->is_item && part->item_id.len == 0) { /* what it says is who it is */
        part->item_id = hash;
        text = text_of(arena, part);
        if (!hash_of(arena, text, &hash, bringing->err)) {
            return false;
        }
    }
    if (!find_said(bringing, arena, part, hash, &said)) {
        return false;
    }
    if (said.last) {
        bringing->counts->unchanged++;
        return true;
    }
    if (said.before && !bringing->edit) {
        bringing->counts->kept++;
        return true;
    }
    bringing->counts->added += !said.any;
    bringing->counts->changed += said.any;
    return add(bringing, part, hash, text);
}

static bool bring_all(Bringing *bringing, const Exceptions *exceptions)
{
    Arena *arena = arena_new();
    bool fine = true;
    for (uint32_t i = 0; i < exceptions->lists.count && fine; i++) {
        const ExceptionList *list = &exceptions->lists.items[i];
        Part part = {
            .namespace = list->namespace_type, .list_id = list->list_id, .source = list->source};
        arena_reset(arena);
        fine = bring(bringing, arena, &part);
    }
    for (uint32_t i = 0; i < exceptions->items.count && fine; i++) {
        const ExceptionItem *item = &exceptions->items.items[i];
        Part part = {.is_item = true,
                     .namespace = item->namespace_type,
                     .list_id = item->list_id,
                     .item_id = item->item_id,
                     .source = item->source};
        arena_reset(arena);
        fine = bring(bringing, arena, &part);
    }
    arena_free(arena);
    return fine;
}

bool exception_store_import(RuleStore *store, const Exceptions *exceptions, bool edit,
                            ExceptionCounts *counts, Err *err)
{
    Database *database = rule_store_database(store);
    *counts = (ExceptionCounts){0};
    Bringing bringing = {.database = database,
                         .said = database_prepare(database, SQL_SAID, err),
                         .edit = edit,
                         .time_ms = timestamp_now() / NS_PER_MS,
                         .counts = counts,
                         .err = err};
    bringing.add = bringing.said == NULL ? NULL : database_prepare(database, SQL_ADD, err);
    return bringing.add != NULL && bring_all(&bringing, exceptions);
}

bool exception_store_print(RuleStore *store, Buffer *out, Err *err)
{
    Database *database = rule_store_database(store);
    Statement *current = database_prepare(database, SQL_CURRENT, err);
    Arena *arena = arena_new();
    bool row = current != NULL;
    bool fine = row;
    while (fine && row) {
        fine = database_next(database, current, &row, err);
        if (fine && row) {
            arena_reset(arena);
            json_raw(&(JsonWriter){.out = out}, statement_text(current, arena, 0));
            buffer_append_byte(out, '\n');
        }
    }
    arena_free(arena);
    return fine;
}
