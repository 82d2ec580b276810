/* Input: whatever a file holds, each document handed out is what stands at its place, and it is the same list
 * of documents and faults however small the blocks are in which the file is read, and whether it was packed.
 *
 * The first byte of the data says how it is read (see Mode), the rest is the file. */
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/array.h"
#include "base/file.h"
#include "ingest/event_reader.h"
#include "ingest/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef enum Packing {
    PACKING_NONE,
    PACKING_GZIP,
    PACKING_ZSTD,
    PACKING_GIVEN, /* the data may be a stream itself, a broken one too */
} Packing;

typedef struct Mode {
    Packing packing;
    bool is_cut; /* the packed stream lacks its last bytes */
    size_t max_event_bytes;
    size_t small_block;
} Mode;

typedef struct Found {
    Arena *arena;
    ARRAY(InputDocument) documents; /* texts copied */
    ARRAY(InputFault) faults;
    uint64_t bytes;
} Found;

static void insist(bool fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "input: %s\n", what);
        abort();
    }
}

static Mode mode_of(uint8_t byte)
{
    static const size_t MOST[] = {0, 16, 60, 300};
    static const size_t BLOCKS[] = {1, 7, 64, 300};
    return (Mode){.packing = (Packing)(byte & 3),
                  .is_cut = (byte & 0xC4) == 4,
                  .max_event_bytes = MOST[byte >> 3 & 3],
                  .small_block = BLOCKS[byte >> 5 & 3]};
}

static Str pack(Arena *arena, Str bytes, const Mode *mode)
{
    size_t room = bytes.len + bytes.len / 8 + 1024;
    char *to = ARENA_MANY(arena, char, room);
    size_t len = 0;
    if (mode->packing == PACKING_GZIP) {
        z_stream stream = {0};
        insist(deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK,
               "no gzip");
        Str copy = str_copy(arena, bytes);
        stream.next_in = (unsigned char *)ARENA_MANY(arena, char, copy.len + 1);
        memcpy(stream.next_in, copy.ptr, copy.len);
        stream.avail_in = (unsigned)bytes.len;
        stream.next_out = (unsigned char *)to;
        stream.avail_out = (unsigned)room;
        insist(deflate(&stream, Z_FINISH) == Z_STREAM_END, "gzip does not end");
        len = stream.total_out;
        deflateEnd(&stream);
    } else if (mode->packing == PACKING_ZSTD) {
        len = ZSTD_compress(to, room, bytes.ptr, bytes.len, 1);
        insist(!ZSTD_isError(len), "no zstd");
    } else {
        return bytes;
    }
    size_t cut = mode->is_cut ? len / 3 : 0;
    return (Str){to, len - cut};
}

/* The file, through /proc, so that it has a name and can be read again. */
static const char *file_of(Str bytes)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) {
        fd = memfd_create("input", MFD_CLOEXEC);
        insist(fd >= 0, "no memory file");
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    Err err = {0};
    insist(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0 && file_write_all(fd, bytes, &err),
           "cannot write the memory file");
    return path;
}

static void check_recall(InputSet *set, const Found *found)
{
    Buffer again = {0};
    Err err = {0};
    for (uint32_t i = 0; i < found->documents.count; i++) {
        const InputDocument *document = &found->documents.items[i];
        buffer_clear(&again);
        insist(input_recall(set, &document->place, &again, &err), err.text);
        insist(str_equal(buffer_str(&again), document->text), "recalled it is another document");
    }
    buffer_done(&again);
}

static void take_block(InputSet *set, Found *found, const InputBlock *block)
{
    Err err = {0};
    for (uint32_t i = 0; i < block->count; i++) {
        InputDocument document = block->documents[i];
        insist(document.text.len == document.place.len, "two lengths");
        document.text = str_copy(found->arena, document.text);
        ARRAY_PUSH(found->arena, &found->documents, document);
        insist(!input_needs_keep(set, 0) || input_keep(set, &document.place, document.text, &err),
               err.text);
    }
    for (uint32_t i = 0; i < block->fault_count; i++) {
        ARRAY_PUSH(found->arena, &found->faults, block->faults[i]);
    }
    found->bytes += block->bytes;
}

