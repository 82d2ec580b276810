#pragma once
/* JsonBatch: rows of a batch from JSON texts, without the reader. */

#include "event/document.h"

static inline void json_batch_add(Batch *batch, Arena *arena, Str raw)
{
    const FieldTable *fields = batch_fields(batch);
    Document document;
    Err err;
    assert_true(document_parse(arena, raw, &document, &err));
    FieldSpan spans[64];
    uint32_t count = 0;
    for (FieldId field = 0; field < field_table_count(fields); field++) {
        const Json *found[4];
        uint32_t nodes = document_find(&document, field_table_get(fields, field)->path, found, 4);
        for (uint32_t i = 0; i < nodes; i++) {
            spans[count++] = (FieldSpan){field, (uint32_t)found[i]->raw.len, found[i]->raw.ptr};
        }
    }
    EventPlace place = {.line = batch_rows(batch) + 1};
    batch_add_row(batch, &place, raw, spans, count, (EventNames){0});
}
