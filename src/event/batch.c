#include "event/batch.h"

#include "event/batch_names.h"
#include "event/heap.h"

typedef struct Column {
    Dictionary *dictionary; /* NULL: kept as spans only */
    uint32_t *codes;        /* one a row; all zero outside batch_encode .. batch_clear */
    size_t count;           /* spans of this batch; after encoding: rows */
    size_t from;            /* where its part of `sorted` begins */
    bool several;           /* some row has more than one span */
} Column;

struct Batch {
    const FieldTable *fields;
    size_t dictionary_budget;
    uint32_t column_count;
    Column *columns;
    BatchNames *names;
    uint32_t rows;
    EventPlace *places;
    Str *raws;
    size_t *span_ends; /* one a row */
    FieldSpan *spans;  /* in the order of rows */
    size_t span_count, span_capacity;
    Str *sorted; /* by field, then row */
    uint32_t *sorted_rows;
    size_t sorted_capacity, sorted_rows_capacity;
    uint32_t *codes; /* of one column while it is being encoded */
    Buffer merged;   /* arrays made of several spans, of one column */
    Arena *memory;   /* as long as the batch */
    Arena *until_clear;
    BatchStats stats;
};

Batch *batch_new(const FieldTable *fields, size_t dictionary_budget)
{
    Arena *memory = arena_new();
    Batch *batch = ARENA_NEW(memory, Batch);
    batch->memory = memory;
    batch->until_clear = arena_new();
    batch->fields = fields;
    batch->dictionary_budget = dictionary_budget;
    batch->column_count = field_table_count(fields);
    batch->columns = ARENA_MANY(memory, Column, batch->column_count);
    batch->names = batch_names_new(memory, fields);
    batch->places = ARENA_MANY(memory, EventPlace, BATCH_ROWS);
    batch->raws = ARENA_MANY(memory, Str, BATCH_ROWS);
    batch->span_ends = ARENA_MANY(memory, size_t, BATCH_ROWS);
    batch->codes = ARENA_MANY(memory, uint32_t, BATCH_ROWS);
    for (FieldId field = 0; field < batch->column_count; field++) {
        const Field *what = field_table_get(fields, field);
        if ((what->uses & FIELD_USE_VALUE) != 0 && !batch_names_owns(batch->names, field)) {
            batch->columns[field].dictionary = dictionary_new(what);
        }
    }
    return batch;
}

void batch_free(Batch *batch)
{
    if (batch == NULL) {
        return;
    }
    for (FieldId field = 0; field < batch->column_count; field++) {
        dictionary_free(batch->columns[field].dictionary);
    }
    batch_names_free(batch->names);
    free(batch->spans);
    free(batch->sorted);
    free(batch->sorted_rows);
    buffer_done(&batch->merged);
    arena_free(batch->until_clear);
    arena_free(batch->memory);
}

static bool past_budget(const Batch *batch)
{
    size_t bytes = batch_names_bytes(batch->names);
    for (FieldId field = 0; field < batch->column_count; field++) {
        const Dictionary *dictionary = batch->columns[field].dictionary;
        bytes += dictionary == NULL ? 0 : dictionary_bytes(dictionary);
    }
    return bytes > batch->dictionary_budget;
}

static void reset_dictionaries(Batch *batch)
{
    for (FieldId field = 0; field < batch->column_count; field++) {
        if (batch->columns[field].dictionary != NULL) {
            dictionary_reset(batch->columns[field].dictionary);
        }
    }
    batch_names_reset(batch->names);
    batch->stats.dictionary_resets++;
}

/* Zeroes the codes: row by row where few rows have one. */
static void clear_column(const Batch *batch, Column *column)
{
    if (column->codes != NULL && column->count < batch->rows / 8) {
        const uint32_t *rows = batch->sorted_rows + column->from;
        for (size_t i = 0; i < column->count; i++) {
            column->codes[rows[i]] = 0;
        }
    } else if (column->codes != NULL && column->count > 0) {
        memset(column->codes, 0, batch->rows * sizeof *column->codes);
    }
    column->count = 0;
    column->several = false;
}