static void read_all(const char *path, const Mode *mode, size_t block_bytes, Found *found)
{
    Str paths[] = {str_from_c(path)};
    InputOptions options = {.max_event_bytes = mode->max_event_bytes, .block_bytes = block_bytes};
    Err err = {0};
    InputSet *set = input_open(paths, 1, &options, &err);
    insist(set != NULL, err.text);
    uint64_t sequence = 0;
    for (InputBlock *block; (block = input_next(set)) != NULL; input_release(set, block)) {
        insist(block->sequence == sequence++, "blocks out of order");
        take_block(set, found, block);
    }
    check_recall(set, found);
    input_close(set);
}

/* Line and column, counted from the beginning of the text. */
static void check_place(Str text, const InputDocument *document)
{
    uint64_t line = 1;
    uint64_t column = 1;
    for (size_t i = 0; i < document->place.offset; i++) {
        bool is_end = text.ptr[i] == '\n';
        line += is_end;
        column = is_end ? 1 : column + 1;
    }
    bool has_mark = text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0;
    column -= has_mark && line == 1 ? 3 : 0;
    insist(document->place.line == line && document->column == column, "another line or column");
}

static void check_documents(Str text, const Mode *mode, const Found *found)
{
    size_t most = mode->max_event_bytes != 0 ? mode->max_event_bytes : (size_t)1 << 20;
    uint64_t end = 0;
    for (uint32_t i = 0; i < found->documents.count; i++) {
        const InputDocument *document = &found->documents.items[i];
        insist(document->text.len > 0 && document->text.len <= most,
               "an empty or too long document");
        insist(document->place.offset >= end &&
                   document->place.offset + document->place.len <= text.len,
               "documents out of order or out of bounds");
        insist(str_equal(str_slice(text, document->place.offset,
                                   document->place.offset + document->place.len),
                         document->text),
               "not what stands there");
        end = document->place.offset + document->place.len;
        check_place(text, document);
    }
}

static void check_same(const Found *a, const Found *b, bool is_whole)
{
    uint32_t documents = a->documents.count;
    insist(documents == b->documents.count || (!is_whole && documents > b->documents.count),
           "another number of documents");
    for (uint32_t i = 0; i < b->documents.count; i++) {
        const InputDocument *x = &a->documents.items[i];
        const InputDocument *y = &b->documents.items[i];
        insist(x->place.offset == y->place.offset && x->place.line == y->place.line &&
                   x->column == y->column && str_equal(x->text, y->text),
               "another document");
    }
    insist(!is_whole || a->faults.count == b->faults.count, "another number of faults");
    for (uint32_t i = 0; is_whole && i < a->faults.count; i++) {
        const InputFault *x = &a->faults.items[i];
        const InputFault *y = &b->faults.items[i];
        insist(x->line == y->line && x->column == y->column && strcmp(x->text, y->text) == 0,
               "another fault");
    }
}

/* Then the text itself would be unpacked. */
static bool looks_packed(Str text)
{
    return str_starts_with(text, STR("\x1f\x8b")) ||
           str_starts_with(text, STR("\x28\xb5\x2f\xfd")) ||
           (text.len >= 4 && (text.ptr[0] & 0xF0) == 0x50 &&
            memcmp(text.ptr + 1, "\x2a\x4d\x18", 3) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    Arena *arena = arena_new();
    Mode mode = mode_of(data[0]);
    Str text = {(const char *)data + 1, size - 1};
    Found small = {.arena = arena};
    read_all(file_of(pack(arena, text, &mode)), &mode, mode.small_block, &small);
    if (mode.packing != PACKING_GIVEN) {
        Mode plain = mode;
        plain.packing = PACKING_NONE;
        Found whole = {.arena = arena};
        read_all(file_of(text), &plain, 4096, &whole);
        bool is_cut = mode.is_cut && mode.packing != PACKING_NONE;
        if (!looks_packed(text)) {
            check_documents(text, &mode, &whole);
            check_same(&whole, &small, !is_cut);
            insist(is_cut || (small.bytes == text.len && whole.bytes == text.len),
                   "bytes are missing");
            insist(!is_cut || small.faults.count > 0, "a cut stream is no fault");
        }
    }
    arena_free(arena);
    return 0;
}
