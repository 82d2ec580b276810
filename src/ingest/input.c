#include "ingest/input.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "ingest/byte_source.h"
#include "ingest/document_cutter.h"
#include "ingest/event_reader.h"
#include "ingest/input_block.h"
#include "ingest/input_paths.h"
#include "ingest/kept_documents.h"
#include "ingest/reread_files.h"

#define DEFAULT_EVENT_BYTES ((size_t)1024 * 1024)
#define READ_BYTES          ((size_t)256 * 1024)
#define MOST_EVENT_BYTES    ((size_t)1 << 30)

/* What is known of an input once it was opened. */
typedef struct Opened {
    FileIdentity identity;
    bool can_reread;
} Opened;

struct InputSet {
    Arena *arena;
    InputPaths paths;
    size_t max_event_bytes;
    size_t block_bytes;
    BlockPool *pool;

    /* Of whoever reads. */
    uint32_t input; /* being read, or the next to be */
    bool is_open;
    bool is_at_end; /* all its bytes are in the block */
    ByteSource *source;
    DocumentCutter cutter;
    Block *block;  /* being filled; NULL at the end */
    size_t window; /* in the block: first byte of the input that is not cut yet */
    uint64_t sequence;

    pthread_mutex_t lock; /* for all below */
    uint64_t done_bytes;  /* of the inputs before this one */
    uint64_t taken_bytes; /* of this one */
    Opened *opened;       /* one an input */
    KeptDocuments *kept;
    RereadFiles *files;
};

InputSet *input_open(const Str *paths, uint32_t count, const InputOptions *options, Err *err)
{
    Arena *arena = arena_new();
    InputPaths expanded;
    if (!input_paths_expand(arena, paths, count, &expanded, err)) {
        arena_free(arena);
        return NULL;
    }
    size_t event_bytes =
        options->max_event_bytes != 0 ? options->max_event_bytes : DEFAULT_EVENT_BYTES;
    InputSet *set = ARENA_NEW(arena, InputSet);
    *set = (InputSet){
        .arena = arena,
        .paths = expanded,
        .max_event_bytes = event_bytes < MOST_EVENT_BYTES ? event_bytes : MOST_EVENT_BYTES,
        .block_bytes = options->block_bytes != 0 ? options->block_bytes : INPUT_BLOCK,
        .source = byte_source_new(),
        .opened = ARENA_MANY(arena, Opened, expanded.count + (size_t)1),
        .kept = kept_documents_new(),
        .files = reread_files_new(),
    };
    set->pool = block_pool_new(set->block_bytes);
    set->block = block_pool_take(set->pool);
    pthread_mutex_init(&set->lock, NULL);
    return set;
}

void input_close(InputSet *set)
{
    if (set == NULL) {
        return;
    }
    byte_source_free(set->source);
    block_free(set->block);
    block_pool_free(set->pool);
    kept_documents_free(set->kept);
    reread_files_free(set->files);
    pthread_mutex_destroy(&set->lock);
    arena_free(set->arena);
}

uint32_t input_count(const InputSet *set)
{
    return set->paths.count;
}

Str input_name(const InputSet *set, uint32_t input)
{
    assert(input < set->paths.count);
    return set->paths.items[input].name;
}

uint64_t input_total_bytes(const InputSet *set)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < set->paths.count; i++) {
        if (!set->paths.items[i].is_regular) {
            return 0;
        }
        bytes += set->paths.items[i].bytes;
    }
    return bytes;
}

uint64_t input_done_bytes(InputSet *set)
{
    pthread_mutex_lock(&set->lock);
    uint64_t bytes = set->done_bytes + set->taken_bytes;
    pthread_mutex_unlock(&set->lock);
    return bytes;
}

bool input_needs_keep(InputSet *set, uint32_t input)
{
    assert(input < set->paths.count);
    pthread_mutex_lock(&set->lock);
    bool can_reread = set->opened[input].can_reread;
    pthread_mutex_unlock(&set->lock);
    return !can_reread;
}

