#pragma once
/* LuceneToken: a query string cut into words and signs. Part of the parser in lucene.c. */

#include "base/array.h"
#include "base/err.h"
#include "base/str.h"

/* A term ends where the longest one does, so "a||b" is one, and "-" is a sign only in front. */
typedef enum LuceneTokenKind {
    LUCENE_TOKEN_END,
    LUCENE_TOKEN_AND,
    LUCENE_TOKEN_OR,
    LUCENE_TOKEN_NOT,
    LUCENE_TOKEN_PLUS,
    LUCENE_TOKEN_MINUS,
    LUCENE_TOKEN_OPEN,
    LUCENE_TOKEN_CLOSE,
    LUCENE_TOKEN_COLON,
    LUCENE_TOKEN_STAR,   /* alone */
    LUCENE_TOKEN_BOOST,  /* ^2 */
    LUCENE_TOKEN_FUZZY,  /* ~, ~1 */
    LUCENE_TOKEN_TERM,   /* text: unescaped */
    LUCENE_TOKEN_SIGN,   /* a term that is "+", "-" or "!" with blanks behind it */
    LUCENE_TOKEN_WILD,   /* text: '*' and '?', escaped where they are meant as themselves */
    LUCENE_TOKEN_QUOTED, /* text: unescaped */
    LUCENE_TOKEN_REGEX,  /* text: between the slashes */
    LUCENE_TOKEN_RANGE,  /* [ or { */
} LuceneTokenKind;

typedef struct LuceneToken {
    LuceneTokenKind kind;
    size_t at, end;
    Str text;
} LuceneToken;

/* The next token at or behind `at`. False: err->at says where and err->text what is wrong. */
bool lucene_token_read(Arena *arena, Str text, size_t at, LuceneToken *out, Err *err);

/* The same inside of a range: a term (up to a blank or closing bracket), a QUOTED, or, as CLOSE, the closing bracket. */
bool lucene_token_read_in_range(Arena *arena, Str text, size_t at, LuceneToken *out, Err *err);

size_t lucene_skip_blanks(Str text, size_t at);
/* A byte that stands in no term unless behind a backslash; `first`: nor begins one. */
bool lucene_is_special(char c, bool first);
