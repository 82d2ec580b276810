#include "exec/evaluator.h"

#include "base/timestamp.h"
#include "exec/evaluator_shared.h"
#include "exec/node_bounds.h"
#include "exec/predicate_rows.h"
#include "exec/row_predicates.h"
#include "plan/explain.h"

/* What is known of a node in the present batch. */
typedef struct NodeState {
    uint64_t batch;
    const Word *rows; /* NULL: none */
    uint32_t witness; /* AND: the child that had no row when last it was looked for */
} NodeState;

struct Evaluator {
    Arena *arena;
    const EvaluatorShared *shared;
    PredicateRows *predicate_rows;
    RowPredicates *row_predicates;
    PredicateJudge *judge;
    Verdicts **verdicts; /* by field */
    NodeState *nodes;
    NodeBounds *bounds; /* of what is asked for; NULL: any node may be */
    VerdictLimit much;
    bool *left_out; /* by field: judged behind all others, where it matters */
    uint64_t batch; /* serial */
    uint32_t rows;
    const Word *within;
    Word *every_row; /* `within` when the caller gives none */
    uint64_t cut;    /* by the judge */
    uint64_t values_judged;
    EvaluatorProfile *profile; /* NULL: nothing is counted */
    uint64_t below_ns;         /* profile: spent in children of the node being computed */
};

/* ---- one worker's ---- */

Evaluator *evaluator_new(const EvaluatorShared *shared)
{
    const PlanSet *plan = shared->plan;
    uint32_t fields = field_table_count(plan->fields);
    Arena *arena = arena_new();
    Evaluator *evaluator = ARENA_NEW(arena, Evaluator);
    *evaluator = (Evaluator){
        .arena = arena,
        .shared = shared,
        .predicate_rows = predicate_rows_new(plan->predicate_count),
        .row_predicates = row_predicates_new(plan, shared->patterns),
        .judge = predicate_judge_new(),
        .verdicts = ARENA_MANY(arena, Verdicts *, fields),
        .nodes = ARENA_MANY(arena, NodeState, plan->node_count),
        .left_out = ARENA_MANY(arena, bool, fields),
        .every_row = ARENA_MANY(arena, Word, BITMAP_WORDS(BATCH_ROWS)),
    };
    for (uint32_t field = 0; field < fields; field++) {
        if (shared->indices[field] != NULL) {
            predicate_judge_fit(evaluator->judge, shared->indices[field]);
            evaluator->verdicts[field] = verdicts_new(shared->indices[field]);
        }
    }
    return evaluator;
}

void evaluator_free(Evaluator *evaluator)
{
    if (evaluator == NULL) {
        return;
    }
    for (uint32_t field = 0; field < field_table_count(evaluator->shared->plan->fields); field++) {
        verdicts_free(evaluator->verdicts[field]);
    }
    predicate_rows_free(evaluator->predicate_rows);
    row_predicates_free(evaluator->row_predicates);
    predicate_judge_free(evaluator->judge);
    arena_free(evaluator->arena);
}

/* ---- a batch ---- */

/* `within`: the rows to look at; NULL = all. False, and nothing is added, when there is as much to judge as the limit. */
static bool add_field(Evaluator *evaluator, Batch *batch, FieldId field, const Word *within,
                      VerdictLimit limit)
{
    Verdicts *verdicts = evaluator->verdicts[field];
    Dictionary *dictionary = batch_dictionary(batch, field);
    VerdictRows rows = {batch_is_late(batch, field) ? batch_encode_rows(batch, field, within)
                                                    : batch_codes(batch, field),
                        evaluator->rows, within};
    if (rows.codes != NULL) {
        if (!verdicts_note(verdicts, dictionary, &rows, limit)) {
            return false;
        }
        evaluator->values_judged +=
            verdicts_judge(verdicts, evaluator->judge, dictionary, &evaluator->cut);
    }
    predicate_rows_add_field(evaluator->predicate_rows, verdicts, rows.codes, within);
    return true;
}

