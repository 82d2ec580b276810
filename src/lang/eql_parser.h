#pragma once
/* EqlParser: the place in the text, what is wrong with it, and the words that every parse function
 * is made of. The grammar is in eql_expression.c (conditions) and eql.c (queries).
 *
 * Faults   The first syntax fault ends the reading: the token becomes EQL_TOKEN_END for good, every
 *          loop runs out, and what was built is thrown away. So parse functions need not look for
 *          failure; they only must not follow a pointer that a failed one gave.
 *          What the grammar allows and a later check refuses (complain) is told only when the whole
 *          text is free of syntax faults, and only the first of them, as Elasticsearch does. */

#include "lang/eql.h"
#include "lang/eql_token.h"

typedef struct EqlParser {
    Arena *arena;
    Str text;
    EqlDialect dialect;
    Diagnostics *diagnostics;
    EqlToken token; /* the next one, not yet accepted */
    uint32_t end;   /* where the last accepted one ended */
    uint32_t depth;
    uint64_t expected; /* one bit for each kind that `token` was asked for in vain */
    uint32_t operand;  /* where the outermost unfinished left operand starts, or EQL_NO_OPERAND */
    bool failed;
    bool complained;
    Diagnostic complaint;
} EqlParser;

#define EQL_NO_OPERAND      UINT32_MAX
#define EQL_TOKEN_BIT(kind) ((uint64_t)1 << (kind))

typedef ARRAY(EqlNode *) EqlNodes;

/* False, with a diagnostic, if the text is too long or no UTF-8. The dialect is the extended one. */
bool eql_parser_init(EqlParser *parser, Arena *arena, Str text,
                     Diagnostics *diagnostics) MUST_CHECK;
/* The whole text must be read by now. True if nothing was wrong. */
bool eql_parser_finish(EqlParser *parser) MUST_CHECK;

bool eql_parser_at(const EqlParser *parser, EqlTokenKind kind); /* looks, takes nothing */
EqlTokenKind eql_parser_second(const EqlParser *parser);        /* the kind behind `token` */
bool eql_parser_accept(EqlParser *parser, EqlTokenKind kind);   /* takes it if it is there */
/* Takes it, or fails. `follow`: bits of the kinds that may come behind it, if that helps to tell
 * that only this one is missing. */
void eql_parser_expect(EqlParser *parser, EqlTokenKind kind, uint64_t follow);
Str eql_parser_token_text(const EqlParser *parser);
/* The user's text as messages show it: line breaks and NUL escaped, cut after 200 bytes. */
Str eql_parser_shown(const EqlParser *parser, Str text);

void eql_parser_fail(EqlParser *parser);       /* `token` is none of those asked for */
void eql_parser_fail_start(EqlParser *parser); /* nothing that may stand here begins with `token` */
void eql_parser_refuse(EqlParser *parser, uint32_t at, uint32_t len, const char *format, ...)
    PRINTF_LIKE(4, 5); /* one of our bounds: fails at once */
void eql_parser_complain(EqlParser *parser, uint32_t at, uint32_t len, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* A new node from `at` to the end of what was accepted last. */
EqlNode *eql_parser_node(EqlParser *parser, EqlKind kind, uint32_t at);

/* Around everything that calls itself; false once EQL_MAX_DEPTH is passed. */
bool eql_parser_enter(EqlParser *parser) MUST_CHECK;
void eql_parser_leave(EqlParser *parser);

/* eql_expression.c */
EqlNode *eql_parser_expression(EqlParser *parser);
void eql_parser_expressions(EqlParser *parser, EqlNodes *to); /* expression ( "," expression )* */

/* eql_literal.c */
EqlNode *eql_parser_constant(EqlParser *parser);
Str eql_parser_string(EqlParser *parser); /* takes a string token: its value */
/* The sign becomes part of the number. */
void eql_parser_negate(const EqlParser *parser, EqlNode *number);

/* eql.c */
const EqlStage *eql_parser_subquery(EqlParser *parser); /* "[" or "![", filter, "]" */
