#include "base/array.h"

#include <stdalign.h>

#define ARRAY_FIRST 8u

void *array_grow(Arena *arena, const void *items, uint32_t *capacity, size_t item_size)
{
    if (*capacity > UINT32_MAX / 2) {
        out_of_memory((size_t)*capacity * item_size);
    }
    uint32_t larger = *capacity == 0 ? ARRAY_FIRST : *capacity * 2;
    void *moved = arena_alloc(arena, larger, item_size, alignof(max_align_t));
    if (*capacity > 0) {
        memcpy(moved, items, *capacity * item_size);
    }
    *capacity = larger;
    return moved;
}