/* The fields with little to judge; whether others are left out. */
static bool add_some(Evaluator *evaluator, Batch *batch)
{
    bool may_wait = evaluator->bounds != NULL && evaluator->profile == NULL;
    VerdictLimit limit = may_wait ? evaluator->much : VERDICT_NO_LIMIT;
    bool some_left_out = false;
    for (FieldId field = 0; field < field_table_count(evaluator->shared->plan->fields); field++) {
        if (evaluator->verdicts[field] == NULL) {
            continue;
        }
        bool waits = may_wait && batch_is_late(batch, field) && batch_has(batch, field);
        evaluator->left_out[field] = waits || !add_field(evaluator, batch, field, NULL, limit);
        some_left_out |= evaluator->left_out[field];
    }
    return some_left_out;
}

static void add_fields(Evaluator *evaluator, Batch *batch)
{
    if (!add_some(evaluator, batch)) {
        return;
    }
    node_bounds_find(evaluator->bounds, evaluator, evaluator->left_out, evaluator->within,
                     evaluator->rows);
    for (FieldId field = 0; field < field_table_count(evaluator->shared->plan->fields); field++) {
        if (evaluator->left_out[field]) {
            const Word *within = node_bounds_rows(evaluator->bounds, field);
            (void)add_field(evaluator, batch, field, within, VERDICT_NO_LIMIT);
        }
    }
}

/* Of predicates over one field all rows are known at once. */
static void count_predicates(Evaluator *evaluator)
{
    EvaluatorProfile *profile = evaluator->profile;
    uint64_t rows = bitmap_count(evaluator->within, evaluator->rows);
    profile->rows += rows;
    for (PredicateId i = 0; i < profile->plan->predicate_count; i++) {
        PredicateCount *count = &profile->predicates[i];
        if (evaluator->shared->lookups[i] == LOOKUP_CONSTANT) {
            count->rows_in += rows;
            count->rows_out += evaluator->shared->constants[i] ? rows : 0;
        } else if (evaluator->shared->lookups[i] != LOOKUP_ROW) {
            count->rows_in += rows;
            count->rows_out += predicate_rows_count(evaluator->predicate_rows, i);
        }
    }
}

void evaluator_run(Evaluator *evaluator, Batch *batch, const Word *within)
{
    evaluator->batch++;
    evaluator->rows = batch_rows(batch);
    if (within == NULL) {
        bitmap_set_all(evaluator->every_row, evaluator->rows);
        within = evaluator->every_row;
    }
    evaluator->within = within;
    predicate_rows_start(evaluator->predicate_rows, evaluator->rows, within);
    row_predicates_start(evaluator->row_predicates, batch);
    add_fields(evaluator, batch);
    if (evaluator->profile != NULL) {
        count_predicates(evaluator);
    }
}

/* ---- nodes ---- */

/* The rows where a node holds, right for the rows of `candidates`; other rows may be missing, and what the rest of
 * the query would not look at is not asked for. NULL: none. */
static const Word *rows_of(Evaluator *evaluator, NodeId id, const Word *candidates);

static const PlanNode *node_of(const Evaluator *evaluator, NodeId id)
{
    return &evaluator->shared->plan->nodes[id];
}

static Lookup lookup_of(const Evaluator *evaluator, const PlanNode *node)
{
    return (Lookup)evaluator->shared->lookups[node->predicate];
}

static const Word *unless_empty(const Evaluator *evaluator, const Word *rows)
{
    return bitmap_any(rows, evaluator->rows) ? rows : NULL;
}

static Word *copy(Evaluator *evaluator, const Word *rows)
{
    Word *made = predicate_rows_bitmap(evaluator->predicate_rows);
    bitmap_or(made, rows, evaluator->rows);
    return made;
}

static const Word *remember(Evaluator *evaluator, NodeId id, const Word *rows)
{
    evaluator->nodes[id].batch = evaluator->batch;
    evaluator->nodes[id].rows = rows;
    return rows;
}

static bool is_known(const Evaluator *evaluator, NodeId id)
{
    return evaluator->nodes[id].batch == evaluator->batch;
}

static bool is_dead(Evaluator *evaluator, NodeId id);

