#pragma once
/* Plan: what compiled queries are. Pure data: no text, no trees of syntax, no way to run itself.
 *
 * Expr       a scalar expression over the values of an event. Three-valued: null in, null out.
 * Formula    an Expr with the fields it reads.
 * Predicate  a leaf of a condition: an Expr that is true of an event iff some combination of the values of
 *            its fields makes it true (a missing field counts as one null). Shared: equal leaves of all
 *            queries are one predicate.
 * PlanNode   AND, OR, NOT over predicates; two-valued. Shared the same way.
 * Lineage    what one event cannot tell: whether its process, or a parent of it, is one that a source marked
 *            before. A leaf of a stage's `condition`; its `node` and `cases` have none, so that they can be
 *            asked of one event alone.
 * QueryPlan  what one query looks for: a node per stage, join keys, span, pipes.
 * PlanSet    all queries of a rule set together. What their pipes ask is a plan of its own (`pipes`), since it is
 *            asked of matches: there a field stands for one of a certain event of the match (PipeField).
 *
 * Lifetimes  everything lives in the arena given to plan_builder_new; a PlanSet is immutable and shared by
 *            all threads.
 * Order      a node's children have smaller ids than the node: one pass upwards evaluates all. */

#include "event/field.h"
#include "event/value.h"
#include "plan/finding.h"
#include "plan/function.h"
#include "plan/value_list.h"

typedef uint32_t PredicateId;
typedef uint32_t NodeId;

typedef enum ExprKind {
    EXPR_LITERAL, /* literal */
    EXPR_FIELD,   /* field, slot */
    EXPR_IS_NULL, /* args[0]: true or false, never null */
    EXPR_COMPARE, /* args[0] op args[1], as; == with fold: their texts without regard to case */
    EXPR_IN,      /* args[0] equals one of items (never null), as, fold */
    EXPR_LIKE,    /* args[0] fits one of items (strings: * any run, ? one character), fold */
    EXPR_REGEX,   /* args[0] wholly fits one of items (regular expressions), fold */
    /* The words of one of items stand in a row in args[0]; items are what text_words_of gives. */
    EXPR_PHRASE,
    EXPR_WORD_LIKE,  /* a word of args[0], folded, fits one of items, as in LIKE */
    EXPR_CALL,       /* function(args), fold */
    EXPR_ARITHMETIC, /* args[0] op args[1] */
    EXPR_NEGATE,     /* - args[0] */
    EXPR_AND,
    EXPR_OR,
    EXPR_NOT,     /* inside a leaf: three-valued; AND, OR: two args or more */
    EXPR_IN_LIST, /* args[0] is in `list` */
    EXPR_INDEX, /* args[0] is the _index field; items are patterns, "-x" excludes; true when missing */
    EXPR_VARIABLE, /* the value that the array function `level` of them further out is looking at */
    EXPR_SEARCH,   /* field, slot: some value makes args[0] true; true or false, never null */
    EXPR_COUNT,    /* field, slot: how many values make args[0] true; never null */
} ExprKind;

typedef enum ExprOp {
    OP_NONE,
    OP_EQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL, /* != is NOT == */
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_MODULO,
} ExprOp;

/* How two values are compared, decided by the field's type when the query is compiled. */
typedef enum CompareAs {
    COMPARE_AS_VALUE, /* by their kinds; text that is a number meets a number as one, text "true" meets a boolean */
    COMPARE_AS_IP,      /* addresses; on the right of == also a block of them */
    COMPARE_AS_ADDRESS, /* addresses, both of the event: what is none equals nothing */
    COMPARE_AS_VERSION, /* semantic versions; invalid text after all valid ones */
} CompareAs;

typedef struct Expr Expr;
struct Expr {
    ExprKind kind;
    ExprOp op;
    CompareAs as;
    bool fold; /* without regard to case */
    FunctionId function;
    FieldId field;
    uint32_t slot;  /* with a field: which of its formula's fields */
    uint32_t list;  /* EXPR_IN_LIST: which of the plan's lists */
    uint32_t level; /* EXPR_VARIABLE: 0 = of the nearest array function around it */
    Value literal;
    const Expr **args;
    uint32_t arg_count;
    const Value *items; /* strings of LIKE and IN are folded already when fold */
    uint32_t item_count;
};

typedef struct Formula {
    const Expr *expr;
    const FieldId *fields; /* distinct, in order of first use: the index is the slot */
    uint32_t field_count;
    uint32_t
        whole_count; /* the last ones: only looked through by array functions, all values at once;
                             the others take part with one value at a time */
} Formula;

