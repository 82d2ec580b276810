#include "base/heap.h"

#define FIRST_ITEMS ((size_t)16)
/* No size that is right comes near it. */
#define MOST_BYTES (SIZE_MAX / 4)

_Noreturn void out_of_memory(size_t wanted)
{
    fprintf(stderr, "shrike: out of memory (%zu bytes wanted)\n", wanted);
    abort();
}

static size_t bytes_of(size_t count, size_t size)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > MOST_BYTES) {
        out_of_memory(SIZE_MAX);
    }
    return bytes;
}

static void *checked(void *memory, size_t bytes)
{
    if (memory == NULL && bytes > 0) {
        out_of_memory(bytes);
    }
    return memory;
}

void *heap_zeroed(size_t count, size_t size)
{
    size_t bytes = bytes_of(count, size);
    return checked(calloc(1, bytes), bytes);
}

void *heap_bytes(size_t size)
{
    return checked(malloc(bytes_of(size, 1)), size);
}

void *heap_resize(void *memory, size_t count, size_t size)
{
    size_t bytes = bytes_of(count, size);
    return checked(realloc(memory, bytes + (bytes == 0)), bytes + 1);
}

void *heap_grow(void *items, size_t *capacity, size_t wanted, size_t item_size)
{
    size_t larger = *capacity < FIRST_ITEMS ? FIRST_ITEMS : *capacity;
    while (larger < wanted) {
        if (larger > MOST_BYTES) {
            out_of_memory(wanted);
        }
        larger *= 2;
    }
    *capacity = larger;
    return heap_resize(items, larger, item_size);
}

void heap_free(void *memory)
{
    free(memory);
}
