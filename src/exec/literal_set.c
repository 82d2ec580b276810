#include "exec/literal_set.h"

#include <endian.h>

#define NONE UINT32_MAX
#define ROOT 0u

/* Bytes that the filter looks at first; states of so many or more are deep. */
#define DEEP 3u
#define LONG 6u /* bytes that it looks at next, where the literals have them */

/* Bits of the filter's hashes: 32 times as many as literals, up to 8 KiB a set of bits, which stay in the cache. */
#define FILTER_LEAST 10u
#define FILTER_MOST  16u

/* May a literal begin here? Bits by hash of its first bytes. */
typedef struct Filter {
    uint64_t *any;   /* the first DEEP bytes of each literal */
    uint64_t *brief; /* the same of those that are shorter than LONG */
    uint64_t *rest;  /* the first LONG bytes of the others */
    unsigned shift;  /* leaves the hash its bits */
} Filter;

typedef struct State {
    uint32_t first_child; /* its children are neighbours, in order of their bytes */
    uint32_t fail;        /* the longest proper suffix of its text that is a state */
    uint32_t report; /* the nearest state from here on along `fail` that ends a literal; NONE */
    uint16_t child_count;
    uint8_t byte;  /* that leads here */
    uint8_t depth; /* how many bytes lead here, counted to DEEP */
} State;

struct LiteralSet {
    State *states;
    uint32_t count;
    uint32_t *literals;    /* by state: the one that ends there, or NONE */
    uint16_t classes[256]; /* of bytes; 0: in no literal */
    uint32_t class_count;
    uint32_t *rows; /* state x class -> state, for the root and the states of one byte */
    Filter *filter; /* NULL when a literal is shorter than DEEP */
};

/* While it is built: the sorted literals that begin with a state's text. */
typedef struct Span {
    uint32_t first, end;
    uint32_t depth;
} Span;

typedef struct Building {
    LiteralSet *set;
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
    LiteralSet *set = building->set;
    uint32_t id = set->count++;
    set->states[id] = (State){
        .byte = byte_at(building, span.first, span.depth - 1),
        .depth = (uint8_t)(span.depth < DEEP ? span.depth : DEEP),
    };
    set->states[parent].child_count++;
    building->spans[id] = span;
}

/* The children of a state: its literals in groups of the same next byte. The literal that ends here comes first,
 * being the shortest. */
static void expand(Building *building, uint32_t id)
{
    LiteralSet *set = building->set;
    Span span = building->spans[id];
    set->literals[id] = NONE;
    set->states[id].first_child = set->count;
    uint32_t next = span.first;
    if (span.depth > 0 && building->literals[building->order[next]].len == span.depth) {
        set->literals[id] = building->order[next++];
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

static uint32_t child_of(const LiteralSet *set, uint32_t id, uint8_t byte)
{
    const State *state = &set->states[id];
    const State *child = &set->states[state->first_child];
    for (uint32_t i = 0; i < state->child_count; i++) {
        if (child[i].byte == byte) {
            return state->first_child + i;
        }
    }
    return NONE;
}

/* Where `byte` leads from a state, by the links alone. */
static uint32_t follow(const LiteralSet *set, uint32_t id, uint8_t byte)
{
    for (;;) {
        uint32_t child = child_of(set, id, byte);
        if (child != NONE) {
            return child;
        }
        if (id == ROOT) {
            return ROOT;
        }
        id = set->states[id].fail;
    }
}

static void link_children(LiteralSet *set, uint32_t id)
{
    const State *state = &set->states[id];
    for (uint32_t i = 0; i < state->child_count; i++) {
        State *child = &set->states[state->first_child + i];
        child->fail = id == ROOT ? ROOT : follow(set, state->fail, child->byte);
        bool ends = set->literals[state->first_child + i] != NONE;
        child->report = ends ? state->first_child + i : set->states[child->fail].report;
    }
}

static void fill_rows(Arena *arena, LiteralSet *set)
{
    uint8_t bytes[257] = {0}; /* by class; class 0 has none */
    for (uint32_t i = 1; i < set->count; i++) {
        uint8_t byte = set->states[i].byte;
        if (set->classes[byte] == 0) {
            set->classes[byte] = (uint16_t)set->class_count;
            bytes[set->class_count++] = byte;
        }
    }
    uint32_t rows = 1 + set->states[ROOT].child_count;
    set->rows = ARENA_MANY(arena, uint32_t, (size_t)rows * set->class_count);
    for (uint32_t id = 0; id < rows; id++) {
        uint32_t *row = set->rows + (size_t)id * set->class_count;
        for (uint32_t kind = 1; kind < set->class_count; kind++) {
            row[kind] = follow(set, id, bytes[kind]);
        }
    }
}

static uint64_t first_bytes(const char *text, size_t count)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes |= (uint64_t)(uint8_t)text[i] << (8 * i);
    }
    return bytes;
}

static uint32_t filter_hash(const Filter *filter, uint64_t bytes)
{
    return (uint32_t)(bytes * 0x9e3779b97f4a7c15u >> filter->shift);
}

static void filter_set(uint64_t *bits, uint32_t hash)
{
    bits[hash / 64] |= (uint64_t)1 << (hash % 64);
}

static bool filter_has(const uint64_t *bits, uint32_t hash)
{
    return (bits[hash / 64] >> (hash % 64) & 1) != 0;
}

