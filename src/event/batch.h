#pragma once
/* Batch: up to BATCH_ROWS events as columns. The unit that everything above works on.
 *
 * Filling      batch_add_row for each event with the spans the reader found, then batch_encode once;
 *              then it is read only until batch_clear.
 * Lifetimes    belongs to one worker; dictionaries live on across batch_clear. Raw bytes are borrowed
 *              from the block that was read, until batch_let_go.
 * Bounds       rows, fewer when there are thousands of fields; dictionary bytes over all fields
 *              (`dictionary_budget`): past it, batch_clear starts the largest dictionaries anew and counts
 *              it. The codes that were got before then mean nothing any more (dictionary_epoch tells).
 * Late         a field whose values are mostly new costs most and is asked for least. Where the caller allows it,
 *              its values are kept as they are and get codes only for the rows that somebody names.
 * Names        the columns of FIELD_INDEX_PATH and FIELD_ID_PATH, when the table has them, hold what
 *              Document holds: what the caller names, else what the event says of itself, else what
 *              is derived. */

#include "event/dictionary.h"
#include "event/field.h"

#if defined(SHRIKE_TINY)
#define BATCH_ROWS 3
#else
#define BATCH_ROWS 16384 /* 8k to 64k measured the same; codes of a column stay in L2 */
#endif

/* Where an event stands in the inputs: what is needed to read it again, and its place in arrival order. */
typedef struct EventPlace {
    uint32_t input;  /* which input, in order of the command line */
    uint32_t len;    /* bytes of the whole document */
    uint64_t offset; /* of the document in that input, decompressed */
    uint64_t line;   /* from 1, for messages */
} EventPlace;

/* One field's value in one document: raw JSON bytes. A field met several times in a document (nested
 * and dotted, objects in arrays) has several spans, in order. */
typedef struct FieldSpan {
    FieldId field;
    uint32_t len;
    const char *ptr;
} FieldSpan;

typedef struct Batch Batch;

Batch *batch_new(const FieldTable *fields, size_t dictionary_budget);
void batch_free(Batch *batch);
/* For all its columns; with less than DICTIONARY_ALL, batch_clear starts them anew each time. Before the
 * first row. */
void batch_set_memory(Batch *batch, DictionaryMemory memory);
/* From now on a field with `many` new values or more in a batch is late in the next ones. Before the first row. */
void batch_allow_late(Batch *batch, uint32_t many);
void batch_clear(Batch *batch);

/* What stands beside an event or is told by the caller, as plain text; empty: the event's own word. */
typedef struct EventNames {
    Str index, id; /* borrowed during batch_add_row only */
} EventNames;

bool batch_full(const Batch *batch);
/* `raw` is the whole document; spans need not stay, what they point to must. */
void batch_add_row(Batch *batch, const EventPlace *place, Str raw, const FieldSpan *spans,
                   uint32_t span_count, EventNames names);
/* What rows were made of may go or change afterwards; only batch_raw still looks at it. */
void batch_let_go(Batch *batch);
void batch_encode(Batch *batch);

uint32_t batch_rows(const Batch *batch);
const FieldTable *batch_fields(const Batch *batch);
bool batch_has(const Batch *batch, FieldId field); /* some row has the field */
/* Codes of a FIELD_USE_VALUE field, one a row; NULL when no row of this batch has the field, or it is late. */
const uint32_t *batch_codes(const Batch *batch, FieldId field);
bool batch_is_late(const Batch *batch, FieldId field);
/* The codes of a late field, in these rows (a bitmap, base/bitmap.h; NULL: all); elsewhere those asked for before, else
 * 0. NULL when no row has the field. */
const uint32_t *batch_encode_rows(Batch *batch, FieldId field, const uint64_t *rows);
Dictionary *batch_dictionary(const Batch *batch, FieldId field);
/* The values of a field in a row: decoded once per distinct value where they have a code, else, for late fields
 * and those kept as spans only, decoded into the arena now. */
Values batch_values(const Batch *batch, Arena *arena, uint32_t row, FieldId field);
/* The field's raw JSON in a row (several spans: an array of them), borrowed until batch_clear; empty when the
 * row has none. */
Str batch_raw_value(const Batch *batch, uint32_t row, FieldId field);
const EventPlace *batch_place(const Batch *batch, uint32_t row);
/* The whole document, where the caller kept it. */
Str batch_raw(const Batch *batch, uint32_t row);

typedef struct BatchStats {
    uint64_t values;   /* encoded */
    uint64_t distinct; /* new dictionary entries */
    uint64_t dictionary_resets;
} BatchStats;
BatchStats batch_stats(const Batch *batch);
