#include "rule/toml_scalar.h"

#include "base/buffer.h"
#include "base/timestamp.h"
#include "base/utf8.h"

bool toml_fail(TomlCursor *cursor, size_t at, const char *what)
{
    cursor->err->at = at;
    return err_set(cursor->err, ERR_SYNTAX, "%s", what);
}

bool toml_refuse(TomlCursor *cursor, size_t at, const char *what)
{
    cursor->err->at = at;
    return err_set(cursor->err, ERR_LIMIT, "%s", what);
}

bool toml_accept(TomlCursor *cursor, char c)
{
    if (toml_peek(cursor) != c) {
        return false;
    }
    cursor->at++;
    return true;
}

bool toml_at_text(const TomlCursor *cursor, Str expected)
{
    return str_starts_with(str_slice(cursor->text, cursor->at, cursor->text.len), expected);
}

void toml_skip_blanks(TomlCursor *cursor)
{
    while (toml_peek(cursor) == ' ' || toml_peek(cursor) == '\t') {
        cursor->at++;
    }
}

bool toml_accept_newline(TomlCursor *cursor)
{
    if (toml_peek(cursor) == '\r' && toml_peek_at(cursor, 1) == '\n') {
        cursor->at++;
    }
    return toml_accept(cursor, '\n');
}

bool toml_is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

bool toml_is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* "\uXXXX", "\UXXXXXXXX": cursor->at is on the first digit. */
static bool unicode_escape(TomlCursor *cursor, int digits, Buffer *out)
{
    uint32_t code_point = 0;
    size_t start = cursor->at;
    for (int i = 0; i < digits; i++) {
        int digit = hex_value(toml_peek(cursor));
        if (digit < 0) {
            return toml_fail(cursor, start - 2, "invalid escape: expected hexadecimal digits");
        }
        code_point = code_point * 16 + (uint32_t)digit;
        cursor->at++;
    }
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff)) {
        return toml_fail(cursor, start - 2, "invalid escape: not a character");
    }
    char encoded[4];
    buffer_append(out, (Str){encoded, utf8_encode(code_point, encoded)});
    return true;
}

/* What the letter of a two-byte escape stands for, or NUL. */
static char simple_escape(char letter)
{
    switch (letter) {
    case '"':
    case '\\': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
    }
}

/* A backslash at a line's end: blanks and newlines up to the next character do not count. */
static bool skip_line_end(TomlCursor *cursor)
{
    size_t start = cursor->at;
    toml_skip_blanks(cursor);
    if (!toml_accept_newline(cursor)) {
        cursor->at = start;
        return false;
    }
    do {
        toml_skip_blanks(cursor);
    } while (toml_accept_newline(cursor));
    return true;
}

static bool escape(TomlCursor *cursor, bool many_lines, Buffer *out)
{
    size_t start = cursor->at++;
    char letter = toml_peek(cursor);
    char plain = simple_escape(letter);
    if (plain != '\0') {
        cursor->at++;
        buffer_append_byte(out, plain);
        return true;
    }
    if (letter == 'u' || letter == 'U') {
        cursor->at++;
        return unicode_escape(cursor, letter == 'u' ? 4 : 8, out);
    }
    return (many_lines && skip_line_end(cursor)) || toml_fail(cursor, start, "invalid escape");
}

typedef struct Quotes {
    Str mark;        /* what ends the string */
    bool escapes;    /* written with " */
    bool many_lines; /* written with three */
} Quotes;

static Quotes open_quotes(TomlCursor *cursor)
{
    bool basic = toml_peek(cursor) == '"';
    Str three = basic ? STR("\"\"\"") : STR("'''");
    bool many_lines = toml_at_text(cursor, three);
    Quotes quotes = {.mark = many_lines ? three : str_slice(three, 0, 1),
                     .escapes = basic,
                     .many_lines = many_lines};
    cursor->at += quotes.mark.len;
    if (many_lines) {
        toml_accept_newline(cursor);
    }
    return quotes;
}

/* Moves to the next byte that means something; what stands before it is the string's as it is. */
static void skip_plain(TomlCursor *cursor, const Quotes *quotes)
{
    Str text = cursor->text;
    size_t at = cursor->at;
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        bool newline = c == '\n' || (c == '\r' && at + 1 < text.len && text.ptr[at + 1] == '\n');
        if (c == quotes->mark.ptr[0] || (c == '\\' && quotes->escapes) ||
            (toml_is_control(c) && !(quotes->many_lines && newline))) {
            break;
        }
    }
    cursor->at = at;
}

/* At a quote: true when it ends the string. Up to two quotes before the last three are text. */
static bool closes(TomlCursor *cursor, const Quotes *quotes)
{
    if (!toml_at_text(cursor, quotes->mark)) {
        return false;
    }
    for (int more = 0; quotes->many_lines && more < 2; more++) {
        if (toml_peek_at(cursor, 3) != quotes->mark.ptr[0]) {
            break;
        }
        cursor->at++;
    }
    return true;
}

