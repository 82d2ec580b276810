#include "base/regex.h"

#include "base/regex_class.h"
#include "base/regex_nfa.h"
#include "base/utf8.h"

/* Steps of any kind spent on one pattern before it is refused: well under a second. */
#define MAX_WORK    ((uint64_t)5 * 1000 * 1000)
#define MAX_LITERAL ((size_t)256)

struct Regex {
    RegexAutomaton automaton;
    Str literal;
};

/* ---- what every match contains ---- */

typedef struct Literal {
    char text[MAX_LITERAL];
    size_t len;
} Literal;

/* What is known of a node's texts: the one text that it fits, if it is just one, else one that is part of all. */
typedef struct Content {
    bool is_exact;
    Literal literal;
} Content;

typedef struct Collector {
    Literal run; /* what has been put together so far without a gap */
    Literal best;
} Collector;

static bool append(Literal *to, const Literal *more)
{
    if (more->len > sizeof to->text - to->len) {
        return false;
    }
    memcpy(to->text + to->len, more->text, more->len);
    to->len += more->len;
    return true;
}

static void keep_longer(Literal *best, const Literal *other)
{
    if (other->len > best->len) {
        *best = *other;
    }
}

static void end_run(Collector *collector)
{
    keep_longer(&collector->best, &collector->run);
    collector->run.len = 0;
}

static void content_of(const RegexNode *node, Content *out);

static void take_exact(Collector *collector, const Literal *text)
{
    if (!append(&collector->run, text)) {
        end_run(collector);
        collector->run = *text;
    }
}

/* A child at least once and perhaps more often: the first time joins what is before, the last what is behind. */
static void take_repeat(Collector *collector, const RegexNode *node)
{
    Content inner;
    content_of(node->children[0], &inner);
    if (inner.is_exact) {
        take_exact(collector, &inner.literal);
    }
    end_run(collector);
    keep_longer(&collector->best, &inner.literal);
    if (inner.is_exact) {
        collector->run = inner.literal;
    }
}

static void take(Collector *collector, const RegexNode *node)
{
    if (node->kind == REGEX_REPEAT && node->min > 0) {
        take_repeat(collector, node);
        return;
    }
    Content inner;
    content_of(node, &inner);
    if (inner.is_exact) {
        take_exact(collector, &inner.literal);
    } else {
        end_run(collector);
        keep_longer(&collector->best, &inner.literal);
    }
}

static void sequence_content(const RegexNode *node, Content *out)
{
    Collector collector = {0};
    bool is_exact = true;
    for (uint32_t i = 0; i < node->child_count; i++) {
        size_t before = collector.run.len;
        take(&collector, node->children[i]);
        is_exact &= node->children[i]->kind == REGEX_CLASS && collector.run.len > before;
    }
    end_run(&collector);
    out->is_exact = is_exact;
    out->literal = collector.best;
}

static void content_of(const RegexNode *node, Content *out)
{
    *out = (Content){0};
    if (node->kind == REGEX_CLASS && node->range_count == 1 &&
        node->ranges[0].first == node->ranges[0].last) {
        out->is_exact = true;
        out->literal.len = utf8_encode(node->ranges[0].first, out->literal.text);
    } else if (node->kind == REGEX_SEQUENCE) {
        sequence_content(node, out);
    } else if (node->kind == REGEX_REPEAT && node->min > 0) {
        Collector collector = {0};
        take_repeat(&collector, node);
        end_run(&collector);
        out->literal = collector.best;
    }
}

/* ---- compiling ---- */

static Regex *refuse(Err *err)
{
    err->at = 0;
    err_set(err, ERR_LIMIT, "regular expression is too large (more than %d states)",
            REGEX_MAX_STATES);
    return NULL;
}

static Regex *keep(Arena *arena, const RegexStates *states, uint32_t first, const RegexNode *node)
{
    Regex *regex = ARENA_NEW(arena, Regex);
    RegexState *kept = ARENA_MANY(arena, RegexState, states->list.count);
    for (uint32_t i = 0; i < states->list.count; i++) {
        RegexState state = states->list.items[i];
        RegexRange *ranges = ARENA_MANY(arena, RegexRange, state.range_count);
        if (state.range_count > 0) {
            memcpy(ranges, state.ranges, state.range_count * sizeof *ranges);
        }
        state.ranges = ranges;
        kept[i] = state;
    }
    regex->automaton = (RegexAutomaton){kept, states->list.count, first};
    Content content;
    content_of(node, &content);
    regex->literal = str_copy(arena, (Str){content.literal.text, content.literal.len});
    return regex;
}

Regex *regex_compile(Arena *arena, Str pattern, bool fold, Err *err)
{
    Arena *scratch = arena_new();
    RegexBudget budget = {MAX_WORK};
    Regex *regex = NULL;
    RegexNode *node = regex_parse(scratch, pattern, fold, &budget, err);
    if (node != NULL) {
        RegexStates states = {.arena = scratch, .budget = &budget};
        uint32_t accept = regex_states_add(&states, (RegexState){.kind = REGEX_STATE_ACCEPT});
        uint32_t first = regex_states_build(&states, node, accept);
        regex = states.too_many ? refuse(err) : keep(arena, &states, first, node);
    }
    arena_free(scratch);
    return regex;
}

Str regex_literal(const Regex *regex)
{
    return regex->literal;
}

uint32_t regex_states(const Regex *regex)
{
    return regex->automaton.count;
}

RegexAutomaton regex_automaton(const Regex *regex)
{
    return regex->automaton;
}

/* ---- matching ---- */

static void step(const RegexState *states, const RegexSet *from, RegexSet *to, uint32_t *stack,
                 uint32_t code_point)
{
    to->count = 0;
    for (uint32_t i = 0; i < from->count; i++) {
        const RegexState *state = &states[from->items[i]];
        if (regex_ranges_contain(state->ranges, state->range_count, code_point)) {
            regex_set_add(to, states, stack, state->next);
        }
    }
}

bool regex_match(const Regex *regex, Str text, Arena *scratch)
{
    const RegexState *states = regex->automaton.states;
    uint32_t count = regex->automaton.count;
    uint32_t *stack = ARENA_MANY(scratch, uint32_t, count);
    RegexSet sets[2] = {regex_set_new(scratch, count), regex_set_new(scratch, count)};
    unsigned now = 0;
    regex_set_add(&sets[now], states, stack, regex->automaton.first);
    for (size_t at = 0; at < text.len && sets[now].count > 0;) {
        step(states, &sets[now], &sets[1 - now], stack, utf8_next(text, &at));
        now = 1 - now;
    }
    for (uint32_t i = 0; i < sets[now].count; i++) {
        if (states[sets[now].items[i]].kind == REGEX_STATE_ACCEPT) {
            return true;
        }
    }
    return false;
}
