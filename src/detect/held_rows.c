#include "detect/held_rows.h"

#include "base/heap.h"
#include "match/held_hits.h"

/* By row of the batch. */
typedef struct RowNumbers {
    uint32_t *items; /* NULL until asked for */
    bool is_used;    /* in this batch */
} RowNumbers;

typedef struct KeyList {
    const JoinKey *keys;
    uint32_t count;
    bool by_code; /* the keys are one field's values */
    uint32_t *codes;
    size_t code_count, code_capacity;
    uint32_t epoch; /* of the codes */
    RowNumbers rows;
} KeyList;

typedef struct Clock {
    FieldId timestamp, tiebreaker;
    RowNumbers rows;
} Clock;

struct HeldRows {
    const PlanSet *plan;
    const Batch *batch;
    Clock *clocks;
    uint32_t clock_count;
    KeyList *lists;
    uint32_t list_count;
    size_t list_capacity;
    uint32_t *clock_of; /* by query */
    uint32_t *first_of; /* by query, in list_of */
    uint32_t *list_of;  /* by stage of all queries, then its until */
};

static uint32_t add_clock(HeldRows *rows, FieldId timestamp, FieldId tiebreaker)
{
    uint32_t at = 0;
    while (at < rows->clock_count &&
           (rows->clocks[at].timestamp != timestamp || rows->clocks[at].tiebreaker != tiebreaker)) {
        at++;
    }
    if (at == rows->clock_count) {
        rows->clocks[rows->clock_count++] = (Clock){timestamp, tiebreaker, {0}};
    }
    return at;
}

static bool same_keys(const KeyList *list, const JoinKey *keys, uint32_t count)
{
    bool same = list->count == count;
    for (uint32_t i = 0; i < count && same; i++) {
        same = join_key_equal(&list->keys[i], &keys[i]);
    }
    return same;
}

static uint32_t add_list(HeldRows *rows, const JoinKey *keys, uint32_t count)
{
    uint32_t at = 0;
    while (at < rows->list_count && !same_keys(&rows->lists[at], keys, count)) {
        at++;
    }
    if (at == rows->list_count) {
        rows->lists = heap_grow(rows->lists, &rows->list_capacity, at + 1, sizeof *rows->lists);
        rows->lists[rows->list_count++] = (KeyList){
            .keys = keys, .count = count, .by_code = count == 1 && keys->computed == NULL};
    }
    return at;
}

static void add_query(HeldRows *rows, uint32_t query)
{
    const QueryPlan *plan = &rows->plan->queries[query];
    bool has_time = plan->kind != QUERY_SAMPLE;
    rows->clock_of[query] = add_clock(rows, has_time ? plan->timestamp : FIELD_NONE,
                                      has_time ? plan->tiebreaker : FIELD_NONE);
    for (uint32_t slot = 0; slot <= plan->stage_count; slot++) {
        const Stage *stage = query_slot(plan, slot);
        if (stage != NULL) {
            rows->list_of[rows->first_of[query] + slot] =
                add_list(rows, stage->keys, plan->key_count);
        }
    }
}

HeldRows *held_rows_new(const PlanSet *plan)
{
    HeldRows *rows = HEAP_NEW(HeldRows);
    rows->plan = plan;
    rows->clocks = HEAP_MANY(Clock, plan->query_count + (size_t)1);
    rows->clock_of = HEAP_MANY(uint32_t, plan->query_count + (size_t)1);
    rows->first_of = HEAP_MANY(uint32_t, plan->query_count + (size_t)1);
    uint32_t slots = 0;
    for (uint32_t i = 0; i < plan->query_count; i++) {
        rows->first_of[i] = slots;
        slots += plan->queries[i].stage_count + 1;
    }
    rows->list_of = HEAP_MANY(uint32_t, slots + (size_t)1);
    for (uint32_t i = 0; i < plan->query_count; i++) {
        if (held_hits_fit(&plan->queries[i])) {
            add_query(rows, i);
        }
    }
    return rows;
}

void held_rows_free(HeldRows *rows)
{
    if (rows == NULL) {
        return;
    }
    for (uint32_t i = 0; i < rows->clock_count; i++) {
        free(rows->clocks[i].rows.items);
    }
    for (uint32_t i = 0; i < rows->list_count; i++) {
        free(rows->lists[i].rows.items);
        free(rows->lists[i].codes);
    }
    free(rows->clocks);
    free(rows->lists);
    free(rows->clock_of);
    free(rows->first_of);
    free(rows->list_of);
    free(rows);
}

void held_rows_begin(HeldRows *rows, const Batch *batch)
{
    rows->batch = batch;
    for (uint32_t i = 0; i < rows->clock_count; i++) {
        rows->clocks[i].rows.is_used = false;
    }
    for (uint32_t i = 0; i < rows->list_count; i++) {
        rows->lists[i].rows.is_used = false;
    }
}

void held_rows_forget(HeldRows *rows)
{
    held_rows_begin(rows, rows->batch);
    for (uint32_t i = 0; i < rows->list_count; i++) {
        rows->lists[i].code_count = 0;
    }
}

static uint32_t *number_of_row(const HeldRows *rows, RowNumbers *numbers, uint32_t row)
{
    if (numbers->items == NULL) {
        numbers->items = heap_bytes(BATCH_ROWS * sizeof *numbers->items);
    }
    if (!numbers->is_used) {
        memset(numbers->items, 0, batch_rows(rows->batch) * sizeof *numbers->items);
        numbers->is_used = true;
    }
    return &numbers->items[row];
}

static uint32_t *number_of_code(KeyList *list, const Dictionary *dictionary, uint32_t code)
{
    if (list->epoch != dictionary_epoch(dictionary)) {
        list->epoch = dictionary_epoch(dictionary);
        list->code_count = 0;
    }
    if (code >= list->code_count) {
        size_t count = dictionary_count(dictionary);
        if (count > list->code_capacity) {
            list->codes = heap_grow(list->codes, &list->code_capacity, count, sizeof *list->codes);
        }
        memset(list->codes + list->code_count, 0, (count - list->code_count) * sizeof *list->codes);
        list->code_count = count;
    }
    return &list->codes[code];
}

uint32_t *held_rows_moment(HeldRows *rows, uint32_t query, uint32_t row)
{
    return number_of_row(rows, &rows->clocks[rows->clock_of[query]].rows, row);
}

uint32_t *held_rows_key(HeldRows *rows, uint32_t query, uint32_t slot, uint32_t row)
{
    KeyList *list = &rows->lists[rows->list_of[rows->first_of[query] + slot]];
    FieldId field = list->by_code ? list->keys[0].field : FIELD_NONE;
    const Dictionary *dictionary = list->by_code ? batch_dictionary(rows->batch, field) : NULL;
    const uint32_t *codes = dictionary == NULL ? NULL : batch_codes(rows->batch, field);
    return codes == NULL ? number_of_row(rows, &list->rows, row)
                         : number_of_code(list, dictionary, codes[row]);
}