/* The string without escapes is a slice of the text; else it is put together in `pieces`. */
static bool string_body(TomlCursor *cursor, const Quotes *quotes, Buffer *pieces, Str *out)
{
    size_t start = cursor->at;
    for (;;) {
        skip_plain(cursor, quotes);
        char c = toml_peek(cursor);
        if (c == '\\' && quotes->escapes) {
            buffer_append(pieces, str_slice(cursor->text, start, cursor->at));
            if (!escape(cursor, quotes->many_lines, pieces)) {
                return false;
            }
            start = cursor->at;
        } else if (c == quotes->mark.ptr[0] && !closes(cursor, quotes)) {
            cursor->at++;
        } else if (c == quotes->mark.ptr[0]) {
            *out = str_slice(cursor->text, start, cursor->at);
            if (pieces->len > 0 || pieces->ptr != NULL) {
                buffer_append(pieces, *out);
                *out = str_copy(cursor->arena, buffer_str(pieces));
            }
            cursor->at += quotes->mark.len;
            return true;
        } else if (cursor->at == cursor->text.len ||
                   (!quotes->many_lines && (c == '\n' || c == '\r'))) {
            return toml_fail(cursor, cursor->at, "string without an end");
        } else {
            return toml_fail(cursor, cursor->at, "control character in a string");
        }
    }
}

