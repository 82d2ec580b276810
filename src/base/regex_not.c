#include "base/hash.h"
#include "base/regex_class.h"
#include "base/regex_nfa.h"

/* The complement of a subexpression. Only a deterministic automaton can be turned around, so its states are
 * made here: sets of the subexpression's states (the subset construction). Then they are written into the
 * whole expression's states, each as a branch to one class state per target. */

#define MAX_SETS 4000u /* deterministic states of one complement */

typedef struct StateSet {
    const uint32_t *states; /* sorted; only those that read a character or accept */
    uint32_t count;
    uint64_t hash;
    bool accepts;
    bool is_live; /* some way leads on to a text that the complement fits */
} StateSet;

typedef struct Complement {
    Arena *arena;
    RegexBudget *budget;
    RegexStates inner; /* of the subexpression */
    ARRAY(uint32_t)
    firsts; /* first character of each class of characters that no state tells apart */
    ARRAY(StateSet) sets;
    ARRAY(uint32_t) moves; /* set x class -> set */
    uint32_t *slots;       /* hash -> set + 1 */
    uint32_t slot_count;
    RegexSet reached;
    uint32_t *stack;
} Complement;

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void add_first(Complement *made, uint32_t code_point)
{
    if (code_point <= REGEX_LAST_CHARACTER) {
        ARRAY_PUSH(made->arena, &made->firsts, code_point);
    }
}

static bool find_classes(Complement *made)
{
    add_first(made, 0);
    for (uint32_t i = 0; i < made->inner.list.count; i++) {
        const RegexState *state = &made->inner.list.items[i];
        if (!regex_budget_take(made->budget, state->range_count)) {
            return false;
        }
        for (uint32_t r = 0; r < state->range_count; r++) {
            add_first(made, state->ranges[r].first);
            add_first(made, state->ranges[r].last + 1);
        }
    }
    qsort(made->firsts.items, made->firsts.count, sizeof(uint32_t), by_number);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < made->firsts.count; i++) {
        if (made->firsts.items[i] != made->firsts.items[kept - 1]) {
            made->firsts.items[kept++] = made->firsts.items[i];
        }
    }
    made->firsts.count = kept;
    return true;
}

static void place(Complement *made, uint32_t set)
{
    uint32_t at = (uint32_t)made->sets.items[set].hash & (made->slot_count - 1);
    while (made->slots[at] != 0) {
        at = (at + 1) & (made->slot_count - 1);
    }
    made->slots[at] = set + 1;
}

static bool find_set(const Complement *made, const StateSet *wanted, uint32_t *out)
{
    uint32_t at = (uint32_t)wanted->hash & (made->slot_count - 1);
    for (; made->slots[at] != 0; at = (at + 1) & (made->slot_count - 1)) {
        const StateSet *set = &made->sets.items[made->slots[at] - 1];
        if (set->hash == wanted->hash && set->count == wanted->count &&
            memcmp(set->states, wanted->states, wanted->count * sizeof *wanted->states) == 0) {
            *out = made->slots[at] - 1;
            return true;
        }
    }
    return false;
}

/* The set of what was reached, old or new. False when there are too many. */
static bool intern(Complement *made, uint32_t *out)
{
    uint32_t *states = made->reached.items; /* its order means nothing to anybody */
    uint32_t count = 0;
    bool accepts = false;
    for (uint32_t i = 0; i < made->reached.count; i++) {
        RegexStateKind kind = made->inner.list.items[states[i]].kind;
        accepts |= kind == REGEX_STATE_ACCEPT;
        if (kind == REGEX_STATE_CLASS || kind == REGEX_STATE_ACCEPT) {
            states[count++] = states[i];
        }
    }
    made->reached.count = 0;
    if (!regex_budget_take(made->budget, count + 1)) {
        return false;
    }
    qsort(states, count, sizeof *states, by_number);
    StateSet set = {.states = states, .count = count, .accepts = accepts};
    set.hash = hash_bytes((Str){(const char *)states, count * sizeof *states});
    if (find_set(made, &set, out)) {
        return true;
    }
    if (made->sets.count == MAX_SETS) {
        return false;
    }
    uint32_t *copy = ARENA_MANY(made->arena, uint32_t, count);
    memcpy(copy, states, count * sizeof *states);
    set.states = copy;
    *out = made->sets.count;
    ARRAY_PUSH(made->arena, &made->sets, set);
    place(made, *out);
    return true;
}

