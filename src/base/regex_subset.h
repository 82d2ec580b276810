#pragma once
/* RegexSubsets: some states made deterministic: the sets of them that texts lead to, and where each set leads on each
 * class of characters (the subset construction).
 *
 * Bounds       `most` sets, and the budget. */

#include "base/regex_nfa.h"

typedef struct RegexSubset {
    const uint32_t *states; /* sorted; only those that read a character or accept */
    uint32_t count;
    uint64_t hash;
    bool accepts;
} RegexSubset;

typedef struct RegexSubsets {
    Arena *arena;
    RegexBudget *budget;
    const RegexState *states;
    uint32_t state_count;
    uint32_t most; /* sets */

    /* The first character of each class of characters that no state tells apart, ascending, from 0 on. */
    ARRAY(uint32_t) firsts;
    ARRAY(RegexSubset) sets; /* the one to begin with is 0 */
    ARRAY(uint32_t) moves;   /* set x class -> set */

    uint32_t *slots; /* hash -> set + 1 */
    uint32_t slot_count;
    RegexSet reached;
    uint32_t *stack;
} RegexSubsets;

/* From the state `first` on; the fields before `firsts` are the caller's. False when a bound is passed. */
bool regex_subsets_find(RegexSubsets *subsets, uint32_t first);