bool toml_string(TomlCursor *cursor, Str *out)
{
    size_t start = cursor->at;
    Quotes quotes = open_quotes(cursor);
    Buffer pieces = {0};
    bool fine = string_body(cursor, &quotes, &pieces, out);
    buffer_done(&pieces);
    if (!fine && cursor->err->at == cursor->text.len) {
        cursor->err->at = start; /* the end of the file helps nobody find the quote */
    }
    return fine;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits with single underscores between them, copied without those. */
static bool plain_digits(Str token, Buffer *out)
{
    bool after_digit = false;
    for (size_t i = 0; i < token.len; i++) {
        bool digit = is_digit(token.ptr[i]);
        if (!digit && (token.ptr[i] != '_' || !after_digit)) {
            return false;
        }
        if (digit) {
            buffer_append_byte(out, token.ptr[i]);
        }
        after_digit = digit;
    }
    return after_digit;
}

/* "0x1F", "0o17", "0b11": digits in `base` behind the two letters. */
static bool based_integer(Str token, int base, int64_t *out)
{
    uint64_t value = 0;
    bool after_digit = false;
    for (size_t i = 2; i < token.len; i++) {
        int digit = hex_value(token.ptr[i]);
        bool is_value = digit >= 0 && digit < base;
        if ((!is_value && (token.ptr[i] != '_' || !after_digit)) ||
            value > INT64_MAX / (uint64_t)base) {
            return false;
        }
        value = is_value ? value * (uint64_t)base + (uint64_t)digit : value;
        after_digit = is_value;
    }
    *out = (int64_t)value;
    return after_digit && value <= INT64_MAX;
}

/* number := ["+"|"-"] whole [ "." digits ] [ ("e"|"E") ["+"|"-"] digits ]; spelled as JSON into
 * `out` */
static bool decimal(Str token, Buffer *out)
{
    bool sign = token.len > 0 && (token.ptr[0] == '+' || token.ptr[0] == '-');
    if (sign && token.ptr[0] == '-') {
        buffer_append_byte(out, '-');
    }
    token = str_slice(token, sign ? 1 : 0, token.len);
    size_t exponent_at = token.len;
    if (!str_find_byte(token, 'e', 0, &exponent_at)) {
        str_find_byte(token, 'E', 0, &exponent_at);
    }
    Str mantissa = str_slice(token, 0, exponent_at);
    size_t point = mantissa.len;
    str_find_byte(mantissa, '.', 0, &point);
    Str whole = str_slice(mantissa, 0, point);
    if ((whole.len > 1 && whole.ptr[0] == '0') || !plain_digits(whole, out)) {
        return false;
    }
    if (point < mantissa.len) {
        buffer_append_byte(out, '.');
        if (!plain_digits(str_slice(mantissa, point + 1, mantissa.len), out)) {
            return false;
        }
    }
    if (exponent_at == token.len) {
        return true;
    }
    Str exponent = str_slice(token, exponent_at + 1, token.len);
    buffer_append_byte(out, 'e');
    if (exponent.len > 0 && (exponent.ptr[0] == '+' || exponent.ptr[0] == '-')) {
        buffer_append_byte(out, exponent.ptr[0]);
        exponent = str_slice(exponent, 1, exponent.len);
    }
    return plain_digits(exponent, out);
}

/* hh:mm:ss[.digits] */
static bool is_time(Str token)
{
    if (token.len < 8 || token.ptr[2] != ':' || token.ptr[5] != ':') {
        return false;
    }
    static const char HIGHEST[] = "23:59:60";
    for (size_t i = 0; i < 8; i += 3) {
        if (!is_digit(token.ptr[i]) || !is_digit(token.ptr[i + 1]) ||
            memcmp(token.ptr + i, HIGHEST + i, 2) > 0) {
            return false;
        }
    }
    for (size_t i = 9; i < token.len; i++) {
        if (!is_digit(token.ptr[i])) {
            return false;
        }
    }
    return token.len == 8 || (token.ptr[8] == '.' && token.len > 9);
}

/* Z, or an offset: +hh:mm */
static bool is_zone(Str token)
{
    if (token.len == 1) {
        return token.ptr[0] == 'Z' || token.ptr[0] == 'z';
    }
    return token.len == 6 && (token.ptr[0] == '+' || token.ptr[0] == '-') && token.ptr[3] == ':';
}

/* yyyy-mm-dd, then a time perhaps, then a zone perhaps; timestamp_parse, which takes more forms,
 * sees to the numbers. */
static bool is_date(Str token)
{
    int64_t ns = 0;
    char upper[TIMESTAMP_TEXT];
    if (token.len < 10 || token.len > sizeof upper || token.ptr[4] != '-' || token.ptr[7] != '-') {
        return false;
    }
    memcpy(upper, token.ptr, token.len);
    if (token.len > 10) {
        size_t zone = 11;
        while (zone < token.len && strchr("+-Zz", token.ptr[zone]) == NULL) {
            zone++;
        }
        if (strchr("Tt ", token.ptr[10]) == NULL || !is_time(str_slice(token, 11, zone)) ||
            (zone < token.len && !is_zone(str_slice(token, zone, token.len)))) {
            return false;
        }
        upper[10] = 'T';
        if (upper[token.len - 1] == 'z') {
            upper[token.len - 1] = 'Z';
        }
    }
    return timestamp_parse((Str){upper, token.len}, &ns);
}

/* The bytes up to what may end a bare value; a date's blank before its time is part of it. */
static Str bare_token(TomlCursor *cursor)
{
    size_t start = cursor->at;
    while (toml_is_bare(toml_peek(cursor)) || toml_peek(cursor) == '+' ||
           toml_peek(cursor) == '.' || toml_peek(cursor) == ':' ||
           (toml_peek(cursor) == ' ' && cursor->at - start == 10 &&
            cursor->text.ptr[start + 4] == '-' && is_digit(toml_peek_at(cursor, 1)))) {
        cursor->at++;
    }
    return str_slice(cursor->text, start, cursor->at);
}

static bool number(TomlCursor *cursor, Str token, Str *out)
{
    bool based = token.len > 2 && token.ptr[0] == '0' && strchr("xob", token.ptr[1]) != NULL;
    int64_t value = 0;
    if (based) {
        int base = token.ptr[1] == 'x' ? 16 : token.ptr[1] == 'o' ? 8 : 2;
        *out = based_integer(token, base, &value)
                   ? str_format(cursor->arena, "%lld", (long long)value)
                   : (Str){0};
        return out->len > 0;
    }
    Buffer spelled = {.limit = 4096};
    bool fine = decimal(token, &spelled) && !spelled.overflowed;
    Str text = buffer_str(&spelled);
    size_t at = 0;
    bool whole = !str_find_byte(text, '.', 0, &at) && !str_find_byte(text, 'e', 0, &at);
    fine = fine && (!whole || str_to_i64(text, &value));
    if (fine) {
        *out = str_copy(cursor->arena, text);
    }
    buffer_done(&spelled);
    return fine;
}

/* Everything that is not in quotes or brackets. */
bool toml_bare_value(TomlCursor *cursor, Json *node)
{
    size_t start = cursor->at;
    Str token = bare_token(cursor);
    if (str_equal(token, STR("true")) || str_equal(token, STR("false"))) {
        node->kind = JSON_BOOL;
        node->boolean = token.len == 4;
        return true;
    }
    if (token.len > 0 && (is_date(token) || is_time(token))) {
        node->kind = JSON_STRING;
        node->text = token;
        node->raw = token;
        return true;
    }
    node->kind = JSON_NUMBER;
    if (token.len > 0 && number(cursor, token, &node->text)) {
        return true;
    }
    if (str_ends_with(token, STR("inf")) || str_ends_with(token, STR("nan"))) {
        return toml_fail(cursor, start, "inf and nan are not allowed");
    }
    return toml_fail(cursor, start,
                     token.len == 0 ? "expected a value"
                                    : "not a number, date, true, false or a text in quotes");
}
