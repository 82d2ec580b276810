#pragma once
/* Dice: choices for made-up inputs, from a seed or from the bytes of a fuzzer. Bytes that have run out
 * choose 0, so put the shortest way first. */

#include "base/base.h"

typedef struct Dice {
    uint64_t state;
    const uint8_t *bytes; /* NULL: from the seed */
    size_t left;
} Dice;

static inline Dice dice_of_seed(uint64_t seed)
{
    return (Dice){.state = seed};
}

static inline Dice dice_of_bytes(const uint8_t *bytes, size_t size)
{
    static const uint8_t NOTHING = 0;
    return (Dice){.bytes = bytes != NULL ? bytes : &NOTHING, .left = size};
}

static inline bool dice_is_spent(const Dice *dice)
{
    return dice->bytes != NULL && dice->left == 0;
}

/* 0 .. end - 1, for an end of at most 256. */
static inline uint32_t dice_below(Dice *dice, uint32_t end)
{
    if (dice->bytes != NULL) {
        if (dice->left == 0) {
            return 0;
        }
        dice->left--;
        return *dice->bytes++ % end;
    }
    uint64_t z = (dice->state += UINT64_C(0x9e3779b97f4a7c15)); /* splitmix64 */
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % end);
}
