#include "base/buffer.h"
#include "base/hash.h"
#include "plan/plan.h"

/* A query's name is the hash of a text in which a node is named by the hash of its children's names:
 * so the order of ids and how much is shared with other queries leave no trace. Every part of the
 * text is of fixed size or says its size. */

typedef struct Namer {
    const PlanSet *plan;
    const QueryPlan *query;
    NodeId last; /* repeated stages ask for one node again and again */
    bool has_last;
    Hex last_name;
} Namer;

static void put_number(Buffer *out, uint64_t number)
{
    buffer_append(out, (Str){(const char *)&number, sizeof number});
}

static void put_text(Buffer *out, Str text)
{
    put_number(out, text.len);
    buffer_append(out, text);
}

static void put_field(Buffer *out, const PlanSet *plan, FieldId field)
{
    if (field == FIELD_NONE) {
        put_text(out, STR(""));
        return;
    }
    const Field *known = field_table_get(plan->fields, field);
    put_text(out, known->path);
    if (known->is_pattern) { /* there may be one for each type */
        put_number(out, known->type);
    }
}

/* In a plan of pipes, with the event that the field is of. */
static void put_field_of_expr(Buffer *out, const PlanSet *plan, FieldId id)
{
    if (plan->pipe_fields == NULL) {
        put_field(out, plan, id);
        return;
    }
    const PipeField *field = &plan->pipe_fields[id];
    put_number(out, (uint64_t)field->kind << 32 | field->event);
    put_field(out, plan, field->field);
}

static void put_list(Buffer *out, const ValueList *list)
{
    put_text(out, list->id);
    put_text(out, list->type);
    put_text(out, list->hash);
}

static void put_expr(Buffer *out, const PlanSet *plan, const Expr *expr)
{
    put_number(out, (uint64_t)expr->kind << 24 | (uint64_t)expr->op << 16 |
                        (uint64_t)expr->as << 8 | (uint64_t)expr->fold);
    switch (expr->kind) {
    case EXPR_LITERAL: value_append_key(out, &expr->literal); break;
    case EXPR_FIELD:
    case EXPR_SEARCH:
    case EXPR_COUNT: put_field_of_expr(out, plan, expr->field); break;
    case EXPR_VARIABLE: put_number(out, expr->level); break;
    case EXPR_CALL: put_text(out, function_get(expr->function)->name); break;
    case EXPR_IN_LIST: put_list(out, &plan->lists[expr->list]); break;
    case EXPR_IS_NULL:
    case EXPR_COMPARE:
    case EXPR_IN:
    case EXPR_LIKE:
    case EXPR_REGEX:
    case EXPR_PHRASE:
    case EXPR_WORD_LIKE:
    case EXPR_ARITHMETIC:
    case EXPR_NEGATE:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
    case EXPR_INDEX: break;
    }
    put_number(out, (uint64_t)expr->arg_count << 32 | expr->item_count);
    for (uint32_t i = 0; i < expr->item_count; i++) {
        value_append_key(out, &expr->items[i]);
    }
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        put_expr(out, plan, expr->args[i]);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const Hex *)a)->text, ((const Hex *)b)->text);
}

static Hex node_name(Arena *arena, const Namer *namer, NodeId id)
{
    const PlanNode *node = &namer->plan->nodes[id];
    Buffer text = {0};
    put_number(&text, node->kind);
    if (node->kind == NODE_PREDICATE) {
        put_expr(&text, namer->plan, namer->plan->predicates[node->predicate].expr);
    }
    if (node->kind == NODE_LINEAGE) {
        assert(namer->query != NULL); /* queries alone have lineage */
        const Stage *source = &namer->query->lineage.sources[node->leaf.source];
        put_number(&text, node->leaf.relation);
        put_text(&text, str_from_c(node_name(arena, namer, source->condition).text));
    }
    Hex *children = ARENA_MANY(arena, Hex, node->child_count);
    for (uint32_t i = 0; i < node->child_count; i++) {
        children[i] = node_name(arena, namer, node->children[i]);
    }
    if (node->child_count > 1) {
        qsort(children, node->child_count, sizeof *children, compare_names);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        put_text(&text, str_from_c(children[i].text));
    }
    Hex name = hash_128_hex(buffer_str(&text));
    buffer_done(&text);
    return name;
}

