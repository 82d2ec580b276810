#include "lang/eql_token.h"

#include "base/utf8.h"

static const Str NAMES[] = {
#define TOKEN_NAME(kind, name) [kind] = STR_INIT(name),
    EQL_TOKENS(TOKEN_NAME)
#undef TOKEN_NAME
};

Str eql_token_name(EqlTokenKind kind)
{
    return NAMES[kind];
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool starts_identifier(char c)
{
    return is_letter(c) || c == '_' || c == '@';
}

static bool continues_identifier(char c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

/* The byte at `at`, or NUL behind the end: no token continues with a NUL outside quotes. */
static char peek(Str text, size_t at)
{
    if (at < text.len) {
        return text.ptr[at];
    }
    return '\0';
}

static bool starts_with(Str text, size_t at, Str word)
{
    return text.len - at >= word.len && memcmp(text.ptr + at, word.ptr, word.len) == 0;
}

static EqlToken token(EqlTokenKind kind, size_t from, size_t end)
{
    return (EqlToken){.kind = kind, .at = (uint32_t)from, .len = (uint32_t)(end - from)};
}

/* No token goes on with the character at `end`; it belongs to what is complained about. */
static EqlToken bad(Str text, size_t from, size_t end)
{
    if (end < text.len) {
        (void)utf8_next(text, &end);
    }
    return token(EQL_TOKEN_BAD, from, end);
}

/* Behind the comment that starts at `at`, or text.len + 1 when it never closes. They nest. */
static size_t skip_comment(Str text, size_t at)
{
    size_t depth = 0;
    while (at + 1 < text.len) {
        if (starts_with(text, at, STR("/*"))) {
            depth++;
            at += 2;
        } else if (starts_with(text, at, STR("*/"))) {
            depth--;
            at += 2;
        } else {
            at++;
        }
        if (depth == 0) {
            return at;
        }
    }
    return text.len + 1;
}

/* Behind blanks and comments; text.len + 1 when a comment never closes, and *from says which. */
static size_t skip_hidden(Str text, size_t *from)
{
    size_t at = *from;
    while (at < text.len) {
        *from = at;
        char c = text.ptr[at];
        if (c == ' ' || c == '\t' || ends_line(c)) {
            at++;
        } else if (starts_with(text, at, STR("//"))) {
            while (at < text.len && !ends_line(text.ptr[at])) {
                at++;
            }
        } else if (starts_with(text, at, STR("/*"))) {
            at = skip_comment(text, at);
        } else {
            break;
        }
    }
    return at;
}

static EqlTokenKind word_kind(Str word)
{
    if (word.len < 2 || word.len > 8) { /* "by" to "sequence" */
        return EQL_TOKEN_IDENTIFIER;
    }
    for (EqlTokenKind kind = EQL_TOKEN_AND; kind <= EQL_TOKEN_WITH; kind++) {
        if (str_equal(word, str_slice(NAMES[kind], 1, NAMES[kind].len - 1))) {
            return kind;
        }
    }
    return EQL_TOKEN_IDENTIFIER;
}

EqlTokenKind eql_token_of_word(Str word)
{
    for (EqlTokenKind kind = EQL_TOKEN_AND; kind <= EQL_TOKEN_WITH; kind++) {
        if (str_equal_ascii_case(word, str_slice(NAMES[kind], 1, NAMES[kind].len - 1))) {
            return kind;
        }
    }
    return EQL_TOKEN_IDENTIFIER;
}

bool eql_token_is_plain_identifier(Str s)
{
    if (s.len == 0 || !starts_identifier(s.ptr[0])) {
        return false;
    }
    for (size_t i = 1; i < s.len; i++) {
        if (!continues_identifier(s.ptr[i])) {
            return false;
        }
    }
    return word_kind(s) == EQL_TOKEN_IDENTIFIER;
}

static EqlToken word(Str text, size_t from)
{
    size_t end = from + 1;
    while (continues_identifier(peek(text, end))) {
        end++;
    }
    if (peek(text, end) != '~' || !is_letter(text.ptr[from])) {
        return token(word_kind(str_slice(text, from, end)), from, end);
    }
    end++;
    EqlTokenKind kind = word_kind(str_slice(text, from, end));
    return token(kind == EQL_TOKEN_IDENTIFIER ? EQL_TOKEN_TILDE_IDENTIFIER : kind, from, end);
}

static size_t skip_digits(Str text, size_t at)
{
    while (is_digit(peek(text, at))) {
        at++;
    }
    return at;
}

static EqlToken number(Str text, size_t from)
{
    EqlTokenKind kind = EQL_TOKEN_INTEGER;
    size_t end = skip_digits(text, from);
    if (peek(text, end) == '.') {
        kind = EQL_TOKEN_DECIMAL;
        end = skip_digits(text, end + 1);
    }
    if ((peek(text, end) | 0x20) == 'e') {
        size_t sign = peek(text, end + 1) == '+' || peek(text, end + 1) == '-' ? 1 : 0;
        size_t exponent = skip_digits(text, end + 1 + sign);
        if (exponent > end + 1 + sign) { /* "5e" is 5 and a word, as in a time unit */
            kind = EQL_TOKEN_DECIMAL;
            end = exponent;
        }
    }
    return token(kind, from, end);
}

/* Behind the escape whose backslash is at `at`; false with *at on what is no escape. */
static bool skip_escape(Str text, size_t *at, bool with_unicode)
{
    char c = peek(text, *at + 1);
    if (c != '\0' && strchr("btnfr\"'\\", c) != NULL) {
        *at += 2;
        return true;
    }
    (*at)++;
    if (!with_unicode || c != 'u') {
        return false;
    }
    (*at)++;
    if (peek(text, *at) != '{') {
        return false;
    }
    size_t digits = *at + 1;
    *at = digits;
    while (is_hex(peek(text, *at))) {
        (*at)++;
    }
    if (*at == digits || peek(text, *at) != '}') {
        return false;
    }
    (*at)++;
    return true;
}

/* "..." with escapes, and the old '...', which is read to be refused with a good message. */
static EqlToken escaped_string(Str text, size_t from, char quote)
{
    size_t at = from + 1;
    while (at < text.len && !ends_line(text.ptr[at])) {
        if (text.ptr[at] == quote) {
            return token(EQL_TOKEN_STRING, from, at + 1);
        }
        if (text.ptr[at] != '\\') {
            at++;
        } else if (!skip_escape(text, &at, quote == '"')) {
            return bad(text, from, at);
        }
    }
    return bad(text, from, at);
}

/* """...""" on one line; of up to five quotes at its end, the first ones are text. Without an end
 * it is an empty string with something behind it. */
static EqlToken double_quoted(Str text, size_t from)
{
    if (!starts_with(text, from, STR("\"\"\""))) {
        return escaped_string(text, from, '"');
    }
    for (size_t at = from + 3; at < text.len && !ends_line(text.ptr[at]); at++) {
        if (starts_with(text, at, STR("\"\"\""))) {
            size_t end = at + 3;
            while (end < at + 5 && peek(text, end) == '"') {
                end++;
            }
            return token(EQL_TOKEN_STRING, from, end);
        }
    }
    return token(EQL_TOKEN_STRING, from, from + 2);
}

/* "?" alone, or the old raw string ?"..." and ?'...', read to be refused with a good message. A
 * quote behind a backslash ends the string only if no other does. */
static EqlToken optional_or_raw_string(Str text, size_t from)
{
    char quote = peek(text, from + 1);
    size_t end = 0;
    if (quote == '"' || quote == '\'') {
        for (size_t at = from + 2; at < text.len && !ends_line(text.ptr[at]); at++) {
            if (text.ptr[at] == quote) {
                end = at + 1;
                if (text.ptr[at - 1] != '\\') {
                    break;
                }
            }
        }
    }
    return end == 0 ? token(EQL_TOKEN_OPTIONAL, from, from + 1)
                    : token(EQL_TOKEN_STRING, from, end);
}

/* `...`, in which a doubled backquote is one. If no single one ends it, the last pair does, with
 * its first half. */
static EqlToken backquoted(Str text, size_t from)
{
    size_t end = 0;
    for (size_t at = from + 1; at < text.len; at++) {
        if (text.ptr[at] != '`') {
            continue;
        }
        end = at + 1;
        if (peek(text, end) != '`') {
            break;
        }
        at++;
    }
    return end == 0 ? bad(text, from, text.len) : token(EQL_TOKEN_QUOTED_IDENTIFIER, from, end);
}

static EqlToken operator(Str text, size_t from)
{
    for (EqlTokenKind kind = EQL_TOKEN_COLON; kind <= EQL_TOKEN_PIPE; kind++) {
        Str sign = str_slice(NAMES[kind], 1, NAMES[kind].len - 1);
        bool longer =
            sign.len == 1 && peek(text, from + 1) == '=' && strchr("=<>", sign.ptr[0]) != NULL;
        if (!longer && starts_with(text, from, sign)) {
            return token(kind, from, from + sign.len);
        }
    }
    return bad(text, from, text.ptr[from] == '!' ? from + 1 : from);
}

EqlToken eql_token_next(Str text, uint32_t from)
{
    size_t start = from;
    size_t at = skip_hidden(text, &start);
    if (at > text.len) {
        return token(EQL_TOKEN_OPEN_COMMENT, start, text.len);
    }
    if (at == text.len) {
        return token(EQL_TOKEN_END, at, at);
    }
    char c = text.ptr[at];
    if (starts_identifier(c)) {
        return word(text, at);
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(text, at + 1)))) {
        return number(text, at);
    }
    switch (c) {
    case '"': return double_quoted(text, at);
    case '\'': return escaped_string(text, at, '\'');
    case '?': return optional_or_raw_string(text, at);
    case '`': return backquoted(text, at);
    default: return operator(text, at);
    }
}
