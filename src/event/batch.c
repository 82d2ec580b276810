#include "event/batch.h"

#include "base/bitmap.h"
#include "base/heap.h"
#include "event/batch_names.h"
#include "event/field_values.h"
#include "event/kept_values.h"

/* Rows are encoded some at a time, column by column: few enough that what was just read is still in the
 * cache, enough that a dictionary pays for its coming there. */
#if defined(SHRIKE_TINY)
#define PENDING_ROWS  2
#define PENDING_SPANS 16
#else
#define PENDING_ROWS  1024
#define PENDING_SPANS 131072
#endif

/* Columns are as long as a batch is: when there are thousands, a batch has fewer rows. */
#define COLUMN_BYTES ((size_t)128 << 20)
#define FEWEST_ROWS  PENDING_ROWS

/* A field that is late stays so for some batches, twice as many each time it proves right, and is then tried again: for
 * two batches, since the first one fills a dictionary with what is new to it only because it was late. */
#if defined(SHRIKE_TINY)
#define FIRST_LATE 2u
#define LAST_LATE  8u
#else
#define FIRST_LATE 16u
#define LAST_LATE  256u
#endif
#define TRIED_BATCHES 2u

/* What is known of late values beside their bytes; bounds how many fields are late. */
#define LATE_BYTES ((size_t)32 << 20)

/* Late values get codes so many at a time. */
#define LATE_GROUP ((size_t)256)

#define NO_ROW UINT32_MAX

typedef struct Column {
    Dictionary *dictionary; /* NULL: kept as spans only */
    uint32_t *codes;        /* one a row; all zero until rows are encoded */
    uint32_t filled;        /* rows of this batch that have the field */
    uint32_t end_row;       /* behind the last of them */
    KeptValues kept;        /* without a dictionary, or late */
    bool is_late;
    uint32_t late_left;    /* batches; this one counts */
    uint32_t late_stretch; /* how many it will be the next time */
    uint32_t tried;        /* batches in a row in which it was not late */
    uint32_t known;        /* values in the dictionary before the batch */
    uint32_t pending;      /* while it is encoded: its spans */
    bool several;          /* some row has more than one of them */
    size_t from;           /* where its part of `sorted` begins */
} Column;

struct Batch {
    const FieldTable *fields;
    size_t dictionary_budget;
    uint32_t column_count;
    Column *columns;
    BatchNames *names;
    uint32_t late_from; /* so many new values make a field late; 0: none ever is */
    uint32_t late_count;
    uint32_t row_limit;
    uint32_t rows;
    EventPlace *places;
    Str *raws;
    uint32_t encoded_rows; /* the rows behind them are pending */
    FieldSpan *spans;      /* of the pending rows, in their order */
    size_t span_count, span_capacity;
    size_t span_ends[PENDING_ROWS];
    /* By field, and apart from all else that is known of columns: they are looked at for each span. */
    uint32_t *pending; /* how many of the spans */
    size_t *next;      /* where the next one goes in `sorted` */
    Str *sorted;       /* the same by field, then row */
    uint32_t *sorted_rows;
    size_t sorted_capacity, sorted_rows_capacity;
    uint32_t codes[PENDING_ROWS]; /* of one column while it is being encoded */
    Buffer merged;                /* arrays made of several spans, of one column */
    Buffer kept;                  /* bytes of kept spans */
    Arena *memory;                /* as long as the batch */
    BatchStats stats;
};

static uint32_t most_rows(uint32_t columns)
{
    size_t rows = COLUMN_BYTES / sizeof(uint32_t) / ((size_t)columns + 1);
    return rows < FEWEST_ROWS ? FEWEST_ROWS : rows < BATCH_ROWS ? (uint32_t)rows : BATCH_ROWS;
}

