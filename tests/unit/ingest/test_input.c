#include "unit.h"

#include "ingest/event_reader.h"
#include "ingest/input.h"
#include "pack.h"
#include "scratch_folder.h"

/* All of an input set, one a line: "INPUT:LINE:COLUMN text" for documents, then "INPUT:LINE:COLUMN ! fault" for
 * the faults of a block. */
typedef struct Read {
    Buffer text;
    uint64_t blocks;
    uint64_t bytes;
    uint64_t padding; /* sum of the bytes behind documents */
    EventPlace places[4096];
    uint32_t count;
} Read;

static void take_block(InputSet *set, Read *read, const InputBlock *block)
{
    Err err = {0};
    for (uint32_t i = 0; i < block->count; i++) {
        const InputDocument *document = &block->documents[i];
        buffer_append_format(&read->text, "%u:%llu:%llu %.*s\n", document->place.input,
                             (unsigned long long)document->place.line,
                             (unsigned long long)document->column, STR_ARG(document->text));
        for (size_t k = 0; k < EVENT_READER_PADDING;
             k++) { /* AddressSanitizer says if it is not there */
            read->padding += (unsigned char)document->text.ptr[document->text.len + k];
        }
        assert_true(!input_needs_keep(set, document->place.input) ||
                    input_keep(set, &document->place, document->text, &err));
        assert_true(read->count < ARRAY_LEN(read->places));
        read->places[read->count++] = document->place;
    }
    for (uint32_t i = 0; i < block->fault_count; i++) {
        const InputFault *fault = &block->faults[i];
        buffer_append_format(&read->text, "%u:%llu:%llu ! %s\n", fault->input,
                             (unsigned long long)fault->line, (unsigned long long)fault->column,
                             fault->text);
    }
    assert_int_equal(block->sequence, read->blocks++);
    read->bytes += block->bytes;
}

static Read *read_set(InputSet *set)
{
    Read *read = calloc(1, sizeof *read);
    assert_non_null(read);
    for (InputBlock *block; (block = input_next(set)) != NULL; input_release(set, block)) {
        take_block(set, read, block);
    }
    assert_null(input_next(set));
    return read;
}

static void read_free(Read *read)
{
    buffer_done(&read->text);
    free(read);
}

static const char *text_of(Arena *arena, const Read *read)
{
    return str_to_c(arena, buffer_str(&read->text));
}

static const InputOptions SIZES[] = {
    {.block_bytes = 1}, {.block_bytes = 10}, {.block_bytes = 64}, {.block_bytes = 1000}, {0}};

static void check(const ScratchFolder *folder, const Str *paths, uint32_t count, size_t max_bytes,
                  const char *expected)
{
    for (size_t i = 0; i < ARRAY_LEN(SIZES); i++) {
        InputOptions options = SIZES[i];
        options.max_event_bytes = max_bytes;
        Err err = {0};
        InputSet *set = input_open(paths, count, &options, &err);
        assert_non_null(set);
        Read *read = read_set(set);
        assert_string_equal(text_of(folder->arena, read), expected);
        read_free(read);
        input_close(set);
    }
}

TEST(files_are_read_in_order_however_small_the_blocks)
{
    ScratchFolder folder = scratch_folder_make();
    Str paths[] = {
        scratch_write(&folder, "a", STR("{\"a\":1}\n\n{\"a\":2}")),
        scratch_write(&folder, "b",
                      STR("[{\"b\":1},\n{\"b\":[2,\"a longer one that does not fit\"]}]")),
        scratch_write(&folder, "c", STR("")),
        scratch_write(&folder, "d", pack_gzip(folder.arena, STR("{\"d\":1}\n{\"d\":2}\n"))),
        scratch_write(&folder, "e", pack_zstd(folder.arena, STR("{\n\"e\":1}\n{\n\"e\":2}\n"))),
    };
    check(&folder, paths, ARRAY_LEN(paths), 0,
          "0:1:1 {\"a\":1}\n0:3:1 {\"a\":2}\n1:1:2 {\"b\":1}\n"
          "1:2:1 {\"b\":[2,\"a longer one that does not fit\"]}\n"
          "3:1:1 {\"d\":1}\n3:2:1 {\"d\":2}\n4:1:1 {\n\"e\":1}\n4:3:1 {\n\"e\":2}\n");
    scratch_folder_remove(&folder);
}

