#include "base/regex_nfa.h"

#include "base/regex.h"

uint32_t regex_states_add(RegexStates *states, RegexState state)
{
    if (states->list.count == REGEX_MAX_STATES) {
        states->too_many = true;
        return 0;
    }
    ARRAY_PUSH(states->arena, &states->list, state);
    return states->list.count - 1;
}

static uint32_t split(RegexStates *states, uint32_t next, uint32_t other)
{
    return regex_states_add(states,
                            (RegexState){.kind = REGEX_STATE_SPLIT, .next = next, .other = other});
}

/* A way from `loop` through the child back to `loop`, and one out. */
static uint32_t any_number(RegexStates *states, const RegexNode *child, uint32_t next)
{
    uint32_t loop = split(states, next, next);
    uint32_t body = regex_states_build(states, child, loop);
    if (!states->too_many) {
        states->list.items[loop].other = body;
    }
    return loop;
}

static uint32_t repeated(RegexStates *states, const RegexNode *node, uint32_t next)
{
    const RegexNode *child = node->children[0];
    uint32_t first = next;
    if (node->max == REGEX_UNBOUNDED) {
        first = any_number(states, child, next);
    } else {
        for (uint32_t i = node->min; i < node->max && !states->too_many; i++) {
            first = split(states, next, regex_states_build(states, child, first));
        }
    }
    for (uint32_t i = 0; i < node->min && !states->too_many; i++) {
        first = regex_states_build(states, child, first);
    }
    return first;
}

uint32_t regex_states_build(RegexStates *states, const RegexNode *node, uint32_t next)
{
    if (states->too_many || !regex_budget_take(states->budget, 1)) {
        states->too_many = true;
        return 0;
    }
    uint32_t first = next;
    switch (node->kind) {
    case REGEX_NOTHING: return regex_states_add(states, (RegexState){.kind = REGEX_STATE_STUCK});
    case REGEX_CLASS:
        return regex_states_add(states, (RegexState){.kind = REGEX_STATE_CLASS,
                                                     .next = next,
                                                     .ranges = node->ranges,
                                                     .range_count = node->range_count});
    case REGEX_SEQUENCE:
        for (uint32_t i = node->child_count; i-- > 0;) {
            first = regex_states_build(states, node->children[i], first);
        }
        return first;
    case REGEX_CHOICE:
        first = regex_states_build(states, node->children[0], next);
        for (uint32_t i = 1; i < node->child_count; i++) {
            first = split(states, first, regex_states_build(states, node->children[i], next));
        }
        return first;
    case REGEX_REPEAT: return repeated(states, node, next);
    case REGEX_NOT: return regex_states_build_not(states, node->children[0], next);
    }
    return first;
}

RegexSet regex_set_new(Arena *arena, uint32_t states)
{
    return (RegexSet){.items = ARENA_MANY(arena, uint32_t, states),
                      .places = ARENA_MANY(arena, uint32_t, states)};
}

static bool insert(RegexSet *set, uint32_t state)
{
    uint32_t place = set->places[state];
    if (place < set->count && set->items[place] == state) {
        return false;
    }
    set->places[state] = set->count;
    set->items[set->count++] = state;
    return true;
}

void regex_set_add(RegexSet *set, const RegexState *states, uint32_t *stack, uint32_t state)
{
    uint32_t depth = 0;
    if (insert(set, state)) {
        stack[depth++] = state;
    }
    while (depth > 0) {
        const RegexState *top = &states[stack[--depth]];
        if (top->kind != REGEX_STATE_SPLIT) {
            continue;
        }
        if (insert(set, top->other)) {
            stack[depth++] = top->other;
        }
        if (insert(set, top->next)) {
            stack[depth++] = top->next;
        }
    }
}