static InputFault *add_fault(InputSet *set, uint64_t line, uint64_t column)
{
    InputFault *fault = block_add_fault(set->block);
    *fault = (InputFault){.input = set->input, .line = line, .column = column};
    return fault;
}

/* What went wrong with the input itself, at the place as far as which it was read. */
static void add_error(InputSet *set, const Err *err)
{
    const DocumentCutter *cutter = &set->cutter;
    bool is_begun = cutter->line != 0;
    InputFault *fault = add_fault(
        set, cutter->line, is_begun ? cutter->offset + cutter->at - cutter->line_start + 1 : 0);
    snprintf(fault->text, sizeof fault->text, "%s", err->text);
}

/* Before and after a file is read: a log may grow meanwhile. */
static void note_identity(InputSet *set)
{
    struct stat status;
    if (fstat(byte_source_fd(set->source), &status) != 0) {
        return;
    }
    pthread_mutex_lock(&set->lock);
    Opened *opened = &set->opened[set->input];
    opened->identity = file_identity(&status);
    opened->can_reread = S_ISREG(status.st_mode) && byte_source_is_plain(set->source) &&
                         !set->paths.items[set->input].is_stdin;
    pthread_mutex_unlock(&set->lock);
}

static void note_taken(InputSet *set, uint64_t taken)
{
    pthread_mutex_lock(&set->lock);
    set->taken_bytes = taken;
    pthread_mutex_unlock(&set->lock);
}

static void next_input(InputSet *set)
{
    pthread_mutex_lock(&set->lock);
    set->done_bytes += set->taken_bytes;
    set->taken_bytes = 0;
    pthread_mutex_unlock(&set->lock);
    set->is_open = false;
    set->input++;
}

static int open_path(const InputPath *path, Err *err)
{
    int fd = path->is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                            : open(path->name.ptr, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_set(err, ERR_IO, "cannot open: %s", strerror(errno));
    }
    return fd;
}

/* Opens the next input that can be opened; false when there is none left or no more faults may be added. */
static bool open_next(InputSet *set)
{
    for (; set->input < set->paths.count && !block_is_listed_full(set->block); next_input(set)) {
        Err err = {0};
        set->cutter = (DocumentCutter){0};
        int fd = open_path(&set->paths.items[set->input], &err);
        if (fd >= 0 && byte_source_open(set->source, fd, &err)) {
            note_identity(set);
            document_cutter_start(&set->cutter, set->max_event_bytes);
            set->is_open = true;
            set->is_at_end = false;
            set->window = set->block->len;
            return true;
        }
        add_error(set, &err);
    }
    return false;
}

static void close_input(InputSet *set)
{
    note_identity(set);
    byte_source_close(set->source);
    next_input(set);
}

/* False when the block is full. A read must be worth its while, and text that was handed out must not move. */
static bool make_room(InputSet *set)
{
    Block *block = set->block;
    size_t quarter = (set->block_bytes + 3) / 4;
    size_t enough = quarter < READ_BYTES ? quarter : READ_BYTES;
    if (block->capacity - block->len >= enough) {
        return true;
    }
    if (block->input.count > 0) {
        return false;
    }
    memmove(block->bytes, block->bytes + set->window, block->len - set->window);
    block->len -= set->window;
    set->window = 0;
    if (block->capacity - block->len < enough) {
        block_grow(block, block->capacity * 2);
    }
    return true;
}

/* False when the stream is broken. Not more at a time than stays in the cache until it is cut. */
static bool read_more(InputSet *set)
{
    Block *block = set->block;
    Err err = {0};
    size_t got = 0;
    size_t room = block->capacity - block->len;
    bool fine = byte_source_read(set->source, block->bytes + block->len,
                                 room < READ_BYTES ? room : READ_BYTES, &got, &err);
    note_taken(set, byte_source_taken(set->source));
    if (!fine) {
        add_error(set, &err);
        return false;
    }
    block->len += got;
    block->input.bytes += got;
    set->is_at_end = got == 0;
    return true;
}

