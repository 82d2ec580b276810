#include "base/json.h"

#include <endian.h>

#include "base/utf8.h"

typedef struct Parser {
    Arena *arena;
    Str text;
    size_t at;
    Err *err;
} Parser;

static bool fail(Parser *parser, size_t at, const char *what)
{
    parser->err->at = at;
    return err_set(parser->err, ERR_SYNTAX, "%s", what);
}

static void skip_blanks(Parser *parser)
{
    while (parser->at < parser->text.len) {
        char c = parser->text.ptr[parser->at];
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
            return;
        }
        parser->at++;
    }
}

/* The next byte, or NUL at the end; a NUL in the text is as wrong everywhere as the end. */
static char peek(const Parser *parser)
{
    if (parser->at == parser->text.len) {
        return '\0';
    }
    return parser->text.ptr[parser->at];
}

static bool accept(Parser *parser, char c)
{
    if (peek(parser) != c) {
        return false;
    }
    parser->at++;
    return true;
}

static bool digits(Parser *parser)
{
    size_t start = parser->at;
    while (peek(parser) >= '0' && peek(parser) <= '9') {
        parser->at++;
    }
    return parser->at > start;
}

/* number := ["-"] ( "0" | [1-9] digits? ) [ "." digits ] [ ("e"|"E") ["+"|"-"] digits ] */
static bool number(Parser *parser)
{
    accept(parser, '-');
    if (!accept(parser, '0') && !digits(parser)) {
        return fail(parser, parser->at, "expected a digit");
    }
    if (accept(parser, '.') && !digits(parser)) {
        return fail(parser, parser->at, "expected a digit after the decimal point");
    }
    if (accept(parser, 'e') || accept(parser, 'E')) {
        if (!accept(parser, '+')) {
            accept(parser, '-');
        }
        if (!digits(parser)) {
            return fail(parser, parser->at, "expected a digit in the exponent");
        }
    }
    char c = peek(parser);
    if (c >= '0' && c <= '9') {
        return fail(parser, parser->at - 1, "a number may not start with 0");
    }
    return true;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The 4 hex digits at `at`, or -1. */
static int32_t hex4(Str text, size_t at)
{
    if (text.len < 4 || at > text.len - 4) {
        return -1;
    }
    int32_t value = 0;
    for (size_t i = at; i < at + 4; i++) {
        int digit = hex_digit(text.ptr[i]);
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* The code point that the escape "\uXXXX" or the pair of them at *at means, and *at moves behind
 * it; -1 when it is cut, not hexadecimal, or half a pair. */
static int32_t unicode_escape(Str text, size_t *at)
{
    int32_t unit = hex4(text, *at + 2);
    if (unit < 0 || is_low(unit)) {
        return -1;
    }
    if (!is_high(unit)) {
        *at += 6;
        return unit;
    }
    int32_t low = hex4(text, *at + 8);
    if (!is_low(low) || text.ptr[*at + 6] != '\\' || text.ptr[*at + 7] != 'u') {
        return -1;
    }
    *at += 12;
    return 0x10000 + ((unit - 0xd800) << 10 | (low - 0xdc00));
}

/* What the letter of a two-byte escape stands for, or NUL. */
static char simple_escape(char letter)
{
    switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
    }
}

static bool escape(Parser *parser)
{
    Str text = parser->text;
    size_t start = parser->at;
    if (start + 1 < text.len && text.ptr[start + 1] == 'u') {
        return unicode_escape(text, &parser->at) >= 0 ||
               fail(parser, start, "invalid \\u escape or half of a surrogate pair");
    }
    if (start + 1 >= text.len || simple_escape(text.ptr[start + 1]) == '\0') {
        return fail(parser, start, "invalid escape");
    }
    parser->at += 2;
    return true;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

size_t json_skip_plain(Str text, size_t at)
{
    static const uint64_t ONES = 0x0101010101010101u;
    for (uint64_t word; text.len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text.ptr + at, sizeof word);
        word = le64toh(word);
        uint64_t quote = word ^ ONES * '"';
        uint64_t backslash = word ^ ONES * '\\';
        /* The lowest high bit that is set is that of the first byte that is not plain. */
        uint64_t found = ((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash) |
                         ((word - ONES * 0x20) & ~word);
        found &= ONES * 0x80;
        if (found != 0) {
            return at + (size_t)__builtin_ctzll(found) / 8;
        }
    }
    while (at < text.len && is_plain((unsigned char)text.ptr[at])) {
        at++;
    }
    return at;
}

/* string := '"' ( any byte from 0x20 on but '"' and '\' | escape )* '"' */
static bool string(Parser *parser, Str *out)
{
    size_t start = parser->at++; /* the quote that told the caller to come here */
    bool escaped = false;
    while ((parser->at = json_skip_plain(parser->text, parser->at)) < parser->text.len) {
        unsigned char c = (unsigned char)parser->text.ptr[parser->at];
        if (c == '"') {
            *out = str_slice(parser->text, start + 1, parser->at);
            *out = escaped ? json_unescape(parser->arena, *out) : *out;
            parser->at++;
            return true;
        }
        if (c < 0x20) {
            return fail(parser, parser->at, "control character in a string");
        }
        if (!escape(parser)) {
            return false;
        }
        escaped = true;
    }
    return fail(parser, start, "string without an end");
}

static bool literal(Parser *parser, Str word)
{
    size_t start = parser->at;
    if (!str_starts_with(str_slice(parser->text, start, parser->text.len), word)) {
        return fail(parser, start, "expected a value");
    }
    parser->at += word.len;
    return true;
}

static bool value(Parser *parser, Json *node, int depth);

static bool member_key(Parser *parser, Json *child)
{
    skip_blanks(parser);
    if (peek(parser) != '"') {
        return fail(parser, parser->at, "expected a key in quotes");
    }
    if (!string(parser, &child->key)) {
        return false;
    }
    skip_blanks(parser);
    return accept(parser, ':') || fail(parser, parser->at, "expected ':'");
}

/* array  := "[" [ value ( "," value )* ] "]"
 * object := "{" [ string ":" value ( "," string ":" value )* ] "}" */
static bool children(Parser *parser, Json *node, int depth)
{
    if (depth == JSON_MAX_DEPTH) {
        parser->err->at = parser->at;
        return err_set(parser->err, ERR_LIMIT, "nested deeper than %d", JSON_MAX_DEPTH);
    }
    bool object = node->kind == JSON_OBJECT;
    char end = object ? '}' : ']';
    parser->at++;
    skip_blanks(parser);
    if (accept(parser, end)) {
        return true;
    }
    Json **link = &node->first;
    do {
        Json *child = ARENA_NEW(parser->arena, Json);
        if ((object && !member_key(parser, child)) || !value(parser, child, depth + 1)) {
            return false;
        }
        *link = child;
        link = &child->next;
        node->count++;
        skip_blanks(parser);
    } while (accept(parser, ','));
    return accept(parser, end) ||
           fail(parser, parser->at, object ? "expected ',' or '}'" : "expected ',' or ']'");
}

static bool by_first_byte(Parser *parser, Json *node, int depth)
{
    switch (peek(parser)) {
    case '{': node->kind = JSON_OBJECT; return children(parser, node, depth);
    case '[': node->kind = JSON_ARRAY; return children(parser, node, depth);
    case '"': node->kind = JSON_STRING; return string(parser, &node->text);
    case 'n': node->kind = JSON_NULL; return literal(parser, STR("null"));
    case 'f': node->kind = JSON_BOOL; return literal(parser, STR("false"));
    case 't':
        node->kind = JSON_BOOL;
        node->boolean = true;
        return literal(parser, STR("true"));
    case '-':
    case '0' ... '9': node->kind = JSON_NUMBER; return number(parser);
    default: return fail(parser, parser->at, "expected a value");
    }
}

static bool value(Parser *parser, Json *node, int depth)
{
    skip_blanks(parser);
    node->at = parser->at;
    if (!by_first_byte(parser, node, depth)) {
        return false;
    }
    node->raw = str_slice(parser->text, node->at, parser->at);
    if (node->kind == JSON_NUMBER) {
        node->text = node->raw;
    }
    return true;
}

Json *json_parse(Arena *arena, Str text, Err *err)
{
    Parser parser = {.arena = arena, .text = text, .err = err};
    size_t bad_at = 0;
    if (text.len > UINT32_MAX) {
        err->at = 0;
        err_set(err, ERR_LIMIT, "JSON text of more than 4 GiB");
        return NULL;
    }
    if (!utf8_check(text, &bad_at)) {
        fail(&parser, bad_at, "invalid UTF-8");
        return NULL;
    }
    Json *root = ARENA_NEW(arena, Json);
    if (!value(&parser, root, 0)) {
        return NULL;
    }
    skip_blanks(&parser);
    if (parser.at < text.len) {
        fail(&parser, parser.at, "expected nothing more after the value");
        return NULL;
    }
    return root;
}

const Json *json_get(const Json *object, Str key)
{
    const Json *found = NULL;
    if (object->kind == JSON_OBJECT) {
        for (const Json *child = object->first; child != NULL; child = child->next) {
            found = str_equal(child->key, key) ? child : found;
        }
    }
    return found;
}

Str json_get_text(const Json *object, Str key)
{
    const Json *value = json_get(object, key);
    return value == NULL || value->kind != JSON_STRING ? STR("") : value->text;
}

const Json *json_get_items(const Json *object, Str key)
{
    const Json *value = json_get(object, key);
    return value == NULL || value->kind != JSON_ARRAY ? NULL : value->first;
}

/* Copies up to the next backslash at or behind `from`, eight bytes a step: paths have one every few bytes. Its place, or
 * the end; *to moves behind what was copied. What is written past that is overwritten: `to` is never further in its
 * text than `from` in `raw`, and so has as much room behind it. */
static size_t copy_plain(Str raw, size_t from, char **to)
{
    static const uint64_t ONES = 0x0101010101010101u;
    for (uint64_t word; raw.len - from >= sizeof word;) {
        memcpy(&word, raw.ptr + from, sizeof word);
        memcpy(*to, &word, sizeof word);
        uint64_t zero_where = le64toh(word) ^ ONES * '\\';
        uint64_t found = (zero_where - ONES) & ~zero_where & ONES * 0x80;
        size_t plain = found == 0 ? sizeof word : (size_t)__builtin_ctzll(found) / 8;
        from += plain;
        *to += plain;
        if (found != 0) {
            return from;
        }
    }
    while (from < raw.len && raw.ptr[from] != '\\') {
        *(*to)++ = raw.ptr[from++];
    }
    return from;
}

Str json_unescape(Arena *arena, Str raw)
{
    size_t at = 0;
    if (!str_find_byte(raw, '\\', 0, &at)) {
        return raw;
    }
    char *text = ARENA_MANY(arena, char, raw.len); /* an escape is longer than what it means */
    char *to = text;
    for (at = copy_plain(raw, 0, &to); at < raw.len; at = copy_plain(raw, at, &to)) {
        assert(at + 1 < raw.len); /* the caller has validated it */
        if (raw.ptr[at + 1] == 'u') {
            int32_t code_point = unicode_escape(raw, &at);
            assert(code_point >= 0);
            to += utf8_encode((uint32_t)code_point, to);
        } else {
            *to++ = simple_escape(raw.ptr[at + 1]);
            at += 2;
        }
    }
    return (Str){text, (size_t)(to - text)};
}

bool json_number_is_i64(Str text, int64_t *out)
{
    return str_to_i64(text, out);
}

void json_position(Str text, size_t at, size_t *line, size_t *column)
{
    at = at > text.len ? text.len : at;
    size_t line_start = 0;
    *line = 1;
    for (size_t newline = 0; str_find_byte(text, '\n', line_start, &newline) && newline < at;) {
        line_start = newline + 1;
        (*line)++;
    }
    *column = at - line_start + 1;
}
