#include "detect/scan_check.h"

#include "base/file.h"
#include "base/heap.h"

#include <unistd.h>

/* A match on disk: its length, then these bytes. */
struct ScanCheck {
    MatcherTake *take;
    void *context;
    int file;
    Buffer pending; /* written bytes not yet in the file */
    Buffer record;
    Buffer expected;
    uint64_t written, read; /* bytes of the file */
    uint64_t matches, compared;
};

#define FLUSH_BYTES ((size_t)1 << 20)

ScanCheck *scan_check_new(MatcherTake *take, void *context, Err *err)
{
    int file = file_open_temporary(err);
    if (file < 0) {
        return NULL;
    }
    ScanCheck *check = HEAP_NEW(ScanCheck);
    check->take = take;
    check->context = context;
    check->file = file;
    return check;
}

void scan_check_free(ScanCheck *check)
{
    if (check == NULL) {
        return;
    }
    close(check->file);
    buffer_done(&check->pending);
    buffer_done(&check->record);
    buffer_done(&check->expected);
    free(check);
}

static void append_u64(Buffer *out, uint64_t value)
{
    buffer_append(out, (Str){(const char *)&value, sizeof value});
}

static void serialise(Buffer *out, const Match *match)
{
    buffer_clear(out);
    append_u64(out, match->query);
    append_u64(out, match->event_count);
    for (uint32_t i = 0; i < match->event_count; i++) {
        append_u64(out, match->events[i].place.input);
        append_u64(out, match->events[i].place.offset);
        append_u64(out, (uint64_t)match->events[i].time);
        append_u64(out, match->events[i].missing);
    }
    append_u64(out, match->counted);
    append_u64(out, match->count);
    append_u64(out, match->total);
    append_u64(out, match->key.len);
    buffer_append(out, match->key);
    append_u64(out, match->tuple.len);
    buffer_append(out, match->tuple);
    buffer_append(out, match->found);
}

static bool flush(ScanCheck *check, Err *err)
{
    if (!file_write_all(check->file, buffer_str(&check->pending), err)) {
        return false;
    }
    check->written += check->pending.len;
    buffer_clear(&check->pending);
    return true;
}

bool scan_check_record(void *context, const Match *match, Err *err)
{
    ScanCheck *check = context;
    serialise(&check->record, match);
    append_u64(&check->pending, check->record.len);
    buffer_append(&check->pending, buffer_str(&check->record));
    check->matches++;
    if (check->pending.len > FLUSH_BYTES && !flush(check, err)) {
        return false;
    }
    return check->take(check->context, match, err);
}

/* The next match of the fast way into `expected`. */
static bool read_record(ScanCheck *check, Err *err)
{
    uint64_t len = 0;
    if (!file_pread(check->file, &len, sizeof len, check->read, err)) {
        return false;
    }
    buffer_clear(&check->expected);
    char *to = buffer_reserve(&check->expected, len);
    if (!file_pread(check->file, to, len, check->read + sizeof len, err)) {
        return false;
    }
    check->expected.len = len;
    check->read += sizeof len + len;
    return true;
}

static bool differ(const ScanCheck *check, const Match *match, Err *err)
{
    if (match->event_count == 0 && !match->counted) {
        return err_set(err, ERR_CORRUPT,
                       "the two evaluators differ at match %llu: the row evaluator found a group "
                       "of query %u",
                       (unsigned long long)check->compared, match->query);
    }
    if (match->event_count == 0) {
        return err_set(err, ERR_CORRUPT,
                       "the two evaluators differ at match %llu: the row evaluator counted %llu "
                       "of %llu matches of query %u",
                       (unsigned long long)check->compared, (unsigned long long)match->count,
                       (unsigned long long)match->total, match->query);
    }
    const SequenceEvent *last = &match->events[match->event_count - 1];
    while (last->missing) {
        last--; /* a sequence has at least one event */
    }
    return err_set(err, ERR_CORRUPT,
                   "the two evaluators differ at match %llu: the row evaluator found query %u "
                   "ending at input %u, line %llu",
                   (unsigned long long)check->compared, match->query, last->place.input,
                   (unsigned long long)last->place.line);
}

bool scan_check_compare(void *context, const Match *match, Err *err)
{
    ScanCheck *check = context;
    if (check->pending.len > 0 && !flush(check, err)) {
        return false;
    }
    if (check->compared == check->matches) {
        return differ(check, match, err);
    }
    if (!read_record(check, err)) {
        return false;
    }
    serialise(&check->record, match);
    if (!str_equal(buffer_str(&check->record), buffer_str(&check->expected))) {
        return differ(check, match, err);
    }
    check->compared++;
    return true;
}

bool scan_check_finish(ScanCheck *check, Err *err)
{
    if (check->compared != check->matches) {
        return err_set(err, ERR_CORRUPT,
                       "the two evaluators differ: %llu matches by columns, %llu by rows",
                       (unsigned long long)check->matches, (unsigned long long)check->compared);
    }
    return true;
}
