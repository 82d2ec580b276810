#include "unit.h"

#include "ingest/reread_files.h"
#include "scratch_folder.h"

static FileIdentity identity_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return file_identity(&status);
}

static void set_time(const char *path, time_t seconds)
{
    struct timespec times[2] = {{seconds, 0}, {seconds, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

TEST(more_files_than_are_held_open_can_be_read)
{
    ScratchFolder folder = scratch_folder_make();
    RereadFiles *files = reread_files_new();
    Buffer out = {0};
    Err err = {0};
    FileIdentity identities[40];
    Str paths[40];
    for (uint32_t i = 0; i < 40; i++) {
        paths[i] = scratch_write(&folder, str_format(folder.arena, "%u", i).ptr,
                                 str_format(folder.arena, "--<%02u>--", i));
        identities[i] = identity_of(paths[i].ptr);
    }
    for (uint32_t round = 0; round < 3 * 40; round++) {
        uint32_t i = round * 7 % 40;
        EventPlace place = {.input = i, .offset = 2, .len = 4};
        buffer_clear(&out);
        assert_true(reread_files_read(files, paths[i].ptr, &identities[i], &place, &out, &err));
        assert_true(str_equal(buffer_str(&out), str_format(folder.arena, "<%02u>", i)));
    }
    buffer_done(&out);
    reread_files_free(files);
    reread_files_free(NULL);
    scratch_folder_remove(&folder);
}

TEST(a_file_may_grow_but_not_change)
{
    ScratchFolder folder = scratch_folder_make();
    RereadFiles *files = reread_files_new();
    Buffer out = {0};
    Err err = {0};
    EventPlace place = {.input = 0, .offset = 0, .len = 5};
    const char *path = scratch_write(&folder, "x", STR("12345\n")).ptr;
    set_time(path, 1000);
    FileIdentity identity = identity_of(path);
    assert_true(reread_files_read(files, path, &identity, &place, &out, &err));
    scratch_write(&folder, "x", STR("12345\n67890\n"));
    set_time(path, 2000);
    assert_true(reread_files_read(files, path, &identity, &place, &out, &err));
    assert_true(str_equal(buffer_str(&out), STR("1234512345")));

    static const Str CHANGED[] = {STR_INIT("54321\n"), STR_INIT("123"), STR_INIT("")};
    for (size_t i = 0; i < ARRAY_LEN(CHANGED); i++) {
        scratch_write(&folder, "x", CHANGED[i]);
        set_time(path, 3000);
        assert_false(reread_files_read(files, path, &identity, &place, &out, &err));
        assert_string_equal(err.text, "the file has changed since it was read");
    }
    assert_int_equal(out.len, 10);
    buffer_done(&out);
    reread_files_free(files);
    scratch_folder_remove(&folder);
}

TEST(another_file_of_the_same_name_is_not_the_one_that_was_read)
{
    ScratchFolder folder = scratch_folder_make();
    RereadFiles *files = reread_files_new();
    Buffer out = {0};
    Err err = {0};
    EventPlace place = {.input = 0, .offset = 0, .len = 5};
    Str path = scratch_write(&folder, "x", STR("12345\n"));
    FileIdentity identity = identity_of(path.ptr);
    Str other = scratch_write(&folder, "y", STR("abcde\n"));
    assert_int_equal(rename(other.ptr, path.ptr), 0);
    assert_false(reread_files_read(files, path.ptr, &identity, &place, &out, &err));
    assert_string_equal(err.text, "the file has changed since it was read");
    Str gone = scratch_path(&folder, "gone");
    place.input = 1;
    assert_false(reread_files_read(files, gone.ptr, &identity, &place, &out, &err));
    assert_string_equal(err.text, "cannot read again: No such file or directory");
    buffer_done(&out);
    reread_files_free(files);
    scratch_folder_remove(&folder);
}

TEST(no_room_is_an_error)
{
    ScratchFolder folder = scratch_folder_make();
    RereadFiles *files = reread_files_new();
    Buffer out = {.limit = 4};
    Err err = {0};
    EventPlace place = {.input = 0, .offset = 0, .len = 5};
    Str path = scratch_write(&folder, "x", STR("12345\n"));
    FileIdentity identity = identity_of(path.ptr);
    assert_false(reread_files_read(files, path.ptr, &identity, &place, &out, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    buffer_done(&out);
    reread_files_free(files);
    scratch_folder_remove(&folder);
}

RUN_TESTS(CASE(more_files_than_are_held_open_can_be_read), CASE(a_file_may_grow_but_not_change),
          CASE(another_file_of_the_same_name_is_not_the_one_that_was_read),
          CASE(no_room_is_an_error))