typedef Formula Predicate; /* without fields: a constant; with two or more: asked per row */

typedef enum PlanNodeKind {
    NODE_FALSE,
    NODE_TRUE,
    NODE_PREDICATE,
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_LINEAGE, /* only in the `condition` of a stage */
} PlanNodeKind;

/* Whose process a source must have marked. */
typedef enum LineageRelation {
    LINEAGE_EVENT,      /* the event's own */
    LINEAGE_CHILD,      /* its parent */
    LINEAGE_DESCENDANT, /* any that it descends from */
} LineageRelation;
#define LINEAGE_RELATIONS 3

#define LINEAGE_MAX_LEAVES  4 /* of a stage: it has a case for each way they can be true or false */
#define LINEAGE_MAX_SOURCES 32 /* of a query: a bit each */

typedef struct LineageLeaf {
    uint16_t relation; /* LineageRelation */
    uint16_t source;   /* which of the query's */
} LineageLeaf;

/* What holds of one event at its time: by relation, a bit for each source. */
typedef struct LineageFacts {
    uint32_t of[LINEAGE_RELATIONS];
} LineageFacts;

typedef struct PlanNode {
    PlanNodeKind kind;
    PredicateId predicate;  /* NODE_PREDICATE */
    LineageLeaf leaf;       /* NODE_LINEAGE */
    const NodeId *children; /* AND, OR: two or more, ascending, distinct; NOT: one */
    uint32_t child_count;
} PlanNode;

typedef enum QueryPlanKind { QUERY_EVENT, QUERY_SEQUENCE, QUERY_SAMPLE } QueryPlanKind;

#define FIELD_NONE UINT32_MAX

typedef struct JoinKey {
    FieldId field;           /* FIELD_NONE: computed */
    bool optional;           /* null is a key too, and equals null */
    const Formula *computed; /* NULL: the field's values as they are */
} JoinKey;

typedef struct Stage {
    NodeId node;      /* holds wherever some case does */
    NodeId condition; /* the same unless it has lineage leaves */
    const LineageLeaf *leaves;
    const NodeId
        *cases; /* 2^leaf_count: the condition if just the leaves of the case's bits hold */
    uint32_t leaf_count;
    const JoinKey *keys; /* key_count of the query */
    bool missing;        /* ![..] */
} Stage;

typedef struct LineagePlan {
    const Stage
        *sources; /* mark the processes of the events that fit; leaves name sources in front only */
    uint32_t source_count;
    uint32_t inherited; /* by source, a bit: a leaf asks for descendants */
    const Stage *link;  /* events that tell the parent of a process; NULL if nothing is inherited */
    FieldId process, parent; /* the fields of ids; FIELD_NONE: no leaf asks for them */
} LineagePlan;
/* kind, name */
#define PIPE_KINDS(X)        \
    X(PIPE_HEAD, "head")     \
    X(PIPE_TAIL, "tail")     \
    X(PIPE_FILTER, "filter") \
    X(PIPE_SORT, "sort")     \
    X(PIPE_UNIQUE, "unique") \
    X(PIPE_COUNT, "count")   \
    X(PIPE_UNIQUE_COUNT, "unique_count")

typedef enum PipeKind {
#define PIPE_KIND_ENUM(kind, name) kind,
    PIPE_KINDS(PIPE_KIND_ENUM)
#undef PIPE_KIND_ENUM
} PipeKind;

/* What a match is sorted or told apart by. */
typedef struct PipeTerm {
    PredicateId value; /* of the plan of pipes: its expression, which need not be a condition */
    CompareAs as;
} PipeTerm;

typedef struct Pipe {
    PipeKind kind;
    uint64_t count;        /* head, tail */
    NodeId node;           /* filter; of the plan of pipes */
    const PipeTerm *terms; /* the others; none only of count */
    uint32_t term_count;
} Pipe;

typedef enum PipeFieldKind {
    PIPE_FIELD_OF_FIRST, /* of the first event that is there */
    PIPE_FIELD_OF_EVENT, /* of the event-th, from 0 */
    PIPE_FIELD_COUNT,    /* what count and unique_count add to a match */
    PIPE_FIELD_PERCENT,
} PipeFieldKind;

/* Which sequences of one key a query tells: that of the latest start at each stage; each start's own; all that there are. */
typedef enum SequenceMatches {
    SEQUENCE_LATEST,
    SEQUENCE_STARTS,
    SEQUENCE_ALL, /* has a maxspan */
} SequenceMatches;

