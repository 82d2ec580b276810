#include "base/regex_subset.h"

#include "base/hash.h"
#include "base/regex_class.h"

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void add_first(RegexSubsets *subsets, uint32_t code_point)
{
    if (code_point <= REGEX_LAST_CHARACTER) {
        ARRAY_PUSH(subsets->arena, &subsets->firsts, code_point);
    }
}

static bool find_classes(RegexSubsets *subsets)
{
    add_first(subsets, 0);
    for (uint32_t i = 0; i < subsets->state_count; i++) {
        const RegexState *state = &subsets->states[i];
        if (!regex_budget_take(subsets->budget, state->range_count)) {
            return false;
        }
        for (uint32_t r = 0; r < state->range_count; r++) {
            add_first(subsets, state->ranges[r].first);
            add_first(subsets, state->ranges[r].last + 1);
        }
    }
    qsort(subsets->firsts.items, subsets->firsts.count, sizeof(uint32_t), by_number);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < subsets->firsts.count; i++) {
        if (subsets->firsts.items[i] != subsets->firsts.items[kept - 1]) {
            subsets->firsts.items[kept++] = subsets->firsts.items[i];
        }
    }
    subsets->firsts.count = kept;
    return true;
}

static void place(RegexSubsets *subsets, uint32_t set)
{
    uint32_t at = (uint32_t)subsets->sets.items[set].hash & (subsets->slot_count - 1);
    while (subsets->slots[at] != 0) {
        at = (at + 1) & (subsets->slot_count - 1);
    }
    subsets->slots[at] = set + 1;
}

static bool find_set(const RegexSubsets *subsets, const RegexSubset *wanted, uint32_t *out)
{
    uint32_t at = (uint32_t)wanted->hash & (subsets->slot_count - 1);
    for (; subsets->slots[at] != 0; at = (at + 1) & (subsets->slot_count - 1)) {
        const RegexSubset *set = &subsets->sets.items[subsets->slots[at] - 1];
        if (set->hash == wanted->hash && set->count == wanted->count &&
            memcmp(set->states, wanted->states, wanted->count * sizeof *wanted->states) == 0) {
            *out = subsets->slots[at] - 1;
            return true;
        }
    }
    return false;
}

/* The set of what was reached, old or new. False when there are too many. */
static bool intern(RegexSubsets *subsets, uint32_t *out)
{
    uint32_t *states = subsets->reached.items; /* its order means nothing to anybody */
    uint32_t count = 0;
    bool accepts = false;
    for (uint32_t i = 0; i < subsets->reached.count; i++) {
        RegexStateKind kind = subsets->states[states[i]].kind;
        accepts |= kind == REGEX_STATE_ACCEPT;
        if (kind == REGEX_STATE_CLASS || kind == REGEX_STATE_ACCEPT) {
            states[count++] = states[i];
        }
    }
    subsets->reached.count = 0;
    if (!regex_budget_take(subsets->budget, count + 1)) {
        return false;
    }
    qsort(states, count, sizeof *states, by_number);
    RegexSubset set = {.states = states, .count = count, .accepts = accepts};
    set.hash = hash_bytes((Str){(const char *)states, count * sizeof *states});
    if (find_set(subsets, &set, out)) {
        return true;
    }
    if (subsets->sets.count == subsets->most) {
        return false;
    }
    uint32_t *copy = ARENA_MANY(subsets->arena, uint32_t, count);
    memcpy(copy, states, count * sizeof *states);
    set.states = copy;
    *out = subsets->sets.count;
    ARRAY_PUSH(subsets->arena, &subsets->sets, set);
    place(subsets, *out);
    return true;
}

static bool move_on(RegexSubsets *subsets, uint32_t from, uint32_t code_point, uint32_t *to)
{
    const RegexSubset *set = &subsets->sets.items[from];
    if (!regex_budget_take(subsets->budget, set->count + 1)) {
        return false;
    }
    const RegexState *states = subsets->states;
    for (uint32_t i = 0; i < set->count; i++) {
        const RegexState *state = &states[set->states[i]];
        if (regex_ranges_contain(state->ranges, state->range_count, code_point)) {
            regex_set_add(&subsets->reached, states, subsets->stack, state->next);
        }
    }
    return intern(subsets, to);
}

bool regex_subsets_find(RegexSubsets *subsets, uint32_t first)
{
    uint32_t count = subsets->state_count;
    subsets->reached = regex_set_new(subsets->arena, count);
    subsets->stack = ARENA_MANY(subsets->arena, uint32_t, count);
    for (subsets->slot_count = 16; subsets->slot_count < subsets->most * 2;
         subsets->slot_count *= 2) {
    }
    subsets->slots = ARENA_MANY(subsets->arena, uint32_t, subsets->slot_count);
    regex_set_add(&subsets->reached, subsets->states, subsets->stack, first);
    uint32_t set = 0;
    if (!find_classes(subsets) || !intern(subsets, &set)) {
        return false;
    }
    for (uint32_t from = 0; from < subsets->sets.count; from++) {
        for (uint32_t c = 0; c < subsets->firsts.count; c++) {
            if (!move_on(subsets, from, subsets->firsts.items[c], &set)) {
                return false;
            }
            ARRAY_PUSH(subsets->arena, &subsets->moves, set);
        }
    }
    return true;
}
