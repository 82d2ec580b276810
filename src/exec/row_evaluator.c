#include "exec/row_evaluator.h"

typedef struct Column {
    Values values;
    bool is_read; /* of the present event */
} Column;

struct RowEvaluator {
    const PlanSet *plan;
    const ScalarPatterns *patterns;
    const Document *document;
    LineageFacts facts;
    Arena *read; /* values of the present event */
    Arena *scratch;
    Column *columns; /* by field */
    Values *slots;   /* room for the fields of one predicate */
    uint64_t cut;
};

RowEvaluator *row_evaluator_new(Arena *arena, const PlanSet *plan)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < plan->predicate_count; i++) {
        uint32_t count = plan->predicates[i].field_count;
        most = count > most ? count : most;
    }
    RowEvaluator *evaluator = ARENA_NEW(arena, RowEvaluator);
    *evaluator = (RowEvaluator){
        .plan = plan,
        .patterns = scalar_patterns_new(arena, plan),
        .read = arena_new(),
        .scratch = arena_new(),
        .columns = ARENA_MANY(arena, Column, field_table_count(plan->fields)),
        .slots = ARENA_MANY(arena, Values, most),
    };
    return evaluator;
}

void row_evaluator_free(RowEvaluator *evaluator)
{
    if (evaluator != NULL) {
        arena_free(evaluator->read);
        arena_free(evaluator->scratch);
    }
}

void row_evaluator_set(RowEvaluator *evaluator, const Document *document)
{
    evaluator->document = document;
    evaluator->facts = (LineageFacts){0};
    arena_reset(evaluator->read);
    for (uint32_t i = 0; i < field_table_count(evaluator->plan->fields); i++) {
        evaluator->columns[i].is_read = false;
    }
}

void row_evaluator_set_lineage(RowEvaluator *evaluator, const LineageFacts *facts)
{
    evaluator->facts = *facts;
}

const Document *row_evaluator_document(const RowEvaluator *evaluator)
{
    return evaluator->document;
}

Values row_evaluator_values(RowEvaluator *evaluator, FieldId field)
{
    Column *column = &evaluator->columns[field];
    if (!column->is_read) {
        const Field *asked = field_table_get(evaluator->plan->fields, field);
        column->values = document_values(evaluator->read, evaluator->document, asked);
        column->is_read = true;
    }
    return column->values;
}

static bool predicate_holds(RowEvaluator *evaluator, const Predicate *predicate)
{
    for (uint32_t slot = 0; slot < predicate->field_count; slot++) {
        evaluator->slots[slot] = row_evaluator_values(evaluator, predicate->fields[slot]);
    }
    return scalar_holds(evaluator->patterns, predicate, evaluator->slots, evaluator->scratch,
                        &evaluator->cut);
}

bool row_evaluator_holds(RowEvaluator *evaluator, NodeId id)
{
    const PlanNode *node = &evaluator->plan->nodes[id];
    switch (node->kind) {
    case NODE_FALSE: return false;
    case NODE_TRUE: return true;
    case NODE_PREDICATE:
        return predicate_holds(evaluator, &evaluator->plan->predicates[node->predicate]);
    case NODE_NOT: return !row_evaluator_holds(evaluator, node->children[0]);
    case NODE_LINEAGE: return evaluator->facts.of[node->leaf.relation] >> node->leaf.source & 1;
    case NODE_AND:
    case NODE_OR: {
        bool decisive = node->kind == NODE_OR;
        for (uint32_t i = 0; i < node->child_count; i++) {
            if (row_evaluator_holds(evaluator, node->children[i]) == decisive) {
                return decisive;
            }
        }
        return !decisive;
    }
    }
    assert(!"no such node");
    return false;
}

const ScalarPatterns *row_evaluator_patterns(const RowEvaluator *evaluator)
{
    return evaluator->patterns;
}

uint64_t row_evaluator_combinations_cut(const RowEvaluator *evaluator)
{
    return evaluator->cut;
}
