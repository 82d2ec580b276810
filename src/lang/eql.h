#pragma once
/* Eql: the text of an EQL query becomes a syntax tree, and back. Knows no fields, no types, no
 * functions' meaning: only what the grammar says (docs/language.md).
 *
 * Lifetimes    the tree lives in the arena and borrows the text.
 * Bounds       text EQL_MAX_TEXT bytes, nesting EQL_MAX_DEPTH, stages EQL_MAX_STAGES after runs are
 *              counted in, the name of a field EQL_MAX_NAME bytes; each refused with its own message.
 * Chains       "a or b or c" is no nesting. It leans to the left, ((a or b) or c), as deep as the
 *              text is long: whoever walks a tree goes down `left` of EQL_BINARY by a loop, or asks
 *              eql_operands. All other ways down are short (EQL_MAX_DEPTH times the levels of
 *              precedence).
 * Offsets      every node says where it starts (`at`) and how long it is (`len`), in bytes. */

#include "base/array.h"
#include "base/diagnostic.h"

#define EQL_MAX_TEXT   ((size_t)1024 * 1024)
#define EQL_MAX_DEPTH  200
#define EQL_MAX_STAGES 256
#define EQL_MAX_RUNS   100
#define EQL_MAX_NAME   1024

/* The `code` of a diagnostic: how the reading failed. Elasticsearch counts columns from 1 for what
 * its grammar refuses and from 2 for what it refuses after; eql_position knows. */
#define EQL_CODE_SYNTAX "syntax" /* not in the grammar */
#define EQL_CODE_PARSE  "parse"  /* in the grammar, but refused on sight */
#define EQL_CODE_LIMIT  "limit"  /* one of the bounds above; Elasticsearch has others or none */

/* Which queries are taken. */
typedef enum EqlDialect {
    EQL_DIALECT_EXTENDED,      /* also what is ours alone */
    EQL_DIALECT_ELASTICSEARCH, /* what Elasticsearch takes; the rest is refused with its words */
} EqlDialect;

/* kind, text as written */
#define EQL_BINARY_OPS(X)      \
    X(EQL_OR, "or")            \
    X(EQL_AND, "and")          \
    X(EQL_EQUAL, "==")         \
    X(EQL_NOT_EQUAL, "!=")     \
    X(EQL_LESS, "<")           \
    X(EQL_LESS_EQUAL, "<=")    \
    X(EQL_GREATER, ">")        \
    X(EQL_GREATER_EQUAL, ">=") \
    X(EQL_ADD, "+")            \
    X(EQL_SUBTRACT, "-")       \
    X(EQL_MULTIPLY, "*")       \
    X(EQL_DIVIDE, "/")         \
    X(EQL_MODULO, "%")

typedef enum EqlOp {
#define EQL_OP_ENUM(op, text) op,
    EQL_BINARY_OPS(EQL_OP_ENUM)
#undef EQL_OP_ENUM
} EqlOp;

typedef enum EqlKind {
    EQL_NULL,
    EQL_BOOLEAN,
    EQL_INTEGER, /* fits int64; wider ones are EQL_DECIMAL */
    EQL_DECIMAL,
    EQL_STRING,
    EQL_FIELD,
    EQL_CALL,
    EQL_BINARY,
    EQL_NEGATE, /* unary minus on anything but a number literal, which carries its sign itself */
    EQL_NOT,
    EQL_IN,      /* left [not] in / in~ (items) */
    EQL_LIKE,    /* left : / like / like~ constants; behind ":" also fields and calls */
    EQL_REGEX,   /* left regex / regex~ constants */
    EQL_LINEAGE, /* child/descendant/event of [..]: parses, refused later */
} EqlKind;

typedef struct EqlNode EqlNode;
typedef struct EqlStage EqlStage;

