/* A pattern, a line feed, a text. What the automaton says must be what the definition says, as far as that can be
 * worked out; a pattern is refused with a place inside it, or not at all. A first byte '~' folds both. */
#include "base/regex.h"
#include "naive_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invalid bytes are equal as characters, not as bytes; events and queries have none. */
static bool is_text(Str text)
{
    size_t bad = 0;
    return utf8_check(text, &bad);
}

static void check_text(const Regex *regex, const RegexNode *node, Str text, Arena *arena)
{
    bool match = regex_match(regex, text, arena);
    uint64_t left = 100000;
    RegexDfa *dfa = regex_dfa_new(arena, regex, &left);
    assert(dfa == NULL || regex_dfa_match(dfa, text) == match);
    size_t ignored = 0;
    assert(!match || str_find(text, regex_literal(regex), 0, &ignored));
    NaiveText naive;
    uint32_t work = 200000;
    if (naive_text(text, &naive)) {
        bool expected = naive_regex(node, &naive, &work);
        assert(work == 0 || match == expected);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str input = {(const char *)data, size};
    bool fold = str_starts_with(input, STR("~"));
    input = str_slice(input, fold, size);
    size_t end = 0;
    if (!str_find_byte(input, '\n', 0, &end) || size > 4096) {
        return 0;
    }
    Arena *arena = arena_new();
    Str pattern = str_slice(input, 0, end);
    Str text = str_slice(input, end + 1, input.len);
    text = fold ? utf8_fold(arena, text) : text;
    Err err = {0};
    RegexBudget budget = {1000000};
    Regex *regex = regex_compile(arena, pattern, fold, &err);
    if (regex == NULL) {
        assert(err.at <= pattern.len && (err.code == ERR_SYNTAX || err.code == ERR_LIMIT));
    } else {
        assert(regex_states(regex) <= REGEX_MAX_STATES);
        const RegexNode *node = regex_parse(arena, pattern, fold, &budget, &err);
        if (node != NULL && is_text(pattern) && is_text(text)) {
            check_text(regex, node, text, arena);
        }
    }
    arena_free(arena);
    return 0;
}
