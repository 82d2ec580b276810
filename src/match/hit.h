#pragma once
/* Hit: "this event fits that stage of that query", with all that ordering and joining needs. What
 * flows from the columns to sequences and alerts.
 *
 * Order        hit_compare: (time, tiebreaker, fine time, ordinal, query, stage from last to first,
 *              until last): the order of Elasticsearch, and within one event the order in which a
 *              sequence must see its stages. Total, whatever the number of workers. */

#include "event/batch.h"
#include "event/value.h"
#include "plan/plan.h"

#define HIT_UNTIL UINT16_MAX /* `stage` of an event that fits the query's until */

typedef struct Hit {
    int64_t time;      /* by the query's timestamp field, in its precision, ns */
    int64_t time_fine; /* the same to the nanosecond */
    EventPlace place;
    uint32_t query;
    uint16_t stage;
    uint16_t key_tuples; /* how many join key tuples `keys` holds, one after another */
    Str tiebreaker;      /* value_append_key bytes of it; empty = missing, after all present */
    Str keys; /* each tuple: the query's key_count values as value_append_key writes them */
} Hit;

int hit_compare(const Hit *a, const Hit *b);

/* The distinct key tuples of a hit, ascending by bytes, as views into hit->keys; how many. A hit
 * without keys has one tuple of nothing. `out` has room for key_tuples, at least one. */
uint32_t hit_split_keys(const Hit *hit, uint32_t key_count, Arena *scratch, Str *out);

/* Sequences see the hits of one query in order; results come out in order of their last event. */
