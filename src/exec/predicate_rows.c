#include "exec/predicate_rows.h"

#include "base/heap.h"

#define WORDS  BITMAP_WORDS(BATCH_ROWS)
#define NO_USE UINT32_MAX

/* So few rows are set one by one; more are worth a bitmap of the set, which all its predicates then share. */
#define FEW_ROWS 64u

/* Neighbouring rows. */
typedef struct Run {
    uint16_t first, count;
} Run;

/* The rows of a field that have one set of predicates. */
typedef struct SetUse {
    uint32_t count;           /* of rows */
    uint32_t first_run, runs; /* in `grouped` */
    const Word *bits;         /* NULL until asked for */
} SetUse;

/* Where the set of a field's rows becomes another: a run goes on to the next of these. */
typedef struct Change {
    uint32_t set;
    uint32_t row;
} Change;

/* What a field's rows have of a set. */
typedef struct SetCount {
    uint32_t rows;
    uint32_t runs; /* how many, then where the next one goes */
} SetCount;

_Static_assert(BATCH_ROWS <= UINT16_MAX, "rows fit");

/* One set in which a predicate is; the sets of a predicate are a chain. */
typedef struct Link {
    uint32_t use;
    uint32_t next;
} Link;

typedef struct PredicateState {
    uint64_t batch; /* what is below is of this batch */
    uint32_t count;
    uint32_t links; /* the first Link, or NO_USE */
    const Word *bits;
} PredicateState;

struct PredicateRows {
    uint64_t batch; /* serial */
    uint32_t rows;
    uint32_t within_count;
    const Word *within;
    PredicateState *states; /* by predicate */
    SetUse *uses;
    size_t use_count, use_capacity;
    Link *links;
    size_t link_count, link_capacity;
    Run *grouped; /* those of one set together */
    size_t grouped_count, grouped_capacity;
    Change *changes; /* of the field that is being added */
    uint32_t change_count;
    SetCount *counts; /* by set */
    size_t count_capacity;
    uint32_t *present; /* the sets that occur */
    size_t present_capacity;
    Word **bitmaps; /* all that were ever needed at once */
    size_t bitmap_count, bitmap_capacity, bitmaps_used;
};

PredicateRows *predicate_rows_new(uint32_t predicate_count)
{
    PredicateRows *made = HEAP_NEW(PredicateRows);
    made->states = heap_zeroed((size_t)predicate_count + 1, sizeof *made->states);
    made->changes = heap_zeroed(BATCH_ROWS + 1, sizeof *made->changes);
    return made;
}

void predicate_rows_free(PredicateRows *predicate_rows)
{
    if (predicate_rows == NULL) {
        return;
    }
    for (size_t i = 0; i < predicate_rows->bitmap_count; i++) {
        free(predicate_rows->bitmaps[i]);
    }
    free(predicate_rows->bitmaps);
    free(predicate_rows->states);
    free(predicate_rows->uses);
    free(predicate_rows->links);
    free(predicate_rows->grouped);
    free(predicate_rows->changes);
    free(predicate_rows->counts);
    free(predicate_rows->present);
    free(predicate_rows);
}

void predicate_rows_start(PredicateRows *predicate_rows, uint32_t rows, const Word *within)
{
    assert(rows <= BATCH_ROWS);
    predicate_rows->batch++;
    predicate_rows->rows = rows;
    predicate_rows->within = within;
    predicate_rows->within_count = (uint32_t)bitmap_count(within, rows);
    predicate_rows->use_count = 0;
    predicate_rows->link_count = 0;
    predicate_rows->grouped_count = 0;
    predicate_rows->bitmaps_used = 0;
}

Word *predicate_rows_bitmap(PredicateRows *predicate_rows)
{
    if (predicate_rows->bitmaps_used == predicate_rows->bitmap_count) {
        if (predicate_rows->bitmap_count == predicate_rows->bitmap_capacity) {
            predicate_rows->bitmaps =
                heap_grow(predicate_rows->bitmaps, &predicate_rows->bitmap_capacity,
                          predicate_rows->bitmap_count + 1, sizeof *predicate_rows->bitmaps);
        }
        Word *bits = heap_bytes(WORDS * sizeof *bits);
        predicate_rows->bitmaps[predicate_rows->bitmap_count++] = bits;
    }
    Word *bits = predicate_rows->bitmaps[predicate_rows->bitmaps_used++];
    bitmap_clear_all(bits, predicate_rows->rows);
    return bits;
}

/* ---- filling ---- */

static void link_predicate(PredicateRows *made, PredicateId predicate, uint32_t use)
{
    PredicateState *state = &made->states[predicate];
    if (state->batch != made->batch) {
        *state = (PredicateState){.batch = made->batch, .links = NO_USE};
    }
    if (made->link_count == made->link_capacity) {
        made->links =
            heap_grow(made->links, &made->link_capacity, made->link_count + 1, sizeof *made->links);
    }
    made->links[made->link_count] = (Link){use, state->links};
    state->links = (uint32_t)made->link_count++;
    state->count += made->uses[use].count;
}

static void add_use(PredicateRows *made, SetUse use, List predicates)
{
    if (made->use_count == made->use_capacity) {
        made->uses =
            heap_grow(made->uses, &made->use_capacity, made->use_count + 1, sizeof *made->uses);
    }
    uint32_t id = (uint32_t)made->use_count++;
    made->uses[id] = use;
    for (uint32_t i = 0; i < predicates.count; i++) {
        link_predicate(made, predicates.items[i], id);
    }
}

