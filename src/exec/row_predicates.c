#include "exec/row_predicates.h"

#include "base/heap.h"
typedef struct RowState {
    uint64_t batch; /* what is below is of this batch */
    Word *asked;
    Word *holds;
    uint64_t rows_asked, rows_held; /* over all batches */
} RowState;

struct RowPredicates {
    const PlanSet *plan;
    const ScalarPatterns *patterns;
    const Batch *batch;
    uint64_t serial;
    RowState *states; /* by predicate */
    Values *slots;    /* room for the fields of one predicate */
    Arena *values;
    Arena *scratch;
    uint64_t judged, cut;
};

RowPredicates *row_predicates_new(const PlanSet *plan, const ScalarPatterns *patterns)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < plan->predicate_count; i++) {
        uint32_t count = plan->predicates[i].field_count;
        most = count > most ? count : most;
    }
    RowPredicates *made = HEAP_NEW(RowPredicates);
    *made = (RowPredicates){
        .plan = plan,
        .patterns = patterns,
        .states = heap_zeroed((size_t)plan->predicate_count + 1, sizeof *made->states),
        .slots = heap_zeroed((size_t)most + 1, sizeof *made->slots),
        .values = arena_new(),
        .scratch = arena_new(),
    };
    return made;
}

void row_predicates_free(RowPredicates *row_predicates)
{
    if (row_predicates == NULL) {
        return;
    }
    free(row_predicates->states);
    free(row_predicates->slots);
    arena_free(row_predicates->values);
    arena_free(row_predicates->scratch);
    free(row_predicates);
}

void row_predicates_start(RowPredicates *row_predicates, const Batch *batch)
{
    row_predicates->batch = batch;
    row_predicates->serial++;
}

static bool holds_in(RowPredicates *made, const Predicate *predicate, uint32_t row)
{
    arena_reset(made->values);
    for (uint32_t slot = 0; slot < predicate->field_count; slot++) {
        made->slots[slot] = batch_values(made->batch, made->values, row, predicate->fields[slot]);
    }
    made->judged++;
    return scalar_holds(made->patterns, predicate, made->slots, made->scratch, &made->cut);
}

const Word *row_predicates_get(RowPredicates *row_predicates, PredicateRows *bitmaps,
                               PredicateId predicate, const Word *candidates)
{
    RowState *state = &row_predicates->states[predicate];
    if (state->batch != row_predicates->serial) {
        state->batch = row_predicates->serial;
        state->asked = predicate_rows_bitmap(bitmaps);
        state->holds = predicate_rows_bitmap(bitmaps);
    }
    const Predicate *asked = &row_predicates->plan->predicates[predicate];
    uint32_t rows = batch_rows(row_predicates->batch);
    BITMAP_EACH(candidates, rows, row)
    {
        if (bitmap_get(state->asked, row)) {
            continue;
        }
        bitmap_set(state->asked, row);
        state->rows_asked++;
        if (holds_in(row_predicates, asked, (uint32_t)row)) {
            bitmap_set(state->holds, row);
            state->rows_held++;
        }
    }
    return state->holds;
}

uint64_t row_predicates_asked(const RowPredicates *row_predicates, PredicateId predicate)
{
    return row_predicates->states[predicate].rows_asked;
}

uint64_t row_predicates_held(const RowPredicates *row_predicates, PredicateId predicate)
{
    return row_predicates->states[predicate].rows_held;
}

uint64_t row_predicates_judged(const RowPredicates *row_predicates)
{
    return row_predicates->judged;
}

uint64_t row_predicates_cut(const RowPredicates *row_predicates)
{
    return row_predicates->cut;
}
