#pragma once
/* Heap: lists that grow by doubling, for owners that reuse them over and over. */

#include "base/base.h"

/* Room for `wanted` items: `items` itself or its moved copy; *capacity is told anew. */
static inline void *heap_grow(void *items, size_t *capacity, size_t wanted, size_t item_size)
{
    size_t larger = *capacity < 16 ? 16 : *capacity;
    while (larger < wanted) {
        larger *= 2;
    }
    void *moved = larger > SIZE_MAX / 4 / item_size ? NULL : realloc(items, larger * item_size);
    if (moved == NULL) {
        out_of_memory(larger);
    }
    *capacity = larger;
    return moved;
}
