#pragma once
/* KeptValues: raw values of one field, kept as they are, a row after the other. The bytes of many fields share one
 * buffer, which must not be cleared before all of them are. */

#include "base/buffer.h"
#include "event/dictionary.h"

typedef struct KeptValue {
    size_t at; /* in the buffer */
    uint32_t len;
    uint32_t row;
} KeptValue;

typedef struct KeptValues {
    KeptValue *items; /* in order of rows */
    size_t count, capacity;
} KeptValues;

void kept_values_done(KeptValues *kept);
/* Rows ascend, and lie behind those that are there. */
void kept_values_add(KeptValues *kept, Buffer *bytes, const RawValue *values, size_t count);
/* Borrowed until the next one is added; false when the row has none. */
bool kept_values_find(const KeptValues *kept, const Buffer *bytes, uint32_t row, Str *raw);

static inline Str kept_value_raw(const KeptValue *value, const Buffer *bytes)
{
    return (Str){bytes->ptr + value->at, value->len};
}
