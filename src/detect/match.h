#pragma once
/* Match: what one query found: an event, a sequence or a sample. */

#include "match/sequence.h"

/* Borrowed for the call. An event query has one event and no key; of a sequence, events may be missing. */
typedef struct Match {
    uint32_t query;
    const SequenceEvent *events;
    uint32_t event_count;
    Str key; /* the join key tuple, value_append_key bytes */
} Match;

typedef bool MatcherTake(void *context, const Match *match, Err *err);
