#include "event/batch.h"

#include "base/bitmap.h"
#include "base/heap.h"
#include "event/batch_names.h"
#include "event/field_values.h"
#include "event/intake.h"
#include "event/kept_values.h"
#include "event/lateness.h"

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

/* What is known of late values beside their bytes; bounds how many fields are late. */
#define LATE_BYTES ((size_t)32 << 20)

/* Late values get codes so many at a time. */
#define LATE_GROUP ((size_t)256)

/* Room for waiting values that is kept from one time to the next, over all fields. */
#define INTAKE_BYTES ((size_t)16 << 20)
#define INTAKE_LEAST 256u

typedef struct Column {
    Dictionary *dictionary; /* NULL: kept as spans only */
    uint32_t *codes;        /* one a row; all zero until rows are encoded */
    KeptValues kept;        /* without a dictionary, or late */
    Lateness lateness;
    uint32_t known; /* values in the dictionary before the batch */
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
    Intake *intakes;              /* by field */
    uint32_t intake_room;         /* waiting values of a field that room is kept for */
    uint32_t encoded_rows;        /* the rows behind them are pending */
    size_t waiting;               /* spans of the pending rows */
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
    batch->intakes = ARENA_MANY(memory, Intake, batch->column_count);
    batch->intake_room =
        (uint32_t)(INTAKE_BYTES / sizeof(RawValue) / ((size_t)batch->column_count + 1));
    batch->names = batch_names_new(memory, fields);
    batch->places = ARENA_MANY(memory, EventPlace, BATCH_ROWS);
    batch->raws = ARENA_MANY(memory, Str, BATCH_ROWS);
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
        kept_values_done(&batch->columns[field].kept);
        intake_done(&batch->intakes[field]);
    }
    batch_names_free(batch->names);
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

static void make_codes(Batch *batch, Column *column)
{
    if (column->codes == NULL) {
        column->codes = ARENA_MANY(batch->memory, uint32_t, batch->row_limit);
    }
}

/* Told before the dictionary ends its batch, for then it may forget. */
static void judge_lateness(Batch *batch, FieldId field)
{
    Column *column = &batch->columns[field];
    bool was_late = column->lateness.is_late;
    bool may = was_late || batch->late_count < LATE_BYTES / sizeof(KeptValue) / batch->row_limit;
    if (batch->late_from == 0 || batch->intakes[field].end_row == 0 || !may ||
        batch_names_asks(batch->names, field)) {
        return;
    }
    uint32_t news = dictionary_count(column->dictionary) - column->known;
    lateness_end_batch(&column->lateness, news >= batch->late_from);
    batch->late_count += column->lateness.is_late;
    batch->late_count -= was_late;
    if (was_late && !column->lateness.is_late) {
        kept_values_done(&column->kept);
    }
}

static void end_column(Batch *batch, FieldId field)
{
    Column *column = &batch->columns[field];
    Intake *intake = &batch->intakes[field];
    if (column->codes != NULL) {
        memset(column->codes, 0, intake->end_row * sizeof *column->codes);
    }
    if (column->dictionary != NULL) {
        judge_lateness(batch, field);
        batch->stats.distinct += dictionary_count(column->dictionary) - column->known;
        batch->stats.values += intake->repeats + (uint64_t)intake->changes;
        dictionary_add_repeats(column->dictionary, intake->repeats);
        dictionary_end_batch(column->dictionary);
    }
    column->kept.count = 0;
    intake->count = 0;
    intake->end_row = 0;
}

static void begin_column(Batch *batch, FieldId field)
{
    Column *column = &batch->columns[field];
    Intake *intake = &batch->intakes[field];
    if (column->dictionary != NULL) {
        column->known = dictionary_count(column->dictionary);
        bool still = intake->repeats >= intake->changes;
        intake->in_runs =
            still && !column->lateness.is_late && dictionary_has_runs(column->dictionary);
    }
    if (intake->in_runs) {
        make_codes(batch, column);
    }
    intake->codes = column->codes;
    intake->run_code = 0;
    intake->run_len = UINT32_MAX;
    intake->repeats = 0;
    intake->changes = 0;
}

void batch_clear(Batch *batch)
{
    for (FieldId field = 0; field < batch->column_count; field++) {
        end_column(batch, field);
    }
    batch_names_clear(batch->names);
    batch->rows = 0;
    batch->encoded_rows = 0;
    batch->waiting = 0;
    buffer_clear(&batch->kept);
    keep_to_budget(batch);
    for (FieldId field = 0; field < batch->column_count; field++) {
        begin_column(batch, field);
    }
}

bool batch_full(const Batch *batch)
{
    return batch->rows == batch->row_limit;
}

/* ---- encoding ---- */

/* `into` the codes themselves where the rows follow each other, else a place for them. */
static void encode(Batch *batch, Column *column, const RawValue *values, size_t count,
                   uint32_t *into)
{
    dictionary_codes(column->dictionary, values, count, into);
    batch->stats.values += count;
}

