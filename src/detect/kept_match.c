#include "detect/kept_match.h"

#include "base/heap.h"

static Str put(char **to, Str text)
{
    Str copy = {*to, text.len};
    if (text.len != 0) {
        memcpy(*to, text.ptr, text.len);
    }
    *to += text.len;
    return copy;
}

KeptMatch *kept_match_new(const Match *match, Str tuple)
{
    size_t events = match->event_count * sizeof *match->events;
    size_t bytes = sizeof(KeptMatch) + events + match->key.len + match->carried.len +
                   match->tuple.len + match->found.len + tuple.len;
    KeptMatch *kept = heap_bytes(bytes);
    char *to = (char *)&kept->events[match->event_count];
    kept->match = *match;
    kept->bytes = bytes;
    if (events != 0) {
        memcpy(kept->events, match->events, events);
    }
    kept->match.events = kept->events;
    kept->match.key = put(&to, match->key);
    kept->match.carried = put(&to, match->carried);
    kept->match.tuple = put(&to, match->tuple);
    kept->match.found = put(&to, match->found);
    kept->tuple = put(&to, tuple);
    return kept;
}

void kept_match_free(KeptMatch *kept)
{
    free(kept);
}
