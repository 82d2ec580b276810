#pragma once
/* Bitmap: one bit a row, 64 rows a word. Bits past `rows` are zero, always. */

#include "base/base.h"

typedef uint64_t Word;

#define BITMAP_WORDS(rows) (((size_t)(rows) + 63) / 64)

static inline bool bitmap_get(const Word *bits, size_t row)
{
    return (bits[row / 64] >> (row % 64)) & 1;
}

static inline void bitmap_set(Word *bits, size_t row)
{
    bits[row / 64] |= (Word)1 << (row % 64);
}

/* `count` bits from `first` on. */
static inline void bitmap_set_run(Word *bits, size_t first, size_t count)
{
    for (size_t end = first + count; first < end; first = (first | 63) + 1) {
        size_t rest = end - first < 64 ? end - first : 64;
        bits[first / 64] |= ~(Word)0 >> (64 - rest) << (first % 64);
    }
}

void bitmap_clear_all(Word *bits, size_t rows);
void bitmap_set_all(Word *bits, size_t rows); /* bits past `rows` in the last word stay zero */
void bitmap_and(Word *restrict to, const Word *restrict from, size_t rows);
void bitmap_or(Word *restrict to, const Word *restrict from, size_t rows);
void bitmap_and_not(Word *restrict to, const Word *restrict from, size_t rows); /* to &= ~from */
void bitmap_not(Word *restrict to, const Word *restrict from, size_t rows);
bool bitmap_any(const Word *bits, size_t rows);
size_t bitmap_count(const Word *bits, size_t rows);

/* For each set row, lowest first: BITMAP_EACH(bits, rows, row) { ... }. `continue` works; `break`
 * does the same as `continue`: to leave early, return. */
#define BITMAP_EACH(bits, rows, row)                                                              \
    for (size_t word_##row = 0; word_##row < BITMAP_WORDS(rows); word_##row++)                    \
        for (Word rest_##row = (bits)[word_##row]; rest_##row != 0; rest_##row &= rest_##row - 1) \
            for (size_t row = word_##row * 64 + (size_t)__builtin_ctzll(rest_##row),              \
                        once_##row = 1;                                                           \
                 once_##row != 0; once_##row = 0)