struct EqlNode {
    EqlKind kind;
    uint32_t at, len;
    EqlOp op;              /* EQL_BINARY */
    bool negated;          /* EQL_IN: "not in" */
    bool case_insensitive; /* name~(..), in~, like~, ":", regex~ */
    bool colon;            /* EQL_LIKE written ":" */
    bool optional;         /* EQL_FIELD: ?name */
    bool boolean;
    bool raw; /* EQL_STRING: written """...""" */
    int64_t integer;
    double decimal;
    Str text;     /* EQL_STRING: unescaped; EQL_FIELD: path with dots; EQL_CALL: name without ~;
                     EQL_LINEAGE: the relation's word */
    bool indexed; /* EQL_FIELD: holds a[0]; `text` is then the path as printed, "a.`b c`[0]" */
    bool
        of_event; /* EQL_FIELD: indexed, and "events[N].path", which pipes take; the rest is refused later */
    uint32_t event;        /* N; UINT32_MAX when it is larger */
    Str path;              /* of the event */
    EqlNode *left, *right; /* operands; EQL_NOT, EQL_NEGATE, EQL_IN, EQL_LIKE, EQL_REGEX use left */
    EqlNode **items;       /* call arguments, list items */
    uint32_t item_count;
    const EqlStage *subquery; /* EQL_LINEAGE */
};

struct EqlStage {     /* category where condition */
    uint32_t at, len; /* the whole term, brackets included */
    bool any;
    Str category; /* empty when any */
    uint32_t category_at;
    EqlNode *condition;
    bool missing;   /* ![..] */
    EqlNode **keys; /* its own "by", without the global ones */
    uint32_t key_count;
    uint32_t runs; /* with runs=N; 1 if not given */
    uint32_t runs_at;
};

typedef struct EqlPipe {
    uint32_t at, len;
    Str name;
    EqlNode **arguments;
    uint32_t argument_count;
} EqlPipe;

typedef enum EqlQueryKind {
    EQL_QUERY_EVENT,
    EQL_QUERY_SEQUENCE,
    EQL_QUERY_SAMPLE,
    EQL_QUERY_JOIN
} EqlQueryKind;

/* name, as written behind "matches=": which sequences of one key are told */
#define EQL_MATCHES(X)                                                            \
    X(EQL_MATCHES_LATEST, latest) /* that of the latest start: Elasticsearch's */ \
    X(EQL_MATCHES_STARTS, starts) /* that of each start */                        \
    X(EQL_MATCHES_ALL, all)       /* all that there are */

typedef enum EqlMatches {
#define EQL_MATCHES_ENUM(kind, name) kind,
    EQL_MATCHES(EQL_MATCHES_ENUM)
#undef EQL_MATCHES_ENUM
} EqlMatches;

typedef struct EqlQuery {
    EqlQueryKind kind;
    Str text;
    uint32_t at;      /* of the first word */
    EqlStage *stages; /* EQL_QUERY_EVENT has exactly one */
    uint32_t stage_count;
    EqlNode **keys; /* global "by" */
    uint32_t key_count;
    bool has_maxspan;
    int64_t maxspan_ns; /* > 0 */
    uint32_t maxspan_at;
    bool has_matches; /* ours alone, as is all but EQL_MATCHES_LATEST */
    EqlMatches matches;
    EqlStage *until; /* NULL if none */
    EqlPipe *pipes;
    uint32_t pipe_count;
    uint32_t pipes_at; /* of the first "|" */
} EqlQuery;

/* NULL when there are errors: the first one is in `diagnostics`, in Elasticsearch's words without
 * the "line 1:2: " in front (the offset tells), perhaps with a note that helps. */
EqlQuery *eql_parse(Arena *arena, Str text, Diagnostics *diagnostics) MUST_CHECK;
/* eql_parse takes the extended dialect. */
EqlQuery *eql_parse_dialect(Arena *arena, Str text, EqlDialect dialect,
                            Diagnostics *diagnostics) MUST_CHECK;
/* One expression alone (a condition), for tests and filters. */
EqlNode *eql_parse_expression(Arena *arena, Str text, Diagnostics *diagnostics) MUST_CHECK;

/* Line and column as Elasticsearch prints them in front of the message. */
void eql_position(Str text, const Diagnostic *diagnostic, size_t *line, size_t *column);

/* The operands of a chain of one operator, left to right: of "a or b or c" its three, of anything
 * else than `op` the node itself. */
void eql_operands(Arena *arena, EqlNode *node, EqlOp op, EqlNode ***operands, uint32_t *count);

/* The canonical text: parses to the same tree; one blank between words, lists on one line. */
void eql_print(Buffer *out, const EqlQuery *query);
void eql_print_node(Buffer *out, const EqlNode *node);
bool eql_equal(const EqlQuery *a, const EqlQuery *b); /* same tree, offsets aside */
