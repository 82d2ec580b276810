#include "match/hit_run.h"

#include "base/heap.h"
#include <unistd.h>

#include "base/file.h"

#if defined(SHRIKE_TINY)
#define WRITE_BYTES ((size_t)96)
#define READ_BYTES  ((size_t)64)
#else
#define WRITE_BYTES ((size_t)256 * 1024)
#define READ_BYTES  ((size_t)64 * 1024)
#endif

/* In front of a hit's texts. No padding inside, so no byte of it is undefined. */
typedef struct Encoded {
    int64_t time, time_fine;
    EventPlace place;
    uint32_t query;
    uint16_t stage, key_tuples;
    uint32_t tiebreaker_len, keys_len;
    uint16_t cases, process_len, parent_len, unused;
} Encoded;

_Static_assert(sizeof(Encoded) == 64, "no padding");

static size_t padded(size_t size)
{
    return (size + 7) / 8 * 8;
}

static size_t encoded_size(const Encoded *encoded)
{
    return padded(sizeof *encoded + encoded->tiebreaker_len + encoded->keys_len +
                  encoded->process_len + encoded->parent_len);
}

size_t hit_encoded_size(const Hit *hit)
{
    return padded(sizeof(Encoded) + hit->tiebreaker.len + hit->keys.len + hit->process.len +
                  hit->parent.len);
}

static char *put(char *to, Str text)
{
    if (text.len != 0) {
        memcpy(to, text.ptr, text.len);
    }
    return to + text.len;
}

void hit_encode(const Hit *hit, char *to)
{
    assert(hit->tiebreaker.len <= UINT32_MAX && hit->keys.len <= UINT32_MAX);
    assert(hit->process.len <= HIT_MAX_ID_BYTES && hit->parent.len <= HIT_MAX_ID_BYTES);
    Encoded encoded = {
        .time = hit->time,
        .time_fine = hit->time_fine,
        .place = hit->place,
        .query = hit->query,
        .stage = hit->stage,
        .key_tuples = hit->key_tuples,
        .tiebreaker_len = (uint32_t)hit->tiebreaker.len,
        .keys_len = (uint32_t)hit->keys.len,
        .cases = hit->cases,
        .process_len = (uint16_t)hit->process.len,
        .parent_len = (uint16_t)hit->parent.len,
    };
    memcpy(to, &encoded, sizeof encoded);
    char *end = put(put(to + sizeof encoded, hit->tiebreaker), hit->keys);
    end = put(put(end, hit->process), hit->parent);
    memset(end, 0, (size_t)(to + encoded_size(&encoded) - end));
}

Hit hit_decode(const char *from)
{
    Encoded encoded;
    memcpy(&encoded, from, sizeof encoded);
    const char *texts = from + sizeof encoded;
    const char *ids = texts + encoded.tiebreaker_len + encoded.keys_len;
    return (Hit){
        .time = encoded.time,
        .time_fine = encoded.time_fine,
        .place = encoded.place,
        .query = encoded.query,
        .stage = encoded.stage,
        .key_tuples = encoded.key_tuples,
        .tiebreaker = {texts, encoded.tiebreaker_len},
        .cases = encoded.cases,
        .keys = {texts + encoded.tiebreaker_len, encoded.keys_len},
        .process = {ids, encoded.process_len},
        .parent = {ids + encoded.process_len, encoded.parent_len},
    };
}

struct HitRunFile {
    int fd;
    Buffer pending; /* not written yet */
    uint64_t bytes; /* appended, written or not */
    uint64_t *ends; /* where each run ends; it begins where the one before ends */
    uint32_t count, capacity;
};

HitRunFile *hit_run_file_open(Err *err)
{
    int fd = file_open_temporary(err);
    if (fd < 0) {
        return NULL;
    }
    HitRunFile *file = HEAP_NEW(HitRunFile);
    file->fd = fd;
    return file;
}

void hit_run_file_close(HitRunFile *file)
{
    if (file == NULL) {
        return;
    }
    close(file->fd);
    buffer_done(&file->pending);
    free(file->ends);
    free(file);
}

static bool flush(HitRunFile *file, Err *err)
{
    if (!file_write_all(file->fd, buffer_str(&file->pending), err)) {
        return err_wrap(err, "temporary file of hits");
    }
    buffer_clear(&file->pending);
    return true;
}

bool hit_run_file_append(HitRunFile *file, const Hit *hit, Err *err)
{
    size_t size = hit_encoded_size(hit);
    if (file->pending.len + size > WRITE_BYTES && !flush(file, err)) {
        return false;
    }
    hit_encode(hit, buffer_reserve(&file->pending, size));
    file->pending.len += size;
    file->bytes += size;
    return true;
}

bool hit_run_file_end_run(HitRunFile *file, Err *err)
{
    if (file->count == file->capacity) {
        file->capacity = file->capacity * 2 + 8;
        file->ends = heap_resize(file->ends, file->capacity, sizeof *file->ends);
    }
    file->ends[file->count++] = file->bytes;
    return flush(file, err);
}

uint32_t hit_run_file_count(const HitRunFile *file)
{
    return file->count;
}

uint64_t hit_run_file_bytes(const HitRunFile *file)
{
    return file->bytes;
}

void hit_run_cursor_init(HitRunCursor *cursor, const HitRunFile *file, uint32_t run)
{
    assert(run < file->count);
    *cursor = (HitRunCursor){
        .file = file,
        .at = run == 0 ? 0 : file->ends[run - 1],
        .end = file->ends[run],
    };
}

void hit_run_cursor_done(HitRunCursor *cursor)
{
    free(cursor->buffer);
    cursor->buffer = NULL;
}

/* At least `wanted` bytes from `from` on; the run is known to have them. */
static bool fill(HitRunCursor *cursor, size_t wanted, Err *err)
{
    size_t have = cursor->to - cursor->from;
    if (have >= wanted) {
        return true;
    }
    if (have != 0) {
        memmove(cursor->buffer, cursor->buffer + cursor->from, have);
    }
    cursor->from = 0;
    cursor->to = have;
    if (cursor->capacity < wanted) {
        cursor->capacity = wanted > READ_BYTES ? wanted : READ_BYTES;
        cursor->buffer = heap_resize(cursor->buffer, cursor->capacity, 1);
    }
    uint64_t left = cursor->end - cursor->at;
    size_t room = cursor->capacity - have;
    size_t size = left < room ? (size_t)left : room;
    if (!file_pread(cursor->file->fd, cursor->buffer + have, size, cursor->at, err)) {
        return err_wrap(err, "temporary file of hits");
    }
    cursor->at += size;
    cursor->to += size;
    return true;
}

bool hit_run_cursor_next(HitRunCursor *cursor, Hit *hit, bool *more, Err *err)
{
    if (cursor->at == cursor->end && cursor->from == cursor->to) {
        *more = false;
        return true;
    }
    Encoded encoded;
    if (!fill(cursor, sizeof encoded, err)) {
        return false;
    }
    memcpy(&encoded, cursor->buffer + cursor->from, sizeof encoded);
    size_t size = encoded_size(&encoded);
    if (!fill(cursor, size, err)) {
        return false;
    }
    *hit = hit_decode(cursor->buffer + cursor->from);
    cursor->from += size;
    *more = true;
    return true;
}
