#include "detect/hit_time.h"

#include "base/timestamp.h"
#include "event/field_values.h"

static bool first_date(const Values *values, int64_t *ns)
{
    for (uint32_t i = 0; i < values->count; i++) {
        if (values->items[i].kind == VALUE_DATE) {
            *ns = values->items[i].integer;
            return true;
        }
    }
    return false;
}

bool hit_time(const Field *field, Str raw, Arena *scratch, int64_t *ns)
{
    /* The usual way: one ISO text. */
    if (field->date_format.len == 0 && raw.len > 2 && raw.ptr[0] == '"' &&
        timestamp_parse(str_slice(raw, 1, raw.len - 1), ns)) {
        return true;
    }
    Field precise = {.type = FIELD_DATE_NANOS, .date_format = field->date_format};
    Values values = field_values(scratch, &precise, raw);
    return first_date(&values, ns);
}

bool hit_document_time(const Field *field, const Document *document, Arena *scratch, int64_t *ns)
{
    Field precise = {
        .path = field->path, .type = FIELD_DATE_NANOS, .date_format = field->date_format};
    Values values = document_values(scratch, document, &precise);
    return first_date(&values, ns);
}

void row_times_begin(RowTimes *times, const Batch *batch)
{
    times->batch = batch;
    times->field = FIELD_NONE;
}

bool row_times_get(RowTimes *times, uint32_t row, FieldId id, Arena *scratch, int64_t *ns)
{
    if (times->field != id) {
        times->field = id;
        bitmap_clear_all(times->known, BATCH_ROWS);
        bitmap_clear_all(times->found, BATCH_ROWS);
    }
    if (!bitmap_get(times->known, row)) {
        const Field *field = field_table_get(batch_fields(times->batch), id);
        Str raw = batch_raw_value(times->batch, row, id);
        bitmap_set(times->known, row);
        times->ns[row] = 0;
        if (hit_time(field, raw, scratch, &times->ns[row])) {
            bitmap_set(times->found, row);
        }
    }
    *ns = times->ns[row];
    return bitmap_get(times->found, row);
}
