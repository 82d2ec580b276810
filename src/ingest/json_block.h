#pragma once
/* JsonBlock: what 64 bytes of JSON text hold, one bit a byte, the first byte lowest. The reader and the
 * cutter both work on such words instead of on bytes: 64 comparisons for the price of a few.
 *
 * The plain form is for machines without SSE2; wider instruction sets have their own in json_index.c. */

#include "base/base.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define JSON_BLOCK 64

typedef struct JsonBlock {
    uint64_t quote;
    uint64_t backslash;
    uint64_t bracket; /* { } [ ] */
    uint64_t
        special; /* quotes, brackets, : , and every byte up to 0x20: none is part of a number or a word */
    uint64_t control; /* every byte below 0x20 */
    uint64_t high;    /* every byte that is not ASCII */
} JsonBlock;

/* Which bytes follow an odd run of backslashes. `*carry` (0 or 1) says whether the first byte of this
 * block does, and afterwards whether the next block's first byte does.
 *
 * Subtracting the run's start from "shifted run, with all odd bits set" flips the odd bits exactly along
 * runs of even start, so that one exclusive-or tells escapes from escaped for all runs at once (Keiser and
 * Lemire's method). */
static inline uint64_t json_escaped(uint64_t backslash, uint64_t *carry)
{
    const uint64_t odd = 0xAAAAAAAAAAAAAAAAULL;
    uint64_t starts = backslash & ~*carry;
    uint64_t code = (((starts << 1) | odd) - starts) ^ odd;
    uint64_t escaped = code ^ (backslash | *carry);
    *carry = (code & backslash) >> 63;
    return escaped;
}

/* Bit i of the result is the parity of bits 0..i: from quotes to "inside a string". */
static inline uint64_t json_prefix_xor(uint64_t bits)
{
    for (unsigned shift = 1; shift < 64; shift *= 2) {
        bits ^= bits << shift;
    }
    return bits;
}

/* The lowest `count` bits; all from 64 on. */
static inline uint64_t json_low_bits(size_t count)
{
    return count >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << count) - 1;
}

#if defined(__SSE2__)
static inline uint64_t json_bits_at(__m128i found, unsigned at)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(found) << at;
}

static inline void json_block_read(const char *text, JsonBlock *out)
{
    const __m128i case_bit = _mm_set1_epi8(0x20);
    *out = (JsonBlock){0};
    for (unsigned at = 0; at < JSON_BLOCK; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
        __m128i folded = _mm_or_si128(bytes, case_bit); /* '[' to '{', ']' to '}' */
        __m128i bracket = _mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')),
                                       _mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
        __m128i separator = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(':')),
                                         _mm_cmpeq_epi8(bytes, _mm_set1_epi8(',')));
        __m128i blank = _mm_cmpeq_epi8(_mm_max_epu8(bytes, case_bit), case_bit);
        __m128i space = _mm_cmpeq_epi8(bytes, case_bit);
        __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
        __m128i special =
            _mm_or_si128(_mm_or_si128(bracket, separator), _mm_or_si128(blank, quote));
        out->quote |= json_bits_at(quote, at);
        out->backslash |= json_bits_at(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')), at);
        out->bracket |= json_bits_at(bracket, at);
        out->special |= json_bits_at(special, at);
        out->control |= json_bits_at(_mm_andnot_si128(space, blank), at);
        out->high |= json_bits_at(bytes, at);
    }
}
#else
static inline void json_block_read(const char *text, JsonBlock *out)
{
    *out = (JsonBlock){0};
    for (unsigned at = 0; at < JSON_BLOCK; at++) {
        unsigned char byte = (unsigned char)text[at];
        unsigned char folded = byte | 0x20;
        out->quote |= (uint64_t)(byte == '"') << at;
        out->backslash |= (uint64_t)(byte == '\\') << at;
        bool is_bracket = folded == '{' || folded == '}';
        bool is_mark = byte == ':' || byte == ',' || byte == '"';
        out->bracket |= (uint64_t)is_bracket << at;
        out->special |= (uint64_t)(is_bracket || is_mark || byte <= 0x20) << at;
        out->control |= (uint64_t)(byte < 0x20) << at;
        out->high |= (uint64_t)(byte >> 7) << at;
    }
}
#endif