/* What a FieldId means in a plan of pipes. */
typedef struct PipeField {
    PipeFieldKind kind;
    FieldId field; /* of events; FIELD_NONE for what is none of theirs */
    uint32_t event;
} PipeField;

typedef struct QueryPlan {
    QueryPlanKind kind;
    const Stage *stages; /* runs spelled out; QUERY_EVENT has one, with FINDING_THREATS two */
    uint32_t stage_count;
    uint32_t key_count;
    const Stage *until; /* NULL if none */
    int64_t maxspan_ns; /* 0 = none */
    SequenceMatches matches;
    FieldId timestamp;
    FieldId tiebreaker; /* FIELD_NONE if none */
    const Pipe *pipes;
    uint32_t pipe_count;
    LineagePlan lineage;
    const FieldId *asked; /* by pipes and by the finding; distinct */
    uint32_t asked_count;
    FindingPlan finding; /* of QUERY_EVENT */
} QueryPlan;

typedef struct PlanSet PlanSet;
struct PlanSet {
    const FieldTable *fields;
    const Predicate *predicates;
    uint32_t predicate_count;
    const PlanNode *nodes;
    uint32_t node_count;
    const Formula *const *key_formulas; /* of all computed join keys */
    uint32_t key_formula_count;
    const QueryPlan *queries;
    uint32_t query_count;
    ValueList *lists; /* whose data is put in by who reads the plan from an image */
    uint32_t list_count;
    const PlanSet *pipes;         /* of all queries; NULL when no pipe asks anything */
    const PipeField *pipe_fields; /* of a plan of pipes, by FieldId; else NULL */
    uint32_t pipe_field_count;
};

typedef struct PlanBuilder PlanBuilder;

PlanBuilder *plan_builder_new(Arena *arena, const Schema *schema);
FieldTable *plan_builder_fields(PlanBuilder *builder); /* of events, also in a plan of pipes */
Arena *plan_builder_arena(PlanBuilder *builder);
/* The states of all regular expressions so far, these ones with them: for whoever bounds them. */
uint64_t plan_builder_count_states(PlanBuilder *builder, uint32_t states);

/* Each gives a node, an old one when an equal one exists. AND and OR flatten, sort, drop repeats, and fold
 * TRUE and FALSE; NOT NOT x is x. `expr` is copied; slots are set here. */
NodeId plan_builder_constant(PlanBuilder *builder, bool value);
NodeId plan_builder_predicate(PlanBuilder *builder, const Expr *expr);
NodeId plan_builder_and(PlanBuilder *builder, const NodeId *children, uint32_t count);
NodeId plan_builder_or(PlanBuilder *builder, const NodeId *children, uint32_t count);
NodeId plan_builder_not(PlanBuilder *builder, NodeId child);
/* A key that is computed; of a field alone it is that field. `expr` is copied. */
JoinKey plan_builder_key(PlanBuilder *builder, const Expr *expr, bool optional);
/* The number of a list in the plan; lists of one id and type are one. Its texts are borrowed. */
uint32_t plan_builder_list(PlanBuilder *builder, const ValueList *list);
NodeId plan_builder_lineage(PlanBuilder *builder, LineageLeaf leaf);
/* Borrowed until the next node is added. */
const PlanNode *plan_builder_node(const PlanBuilder *builder, NodeId node);
/* What need not be a condition; an old one when an equal one exists. */
PredicateId plan_builder_value(PlanBuilder *builder, const Expr *expr);
/* Builds the plan of pipes, and is finished with `builder`. */
PlanBuilder *plan_builder_pipes(PlanBuilder *builder);
FieldId plan_builder_pipe_field(PlanBuilder *pipes, const PipeField *field);
/* Copied, but for what plan_builder_key made; its index. The `node` of each stage is its condition, which may have
 * lineage leaves: what is made of them is set here. */
uint32_t plan_builder_add_query(PlanBuilder *builder, const QueryPlan *query);
const PlanSet *plan_builder_finish(PlanBuilder *builder); /* nothing may be added after it */

/* The stages of a query as slots of an array: its stages, then until, then the sources of its lineage, then their link.
 * NULL: the query has no such stage. */
uint32_t query_slots(const QueryPlan *query);
const Stage *query_slot(const QueryPlan *query, uint32_t slot);
/* What the query's finding looks at is what its hits carry. */
bool query_carries_finding(const QueryPlan *query);
bool join_key_equal(const JoinKey *a, const JoinKey *b);

/* The same for two plans iff they look for the same: names of fields count, ids do not. 32 hex digits. */
void plan_query_hash(const PlanSet *plan, uint32_t query, char out[33]);
