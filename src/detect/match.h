#pragma once
/* Match: what one query found: an event, a sequence or a sample; behind the pipe "count", how many of them; of a threshold, a
 * group of events, none of which is told. */

#include "match/sequence.h"

/* Borrowed for the call. An event query has one event and no key; of a sequence, events may be missing. */
typedef struct Match {
    uint32_t query;
    const SequenceEvent *events;
    uint32_t event_count; /* 0 behind "count", and of a threshold */
    Str key;              /* the join key tuple, value_append_key bytes */
    Str carried; /* what pipes ask of an event query's event (carried.h); empty: the event is to be read again */
    Str found;      /* of a query with a finding (found.h) */
    bool counted;   /* behind "count" and "unique_count": */
    bool others;    /* these are the matches of all tuples that there was no room for */
    uint64_t count; /* how many matches this one stands for, */
    uint64_t total; /* of how many; 0 when it stands for all */
    Str tuple;      /* what they have in common (pipe_tuple.h); "count" alone */
    Str suppression; /* what the alert says of the matches that it stands for (suppressor.h); empty: only of this one */
    Str suppression_id; /* the alert's id then; empty: as usual */
} Match;

typedef bool MatcherTake(void *context, const Match *match, Err *err);
