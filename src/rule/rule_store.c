#include "rule/rule_store.h"

#include "base/heap.h"
#include "base/utf8.h"
#include "rule/exception_store.h"
#include "rule/rule.h"
#include "rule/rule_fields.h"

static const DatabaseKind KIND = {
    .application_id = 0x53687269, /* "Shri" */
    .version = 1,
    .name = "rule store",
    .schema =
        "CREATE TABLE versions("
        "id INTEGER PRIMARY KEY,"
        "rule_id TEXT NOT NULL,"
        "version INTEGER NOT NULL,"
        "revision INTEGER,"
        "kind TEXT NOT NULL,"
        "draft INTEGER NOT NULL,"
        "release TEXT NOT NULL,"
        "hash TEXT NOT NULL,"
        "json TEXT NOT NULL,"
        "time_ms INTEGER NOT NULL,"
        "conflicts TEXT NOT NULL) STRICT;"
        "CREATE INDEX versions_of_rule ON versions(rule_id, version, id);"
        "CREATE TABLE rules("
        "rule_id TEXT PRIMARY KEY,"
        "base INTEGER NOT NULL REFERENCES versions(id),"
        "current INTEGER NOT NULL REFERENCES versions(id)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE exceptions(" /* a list: item 0, and no item_id */
        "id INTEGER PRIMARY KEY,"
        "namespace TEXT NOT NULL,"
        "list_id TEXT NOT NULL,"
        "item INTEGER NOT NULL,"
        "item_id TEXT NOT NULL,"
        "hash TEXT NOT NULL,"
        "json TEXT NOT NULL,"
        "time_ms INTEGER NOT NULL) STRICT;"
        "CREATE INDEX versions_of_exception ON exceptions(namespace, list_id, item, item_id, id);",
};

#define COLUMNS                                                                            \
    "v.id, v.rule_id, v.version, v.revision, v.kind, v.draft, v.release, v.hash, v.json, " \
    "v.time_ms, v.conflicts"

static const char *const SQL_ADD =
    "INSERT INTO versions(rule_id, version, revision, kind, draft, release, hash, json, time_ms, "
    "conflicts) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
static const char *const SQL_POINT = "INSERT INTO rules(rule_id, base, current) VALUES(?1, ?2, ?3) "
                                     "ON CONFLICT(rule_id) DO UPDATE SET base = ?2, current = ?3";
static const char *const SQL_BASE =
    "SELECT " COLUMNS " FROM rules r JOIN versions v ON v.id = r.base WHERE r.rule_id = ?1";
static const char *const SQL_CURRENT =
    "SELECT " COLUMNS " FROM rules r JOIN versions v ON v.id = r.current WHERE r.rule_id = ?1";
static const char *const SQL_VERSIONS =
    "SELECT " COLUMNS " FROM versions v WHERE v.rule_id = ?1 ORDER BY v.version, v.id LIMIT ?2";
static const char *const SQL_ALL =
    "SELECT " COLUMNS " FROM rules r JOIN versions v ON v.id = r.current "
    "ORDER BY r.rule_id";
static const char *const SQL_KNOWN = "SELECT 1 FROM versions WHERE rule_id = ?1 LIMIT 1";
static const char *const SQL_HAS = "SELECT 1 FROM versions WHERE rule_id = ?1 AND version = ?2 AND "
                                   "kind = ?3 AND draft = ?4 AND hash = ?5 LIMIT 1";

struct RuleStore {
    Database *database;
    const char *path;
    Statement *add, *point, *base, *current, *versions, *all, *known, *has;
    Arena *arena;
};

static const char *const KIND_NAMES[] = {
#define KIND_NAME(kind, name) [kind] = (name),
    RULE_VERSION_KINDS(KIND_NAME)
#undef KIND_NAME
};

static bool prepare(RuleStore *store, bool writes, Err *err)
{
    Database *database = store->database;
    store->base = database_prepare(database, SQL_BASE, err);
    store->current = store->base == NULL ? NULL : database_prepare(database, SQL_CURRENT, err);
    store->versions = store->current == NULL ? NULL : database_prepare(database, SQL_VERSIONS, err);
    store->all = store->versions == NULL ? NULL : database_prepare(database, SQL_ALL, err);
    store->known = store->all == NULL ? NULL : database_prepare(database, SQL_KNOWN, err);
    store->has = store->known == NULL ? NULL : database_prepare(database, SQL_HAS, err);
    if (store->has == NULL || !writes) {
        return store->has != NULL;
    }
    store->add = database_prepare(database, SQL_ADD, err);
    store->point = store->add == NULL ? NULL : database_prepare(database, SQL_POINT, err);
    return store->point != NULL;
}

RuleStore *rule_store_open(const char *path, bool writes, Err *err)
{
    Database *database = database_open(path, writes, &KIND, err);
    if (database == NULL) {
        return NULL;
    }
    RuleStore *store = HEAP_NEW(RuleStore);
    store->arena = arena_new();
    store->database = database;
    store->path = str_copy(store->arena, str_from_c(path)).ptr;
    if (!prepare(store, writes, err)) {
        rule_store_close(store);
        return NULL;
    }
    return store;
}

