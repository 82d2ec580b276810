#include "plan/explain_witness.h"

#include "plan/explain.h"

void explain_witness(Buffer *out, const PlanSet *plan, const Witness *witness)
{
    buffer_append_c(out, witness->count == 0 ? "never holds" : witness->count > 1 ? "any of " : "");
    for (uint32_t i = 0; i < witness->count; i++) {
        buffer_append_c(out, i > 0 ? ", " : "");
        explain_expr(out, plan, plan->predicates[witness->predicates[i]].expr);
    }
}

static void print_witness(Buffer *out, const PlanSet *plan, NodeId node, int indent)
{
    Arena *arena = arena_new();
    Witness witness;
    if (witness_find(plan, node, NULL, arena, &witness)) {
        buffer_append_format(out, "%*s", indent, "");
        explain_witness(out, plan, &witness);
        buffer_append_byte(out, '\n');
    }
    arena_free(arena);
}

static void print_stage(Buffer *out, const PlanSet *plan, const Stage *stage, int indent)
{
    const PlanNode *node = &plan->nodes[stage->node];
    if (!node_can_witness(plan, stage->node)) {
        buffer_append_format(out, "%*s" NO_WITNESS "\n", indent, "");
        return;
    }
    if (node->kind != NODE_AND) {
        print_witness(out, plan, stage->node, indent);
        return;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        print_witness(out, plan, node->children[i], indent);
    }
}

static void print_sources(Buffer *out, const PlanSet *plan, const LineagePlan *lineage)
{
    for (uint32_t i = 0; i < lineage->source_count; i++) {
        buffer_append_format(out, "    source %u\n", i + 1);
        print_stage(out, plan, &lineage->sources[i], 6);
    }
}

/* Equal conditions in a row, as `with runs` makes them, are told once. */
void explain_witnesses(Buffer *out, const PlanSet *plan, uint32_t query)
{
    assert(query < plan->query_count);
    const QueryPlan *wanted = &plan->queries[query];
    buffer_append_c(out, "  witnesses\n");
    if (wanted->kind == QUERY_EVENT) {
        print_stage(out, plan, &wanted->stages[0], 4);
        print_sources(out, plan, &wanted->lineage);
        return;
    }
    for (uint32_t from = 0, to; from < wanted->stage_count; from = to) {
        const Stage *stage = &wanted->stages[from];
        for (to = from + 1; to < wanted->stage_count && wanted->stages[to].node == stage->node;) {
            to++;
        }
        if (to - from > 1) {
            buffer_append_format(out, "    stages %u to %u\n", from + 1, to);
        } else {
            buffer_append_format(out, "    stage %u\n", from + 1);
        }
        print_stage(out, plan, stage, 6);
    }
    if (wanted->until != NULL) {
        buffer_append_c(out, "    until\n");
        print_stage(out, plan, wanted->until, 6);
    }
    print_sources(out, plan, &wanted->lineage);
}
