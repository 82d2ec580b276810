#include "plan/plan.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/table.h"
#include "plan/expr.h"
#include "plan/stage_cases.h"

/* Hash -> ids that have it: open addressing, a power of two, at most half full. */
typedef struct IdSet {
    uint64_t *hashes; /* of each id, by id */
    uint32_t hash_room;
    uint32_t *slots; /* id + 1; 0 = free */
    uint32_t slot_count;
    uint32_t count;
} IdSet;

struct PlanBuilder {
    Arena *arena;
    FieldTable *fields;
    ARRAY(Predicate) predicates;
    ARRAY(PlanNode) nodes;
    ARRAY(const Formula *) key_formulas;
    ARRAY(QueryPlan) queries;
    ARRAY(ValueList) lists;
    IdSet predicate_ids;
    IdSet node_ids;
    NodeId constants[2];
    uint64_t regex_states;
    PlanBuilder *pipes; /* NULL before it is asked for */
    PlanBuilder *of;    /* of a plan of pipes: the other one */
    Table *pipe_ids;    /* PipeField as bytes -> FieldId */
    ARRAY(PipeField) pipe_fields;
    bool finished;
};

typedef ARRAY(NodeId) NodeIds;

/* ---- sharing ---- */

static void place(IdSet *set, uint64_t hash, uint32_t id)
{
    uint32_t mask = set->slot_count - 1;
    uint32_t at = (uint32_t)hash & mask;
    while (set->slots[at] != 0) {
        at = (at + 1) & mask;
    }
    set->slots[at] = id + 1;
}

static void id_set_add(Arena *arena, IdSet *set, uint64_t hash)
{
    if (set->count == set->hash_room) {
        set->hashes = array_grow(arena, set->hashes, &set->hash_room, sizeof *set->hashes);
    }
    uint32_t id = set->count++;
    set->hashes[id] = hash;
    if (set->count * 2 <= set->slot_count) {
        place(set, hash, id);
        return;
    }
    set->slot_count = set->slot_count == 0 ? 64 : set->slot_count * 2;
    set->slots = ARENA_MANY(arena, uint32_t, set->slot_count);
    for (uint32_t old = 0; old < set->count; old++) {
        place(set, set->hashes[old], old);
    }
}

/* The next id with this hash at or after slot *at; start with *at = hash. */
static bool id_set_next(const IdSet *set, uint64_t hash, uint32_t *at, uint32_t *id)
{
    if (set->slot_count == 0) {
        return false;
    }
    uint32_t mask = set->slot_count - 1;
    for (*at &= mask; set->slots[*at] != 0; *at = (*at + 1) & mask) {
        *id = set->slots[*at] - 1;
        if (set->hashes[*id] == hash) {
            *at = (*at + 1) & mask;
            return true;
        }
    }
    return false;
}

/* ---- nodes ---- */

static uint64_t node_hash(const PlanNode *node)
{
    Str children = {(const char *)node->children, node->child_count * sizeof *node->children};
    uint64_t hash = hash_mix(node->kind, node->predicate);
    hash = hash_mix(hash, (uint64_t)node->leaf.relation << 16 | node->leaf.source);
    return children.len == 0 ? hash : hash_mix(hash, hash_bytes(children));
}

static bool node_equal(const PlanNode *a, const PlanNode *b)
{
    return a->kind == b->kind && a->predicate == b->predicate &&
           a->leaf.relation == b->leaf.relation && a->leaf.source == b->leaf.source &&
           a->child_count == b->child_count &&
           (a->child_count == 0 ||
            memcmp(a->children, b->children, a->child_count * sizeof *a->children) == 0);
}

/* The children of `node` are copied when it is new. */
static NodeId intern_node(PlanBuilder *builder, const PlanNode *node)
{
    assert(!builder->finished);
    uint64_t hash = node_hash(node);
    uint32_t at = (uint32_t)hash;
    for (NodeId id = 0; id_set_next(&builder->node_ids, hash, &at, &id);) {
        if (node_equal(&builder->nodes.items[id], node)) {
            return id;
        }
    }
    PlanNode copy = *node;
    if (node->child_count > 0) {
        NodeId *children = ARENA_MANY(builder->arena, NodeId, node->child_count);
        memcpy(children, node->children, node->child_count * sizeof *children);
        copy.children = children;
    }
    ARRAY_PUSH(builder->arena, &builder->nodes, copy);
    id_set_add(builder->arena, &builder->node_ids, hash);
    return builder->nodes.count - 1;
}