static bool is_predicate_dead(const Evaluator *evaluator, const PlanNode *node)
{
    switch (lookup_of(evaluator, node)) {
    case LOOKUP_CONSTANT: return !evaluator->shared->constants[node->predicate];
    case LOOKUP_ROW: return false;
    case LOOKUP_EXISTS:
    case LOOKUP_EQUAL:
    case LOOKUP_FOLDED:
    case LOOKUP_PATTERN:
    case LOOKUP_REGEX:
    case LOOKUP_CIDR:
    case LOOKUP_LIST:
    case LOOKUP_RANGE:
    case LOOKUP_VALUE:
    case LOOKUP_ARRAY: break;
    }
    return predicate_rows_count(evaluator->predicate_rows, node->predicate) == 0;
}

/* What killed the last batch's rows most likely kills this one's. */
static bool is_and_dead(Evaluator *evaluator, NodeId id, const PlanNode *node)
{
    uint32_t *witness = &evaluator->nodes[id].witness;
    if (is_dead(evaluator, node->children[*witness])) {
        return true;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (is_dead(evaluator, node->children[i])) {
            *witness = i;
            return true;
        }
    }
    return false;
}

static bool is_or_dead(Evaluator *evaluator, const PlanNode *node)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (!is_dead(evaluator, node->children[i])) {
            return false;
        }
    }
    return true;
}

/* Can it be told from counts alone that a node has no row? */
static bool is_dead(Evaluator *evaluator, NodeId id)
{
    if (is_known(evaluator, id)) {
        return evaluator->nodes[id].rows == NULL;
    }
    const PlanNode *node = node_of(evaluator, id);
    bool dead = false;
    switch (node->kind) {
    case NODE_FALSE: dead = true; break;
    case NODE_TRUE:
    case NODE_NOT:
    case NODE_LINEAGE: break;
    case NODE_PREDICATE: return is_predicate_dead(evaluator, node);
    case NODE_AND: dead = is_and_dead(evaluator, id, node); break;
    case NODE_OR: dead = is_or_dead(evaluator, node); break;
    }
    if (dead) {
        remember(evaluator, id, NULL);
    }
    return dead;
}

bool evaluator_is_dead(Evaluator *evaluator, NodeId node)
{
    return is_dead(evaluator, node);
}

static const Word *rows_of_predicate(Evaluator *evaluator, const PlanNode *node,
                                     const Word *candidates)
{
    switch (lookup_of(evaluator, node)) {
    case LOOKUP_CONSTANT:
        return evaluator->shared->constants[node->predicate]
                   ? unless_empty(evaluator, evaluator->within)
                   : NULL;
    case LOOKUP_ROW:
        return unless_empty(evaluator,
                            row_predicates_get(evaluator->row_predicates, evaluator->predicate_rows,
                                               node->predicate, candidates));
    case LOOKUP_EXISTS:
    case LOOKUP_EQUAL:
    case LOOKUP_FOLDED:
    case LOOKUP_PATTERN:
    case LOOKUP_REGEX:
    case LOOKUP_CIDR:
    case LOOKUP_LIST:
    case LOOKUP_RANGE:
    case LOOKUP_VALUE:
    case LOOKUP_ARRAY: break;
    }
    return predicate_rows_get(evaluator->predicate_rows, node->predicate);
}

static const Word *rows_of_not(Evaluator *evaluator, const PlanNode *node, const Word *candidates)
{
    const Word *inner = rows_of(evaluator, node->children[0], candidates);
    if (inner == NULL) {
        return unless_empty(evaluator, candidates);
    }
    Word *rows = copy(evaluator, candidates);
    bitmap_and_not(rows, inner, evaluator->rows);
    return unless_empty(evaluator, rows);
}

/* What some children cover together. */
typedef struct Union {
    Evaluator *evaluator;
    const Word *first; /* of the only child so far that has rows */
    Word *all;         /* of two or more */
} Union;

static const Word *united(const Union *together)
{
    return together->all != NULL ? together->all : together->first;
}

static void unite(Union *together, const Word *rows)
{
    if (rows == NULL) {
        return;
    }
    if (together->first == NULL) {
        together->first = rows;
        return;
    }
    if (together->all == NULL) {
        together->all = copy(together->evaluator, together->first);
    }
    bitmap_or(together->all, rows, together->evaluator->rows);
}

