#include "exec/literal_automaton.h"

#define NONE UINT32_MAX
#define ROOT 0u

typedef struct State {
    uint32_t first_child; /* its children are neighbours, in order of their bytes */
    uint32_t fail;        /* the longest proper suffix of its text that is a state */
    uint32_t report; /* the nearest state from here on along `fail` that ends a literal; NONE */
    uint16_t child_count;
    uint8_t byte; /* that leads here */
    bool is_deep; /* of two bytes or more: has no row */
} State;

struct LiteralAutomaton {
    State *states;
    uint32_t count;
    uint32_t *literals;    /* by state: the one that ends there, or NONE */
    uint16_t classes[256]; /* of bytes; 0: in no literal */
    uint32_t class_count;
    uint32_t *rows; /* state x class -> state, for the states that are not deep */
};

/* While it is built: the sorted literals that begin with a state's text. */
typedef struct Span {
    uint32_t first, end;
    uint32_t depth;
} Span;

typedef struct Building {
    LiteralAutomaton *automaton;
    const Str *literals;
    uint32_t *order; /* sorted -> place in the list */
    Span *spans;     /* by state */
} Building;

typedef struct Entry {
    Str text;
    uint32_t id;
} Entry;

static int by_text(const void *a, const void *b)
{
    return str_compare(((const Entry *)a)->text, ((const Entry *)b)->text);
}

static uint32_t *sorted(Arena *arena, const Str *literals, uint32_t count)
{
    Entry *entries = ARENA_MANY(arena, Entry, count);
    for (uint32_t i = 0; i < count; i++) {
        entries[i] = (Entry){literals[i], i};
    }
    qsort(entries, count, sizeof *entries, by_text);
    uint32_t *order = ARENA_MANY(arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        order[i] = entries[i].id;
    }
    return order;
}

static uint8_t byte_at(const Building *building, uint32_t place, uint32_t depth)
{
    return (uint8_t)building->literals[building->order[place]].ptr[depth];
}

static void add_child(Building *building, uint32_t parent, Span span)
{
    LiteralAutomaton *automaton = building->automaton;
    uint32_t id = automaton->count++;
    automaton->states[id] = (State){
        .byte = byte_at(building, span.first, span.depth - 1),
        .is_deep = span.depth > 1,
    };
    automaton->states[parent].child_count++;
    building->spans[id] = span;
}

/* The children of a state: its literals in groups of the same next byte. The literal that ends here comes first,
 * being the shortest. */
static void expand(Building *building, uint32_t id)
{
    LiteralAutomaton *automaton = building->automaton;
    Span span = building->spans[id];
    automaton->literals[id] = NONE;
    automaton->states[id].first_child = automaton->count;
    uint32_t next = span.first;
    if (span.depth > 0 && building->literals[building->order[next]].len == span.depth) {
        automaton->literals[id] = building->order[next++];
    }
    while (next < span.end) {
        uint32_t first = next;
        uint8_t byte = byte_at(building, first, span.depth);
        while (next < span.end && byte_at(building, next, span.depth) == byte) {
            next++;
        }
        add_child(building, id, (Span){first, next, span.depth + 1});
    }
}

static uint32_t child_of(const LiteralAutomaton *automaton, uint32_t id, uint8_t byte)
{
    const State *state = &automaton->states[id];
    const State *child = &automaton->states[state->first_child];
    for (uint32_t i = 0; i < state->child_count; i++) {
        if (child[i].byte == byte) {
            return state->first_child + i;
        }
    }
    return NONE;
}

/* Where `byte` leads from a state, by the links alone. */
static uint32_t follow(const LiteralAutomaton *automaton, uint32_t id, uint8_t byte)
{
    for (;;) {
        uint32_t child = child_of(automaton, id, byte);
        if (child != NONE) {
            return child;
        }
        if (id == ROOT) {
            return ROOT;
        }
        id = automaton->states[id].fail;
    }
}

