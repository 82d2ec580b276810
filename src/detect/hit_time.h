#pragma once
/* HitTime: the time of an event by a query's timestamp field; and the times of a batch's rows in one field, nearly
 * always the same one for all queries: each is read once. */

#include "base/bitmap.h"
#include "event/batch.h"
#include "event/document.h"
#include "plan/plan.h"

/* The first date in the raw JSON of a timestamp field, whole to the nanosecond: as the field's own format says, ISO
 * text, epoch milliseconds as a number or as text. False when there is none. It leaves values in `scratch`. */
bool hit_time(const Field *field, Str raw, Arena *scratch, int64_t *ns);
/* The same by the document tree, so that the twin reads times its own way. */
bool hit_document_time(const Field *field, const Document *document, Arena *scratch, int64_t *ns);

typedef struct RowTimes {
    const Batch *batch;
    FieldId field; /* FIELD_NONE: nothing is known */
    Word known[BITMAP_WORDS(BATCH_ROWS)];
    Word found[BITMAP_WORDS(BATCH_ROWS)];
    int64_t ns[BATCH_ROWS];
} RowTimes;

void row_times_begin(RowTimes *times, const Batch *batch);
/* False when the row has none; *ns is 0 then. */
bool row_times_get(RowTimes *times, uint32_t row, FieldId field, Arena *scratch, int64_t *ns);