static void fill_filter(Arena *arena, LiteralSet *set, const Str *literals, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (literals[i].len < DEEP) {
            return;
        }
    }
    unsigned bits = FILTER_LEAST;
    while (bits < FILTER_MOST && 1u << bits < count * 32) {
        bits++;
    }
    Filter *filter = ARENA_NEW(arena, Filter);
    filter->shift = 64 - bits;
    filter->any = ARENA_MANY(arena, uint64_t, (1u << bits) / 64);
    filter->brief = ARENA_MANY(arena, uint64_t, (1u << bits) / 64);
    filter->rest = ARENA_MANY(arena, uint64_t, (1u << bits) / 64);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t first = filter_hash(filter, first_bytes(literals[i].ptr, DEEP));
        filter_set(filter->any, first);
        if (literals[i].len < LONG) {
            filter_set(filter->brief, first);
        } else {
            uint64_t rest = first_bytes(literals[i].ptr, LONG);
            filter_set(filter->rest, filter_hash(filter, rest));
        }
    }
    set->filter = filter;
}

LiteralSet *literal_set_new(Arena *arena, const Str *literals, uint32_t count)
{
    size_t most = 1;
    for (uint32_t i = 0; i < count; i++) {
        assert(literals[i].len > 0 && literals[i].len <= LITERAL_MAX);
        most += literals[i].len;
    }
    assert(most < NONE);
    Arena *scratch = arena_new();
    LiteralSet *set = ARENA_NEW(arena, LiteralSet);
    *set = (LiteralSet){
        .states = ARENA_MANY(scratch, State, most),
        .literals = ARENA_MANY(scratch, uint32_t, most),
        .count = 1,
        .class_count = 1,
    };
    Building building = {set, literals, sorted(scratch, literals, count),
                         ARENA_MANY(scratch, Span, most)};
    building.spans[ROOT] = (Span){0, count, 0};
    set->states[ROOT].report = NONE;
    for (uint32_t id = 0; id < set->count; id++) {
        expand(&building, id);
    }
    for (uint32_t id = 0; id < set->count; id++) {
        link_children(set, id);
    }
    fill_rows(arena, set);
    fill_filter(arena, set, literals, count);
    /* Literals share beginnings: what is kept is less than what was made room for. */
    State *states = ARENA_MANY(arena, State, set->count);
    uint32_t *ends = ARENA_MANY(arena, uint32_t, set->count);
    memcpy(states, set->states, set->count * sizeof *states);
    memcpy(ends, set->literals, set->count * sizeof *ends);
    set->states = states;
    set->literals = ends;
    arena_free(scratch);
    return set;
}

static void report(const LiteralSet *set, uint32_t id, size_t end, LiteralFound *found,
                   void *context)
{
    while (id != NONE) {
        found(context, set->literals[id], end);
        id = set->states[set->states[id].fail].report;
    }
}

static uint32_t step(const LiteralSet *set, uint32_t at, uint8_t byte, uint32_t kind)
{
    while (set->states[at].depth > 1) {
        uint32_t child = child_of(set, at, byte);
        if (child != NONE) {
            return child;
        }
        at = set->states[at].fail;
    }
    return set->rows[(size_t)at * set->class_count + kind];
}

/* The next place at or after `i` at which a literal may begin; the text's length if there is none. */
static size_t skip(const Filter *filter, Str text, size_t i)
{
    static const uint64_t FIRST = ((uint64_t)1 << (8 * DEEP)) - 1;
    static const uint64_t FIRST_LONG = ((uint64_t)1 << (8 * LONG)) - 1;
    for (uint64_t bytes; i + sizeof bytes <= text.len; i++) {
        memcpy(&bytes, text.ptr + i, sizeof bytes);
        bytes = le64toh(bytes);
        uint32_t first = filter_hash(filter, bytes & FIRST);
        if (filter_has(filter->any, first) &&
            (filter_has(filter->brief, first) ||
             filter_has(filter->rest, filter_hash(filter, bytes & FIRST_LONG)))) {
            return i;
        }
    }
    for (; i + DEEP <= text.len; i++) { /* too near the end for the whole filter */
        if (filter_has(filter->any, filter_hash(filter, first_bytes(text.ptr + i, DEEP)))) {
            return i;
        }
    }
    return text.len;
}

/* Runs from the root at `i` until the text ends or nothing longer than the filter can see is left of what has begun.
 * Where to skip on from: behind `i`, and not behind the beginning of what is left. */
static size_t run(const LiteralSet *set, Str text, size_t i, LiteralFound *found, void *context)
{
    uint32_t at = ROOT;
    size_t seen = i + DEEP; /* the filter has spoken for the bytes before */
    for (; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.ptr[i];
        uint32_t kind = set->classes[byte];
        at = kind == 0 ? ROOT : step(set, at, byte, kind);
        const State *state = &set->states[at];
        if (state->report != NONE) {
            report(set, state->report, i + 1, found, context);
        }
        if (set->filter != NULL && state->depth < DEEP && i + 1 >= seen) {
            return i + 1 - state->depth;
        }
    }
    return text.len;
}

void literal_set_scan(const LiteralSet *set, Str text, LiteralFound *found, void *context)
{
    for (size_t i = 0; i < text.len;) {
        i = set->filter != NULL ? skip(set->filter, text, i) : i;
        i = run(set, text, i, found, context);
    }
}