static void link_children(LiteralAutomaton *automaton, uint32_t id)
{
    const State *state = &automaton->states[id];
    for (uint32_t i = 0; i < state->child_count; i++) {
        State *child = &automaton->states[state->first_child + i];
        child->fail = id == ROOT ? ROOT : follow(automaton, state->fail, child->byte);
        bool ends = automaton->literals[state->first_child + i] != NONE;
        child->report = ends ? state->first_child + i : automaton->states[child->fail].report;
    }
}

static void fill_rows(Arena *arena, LiteralAutomaton *automaton)
{
    uint8_t bytes[257] = {0}; /* by class; class 0 has none */
    for (uint32_t i = 1; i < automaton->count; i++) {
        uint8_t byte = automaton->states[i].byte;
        if (automaton->classes[byte] == 0) {
            automaton->classes[byte] = (uint16_t)automaton->class_count;
            bytes[automaton->class_count++] = byte;
        }
    }
    uint32_t rows = 1 + automaton->states[ROOT].child_count;
    automaton->rows = ARENA_MANY(arena, uint32_t, (size_t)rows * automaton->class_count);
    for (uint32_t id = 0; id < rows; id++) {
        uint32_t *row = automaton->rows + (size_t)id * automaton->class_count;
        for (uint32_t kind = 1; kind < automaton->class_count; kind++) {
            row[kind] = follow(automaton, id, bytes[kind]);
        }
    }
}

LiteralAutomaton *literal_automaton_new(Arena *arena, const Str *literals, uint32_t count)
{
    size_t most = 1;
    for (uint32_t i = 0; i < count; i++) {
        assert(literals[i].len > 0 && literals[i].len <= LITERAL_MAX);
        most += literals[i].len;
    }
    assert(most < NONE);
    Arena *scratch = arena_new();
    LiteralAutomaton *automaton = ARENA_NEW(arena, LiteralAutomaton);
    *automaton = (LiteralAutomaton){
        .states = ARENA_MANY(scratch, State, most),
        .literals = ARENA_MANY(scratch, uint32_t, most),
        .count = 1,
        .class_count = 1,
    };
    Building building = {automaton, literals, sorted(scratch, literals, count),
                         ARENA_MANY(scratch, Span, most)};
    building.spans[ROOT] = (Span){0, count, 0};
    automaton->states[ROOT].report = NONE;
    for (uint32_t id = 0; id < automaton->count; id++) {
        expand(&building, id);
    }
    for (uint32_t id = 0; id < automaton->count; id++) {
        link_children(automaton, id);
    }
    fill_rows(arena, automaton);
    /* Literals share beginnings: what is kept is less than what was made room for. */
    State *states = ARENA_MANY(arena, State, automaton->count);
    uint32_t *ends = ARENA_MANY(arena, uint32_t, automaton->count);
    memcpy(states, automaton->states, automaton->count * sizeof *states);
    memcpy(ends, automaton->literals, automaton->count * sizeof *ends);
    automaton->states = states;
    automaton->literals = ends;
    arena_free(scratch);
    return automaton;
}

static void report(const LiteralAutomaton *automaton, uint32_t id, size_t end, LiteralFound *found,
                   void *context)
{
    while (id != NONE) {
        found(context, automaton->literals[id], end);
        id = automaton->states[automaton->states[id].fail].report;
    }
}

static uint32_t step(const LiteralAutomaton *automaton, uint32_t at, uint8_t byte, uint32_t kind)
{
    while (automaton->states[at].is_deep) {
        uint32_t child = child_of(automaton, at, byte);
        if (child != NONE) {
            return child;
        }
        at = automaton->states[at].fail;
    }
    return automaton->rows[(size_t)at * automaton->class_count + kind];
}

void literal_automaton_scan(const LiteralAutomaton *automaton, Str text, LiteralFound *found,
                            void *context)
{
    uint32_t at = ROOT;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.ptr[i];
        uint32_t kind = automaton->classes[byte];
        at = kind == 0 ? ROOT : step(automaton, at, byte, kind);
        if (automaton->states[at].report != NONE) {
            report(automaton, automaton->states[at].report, i + 1, found, context);
        }
    }
}