static void make_room(PredicateRows *made, uint32_t set_count)
{
    size_t had = made->count_capacity;
    if (set_count > had) {
        made->counts =
            heap_grow(made->counts, &made->count_capacity, set_count, sizeof *made->counts);
        memset(made->counts + had, 0, (made->count_capacity - had) * sizeof *made->counts);
    }
    if (set_count >= made->present_capacity) { /* one place more, for what is not counted */
        made->present = heap_grow(made->present, &made->present_capacity, (size_t)set_count + 1,
                                  sizeof *made->present);
    }
    size_t most = made->grouped_count + made->rows;
    if (most > made->grouped_capacity) {
        made->grouped =
            heap_grow(made->grouped, &made->grouped_capacity, most, sizeof *made->grouped);
    }
}

/* Events come in runs, and most have nothing in most fields. A step that need not guess whether the run ends.
 * `within` NULL: all rows. */
static void find_changes(PredicateRows *made, const uint32_t *sets, const uint32_t *codes,
                         const Word *within)
{
    Change *changes = made->changes;
    uint32_t count = 0;
    uint32_t last = 0;
    for (uint32_t row = 0; row < made->rows; row++) {
        uint32_t taken = within == NULL ? UINT32_MAX : 0 - (uint32_t)bitmap_get(within, row);
        uint32_t set = sets[codes[row]] & taken;
        changes[count] = (Change){set, row};
        count += set != last;
        last = set;
    }
    changes[count] = (Change){0, made->rows};
    made->change_count = count;
}

/* How many rows and runs each set has; the sets that occur, but for set 0, are in `present`. */
static uint32_t count_sets(PredicateRows *made)
{
    uint32_t present = 0;
    made->counts[0].runs = 1; /* there already */
    for (uint32_t i = 0; i < made->change_count; i++) {
        SetCount *count = &made->counts[made->changes[i].set];
        made->present[present] = made->changes[i].set;
        present += count->runs == 0;
        count->runs++;
        count->rows += made->changes[i + 1].row - made->changes[i].row;
    }
    return present;
}

static void group_runs(PredicateRows *made)
{
    for (uint32_t i = 0; i < made->change_count; i++) {
        const Change *change = &made->changes[i];
        if (change->set != 0) {
            made->grouped[made->counts[change->set].runs++] =
                (Run){(uint16_t)change->row, (uint16_t)(change[1].row - change->row)};
        }
    }
}

static void add_missing(PredicateRows *made, const Verdicts *verdicts)
{
    uint32_t set = verdicts_missing_set(verdicts);
    SetUse all = {.count = made->within_count, .bits = made->within};
    if (set != 0 && made->within_count > 0) {
        add_use(made, all, verdicts_predicates(verdicts, set));
    }
}

void predicate_rows_add_field(PredicateRows *predicate_rows, const Verdicts *verdicts,
                              const uint32_t *codes, const Word *within)
{
    if (codes == NULL) {
        add_missing(predicate_rows, verdicts);
        return;
    }
    if (verdicts_set_count(verdicts) == 1) {
        return; /* nothing holds of any value so far */
    }
    make_room(predicate_rows, verdicts_set_count(verdicts));
    bool takes_all = within == NULL && predicate_rows->within_count == predicate_rows->rows;
    within = within == NULL ? predicate_rows->within : within;
    find_changes(predicate_rows, verdicts_sets(verdicts), codes, takes_all ? NULL : within);
    uint32_t present = count_sets(predicate_rows);
    uint32_t next = (uint32_t)predicate_rows->grouped_count;
    for (uint32_t i = 0; i < present; i++) {
        uint32_t set = predicate_rows->present[i];
        SetCount *count = &predicate_rows->counts[set];
        add_use(predicate_rows,
                (SetUse){.count = count->rows, .first_run = next, .runs = count->runs},
                verdicts_predicates(verdicts, set));
        next += count->runs;
        count->runs = next - count->runs;
    }
    group_runs(predicate_rows);
    predicate_rows->grouped_count = next;
    for (uint32_t i = 0; i < present; i++) {
        predicate_rows->counts[predicate_rows->present[i]] = (SetCount){0};
    }
    predicate_rows->counts[0] = (SetCount){0};
}

/* ---- asking ---- */

uint32_t predicate_rows_count(const PredicateRows *predicate_rows, PredicateId predicate)
{
    const PredicateState *state = &predicate_rows->states[predicate];
    return state->batch == predicate_rows->batch ? state->count : 0;
}

static void set_rows(const PredicateRows *made, const SetUse *use, Word *bits)
{
    for (uint32_t i = use->first_run; i < use->first_run + use->runs; i++) {
        bitmap_set_run(bits, made->grouped[i].first, made->grouped[i].count);
    }
}

static const Word *bits_of_use(PredicateRows *made, SetUse *use)
{
    if (use->bits == NULL) {
        Word *bits = predicate_rows_bitmap(made);
        set_rows(made, use, bits);
        use->bits = bits;
    }
    return use->bits;
}

static const Word *put_together(PredicateRows *made, const PredicateState *state)
{
    const Link *link = &made->links[state->links];
    if (link->next == NO_USE) {
        return bits_of_use(made, &made->uses[link->use]);
    }
    Word *bits = predicate_rows_bitmap(made);
    for (uint32_t at = state->links; at != NO_USE; at = made->links[at].next) {
        SetUse *use = &made->uses[made->links[at].use];
        if (use->bits == NULL && use->count < FEW_ROWS) {
            set_rows(made, use, bits);
        } else {
            bitmap_or(bits, bits_of_use(made, use), made->rows);
        }
    }
    return bits;
}

const Word *predicate_rows_get(PredicateRows *predicate_rows, PredicateId predicate)
{
    PredicateState *state = &predicate_rows->states[predicate];
    if (state->batch != predicate_rows->batch) {
        return NULL;
    }
    if (state->bits == NULL) {
        state->bits = put_together(predicate_rows, state);
    }
    return state->bits;
}
