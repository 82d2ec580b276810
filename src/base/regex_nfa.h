#pragma once
/* RegexStates: the automaton of a regular expression while it is built: states that read one character and
 * states that only branch. The twin of each subexpression's text is the way from its first state to the state
 * behind it, so it is built from its end. */

#include "base/array.h"
#include "base/regex_parse.h"

typedef enum RegexStateKind {
    REGEX_STATE_STUCK, /* no way on */
    REGEX_STATE_ACCEPT,
    REGEX_STATE_SPLIT, /* on to both `next` and `other` without a character */
    REGEX_STATE_CLASS, /* reads one character out of the ranges, then `next` */
} RegexStateKind;

typedef struct RegexState {
    RegexStateKind kind;
    uint32_t next, other;
    const RegexRange *ranges;
    uint32_t range_count;
} RegexState;

typedef struct RegexStates {
    Arena *arena;
    RegexBudget *budget;
    ARRAY(RegexState) list;
    bool too_many; /* REGEX_MAX_STATES or the budget; then nothing here means anything */
} RegexStates;

uint32_t regex_states_add(RegexStates *states, RegexState state);
/* The first state of `node`, from which its texts lead to `next`. */
uint32_t regex_states_build(RegexStates *states, const RegexNode *node, uint32_t next);
/* The same for every text that does not fit `node`. */
uint32_t regex_states_build_not(RegexStates *states, const RegexNode *node, uint32_t next);

static inline bool regex_ranges_contain(const RegexRange *ranges, uint32_t count,
                                        uint32_t code_point)
{
    for (uint32_t i = 0; i < count && ranges[i].first <= code_point; i++) {
        if (code_point <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* A set of states, each with what it leads to without a character; emptied at no cost. */
typedef struct RegexSet {
    uint32_t *items;
    uint32_t *places; /* state -> its place in items, if items says so too */
    uint32_t count;
} RegexSet;

RegexSet regex_set_new(Arena *arena, uint32_t states);
/* Adds a state and all that it branches to. `stack` has room for as many as there are states. */
void regex_set_add(RegexSet *set, const RegexState *states, uint32_t *stack, uint32_t state);

/* Of a compiled expression. */
typedef struct RegexAutomaton {
    const RegexState *states;
    uint32_t count;
    uint32_t first;
} RegexAutomaton;

struct Regex;
RegexAutomaton regex_automaton(const struct Regex *regex);
