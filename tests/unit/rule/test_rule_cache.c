#include "rule_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "rule/rule_cache.h"

typedef struct Place {
    Arena *arena;
    const char *folder; /* temporary, of this test */
    Str cache;          /* a folder in it, not there yet */
    const Schema *schema;
    RuleList list;
    RuleSet *set;
    Hex key;
} Place;

static const char *in_place(const Place *place, const char *name)
{
    return str_format(place->arena, "%s/%s", place->folder, name).ptr;
}

static Hex key_of(const Place *place, const char *mapping)
{
    HashStream stream;
    Str path = str_from_c(place->folder);
    assert_true(rule_cache_begin_key(&stream, str_from_c(mapping)));
    assert_true(rule_hash(&path, 1, &stream));
    return hash_stream_end(&stream);
}

static void write_file(const char *path, Str bytes)
{
    Err err;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && file_write_all(fd, bytes, &err));
    close(fd);
}

static Place place_new(void)
{
    Place place = {.arena = arena_new()};
    char folder[] = "/tmp/shrike-test-XXXXXX";
    Err err = {0};
    assert_non_null(mkdtemp(folder));
    place.folder = str_to_c(place.arena, str_from_c(folder));
    place.cache = str_format(place.arena, "%s/.a/b", folder);
    place.schema = schema_builtin(place.arena);
    place.list.arena = place.arena;
    write_file(in_place(&place, "rule.toml"), STR(SMALL_RULE));
    Str path = str_from_c(place.folder);
    assert_true(rule_read(&place.list, &path, 1, &err));
    place.set = rule_set_build(place.arena, &place.list, place.schema, &(RuleFilter){0});
    place.key = key_of(&place, "");
    return place;
}

static void place_done(Place *place)
{
    const char *command = str_format(place->arena, "rm -rf '%s'", place->folder).ptr;
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): our own words */
    arena_free(place->arena);
}

static bool load(const Place *place, const Hex *key, Err *err)
{
    RuleList list = {.arena = place->arena};
    RuleSet *set = NULL;
    *err = (Err){0};
    if (!rule_cache_load(place->cache, key, place->schema, &list, &set, err)) {
        return false;
    }
    assert_int_equal(list.rules.count, 1);
    assert_int_equal(set->count, 1);
    assert_true(str_equal(list.rules.items[0].name, STR("Shell From Editor")));
    return true;
}

static void store(const Place *place)
{
    Err err = {0};
    assert_true(rule_cache_store(place->cache, &place->key, &place->list, place->set, &err));
}

static const char *kept_file(const Place *place, const Hex *key)
{
    return str_format(place->arena, "%.*s/%s.rules", STR_ARG(place->cache), key->text).ptr;
}

