#pragma once
/* A copy of a text with what the reader and the cutter want behind it: 64 bytes that are readable and, to be
 * nasty, look like more JSON. */
#include "base/str.h"

#define PADDING 64

static inline Str padded(Arena *arena, Str text)
{
    static const char MORE[] = "\":},]{[1";
    char *copy = ARENA_MANY(arena, char, text.len + PADDING);
    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    for (size_t i = 0; i < PADDING; i++) {
        copy[text.len + i] = MORE[i % (sizeof MORE - 1)];
    }
    return (Str){copy, text.len};
}
