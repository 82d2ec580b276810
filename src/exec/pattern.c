#include "exec/pattern.h"

#include "base/text_words.h"
#include "exec/wildcard.h"

static bool is_wild(char c)
{
    return c == '*' || c == '?';
}

Pattern pattern_of_wildcards(Str text, bool fold)
{
    size_t from = 0;
    size_t to = text.len;
    while (from < to && text.ptr[from] == '*') {
        from++;
    }
    while (to > from && text.ptr[to - 1] == '*') {
        to--;
    }
    Pattern pattern = {.kind = PATTERN_WILD, .fold = fold, .text = text};
    Str inner = str_slice(text, from, to);
    if (!wildcard_is_plain(inner)) {
        return pattern;
    }
    bool open_front = from > 0;
    bool open_back = to < text.len;
    pattern.text = inner;
    pattern.kind = inner.len == 0 && open_front ? PATTERN_ANY
                   : open_front && open_back    ? PATTERN_PART
                   : open_front                 ? PATTERN_SUFFIX
                   : open_back                  ? PATTERN_PREFIX
                                                : PATTERN_EXACT;
    return pattern;
}

static Str longest_piece(Str text)
{
    Str longest = {text.ptr, 0};
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        while (at < text.len && !is_wild(text.ptr[at])) {
            at++;
        }
        if (at - from > longest.len) {
            longest = str_slice(text, from, at);
        }
        at++;
    }
    return longest;
}

static Str longest_word(Str words)
{
    Str longest = STR("");
    size_t at = 0;
    for (Str word; text_words_next(words, &at, &word);) {
        longest = word.len > longest.len ? word : longest;
    }
    return longest;
}

Str pattern_literal(const Pattern *pattern)
{
    switch (pattern->kind) {
    case PATTERN_ANY: return STR("");
    case PATTERN_EXACT:
    case PATTERN_PREFIX:
    case PATTERN_SUFFIX:
    case PATTERN_PART: return pattern->text;
    case PATTERN_WORD:
    case PATTERN_WILD: return longest_piece(pattern->text);
    case PATTERN_PHRASE: return longest_word(pattern->text);
    case PATTERN_REGEX: return regex_literal(pattern->regex);
    }
    return STR("");
}

Str pattern_front(const Pattern *pattern)
{
    size_t len = 0;
    if (pattern->kind == PATTERN_WILD) {
        while (len < pattern->text.len && !is_wild(pattern->text.ptr[len])) {
            len++;
        }
    } else if (pattern->kind == PATTERN_PREFIX || pattern->kind == PATTERN_EXACT) {
        len = pattern->text.len;
    }
    return str_slice(pattern->text, 0, len);
}

Str pattern_back(const Pattern *pattern)
{
    size_t from = pattern->text.len;
    if (pattern->kind == PATTERN_WILD) {
        while (from > 0 && !is_wild(pattern->text.ptr[from - 1])) {
            from--;
        }
    } else if (pattern->kind == PATTERN_SUFFIX || pattern->kind == PATTERN_EXACT) {
        from = 0;
    }
    return str_slice(pattern->text, from, pattern->text.len);
}

bool pattern_fits_words(const Pattern *pattern, Str words)
{
    size_t at = 0;
    if (pattern->kind == PATTERN_PHRASE) {
        return text_words_hold(words, pattern->text);
    }
    for (Str word; text_words_next(words, &at, &word);) {
        if (wildcard_match(pattern->text, word)) {
            return true;
        }
    }
    return false;
}

static bool may_fit_at(const Pattern *pattern, Str folded, Str literal, size_t at)
{
    Str word;
    if (pattern->kind == PATTERN_PHRASE) {
        return text_words_may_stand(folded, at, pattern->text, literal);
    }
    return !text_words_around(folded, at, &word) || wildcard_match(pattern->text, word);
}

bool pattern_may_fit_ascii(const Pattern *pattern, Str folded)
{
    Str literal = pattern_literal(pattern);
    if (literal.len == 0) {
        return true;
    }
    for (size_t at = 0; str_find(folded, literal, at, &at); at++) {
        if (may_fit_at(pattern, folded, literal, at)) {
            return true;
        }
    }
    return false;
}

bool pattern_fits(const Pattern *pattern, Str text, Str folded, Arena *scratch)
{
    Str tried = pattern->fold ? folded : text;
    size_t ignored = 0;
    switch (pattern->kind) {
    case PATTERN_EXACT: return str_equal(tried, pattern->text);
    case PATTERN_ANY: return true;
    case PATTERN_PREFIX: return str_starts_with(tried, pattern->text);
    case PATTERN_SUFFIX: return str_ends_with(tried, pattern->text);
    case PATTERN_PART: return str_find(tried, pattern->text, 0, &ignored);
    case PATTERN_WILD: return wildcard_match(pattern->text, tried);
    case PATTERN_REGEX:
        return pattern->dfa != NULL ? regex_dfa_match(pattern->dfa, tried)
                                    : regex_match(pattern->regex, tried, scratch);
    case PATTERN_PHRASE:
    case PATTERN_WORD: break;
    }
    assert(!"tried on the words of a text");
    return false;
}
