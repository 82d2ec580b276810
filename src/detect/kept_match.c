#include "detect/kept_match.h"

#include "base/heap.h"

/* The texts behind the events, one after another. */
enum { KEY, CARRIED, FOUND, GROUP, TUPLE, TEXTS };

struct KeptMatch {
    uint32_t query, event_count;
    uint64_t count, total;
    uint32_t lens[TEXTS];
    bool counted, others;
    SequenceEvent events[];
};

static size_t events_bytes(const KeptMatch *kept)
{
    return kept->event_count * sizeof *kept->events;
}

KeptMatch *kept_match_new(const Match *match, Str tuple)
{
    const Str texts[TEXTS] = {[KEY] = match->key,
                              [CARRIED] = match->carried,
                              [FOUND] = match->found,
                              [GROUP] = match->tuple,
                              [TUPLE] = tuple};
    size_t bytes = sizeof(KeptMatch) + match->event_count * sizeof *match->events;
    for (int i = 0; i < TEXTS; i++) {
        assert(texts[i].len <= UINT32_MAX);
        bytes += texts[i].len;
    }
    KeptMatch *kept = heap_bytes(bytes);
    *kept = (KeptMatch){.query = match->query,
                        .event_count = match->event_count,
                        .count = match->count,
                        .total = match->total,
                        .counted = match->counted,
                        .others = match->others};
    if (match->event_count != 0) {
        memcpy(kept->events, match->events, events_bytes(kept));
    }
    char *to = (char *)&kept->events[match->event_count];
    for (int i = 0; i < TEXTS; i++) {
        kept->lens[i] = (uint32_t)texts[i].len;
        if (texts[i].len != 0) {
            to = mempcpy(to, texts[i].ptr, texts[i].len);
        }
    }
    return kept;
}

void kept_match_free(KeptMatch *kept)
{
    free(kept);
}

static Str text_at(const KeptMatch *kept, int which)
{
    const char *at = (const char *)&kept->events[kept->event_count];
    for (int i = 0; i < which; i++) {
        at += kept->lens[i];
    }
    return (Str){at, kept->lens[which]};
}

Match kept_match_get(const KeptMatch *kept)
{
    return (Match){
        .query = kept->query,
        .events = kept->events,
        .event_count = kept->event_count,
        .key = text_at(kept, KEY),
        .carried = text_at(kept, CARRIED),
        .found = text_at(kept, FOUND),
        .counted = kept->counted,
        .others = kept->others,
        .count = kept->count,
        .total = kept->total,
        .tuple = text_at(kept, GROUP),
    };
}

Str kept_match_tuple(const KeptMatch *kept)
{
    return text_at(kept, TUPLE);
}

size_t kept_match_bytes(const KeptMatch *kept)
{
    size_t bytes = sizeof *kept + events_bytes(kept);
    for (int i = 0; i < TEXTS; i++) {
        bytes += kept->lens[i];
    }
    return bytes + bytes / 4; /* an allocator's sizes are up to a quarter apart */
}
