#include "unit.h"

#include "store/database.h"

#include <sys/stat.h>
#include <unistd.h>

static const DatabaseKind KIND = {
    .application_id = 7,
    .version = 2,
    .name = "box",
    .schema = "CREATE TABLE things(id INTEGER PRIMARY KEY, name TEXT);",
};

typedef struct Place {
    Arena *arena;
    char folder[64];
    const char *path;
} Place;

static Place place_new(void)
{
    Place place = {.arena = arena_new(), .folder = "/tmp/shrike-database-XXXXXX"};
    assert_non_null(mkdtemp(place.folder));
    place.path = str_format(place.arena, "%s/box?#%%.db", place.folder).ptr;
    return place;
}

static void place_done(Place *place)
{
    static const char *const ENDS[] = {"", "-wal", "-shm"};
    assert_int_equal(chmod(place->folder, 0700), 0);
    for (size_t i = 0; i < ARRAY_LEN(ENDS); i++) {
        (void)unlink(str_format(place->arena, "%s%s", place->path, ENDS[i]).ptr);
    }
    assert_int_equal(rmdir(place->folder), 0);
    arena_free(place->arena);
}

static Database *open_box(const char *path, bool writes)
{
    Err err = {0};
    Database *database = database_open(path, writes, &KIND, &err);
    if (database == NULL) {
        fail_msg("%s", err.text);
    }
    return database;
}

static void put(Database *database, const char *name)
{
    Err err = {0};
    Statement *statement = database_prepare(database, "INSERT INTO things(name) VALUES(?1)", &err);
    assert_non_null(statement);
    statement_set_text(statement, 1, str_from_c(name));
    assert_true(database_run(database, statement, &err));
}

static int64_t count_things(Database *database)
{
    Err err = {0};
    bool row = false;
    Statement *statement = database_prepare(database, "SELECT count(*) FROM things", &err);
    assert_non_null(statement);
    assert_true(database_next(database, statement, &row, &err) && row);
    int64_t count = statement_i64(statement, 0);
    statement_end(statement);
    return count;
}

TEST(what_is_committed_stays_and_what_is_not_goes)
{
    Place place = place_new();
    Err err = {0};
    Database *database = open_box(place.path, true);
    assert_true(database_begin(database, &err));
    put(database, "kept");
    assert_true(database_commit(database, &err));
    assert_true(database_begin(database, &err));
    put(database, "lost");
    database_close(database);
    database = open_box(place.path, false);
    assert_int_equal(count_things(database), 1);
    database_close(database);
    place_done(&place);
}

TEST(a_file_that_nobody_may_write_beside_is_read)
{
    Place place = place_new();
    Err err = {0};
    Database *database = open_box(place.path, true);
    put(database, "one");
    database_close(database);
    assert_int_equal(chmod(place.folder, 0500), 0);
    database = database_open(place.path, false, &KIND, &err);
    assert_non_null(database);
    assert_int_equal(count_things(database), 1);
    database_close(database);
    place_done(&place);
}

static void expect_refused(const char *path, bool writes, const DatabaseKind *kind, ErrCode code,
                           const char *words)
{
    Err err = {0};
    assert_null(database_open(path, writes, kind, &err));
    assert_int_equal(err.code, code);
    assert_non_null(strstr(err.text, words));
    assert_non_null(strstr(err.text, path));
}

TEST(other_files_are_refused)
{
    Place place = place_new();
    expect_refused(place.path, false, &KIND, ERR_IO, "unable to open");
    expect_refused(place.folder, true, &KIND, ERR_IO, "unable to open");
    database_close(open_box(place.path, true));
    DatabaseKind other = KIND;
    other.application_id = 8;
    expect_refused(place.path, true, &other, ERR_CORRUPT, "not a box");
    other = KIND;
    other.version = 3;
    expect_refused(place.path, false, &other, ERR_UNSUPPORTED,
                   "a box of version 2; this program knows 3");
    FILE *file = fopen(place.path, "w");
    assert_non_null(file);
    assert_true(fputs("no database at all, but long enough to have a header of one hundred bytes, "
                      "if it were one,"
                      " which it is not",
                      file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_false(database_is_file(place.path));
    expect_refused(place.path, true, &KIND, ERR_CORRUPT, "not a database");
    place_done(&place);
}

TEST(texts_come_back_as_they_were_and_no_utf8_comes_back_empty)
{
    static const struct {
        const char *sql;
        const char *text;
    } CASES[] = {
        {"SELECT 'h\xc3\xa9 \"quoted\"'", "h\xc3\xa9 \"quoted\""},
        {"SELECT cast(x'ff41' AS TEXT)", ""},
        {"SELECT NULL", ""},
        {"SELECT 12", "12"},
    };
    Arena *arena = arena_new();
    Err err = {0};
    Database *database = open_box(":memory:", true);
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        bool row = false;
        Statement *statement = database_prepare(database, CASES[i].sql, &err);
        assert_non_null(statement);
        assert_true(database_next(database, statement, &row, &err) && row);
        Str text = statement_text(statement, arena, 0);
        assert_true(str_equal(text, str_from_c(CASES[i].text)));
        assert_int_equal(statement_is_null(statement, 0), i == 2);
        statement_end(statement);
    }
    assert_null(database_prepare(database, "SELECT thing FROM nowhere", &err));
    assert_string_equal(err.text, ":memory:: no such table: nowhere");
    database_close(database);
    arena_free(arena);
}

RUN_TESTS(CASE(what_is_committed_stays_and_what_is_not_goes),
          CASE(a_file_that_nobody_may_write_beside_is_read), CASE(other_files_are_refused),
          CASE(texts_come_back_as_they_were_and_no_utf8_comes_back_empty))
