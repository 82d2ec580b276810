#include "detect/kept_match.h"

#include "base/heap.h"

KeptMatch *kept_match_new(const Match *match)
{
    size_t events_size = match->event_count * sizeof *match->events;
    KeptMatch *kept = heap_bytes(sizeof *kept + events_size + match->key.len);
    kept->event_count = match->event_count;
    kept->key_len = match->key.len;
    memcpy(kept->events, match->events, events_size);
    if (match->key.len != 0) {
        memcpy(&kept->events[kept->event_count], match->key.ptr, match->key.len);
    }
    return kept;
}

void kept_match_free(KeptMatch *kept)
{
    free(kept);
}

size_t kept_match_bytes(const KeptMatch *kept)
{
    return sizeof *kept + kept->event_count * sizeof *kept->events + kept->key_len;
}

Match kept_match_view(const KeptMatch *kept, uint32_t query)
{
    return (Match){.query = query,
                   .events = kept->events,
                   .event_count = kept->event_count,
                   .key = {(const char *)&kept->events[kept->event_count], kept->key_len}};
}
