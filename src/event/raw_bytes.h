#pragma once
/* Hash and equality of raw values, inlined: both run for each value of each event, most of which are short.
 *
 * Seeds        come from hash_random_seed: who does not know the seed cannot choose values that collide. */

#include "base/hash.h"

/* From here on xxHash is faster, called and all. */
#define RAW_HASH_INLINE 80

static inline uint64_t raw_load_8(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline uint64_t raw_load_4(const char *bytes)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Both halves of the product. */
static inline uint64_t raw_multiply(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* All bytes of a text of up to 16, in two words; texts of one length have different words. */
static inline void raw_words(Str raw, uint64_t *low, uint64_t *high)
{
    if (raw.len >= 8) {
        *low = raw_load_8(raw.ptr);
        *high = raw_load_8(raw.ptr + raw.len - 8);
    } else if (raw.len >= 4) {
        *low = raw_load_4(raw.ptr);
        *high = raw_load_4(raw.ptr + raw.len - 4);
    } else {
        *low = 0;
        *high = 0;
        for (size_t i = 0; i < raw.len; i++) {
            *low = *low << 8 | (unsigned char)raw.ptr[i];
        }
    }
}

/* Sixteen bytes at a time, each with a key of its own; the last sixteen may overlap the others. */
static inline uint64_t raw_hash(Str raw, uint64_t seed)
{
    const uint64_t odd = 0x9e3779b97f4a7c15u;
    const uint64_t other = (seed << 32 | seed >> 32) ^ 0xd6e8feb86659fd93u;
    uint64_t low = 0;
    uint64_t high = 0;
    if (raw.len <= 16) {
        raw_words(raw, &low, &high);
        return raw_multiply(low ^ seed, high ^ (other + raw.len * odd));
    }
    if (raw.len > RAW_HASH_INLINE) {
        return hash_bytes_seeded(raw, seed);
    }
    uint64_t sum = raw.len * odd;
    uint64_t key = odd;
    for (size_t at = 0; at + 16 < raw.len; at += 16, key += 2 * odd) {
        sum += raw_multiply(raw_load_8(raw.ptr + at) ^ (seed + key),
                            raw_load_8(raw.ptr + at + 8) ^ (other + key));
    }
    low = raw_load_8(raw.ptr + raw.len - 16);
    high = raw_load_8(raw.ptr + raw.len - 8);
    return raw_multiply(sum + raw_multiply(low ^ seed, high ^ other), other | 1);
}

static inline bool raw_equal(const char *a, const char *b, size_t len)
{
    if (len >= 16) {
        for (size_t at = 0; at + 16 < len; at += 16) {
            if (memcmp(a + at, b + at, 16) != 0) {
                return false;
            }
        }
        return memcmp(a + len - 16, b + len - 16, 16) == 0;
    }
    uint64_t a_low, a_high, b_low, b_high;
    raw_words((Str){a, len}, &a_low, &a_high);
    raw_words((Str){b, len}, &b_low, &b_high);
    return a_low == b_low && a_high == b_high;
}