static PlanBuilder *builder_new(Arena *arena, FieldTable *fields)
{
    PlanBuilder *builder = ARENA_NEW(arena, PlanBuilder);
    builder->arena = arena;
    builder->fields = fields;
    builder->constants[false] = intern_node(builder, &(PlanNode){.kind = NODE_FALSE});
    builder->constants[true] = intern_node(builder, &(PlanNode){.kind = NODE_TRUE});
    return builder;
}

PlanBuilder *plan_builder_new(Arena *arena, const Schema *schema)
{
    return builder_new(arena, field_table_new(arena, schema));
}

PlanBuilder *plan_builder_pipes(PlanBuilder *builder)
{
    assert(builder->of == NULL && !builder->finished);
    if (builder->pipes == NULL) {
        builder->pipes = builder_new(builder->arena, builder->fields);
        builder->pipes->of = builder;
        builder->pipes->pipe_ids = table_new(builder->arena);
    }
    return builder->pipes;
}

FieldId plan_builder_pipe_field(PlanBuilder *pipes, const PipeField *field)
{
    assert(pipes->of != NULL && !pipes->finished);
    uint32_t parts[] = {field->kind, field->field, field->event};
    FieldId id = table_add(pipes->pipe_ids, (Str){(const char *)parts, sizeof parts});
    if (id == pipes->pipe_fields.count) {
        ARRAY_PUSH(pipes->arena, &pipes->pipe_fields, *field);
    }
    return id;
}

FieldTable *plan_builder_fields(PlanBuilder *builder)
{
    return builder->fields;
}

Arena *plan_builder_arena(PlanBuilder *builder)
{
    return builder->arena;
}

uint64_t plan_builder_count_states(PlanBuilder *builder, uint32_t states)
{
    PlanBuilder *all = builder->of != NULL ? builder->of : builder;
    all->regex_states += states;
    return all->regex_states;
}

NodeId plan_builder_constant(PlanBuilder *builder, bool value)
{
    return builder->constants[value];
}

/* `expr` in normal form. */
static Formula formula_of(PlanBuilder *builder, const Expr *expr)
{
    ExprFields fields = {0};
    const Expr *own = expr_own(builder->arena, expr, &fields);
    return (Formula){own, fields.list.items, fields.list.count, fields.whole_count};
}

/* `expr` in normal form. */
static PredicateId intern_predicate(PlanBuilder *builder, const Expr *expr)
{
    assert(!builder->finished);
    uint64_t hash = expr_hash(expr);
    uint32_t at = (uint32_t)hash;
    for (PredicateId id = 0; id_set_next(&builder->predicate_ids, hash, &at, &id);) {
        if (expr_equal(builder->predicates.items[id].expr, expr)) {
            return id;
        }
    }
    ARRAY_PUSH(builder->arena, &builder->predicates, formula_of(builder, expr));
    id_set_add(builder->arena, &builder->predicate_ids, hash);
    return builder->predicates.count - 1;
}

PredicateId plan_builder_value(PlanBuilder *builder, const Expr *expr)
{
    return intern_predicate(builder, expr_normalize(builder->arena, expr));
}

NodeId plan_builder_predicate(PlanBuilder *builder, const Expr *expr)
{
    const Expr *normal = expr_normalize(builder->arena, expr);
    if (normal->kind == EXPR_LITERAL) {
        bool holds = normal->literal.kind == VALUE_BOOL && normal->literal.boolean;
        return plan_builder_constant(builder, holds);
    }
    PlanNode node = {.kind = NODE_PREDICATE, .predicate = intern_predicate(builder, normal)};
    return intern_node(builder, &node);
}

static int compare_ids(const void *a, const void *b)
{
    NodeId left = *(const NodeId *)a;
    NodeId right = *(const NodeId *)b;
    return (left > right) - (left < right);
}

static void add_flat(PlanBuilder *builder, NodeIds *flat, PlanNodeKind kind, NodeId child)
{
    assert(child < builder->nodes.count);
    PlanNode node = builder->nodes.items[child];
    if (node.kind != kind) {
        ARRAY_PUSH(builder->arena, flat, child);
        return;
    }
    /* One level is enough: a node of the kind was itself made flat. */
    for (uint32_t i = 0; i < node.child_count; i++) {
        ARRAY_PUSH(builder->arena, flat, node.children[i]);
    }
}