static Hex stage_node_name(Namer *namer, NodeId id)
{
    if (!namer->has_last || namer->last != id) {
        Arena *arena = arena_new();
        namer->last_name = node_name(arena, namer, id);
        namer->last = id;
        namer->has_last = true;
        arena_free(arena);
    }
    return namer->last_name;
}

static void put_stage(Buffer *out, Namer *namer, const Stage *stage, uint32_t key_count)
{
    Hex name = stage_node_name(namer, stage->condition);
    put_text(out, str_from_c(name.text));
    put_number(out, stage->missing);
    for (uint32_t i = 0; i < key_count; i++) {
        const JoinKey *key = &stage->keys[i];
        put_field(out, namer->plan, key->field); /* no field's name is empty */
        put_number(out, key->optional);
        if (key->computed != NULL) {
            put_expr(out, namer->plan, key->computed->expr);
        }
    }
}

static void put_pipe(Buffer *out, const PlanSet *pipes, const Pipe *pipe)
{
    put_number(out, pipe->kind);
    put_number(out, pipe->count);
    if (pipe->kind == PIPE_HEAD || pipe->kind == PIPE_TAIL) {
        return;
    }
    put_number(out, pipe->term_count);
    if (pipe->kind == PIPE_FILTER) {
        Namer namer = {.plan = pipes};
        Hex name = stage_node_name(&namer, pipe->node);
        put_text(out, str_from_c(name.text));
    }
    for (uint32_t i = 0; i < pipe->term_count; i++) {
        put_number(out, pipe->terms[i].as);
        put_expr(out, pipes, pipes->predicates[pipe->terms[i].value].expr);
    }
}

static void put_finding(Buffer *out, const PlanSet *plan, const FindingPlan *finding)
{
    if (finding->kind == FINDING_EVENTS) {
        return;
    }
    const uint64_t numbers[] = {finding->kind,
                                finding->least,
                                finding->least_distinct,
                                (uint64_t)finding->interval_ns,
                                (uint64_t)finding->from_ns,
                                (uint64_t)finding->to_ns,
                                (uint64_t)finding->history_ns,
                                finding->field_count};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        put_number(out, numbers[i]);
    }
    for (uint32_t i = 0; i < finding->field_count; i++) {
        put_field(out, plan, finding->fields[i]);
    }
    if (finding->kind == FINDING_THRESHOLD) {
        put_field(out, plan, finding->distinct);
    }
    for (uint32_t i = 0; i < finding->item_count; i++) {
        const ThreatItem *item = &finding->items[i];
        put_number(out, item->entry_count);
        for (uint32_t entry = 0; entry < item->entry_count; entry++) {
            const ThreatEntry *of = &item->entries[entry];
            put_field(out, plan, of->event);
            put_field(out, plan, of->indicator);
            put_number(out, (uint64_t)of->is_ip << 1 | of->negated);
        }
    }
}

void plan_query_hash(const PlanSet *plan, uint32_t query, char out[33])
{
    assert(query < plan->query_count);
    const QueryPlan *wanted = &plan->queries[query];
    Namer namer = {.plan = plan, .query = wanted};
    Buffer text = {0};
    put_number(&text, (uint64_t)wanted->matches << 32 | wanted->kind);
    put_number(&text, (uint64_t)wanted->maxspan_ns);
    put_number(&text, (uint64_t)wanted->stage_count << 32 | wanted->key_count);
    for (uint32_t i = 0; i < wanted->stage_count; i++) {
        put_stage(&text, &namer, &wanted->stages[i], wanted->key_count);
    }
    put_number(&text, wanted->until != NULL);
    if (wanted->until != NULL) {
        put_stage(&text, &namer, wanted->until, wanted->key_count);
    }
    put_field(&text, plan, wanted->timestamp);
    put_field(&text, plan, wanted->tiebreaker);
    for (uint32_t i = 0; i < wanted->pipe_count; i++) {
        put_pipe(&text, plan->pipes, &wanted->pipes[i]);
    }
    put_finding(&text, plan, &wanted->finding);
    Hex hash = hash_128_hex(buffer_str(&text));
    memcpy(out, hash.text, 33);
    buffer_done(&text);
}
