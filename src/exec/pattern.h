#pragma once
/* Pattern: one item of a LIKE, REGEX, PHRASE or WORD_LIKE, or the text of a startsWith, endsWith or stringContains, in the form
 * in which it is tried on a text fastest. */

#include "base/regex.h"
#include "base/str.h"

typedef enum PatternKind {
    PATTERN_EXACT,  /* the text itself: no pattern at all */
    PATTERN_ANY,    /* any text */
    PATTERN_PREFIX, /* x* */
    PATTERN_SUFFIX, /* *x */
    PATTERN_PART,   /* *x* */
    PATTERN_WILD,   /* any other mixture of texts, '*' and '?' */
    PATTERN_REGEX,
    PATTERN_PHRASE, /* words in a row, as text_words_of gives them */
    PATTERN_WORD,   /* '*', '?' and text that one word fits */
} PatternKind;

typedef struct Pattern {
    PatternKind kind;
    bool fold;           /* `text` and `regex` are folded: they are tried on the folded text */
    Str text;            /* x; where there is no x: the whole pattern */
    const Regex *regex;  /* PATTERN_REGEX */
    const RegexDfa *dfa; /* the same, faster; NULL where it would be too large */
} Pattern;

/* Of a text with wildcards, folded already if `fold`. */
Pattern pattern_of_wildcards(Str text, bool fold);

/* The longest text that is part of every text that fits; not folded, unless the pattern is. May be empty. */
Str pattern_literal(const Pattern *pattern);
/* The text that every fitting text begins with, ends with. Empty: none. */
Str pattern_front(const Pattern *pattern);
Str pattern_back(const Pattern *pattern);

/* Not of a pattern of words. */
bool pattern_fits(const Pattern *pattern, Str text, Str folded, Arena *scratch);

/* Those that are tried on a text's words (text_words_of), which are worth making once for all of them. */
static inline bool pattern_is_of_words(const Pattern *pattern)
{
    return pattern->kind == PATTERN_PHRASE || pattern->kind == PATTERN_WORD;
}
bool pattern_fits_words(const Pattern *pattern, Str words);
/* Of such a pattern and a folded text of ASCII alone: false when no word or words of it fit, told without making words. */
bool pattern_may_fit_ascii(const Pattern *pattern, Str folded);