/* AND's neutral element is TRUE and FALSE decides it; OR the other way round. */
static NodeId combine(PlanBuilder *builder, PlanNodeKind kind, const NodeId *children,
                      uint32_t count)
{
    NodeId neutral = builder->constants[kind == NODE_AND];
    NodeId deciding = builder->constants[kind == NODE_OR];
    NodeIds flat = {0};
    for (uint32_t i = 0; i < count; i++) {
        if (children[i] == deciding) {
            return deciding;
        }
        if (children[i] != neutral) {
            add_flat(builder, &flat, kind, children[i]);
        }
    }
    if (flat.count == 0) {
        return neutral;
    }
    qsort(flat.items, flat.count, sizeof *flat.items, compare_ids);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < flat.count; i++) {
        if (flat.items[i] != flat.items[kept - 1]) {
            flat.items[kept++] = flat.items[i];
        }
    }
    if (kept == 1) {
        return flat.items[0];
    }
    return intern_node(builder,
                       &(PlanNode){.kind = kind, .children = flat.items, .child_count = kept});
}

NodeId plan_builder_and(PlanBuilder *builder, const NodeId *children, uint32_t count)
{
    return combine(builder, NODE_AND, children, count);
}

NodeId plan_builder_or(PlanBuilder *builder, const NodeId *children, uint32_t count)
{
    return combine(builder, NODE_OR, children, count);
}

NodeId plan_builder_not(PlanBuilder *builder, NodeId child)
{
    assert(child < builder->nodes.count);
    const PlanNode *node = &builder->nodes.items[child];
    if (node->kind == NODE_NOT) {
        return node->children[0];
    }
    if (node->kind == NODE_FALSE || node->kind == NODE_TRUE) {
        return builder->constants[node->kind == NODE_FALSE];
    }
    return intern_node(builder,
                       &(PlanNode){.kind = NODE_NOT, .children = &child, .child_count = 1});
}

uint32_t plan_builder_list(PlanBuilder *builder, const ValueList *list)
{
    for (uint32_t i = 0; i < builder->lists.count; i++) {
        const ValueList *known = &builder->lists.items[i];
        if (str_equal(known->id, list->id) && str_equal(known->type, list->type)) {
            return i;
        }
    }
    ARRAY_PUSH(builder->arena, &builder->lists, *list);
    return builder->lists.count - 1;
}

NodeId plan_builder_lineage(PlanBuilder *builder, LineageLeaf leaf)
{
    assert(leaf.source < LINEAGE_MAX_SOURCES && leaf.relation < LINEAGE_RELATIONS);
    return intern_node(builder, &(PlanNode){.kind = NODE_LINEAGE, .leaf = leaf});
}

const PlanNode *plan_builder_node(const PlanBuilder *builder, NodeId node)
{
    assert(node < builder->nodes.count);
    return &builder->nodes.items[node];
}

/* ---- queries ---- */

JoinKey plan_builder_key(PlanBuilder *builder, const Expr *expr, bool optional)
{
    const Expr *normal = expr_normalize(builder->arena, expr);
    if (normal->kind == EXPR_FIELD) {
        return (JoinKey){.field = normal->field, .optional = optional};
    }
    Formula *formula = ARENA_NEW(builder->arena, Formula);
    *formula = formula_of(builder, normal);
    ARRAY_PUSH(builder->arena, &builder->key_formulas, formula);
    return (JoinKey){.field = FIELD_NONE, .computed = formula, .optional = optional};
}

bool join_key_equal(const JoinKey *a, const JoinKey *b)
{
    if (a->field != b->field || a->optional != b->optional) {
        return false;
    }
    return a->computed == b->computed || (a->computed != NULL && b->computed != NULL &&
                                          expr_equal(a->computed->expr, b->computed->expr));
}

static Stage copy_stage(PlanBuilder *builder, const Stage *stage, uint32_t key_count)
{
    assert(stage->node < builder->nodes.count);
    Stage copy = *stage;
    JoinKey *keys = ARENA_MANY(builder->arena, JoinKey, key_count);
    for (uint32_t i = 0; i < key_count; i++) {
        keys[i] = stage->keys[i];
    }
    copy.keys = keys;
    stage_set_cases(&copy, builder);
    return copy;
}

static const Stage *copy_one_stage(PlanBuilder *builder, const Stage *stage, uint32_t key_count)
{
    if (stage == NULL) {
        return NULL;
    }
    Stage *copy = ARENA_NEW(builder->arena, Stage);
    *copy = copy_stage(builder, stage, key_count);
    return copy;
}

static const Stage *copy_stages(PlanBuilder *builder, const Stage *from, uint32_t count,
                                uint32_t key_count)
{
    Stage *stages = ARENA_MANY(builder->arena, Stage, count);
    for (uint32_t i = 0; i < count; i++) {
        /* The stages of a run are one. */
        bool again = i > 0 && from[i].node == from[i - 1].node && from[i].keys == from[i - 1].keys;
        stages[i] = again ? stages[i - 1] : copy_stage(builder, &from[i], key_count);
        stages[i].missing = from[i].missing;
    }
    return stages;
}

