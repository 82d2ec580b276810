#include "base/regex.h"
#include "base/regex_class.h"
#include "base/regex_subset.h"
#include "base/utf8.h"

/* What is known of a state besides where it leads. */
enum {
    ACCEPTS = 1,
    IS_LAST = 2,     /* every character leads back to it */
    SKIPS_ASCII = 4, /* every character of ASCII does */
    STAYS = 8,       /* most characters of ASCII do */
};

/* Of ASCII's characters so many lead back to a state that looking for one that does not pays. */
#define MOST_OF_ASCII 96u

struct RegexDfa {
    const uint16_t *moves; /* state x class -> state */
    const uint8_t *marks;  /* by state */
    uint32_t class_count;
    uint16_t ascii[128];    /* their classes */
    const uint32_t *firsts; /* the first character of each class, ascending */
};

static uint32_t class_of(const RegexDfa *dfa, uint32_t code_point)
{
    uint32_t low = 0;
    for (uint32_t high = dfa->class_count; high - low > 1;) {
        uint32_t middle = low + (high - low) / 2;
        if (dfa->firsts[middle] <= code_point) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static uint8_t marks_of(const RegexDfa *dfa, const RegexSubsets *subsets, uint32_t state)
{
    uint32_t back = 0; /* classes that lead back to the state: so many from the first on */
    while (back < dfa->class_count && dfa->moves[state * dfa->class_count + back] == state) {
        back++;
    }
    uint8_t marks = subsets->sets.items[state].accepts ? ACCEPTS : 0;
    if (back == dfa->class_count) {
        return marks | IS_LAST;
    }
    if (back > dfa->ascii[127]) {
        return marks | SKIPS_ASCII;
    }
    uint32_t stays = 0;
    for (uint32_t c = 0; c < ARRAY_LEN(dfa->ascii); c++) {
        stays += dfa->moves[state * dfa->class_count + dfa->ascii[c]] == state;
    }
    return stays >= MOST_OF_ASCII ? marks | STAYS : marks;
}

static RegexDfa *keep(Arena *arena, const RegexSubsets *subsets)
{
    uint32_t classes = subsets->firsts.count;
    uint32_t states = subsets->sets.count;
    uint16_t *moves = ARENA_MANY(arena, uint16_t, subsets->moves.count);
    uint32_t *firsts = ARENA_MANY(arena, uint32_t, classes);
    uint8_t *marks = ARENA_MANY(arena, uint8_t, states);
    for (uint32_t i = 0; i < subsets->moves.count; i++) {
        moves[i] = (uint16_t)subsets->moves.items[i];
    }
    memcpy(firsts, subsets->firsts.items, classes * sizeof *firsts);
    RegexDfa *dfa = ARENA_NEW(arena, RegexDfa);
    *dfa = (RegexDfa){.moves = moves, .marks = marks, .class_count = classes, .firsts = firsts};
    for (uint32_t c = 0; c < ARRAY_LEN(dfa->ascii); c++) {
        dfa->ascii[c] = (uint16_t)class_of(dfa, c);
    }
    for (uint32_t state = 0; state < states; state++) {
        marks[state] = marks_of(dfa, subsets, state);
    }
    return dfa;
}

RegexDfa *regex_dfa_new(Arena *arena, const Regex *regex, uint64_t *work)
{
    Arena *scratch = arena_new();
    RegexAutomaton automaton = regex_automaton(regex);
    RegexBudget budget = {*work};
    RegexSubsets subsets = {
        .arena = scratch,
        .budget = &budget,
        .states = automaton.states,
        .state_count = automaton.count,
        .most = REGEX_DFA_MAX_STATES,
    };
    bool found = regex_subsets_find(&subsets, automaton.first);
    RegexDfa *dfa = found ? keep(arena, &subsets) : NULL;
    *work = budget.work;
    arena_free(scratch);
    return dfa;
}

/* The first place from `at` on that does not lead back to the state, or the end. Unlike the steps from state to state, these do
 * not wait for one another. */
static size_t skip(const RegexDfa *dfa, uint32_t state, Str text, size_t at)
{
    const uint16_t *moves = dfa->moves + (size_t)state * dfa->class_count;
    while (at < text.len && (uint8_t)text.ptr[at] < ARRAY_LEN(dfa->ascii) &&
           moves[dfa->ascii[(uint8_t)text.ptr[at]]] == state) {
        at++;
    }
    return at;
}

bool regex_dfa_match(const RegexDfa *dfa, Str text)
{
    uint32_t state = 0;
    for (size_t at = 0; at < text.len;) {
        uint8_t marks = dfa->marks[state];
        if ((marks & IS_LAST) != 0) {
            break;
        }
        if ((marks & SKIPS_ASCII) != 0 && (at = utf8_skip_ascii(text, at)) == text.len) {
            break;
        }
        if ((marks & STAYS) != 0 && (at = skip(dfa, state, text, at)) == text.len) {
            break;
        }
        uint8_t byte = (uint8_t)text.ptr[at];
        uint32_t class = 0;
        if (byte < ARRAY_LEN(dfa->ascii)) {
            class = dfa->ascii[byte];
            at++;
        } else {
            class = class_of(dfa, utf8_next(text, &at));
        }
        state = dfa->moves[state * dfa->class_count + class];
    }
    return (dfa->marks[state] & ACCEPTS) != 0;
}