/* The candidates that no child has yet. */
static const Word *rest_of(const Union *together, const Word *candidates)
{
    if (united(together) == NULL) {
        return candidates;
    }
    Word *rest = copy(together->evaluator, candidates);
    bitmap_and_not(rest, united(together), together->evaluator->rows);
    return rest;
}

/* The cheap children first; those that ask row by row only about the rows that none has yet. */
static const Word *rows_of_or(Evaluator *evaluator, const PlanNode *node, const Word *candidates)
{
    const bool *asks_rows = evaluator->shared->asks_rows;
    Union together = {.evaluator = evaluator};
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (!asks_rows[node->children[i]]) {
            unite(&together, rows_of(evaluator, node->children[i], candidates));
        }
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (asks_rows[node->children[i]]) {
            const Word *rest = rest_of(&together, candidates);
            unite(&together, rows_of(evaluator, node->children[i], rest));
        }
    }
    return united(&together);
}

/* When a child of an AND is looked at: what costs most last, when the fewest rows are left. */
typedef enum Turn { TURN_PREDICATE, TURN_NODE, TURN_ASKING_NODE, TURN_ASKING, TURNS } Turn;

static Turn turn_of(const Evaluator *evaluator, NodeId child)
{
    const PlanNode *node = node_of(evaluator, child);
    if (node->kind == NODE_NOT) {
        node = node_of(evaluator, node->children[0]);
    }
    bool is_predicate = node->kind == NODE_PREDICATE;
    if (evaluator->shared->asks_rows[child]) {
        return is_predicate ? TURN_ASKING : TURN_ASKING_NODE;
    }
    return is_predicate ? TURN_PREDICATE : TURN_NODE;
}

/* The child that is a predicate with the fewest rows; child_count if none is. */
static uint32_t rarest_of(const Evaluator *evaluator, const PlanNode *node)
{
    uint32_t rarest = node->child_count;
    uint32_t fewest = UINT32_MAX;
    for (uint32_t i = 0; i < node->child_count; i++) {
        const PlanNode *child = node_of(evaluator, node->children[i]);
        if (child->kind != NODE_PREDICATE || lookup_of(evaluator, child) == LOOKUP_ROW ||
            lookup_of(evaluator, child) == LOOKUP_CONSTANT) {
            continue;
        }
        uint32_t count = predicate_rows_count(evaluator->predicate_rows, child->predicate);
        if (count < fewest) {
            fewest = count;
            rarest = i;
        }
    }
    return rarest;
}

/* Takes the rows where the child does not hold out of `rows`. False when none are left. */
static bool narrow(Evaluator *evaluator, Word *rows, NodeId child)
{
    const PlanNode *node = node_of(evaluator, child);
    if (node->kind == NODE_NOT) {
        const Word *without = rows_of(evaluator, node->children[0], rows);
        if (without == NULL) {
            return true;
        }
        bitmap_and_not(rows, without, evaluator->rows);
    } else {
        const Word *with = rows_of(evaluator, child, rows);
        if (with == NULL) {
            return false;
        }
        bitmap_and(rows, with, evaluator->rows);
    }
    return bitmap_any(rows, evaluator->rows);
}

static const Word *rows_of_and(Evaluator *evaluator, const PlanNode *node, const Word *candidates)
{
    uint32_t rarest = rarest_of(evaluator, node);
    Word *rows = copy(evaluator, candidates);
    if (rarest < node->child_count && !narrow(evaluator, rows, node->children[rarest])) {
        return NULL;
    }
    for (Turn turn = TURN_PREDICATE; turn < TURNS; turn++) {
        for (uint32_t i = 0; i < node->child_count; i++) {
            if (i != rarest && turn_of(evaluator, node->children[i]) == turn &&
                !narrow(evaluator, rows, node->children[i])) {
                return NULL;
            }
        }
    }
    return unless_empty(evaluator, rows);
}

