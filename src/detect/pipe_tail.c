#include "detect/pipe_tail.h"

#include "base/heap.h"

/* With its place in the ring, which may be twice as large as what is in it. */
static size_t held_bytes(const KeptMatch *kept)
{
    return kept_match_bytes(kept) + 2 * sizeof(KeptMatch *);
}

KeptMatch *pipe_tail_take(PipeTail *tail)
{
    if (tail->count == 0) {
        return NULL;
    }
    KeptMatch *kept = tail->kept[tail->first];
    tail->first = (tail->first + 1) % tail->capacity;
    tail->count--;
    tail->bytes -= held_bytes(kept);
    return kept;
}

void pipe_tail_done(PipeTail *tail)
{
    while (tail->count > 0) {
        kept_match_free(pipe_tail_take(tail));
    }
    free(tail->kept);
}

static void grow(PipeTail *tail)
{
    size_t capacity = tail->capacity * 2 + 8;
    KeptMatch **ring = HEAP_MANY(KeptMatch *, capacity);
    for (size_t i = 0; i < tail->count; i++) {
        ring[i] = tail->kept[(tail->first + i) % tail->capacity];
    }
    free(tail->kept);
    tail->kept = ring;
    tail->first = 0;
    tail->capacity = capacity;
}

void pipe_tail_add(PipeTail *tail, uint64_t limit, const Match *match)
{
    if (limit == 0) {
        return;
    }
    if (tail->count == limit) {
        kept_match_free(pipe_tail_take(tail));
    }
    if (tail->count == tail->capacity) {
        grow(tail);
    }
    KeptMatch *kept = kept_match_new(match, STR(""));
    tail->kept[(tail->first + tail->count) % tail->capacity] = kept;
    tail->count++;
    tail->bytes += held_bytes(kept);
}
