#include "exec/lists.h"

Lists lists_build(Arena *arena, const ListPairs *pairs, uint32_t keys)
{
    uint32_t *starts = ARENA_MANY(arena, uint32_t, (size_t)keys + 2);
    uint32_t *entries = ARENA_MANY(arena, uint32_t, pairs->count);
    for (uint32_t i = 0; i < pairs->count; i++) {
        starts[pairs->items[i].key + 2]++;
    }
    for (uint32_t key = 2; key < keys + 2; key++) {
        starts[key] += starts[key - 1];
    }
    /* starts[key + 1] is where the next entry of `key` goes; behind the last one it is the end. */
    for (uint32_t i = 0; i < pairs->count; i++) {
        entries[starts[pairs->items[i].key + 1]++] = pairs->items[i].entry;
    }
    return (Lists){starts, entries, keys};
}