Batch *batch_new(const FieldTable *fields, size_t dictionary_budget)
{
    Arena *memory = arena_new();
    Batch *batch = ARENA_NEW(memory, Batch);
    batch->memory = memory;
    batch->fields = fields;
    batch->dictionary_budget = dictionary_budget;
    batch->column_count = field_table_count(fields);
    batch->row_limit = most_rows(batch->column_count);
    batch->columns = ARENA_MANY(memory, Column, batch->column_count);
    batch->pending = ARENA_MANY(memory, uint32_t, batch->column_count);
    batch->next = ARENA_MANY(memory, size_t, batch->column_count);
    batch->names = batch_names_new(memory, fields);
    batch->places = ARENA_MANY(memory, EventPlace, BATCH_ROWS);
    batch->raws = ARENA_MANY(memory, Str, BATCH_ROWS);
    for (FieldId field = 0; field < batch->column_count; field++) {
        const Field *what = field_table_get(fields, field);
        if ((what->uses & FIELD_USE_VALUE) != 0 && !batch_names_owns(batch->names, field)) {
            batch->columns[field].dictionary = dictionary_new(what);
            batch->columns[field].late_stretch = FIRST_LATE;
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
        kept_values_done(&batch->columns[field].kept);
    }
    batch_names_free(batch->names);
    free(batch->spans);
    free(batch->sorted);
    free(batch->sorted_rows);
    buffer_done(&batch->merged);
    buffer_done(&batch->kept);
    arena_free(batch->memory);
}

void batch_set_memory(Batch *batch, DictionaryMemory memory)
{
    for (FieldId field = 0; field < batch->column_count; field++) {
        if (batch->columns[field].dictionary != NULL) {
            dictionary_set_memory(batch->columns[field].dictionary, memory);
        }
    }
}

void batch_allow_late(Batch *batch, uint32_t many)
{
    batch->late_from = many;
}

static size_t values_bytes(const Batch *batch)
{
    size_t bytes = batch_names_bytes(batch->names);
    for (FieldId field = 0; field < batch->column_count; field++) {
        const Dictionary *dictionary = batch->columns[field].dictionary;
        bytes += dictionary == NULL ? 0 : dictionary_bytes(dictionary);
    }
    return bytes;
}

/* Of those with values; NULL: none. */
static Dictionary *largest_dictionary(const Batch *batch)
{
    Dictionary *largest = NULL;
    for (FieldId field = 0; field < batch->column_count; field++) {
        Dictionary *dictionary = batch->columns[field].dictionary;
        if (dictionary != NULL && dictionary_count(dictionary) > 1 &&
            (largest == NULL || dictionary_bytes(dictionary) > dictionary_bytes(largest))) {
            largest = dictionary;
        }
    }
    return largest;
}

/* Past the budget the largest dictionaries start anew until half of it is free: what small ones know is worth
 * more for its size. */
static void keep_to_budget(Batch *batch)
{
    size_t bytes = values_bytes(batch);
    Dictionary *largest = NULL;
    bool past = bytes > batch->dictionary_budget;
    while (past && bytes > batch->dictionary_budget / 2 &&
           (largest = largest_dictionary(batch)) != NULL) {
        bytes -= dictionary_bytes(largest);
        dictionary_reset(largest);
        bytes += dictionary_bytes(largest);
        batch->stats.dictionary_resets++;
    }
    if (bytes > batch->dictionary_budget) {
        batch_names_reset(batch->names);
    }
}

static void end_dictionaries(Batch *batch)
{
    for (FieldId field = 0; field < batch->column_count; field++) {
        if (batch->columns[field].dictionary != NULL) {
            dictionary_end_batch(batch->columns[field].dictionary);
        }
    }
}

/* ---- late fields ---- */

static void become_late(Batch *batch, Column *column)
{
    size_t most = LATE_BYTES / (sizeof(KeptValue) * batch->row_limit);
    if (batch->late_count < most) {
        column->is_late = true;
        column->late_left = column->late_stretch;
        column->late_stretch *= column->late_stretch < LAST_LATE ? 2 : 1;
        batch->late_count++;
    }
}

static void become_punctual(Batch *batch, Column *column)
{
    column->is_late = false;
    column->tried = 0;
    kept_values_done(&column->kept);
    batch->late_count--;
}

/* A field without a value in a batch says nothing. */
static void judge_lateness(Batch *batch, FieldId field)
{
    Column *column = &batch->columns[field];
    if (column->dictionary == NULL || column->filled == 0 || batch->late_from == 0) {
        return;
    }
    if (column->is_late) {
        if (--column->late_left == 0) {
            become_punctual(batch, column);
        }
        return;
    }
    bool many = dictionary_count(column->dictionary) - column->known >= batch->late_from;
    column->tried++;
    if (column->tried >= TRIED_BATCHES && many && !batch_names_asks(batch->names, field)) {
        become_late(batch, column);
    } else if (column->tried >= TRIED_BATCHES) {
        column->late_stretch = FIRST_LATE;
    }
}

void batch_clear(Batch *batch)
{
    for (FieldId field = 0; field < batch->column_count; field++) {
        Column *column = &batch->columns[field];
        if (column->codes != NULL) {
            memset(column->codes, 0, column->end_row * sizeof *column->codes);
        }
        judge_lateness(batch, field);
        column->filled = 0;
        column->end_row = 0;
        column->kept.count = 0;
        batch->pending[field] = 0;
    }
    batch_names_clear(batch->names);
    batch->rows = 0;
    batch->encoded_rows = 0;
    batch->span_count = 0;
    buffer_clear(&batch->kept);
    end_dictionaries(batch);
    keep_to_budget(batch);
    for (FieldId field = 0; field < batch->column_count; field++) {
        Column *column = &batch->columns[field];
        column->known = column->dictionary == NULL ? 0 : dictionary_count(column->dictionary);
    }
}

bool batch_full(const Batch *batch)
{
    return batch->rows == batch->row_limit;
}

static void lay_out(Batch *batch)
{
    size_t at = 1;
    for (FieldId field = 0; field < batch->column_count; field++) {
        batch->columns[field].from = at;
        batch->next[field] = at;
        /* Columns that all rows have would all begin a power of two apart and push each other out of the
         * cache; a gap of another size behind each keeps them apart. */
        at += batch->pending[field] == 0 ? 0 : batch->pending[field] + 20 + field % 13 * 4;
    }
    if (at > batch->sorted_capacity) {
        batch->sorted =
            heap_grow(batch->sorted, &batch->sorted_capacity, at, sizeof *batch->sorted);
        batch->sorted_rows = heap_grow(batch->sorted_rows, &batch->sorted_rows_capacity, at,
                                       sizeof *batch->sorted_rows);
    }
    for (FieldId field = 0; field < batch->column_count; field++) {
        batch->sorted_rows[batch->columns[field].from - 1] = NO_ROW;
    }
}

static void sort_spans(Batch *batch)
{
    lay_out(batch);
    size_t at = 0;
    for (uint32_t row = batch->encoded_rows; row < batch->rows; row++) {
        size_t end = batch->span_ends[row - batch->encoded_rows];
        for (; at < end; at++) {
            const FieldSpan *span = &batch->spans[at];
            size_t to = batch->next[span->field]++;
            batch->sorted[to] = (Str){span->ptr, span->len};
            batch->sorted_rows[to] = row;
            if (batch->sorted_rows[to - 1] == row) {
                batch->columns[span->field].several = true;
            }
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
    for (size_t i = 0; i < column->pending; i++) {
        most += raws[i].len + 2;
    }
    buffer_clear(&batch->merged);
    char *room = buffer_reserve(&batch->merged, most);
    uint32_t kept = 0;
    for (size_t i = 0, next; i < column->pending; i = next) {
        next = row_end(rows, column->pending, i);
        rows[kept] = rows[i];
        raws[kept] = next - i == 1 ? raws[i] : write_array(room, raws + i, next - i);
        room += next - i == 1 ? 0 : raws[kept].len;
        kept++;
    }
    column->pending = kept;
    column->several = false;
}

static void make_codes(Batch *batch, Column *column)
{
    if (column->codes == NULL) {
        column->codes = ARENA_MANY(batch->memory, uint32_t, batch->row_limit);
    }
}

/* `into` the codes themselves where the rows follow each other, else a place for them. */
static void encode(Batch *batch, Column *column, const Str *raws, size_t count, uint32_t *into)
{
    uint32_t before = dictionary_count(column->dictionary);
    dictionary_codes(column->dictionary, raws, count, into);
    batch->stats.values += count;
    batch->stats.distinct += dictionary_count(column->dictionary) - before;
}

static void encode_now(Batch *batch, Column *column, const Str *raws, const uint32_t *rows)
{
    make_codes(batch, column);
    if (column->pending == batch->rows - batch->encoded_rows) {
        encode(batch, column, raws, column->pending, column->codes + rows[0]);
        return;
    }
    encode(batch, column, raws, column->pending, batch->codes);
    for (size_t i = 0; i < column->pending; i++) {
        column->codes[rows[i]] = batch->codes[i];
    }
}

static void encode_column(Batch *batch, FieldId field)
{
    Column *column = &batch->columns[field];
    const Str *raws = batch->sorted + column->from;
    const uint32_t *rows = batch->sorted_rows + column->from;
    if (batch_names_owns(batch->names, field)) {
        batch_names_say(batch->names, field, raws, rows, column->pending);
        column->several = false;
        return;
    }
    if (column->several) {
        merge_rows(batch, column);
    }
    if (column->dictionary != NULL && !column->is_late) {
        encode_now(batch, column, raws, rows);
    } else {
        kept_values_add(&column->kept, &batch->kept, raws, rows, column->pending);
    }
    column->filled += column->pending;
    column->end_row = rows[column->pending - 1] + 1;
}

static void encode_pending(Batch *batch)
{
    sort_spans(batch);
    for (FieldId field = 0; field < batch->column_count; field++) {
        if (batch->pending[field] > 0) {
            batch->columns[field].pending = batch->pending[field];
            encode_column(batch, field);
            batch->pending[field] = 0;
        }
    }
    batch_names_finish_ids(batch->names, batch, batch->encoded_rows);
    batch->encoded_rows = batch->rows;
    batch->span_count = 0;
}

void batch_add_row(Batch *batch, const EventPlace *place, Str raw, const FieldSpan *spans,
                   uint32_t span_count, EventNames names)
{
    assert(batch->rows < batch->row_limit);
    size_t wanted = batch->span_count + span_count;
    if (wanted > batch->span_capacity) {
        batch->spans = heap_grow(batch->spans, &batch->span_capacity, wanted, sizeof *batch->spans);
    }
    for (uint32_t i = 0; i < span_count; i++) {
        assert(spans[i].field < batch->column_count);
        batch->pending[spans[i].field]++;
        batch->spans[batch->span_count + i] = spans[i];
    }
    batch->span_count = wanted;
    batch->span_ends[batch->rows - batch->encoded_rows] = wanted;
    batch->places[batch->rows] = *place;
    batch->raws[batch->rows] = raw;
    batch_names_add(batch->names, batch->rows, names);
    batch->rows++;
    if (batch->rows - batch->encoded_rows == PENDING_ROWS || wanted >= PENDING_SPANS) {
        encode_pending(batch);
    }
}

void batch_let_go(Batch *batch)
{
    encode_pending(batch);
}

void batch_encode(Batch *batch)
{
    encode_pending(batch);
    batch_names_finish(batch->names, batch);
}

bool batch_is_late(const Batch *batch, FieldId field)
{
    assert(field < batch->column_count);
    return batch->columns[field].is_late;
}

typedef struct LateGroup {
    Str raws[LATE_GROUP];
    uint32_t rows[LATE_GROUP];
    uint32_t codes[LATE_GROUP];
    size_t count;
} LateGroup;

static void encode_group(Batch *batch, Column *column, LateGroup *group)
{
    encode(batch, column, group->raws, group->count, group->codes);
    for (size_t i = 0; i < group->count; i++) {
        column->codes[group->rows[i]] = group->codes[i];
    }
    group->count = 0;
}

const uint32_t *batch_encode_rows(Batch *batch, FieldId field, const Word *rows)
{
    assert(batch_is_late(batch, field));
    Column *column = &batch->columns[field];
    if (column->filled == 0) {
        return NULL;
    }
    LateGroup group;
    group.count = 0;
    make_codes(batch, column);
    for (size_t i = 0; i < column->kept.count; i++) {
        const KeptValue *value = &column->kept.items[i];
        if (column->codes[value->row] != 0 || (rows != NULL && !bitmap_get(rows, value->row))) {
            continue;
        }
        group.raws[group.count] = kept_value_raw(value, &batch->kept);
        group.rows[group.count++] = value->row;
        if (group.count == LATE_GROUP) {
            encode_group(batch, column, &group);
        }
    }
    encode_group(batch, column, &group);
    return column->codes;
}

uint32_t batch_rows(const Batch *batch)
{
    return batch->rows;
}

const FieldTable *batch_fields(const Batch *batch)
{
    return batch->fields;
}

bool batch_has(const Batch *batch, FieldId field)
{
    assert(field < batch->column_count);
    return batch_names_owns(batch->names, field) ? batch_names_codes(batch->names, field) != NULL
                                                 : batch->columns[field].filled > 0;
}

const uint32_t *batch_codes(const Batch *batch, FieldId field)
{
    assert(field < batch->column_count);
    if (batch_names_owns(batch->names, field)) {
        return batch_names_codes(batch->names, field);
    }
    const Column *column = &batch->columns[field];
    return column->filled == 0 || column->is_late ? NULL : column->codes;
}

Dictionary *batch_dictionary(const Batch *batch, FieldId field)
{
    assert(field < batch->column_count);
    return batch_names_owns(batch->names, field) ? batch_names_dictionary(batch->names, field)
                                                 : batch->columns[field].dictionary;
}

/* 0 where there is none, be it that the field is late and nobody asked. */
static uint32_t code_of(const Batch *batch, FieldId field, uint32_t row)
{
    const uint32_t *codes =
        batch_is_late(batch, field) ? batch->columns[field].codes : batch_codes(batch, field);
    return codes == NULL ? 0 : codes[row];
}

static bool find_kept(const Batch *batch, FieldId field, uint32_t row, Str *raw)
{
    return kept_values_find(&batch->columns[field].kept, &batch->kept, row, raw);
}

Values batch_values(const Batch *batch, Arena *arena, uint32_t row, FieldId field)
{
    assert(row < batch->rows);
    uint32_t code = code_of(batch, field, row);
    if (code != 0) {
        return *dictionary_values(batch_dictionary(batch, field), code);
    }
    Str raw;
    if (!find_kept(batch, field, row, &raw)) {
        return (Values){0};
    }
    return field_values(arena, field_table_get(batch->fields, field), raw);
}

Str batch_raw_value(const Batch *batch, uint32_t row, FieldId field)
{
    assert(row < batch->rows);
    uint32_t code = code_of(batch, field, row);
    if (code != 0) {
        return dictionary_raw(batch_dictionary(batch, field), code);
    }
    Str raw = {0};
    (void)find_kept(batch, field, row, &raw);
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