TEST(a_cut_stream_is_read_as_far_as_it_goes)
{
    ScratchFolder folder = scratch_folder_make();
    Str packed = pack_gzip(folder.arena, STR("{\"a\":1}\n{\"a\":2}\n"));
    Str paths[] = {scratch_write(&folder, "a", str_slice(packed, 0, packed.len - 8)),
                   scratch_write(&folder, "b", STR("{\"b\":1}\n"))};
    for (size_t i = 0; i < ARRAY_LEN(SIZES); i++) {
        Err err = {0};
        InputSet *set = input_open(paths, 2, &SIZES[i], &err);
        Read *read = read_set(set);
        Str found = buffer_str(&read->text);
        size_t at = 0;
        assert_true(str_find(found, STR("0:1:1 {\"a\":1}\n"), 0, &at));
        assert_true(str_find(found, STR("0:2:1 {\"a\":2}\n"), 0, &at));
        assert_true(str_find(found, STR("0:3:1 ! the gzip stream is cut short\n"), 0, &at));
        assert_true(str_find(found, STR("1:1:1 {\"b\":1}\n"), 0, &at));
        read_free(read);
        input_close(set);
    }
    scratch_folder_remove(&folder);
}

TEST(a_document_too_long_is_named_and_the_rest_is_read)
{
    ScratchFolder folder = scratch_folder_make();
    Buffer text = {0};
    buffer_append_c(&text, "{\"a\":\"");
    for (size_t i = 0; i < 5000; i++) {
        buffer_append_c(&text, "0123456789");
    }
    buffer_append_c(&text, "\"}\n{\"b\":1}\n");
    Str path = scratch_write(&folder, "a", buffer_str(&text));
    for (size_t i = 0; i < ARRAY_LEN(SIZES); i++) {
        InputOptions options = SIZES[i];
        options.max_event_bytes = 100;
        Err err = {0};
        InputSet *set = input_open(&path, 1, &options, &err);
        Read *read = read_set(set);
        size_t at = 0;
        assert_true(str_find(buffer_str(&read->text),
                             STR("0:1:1 ! the document is longer than 100 bytes: skipped\n"), 0,
                             &at));
        assert_true(str_find(buffer_str(&read->text), STR("0:2:1 {\"b\":1}\n"), 0, &at));
        assert_int_equal(read->count, 1);
        assert_int_equal(read->bytes, text.len);
        read_free(read);
        input_close(set);
    }
    Str whole = str_slice(buffer_str(&text), 0, text.len - 9);
    check(&folder, &path, 1, 0,
          str_format(folder.arena, "0:1:1 %.*s\n0:2:1 {\"b\":1}\n", STR_ARG(whole)).ptr);
    buffer_done(&text);
    scratch_folder_remove(&folder);
}

TEST(a_file_that_cannot_be_opened_is_a_fault_of_its_own)
{
    ScratchFolder folder = scratch_folder_make();
    Str paths[] = {scratch_write(&folder, "a", STR("{\"a\":1}")),
                   scratch_write(&folder, "b", STR("{\"b\":1}")),
                   scratch_write(&folder, "c", STR("{\"c\":1}"))};
    Err err = {0};
    InputSet *set = input_open(paths, 3, &(InputOptions){0}, &err);
    assert_int_equal(unlink(paths[1].ptr), 0);
    Read *read = read_set(set);
    assert_string_equal(
        text_of(folder.arena, read),
        "0:1:1 {\"a\":1}\n2:1:1 {\"c\":1}\n1:0:0 ! cannot open: No such file or directory\n");
    read_free(read);
    input_close(set);
    scratch_write(&folder, "b", STR(""));
    scratch_folder_remove(&folder);
}

