#include "base/bitmap.h"

/* The bits of the last word that stand for rows. */
static Word last_word(size_t rows)
{
    return rows % 64 == 0 ? ~(Word)0 : ((Word)1 << (rows % 64)) - 1;
}

void bitmap_clear_all(Word *bits, size_t rows)
{
    memset(bits, 0, BITMAP_WORDS(rows) * sizeof *bits);
}

void bitmap_set_all(Word *bits, size_t rows)
{
    size_t words = BITMAP_WORDS(rows);
    memset(bits, 0xff, words * sizeof *bits);
    if (words > 0) {
        bits[words - 1] = last_word(rows);
    }
}

void bitmap_and(Word *restrict to, const Word *restrict from, size_t rows)
{
    for (size_t w = 0; w < BITMAP_WORDS(rows); w++) {
        to[w] &= from[w];
    }
}

void bitmap_or(Word *restrict to, const Word *restrict from, size_t rows)
{
    for (size_t w = 0; w < BITMAP_WORDS(rows); w++) {
        to[w] |= from[w];
    }
}

void bitmap_and_not(Word *restrict to, const Word *restrict from, size_t rows)
{
    for (size_t w = 0; w < BITMAP_WORDS(rows); w++) {
        to[w] &= ~from[w];
    }
}

void bitmap_not(Word *restrict to, const Word *restrict from, size_t rows)
{
    size_t words = BITMAP_WORDS(rows);
    for (size_t w = 0; w < words; w++) {
        to[w] = ~from[w];
    }
    if (words > 0) {
        to[words - 1] &= last_word(rows);
    }
}

bool bitmap_any(const Word *bits, size_t rows)
{
    for (size_t w = 0; w < BITMAP_WORDS(rows); w++) {
        if (bits[w] != 0) {
            return true;
        }
    }
    return false;
}

size_t bitmap_count(const Word *bits, size_t rows)
{
    size_t count = 0;
    for (size_t w = 0; w < BITMAP_WORDS(rows); w++) {
        count += (size_t)__builtin_popcountll(bits[w]);
    }
    return count;
}
