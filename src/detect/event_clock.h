#pragma once
/* EventClock: how far time is known to have come: the latest time that any event has, whether it fits something or not. By
 * it a query tells whether an event that must be missing behind a sequence can still come.
 *
 * Fields       only those by which a query that ends with a missing event orders. Each has its own clock.
 * Order        a maximum does not depend on the order in which events are looked at, nor on who looks.
 * Cost         one date per event and field is read.
 * Threads      one per worker; joined at the end. */

#include "base/bitmap.h"
#include "event/batch.h"
#include "exec/row_evaluator.h"

typedef struct EventClock EventClock;

EventClock *event_clock_new(Arena *arena, const PlanSet *plan);
/* The rows of `within`; NULL: all. `scratch` is reset. */
void event_clock_batch(EventClock *clock, const Batch *batch, const Word *within, Arena *scratch);
void event_clock_document(EventClock *clock, const Document *document, Arena *scratch);
void event_clock_join(EventClock *clock, const EventClock *other); /* of the same plan */
/* By query, in the clock's arena: INT64_MIN where no event has a time, or nobody asks. */
const int64_t *event_clock_latest(const EventClock *clock);