static void encode_now(Batch *batch, Column *column, const RawValue *values, size_t count)
{
    make_codes(batch, column);
    if (count == batch->rows - batch->encoded_rows) {
        encode(batch, column, values, count, column->codes + values[0].row);
        return;
    }
    encode(batch, column, values, count, batch->codes);
    for (size_t i = 0; i < count; i++) {
        column->codes[values[i].row] = batch->codes[i];
    }
}

static void encode_field(Batch *batch, FieldId field)
{
    Column *column = &batch->columns[field];
    Intake *intake = &batch->intakes[field];
    if (batch_names_owns(batch->names, field)) {
        batch_names_say(batch->names, field, intake->waiting, intake->count);
        return;
    }
    if (intake->several) {
        intake_merge(intake, &batch->merged);
    }
    if (column->dictionary != NULL && !column->lateness.is_late) {
        encode_now(batch, column, intake->waiting, intake->count);
    } else {
        kept_values_add(&column->kept, &batch->kept, intake->waiting, intake->count);
    }
    intake->end_row = intake->waiting[intake->count - 1].row + 1 > intake->end_row
                          ? intake->waiting[intake->count - 1].row + 1
                          : intake->end_row;
}

static void encode_pending(Batch *batch)
{
    for (FieldId field = 0; field < batch->column_count; field++) {
        Intake *intake = &batch->intakes[field];
        if (intake->count > 0) {
            encode_field(batch, field);
            intake->count = 0;
            intake->several = false;
        }
        if (intake->capacity > batch->intake_room && intake->capacity > INTAKE_LEAST) {
            intake_done(intake);
        }
    }
    batch_names_finish_ids(batch->names, batch, batch->encoded_rows);
    batch->encoded_rows = batch->rows;
    batch->waiting = 0;
}

/* A field in runs whose value is another one, or that has several spans in the row: these wait. */
static void change_run(Batch *batch, FieldId field, RawValue value)
{
    Intake *intake = &batch->intakes[field];
    Dictionary *dictionary = batch->columns[field].dictionary;
    uint32_t code = intake->codes[value.row];
    bool waits = intake->count > 0 && intake->waiting[intake->count - 1].row == value.row;
    if (code == 0 && !waits) {
        code = dictionary_code(dictionary, (Str){value.ptr, value.len});
        Str run = dictionary_raw(dictionary, code);
        intake->codes[value.row] = code;
        intake->run = run.ptr;
        intake->run_len = (uint32_t)run.len;
        intake->run_code = code;
        intake->changes++;
        return;
    }
    if (code != 0) {
        Str first = dictionary_raw(dictionary, code);
        intake->codes[value.row] = 0;
        intake_wait(intake, (RawValue){first.ptr, (uint32_t)first.len, value.row}, field);
    }
    intake_wait(intake, value, field);
}

static void take_span(Batch *batch, const FieldSpan *span)
{
    assert(span->field < batch->column_count);
    Intake *intake = &batch->intakes[span->field];
    RawValue value = {span->ptr, span->len, batch->rows};
    if (!intake->in_runs) {
        intake_wait(intake, value, span->field);
        return;
    }
    intake->end_row = value.row + 1;
    if (!intake_repeats(intake, &value)) {
        change_run(batch, span->field, value);
    }
}

void batch_add_row(Batch *batch, const EventPlace *place, Str raw, const FieldSpan *spans,
                   uint32_t span_count, EventNames names)
{
    assert(batch->rows < batch->row_limit);
    for (uint32_t i = 0; i < span_count; i++) {
        take_span(batch, &spans[i]);
    }
    batch->waiting += span_count;
    batch->places[batch->rows] = *place;
    batch->raws[batch->rows] = raw;
    batch_names_add(batch->names, batch->rows, names);
    batch->rows++;
    if (batch->rows - batch->encoded_rows == PENDING_ROWS || batch->waiting >= PENDING_SPANS) {
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
    return batch->columns[field].lateness.is_late;
}

typedef struct LateGroup {
    RawValue values[LATE_GROUP];
    uint32_t codes[LATE_GROUP];
    size_t count;
} LateGroup;

static void encode_group(Batch *batch, Column *column, LateGroup *group)
{
    encode(batch, column, group->values, group->count, group->codes);
    for (size_t i = 0; i < group->count; i++) {
        column->codes[group->values[i].row] = group->codes[i];
    }
    group->count = 0;
}

const uint32_t *batch_encode_rows(Batch *batch, FieldId field, const Word *rows)
{
    assert(batch_is_late(batch, field));
    Column *column = &batch->columns[field];
    if (batch->intakes[field].end_row == 0) {
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
        group.values[group.count++] =
            (RawValue){kept_value_raw(value, &batch->kept).ptr, value->len, value->row};
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
                                                 : batch->intakes[field].end_row > 0;
}

const uint32_t *batch_codes(const Batch *batch, FieldId field)
{
    assert(field < batch->column_count);
    if (batch_names_owns(batch->names, field)) {
        return batch_names_codes(batch->names, field);
    }
    const Column *column = &batch->columns[field];
    return batch->intakes[field].end_row == 0 || column->lateness.is_late ? NULL : column->codes;
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
