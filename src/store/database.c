#include "store/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/utf8.h"

struct Database {
    Arena *arena;
    sqlite3 *handle;
    const char *path;
    ARRAY(sqlite3_stmt *) statements;
};

static const char MAGIC[] = "SQLite format 3"; /* with its NUL, 16 bytes */

bool database_is_file(const char *path)
{
    char front[sizeof MAGIC] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    ssize_t got = read(fd, front, sizeof front);
    close(fd);
    return got == (ssize_t)sizeof front && memcmp(front, MAGIC, sizeof MAGIC) == 0;
}

/* What SQLite says of the last call, as an error of ours. */
static bool fail(const Database *database, int result, Err *err)
{
    if (result == SQLITE_NOMEM) {
        out_of_memory(0);
    }
    int code = result & 0xff; /* without SQLite's finer distinctions */
    ErrCode ours = code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? ERR_CORRUPT
                   : code == SQLITE_TOOBIG                         ? ERR_LIMIT
                                                                   : ERR_IO;
    const char *words =
        code == SQLITE_BUSY ? "another program is writing to it" : sqlite3_errmsg(database->handle);
    return err_set(err, ours, "%s: %s", database->path, words);
}

static bool run_sql(Database *database, const char *sql, Err *err)
{
    int result = sqlite3_exec(database->handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK || fail(database, result, err);
}

#define TRY_AGAIN_MS 5

/* Two that make the same file in this mode at once would wait for each other for ever: SQLite tells one of them at once that the file is
 * busy, however long it is to wait else. */
static bool use_log(Database *database, Err *err)
{
    int result = SQLITE_OK;
    for (int waited = 0; waited <= DATABASE_WAIT_MS; waited += TRY_AGAIN_MS) {
        result = sqlite3_exec(database->handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
        if (result != SQLITE_BUSY) {
            break;
        }
        sqlite3_sleep(TRY_AGAIN_MS);
    }
    return result == SQLITE_OK || fail(database, result, err);
}

static bool read_number(Database *database, const char *sql, int64_t *out, Err *err)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
        *out = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    }
    bool fine = result == SQLITE_ROW || fail(database, result, err);
    sqlite3_finalize(statement);
    return fine;
}

/* A new file gets its tables in one transaction: it has all of them or is still empty. */
static bool make_tables(Database *database, const DatabaseKind *kind, Err *err)
{
    char marks[128];
    int len = snprintf(marks, sizeof marks, "PRAGMA application_id=%u; PRAGMA user_version=%u;",
                       kind->application_id, kind->version);
    assert(len > 0 && (size_t)len < sizeof marks);
    return run_sql(database, kind->schema, err) && run_sql(database, marks, err) &&
           database_commit(database, err);
}

static bool check_kind(Database *database, bool writes, const DatabaseKind *kind, Err *err)
{
    int64_t tables = 0;
    int64_t application = 0;
    int64_t version = 0;
    if ((writes && !database_begin(database, err)) ||
        !read_number(database, "SELECT count(*) FROM sqlite_schema", &tables, err) ||
        !read_number(database, "PRAGMA application_id", &application, err) ||
        !read_number(database, "PRAGMA user_version", &version, err)) {
        return false;
    }
    if (writes && tables == 0 && application == 0) {
        return make_tables(database, kind, err);
    }
    if (application != (int64_t)kind->application_id) {
        return err_set(err, ERR_CORRUPT, "%s: not a %s", database->path, kind->name);
    }
    if (version != (int64_t)kind->version) {
        return err_set(err, ERR_UNSUPPORTED, "%s: a %s of version %lld; this program knows %u",
                       database->path, kind->name, (long long)version, kind->version);
    }
    return !writes || database_commit(database, err);
}

static void protect(sqlite3 *handle)
{
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, (int)DATABASE_MAX_TEXT);
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_busy_timeout(handle, DATABASE_WAIT_MS);
}

/* "file:" names take options; '?', '#' and '%' of the path must then not be taken for them. */
static Str uri_of(Arena *arena, const char *path)
{
    Buffer uri = {0};
    buffer_append_c(&uri, "file:");
    for (const char *c = path; *c != '\0'; c++) {
        if (strchr("?#%", *c) != NULL) {
            buffer_append_format(&uri, "%%%02x", (unsigned)(unsigned char)*c);
        } else {
            buffer_append_byte(&uri, *c);
        }
    }
    buffer_append_c(&uri, "?immutable=1");
    Str text = str_copy(arena, buffer_str(&uri));
    buffer_done(&uri);
    return text;
}

