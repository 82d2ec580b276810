#pragma once
/* EqlToken: the words of an EQL query, one at a time. Blanks and comments lie between them.
 *
 * The order of the kinds is the order in which Elasticsearch lists what it would have expected. */

#include "base/str.h"

/* kind, as messages name it */
#define EQL_TOKENS(X)                                                                             \
    X(EQL_TOKEN_END, "<EOF>")                                                                     \
    X(EQL_TOKEN_AND, "'and'")                                                                     \
    X(EQL_TOKEN_ANY, "'any'")                                                                     \
    X(EQL_TOKEN_BY, "'by'")                                                                       \
    X(EQL_TOKEN_FALSE, "'false'")                                                                 \
    X(EQL_TOKEN_IN, "'in'")                                                                       \
    X(EQL_TOKEN_IN_INSENSITIVE, "'in~'")                                                          \
    X(EQL_TOKEN_JOIN, "'join'")                                                                   \
    X(EQL_TOKEN_LIKE, "'like'")                                                                   \
    X(EQL_TOKEN_LIKE_INSENSITIVE, "'like~'")                                                      \
    X(EQL_TOKEN_MAXSPAN, "'maxspan'")                                                             \
    X(EQL_TOKEN_NOT, "'not'")                                                                     \
    X(EQL_TOKEN_NULL, "'null'")                                                                   \
    X(EQL_TOKEN_OF, "'of'")                                                                       \
    X(EQL_TOKEN_OR, "'or'")                                                                       \
    X(EQL_TOKEN_REGEX, "'regex'")                                                                 \
    X(EQL_TOKEN_REGEX_INSENSITIVE, "'regex~'")                                                    \
    X(EQL_TOKEN_SAMPLE, "'sample'")                                                               \
    X(EQL_TOKEN_SEQUENCE, "'sequence'")                                                           \
    X(EQL_TOKEN_TRUE, "'true'")                                                                   \
    X(EQL_TOKEN_UNTIL, "'until'")                                                                 \
    X(EQL_TOKEN_WHERE, "'where'")                                                                 \
    X(EQL_TOKEN_WITH, "'with'")                                                                   \
    X(EQL_TOKEN_COLON, "':'")                                                                     \
    X(EQL_TOKEN_ASSIGN, "'='")                                                                    \
    X(EQL_TOKEN_EQUAL, "'=='")                                                                    \
    X(EQL_TOKEN_NOT_EQUAL, "'!='")                                                                \
    X(EQL_TOKEN_LESS, "'<'")                                                                      \
    X(EQL_TOKEN_LESS_EQUAL, "'<='")                                                               \
    X(EQL_TOKEN_GREATER, "'>'")                                                                   \
    X(EQL_TOKEN_GREATER_EQUAL, "'>='")                                                            \
    X(EQL_TOKEN_PLUS, "'+'")                                                                      \
    X(EQL_TOKEN_MINUS, "'-'")                                                                     \
    X(EQL_TOKEN_STAR, "'*'")                                                                      \
    X(EQL_TOKEN_SLASH, "'/'")                                                                     \
    X(EQL_TOKEN_PERCENT, "'%'")                                                                   \
    X(EQL_TOKEN_DOT, "'.'")                                                                       \
    X(EQL_TOKEN_COMMA, "','")                                                                     \
    X(EQL_TOKEN_LEFT_BRACKET, "'['")                                                              \
    X(EQL_TOKEN_MISSING, "'!['")                                                                  \
    X(EQL_TOKEN_RIGHT_BRACKET, "']'")                                                             \
    X(EQL_TOKEN_LEFT_PAREN, "'('")                                                                \
    X(EQL_TOKEN_RIGHT_PAREN, "')'")                                                               \
    X(EQL_TOKEN_PIPE, "'|'")                                                                      \
    X(EQL_TOKEN_OPTIONAL, "'?'")                                                                  \
    X(EQL_TOKEN_STRING, "STRING")                                                                 \
    X(EQL_TOKEN_INTEGER, "INTEGER_VALUE")                                                         \
    X(EQL_TOKEN_DECIMAL, "DECIMAL_VALUE")                                                         \
    X(EQL_TOKEN_IDENTIFIER, "IDENTIFIER")                                                         \
    X(EQL_TOKEN_QUOTED_IDENTIFIER, "QUOTED_IDENTIFIER")                                           \
    X(EQL_TOKEN_TILDE_IDENTIFIER, "TILDE_IDENTIFIER")                                             \
    X(EQL_TOKEN_BAD, "") /* text no token begins with, up to and with the byte that settles it */ \
    X(EQL_TOKEN_OPEN_COMMENT, "") /* a comment that never closes */

typedef enum EqlTokenKind {
#define EQL_TOKEN_ENUM(kind, name) kind,
    EQL_TOKENS(EQL_TOKEN_ENUM)
#undef EQL_TOKEN_ENUM
        EQL_TOKEN_KINDS
} EqlTokenKind;

typedef struct EqlToken {
    EqlTokenKind kind;
    uint32_t at, len; /* bytes, quotes included; EQL_TOKEN_END lies at the end of the text */
} EqlToken;

/* The first token at or after `from`. The text is valid UTF-8 of at most UINT32_MAX bytes. */
EqlToken eql_token_next(Str text, uint32_t from);

Str eql_token_name(EqlTokenKind kind);     /* "'where'", "STRING" */
EqlTokenKind eql_token_of_word(Str word);  /* the keyword in any case, or EQL_TOKEN_IDENTIFIER */
bool eql_token_is_plain_identifier(Str s); /* needs no backquotes: an identifier, not a keyword */
