#include "match/shares.h"

struct Shares {
    size_t *held; /* by holder */
    uint32_t count;
    size_t total, budget;
    uint32_t largest;
    size_t second; /* what the second largest held when all were looked at */
};

/* How far below the second the largest may fall before all are looked at again: else two that hold the same would
 * be looked for in turn, at every step. */
#define SLACK_PART 64

Shares *shares_new(Arena *arena, uint32_t count, size_t budget)
{
    Shares *shares = ARENA_NEW(arena, Shares);
    *shares = (Shares){
        .held = ARENA_MANY(arena, size_t, count),
        .count = count,
        .budget = budget,
    };
    return shares;
}

void shares_set(Shares *shares, uint32_t holder, size_t bytes)
{
    assert(holder < shares->count);
    shares->total += bytes - shares->held[holder];
    shares->held[holder] = bytes;
    if (bytes > shares->held[shares->largest]) {
        shares->second = shares->held[shares->largest];
        shares->largest = holder;
    }
}

bool shares_exceeded(const Shares *shares)
{
    return shares->total > shares->budget;
}

static void look_at_all(Shares *shares)
{
    uint32_t largest = 0;
    size_t second = 0;
    for (uint32_t i = 1; i < shares->count; i++) {
        if (shares->held[i] > shares->held[largest]) {
            second = shares->held[largest];
            largest = i;
        } else if (shares->held[i] > second) {
            second = shares->held[i];
        }
    }
    shares->largest = largest;
    shares->second = second;
}

uint32_t shares_largest(Shares *shares)
{
    assert(shares->count > 0);
    if (shares->held[shares->largest] + shares->budget / SLACK_PART < shares->second ||
        shares->held[shares->largest] == 0) {
        look_at_all(shares);
    }
    return shares->largest;
}
