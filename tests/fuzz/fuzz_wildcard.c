/* A pattern, a line feed, a text: the matcher and the definition must agree, and so must each other form in which the
 * pattern is tried. */
#include "exec/pattern.h"
#include "exec/wildcard.h"
#include "naive_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str input = {(const char *)data, size};
    size_t end = 0;
    if (!str_find_byte(input, '\n', 0, &end)) {
        return 0;
    }
    Str wild = str_slice(input, 0, end);
    Str text = str_slice(input, end + 1, input.len);
    bool match = wildcard_match(wild, text);
    Arena *arena = arena_new();
    Pattern pattern = pattern_of_wildcards(wild, false);
    assert(pattern_fits(&pattern, text, text, arena) == match);
    size_t ignored = 0;
    assert(!match || (str_find(text, pattern_literal(&pattern), 0, &ignored) &&
                      str_starts_with(text, pattern_front(&pattern)) &&
                      str_ends_with(text, pattern_back(&pattern))));
    arena_free(arena);
    NaiveText naive_pattern;
    NaiveText naive_subject;
    size_t bad = 0;
    /* Invalid bytes are equal as characters, not as bytes; events and queries have none. */
    if (utf8_check(wild, &bad) && utf8_check(text, &bad) && naive_text(wild, &naive_pattern) &&
        naive_text(text, &naive_subject)) {
        assert(naive_wildcard(&naive_pattern, &naive_subject) == match);
    }
    return 0;
}