TEST(a_path_that_is_not_there_is_refused_at_once)
{
    Err err = {0};
    Str path = STR("/nonexistent/x.json");
    assert_null(input_open(&path, 1, &(InputOptions){0}, &err));
    assert_string_equal(err.text, "/nonexistent/x.json: No such file or directory");
    input_close(NULL);
}

TEST(every_document_can_be_had_again)
{
    ScratchFolder folder = scratch_folder_make();
    Arena *arena = folder.arena;
    Buffer lines = {0};
    for (size_t i = 0; i < 300; i++) {
        buffer_append_format(&lines, "{\"line\":%zu}\n", i);
    }
    Str text = buffer_str(&lines);
    Str paths[] = {
        scratch_write(&folder, "a", text), scratch_write(&folder, "b", pack_gzip(arena, text)),
        scratch_write(&folder, "c", pack_zstd(arena, text)), scratch_write(&folder, "d", text)};
    static const bool NEEDS_KEEP[] = {false, true, true, false};
    for (size_t i = 0; i < ARRAY_LEN(SIZES); i++) {
        Err err = {0};
        InputSet *set = input_open(paths, 4, &SIZES[i], &err);
        Read *read = read_set(set);
        assert_int_equal(read->count, 4 * 300);
        Buffer again = {0};
        for (uint32_t k = 0; k < read->count; k++) {
            const EventPlace *place = &read->places[k * 7 % read->count];
            buffer_clear(&again);
            assert_true(input_recall(set, place, &again, &err));
            assert_true(
                str_equal(buffer_str(&again), str_format(arena, "{\"line\":%llu}",
                                                         (unsigned long long)place->line - 1)));
        }
        for (uint32_t k = 0; k < 4; k++) {
            assert_int_equal(input_needs_keep(set, k), NEEDS_KEEP[k]);
        }
        buffer_done(&again);
        read_free(read);
        input_close(set);
    }
    buffer_done(&lines);
    scratch_folder_remove(&folder);
}

TEST(what_cannot_be_had_again_is_named_with_file_and_line)
{
    ScratchFolder folder = scratch_folder_make();
    Str path = scratch_write(&folder, "a", STR("{\"a\":1}\n{\"a\":2}\n"));
    Err err = {0};
    InputSet *set = input_open(&path, 1, &(InputOptions){0}, &err);
    Read *read = read_set(set);
    Buffer again = {0};
    scratch_write(&folder, "a", STR("{\"a\":1}\n"));
    assert_false(input_recall(set, &read->places[1], &again, &err));
    assert_string_equal(
        err.text,
        str_format(folder.arena, "%s:2: the file has changed since it was read", path.ptr).ptr);
    buffer_done(&again);
    read_free(read);
    input_close(set);
    scratch_folder_remove(&folder);
}

