#include "lang/eql_parser.h"

#include <stdarg.h>

#include "base/utf8.h"

_Static_assert(EQL_TOKEN_KINDS <= 64, "the expected kinds are bits of one word");

#define SHOWN_BYTES ((size_t)200) /* of the user's text in a message */

static void advance(EqlParser *parser)
{
    parser->token = eql_token_next(parser->text, parser->token.at + parser->token.len);
    parser->expected = 0;
}

bool eql_parser_init(EqlParser *parser, Arena *arena, Str text, Diagnostics *diagnostics)
{
    *parser = (EqlParser){.arena = arena, .text = text, .diagnostics = diagnostics};
    parser->operand = EQL_NO_OPERAND;
    if (text.len > EQL_MAX_TEXT) {
        diagnostic_add(diagnostics, SEVERITY_ERROR, EQL_CODE_LIMIT, 0, 0,
                       "The query is too long: [%zu] bytes, allowed are [%zu]", text.len,
                       EQL_MAX_TEXT);
        return false;
    }
    size_t bad_at = 0;
    if (!utf8_check(text, &bad_at)) {
        diagnostic_add(diagnostics, SEVERITY_ERROR, EQL_CODE_SYNTAX, bad_at, 0,
                       "The query is not valid UTF-8");
        return false;
    }
    advance(parser);
    return true;
}

bool eql_parser_at(const EqlParser *parser, EqlTokenKind kind)
{
    return parser->token.kind == kind;
}

EqlTokenKind eql_parser_second(const EqlParser *parser)
{
    return eql_token_next(parser->text, parser->token.at + parser->token.len).kind;
}

bool eql_parser_accept(EqlParser *parser, EqlTokenKind kind)
{
    if (parser->token.kind != kind || parser->failed) {
        parser->expected |= EQL_TOKEN_BIT(kind);
        return false;
    }
    parser->end = parser->token.at + parser->token.len;
    advance(parser);
    return true;
}

Str eql_parser_token_text(const EqlParser *parser)
{
    return str_slice(parser->text, parser->token.at, parser->token.at + parser->token.len);
}

Str eql_parser_shown(const EqlParser *parser, Str text)
{
    Buffer out = {0};
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        (void)utf8_next(text, &at);
        if (at > SHOWN_BYTES) {
            buffer_append_c(&out, "...");
            break;
        }
        switch (text.ptr[from]) {
        case '\n': buffer_append_c(&out, "\\n"); break;
        case '\r': buffer_append_c(&out, "\\r"); break;
        case '\t': buffer_append_c(&out, "\\t"); break;
        case '\0': buffer_append_c(&out, "\\0"); break;
        default: buffer_append(&out, str_slice(text, from, at)); break;
        }
    }
    Str copy = str_copy(parser->arena, buffer_str(&out));
    buffer_done(&out);
    return copy;
}

static Str shown_token(const EqlParser *parser)
{
    return eql_parser_at(parser, EQL_TOKEN_END)
               ? eql_token_name(EQL_TOKEN_END)
               : eql_parser_shown(parser, eql_parser_token_text(parser));
}

/* "{'and', 'or'}", or "'and'" alone. */
static Str expected_names(EqlParser *parser)
{
    Str names[EQL_TOKEN_KINDS];
    size_t count = 0;
    for (EqlTokenKind kind = 0; kind < EQL_TOKEN_KINDS; kind++) {
        if (parser->expected & EQL_TOKEN_BIT(kind)) {
            names[count++] = eql_token_name(kind);
        }
    }
    Str list = str_join(parser->arena, names, count, STR(", "));
    return count == 1 ? list : str_format(parser->arena, "{%.*s}", STR_ARG(list));
}

/* The reading ends here. */
static void stop(EqlParser *parser)
{
    parser->failed = true;
    parser->token = (EqlToken){.kind = EQL_TOKEN_END, .at = (uint32_t)parser->text.len};
}

/* Faults that lie in the token itself. */
static bool fail_in_token(EqlParser *parser)
{
    EqlToken token = parser->token;
    if (token.kind == EQL_TOKEN_BAD) {
        Str text = shown_token(parser);
        diagnostic_add(parser->diagnostics, SEVERITY_ERROR, EQL_CODE_SYNTAX, token.at, token.len,
                       "token recognition error at: '%.*s'", STR_ARG(text));
    } else if (token.kind == EQL_TOKEN_OPEN_COMMENT) {
        diagnostic_add(parser->diagnostics, SEVERITY_ERROR, EQL_CODE_SYNTAX, token.at, 2,
                       "The comment that starts here has no end [*/]");
    } else {
        return false;
    }
    stop(parser);
    return true;
}

/* Keywords that people take for names; nobody means a field by "and". */
#define NAME_LIKE                                                         \
    (EQL_TOKEN_BIT(EQL_TOKEN_ANY) | EQL_TOKEN_BIT(EQL_TOKEN_JOIN) |       \
     EQL_TOKEN_BIT(EQL_TOKEN_MAXSPAN) | EQL_TOKEN_BIT(EQL_TOKEN_SAMPLE) | \
     EQL_TOKEN_BIT(EQL_TOKEN_SEQUENCE) | EQL_TOKEN_BIT(EQL_TOKEN_UNTIL))

