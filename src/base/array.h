#pragma once
/* Array: a list that grows inside an arena. Declare it with ARRAY(Type), zero it, push.
 *
 *     ARRAY(Str) names = {0};
 *     ARRAY_PUSH(arena, &names, STR("x"));
 *     for (size_t i = 0; i < names.count; i++) use(names.items[i]);
 *
 * A push may move the items: keep indices, not pointers. The arena keeps the outgrown copies
 * until it is reset, which costs at most as much again. */

#include "base/arena.h"

#define ARRAY(Type)        \
    struct {               \
        Type *items;       \
        uint32_t count;    \
        uint32_t capacity; \
    }

#define ARRAY_PUSH(arena, array, ...)                                                \
    do {                                                                             \
        if ((array)->count == (array)->capacity) {                                   \
            (array)->items = array_grow((arena), (array)->items, &(array)->capacity, \
                                        sizeof *(array)->items /* NOLINT */);        \
        }                                                                            \
        (array)->items[(array)->count++] = (__VA_ARGS__);                            \
    } while (0)

/* Doubles the capacity (8 at first) and copies what is there. */
void *array_grow(Arena *arena, const void *items, uint32_t *capacity, size_t item_size);
