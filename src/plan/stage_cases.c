#include "plan/stage_cases.h"

/* ---- leaves ---- */

typedef struct Leaves {
    const PlanBuilder *builder;
    LineageLeaf *items;
    uint32_t count;
} Leaves;

static bool comes_before(LineageLeaf a, LineageLeaf b)
{
    return a.source != b.source ? a.source < b.source : a.relation < b.relation;
}

static bool is_same(LineageLeaf a, LineageLeaf b)
{
    return a.source == b.source && a.relation == b.relation;
}

static void add_leaf(Leaves *leaves, LineageLeaf leaf)
{
    uint32_t at = 0;
    while (at < leaves->count && comes_before(leaves->items[at], leaf)) {
        at++;
    }
    bool known = at < leaves->count && is_same(leaves->items[at], leaf);
    if (known || leaves->count > LINEAGE_MAX_LEAVES) {
        return;
    }
    memmove(&leaves->items[at + 1], &leaves->items[at], (leaves->count - at) * sizeof leaf);
    leaves->items[at] = leaf;
    leaves->count++;
}

static void find_leaves(Leaves *leaves, NodeId id)
{
    const PlanNode *node = plan_builder_node(leaves->builder, id);
    if (node->kind == NODE_LINEAGE) {
        add_leaf(leaves, node->leaf);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        find_leaves(leaves, node->children[i]);
    }
}

uint32_t stage_leaves(const PlanBuilder *builder, NodeId condition, LineageLeaf *out)
{
    Leaves leaves = {.builder = builder, .items = out};
    find_leaves(&leaves, condition);
    return leaves.count;
}

/* ---- cases ---- */

typedef struct Deciding {
    PlanBuilder *builder;
    const Stage *stage;
    uint32_t number; /* of the case */
} Deciding;

static bool holds(const Deciding *deciding, LineageLeaf leaf)
{
    uint32_t i = 0;
    while (!is_same(deciding->stage->leaves[i], leaf)) {
        i++;
    }
    return deciding->number >> i & 1;
}

/* The node with its lineage leaves decided; itself if it has none. */
static NodeId decide(const Deciding *deciding, NodeId id)
{
    PlanBuilder *builder = deciding->builder;
    PlanNode node = *plan_builder_node(builder, id);
    if (node.kind == NODE_LINEAGE) {
        return plan_builder_constant(builder, holds(deciding, node.leaf));
    }
    NodeId *children = ARENA_MANY(plan_builder_arena(builder), NodeId, node.child_count);
    bool changed = false;
    for (uint32_t i = 0; i < node.child_count; i++) {
        children[i] = decide(deciding, node.children[i]);
        changed = changed || children[i] != node.children[i];
    }
    if (!changed) {
        return id;
    }
    if (node.kind == NODE_NOT) {
        return plan_builder_not(builder, children[0]);
    }
    return node.kind == NODE_AND ? plan_builder_and(builder, children, node.child_count)
                                 : plan_builder_or(builder, children, node.child_count);
}

void stage_set_cases(Stage *stage, PlanBuilder *builder)
{
    LineageLeaf found[LINEAGE_MAX_LEAVES + 1];
    stage->condition = stage->node;
    stage->leaf_count = stage_leaves(builder, stage->condition, found);
    assert(stage->leaf_count <= LINEAGE_MAX_LEAVES);
    if (stage->leaf_count == 0) {
        return;
    }
    Arena *arena = plan_builder_arena(builder);
    LineageLeaf *leaves = ARENA_MANY(arena, LineageLeaf, stage->leaf_count);
    memcpy(leaves, found, stage->leaf_count * sizeof *leaves);
    stage->leaves = leaves;
    Deciding deciding = {.builder = builder, .stage = stage};
    uint32_t count = 1u << stage->leaf_count;
    NodeId *cases = ARENA_MANY(arena, NodeId, count);
    for (; deciding.number < count; deciding.number++) {
        cases[deciding.number] = decide(&deciding, stage->condition);
    }
    stage->cases = cases;
    stage->node = plan_builder_or(builder, cases, count);
}

uint32_t stage_inherited(const Stage *stage)
{
    uint32_t sources = 0;
    for (uint32_t i = 0; i < stage->leaf_count; i++) {
        if (stage->leaves[i].relation == LINEAGE_DESCENDANT) {
            sources |= 1u << stage->leaves[i].source;
        }
    }
    return sources;
}

uint32_t stage_case(const Stage *stage, const LineageFacts *facts)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < stage->leaf_count; i++) {
        LineageLeaf leaf = stage->leaves[i];
        number |= (facts->of[leaf.relation] >> leaf.source & 1) << i;
    }
    return number;
}
