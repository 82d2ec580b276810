#pragma once
/* Kql: the text of a query in KQL (Kibana Query Language) becomes a syntax tree, and back. Knows no
 * fields and no types: only what the grammar says (docs/kql.md).
 *
 * Lifetimes    the tree lives in the arena and borrows the text.
 * Bounds       text KQL_MAX_TEXT bytes, nesting KQL_MAX_DEPTH; each refused with its own message.
 * Lists        "f : (a or b)" is the tree of "f : a or f : b": its leaves share one KqlWord as field.
 * Offsets      every node and word says where it starts (`at`) and how long it is (`len`), in bytes. */

#include "base/array.h"
#include "base/diagnostic.h"

#define KQL_MAX_TEXT  ((size_t)1024 * 1024)
#define KQL_MAX_DEPTH 200

/* The `code` of a diagnostic. */
#define KQL_CODE_SYNTAX "syntax"
#define KQL_CODE_LIMIT  "limit"

typedef enum KqlKind {
    KQL_ALL,    /* the empty text */
    KQL_OR,     /* items: two or more */
    KQL_AND,    /* items: two or more */
    KQL_NOT,    /* items[0] */
    KQL_NESTED, /* field : { items[0] } */
    KQL_IS,     /* field : value; field NULL: any field */
    KQL_RANGE,  /* field op value */
} KqlKind;

/* op, text as written */
#define KQL_RANGE_OPS(X)    \
    X(KQL_LESS, "<")        \
    X(KQL_LESS_EQUAL, "<=") \
    X(KQL_GREATER, ">")     \
    X(KQL_GREATER_EQUAL, ">=")

typedef enum KqlOp {
#define KQL_OP_ENUM(op, text) op,
    KQL_RANGE_OPS(KQL_OP_ENUM)
#undef KQL_OP_ENUM
} KqlOp;

/* The name of a field, or a value. */
typedef struct KqlWord {
    uint32_t at, len; /* as written, quotes included */
    bool quoted;      /* a phrase; holds no wildcard */
    const Str *parts; /* unescaped, between the wildcards "*": "a*b" has two, "*" two empty ones */
    uint32_t part_count;
} KqlWord;

typedef struct KqlNode KqlNode;
struct KqlNode {
    KqlKind kind;
    KqlOp op; /* KQL_RANGE */
    uint32_t at, len;
    const KqlWord *field;
    const KqlWord *value; /* KQL_IS, KQL_RANGE */
    KqlNode **items;
    uint32_t item_count;
};

/* NULL when there is an error, told in `diagnostics`. */
KqlNode *kql_parse(Arena *arena, Str text, Diagnostics *diagnostics) MUST_CHECK;

/* True for "*": any value at all. */
bool kql_word_is_any(const KqlWord *word);
static inline bool kql_word_has_wildcard(const KqlWord *word)
{
    return word->part_count > 1;
}

/* The canonical text: parses to the same tree. */
void kql_print(Buffer *out, const KqlNode *node);
void kql_print_word(Buffer *out, const KqlWord *word);
bool kql_equal(const KqlNode *a, const KqlNode *b); /* same tree, offsets aside */
