#include "exec/node_bounds.h"

#include "exec/lists.h"

struct NodeBounds {
    Arena *arena;
    const PlanSet *plan;
    const NodeId *nodes;
    uint32_t count;
    Lists fields;   /* by place of a node in `nodes`: what its predicates of one field look at */
    bool *left_out; /* by field, as told last */
    bool *
        is_unknown; /* by node: something below looks at a field that is left out, or is asked per row */
    uint32_t *witness;   /* by node, AND: the child that had no row when last it was looked for */
    Word **rows;         /* by field; NULL until it is left out */
    ARRAY(Word *) spare; /* two for each level of nesting */

    /* of the present batch */
    Evaluator *evaluator;
    uint32_t row_count;
};

/* ---- what is below a node ---- */

typedef struct Search {
    NodeBounds *bounds;
    Arena *scratch;
    ListPairs pairs;
    uint32_t
        *node_seen; /* by node, by field: place + 1 of the last of `nodes` that it was met for */
    uint32_t *field_seen;
} Search;

static void search(Search *at, NodeId id, uint32_t place)
{
    const PlanSet *plan = at->bounds->plan;
    const PlanNode *node = &plan->nodes[id];
    if (at->node_seen[id] == place + 1) {
        return;
    }
    at->node_seen[id] = place + 1;
    if (node->kind == NODE_PREDICATE && plan->predicates[node->predicate].field_count == 1) {
        FieldId field = plan->predicates[node->predicate].fields[0];
        if (at->field_seen[field] != place + 1) {
            at->field_seen[field] = place + 1;
            lists_push(at->scratch, &at->pairs, place, field);
        }
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        search(at, node->children[i], place);
    }
}

NodeBounds *node_bounds_new(Arena *arena, const PlanSet *plan, const NodeId *nodes, uint32_t count)
{
    uint32_t fields = field_table_count(plan->fields);
    NodeId *copy = ARENA_MANY(arena, NodeId, count);
    NodeBounds *bounds = ARENA_NEW(arena, NodeBounds);
    *bounds = (NodeBounds){
        .arena = arena,
        .plan = plan,
        .nodes = copy,
        .count = count,
        .left_out = ARENA_MANY(arena, bool, fields),
        .is_unknown = ARENA_MANY(arena, bool, plan->node_count),
        .witness = ARENA_MANY(arena, uint32_t, plan->node_count),
        .rows = ARENA_MANY(arena, Word *, fields),
    };
    Arena *scratch = arena_new();
    Search at = {
        .bounds = bounds,
        .scratch = scratch,
        .node_seen = ARENA_MANY(scratch, uint32_t, plan->node_count),
        .field_seen = ARENA_MANY(scratch, uint32_t, fields),
    };
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = nodes[i];
        search(&at, nodes[i], i);
    }
    bounds->fields = lists_build(arena, &at.pairs, count);
    arena_free(scratch);
    return bounds;
}

/* A node's children have smaller ids: one pass upwards. */
static void mark_unknown(NodeBounds *bounds)
{
    const PlanSet *plan = bounds->plan;
    for (NodeId id = 0; id < plan->node_count; id++) {
        const PlanNode *node = &plan->nodes[id];
        bool is_unknown = false;
        if (node->kind == NODE_PREDICATE) {
            const Predicate *predicate = &plan->predicates[node->predicate];
            is_unknown = predicate->field_count > 1 ||
                         (predicate->field_count == 1 && bounds->left_out[predicate->fields[0]]);
        }
        for (uint32_t i = 0; i < node->child_count && !is_unknown; i++) {
            is_unknown = bounds->is_unknown[node->children[i]];
        }
        bounds->is_unknown[id] = is_unknown;
    }
}

static void leave_out(NodeBounds *bounds, const bool *left_out)
{
    uint32_t fields = field_table_count(bounds->plan->fields);
    if (memcmp(bounds->left_out, left_out, fields * sizeof *left_out) != 0) {
        memcpy(bounds->left_out, left_out, fields * sizeof *left_out);
        mark_unknown(bounds);
    }
    for (FieldId field = 0; field < fields; field++) {
        if (left_out[field]) {
            if (bounds->rows[field] == NULL) {
                bounds->rows[field] = ARENA_MANY(bounds->arena, Word, BITMAP_WORDS(BATCH_ROWS));
            }
            bitmap_clear_all(bounds->rows[field], bounds->row_count);
        }
    }
}

/* ---- bounds ---- */

/* Takes rows where the node cannot hold out of `rows`, as far as that is told cheaply. False when none are left. */
static bool narrow(NodeBounds *bounds, NodeId id, Word *rows, uint32_t level);

static const PlanNode *node_of(const NodeBounds *bounds, NodeId id)
{
    return &bounds->plan->nodes[id];
}

