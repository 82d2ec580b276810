#include "event/kept_values.h"

#include "base/heap.h"

void kept_values_done(KeptValues *kept)
{
    free(kept->items);
    *kept = (KeptValues){0};
}

void kept_values_add(KeptValues *kept, Buffer *bytes, const RawValue *values, size_t count)
{
    size_t wanted = kept->count + count;
    if (wanted > kept->capacity) {
        kept->items = heap_grow(kept->items, &kept->capacity, wanted, sizeof *kept->items);
    }
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len += values[i].len;
    }
    char *to = buffer_reserve(bytes, len);
    for (size_t i = 0; i < count; i++) {
        kept->items[kept->count + i] =
            (KeptValue){(size_t)(to - bytes->ptr), values[i].len, values[i].row};
        to = mempcpy(to, values[i].ptr, values[i].len);
    }
    bytes->len += len;
    kept->count = wanted;
}

/* Where every row before it has one, its place is its number; it never lies behind that. */
static size_t place_of(const KeptValues *kept, uint32_t row)
{
    size_t low = 0;
    size_t high = row < kept->count ? row : kept->count;
    if (high < kept->count && kept->items[high].row == row) {
        return high;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kept->items[middle].row < row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool kept_values_find(const KeptValues *kept, const Buffer *bytes, uint32_t row, Str *raw)
{
    size_t at = place_of(kept, row);
    if (at == kept->count || kept->items[at].row != row) {
        return false;
    }
    *raw = kept_value_raw(&kept->items[at], bytes);
    return true;
}