static void take_document(InputSet *set, const Cut *cut)
{
    const char *start = set->block->bytes + set->window;
    InputDocument document = {
        .place = {.input = set->input,
                  .len = (uint32_t)(cut->to - cut->from),
                  .offset = set->cutter.offset + cut->from,
                  .line = cut->line},
        .text = {start + cut->from, cut->to - cut->from},
        .column = cut->column,
    };
    block_add_document(set->block, &document);
}

static void take_fault(InputSet *set, const Cut *cut)
{
    InputFault *fault = add_fault(set, cut->line, cut->column);
    if (cut->what != NULL) {
        snprintf(fault->text, sizeof fault->text, "%s", cut->what);
    } else {
        snprintf(fault->text, sizeof fault->text, "the document is longer than %zu bytes: skipped",
                 set->max_event_bytes);
    }
}

/* Cuts what is in the window. False when no more may be listed. */
static bool cut_window(InputSet *set, CutKind *last)
{
    Block *block = set->block;
    Str window = {block->bytes + set->window, block->len - set->window};
    bool is_last = set->is_at_end;
    bool is_full = false;
    do {
        is_full = block_is_listed_full(block);
        if (is_full) {
            break;
        }
        Cut cut = document_cutter_next(&set->cutter, window, is_last);
        *last = cut.kind;
        if (cut.kind == CUT_DOCUMENT) {
            take_document(set, &cut);
        } else if (cut.kind == CUT_FAULT) {
            take_fault(set, &cut);
        }
    } while (*last == CUT_DOCUMENT || *last == CUT_FAULT);
    set->window += set->cutter.at;
    document_cutter_shift(&set->cutter);
    return !is_full;
}

/* Fills the block from the input that is open. False when the block is full. */
static bool fill(InputSet *set)
{
    for (;;) {
        CutKind last = CUT_MORE;
        if (!cut_window(set, &last)) {
            return false;
        }
        if (last == CUT_END) {
            close_input(set);
            return true;
        }
        if (!make_room(set)) {
            return false;
        }
        if (!read_more(set)) {
            close_input(set);
            return true;
        }
    }
}

/* The block is handed out; what is left of the window begins the next one. */
static InputBlock *hand_out(InputSet *set)
{
    Block *block = set->block;
    size_t left = set->is_open ? block->len - set->window : 0;
    set->block = block_pool_take(set->pool);
    if (left > set->block->capacity) {
        block_grow(set->block, left);
    }
    memcpy(set->block->bytes, block->bytes + set->window, left);
    set->block->len = left;
    set->window = 0;
    memset(block->bytes + block->len, 0, EVENT_READER_PADDING);
    block->input.sequence = set->sequence++;
    return &block->input;
}

InputBlock *input_next(InputSet *set)
{
    bool has_room = true;
    while (has_room && (set->is_open || open_next(set))) {
        has_room = fill(set);
    }
    const InputBlock *filled = &set->block->input;
    if (filled->count == 0 && filled->fault_count == 0 && filled->bytes == 0) {
        return NULL;
    }
    return hand_out(set);
}

void input_release(InputSet *set, InputBlock *block)
{
    if (block != NULL) {
        block_pool_give(set->pool, (Block *)block);
    }
}

bool input_keep(InputSet *set, const EventPlace *place, Str text, Err *err)
{
    pthread_mutex_lock(&set->lock);
    bool fine = kept_documents_add(set->kept, place, text, err);
    pthread_mutex_unlock(&set->lock);
    return fine;
}

bool input_recall(InputSet *set, const EventPlace *place, Buffer *out, Err *err)
{
    Str name = input_name(set, place->input);
    pthread_mutex_lock(&set->lock);
    const Opened *opened = &set->opened[place->input];
    bool fine = opened->can_reread
                    ? reread_files_read(set->files, name.ptr, &opened->identity, place, out, err)
                    : kept_documents_read(set->kept, place, out, err);
    pthread_mutex_unlock(&set->lock);
    return fine || err_wrap(err, "%s:%llu", name.ptr, (unsigned long long)place->line);
}