static Word *spare(NodeBounds *bounds, uint32_t index)
{
    while (bounds->spare.count <= index) {
        Word *bits = ARENA_MANY(bounds->arena, Word, BITMAP_WORDS(BATCH_ROWS));
        ARRAY_PUSH(bounds->arena, &bounds->spare, bits);
    }
    return bounds->spare.items[index];
}

static bool is_dead(NodeBounds *bounds, NodeId id)
{
    return !bounds->is_unknown[id] && evaluator_is_dead(bounds->evaluator, id);
}

/* Most nodes have a child without a row, and most often it is the same one as in the batch before. */
static bool has_dead_child(NodeBounds *bounds, NodeId id, const PlanNode *node)
{
    uint32_t *witness = &bounds->witness[id];
    if (is_dead(bounds, node->children[*witness])) {
        return true;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (is_dead(bounds, node->children[i])) {
            *witness = i;
            return true;
        }
    }
    return false;
}

/* What is known comes first. What is excluded is left for later: nearly all rows have it. */
static bool narrow_and(NodeBounds *bounds, NodeId id, Word *rows, uint32_t level)
{
    const PlanNode *node = node_of(bounds, id);
    if (has_dead_child(bounds, id, node)) {
        return false;
    }
    for (int is_unknown = 0; is_unknown <= 1; is_unknown++) {
        for (uint32_t i = 0; i < node->child_count; i++) {
            NodeId child = node->children[i];
            if (bounds->is_unknown[child] == is_unknown &&
                node_of(bounds, child)->kind != NODE_NOT && !narrow(bounds, child, rows, level)) {
                return false;
            }
        }
    }
    return true;
}

/* A child of which nothing can be told says the same of the whole. */
static bool is_open(const NodeBounds *bounds, const PlanNode *node)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        PlanNodeKind kind = node_of(bounds, node->children[i])->kind;
        if (bounds->is_unknown[node->children[i]] && (kind == NODE_PREDICATE || kind == NODE_NOT)) {
            return true;
        }
    }
    return false;
}

static bool narrow_or(NodeBounds *bounds, const PlanNode *node, Word *rows, uint32_t level)
{
    if (is_open(bounds, node)) {
        return true;
    }
    Word *together = spare(bounds, level * 2);
    Word *part = spare(bounds, level * 2 + 1);
    bitmap_clear_all(together, bounds->row_count);
    for (uint32_t i = 0; i < node->child_count; i++) {
        memcpy(part, rows, BITMAP_WORDS(bounds->row_count) * sizeof *part);
        if (narrow(bounds, node->children[i], part, level + 1)) {
            bitmap_or(together, part, bounds->row_count);
        }
    }
    bitmap_and(rows, together, bounds->row_count);
    return bitmap_any(rows, bounds->row_count);
}

static bool narrow(NodeBounds *bounds, NodeId id, Word *rows, uint32_t level)
{
    const PlanNode *node = node_of(bounds, id);
    if (!bounds->is_unknown[id]) {
        const Word *known = evaluator_rows(bounds->evaluator, id);
        if (known == NULL) {
            return false;
        }
        bitmap_and(rows, known, bounds->row_count);
        return bitmap_any(rows, bounds->row_count);
    }
    switch (node->kind) {
    case NODE_FALSE:
    case NODE_TRUE:
    case NODE_PREDICATE:
    case NODE_LINEAGE:
    case NODE_NOT: return true;
    case NODE_AND: return narrow_and(bounds, id, rows, level);
    case NODE_OR: return narrow_or(bounds, node, rows, level);
    }
    assert(!"no such node");
    return true;
}

static bool looks_at_left_out(const NodeBounds *bounds, List fields)
{
    for (uint32_t i = 0; i < fields.count; i++) {
        if (bounds->left_out[fields.items[i]]) {
            return true;
        }
    }
    return false;
}

void node_bounds_find(NodeBounds *bounds, Evaluator *evaluator, const bool *left_out,
                      const Word *within, uint32_t rows)
{
    bounds->evaluator = evaluator;
    bounds->row_count = rows;
    leave_out(bounds, left_out);
    Word *bound = spare(bounds, 0);
    for (uint32_t i = 0; i < bounds->count; i++) {
        List fields = lists_get(&bounds->fields, i);
        if (!looks_at_left_out(bounds, fields)) {
            continue;
        }
        memcpy(bound, within, BITMAP_WORDS(rows) * sizeof *bound);
        if (!narrow(bounds, bounds->nodes[i], bound, 1)) {
            continue;
        }
        for (uint32_t f = 0; f < fields.count; f++) {
            if (left_out[fields.items[f]]) {
                bitmap_or(bounds->rows[fields.items[f]], bound, rows);
            }
        }
    }
}

const Word *node_bounds_rows(const NodeBounds *bounds, FieldId field)
{
    return bounds->rows[field];
}
