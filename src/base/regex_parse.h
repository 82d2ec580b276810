#pragma once
/* RegexNode: the tree of a regular expression, between its text and its automaton. */

#include "base/err.h"
#include "base/str.h"

typedef struct RegexRange {
    uint32_t first, last; /* code points, both inside */
} RegexRange;

typedef enum RegexKind {
    REGEX_NOTHING,  /* fits no text */
    REGEX_CLASS,    /* one character out of the ranges */
    REGEX_SEQUENCE, /* the children one after another; none: the empty text */
    REGEX_CHOICE,   /* any of the children */
    REGEX_REPEAT,   /* the child, min to max times */
    REGEX_NOT,      /* any text that the child does not fit */
} RegexKind;

#define REGEX_UNBOUNDED UINT32_MAX

typedef struct RegexNode RegexNode;
struct RegexNode {
    RegexKind kind;
    uint32_t min, max;        /* REGEX_REPEAT; max may be REGEX_UNBOUNDED */
    const RegexRange *ranges; /* REGEX_CLASS: sorted, apart */
    uint32_t range_count;
    RegexNode **children;
    uint32_t child_count;
};

/* How much may be spent on one pattern; taken from by parsing and by building. */
typedef struct RegexBudget {
    uint64_t work;
} RegexBudget;

/* False when the budget is used up. */
static inline bool regex_budget_take(RegexBudget *budget, uint64_t work)
{
    bool enough = work <= budget->work;
    budget->work = enough ? budget->work - work : 0;
    return enough;
}

RegexNode *regex_parse(Arena *arena, Str pattern, bool fold, RegexBudget *budget,
                       Err *err) MUST_CHECK;