static bool move_on(Complement *made, uint32_t from, uint32_t code_point, uint32_t *to)
{
    const StateSet *set = &made->sets.items[from];
    if (!regex_budget_take(made->budget, set->count + 1)) {
        return false;
    }
    const RegexState *states = made->inner.list.items;
    for (uint32_t i = 0; i < set->count; i++) {
        const RegexState *state = &states[set->states[i]];
        if (regex_ranges_contain(state->ranges, state->range_count, code_point)) {
            regex_set_add(&made->reached, states, made->stack, state->next);
        }
    }
    return intern(made, to);
}

static bool determinize(Complement *made, uint32_t first)
{
    uint32_t count = made->inner.list.count;
    made->reached = regex_set_new(made->arena, count);
    made->stack = ARENA_MANY(made->arena, uint32_t, count);
    made->slot_count = 4 * 4096; /* more than twice MAX_SETS */
    made->slots = ARENA_MANY(made->arena, uint32_t, made->slot_count);
    regex_set_add(&made->reached, made->inner.list.items, made->stack, first);
    uint32_t set = 0;
    if (!find_classes(made) || !intern(made, &set)) {
        return false;
    }
    for (uint32_t from = 0; from < made->sets.count; from++) {
        for (uint32_t c = 0; c < made->firsts.count; c++) {
            if (!move_on(made, from, made->firsts.items[c], &set)) {
                return false;
            }
            ARRAY_PUSH(made->arena, &made->moves, set);
        }
    }
    return true;
}

static uint32_t target(const Complement *made, uint32_t set, uint32_t class)
{
    return made->moves.items[(size_t)set * made->firsts.count + class];
}

static bool leads_to_live(const Complement *made, uint32_t set)
{
    for (uint32_t c = 0; c < made->firsts.count; c++) {
        if (made->sets.items[target(made, set, c)].is_live) {
            return true;
        }
    }
    return false;
}

/* Sets that nothing can leave towards a fitting text need no states: often all behind the first match. */
static bool mark_live(Complement *made)
{
    bool changed = true;
    while (changed) {
        changed = false;
        if (!regex_budget_take(made->budget, made->moves.count)) {
            return false;
        }
        for (uint32_t i = made->sets.count; i-- > 0;) {
            StateSet *set = &made->sets.items[i];
            if (!set->is_live && (!set->accepts || leads_to_live(made, i))) {
                set->is_live = true;
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
    uint32_t count = made->firsts.count;
    for (uint32_t c = 0; c < count; c++) {
        if (target(made, from, c) != wanted) {
            continue;
        }
        uint32_t first = made->firsts.items[c];
        uint32_t last = c + 1 < count ? made->firsts.items[c + 1] - 1 : REGEX_LAST_CHARACTER;
        if (ranges.count > 0 && ranges.items[ranges.count - 1].last + 1 == first) {
            ranges.items[ranges.count - 1].last = last;
        } else {
            ARRAY_PUSH(made->arena, &ranges, (RegexRange){first, last});
        }
    }
    return (RegexState){
        .kind = REGEX_STATE_CLASS, .ranges = ranges.items, .range_count = ranges.count};
}

static void write_set(Complement *made, RegexStates *to, uint32_t set, uint32_t heads,
                      uint32_t next)
{
    uint32_t end = heads + set;
    if (!made->sets.items[set].accepts) {
        branch(to, &end, next);
    }
    bool *is_done = ARENA_MANY(made->arena, bool, made->sets.count);
    for (uint32_t c = 0; c < made->firsts.count && !to->too_many; c++) {
        uint32_t wanted = target(made, set, c);
        if (is_done[wanted] || !made->sets.items[wanted].is_live) {
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
    for (uint32_t i = 0; i < made->sets.count; i++) {
        regex_states_add(to, (RegexState){.kind = REGEX_STATE_STUCK});
    }
    for (uint32_t i = 0; i < made->sets.count && !to->too_many; i++) {
        if (!regex_budget_take(made->budget, made->sets.count + made->firsts.count)) {
            to->too_many = true;
        }
        if (made->sets.items[i].is_live && !to->too_many) {
            write_set(made, to, i, heads, next);
        }
    }
}

uint32_t regex_states_build_not(RegexStates *states, const RegexNode *node, uint32_t next)
{
    Complement made = {.arena = states->arena,
                       .budget = states->budget,
                       .inner = {.arena = states->arena, .budget = states->budget}};
    uint32_t accept = regex_states_add(&made.inner, (RegexState){.kind = REGEX_STATE_ACCEPT});
    uint32_t first = regex_states_build(&made.inner, node, accept);
    if (made.inner.too_many || !determinize(&made, first) || !mark_live(&made)) {
        states->too_many = true;
        return 0;
    }
    uint32_t entry = states->list.count; /* the head of the first set */
    write_sets(&made, states, next);
    return entry;
}
