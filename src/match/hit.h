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

/* `time` of a sample's hit, and of nothing else: samples know no time. They come after all others, by query, key, stage and
 * place; hit_make_sample sees to it. */
#define HIT_TIME_SAMPLE INT64_MAX

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

/* The hit of a sample query with one key; its query, stage and place are set already. Borrows `buffer`. */
void hit_make_sample(Hit *hit, Str key, Buffer *buffer);
Str hit_sample_key(const Hit *hit);

/* The distinct key tuples of a hit, ascending by bytes, as views into hit->keys; how many. A hit
 * without keys has one tuple of nothing. `out` has room for key_tuples, at least one. */
uint32_t hit_split_keys(const Hit *hit, uint32_t key_count, Arena *scratch, Str *out);