/* To read a file in WAL mode SQLite makes another beside it. Where it cannot, and no log is left to be read, the file
 * is read as it is: who cannot write to the folder cannot be the one who changes it. */
static int open_unwritable(Database *database)
{
    Str log = str_format(database->arena, "%s-wal", database->path);
    if (access(log.ptr, F_OK) == 0) {
        return SQLITE_CANTOPEN;
    }
    sqlite3_close(database->handle);
    int result =
        sqlite3_open_v2(uri_of(database->arena, database->path).ptr, &database->handle,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    if (result == SQLITE_OK) {
        protect(database->handle);
    }
    return result;
}

static bool open_handle(Database *database, bool writes, Err *err)
{
    int flags = writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    int result =
        sqlite3_open_v2(database->path, &database->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (result != SQLITE_OK) {
        return fail(database, result, err);
    }
    protect(database->handle);
    if (!writes) {
        int64_t version = 0;
        Err first = {0};
        if (!read_number(database, "PRAGMA user_version", &version, &first) &&
            sqlite3_errcode(database->handle) == SQLITE_CANTOPEN) {
            result = open_unwritable(database);
        }
        return result == SQLITE_OK || fail(database, result, err);
    }
    return use_log(database, err) &&
           run_sql(database, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;", err);
}

Database *database_open(const char *path, bool writes, const DatabaseKind *kind, Err *err)
{
    Arena *arena = arena_new();
    Database *database = ARENA_NEW(arena, Database);
    database->arena = arena;
    database->path = str_copy(arena, str_from_c(path)).ptr;
    if (!open_handle(database, writes, err) || !check_kind(database, writes, kind, err)) {
        database_close(database);
        return NULL;
    }
    return database;
}

void database_close(Database *database)
{
    if (database == NULL) {
        return;
    }
    for (uint32_t i = 0; i < database->statements.count; i++) {
        sqlite3_finalize(database->statements.items[i]);
    }
    int result = sqlite3_close(database->handle);
    assert(result == SQLITE_OK); /* else a statement is left */
    arena_free(database->arena);
}

bool database_begin(Database *database, Err *err)
{
    return run_sql(database, "BEGIN IMMEDIATE", err);
}

bool database_commit(Database *database, Err *err)
{
    return run_sql(database, "COMMIT", err);
}

Statement *database_prepare(Database *database, const char *sql, Err *err)
{
    sqlite3_stmt *statement = NULL;
    int result =
        sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (result != SQLITE_OK) {
        fail(database, result, err);
        return NULL;
    }
    ARRAY_PUSH(database->arena, &database->statements, statement);
    return statement;
}

/* The parameter is there and the value within bounds: both are ours. */
static void expect(int result)
{
    if (result == SQLITE_NOMEM) {
        out_of_memory(0);
    }
    assert(result == SQLITE_OK);
}

void statement_set_i64(Statement *statement, int parameter, int64_t value)
{
    expect(sqlite3_bind_int64(statement, parameter, value));
}

void statement_set_text(Statement *statement, int parameter, Str text)
{
    assert(text.len <= DATABASE_MAX_TEXT);
    expect(sqlite3_bind_text(statement, parameter, text.len > 0 ? text.ptr : "", (int)text.len,
                             SQLITE_STATIC));
}

void statement_end(Statement *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

bool database_next(Database *database, Statement *statement, bool *row, Err *err)
{
    int result = sqlite3_step(statement);
    bool fine = result == SQLITE_ROW || result == SQLITE_DONE || fail(database, result, err);
    *row = result == SQLITE_ROW;
    if (!*row) {
        statement_end(statement);
    }
    return fine;
}

bool database_run(Database *database, Statement *statement, Err *err)
{
    bool row = false;
    bool fine = database_next(database, statement, &row, err);
    assert(!row);
    return fine;
}

int64_t database_last_id(const Database *database)
{
    return sqlite3_last_insert_rowid(database->handle);
}

int64_t statement_i64(Statement *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

bool statement_is_null(Statement *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL;
}

Str statement_text(Statement *statement, Arena *arena, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    Str view = {text, (size_t)sqlite3_column_bytes(statement, column)};
    size_t bad_at = 0;
    return text != NULL && utf8_check(view, &bad_at) ? str_copy(arena, view) : STR("");
}
