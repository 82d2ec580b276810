#include "rule/lint_wildcard.h"

#include "base/utf8.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

static bool has_word(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_word(text.ptr[i])) {
            return true;
        }
    }
    return false;
}

static bool contains(Str text, Str part)
{
    size_t at = 0;
    return str_find(text, part, 0, &at);
}

static bool one_of(Str text, const Str *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(text, list[i])) {
            return true;
        }
    }
    return false;
}

static Str last_part(Str field)
{
    size_t start = field.len;
    while (start > 0 && field.ptr[start - 1] != '.') {
        start--;
    }
    return str_slice(field, start, field.len);
}

typedef enum Holds { HOLDS_NAMES, HOLDS_ARGUMENTS, HOLDS_ANYTHING, HOLDS_STARS } Holds;

static Holds field_holds(Str field)
{
    static const Str STARRED[] = {STR_INIT("x509"),    STR_INIT("tls."),        STR_INIT("subject"),
                                  STR_INIT("issuer"),  STR_INIT("certificate"), STR_INIT("url."),
                                  STR_INIT("http."),   STR_INIT("request"),     STR_INIT("policy"),
                                  STR_INIT("message"), STR_INIT("script_block")};
    static const Str NAMES[] = {STR_INIT("name"),
                                STR_INIT("path"),
                                STR_INIT("executable"),
                                STR_INIT("directory"),
                                STR_INIT("working_directory"),
                                STR_INIT("original_file_name"),
                                STR_INIT("extension"),
                                STR_INIT("domain"),
                                STR_INIT("registered_domain"),
                                STR_INIT("key"),
                                STR_INIT("target_path")};
    static const Str ARGUMENTS[] = {STR_INIT("args"), STR_INIT("command_line")};
    for (size_t i = 0; i < ARRAY_LEN(STARRED); i++) {
        if (contains(field, STARRED[i])) {
            return HOLDS_STARS;
        }
    }
    Str last = last_part(field);
    if (one_of(last, ARGUMENTS, ARRAY_LEN(ARGUMENTS))) {
        return HOLDS_ARGUMENTS;
    }
    return one_of(last, NAMES, ARRAY_LEN(NAMES)) ? HOLDS_NAMES : HOLDS_ANYTHING;
}

/* The byte before or after; NUL at the ends. */
static char before(Str text, size_t at)
{
    if (at == 0) {
        return '\0';
    }
    return text.ptr[at - 1];
}

static char after(Str text, size_t at)
{
    if (at + 1 == text.len) {
        return '\0';
    }
    return text.ptr[at + 1];
}

/* "*.txt" alone. */
static bool is_any_of_kind(Str text)
{
    if (!str_starts_with(text, STR("*.")) || text.len < 3) {
        return false;
    }
    for (size_t i = 2; i < text.len; i++) {
        if (!is_word(text.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool is_whole_component(Str text, size_t at)
{
    char left = before(text, at);
    char right = after(text, at);
    return (left == '\0' || strchr("/\\,;", left) != NULL) &&
           (right == '\0' || strchr("/\\,;", right) != NULL);
}

static bool star_is_pattern(Str text, size_t at, Holds holds)
{
    char left = before(text, at);
    bool at_start = at == 0;
    if (left == ':' || left == '=') {
        return false;
    }
    if (at == 2 && str_starts_with(text, STR("\\\\*\\"))) {
        return false;
    }
    if (contains(text, STR(" "))) {
        return at_start && is_word(after(text, at));
    }
    if (holds == HOLDS_ARGUMENTS) {
        return !is_any_of_kind(text) && !is_whole_component(text, at);
    }
    return holds == HOLDS_NAMES || (at_start && text.ptr[text.len - 1] == '*');
}

/* "?:\Windows", "?:/": a drive's letter; "HarddiskVolume?\": a digit. */
static bool question_is_pattern(Str text, size_t at, Holds holds)
{
    if (holds != HOLDS_NAMES) {
        return false;
    }
    bool drive =
        at == 0 && (str_starts_with(text, STR("?:\\")) || str_starts_with(text, STR("?:/")));
    return drive || (is_word(before(text, at)) && contains(text, STR("\\")));
}

bool lint_reads_as_pattern(Str field, Str text)
{
    Holds holds = field_holds(field);
    if (holds == HOLDS_STARS || !has_word(text)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if ((text.ptr[i] == '*' && star_is_pattern(text, i, holds)) ||
            (text.ptr[i] == '?' && question_is_pattern(text, i, holds))) {
            return true;
        }
    }
    return false;
}

/* One step of both texts: a character of the pattern against one of the covered. */
static bool step(Str pattern, size_t *p, Str covered, size_t *c)
{
    if (*p == pattern.len || covered.ptr[*c] == '*') {
        return false;
    }
    if (pattern.ptr[*p] == '?') {
        ++*p;
        utf8_next(covered, c);
        return true;
    }
    if (pattern.ptr[*p] != covered.ptr[*c]) {
        return false;
    }
    ++*p;
    ++*c;
    return true;
}

bool lint_covers(Str pattern, Str covered, size_t *steps)
{
    size_t p = 0;
    size_t c = 0;
    size_t star = SIZE_MAX; /* behind the last star met in the pattern */
    size_t resume = 0;      /* how far that star has swallowed */
    while (c < covered.len) {
        if (*steps == 0) {
            return false;
        }
        --*steps;
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = ++p;
            resume = c;
        } else if (!step(pattern, &p, covered, &c)) {
            if (star == SIZE_MAX) {
                return false;
            }
            p = star;
            utf8_next(covered, &resume);
            c = resume;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}
