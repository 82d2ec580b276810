#include "base/utf8.h"
#include "lang/eql_parser.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_raw(Str token_text)
{
    return token_text.len >= 6 && str_starts_with(token_text, STR("\"\"\""));
}

/* `digits` of "\u{digits}" as UTF-8; nothing, and a complaint, if they name no character. */
static void append_unicode(EqlParser *parser, EqlToken token, Str digits, Buffer *out)
{
    if (digits.len < 2 || digits.len > 8) {
        Str shown = eql_parser_shown(parser, digits);
        eql_parser_complain(parser, token.at, token.len,
                            "Unicode sequence should use [2-8] hex digits, [\\u{%.*s}] has [%zu]",
                            STR_ARG(shown), digits.len);
        return;
    }
    uint32_t code = 0;
    for (size_t i = 0; i < digits.len; i++) {
        uint32_t c = (unsigned char)digits.ptr[i];
        code = code * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    if (code > 0x10ffff) {
        eql_parser_complain(parser, token.at, token.len, "Invalid unicode character code [%.*s]",
                            STR_ARG(digits));
    } else if (code >= 0xd800 && code <= 0xdfff) {
        eql_parser_complain(parser, token.at, token.len,
                            "Invalid unicode character code, [%.*s] is a surrogate code",
                            STR_ARG(digits));
    } else {
        char encoded[4];
        buffer_append(out, (Str){encoded, utf8_encode(code, encoded)});
    }
}

/* The lexer has let through only escapes that exist. */
static Str unescape(EqlParser *parser, EqlToken token, Str text)
{
    static const char NAMES[] = "btnfr";
    static const char VALUES[] = "\b\t\n\f\r";
    size_t backslash = 0;
    if (!str_find_byte(text, '\\', 0, &backslash)) {
        return text;
    }
    Buffer out = {0};
    size_t from = 0;
    while (str_find_byte(text, '\\', from, &backslash)) {
        buffer_append(&out, str_slice(text, from, backslash));
        char c = text.ptr[backslash + 1];
        from = backslash + 2;
        if (c == 'u') {
            size_t close = from;
            (void)str_find_byte(text, '}', from, &close);
            append_unicode(parser, token, str_slice(text, from + 1, close), &out);
            from = close + 1;
        } else {
            const char *name = strchr(NAMES, c);
            buffer_append(&out, name != NULL ? (Str){VALUES + (name - NAMES), 1}
                                             : str_slice(text, from - 1, from));
        }
    }
    buffer_append(&out, str_slice(text, from, text.len));
    Str copy = str_copy(parser->arena, buffer_str(&out));
    buffer_done(&out);
    return copy;
}

Str eql_parser_string(EqlParser *parser)
{
    EqlToken token = parser->token;
    Str text = eql_parser_token_text(parser);
    (void)eql_parser_accept(parser, EQL_TOKEN_STRING);
    if (is_raw(text)) {
        return str_slice(text, 3, text.len - 3);
    }
    switch (text.ptr[0]) {
    case '\'':
        eql_parser_complain(
            parser, token.at, token.len,
            "Use double quotes [\"] to define string literals, not single quotes [']");
        break;
    case '?':
        eql_parser_complain(
            parser, token.at, token.len,
            "Use triple double quotes [\"\"\"] to define unescaped string literals, not [?%c]",
            text.ptr[1]);
        break;
    default: return unescape(parser, token, str_slice(text, 1, text.len - 1));
    }
    return text;
}

static EqlNode *string(EqlParser *parser)
{
    uint32_t at = parser->token.at;
    bool raw = is_raw(eql_parser_token_text(parser));
    Str text = eql_parser_string(parser);
    EqlNode *node = eql_parser_node(parser, EQL_STRING, at);
    node->text = text;
    node->raw = raw;
    return node;
}

/* str_to_double wants what JSON does: a digit behind the point ("1." is 1, "1.e5" is 1e5), and no
 * zeros in front. */
static bool to_double(EqlParser *parser, Str text, double *out)
{
    while (text.len > 1 && text.ptr[0] == '0' && is_digit(text.ptr[1])) {
        text = str_slice(text, 1, text.len);
    }
    size_t point = 0;
    if (str_find_byte(text, '.', 0, &point)) {
        Str rest = str_slice(text, point + 1, text.len);
        if (rest.len == 0 || !is_digit(rest.ptr[0])) {
            text = str_format(parser->arena, "%.*s%.*s", (int)point, text.ptr, STR_ARG(rest));
        }
    }
    return str_to_double(text, out);
}

static EqlNode *number(EqlParser *parser)
{
    EqlToken token = parser->token;
    Str text = eql_parser_token_text(parser);
    (void)eql_parser_accept(parser, token.kind);
    EqlNode *node = eql_parser_node(parser, EQL_INTEGER, token.at);
    if (token.kind == EQL_TOKEN_INTEGER && str_to_i64(text, &node->integer)) {
        return node;
    }
    node->kind = EQL_DECIMAL;
    if (!to_double(parser, text, &node->decimal)) {
        Str shown = eql_parser_shown(parser, text);
        eql_parser_complain(parser, token.at, token.len, "Number [%.*s] is too large",
                            STR_ARG(shown));
    }
    return node;
}

static EqlNode *boolean(EqlParser *parser, bool value)
{
    EqlNode *node = eql_parser_node(parser, EQL_BOOLEAN, parser->end - (value ? 4 : 5));
    node->boolean = value;
    return node;
}

/* constant := "null" | "true" | "false" | number | string */
EqlNode *eql_parser_constant(EqlParser *parser)
{
    uint32_t at = parser->token.at;
    switch (parser->token.kind) {
    case EQL_TOKEN_STRING: return string(parser);
    case EQL_TOKEN_INTEGER:
    case EQL_TOKEN_DECIMAL: return number(parser);
    default: break;
    }
    if (eql_parser_accept(parser, EQL_TOKEN_NULL)) {
        return eql_parser_node(parser, EQL_NULL, at);
    }
    if (eql_parser_accept(parser, EQL_TOKEN_TRUE)) {
        return boolean(parser, true);
    }
    if (eql_parser_accept(parser, EQL_TOKEN_FALSE)) {
        return boolean(parser, false);
    }
    eql_parser_fail_start(parser);
    return NULL;
}

/* The smallest integer is a decimal as long as its sign is not seen. */
static bool is_smallest_integer(const EqlParser *parser, const EqlNode *number, int64_t *out)
{
    if (number->decimal != 0x1p63) {
        return false;
    }
    Str digits = str_slice(parser->text, number->at, number->at + number->len);
    return str_to_i64(str_format(parser->arena, "-%.*s", STR_ARG(digits)), out);
}

void eql_parser_negate(const EqlParser *parser, EqlNode *number)
{
    if (number->kind == EQL_INTEGER && number->integer != INT64_MIN) {
        number->integer = -number->integer;
    } else if (number->kind == EQL_INTEGER) {
        number->kind = EQL_DECIMAL;
        number->integer = 0;
        number->decimal = 0x1p63;
    } else if (is_smallest_integer(parser, number, &number->integer)) {
        number->kind = EQL_INTEGER;
        number->decimal = 0;
    } else {
        number->decimal = -number->decimal;
    }
}
