#pragma once
/* Lists: from a small number to a list of numbers; put together once, then only read. */

#include "base/array.h"

typedef struct ListPair {
    uint32_t key, entry;
} ListPair;

typedef ARRAY(ListPair) ListPairs;

typedef struct Lists {
    const uint32_t *starts; /* keys + 1 of them */
    const uint32_t *entries;
    uint32_t keys;
} Lists;

typedef struct List {
    const uint32_t *items;
    uint32_t count;
} List;

/* Entries of one key stay in the order in which they were pushed. */
static inline void lists_push(Arena *arena, ListPairs *pairs, uint32_t key, uint32_t entry)
{
    ListPair pair = {key, entry};
    ARRAY_PUSH(arena, pairs, pair);
}

Lists lists_build(Arena *arena, const ListPairs *pairs, uint32_t keys);

static inline List lists_get(const Lists *lists, uint32_t key)
{
    assert(key < lists->keys);
    return (List){lists->entries + lists->starts[key], lists->starts[key + 1] - lists->starts[key]};
}