void batch_clear(Batch *batch)
{
    for (FieldId field = 0; field < batch->column_count; field++) {
        clear_column(batch, &batch->columns[field]);
    }
    batch_names_clear(batch->names);
    batch->rows = 0;
    batch->span_count = 0;
    arena_reset(batch->until_clear);
    if (past_budget(batch)) {
        reset_dictionaries(batch);
    }
}

bool batch_full(const Batch *batch)
{
    return batch->rows == BATCH_ROWS || batch->span_count >= BATCH_SPANS;
}

void batch_add_row(Batch *batch, const EventPlace *place, Str raw, const FieldSpan *spans,
                   uint32_t span_count, EventNames names)
{
    assert(batch->rows < BATCH_ROWS);
    size_t wanted = batch->span_count + span_count;
    if (wanted > batch->span_capacity) {
        batch->spans = heap_grow(batch->spans, &batch->span_capacity, wanted, sizeof *batch->spans);
    }
    for (uint32_t i = 0; i < span_count; i++) {
        assert(spans[i].field < batch->column_count);
        batch->columns[spans[i].field].count++;
        batch->spans[batch->span_count + i] = spans[i];
    }
    batch->span_count = wanted;
    batch->span_ends[batch->rows] = wanted;
    batch->places[batch->rows] = *place;
    batch->raws[batch->rows] = raw;
    batch_names_add(batch->names, batch->rows, names);
    batch->rows++;
}

/* Columns of a full batch would all begin a power of two apart and push each other out of the
 * cache; a different gap behind each keeps them apart. */
static size_t gap_behind(FieldId field)
{
    return 20 + field % 13 * 4;
}

static void lay_out(Batch *batch)
{
    size_t at = 0;
    for (FieldId field = 0; field < batch->column_count; field++) {
        Column *column = &batch->columns[field];
        column->from = at;
        at += column->count == 0 ? 0 : column->count + gap_behind(field);
        column->count = 0;
    }
    if (at > batch->sorted_capacity) {
        batch->sorted =
            heap_grow(batch->sorted, &batch->sorted_capacity, at, sizeof *batch->sorted);
        batch->sorted_rows = heap_grow(batch->sorted_rows, &batch->sorted_rows_capacity, at,
                                       sizeof *batch->sorted_rows);
    }
}

static void sort_spans(Batch *batch)
{
    lay_out(batch);
    size_t at = 0;
    for (uint32_t row = 0; row < batch->rows; row++) {
        for (; at < batch->span_ends[row]; at++) {
            const FieldSpan *span = &batch->spans[at];
            Column *column = &batch->columns[span->field];
            size_t to = column->from + column->count;
            column->several |= column->count > 0 && batch->sorted_rows[to - 1] == row;
            column->count++;
            batch->sorted[to] = (Str){span->ptr, span->len};
            batch->sorted_rows[to] = row;
        }
    }
}

static size_t row_end(const uint32_t *rows, size_t count, size_t from)
{
    size_t to = from + 1;
    while (to < count && rows[to] == rows[from]) {
        to++;
    }
    return to;
}

static Str write_array(char *to, const Str *raws, size_t count)
{
    char *at = to;
    for (size_t i = 0; i < count; i++) {
        *at++ = i == 0 ? '[' : ',';
        at = mempcpy(at, raws[i].ptr, raws[i].len);
    }
    *at++ = ']';
    return (Str){to, (size_t)(at - to)};
}

/* One raw value a row: several spans become an array of them. */
static void merge_rows(Batch *batch, Column *column)
{
    Str *raws = batch->sorted + column->from;
    uint32_t *rows = batch->sorted_rows + column->from;
    size_t most = 0;
    for (size_t i = 0; i < column->count; i++) {
        most += raws[i].len + 2;
    }
    /* A dictionary copies what is new to it; spans have to stay. */
    buffer_clear(&batch->merged);
    char *room = column->dictionary != NULL ? buffer_reserve(&batch->merged, most)
                                            : ARENA_MANY(batch->until_clear, char, most);
    size_t kept = 0;
    for (size_t i = 0, next; i < column->count; i = next) {
        next = row_end(rows, column->count, i);
        rows[kept] = rows[i];
        raws[kept] = next - i == 1 ? raws[i] : write_array(room, raws + i, next - i);
        room += next - i == 1 ? 0 : raws[kept].len;
        kept++;
    }
    column->count = kept;
}

