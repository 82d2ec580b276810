#include "unit.h"

#include "base/array.h"
#include "base/buffer.h"
#include "base/text_words.h"
#include "base/utf8.h"
#include "exec/pattern.h"
#include "random.h"

TEST(patterns_are_recognized_by_their_shape)
{
    static const struct {
        const char *text;
        PatternKind kind;
        const char *literal, *front, *back;
    } CASES[] = {
        {"abc", PATTERN_EXACT, "abc", "abc", "abc"},
        {"", PATTERN_EXACT, "", "", ""},
        {"*", PATTERN_ANY, "", "", ""},
        {"***", PATTERN_ANY, "", "", ""},
        {"abc*", PATTERN_PREFIX, "abc", "abc", ""},
        {"abc**", PATTERN_PREFIX, "abc", "abc", ""},
        {"*abc", PATTERN_SUFFIX, "abc", "", "abc"},
        {"*abc*", PATTERN_PART, "abc", "", ""},
        {"a*bcd*e", PATTERN_WILD, "bcd", "a", "e"},
        {"a?c", PATTERN_WILD, "a", "a", "c"},
        {"?", PATTERN_WILD, "", "", ""},
        {"*?*", PATTERN_WILD, "", "", ""},
        {"*ab*cde", PATTERN_WILD, "cde", "", "cde"},
        {"ab?*", PATTERN_WILD, "ab", "ab", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Pattern pattern = pattern_of_wildcards(str_from_c(CASES[i].text), false);
        if (pattern.kind != CASES[i].kind ||
            !str_equal(pattern_literal(&pattern), str_from_c(CASES[i].literal)) ||
            !str_equal(pattern_front(&pattern), str_from_c(CASES[i].front)) ||
            !str_equal(pattern_back(&pattern), str_from_c(CASES[i].back))) {
            fail_msg("'%s': kind %d", CASES[i].text, (int)pattern.kind);
        }
    }
}

TEST(a_folded_pattern_looks_at_the_folded_text)
{
    Arena *scratch = arena_new();
    Pattern exact = pattern_of_wildcards(STR("a*"), false);
    Pattern folded = pattern_of_wildcards(STR("a*"), true);
    assert_false(pattern_fits(&exact, STR("ABC"), STR("abc"), scratch));
    assert_true(pattern_fits(&folded, STR("ABC"), STR("abc"), scratch));
    arena_free(scratch);
}

/* Pieces of which few texts make many words, many boundaries, and now and then a word that is cut. */
static Str random_ascii(Random *random, Arena *arena, uint32_t pieces)
{
    static const char *const PIECES[] = {"a", "ab", "B", "1", "_", ":",
                                         ".", "'",  ",", ";", " ", "-"};
    Buffer out = {0};
    for (uint32_t i = random_below(random, pieces); i > 0; i--) {
        buffer_append(&out, str_from_c(PIECES[random_below(random, ARRAY_LEN(PIECES))]));
    }
    while (random_below(random, 16) == 0) {
        for (uint32_t i = 240 + random_below(random, 20); i > 0; i--) {
            buffer_append_byte(&out, "ab"[i % 2]);
        }
    }
    Str text = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return text;
}

/* Some words in a row out of a text, so that there is something to find. */
static Str some_words(Random *random, Arena *arena, Str words)
{
    ARRAY(Str) list = {0};
    size_t at = 0;
    for (Str word; text_words_next(words, &at, &word);) {
        ARRAY_PUSH(arena, &list, word);
    }
    if (list.count == 0) {
        return words;
    }
    uint32_t first = random_below(random, list.count);
    uint32_t last = first + random_below(random, list.count - first);
    const char *end = list.items[last].ptr + list.items[last].len;
    return (Str){list.items[first].ptr - 1, (size_t)(end - list.items[first].ptr) + 2};
}

TEST(words_that_fit_are_never_missed_in_ascii)
{
    Random random = {7};
    uint32_t held = 0;
    uint32_t excluded = 0;
    uint32_t undecided = 0;
    for (int i = 0; i < 40000; i++) {
        Arena *arena = arena_new();
        Str text = random_ascii(&random, arena, 24);
        Str words = text_words_of(arena, text);
        Str from = random_below(&random, 2) == 0
                       ? words
                       : text_words_of(arena, random_ascii(&random, arena, 6));
        Pattern pattern = {.kind = PATTERN_PHRASE, .text = some_words(&random, arena, from)};
        if (pattern.text.len == 0) {
            arena_free(arena);
            continue;
        }
        if (random_below(&random, 4) == 0) {
            size_t at = 1 + random_below(&random, (uint32_t)pattern.text.len - 2);
            pattern.kind = PATTERN_WORD;
            pattern.text =
                str_format(arena, "%.*s*%.*s", STR_ARG(str_slice(pattern.text, 1, at)),
                           STR_ARG(str_slice(pattern.text, at + 1, pattern.text.len - 1)));
        }
        bool fits = pattern_fits_words(&pattern, text_words_of(arena, text));
        bool may = pattern_may_fit_ascii(&pattern, utf8_fold(arena, text));
        if (fits && !may) {
            fail_msg("'%.*s' holds '%.*s'", STR_ARG(text), STR_ARG(pattern.text));
        }
        held += fits;
        excluded += !may;
        undecided += may && !fits;
        arena_free(arena);
    }
    assert_true(held > 10000 && excluded > 5000 && undecided < 1000);
}

RUN_TESTS(CASE(patterns_are_recognized_by_their_shape),
          CASE(a_folded_pattern_looks_at_the_folded_text),
          CASE(words_that_fit_are_never_missed_in_ascii))