static void copy_lineage(PlanBuilder *builder, QueryPlan *query)
{
    LineagePlan *lineage = &query->lineage;
    lineage->sources = copy_stages(builder, lineage->sources, lineage->source_count, 0);
    lineage->link = copy_one_stage(builder, lineage->link, 0);
    lineage->inherited = query->until == NULL ? 0 : stage_inherited(query->until);
    for (uint32_t i = 0; i < query->stage_count; i++) {
        lineage->inherited |= stage_inherited(&query->stages[i]);
    }
    for (uint32_t i = 0; i < lineage->source_count; i++) {
        lineage->inherited |= stage_inherited(&lineage->sources[i]);
    }
    lineage->link = lineage->inherited == 0 ? NULL : lineage->link;
}

static Pipe *copy_pipes(PlanBuilder *builder, const QueryPlan *query)
{
    Pipe *pipes = ARENA_MANY(builder->arena, Pipe, query->pipe_count);
    for (uint32_t i = 0; i < query->pipe_count; i++) {
        pipes[i] = query->pipes[i];
        PipeTerm *terms = ARENA_MANY(builder->arena, PipeTerm, pipes[i].term_count);
        for (uint32_t term = 0; term < pipes[i].term_count; term++) {
            terms[term] = query->pipes[i].terms[term];
        }
        pipes[i].terms = terms;
    }
    return pipes;
}

static const FieldId *copy_fields(PlanBuilder *builder, const FieldId *from, uint32_t count)
{
    FieldId *fields = ARENA_MANY(builder->arena, FieldId, count);
    for (uint32_t i = 0; i < count; i++) {
        fields[i] = from[i];
    }
    return fields;
}

static void copy_finding(PlanBuilder *builder, FindingPlan *finding)
{
    ThreatItem *items = ARENA_MANY(builder->arena, ThreatItem, finding->item_count);
    for (uint32_t i = 0; i < finding->item_count; i++) {
        uint32_t count = finding->items[i].entry_count;
        ThreatEntry *entries = ARENA_MANY(builder->arena, ThreatEntry, count);
        for (uint32_t entry = 0; entry < count; entry++) {
            entries[entry] = finding->items[i].entries[entry];
        }
        items[i] = (ThreatItem){entries, count};
    }
    finding->items = items;
    finding->fields = copy_fields(builder, finding->fields, finding->field_count);
}

uint32_t plan_builder_add_query(PlanBuilder *builder, const QueryPlan *query)
{
    assert(!builder->finished);
    assert(query->stage_count > 0);
    QueryPlan copy = *query;
    copy.stages = copy_stages(builder, query->stages, query->stage_count, query->key_count);
    copy.until = copy_one_stage(builder, query->until, query->key_count);
    copy_lineage(builder, &copy);
    copy.pipes = copy_pipes(builder, query);
    copy.asked = copy_fields(builder, query->asked, query->asked_count);
    copy_finding(builder, &copy.finding);
    ARRAY_PUSH(builder->arena, &builder->queries, copy);
    return builder->queries.count - 1;
}

uint32_t query_slots(const QueryPlan *query)
{
    return query->stage_count + 1 + query->lineage.source_count + 1;
}

const Stage *query_slot(const QueryPlan *query, uint32_t slot)
{
    if (slot < query->stage_count) {
        return &query->stages[slot];
    }
    if (slot == query->stage_count) {
        return query->until;
    }
    uint32_t source = slot - query->stage_count - 1;
    return source < query->lineage.source_count ? &query->lineage.sources[source]
                                                : query->lineage.link;
}

const PlanSet *plan_builder_finish(PlanBuilder *builder)
{
    builder->finished = true;
    PlanSet *plan = ARENA_NEW(builder->arena, PlanSet);
    *plan = (PlanSet){.fields = builder->fields,
                      .predicates = builder->predicates.items,
                      .predicate_count = builder->predicates.count,
                      .nodes = builder->nodes.items,
                      .node_count = builder->nodes.count,
                      .key_formulas = builder->key_formulas.items,
                      .key_formula_count = builder->key_formulas.count,
                      .queries = builder->queries.items,
                      .query_count = builder->queries.count,
                      .lists = builder->lists.items,
                      .list_count = builder->lists.count,
                      .pipes = builder->pipes == NULL ? NULL : plan_builder_finish(builder->pipes),
                      .pipe_fields = builder->pipe_fields.items,
                      .pipe_field_count = builder->pipe_fields.count};
    return plan;
}
