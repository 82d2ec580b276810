#include "compile/eql_lineage.h"

#include "compile/eql_stage.h"
#include "compile/eql_value.h"
#include "plan/stage_cases.h"

static QuerySpan word_of(const EqlNode *node)
{
    return (QuerySpan){node->at, (uint32_t)node->text.len};
}

void eql_lineage_refuse(QueryScope *scope, const EqlNode *node)
{
    query_scope_refuse(
        scope, word_of(node), EQL_CODE_PARSE, "%s",
        !query_scope_extends(scope)
            ? "Process relationships are not supported"
            : "A process relationship is a condition, not a value: it stands alone or under "
              "[and], [or], [not]");
}

static bool relation_of(QueryScope *scope, const EqlNode *node, LineageRelation *out)
{
    static const Str WORDS[LINEAGE_RELATIONS] = {
        [LINEAGE_EVENT] = STR_INIT("event"),
        [LINEAGE_CHILD] = STR_INIT("child"),
        [LINEAGE_DESCENDANT] = STR_INIT("descendant"),
    };
    for (uint32_t i = 0; i < LINEAGE_RELATIONS; i++) {
        if (str_equal(node->text, WORDS[i])) {
            *out = (LineageRelation)i;
            return true;
        }
    }
    query_scope_refuse(scope, word_of(node), EQL_CODE_PARSE,
                       "Unrecognized process relationship [%.*s], expected [event], [child] or "
                       "[descendant]",
                       STR_ARG(str_slice(node->text, 0, QUERY_SHOWN_BYTES)));
    return false;
}

static bool can_stand_here(QueryScope *scope, const EqlNode *node)
{
    if (!scope->has_order) {
        query_scope_refuse(scope, word_of(node), QUERY_CODE_UNSUPPORTED,
                           "A sample has no order of time, which process relationships need");
        return false;
    }
    if (node->subquery->missing) {
        query_scope_refuse(scope, (QuerySpan){node->subquery->at, 1}, EQL_CODE_PARSE,
                           "A process relationship cannot be to a missing event");
        return false;
    }
    return true;
}

static bool add_fields(QueryScope *scope, const EqlNode *node, LineageRelation relation)
{
    EqlSources *sources = &scope->sources;
    bool sound = eql_field_add(scope, STR(LINEAGE_PROCESS_PATH), word_of(node), FIELD_USE_VALUE,
                               &sources->process);
    if (relation == LINEAGE_EVENT) {
        return sound;
    }
    sources->descends = sources->descends || relation == LINEAGE_DESCENDANT;
    return eql_field_add(scope, STR(LINEAGE_PARENT_PATH), word_of(node), FIELD_USE_VALUE,
                         &sources->parent) &&
           sound;
}

static bool source_of(QueryScope *scope, const EqlNode *node, NodeId condition, uint16_t *out)
{
    EqlSources *sources = &scope->sources;
    uint32_t i = 0;
    while (i < sources->count && sources->conditions[i] != condition) {
        i++;
    }
    if (i == LINEAGE_MAX_SOURCES) {
        query_scope_refuse(scope, word_of(node), EQL_CODE_LIMIT,
                           "more than %d process relationships to different events",
                           LINEAGE_MAX_SOURCES);
        return false;
    }
    if (i == sources->count) {
        sources->conditions[sources->count++] = condition;
    }
    *out = (uint16_t)i;
    return true;
}

bool eql_lineage(QueryScope *scope, EqlNode *node, NodeId *out)
{
    LineageRelation relation = LINEAGE_EVENT;
    LineageLeaf leaf = {0};
    NodeId condition = 0;
    if (scope->pipe != NULL) {
        query_scope_refuse(scope, word_of(node), QUERY_CODE_UNSUPPORTED,
                           "A process relationship cannot be asked in a pipe");
        return false;
    }
    bool sound = relation_of(scope, node, &relation) && can_stand_here(scope, node) &&
                 add_fields(scope, node, relation);
    sound = eql_stage(scope, node->subquery, &condition) && sound;
    if (!sound || !source_of(scope, node, condition, &leaf.source)) {
        return false;
    }
    leaf.relation = (uint16_t)relation;
    *out = plan_builder_lineage(scope->builder, leaf);
    return true;
}

bool eql_lineage_fits(QueryScope *scope, const EqlStage *stage, NodeId condition)
{
    LineageLeaf leaves[LINEAGE_MAX_LEAVES + 1];
    if (scope->sources.count == 0 ||
        stage_leaves(scope->builder, condition, leaves) <= LINEAGE_MAX_LEAVES) {
        return true;
    }
    query_scope_refuse(scope, (QuerySpan){stage->at, 1}, EQL_CODE_LIMIT,
                       "more than %d process relationships in one condition", LINEAGE_MAX_LEAVES);
    return false;
}

static NodeId is_present(QueryScope *scope, FieldId field)
{
    const Expr *is_null = expr_unary(scope->arena, EXPR_IS_NULL, expr_field(scope->arena, field));
    return plan_builder_not(scope->builder, plan_builder_predicate(scope->builder, is_null));
}

static const Stage *link_of(QueryScope *scope)
{
    const EqlSources *sources = &scope->sources;
    NodeId parts[] = {eql_stage_sees(scope), is_present(scope, sources->process),
                      is_present(scope, sources->parent)};
    Stage *link = ARENA_NEW(scope->arena, Stage);
    link->node = plan_builder_and(scope->builder, parts, ARRAY_LEN(parts));
    return link;
}

LineagePlan eql_lineage_plan(QueryScope *scope)
{
    const EqlSources *sources = &scope->sources;
    /* A field that was refused ends the query; no leaf about it must stay in the plan of the others. */
    bool has_fields = sources->process != FIELD_NONE && sources->parent != FIELD_NONE;
    Stage *stages = ARENA_MANY(scope->arena, Stage, sources->count);
    for (uint32_t i = 0; i < sources->count; i++) {
        stages[i].node = sources->conditions[i];
    }
    return (LineagePlan){
        .sources = stages,
        .source_count = sources->count,
        .link = sources->descends && has_fields ? link_of(scope) : NULL,
        .process = sources->process,
        .parent = sources->parent,
    };
}
