#include "detect/event_clock.h"

#include "detect/hit_time.h"
#include "event/document.h"

struct EventClock {
    Arena *arena;
    const PlanSet *plan;
    FieldId *fields; /* each once */
    int64_t *latest; /* by the same index */
    uint32_t count;
};

static bool ends_missing(const QueryPlan *query)
{
    return query->kind == QUERY_SEQUENCE && query->stages[query->stage_count - 1].missing;
}

/* Its index among the fields; `count` if it is none of them. */
static uint32_t find(const EventClock *clock, FieldId field)
{
    uint32_t at = 0;
    while (at < clock->count && clock->fields[at] != field) {
        at++;
    }
    return at;
}

EventClock *event_clock_new(Arena *arena, const PlanSet *plan)
{
    EventClock *clock = ARENA_NEW(arena, EventClock);
    *clock = (EventClock){
        .arena = arena,
        .plan = plan,
        .fields = ARENA_MANY(arena, FieldId, plan->query_count),
        .latest = ARENA_MANY(arena, int64_t, plan->query_count),
    };
    for (uint32_t i = 0; i < plan->query_count; i++) {
        FieldId field = plan->queries[i].timestamp;
        if (ends_missing(&plan->queries[i]) && find(clock, field) == clock->count) {
            clock->fields[clock->count] = field;
            clock->latest[clock->count++] = INT64_MIN;
        }
    }
    return clock;
}

static void note(EventClock *clock, uint32_t at, int64_t time)
{
    clock->latest[at] = time > clock->latest[at] ? time : clock->latest[at];
}

void event_clock_batch(EventClock *clock, const Batch *batch, const Word *within, Arena *scratch)
{
    for (uint32_t at = 0; at < clock->count; at++) {
        const Field *field = field_table_get(clock->plan->fields, clock->fields[at]);
        for (uint32_t row = 0, rows = batch_rows(batch); row < rows; row++) {
            int64_t time;
            arena_reset(scratch);
            if ((within == NULL || bitmap_get(within, row)) &&
                hit_time(field, batch_raw_value(batch, row, clock->fields[at]), scratch, &time)) {
                note(clock, at, time);
            }
        }
    }
}

/* By the document tree, so that the twin reads times its own way. */
void event_clock_document(EventClock *clock, const Document *document, Arena *scratch)
{
    for (uint32_t at = 0; at < clock->count; at++) {
        const Field *field = field_table_get(clock->plan->fields, clock->fields[at]);
        int64_t time;
        if (hit_document_time(field, document, scratch, &time)) {
            note(clock, at, time);
        }
    }
}

void event_clock_join(EventClock *clock, const EventClock *other)
{
    assert(clock->plan == other->plan);
    for (uint32_t at = 0; at < clock->count; at++) {
        note(clock, at, other->latest[at]);
    }
}

const int64_t *event_clock_latest(const EventClock *clock)
{
    int64_t *latest = ARENA_MANY(clock->arena, int64_t, clock->plan->query_count);
    for (uint32_t i = 0; i < clock->plan->query_count; i++) {
        uint32_t at = find(clock, clock->plan->queries[i].timestamp);
        latest[i] = at < clock->count ? clock->latest[at] : INT64_MIN;
    }
    return latest;
}