/* Runs the body with `text` on standard input. */
static int feed_stdin(const ScratchFolder *folder, Str text)
{
    int saved = dup(STDIN_FILENO);
    int fd = open(scratch_write(folder, "stdin", text).ptr, O_RDONLY | O_CLOEXEC);
    assert_true(saved >= 0 && fd >= 0);
    assert_true(dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    close(fd);
    return saved;
}

TEST(standard_input_is_read_and_kept)
{
    ScratchFolder folder = scratch_folder_make();
    Str paths[] = {scratch_write(&folder, "a", STR("{\"a\":1}\n")), STR("-")};
    int saved = feed_stdin(&folder, STR("{\"b\":1}\n{\"b\":2}\n"));
    Err err = {0};
    InputSet *set = input_open(paths, 2, &(InputOptions){0}, &err);
    assert_int_equal(input_total_bytes(set), 0);
    Read *read = read_set(set);
    assert_string_equal(text_of(folder.arena, read),
                        "0:1:1 {\"a\":1}\n1:1:1 {\"b\":1}\n1:2:1 {\"b\":2}\n");
    assert_true(input_needs_keep(set, 1));
    Buffer again = {0};
    assert_true(input_recall(set, &read->places[2], &again, &err));
    assert_true(str_equal(buffer_str(&again), STR("{\"b\":2}")));
    assert_true(str_equal(input_name(set, 1), STR("-")));
    buffer_done(&again);
    read_free(read);
    input_close(set);
    assert_true(dup2(saved, STDIN_FILENO) == STDIN_FILENO);
    close(saved);
    scratch_folder_remove(&folder);
}

TEST(progress_counts_bytes_on_disk)
{
    ScratchFolder folder = scratch_folder_make();
    Str text = STR("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
    Str packed = pack_zstd(folder.arena, text);
    Str paths[] = {scratch_write(&folder, "a", text), scratch_write(&folder, "b", packed)};
    Err err = {0};
    InputSet *set = input_open(paths, 2, &(InputOptions){0}, &err);
    assert_int_equal(input_count(set), 2);
    assert_int_equal(input_total_bytes(set), text.len + packed.len);
    assert_int_equal(input_done_bytes(set), 0);
    Read *read = read_set(set);
    assert_int_equal(input_done_bytes(set), text.len + packed.len);
    assert_int_equal(read->bytes, 2 * text.len);
    read_free(read);
    input_close(set);
    scratch_folder_remove(&folder);
}

/* More than may be open at once, and no block of its own for each. */
TEST(thousands_of_small_files_are_read_in_few_blocks)
{
    ScratchFolder folder = scratch_folder_make();
    for (uint32_t i = 0; i < 3000; i++) {
        scratch_write(&folder, str_format(folder.arena, "%04u.json", i).ptr,
                      str_format(folder.arena, "{\"a\":%u}", i));
    }
    Err err = {0};
    Str path = str_from_c(folder.path);
    InputSet *set = input_open(&path, 1, &(InputOptions){.block_bytes = 1 << 20}, &err);
    assert_int_equal(input_count(set), 3000);
    Read *read = read_set(set);
    assert_int_equal(read->count, 3000);
    assert_true(read->blocks <= 3000 / 4 + 1);
    Buffer again = {0};
    for (uint32_t i = 0; i < 3000; i++) {
        buffer_clear(&again);
        assert_true(input_recall(set, &read->places[i], &again, &err));
        assert_true(str_equal(buffer_str(&again), str_format(folder.arena, "{\"a\":%u}", i)));
    }
    buffer_done(&again);
    read_free(read);
    input_close(set);
    scratch_folder_remove(&folder);
}

TEST(blocks_may_be_released_late_and_in_any_order)
{
    ScratchFolder folder = scratch_folder_make();
    Buffer text = {0};
    for (size_t i = 0; i < 200; i++) {
        buffer_append_format(&text, "{\"line\":%zu}\n", i);
    }
    Str path = scratch_write(&folder, "a", buffer_str(&text));
    Err err = {0};
    InputSet *set = input_open(&path, 1, &(InputOptions){.block_bytes = 64}, &err);
    InputBlock *blocks[8] = {0};
    uint64_t line = 0;
    size_t turn = 0;
    for (InputBlock *block; (block = input_next(set)) != NULL;
         turn = (turn * 5 + 3) % ARRAY_LEN(blocks)) {
        for (uint32_t i = 0; i < block->count; i++) {
            assert_true(
                str_equal(block->documents[i].text,
                          str_format(folder.arena, "{\"line\":%llu}", (unsigned long long)line++)));
        }
        input_release(set, blocks[turn]);
        blocks[turn] = block;
    }
    assert_int_equal(line, 200);
    for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
        input_release(set, blocks[i]);
    }
    input_close(set);
    buffer_done(&text);
    scratch_folder_remove(&folder);
}

RUN_TESTS(CASE(files_are_read_in_order_however_small_the_blocks),
          CASE(a_cut_stream_is_read_as_far_as_it_goes),
          CASE(a_document_too_long_is_named_and_the_rest_is_read),
          CASE(a_file_that_cannot_be_opened_is_a_fault_of_its_own),
          CASE(a_path_that_is_not_there_is_refused_at_once), CASE(every_document_can_be_had_again),
          CASE(what_cannot_be_had_again_is_named_with_file_and_line),
          CASE(standard_input_is_read_and_kept), CASE(progress_counts_bytes_on_disk),
          CASE(thousands_of_small_files_are_read_in_few_blocks),
          CASE(blocks_may_be_released_late_and_in_any_order))
