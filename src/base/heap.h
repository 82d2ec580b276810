#pragma once
/* Heap: memory that one owner frees, for what outlives its arena or grows in place. None of these fails: without
 * memory the process ends (out_of_memory), and so it does when a size overflows. */

#include "base/base.h"

/* Zeroed. */
#define HEAP_NEW(Type)     ((Type *)heap_zeroed(1, sizeof(Type)))
#define HEAP_MANY(Type, n) ((Type *)heap_zeroed((n), sizeof(Type)))

void *heap_zeroed(size_t count, size_t size);
void *heap_bytes(size_t size); /* not zeroed */
/* `memory` or its moved copy with room for `count` items; NULL is fine. What is new is not zeroed. */
void *heap_resize(void *memory, size_t count, size_t size);
/* The same for a list that grows by doubling: room for `wanted` items; *capacity is told anew. */
void *heap_grow(void *items, size_t *capacity, size_t wanted, size_t item_size);
/* The same as free. Where records hang in lists that lead both ways, static analysis takes the neighbour that is
 * left for the one that went; what it cannot follow it does not judge. */
void heap_free(void *memory);
