#pragma once
/* Shares: one budget of memory for what many hold. Each tells what it holds; when all of it together is past the
 * budget, the one that holds most is to give way, so that who is modest loses nothing to who is not.
 *
 * Lifetimes    in the arena given. One thread.
 * Cost         shares_set: nothing to speak of. shares_largest looks at all once in a while: what it names may have
 *              given up as much as a 64th of the budget since it was the largest. */

#include "base/arena.h"

typedef struct Shares Shares;

Shares *shares_new(Arena *arena, uint32_t count, size_t budget);
void shares_set(Shares *shares, uint32_t holder, size_t bytes);
bool shares_exceeded(const Shares *shares);
uint32_t shares_largest(Shares *shares); /* there is at least one holder */
