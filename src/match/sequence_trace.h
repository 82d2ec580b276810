#pragma once
/* SequenceTrace: what becomes of one event in the sequences of a query: told step by step, for the
 * keys that the event has. It watches a SequencePlain from outside: before each hit with one of the
 * keys it looks at what waits there. Other hits do not matter.
 *
 * Bounds       none on open sequences, which are those of a few keys: what a run with bounds evicts,
 *              completes here. TRACE_MAX_BEFORE steps before the event's and TRACE_MAX_AFTER behind it are kept, the
 *              nearest; those left out are counted. What the fate is does not depend on them. */

#include "base/array.h"
#include "match/sequence_plain.h"

#define TRACE_MAX_BEFORE 30
#define TRACE_MAX_AFTER  20

typedef enum TraceKind {
    TRACE_BEGINS,
    TRACE_CONTINUES,
    TRACE_COMPLETES,
    TRACE_NOTHING_WAITS, /* for this stage */
    TRACE_TOO_LATE,      /* maxspan had passed */
    TRACE_AFTER_UNTIL,   /* until had ended what waits */
    TRACE_UNTIL,         /* ends what waits */
    TRACE_FORBIDS,       /* it must be missing, and is there */
} TraceKind;

typedef struct TraceStep {
    TraceKind kind;
    uint16_t stage; /* as in a hit */
    uint32_t next;  /* the stage that is waited for then; NO_STAGE: none */
    uint32_t key;   /* which of the watched ones */
    bool is_own;    /* the event that is asked about did it */
    SequenceEvent event;
    bool has_sequence; /* it met one that waits, or begins one */
    bool holds_own;    /* in that sequence the event that is asked about has a place */
    SequenceEvent began;
    uint64_t more;    /* others that it met in the same way */
    bool has_dropped; /* another one gave way to it */
    bool dropped_own;
    SequenceEvent dropped; /* where that one began */
} TraceStep;

typedef enum TraceFate {
    FATE_NONE,           /* no hit of the event was seen */
    FATE_NOTHING_WAITED, /* for its stage */
    FATE_TOO_LATE,       /* its sequence was past maxspan */
    FATE_AFTER_UNTIL,    /* its sequence had ended by until */
    FATE_IS_UNTIL,       /* it ends sequences */
    FATE_FORBIDS,        /* it is one that must be missing */
    FATE_WAITS,          /* its sequence waits for the next stage, to the end of the input */
    FATE_EXPIRED,        /* the same, but maxspan has passed */
    FATE_OVERDUE,        /* the next stage came after maxspan */
    FATE_ENDED,          /* by until, later */
    FATE_DROPPED,        /* a later event of the same stage took its place */
    FATE_FORBIDDEN,      /* its sequence was complete, but what must be missing was there */
    FATE_UNDECIDED,      /* its sequence was complete, but what must be missing may still come */
    FATE_COMPLETED,
} TraceFate;

typedef struct SequenceTrace {
    ARRAY(TraceStep) steps;
    uint64_t before_cut, after_cut;
    TraceFate fate;
    TraceStep decided; /* the step that made it so; unset for FATE_NONE */
    /* The rest is its own. */
    Arena *arena;
    const QueryPlan *query;
    SequencePlain *plain;
    EventPlace own;
    const Str *keys;
    uint32_t key_count;
    int64_t last_time;
    bool own_seen;
    bool own_given; /* a match was given out that has the event */
    bool own_left;  /* one that has it was not, as it may still be forbidden */
} SequenceTrace;

/* `keys` are tuples as hit_split_keys gives them; borrowed. */
SequenceTrace *sequence_trace_new(Arena *arena, const QueryPlan *query, const EventPlace *own,
                                  const Str *keys, uint32_t key_count);
void sequence_trace_free(SequenceTrace *trace); /* before the arena */
/* The query's hits in order. */
bool sequence_trace_offer(SequenceTrace *trace, const Hit *hit, Err *err) MUST_CHECK;
/* The fate is known then. `time`: as for sequence_run_finish_at. */
bool sequence_trace_finish(SequenceTrace *trace, int64_t time, Err *err) MUST_CHECK;