/* What the user may have meant, where Elasticsearch's words do not tell. */
static void hint(EqlParser *parser)
{
    EqlToken token = parser->token;
    Str text = eql_parser_token_text(parser);
    if (token.kind == EQL_TOKEN_ASSIGN) {
        diagnostic_add(parser->diagnostics, SEVERITY_NOTE, EQL_CODE_SYNTAX, token.at, token.len,
                       "Use [==] to compare, not [=]");
    } else if (token.kind == EQL_TOKEN_IDENTIFIER &&
               eql_token_of_word(text) != EQL_TOKEN_IDENTIFIER) {
        diagnostic_add(parser->diagnostics, SEVERITY_NOTE, EQL_CODE_SYNTAX, token.at, token.len,
                       "Keywords are written in lower case, not [%.*s]", STR_ARG(text));
    } else if (NAME_LIKE & EQL_TOKEN_BIT(token.kind)) {
        diagnostic_add(parser->diagnostics, SEVERITY_NOTE, EQL_CODE_SYNTAX, token.at, token.len,
                       "[%.*s] is a keyword; as the name of a field it needs backquotes",
                       STR_ARG(text));
    }
}

static void fail_with(EqlParser *parser, Str message)
{
    EqlToken token = parser->token;
    diagnostic_add(parser->diagnostics, SEVERITY_ERROR, EQL_CODE_SYNTAX, token.at, token.len,
                   "%.*s", STR_ARG(message));
    hint(parser);
    stop(parser);
}

/* ANTLR reads a left operand to its end before it decides what it is, so a fault inside is told
 * with all that was read. */
void eql_parser_fail_start(EqlParser *parser)
{
    if (parser->failed || fail_in_token(parser)) {
        return;
    }
    Str text = shown_token(parser);
    if (parser->operand < parser->token.at) {
        text = eql_parser_shown(
            parser, str_slice(parser->text, parser->operand, parser->token.at + parser->token.len));
    }
    fail_with(parser,
              str_format(parser->arena, "no viable alternative at input '%.*s'", STR_ARG(text)));
}

void eql_parser_fail(EqlParser *parser)
{
    if (parser->operand != EQL_NO_OPERAND) {
        eql_parser_fail_start(parser);
        return;
    }
    if (parser->failed || fail_in_token(parser)) {
        return;
    }
    Str text = shown_token(parser);
    Str names = expected_names(parser);
    fail_with(parser, str_format(parser->arena, "mismatched input '%.*s' expecting %.*s",
                                 STR_ARG(text), STR_ARG(names)));
}

/* ANTLR tries two repairs before it gives up: to leave this token out, and to think one in. For the
 * first it must read one token further, and stumbles if that is none. */
void eql_parser_expect(EqlParser *parser, EqlTokenKind kind, uint64_t follow)
{
    if (eql_parser_accept(parser, kind)) {
        return;
    }
    EqlToken token = parser->token;
    if (parser->failed || parser->operand != EQL_NO_OPERAND || token.kind == EQL_TOKEN_END ||
        token.kind >= EQL_TOKEN_BAD) {
        eql_parser_fail(parser);
        return;
    }
    EqlToken second = eql_token_next(parser->text, token.at + token.len);
    if (second.kind >= EQL_TOKEN_BAD) {
        parser->token = second;
        eql_parser_fail(parser);
        return;
    }
    Str text = shown_token(parser);
    Str name = eql_token_name(kind);
    if (second.kind == kind) {
        fail_with(parser, str_format(parser->arena, "extraneous input '%.*s' expecting %.*s",
                                     STR_ARG(text), STR_ARG(name)));
    } else if (follow & EQL_TOKEN_BIT(token.kind)) {
        fail_with(parser, str_format(parser->arena, "missing %.*s at '%.*s'", STR_ARG(name),
                                     STR_ARG(text)));
    } else {
        eql_parser_fail(parser);
    }
}

void eql_parser_refuse(EqlParser *parser, uint32_t at, uint32_t len, const char *format, ...)
{
    if (parser->failed) {
        return;
    }
    va_list args;
    va_start(args, format);
    Str message = str_format_args(parser->arena, format, args);
    va_end(args);
    diagnostic_add(parser->diagnostics, SEVERITY_ERROR, EQL_CODE_LIMIT, at, len, "%.*s",
                   STR_ARG(message));
    stop(parser);
}

void eql_parser_complain(EqlParser *parser, uint32_t at, uint32_t len, const char *format, ...)
{
    if (parser->complained || parser->failed) {
        return;
    }
    va_list args;
    va_start(args, format);
    Str message = str_format_args(parser->arena, format, args);
    va_end(args);
    parser->complained = true;
    parser->complaint = (Diagnostic){.severity = SEVERITY_ERROR,
                                     .code = EQL_CODE_PARSE,
                                     .message = message,
                                     .at = at,
                                     .len = len};
}

bool eql_parser_finish(EqlParser *parser)
{
    eql_parser_expect(parser, EQL_TOKEN_END, 0);
    if (parser->failed || !parser->complained) {
        return !parser->failed;
    }
    const Diagnostic *complaint = &parser->complaint;
    diagnostic_add(parser->diagnostics, complaint->severity, complaint->code, complaint->at,
                   complaint->len, "%.*s", STR_ARG(complaint->message));
    return false;
}

bool eql_parser_enter(EqlParser *parser)
{
    if (++parser->depth > EQL_MAX_DEPTH) {
        eql_parser_refuse(parser, parser->token.at, parser->token.len,
                          "The query is nested too deeply, more than [%d] levels", EQL_MAX_DEPTH);
        return false;
    }
    return true;
}

void eql_parser_leave(EqlParser *parser)
{
    parser->depth--;
}

EqlNode *eql_parser_node(EqlParser *parser, EqlKind kind, uint32_t at)
{
    EqlNode *node = ARENA_NEW(parser->arena, EqlNode);
    *node = (EqlNode){.kind = kind, .at = at, .len = parser->end - at};
    return node;
}