void rule_store_close(RuleStore *store)
{
    if (store != NULL) {
        database_close(store->database);
        arena_free(store->arena);
        heap_free(store);
    }
}

Database *rule_store_database(RuleStore *store)
{
    return store->database;
}

static Str conflicts_text(const RuleVersion *version, Buffer *out)
{
    JsonWriter json = {.out = out};
    if (version->conflicts == NULL) {
        return STR("[]");
    }
    rule_print_tree(&json, version->conflicts);
    return buffer_str(out);
}

bool rule_store_add(RuleStore *store, RuleVersion *version, Err *err)
{
    Statement *add = store->add;
    Buffer conflicts = {0};
    statement_set_text(add, 1, version->rule_id);
    statement_set_i64(add, 2, version->version);
    if (version->revision >= 0) { /* else it stays NULL */
        statement_set_i64(add, 3, version->revision);
    }
    statement_set_text(add, 4, str_from_c(KIND_NAMES[version->kind]));
    statement_set_i64(add, 5, version->draft);
    statement_set_text(add, 6, version->release);
    statement_set_text(add, 7, version->hash);
    statement_set_text(add, 8, version->text);
    statement_set_i64(add, 9, version->time_ms);
    statement_set_text(add, 10, conflicts_text(version, &conflicts));
    bool fine = database_run(store->database, add, err);
    version->id = fine ? database_last_id(store->database) : 0;
    buffer_done(&conflicts);
    return fine;
}

bool rule_store_point(RuleStore *store, Str rule_id, int64_t base, int64_t current, Err *err)
{
    statement_set_text(store->point, 1, rule_id);
    statement_set_i64(store->point, 2, base);
    statement_set_i64(store->point, 3, current);
    return database_run(store->database, store->point, err);
}

static bool kind_parse(Str name, RuleVersionKind *out)
{
    for (size_t i = 0; i < ARRAY_LEN(KIND_NAMES); i++) {
        if (str_equal(name, str_from_c(KIND_NAMES[i]))) {
            *out = (RuleVersionKind)i;
            return true;
        }
    }
    return false;
}

/* The file may have been written by anybody. */
static bool read_version(RuleStore *store, Statement *row, Arena *arena, RuleVersion *out, Err *err)
{
    Err fault = {0};
    *out = (RuleVersion){
        .id = statement_i64(row, 0),
        .rule_id = statement_text(row, arena, 1),
        .version = statement_i64(row, 2),
        .revision = statement_is_null(row, 3) ? -1 : statement_i64(row, 3),
        .draft = statement_i64(row, 5) != 0,
        .release = statement_text(row, arena, 6),
        .hash = statement_text(row, arena, 7),
        .text = statement_text(row, arena, 8),
        .time_ms = statement_i64(row, 9),
    };
    out->json = json_parse(arena, out->text, &fault);
    out->conflicts = json_parse(arena, statement_text(row, arena, 10), &fault);
    bool fine = kind_parse(statement_text(row, arena, 4), &out->kind) && out->json != NULL &&
                out->json->kind == JSON_OBJECT && out->conflicts != NULL &&
                out->conflicts->kind == JSON_ARRAY && out->rule_id.len > 0 && out->version >= 1;
    return fine || err_set(err, ERR_CORRUPT, "%s: version %lld does not read back", store->path,
                           (long long)out->id);
}

/* Without a row the version's rule_id is empty. */
static bool read_one(RuleStore *store, Statement *statement, Arena *arena, Str rule_id,
                     RuleVersion *out, Err *err)
{
    bool found = false;
    statement_set_text(statement, 1, rule_id);
    if (!database_next(store->database, statement, &found, err)) {
        return false;
    }
    bool fine = !found || read_version(store, statement, arena, out, err);
    statement_end(statement);
    return fine;
}

bool rule_store_head(RuleStore *store, Arena *arena, Str rule_id, RuleHead *out, Err *err)
{
    RuleHead head = {0};
    if (!read_one(store, store->base, arena, rule_id, &head.base, err) ||
        !read_one(store, store->current, arena, rule_id, &head.current, err)) {
        return false;
    }
    head.found = head.base.rule_id.len > 0;
    if (head.found != (head.current.rule_id.len > 0)) {
        return err_set(err, ERR_CORRUPT, "%s: rule %.*s lacks a version", store->path,
                       STR_ARG(rule_id));
    }
    *out = head;
    return true;
}

/* Of all rows that the statement gives. */
static bool read_list(RuleStore *store, Statement *statement, Arena *arena, RuleVersionList *out,
                      Err *err)
{
    bool row = false;
    while (database_next(store->database, statement, &row, err)) {
        RuleVersion version;
        if (!row) {
            return true;
        }
        if (!read_version(store, statement, arena, &version, err)) {
            statement_end(statement);
            return false;
        }
        ARRAY_PUSH(arena, &out->list, version);
    }
    return false;
}

