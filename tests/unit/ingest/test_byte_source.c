#include "unit.h"

#include "base/buffer.h"
#include "ingest/byte_source.h"
#include "pack.h"
#include "scratch_folder.h"

/* All that can be read, `step` bytes at a time, then " ! FAULT" if it ends in one. */
static Str drain(const ScratchFolder *folder, ByteSource *source, Str file, size_t step)
{
    Buffer out = {0};
    Err err = {0};
    Str path = scratch_write(folder, "file", file);
    bool fine = byte_source_open(source, open(path.ptr, O_RDONLY | O_CLOEXEC), &err);
    for (size_t got = 1; fine && got > 0;) {
        char *to = buffer_reserve(&out, step);
        fine = byte_source_read(source, to, step, &got, &err);
        out.len += fine ? got : 0;
    }
    if (!fine) {
        buffer_append_format(&out, " ! %s", err.text);
    } else {
        assert_int_equal(byte_source_taken(source), file.len);
    }
    byte_source_close(source);
    Str found = str_copy(folder->arena, buffer_str(&out));
    buffer_done(&out);
    return found;
}

static Str join(Arena *arena, Str a, Str b, Str c)
{
    return str_join(arena, (Str[]){a, b, c}, 3, STR(""));
}

/* Zeros that a text cannot hold. */
static Str zeros(Arena *arena, size_t count)
{
    return (Str){ARENA_MANY(arena, char, count), count};
}

static void check(const ScratchFolder *folder, ByteSource *source, Str file, const char *expected)
{
    static const size_t STEPS[] = {1, 3, 64, 100000};
    for (size_t i = 0; i < ARRAY_LEN(STEPS); i++) {
        assert_string_equal(drain(folder, source, file, STEPS[i]).ptr, expected);
    }
}

TEST(packed_files_read_as_plain_ones)
{
    ScratchFolder folder = scratch_folder_make();
    Arena *arena = folder.arena;
    ByteSource *source = byte_source_new();
    static const char *const TEXTS[] = {
        "", "x", "{\"a\":1}\n{\"b\":2}\n", "\x1f", "\x1fx", "\x28\xb5\x2f", "PK\3\4"};
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        Str text = str_from_c(TEXTS[i]);
        check(&folder, source, text, TEXTS[i]);
        check(&folder, source, pack_gzip(arena, text), TEXTS[i]);
        check(&folder, source, pack_zstd(arena, text), TEXTS[i]);
    }
    byte_source_free(source);
    scratch_folder_remove(&folder);
}

TEST(members_and_frames_read_as_one)
{
    ScratchFolder folder = scratch_folder_make();
    Arena *arena = folder.arena;
    ByteSource *source = byte_source_new();
    Str gz[] = {pack_gzip(arena, STR("one ")), pack_gzip(arena, STR("")),
                pack_gzip(arena, STR("two"))};
    Str zst[] = {pack_zstd(arena, STR("one ")), pack_zstd(arena, STR("")),
                 pack_zstd(arena, STR("two"))};
    Str skip = {"\x52\x2a\x4d\x18\x03\0\0\0abc", 11};
    check(&folder, source, join(arena, gz[0], gz[1], gz[2]), "one two");
    check(&folder, source, join(arena, gz[0], gz[2], zeros(arena, 100)), "one two");
    check(&folder, source, join(arena, gz[0], zeros(arena, 10), gz[2]), "one two");
    check(&folder, source, join(arena, zst[0], zst[1], zst[2]), "one two");
    check(&folder, source, join(arena, skip, zst[0], join(arena, skip, zst[2], skip)), "one two");
    byte_source_free(source);
    scratch_folder_remove(&folder);
}

TEST(a_broken_stream_gives_what_it_holds_then_fails)
{
    ScratchFolder folder = scratch_folder_make();
    Arena *arena = folder.arena;
    ByteSource *source = byte_source_new();
    Str gz = pack_gzip(arena, STR("a text that is kept"));
    Str zst = pack_zstd(arena, STR("a text that is kept"));
    check(&folder, source, str_slice(gz, 0, gz.len - 4),
          "a text that is kept ! the gzip stream is cut short");
    check(&folder, source, str_slice(gz, 0, 2), " ! the gzip stream is cut short");
    check(&folder, source, str_slice(zst, 0, 4), " ! the zstd stream is cut short");
    check(&folder, source, join(arena, zst, str_slice(zst, 0, 9), STR("")),
          "a text that is kept ! the zstd stream is cut short");
    check(&folder, source, join(arena, gz, STR("junk"), STR("")),
          "a text that is kept ! broken gzip stream: incorrect header check");
    check(&folder, source, join(arena, gz, STR("\x1f\x8b"), STR("")),
          "a text that is kept ! the gzip stream is cut short");
    check(&folder, source, join(arena, zst, STR("junk"), STR("")),
          "a text that is kept ! broken zstd stream: Unknown frame descriptor");
    byte_source_free(source);
    scratch_folder_remove(&folder);
}

/* A frame header that asks for a window of 256 MiB. */
TEST(a_window_past_the_bound_is_refused)
{
    ScratchFolder folder = scratch_folder_make();
    ByteSource *source = byte_source_new();
    Str frame = {"\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00", 9};
    check(&folder, source, frame,
          " ! broken zstd stream: Frame requires too much memory for decoding");
    byte_source_free(source);
    scratch_folder_remove(&folder);
}

TEST(a_folder_cannot_be_read)
{
    ByteSource *source = byte_source_new();
    Err err = {0};
    assert_false(byte_source_open(source, open("/tmp", O_RDONLY | O_CLOEXEC), &err));
    assert_string_equal(err.text, "cannot read: Is a directory");
    byte_source_free(source);
    byte_source_free(NULL);
}

RUN_TESTS(CASE(packed_files_read_as_plain_ones), CASE(members_and_frames_read_as_one),
          CASE(a_broken_stream_gives_what_it_holds_then_fails),
          CASE(a_window_past_the_bound_is_refused), CASE(a_folder_cannot_be_read))
