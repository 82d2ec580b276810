#pragma once
/* Threshold: "in one run's window, so many events with the same values, and among them so many values of another field".
 *
 * Runs         happen at the whole multiples of the plan's interval, so that the same events give the same runs however often,
 *              and from whatever file, they are read. An event is first looked at by the run that is the first
 *              to reach it, and by the later ones whose window holds it still. A run shorter than the
 *              interval looks back as far as the run before it: nothing falls between two.
 * Told once    what a group was told of is not counted again.
 * Order        events come in order of time; a run gives its groups in the order of their keys.
 * Exact        values are compared by their bytes, not estimated.
 * Bounds       threshold_bytes tells what is held; threshold_evict lets go of the group that was met
 *              longest ago. Events that were lost by that are counted.
 * Cost         an event: a look-up of its group and of its value. A run: what was met since the last one. */

#include "base/err.h"
#include "base/str.h"
#include "plan/finding.h"

typedef struct Threshold Threshold;

typedef struct ThresholdEvent {
    int64_t time;
    const Str *groups; /* keys of the groups that it belongs to, distinct */
    uint32_t group_count;
    const Str *values; /* of the field whose values are counted, distinct */
    uint32_t value_count;
} ThresholdEvent;

typedef struct ThresholdFound {
    Str key;
    int64_t run;         /* when it would have been found */
    int64_t first, last; /* times of the events */
    uint64_t count;
    uint64_t values; /* distinct ones */
} ThresholdFound;

/* Borrowed for the call. */
typedef bool ThresholdTake(void *context, const ThresholdFound *found, Err *err);

/* Which run is the first to look at an event of that time, and where its window begins. Times past
 * THRESHOLD_LATEST count as that. */
#define THRESHOLD_LATEST (INT64_MAX / 2)
int64_t threshold_run_of(const FindingPlan *plan, int64_t time);
int64_t threshold_run_from(const FindingPlan *plan, int64_t run);

Threshold *threshold_new(const FindingPlan *plan);
void threshold_free(Threshold *threshold); /* NULL is fine */
/* The runs that are over by then come first. */
bool threshold_add(Threshold *threshold, const ThresholdEvent *event, ThresholdTake *take,
                   void *context, Err *err) MUST_CHECK;
bool threshold_finish(Threshold *threshold, ThresholdTake *take, void *context,
                      Err *err) MUST_CHECK;
size_t threshold_bytes(const Threshold *threshold);
bool threshold_evict(Threshold *threshold); /* false when nothing is held */
uint64_t threshold_evicted(const Threshold *threshold);
