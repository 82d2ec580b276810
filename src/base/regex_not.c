#include "base/regex_class.h"
#include "base/regex_nfa.h"
#include "base/regex_subset.h"

/* The complement of a subexpression. Only a deterministic automaton can be turned around: its sets of states are
 * written into the whole expression's states, each as a branch to one class state per target. */

#define MAX_SETS 4000u /* deterministic states of one complement */

typedef struct Complement {
    RegexStates inner; /* of the subexpression */
    RegexSubsets subsets;
    bool *is_live; /* by set: some way leads on to a text that the complement fits */
} Complement;

static uint32_t target(const Complement *made, uint32_t set, uint32_t class)
{
    return made->subsets.moves.items[(size_t)set * made->subsets.firsts.count + class];
}

static bool leads_to_live(const Complement *made, uint32_t set)
{
    for (uint32_t c = 0; c < made->subsets.firsts.count; c++) {
        if (made->is_live[target(made, set, c)]) {
            return true;
        }
    }
    return false;
}

/* Sets that nothing can leave towards a fitting text need no states: often all behind the first match. */
static bool mark_live(Complement *made)
{
    const RegexSubsets *subsets = &made->subsets;
    made->is_live = ARENA_MANY(subsets->arena, bool, subsets->sets.count);
    bool changed = true;
    while (changed) {
        changed = false;
        if (!regex_budget_take(subsets->budget, subsets->moves.count)) {
            return false;
        }
        for (uint32_t i = subsets->sets.count; i-- > 0;) {
            if (!made->is_live[i] && (!subsets->sets.items[i].accepts || leads_to_live(made, i))) {
                made->is_live[i] = true;
                changed = true;
            }
        }
    }
    return true;
}

/* One more branch of the state *end, which is the last of a chain of branches. */
static void branch(RegexStates *to, uint32_t *end, uint32_t way)
{
    uint32_t rest = regex_states_add(to, (RegexState){.kind = REGEX_STATE_STUCK});
    if (!to->too_many) {
        to->list.items[*end] = (RegexState){.kind = REGEX_STATE_SPLIT, .next = way, .other = rest};
        *end = rest;
    }
}

/* The characters on which a set moves to `wanted`. */
static RegexState class_towards(Complement *made, uint32_t from, uint32_t wanted)
{
    RegexRanges ranges = {0};
    uint32_t count = made->subsets.firsts.count;
    for (uint32_t c = 0; c < count; c++) {
        if (target(made, from, c) != wanted) {
            continue;
        }
        uint32_t first = made->subsets.firsts.items[c];
        uint32_t last =
            c + 1 < count ? made->subsets.firsts.items[c + 1] - 1 : REGEX_LAST_CHARACTER;
        if (ranges.count > 0 && ranges.items[ranges.count - 1].last + 1 == first) {
            ranges.items[ranges.count - 1].last = last;
        } else {
            ARRAY_PUSH(made->subsets.arena, &ranges, (RegexRange){first, last});
        }
    }
    return (RegexState){
        .kind = REGEX_STATE_CLASS, .ranges = ranges.items, .range_count = ranges.count};
}

static void write_set(Complement *made, RegexStates *to, uint32_t set, uint32_t heads,
                      uint32_t next)
{
    uint32_t end = heads + set;
    if (!made->subsets.sets.items[set].accepts) {
        branch(to, &end, next);
    }
    bool *is_done = ARENA_MANY(made->subsets.arena, bool, made->subsets.sets.count);
    for (uint32_t c = 0; c < made->subsets.firsts.count && !to->too_many; c++) {
        uint32_t wanted = target(made, set, c);
        if (is_done[wanted] || !made->is_live[wanted]) {
            continue;
        }
        is_done[wanted] = true;
        RegexState class = class_towards(made, set, wanted);
        class.next = heads + wanted;
        branch(to, &end, regex_states_add(to, class));
    }
}

static void write_sets(Complement *made, RegexStates *to, uint32_t next)
{
    uint32_t heads = to->list.count;
    for (uint32_t i = 0; i < made->subsets.sets.count; i++) {
        regex_states_add(to, (RegexState){.kind = REGEX_STATE_STUCK});
    }
    for (uint32_t i = 0; i < made->subsets.sets.count && !to->too_many; i++) {
        if (!regex_budget_take(made->subsets.budget,
                               made->subsets.sets.count + made->subsets.firsts.count)) {
            to->too_many = true;
        }
        if (made->is_live[i] && !to->too_many) {
            write_set(made, to, i, heads, next);
        }
    }
}

uint32_t regex_states_build_not(RegexStates *states, const RegexNode *node, uint32_t next)
{
    Complement made = {
        .inner = {.arena = states->arena, .budget = states->budget},
        .subsets = {.arena = states->arena, .budget = states->budget, .most = MAX_SETS},
    };
    uint32_t accept = regex_states_add(&made.inner, (RegexState){.kind = REGEX_STATE_ACCEPT});
    uint32_t first = regex_states_build(&made.inner, node, accept);
    made.subsets.states = made.inner.list.items;
    made.subsets.state_count = made.inner.list.count;
    if (made.inner.too_many || !regex_subsets_find(&made.subsets, first) || !mark_live(&made)) {
        states->too_many = true;
        return 0;
    }
    uint32_t entry = states->list.count; /* the head of the first set */
    write_sets(&made, states, next);
    return entry;
}
