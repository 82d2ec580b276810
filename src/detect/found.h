#pragma once
/* Found: what a match of a threshold, of new terms or of threats says beside its event, as bytes that can be kept and compared
 * (Match.found). */

#include "base/buffer.h"
#include "event/batch.h"
#include "event/value.h"

/* A threshold's; the match has no event. Behind it stand the group's values, as value_append_key writes them. */
typedef struct FoundThreshold {
    int64_t run; /* when it was found */
    int64_t first, last;
    uint64_t count;
    uint64_t values; /* distinct ones of the field that is counted */
} FoundThreshold;

/* One indicator and one entry of the mapping that the event meets. */
typedef struct FoundThreat {
    EventPlace indicator;
    uint32_t item, entry;
    Str value; /* the event's, as text */
} FoundThreat;

void found_append_threshold(Buffer *out, const FoundThreshold *found, Str key);
void found_append_threat(Buffer *out, const FoundThreat *found);

/* Each takes something off the front of *bytes, which the above wrote; texts are borrowed. */
FoundThreshold found_take_threshold(Str *bytes);
FoundThreat found_take_threat(Str *bytes);