static void encode(Batch *batch, Column *column)
{
    const Str *raws = batch->sorted + column->from;
    const uint32_t *rows = batch->sorted_rows + column->from;
    if (column->codes == NULL) {
        column->codes = ARENA_MANY(batch->memory, uint32_t, BATCH_ROWS);
    }
    uint32_t before = dictionary_count(column->dictionary);
    if (column->count == batch->rows) {
        dictionary_codes(column->dictionary, raws, column->count, column->codes);
    } else {
        dictionary_codes(column->dictionary, raws, column->count, batch->codes);
        for (size_t i = 0; i < column->count; i++) {
            column->codes[rows[i]] = batch->codes[i];
        }
    }
    batch->stats.values += column->count;
    batch->stats.distinct += dictionary_count(column->dictionary) - before;
}

void batch_encode(Batch *batch)
{
    sort_spans(batch);
    for (FieldId field = 0; field < batch->column_count; field++) {
        Column *column = &batch->columns[field];
        if (column->count == 0) {
            continue;
        }
        if (batch_names_owns(batch->names, field)) {
            batch_names_say(batch->names, field, batch->sorted + column->from,
                            batch->sorted_rows + column->from, column->count);
            continue;
        }
        if (column->several) {
            merge_rows(batch, column);
        }
        if (column->dictionary != NULL) {
            encode(batch, column);
        }
    }
    batch_names_finish(batch->names, batch);
}

uint32_t batch_rows(const Batch *batch)
{
    return batch->rows;
}

const FieldTable *batch_fields(const Batch *batch)
{
    return batch->fields;
}

const uint32_t *batch_codes(const Batch *batch, FieldId field)
{
    assert(field < batch->column_count);
    if (batch_names_owns(batch->names, field)) {
        return batch_names_codes(batch->names, field);
    }
    return batch->columns[field].count == 0 ? NULL : batch->columns[field].codes;
}

Dictionary *batch_dictionary(const Batch *batch, FieldId field)
{
    assert(field < batch->column_count);
    return batch_names_owns(batch->names, field) ? batch_names_dictionary(batch->names, field)
                                                 : batch->columns[field].dictionary;
}

/* The span of a row, by halving: rows ascend. */
static bool find_span(const Batch *batch, const Column *column, uint32_t row, Str *raw)
{
    const uint32_t *rows = batch->sorted_rows + column->from;
    size_t low = 0;
    for (size_t high = column->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (rows[middle] < row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == column->count || rows[low] != row) {
        return false;
    }
    *raw = batch->sorted[column->from + low];
    return true;
}

Values batch_values(const Batch *batch, Arena *arena, uint32_t row, FieldId field)
{
    assert(row < batch->rows);
    Dictionary *dictionary = batch_dictionary(batch, field);
    if (dictionary != NULL) {
        const uint32_t *codes = batch_codes(batch, field);
        return codes == NULL ? (Values){0} : *dictionary_values(dictionary, codes[row]);
    }
    Str raw;
    if (!find_span(batch, &batch->columns[field], row, &raw)) {
        return (Values){0};
    }
    const Field *what = field_table_get(batch->fields, field);
    return value_from_json(arena, raw, what->type, what->null_value, what->has_null_value);
}

Str batch_raw_value(const Batch *batch, uint32_t row, FieldId field)
{
    assert(row < batch->rows);
    const Dictionary *dictionary = batch_dictionary(batch, field);
    if (dictionary != NULL) {
        const uint32_t *codes = batch_codes(batch, field);
        return codes == NULL ? (Str){0} : dictionary_raw(dictionary, codes[row]);
    }
    Str raw = {0};
    (void)find_span(batch, &batch->columns[field], row, &raw);
    return raw;
}

const EventPlace *batch_place(const Batch *batch, uint32_t row)
{
    assert(row < batch->rows);
    return &batch->places[row];
}

Str batch_raw(const Batch *batch, uint32_t row)
{
    assert(row < batch->rows);
    return batch->raws[row];
}

BatchStats batch_stats(const Batch *batch)
{
    return batch->stats;
}
