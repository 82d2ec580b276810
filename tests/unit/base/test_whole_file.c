#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/whole_file.h"

typedef struct Place {
    Arena *arena;
    Str folder, path;
} Place;

static Place place_new(void)
{
    Place place = {.arena = arena_new()};
    char folder[] = "/tmp/shrike-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    place.folder = str_copy(place.arena, str_from_c(folder));
    place.path = str_format(place.arena, "%s/file", folder);
    return place;
}

static uint32_t count_files(const Place *place)
{
    Err err = {0};
    FileList list;
    assert_true(file_list(place->arena, place->folder.ptr, &list, &err));
    return list.count;
}

static void place_done(const Place *place)
{
    assert_int_equal(rmdir(place->folder.ptr), 0);
    arena_free(place->arena);
}

static void expect_text(const Place *place, Str text)
{
    Err err = {0};
    Str read;
    assert_true(file_read(place->arena, place->path.ptr, 100, &read, &err));
    assert_true(str_equal(read, text));
}

TEST(it_is_there_when_it_is_whole)
{
    Place place = place_new();
    Err err = {0};
    for (int i = 0; i < 2; i++) { /* the second takes the first's place */
        Str text = i == 0 ? STR("first") : STR("second");
        assert_true(whole_file_check(place.arena, place.path, &err));
        assert_int_equal(access(place.path.ptr, F_OK), i - 1);
        assert_true(whole_file_write(place.arena, place.path, text, &err));
        expect_text(&place, text);
        assert_int_equal(count_files(&place), 1);
    }
    struct stat status;
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat(place.path.ptr, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0666 & ~mask);
    unlink(place.path.ptr);
    place_done(&place);
}

TEST(a_path_without_a_folder_is_here)
{
    Arena *arena = arena_new();
    Err err = {0};
    assert_int_equal(whole_file_check(arena, STR("file"), &err), access(".", W_OK) == 0);
    arena_free(arena);
}

TEST(a_wrong_path_is_told_before_and_after)
{
    Place place = place_new();
    Err err = {0};
    Str path = str_format(place.arena, "%s/no/file", place.folder.ptr);
    const char *text = str_format(place.arena, "%s: No such file or directory", path.ptr).ptr;
    assert_false(whole_file_check(place.arena, path, &err));
    assert_string_equal(err.text, text);
    assert_false(whole_file_write(place.arena, path, STR("x"), &err));
    assert_string_equal(err.text, text);
    text = str_format(place.arena, "%s: Is a directory", place.folder.ptr).ptr;
    assert_false(whole_file_check(place.arena, place.folder, &err));
    assert_string_equal(err.text, text);
    assert_false(whole_file_write(place.arena, place.folder, STR("x"), &err));
    assert_string_equal(err.text, text);
    place_done(&place);
}

/* Whoever runs the tests may write everywhere: a user who may not asks, in a process of its own. */
TEST(a_folder_that_may_not_be_written_is_told_as_such)
{
    if (geteuid() != 0) {
        skip(); /* only root can become another */
    }
    Place place = place_new();
    Err err = {0};
    const char *text = str_format(place.arena, "%s: Permission denied", place.path.ptr).ptr;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool as_told = chmod(place.folder.ptr, 0755) == 0 && setuid(65534) == 0 &&
                       !whole_file_check(place.arena, place.path, &err) &&
                       strcmp(err.text, text) == 0;
        _exit(as_told ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    place_done(&place);
}

/* A file that may have one byte at most, in a process of its own. */
TEST(a_failed_write_leaves_what_was_there)
{
    Place place = place_new();
    Err err = {0};
    assert_true(whole_file_write(place.arena, place.path, STR("old"), &err));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){1, 1});
        _exit(whole_file_write(place.arena, place.path, STR("new"), &err));
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    expect_text(&place, STR("old"));
    assert_int_equal(count_files(&place), 1);
    unlink(place.path.ptr);
    place_done(&place);
}

TEST(a_pipe_is_written_as_it_is)
{
    Place place = place_new();
    Err err = {0};
    assert_int_equal(mkfifo(place.path.ptr, 0600), 0);
    int reader = open(place.path.ptr, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(reader >= 0);
    assert_true(whole_file_check(place.arena, place.path, &err));
    assert_true(whole_file_write(place.arena, place.path, STR("text"), &err));
    char got[8];
    assert_int_equal(read(reader, got, sizeof got), 4);
    close(reader);
    struct stat status;
    assert_int_equal(lstat(place.path.ptr, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    unlink(place.path.ptr);
    place_done(&place);
}

TEST(a_full_disk_is_told)
{
    Arena *arena = arena_new();
    Err err = {0};
    assert_true(whole_file_check(arena, STR("/dev/full"), &err));
    assert_false(whole_file_write(arena, STR("/dev/full"), STR("text"), &err));
    assert_string_equal(err.text, "/dev/full: write: No space left on device");
    arena_free(arena);
}

RUN_TESTS(CASE(it_is_there_when_it_is_whole), CASE(a_path_without_a_folder_is_here),
          CASE(a_wrong_path_is_told_before_and_after),
          CASE(a_folder_that_may_not_be_written_is_told_as_such),
          CASE(a_failed_write_leaves_what_was_there), CASE(a_pipe_is_written_as_it_is),
          CASE(a_full_disk_is_told))