TEST(what_was_kept_is_there_again)
{
    Place place = place_new();
    Err err;
    struct stat status;
    assert_false(load(&place, &place.key, &err));
    assert_int_equal(err.code, ERR_NONE);
    store(&place);
    assert_true(load(&place, &place.key, &err));
    store(&place);
    assert_true(load(&place, &place.key, &err));
    assert_int_equal(stat(place.cache.ptr, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(stat(kept_file(&place, &place.key), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    place_done(&place);
}

TEST(the_key_is_that_of_reading_and_follows_each_byte)
{
    Place place = place_new();
    Hex before = place.key;
    HashStream stream;
    RuleList list = {.arena = place.arena, .content = &stream};
    Str path = str_from_c(place.folder);
    Err err = {0};
    assert_true(rule_cache_begin_key(&stream, STR("")));
    assert_true(rule_read(&list, &path, 1, &err));
    assert_string_equal(hash_stream_end(&stream).text, before.text);
    assert_false(list.unread);
    assert_string_not_equal(key_of(&place, "{}").text, before.text);
    write_file(in_place(&place, "rule.toml"), STR(SMALL_RULE " "));
    assert_string_not_equal(key_of(&place, "").text, before.text);
    write_file(in_place(&place, "rule.toml"), STR(SMALL_RULE));
    assert_string_equal(key_of(&place, "").text, before.text);
    write_file(in_place(&place, "more.toml"), STR(""));
    assert_string_not_equal(key_of(&place, "").text, before.text);
    place_done(&place);
}

TEST(a_file_that_cannot_be_read_has_no_key)
{
    Place place = place_new();
    HashStream stream;
    Str missing = str_from_c(in_place(&place, "missing.toml"));
    hash_stream_begin(&stream);
    assert_false(rule_hash(&missing, 1, &stream));
    /* In a folder it is a problem of the list's, and then nothing is kept. */
    RuleList list = {.arena = place.arena, .content = &stream};
    Str folder = str_from_c(place.folder);
    Err err = {0};
    assert_int_equal(truncate(in_place(&place, "rule.toml"), (off_t)RULE_MAX_FILE + 1), 0);
    assert_true(rule_read(&list, &folder, 1, &err));
    assert_true(list.unread);
    assert_false(rule_hash(&folder, 1, &stream));
    place_done(&place);
}

TEST(a_damaged_file_is_refused_and_can_be_made_anew)
{
    Place place = place_new();
    Err err;
    Str bytes;
    store(&place);
    const char *path = kept_file(&place, &place.key);
    assert_true(file_read(place.arena, path, SIZE_MAX / 8, &bytes, &err));
    char *copy = ARENA_MANY(place.arena, char, bytes.len);
    for (size_t at = 0; at < bytes.len; at += 1 + bytes.len / 200) {
        memcpy(copy, bytes.ptr, bytes.len);
        copy[at] = (char)(copy[at] ^ 0x10);
        write_file(path, (Str){copy, bytes.len});
        assert_false(load(&place, &place.key, &err));
        assert_int_equal(err.code, ERR_CORRUPT);
        write_file(path, (Str){bytes.ptr, at});
        assert_false(load(&place, &place.key, &err));
        assert_int_equal(err.code, ERR_CORRUPT);
    }
    store(&place);
    assert_true(load(&place, &place.key, &err));
    place_done(&place);
}

TEST(a_file_under_another_name_is_refused)
{
    Place place = place_new();
    Err err;
    store(&place);
    Hex other = key_of(&place, "{}");
    assert_int_equal(rename(kept_file(&place, &place.key), kept_file(&place, &other)), 0);
    assert_false(load(&place, &other, &err));
    assert_int_equal(err.code, ERR_CORRUPT);
    place_done(&place);
}

TEST(what_others_can_write_is_not_used)
{
    Place place = place_new();
    Err err;
    store(&place);
    const char *path = kept_file(&place, &place.key);
    assert_int_equal(chmod(path, 0620), 0);
    assert_false(load(&place, &place.key, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(chmod(path, 0600), 0);
    assert_true(load(&place, &place.key, &err));
    assert_int_equal(chmod(place.cache.ptr, 0702), 0);
    assert_false(load(&place, &place.key, &err));
    assert_int_equal(err.code, ERR_IO);
    err = (Err){0};
    assert_false(rule_cache_store(place.cache, &place.key, &place.list, place.set, &err));
    assert_int_equal(chmod(place.cache.ptr, 0700), 0);
    const char *beside = in_place(&place, "elsewhere");
    assert_int_equal(rename(path, beside), 0);
    assert_int_equal(symlink(beside, path), 0);
    assert_false(load(&place, &place.key, &err));
    assert_int_equal(err.code, ERR_IO);
    place_done(&place);
}

/* A file of the cache's name, so large and last used so many seconds ago. */
static void put_old(const Place *place, char digit, off_t size, long age)
{
    Hex key = place->key;
    memset(key.text, digit, 64);
    const char *path = kept_file(place, &key);
    write_file(path, STR(""));
    assert_int_equal(truncate(path, size), 0);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = time(NULL) - age}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static bool is_there(const Place *place, char digit)
{
    Hex key = place->key;
    memset(key.text, digit, 64);
    return access(kept_file(place, &key), F_OK) == 0;
}

TEST(the_oldest_files_go_when_all_are_too_large)
{
    Place place = place_new();
    Err err;
    off_t third = (off_t)(RULE_CACHE_MAX_BYTES / 3);
    store(&place);
    put_old(&place, 'a', third, 100);
    put_old(&place, 'b', third, 300);
    put_old(&place, 'c', third, 200);
    const char *foreign = str_format(place.arena, "%.*s/mine", STR_ARG(place.cache)).ptr;
    write_file(foreign, STR(""));
    assert_int_equal(truncate(foreign, 4 * third), 0);
    store(&place);
    assert_true(is_there(&place, 'a'));
    assert_false(is_there(&place, 'b'));
    assert_true(is_there(&place, 'c'));
    assert_int_equal(access(foreign, F_OK), 0);
    assert_true(load(&place, &place.key, &err));
    place_done(&place);
}

TEST(the_environment_names_the_folder)
{
    Arena *arena = arena_new();
    setenv("HOME", "/h", 1);
    setenv("XDG_CACHE_HOME", "/c", 1);
    assert_true(str_equal(rule_cache_folder(arena), STR("/c/shrike")));
    setenv("XDG_CACHE_HOME", "relative", 1);
    assert_true(str_equal(rule_cache_folder(arena), STR("/h/.cache/shrike")));
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_int_equal(rule_cache_folder(arena).len, 0);
    arena_free(arena);
}

TEST(where_nothing_can_be_written_that_is_said)
{
    Place place = place_new();
    Err err = {0};
    write_file(in_place(&place, "file"), STR("x"));
    place.cache = str_from_c(in_place(&place, "file/cache"));
    assert_false(rule_cache_store(place.cache, &place.key, &place.list, place.set, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_false(load(&place, &place.key, &err));
    place_done(&place);
}

RUN_TESTS(CASE(what_was_kept_is_there_again),
          CASE(the_key_is_that_of_reading_and_follows_each_byte),
          CASE(a_file_that_cannot_be_read_has_no_key),
          CASE(a_damaged_file_is_refused_and_can_be_made_anew),
          CASE(a_file_under_another_name_is_refused), CASE(what_others_can_write_is_not_used),
          CASE(the_oldest_files_go_when_all_are_too_large), CASE(the_environment_names_the_folder),
          CASE(where_nothing_can_be_written_that_is_said))