static const Word *find_rows(Evaluator *evaluator, NodeId id, const Word *candidates)
{
    if (is_dead(evaluator, id)) {
        return NULL;
    }
    if (is_known(evaluator, id)) {
        return evaluator->nodes[id].rows;
    }
    if (!evaluator->shared->asks_rows[id]) {
        candidates = evaluator->within; /* so that whoever asks next can use it */
    }
    const PlanNode *node = node_of(evaluator, id);
    const Word *rows = NULL;
    switch (node->kind) {
    case NODE_FALSE: break;
    case NODE_TRUE: rows = unless_empty(evaluator, evaluator->within); break;
    case NODE_PREDICATE: rows = rows_of_predicate(evaluator, node, candidates); break;
    case NODE_AND: rows = rows_of_and(evaluator, node, candidates); break;
    case NODE_OR: rows = rows_of_or(evaluator, node, candidates); break;
    case NODE_NOT: rows = rows_of_not(evaluator, node, candidates); break;
    case NODE_LINEAGE: assert(!"asked by its cases"); break;
    }
    return candidates == evaluator->within ? remember(evaluator, id, rows) : rows;
}

static uint64_t count_in_both(const Word *a, const Word *b, uint32_t rows)
{
    uint64_t count = 0;
    for (size_t i = 0; i < BITMAP_WORDS(rows); i++) {
        count += (uint64_t)__builtin_popcountll(a[i] & b[i]);
    }
    return count;
}

/* The same, timed and counted. */
static const Word *count_rows(Evaluator *evaluator, NodeId id, const Word *candidates)
{
    NodeCount *count = &evaluator->profile->nodes[id];
    uint64_t below = evaluator->below_ns;
    bool was_known = is_known(evaluator, id);
    int64_t start = timestamp_monotonic();
    evaluator->below_ns = 0;
    const Word *rows = find_rows(evaluator, id, candidates);
    uint64_t spent = (uint64_t)(timestamp_monotonic() - start);
    count->time_ns += spent - evaluator->below_ns;
    evaluator->below_ns = below + spent;
    if (!was_known) {
        const Word *asked = is_known(evaluator, id) ? evaluator->within : candidates;
        count->rows_in += bitmap_count(asked, evaluator->rows);
        count->rows_out += rows == NULL ? 0 : count_in_both(rows, asked, evaluator->rows);
    }
    return rows;
}

static const Word *rows_of(Evaluator *evaluator, NodeId id, const Word *candidates)
{
    return evaluator->profile == NULL ? find_rows(evaluator, id, candidates)
                                      : count_rows(evaluator, id, candidates);
}

const Word *evaluator_rows(Evaluator *evaluator, NodeId node)
{
    if (evaluator->profile == NULL) {
        return rows_of(evaluator, node, evaluator->within);
    }
    evaluator->below_ns = 0;
    const Word *rows = rows_of(evaluator, node, evaluator->within);
    evaluator->profile->nodes_ns += evaluator->below_ns;
    return rows;
}

const ScalarPatterns *evaluator_patterns(const Evaluator *evaluator)
{
    return evaluator->shared->patterns;
}

EvaluatorStats evaluator_stats(const Evaluator *evaluator)
{
    return (EvaluatorStats){
        .values_judged = evaluator->values_judged,
        .rows_judged = row_predicates_judged(evaluator->row_predicates),
        .combinations_cut = evaluator->cut + row_predicates_cut(evaluator->row_predicates),
    };
}

void evaluator_ask_only(Evaluator *evaluator, const NodeId *nodes, uint32_t count, uint32_t many)
{
    evaluator->bounds = node_bounds_new(evaluator->arena, evaluator->shared->plan, nodes, count);
    evaluator->much = (VerdictLimit){many, EVALUATOR_MUCH_BYTES};
}

void evaluator_start_profile(Evaluator *evaluator)
{
    evaluator->profile = evaluator_profile_new(evaluator->arena, evaluator->shared->plan);
}

void evaluator_add_profile(const Evaluator *evaluator, EvaluatorProfile *to)
{
    assert(evaluator->profile != NULL);
    EvaluatorProfile *profile = evaluator->profile;
    profile->values_judged = evaluator->values_judged;
    for (PredicateId i = 0; i < profile->plan->predicate_count; i++) {
        if (evaluator->shared->lookups[i] == LOOKUP_ROW) {
            PredicateCount *count = &profile->predicates[i];
            count->rows_in = row_predicates_asked(evaluator->row_predicates, i);
            count->rows_out = row_predicates_held(evaluator->row_predicates, i);
        }
    }
    evaluator_profile_add(to, profile);
}
