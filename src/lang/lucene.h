#pragma once
/* Lucene: the text of a query string, as Elasticsearch's query_string reads it, becomes a syntax tree, and back. Knows no fields
 * and no types: only what the grammar says (docs/lucene.md).
 *
 * Lifetimes    the tree lives in the arena and borrows the text.
 * Bounds       text LUCENE_MAX_TEXT bytes, nesting LUCENE_MAX_DEPTH; each refused with its own message.
 * Clauses      "and", "or", "not" have no order of precedence: each only says of the clauses beside it whether they must, may or
 *              must not hold. That is settled here.
 * Dropped      boosts (^2): they say how well an event fits.
 * Offsets      every node says where it starts (`at`) and how long it is (`len`), in bytes. */

#include "base/array.h"
#include "base/diagnostic.h"

#define LUCENE_MAX_TEXT  ((size_t)1024 * 1024)
#define LUCENE_MAX_DEPTH 200

/* The `code` of a diagnostic. */
#define LUCENE_CODE_SYNTAX      "syntax"
#define LUCENE_CODE_LIMIT       "limit"
#define LUCENE_CODE_UNSUPPORTED "unsupported" /* in the grammar, but it asks how alike texts are */

typedef enum LuceneKind {
    LUCENE_ALL,     /* the empty text */
    LUCENE_CLAUSES, /* items, occurs: one or more */
    LUCENE_TEXT,    /* text: words */
    LUCENE_PHRASE,  /* text */
    LUCENE_PATTERN, /* text: '*', '?', behind a backslash as themselves, as itself is */
    LUCENE_REGEX,   /* text */
    LUCENE_RANGE,   /* low, high */
} LuceneKind;

typedef enum LuceneOccur { LUCENE_MAY, LUCENE_MUST, LUCENE_MUST_NOT } LuceneOccur;

typedef struct LuceneEnd {
    bool open; /* no end */
    bool inclusive;
    uint32_t at, len;
    Str text;
} LuceneEnd;

/* The name of a field, unescaped: with '*' it is a pattern. */
typedef struct LuceneField {
    uint32_t at, len;
    Str name;
} LuceneField;

typedef struct LuceneNode LuceneNode;
struct LuceneNode {
    LuceneKind kind;
    uint32_t at, len;
    const LuceneField *field; /* of all but ALL and CLAUSES; NULL: any field */
    Str text;
    LuceneEnd low, high;
    LuceneNode **items;
    LuceneOccur *occurs; /* item_count */
    uint32_t item_count;
};

/* NULL when there is an error, told in `diagnostics`. `all`: clauses that nothing stands between must hold, not may. */
LuceneNode *lucene_parse(Arena *arena, Str text, bool all, Diagnostics *diagnostics) MUST_CHECK;

/* The canonical text: parses to the same tree, if clauses may hold by default. */
void lucene_print(Buffer *out, const LuceneNode *node);
bool lucene_equal(const LuceneNode *a, const LuceneNode *b); /* same tree, offsets aside */