bool rule_store_versions(RuleStore *store, Arena *arena, Str rule_id, RuleVersionList *out,
                         Err *err)
{
    statement_set_text(store->versions, 1, rule_id);
    statement_set_i64(store->versions, 2, RULE_STORE_MAX_VERSIONS + 1);
    RuleVersionList versions = {0};
    if (!read_list(store, store->versions, arena, &versions, err)) {
        return false;
    }
    if (versions.list.count > RULE_STORE_MAX_VERSIONS) {
        return err_set(err, ERR_LIMIT, "%s: rule %.*s has more than %d versions", store->path,
                       STR_ARG(rule_id), RULE_STORE_MAX_VERSIONS);
    }
    *out = versions;
    return true;
}

bool rule_store_all(RuleStore *store, Arena *arena, RuleVersionList *out, Err *err)
{
    return read_list(store, store->all, arena, out, err);
}

bool rule_store_knows(RuleStore *store, const RuleVersion *version, bool *known, Err *err)
{
    statement_set_text(store->has, 1, version->rule_id);
    statement_set_i64(store->has, 2, version->version);
    statement_set_text(store->has, 3, str_from_c(KIND_NAMES[version->kind]));
    statement_set_i64(store->has, 4, version->draft);
    statement_set_text(store->has, 5, version->hash);
    bool fine = database_next(store->database, store->has, known, err);
    statement_end(store->has);
    return fine;
}

static bool is_known(RuleStore *store, Str rule_id, bool *known, Err *err)
{
    statement_set_text(store->known, 1, rule_id);
    bool fine = database_next(store->database, store->known, known, err);
    statement_end(store->known);
    return fine;
}

static bool has_in_name(Arena *arena, const RuleVersion *version, Str folded)
{
    const Json *name = json_get(version->json, STR("name"));
    size_t at = 0;
    return name != NULL && name->kind == JSON_STRING &&
           str_find(utf8_fold(arena, name->text), folded, 0, &at);
}

bool rule_store_find(RuleStore *store, Arena *arena, Str name, Str *rule_id, Err *err)
{
    bool known = false;
    if (!is_known(store, name, &known, err)) {
        return false;
    }
    if (known) {
        *rule_id = name;
        return true;
    }
    RuleVersionList all = {0};
    if (!rule_store_all(store, arena, &all, err)) {
        return false;
    }
    Str folded = utf8_fold(arena, name);
    uint32_t count = 0;
    for (uint32_t i = 0; i < all.list.count; i++) {
        if (has_in_name(arena, &all.list.items[i], folded)) {
            *rule_id = all.list.items[i].rule_id;
            count++;
        }
    }
    if (count > 1) {
        return err_set(err, ERR_SYNTAX, "%u rules have '%.*s' in their name: give the rule_id",
                       count, STR_ARG(name));
    }
    return count == 1 || err_set(err, ERR_SYNTAX, "no such rule: %.*s", STR_ARG(name));
}

void rule_version_print(Buffer *out, const RuleVersion *version)
{
    static const Str OWN[] = {STR_INIT("rule_id"), STR_INIT("version"), STR_INIT("revision"),
                              STR_INIT("release")};
    JsonWriter json = {.out = out};
    json_begin_object(&json);
    for (const Json *member = version->json->first; member != NULL; member = member->next) {
        bool own = false;
        for (size_t i = 0; i < ARRAY_LEN(OWN); i++) {
            own = own || str_equal(member->key, OWN[i]);
        }
        if (!own) {
            json_key(&json, member->key);
            rule_print_tree(&json, member);
        }
    }
    json_member_string(&json, "rule_id", version->rule_id);
    json_member_i64(&json, "version", version->version);
    json_member_i64(&json, "revision", version->revision < 0 ? 0 : version->revision);
    json_end_object(&json);
}

static bool print_all(RuleStore *store, Arena *arena, Buffer *out, Err *err)
{
    RuleVersionList all = {0};
    if (!rule_store_all(store, arena, &all, err)) {
        return false;
    }
    for (uint32_t i = 0; i < all.list.count; i++) {
        rule_version_print(out, &all.list.items[i]);
        buffer_append_byte(out, '\n');
    }
    return exception_store_print(store, out, err);
}

bool rule_store_text(Arena *arena, const char *path, Str *out, Err *err)
{
    Arena *rows = arena_new();
    Buffer text = {.limit = RULE_MAX_FILE};
    RuleStore *store = rule_store_open(path, false, err);
    bool fine = store != NULL && print_all(store, rows, &text, err);
    if (fine && text.overflowed) {
        fine = err_set(err, ERR_LIMIT, "%s: more than %zu MiB of rules", path, RULE_MAX_FILE >> 20);
    }
    if (fine) {
        *out = str_copy(arena, buffer_str(&text));
    }
    rule_store_close(store);
    buffer_done(&text);
    arena_free(rows);
    return fine;
}
