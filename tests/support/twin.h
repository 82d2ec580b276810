#pragma once
/* Twin: the engine on a handful of events, each of its ways on its own, so that tests can hold the
 * ways against each other and against what they expect.
 *
 * Lifetimes    results live in the arena given. */

#include "base/array.h"
#include "base/buffer.h"
#include "base/err.h"
#include "base/json_writer.h"
#include "match/sequence.h"
#include "plan/plan.h"

typedef enum TwinWay {
    TWIN_COLUMNS, /* as `detect` runs */
    TWIN_SMALL,   /* the same, but no dictionary outlives its batch and every hit is spilled */
    TWIN_ROWS,    /* the row evaluator, the plain sequences, samples and pipes */
} TwinWay;

#define TWIN_WAYS 3

const char *twin_way_name(TwinWay way);

typedef struct TwinRun {
    const PlanSet *plan;
    const Str *events; /* JSON documents, each made by twin_event */
    uint32_t event_count;
    bool has_size, head; /* see MatcherOptions */
    uint64_t size;
    uint64_t max_samples_per_key; /* 0 = 1 */
    bool wait_at_end;
    uint32_t batch_rows; /* events per batch; 0 = as many as fit */
} TwinRun;

/* A copy with the padding that the event reader wants. */
Str twin_event(Arena *arena, Str text);

#define TWIN_MISSING UINT32_MAX /* no row: an event that must be missing */

typedef struct TwinResult {
    uint32_t query;
    const uint32_t *rows; /* of its events, from 0; or TWIN_MISSING */
    uint32_t row_count;
    Str key;      /* the join key tuple, value_append_key bytes */
    bool counted; /* the rest as in a Match */
    uint64_t count, total;
    Str tuple;
} TwinResult;

typedef struct TwinResults {
    ARRAY(TwinResult) list;
    uint64_t undecided; /* sequences, under wait_at_end */
} TwinResults;

/* False when an event cannot be read: err names it by its number, from 0. */
bool twin_run(Arena *arena, const TwinRun *run, TwinWay way, TwinResults *out, Err *err) MUST_CHECK;

/* As JSON; a date in ISO 8601. */
void twin_write_value(JsonWriter *writer, const Value *value);
/* "3 of 6 [\"a\",null]": how many, of how many, and the tuple of a "count". */
void twin_append_counted(Buffer *out, Arena *arena, const TwinResult *result);

bool twin_equal(const TwinResults *a, const TwinResults *b);
