#pragma once
/* Hit: "this event fits that stage of that query", with all that ordering and joining needs. What
 * flows from the columns to sequences and alerts.
 *
 * Order        hit_compare: (time, tiebreaker, fine time, ordinal, query, the sources of lineage from first to
 *              last, its link, stage from last to first, until last): the order of Elasticsearch, and
 *              within one event the order in which a sequence must see its stages. Total, whatever the
 *              number of workers.
 * Lineage      a hit of a stage with lineage leaves is one in some cases only: `cases`. match/lineage decides, and
 *              keeps what sources and links tell to itself. */

#include "event/batch.h"
#include "event/value.h"
#include "plan/plan.h"

#define HIT_UNTIL  UINT16_MAX       /* `stage` of an event that fits the query's until, */
#define HIT_LINK   (UINT16_MAX - 1) /* that tells the parent of a process, */
#define HIT_SOURCE 0x8000           /* that fits the query's first source; the others follow */

/* The ids of one event's process, or of its parent, may be that long together: see hit_append_id. */
#define HIT_MAX_ID_BYTES ((size_t)UINT16_MAX)

/* `time` of a sample's hit, and of nothing else: samples know no time. They come after all others, by query, key, stage and
 * place; hit_make_sample sees to it. */
#define HIT_TIME_SAMPLE INT64_MAX

/* `time` of an indicator's hit, which may have none of its own: indicators come before all others. */
#define HIT_TIME_INDICATOR INT64_MIN

typedef struct Hit {
    int64_t time;      /* by the query's timestamp field, in its precision, ns */
    int64_t time_fine; /* the same to the nanosecond */
    EventPlace place;
    uint32_t query;
    uint16_t stage;
    uint16_t key_tuples; /* how many join key tuples `keys` holds, one after another */
    uint16_t cases;      /* of a stage with lineage leaves: in which it fits, a bit each */
    Str tiebreaker;      /* value_append_key bytes of it; empty = missing, after all present */
    Str keys; /* each tuple: the query's key_count values as value_append_key writes them; of an event query, which
                 has none: what its pipes ask of the event (detect/carried.h) */
    Str process, parent; /* ids, where lineage asks for them; hit_next_id reads them */
} Hit;

int hit_compare(const Hit *a, const Hit *b);

/* A source's or a link: no event that fits a stage. */
static inline bool hit_is_of_lineage(const Hit *hit)
{
    return hit->stage >= HIT_SOURCE && hit->stage != HIT_UNTIL;
}
/* What the hit is of. */
const Stage *hit_stage(const QueryPlan *plan, uint16_t stage);

/* False, and nothing is done, when it does not fit into HIT_MAX_ID_BYTES. */
bool hit_append_id(Buffer *ids, const Value *value);
bool hit_next_id(Str *rest, Str *id); /* false at the end */

/* The hit of a sample query with one key; its query, stage and place are set already. Borrows `buffer`. */
void hit_make_sample(Hit *hit, Str key, Buffer *buffer);
Str hit_sample_key(const Hit *hit);

/* The distinct key tuples of a hit, ascending by bytes, as views into hit->keys; how many. A hit
 * without keys has one tuple of nothing. `out` has room for key_tuples, at least one. */
uint32_t hit_split_keys(const Hit *hit, uint32_t key_count, Arena *scratch, Str *out);
