#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* A folder of its own for each test. */
typedef struct Place {
    Arena *arena;
    const char *folder;
} Place;

static Place place_new(void)
{
    Place place = {.arena = arena_new()};
    char folder[] = "/tmp/shrike-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    place.folder = str_to_c(place.arena, str_from_c(folder));
    return place;
}

static const char *path_in(const Place *place, const char *name)
{
    return str_format(place->arena, "%s/%s", place->folder, name).ptr;
}

static void place_done(Place *place)
{
    const char *command = str_format(place->arena, "rm -rf '%s'", place->folder).ptr;
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): our own words */
    arena_free(place->arena);
}

static void write_file(const char *path, Str bytes)
{
    Err err;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_true(file_write_all(fd, bytes, &err));
    close(fd);
}

TEST(a_file_is_read_up_to_its_limit)
{
    static char big[200000];
    memset(big, 'x', sizeof big);
    Place place = place_new();
    static const size_t SIZES[] = {0, 1, 65535, 65536, 65537, sizeof big};
    for (size_t i = 0; i < ARRAY_LEN(SIZES); i++) {
        const char *path = path_in(&place, str_format(place.arena, "f%zu", i).ptr);
        write_file(path, (Str){big, SIZES[i]});
        Str bytes = {NULL, 99};
        Err err = {.code = ERR_NONE};
        assert_true(file_read(place.arena, path, SIZES[i], &bytes, &err));
        assert_true(str_equal(bytes, (Str){big, SIZES[i]}));
        if (SIZES[i] > 0) {
            bytes = STR("kept");
            assert_false(file_read(place.arena, path, SIZES[i] - 1, &bytes, &err));
            assert_int_equal(err.code, ERR_LIMIT);
            assert_non_null(strstr(err.text, path));
            assert_true(str_equal(bytes, STR("kept")));
        }
    }
    place_done(&place);
}

TEST(a_stream_has_no_size_but_the_same_limit)
{
    static const struct {
        size_t limit;
        bool fine;
    } CASES[] = {{5, true}, {6, true}, {4, false}, {0, false}};
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        int ends[2];
        Err err = {.code = ERR_NONE};
        assert_int_equal(pipe(ends), 0);
        assert_true(file_write_all(ends[1], STR("12345"), &err));
        close(ends[1]);
        const char *path = str_format(arena, "/dev/fd/%d", ends[0]).ptr;
        Str bytes = {NULL, 0};
        assert_int_equal(file_read(arena, path, CASES[i].limit, &bytes, &err), CASES[i].fine);
        assert_int_equal(err.code, CASES[i].fine ? ERR_NONE : ERR_LIMIT);
        assert_true(str_equal(bytes, CASES[i].fine ? STR("12345") : STR("")));
        close(ends[0]);
    }
    arena_free(arena);
}

TEST(what_cannot_be_read_is_named)
{
    Place place = place_new();
    const char *missing = path_in(&place, "missing");
    const char *const paths[] = {missing, place.folder};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        Str bytes;
        Err err = {.code = ERR_NONE};
        assert_false(file_read(place.arena, paths[i], 100000, &bytes, &err));
        assert_int_equal(err.code, ERR_IO);
        assert_non_null(strstr(err.text, paths[i]));
    }
    place_done(&place);
}

TEST(a_temporary_file_holds_bytes_at_places)
{
    Err err = {.code = ERR_NONE};
    int fd = file_open_temporary(&err);
    assert_true(fd >= 0);
    assert_true(file_write_all(fd, STR("0123456789"), &err));
    char bytes[4];
    assert_true(file_pread(fd, bytes, 4, 3, &err));
    assert_memory_equal(bytes, "3456", 4);
    assert_false(file_pread(fd, bytes, 4, 8, &err));
    assert_int_equal(err.code, ERR_CORRUPT);
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_nlink, 0);
    close(fd);
}

TEST(a_temporary_file_goes_where_tmpdir_says)
{
    Err err = {.code = ERR_NONE};
    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_int_equal(file_open_temporary(&err), -1);
    unsetenv("TMPDIR");
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.text, "/nowhere/at/all"));
}

TEST(writing_to_a_closed_place_is_told)
{
    Err err = {.code = ERR_NONE};
    int fd = open("/dev/full", O_WRONLY);
    assert_true(fd >= 0);
    assert_false(file_write_all(fd, STR("x"), &err));
    assert_int_equal(err.code, ERR_IO);
    close(fd);
    assert_false(file_pread(-1, &fd, 1, 0, &err));
    assert_int_equal(err.code, ERR_IO);
}

TEST(a_folder_lists_its_files_in_order)
{
    Place place = place_new();
    assert_int_equal(mkdir(path_in(&place, "sub"), 0700), 0);
    assert_int_equal(mkdir(path_in(&place, "sub/deep"), 0700), 0);
    assert_int_equal(mkdir(path_in(&place, ".hidden"), 0700), 0);
    static const char *const FILES[] = {"b", "a", "sub/z", "sub/deep/y", ".dot", ".hidden/x"};
    for (size_t i = 0; i < ARRAY_LEN(FILES); i++) {
        write_file(path_in(&place, FILES[i]), STR("x"));
    }
    assert_int_equal(symlink(place.folder, path_in(&place, "sub/circle")), 0);
    assert_int_equal(symlink("b", path_in(&place, "link")), 0);
    assert_int_equal(mkfifo(path_in(&place, "fifo"), 0600), 0);

    static const char *const EXPECTED[] = {"a", "b", "sub/deep/y", "sub/z"};
    FileList list = {0};
    Err err = {.code = ERR_NONE};
    assert_true(file_list(place.arena, place.folder, &list, &err));
    assert_int_equal(list.count, ARRAY_LEN(EXPECTED));
    for (size_t i = 0; i < list.count; i++) {
        assert_string_equal(list.paths[i].ptr, path_in(&place, EXPECTED[i]));
    }
    place_done(&place);
}

TEST(a_slash_at_the_end_of_a_folder_is_not_doubled)
{
    Place place = place_new();
    write_file(path_in(&place, "a"), STR("x"));
    FileList list = {0};
    Err err;
    assert_true(file_list(place.arena, path_in(&place, ""), &list, &err));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.paths[0].ptr, path_in(&place, "a"));
    place_done(&place);
}

TEST(a_folder_that_is_none_is_named)
{
    Place place = place_new();
    FileList list = {.count = 77};
    Err err = {.code = ERR_NONE};
    write_file(path_in(&place, "file"), STR("x"));
    assert_true(file_is_folder(place.folder));
    assert_false(file_is_folder(path_in(&place, "file")));
    assert_false(file_is_folder(path_in(&place, "missing")));
    assert_false(file_list(place.arena, path_in(&place, "file"), &list, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.text, path_in(&place, "file")));
    assert_int_equal(list.count, 77);
    place_done(&place);
}

RUN_TESTS(CASE(a_file_is_read_up_to_its_limit), CASE(a_stream_has_no_size_but_the_same_limit),
          CASE(what_cannot_be_read_is_named), CASE(a_temporary_file_holds_bytes_at_places),
          CASE(a_temporary_file_goes_where_tmpdir_says), CASE(writing_to_a_closed_place_is_told),
          CASE(a_folder_lists_its_files_in_order),
          CASE(a_slash_at_the_end_of_a_folder_is_not_doubled), CASE(a_folder_that_is_none_is_named))
