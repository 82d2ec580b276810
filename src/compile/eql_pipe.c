#include "compile/eql_pipe.h"

#include "base/table.h"
#include "compile/eql_condition.h"

/* Of the query's pipes, up to the one that is compiled now. */
struct EqlPipeScope {
    PlanBuilder *builder; /* of the plan of pipes */
    uint32_t event_count; /* of a match */
    Str counted;          /* the last pipe that counted; empty: none did */
    bool counts_only;     /* it was "count" */
    Table *asked;         /* FieldIds as bytes */
};

/* ---- fields ---- */

bool eql_pipe_counted(QueryScope *scope, EqlNode *node, EqlValue *out)
{
    const EqlPipeScope *pipe = scope->pipe;
    bool is_count = str_equal(node->text, STR("count"));
    if (pipe->counted.len == 0 || (!is_count && !str_equal(node->text, STR("percent")))) {
        return false;
    }
    PipeField field = {.kind = is_count ? PIPE_FIELD_COUNT : PIPE_FIELD_PERCENT,
                       .field = FIELD_NONE};
    Expr *expr = expr_new(scope->arena, EXPR_FIELD, 0);
    expr->field = plan_builder_pipe_field(pipe->builder, &field);
    *out = (EqlValue){.node = node,
                      .expr = expr,
                      .type = is_count ? EQL_TYPE_LONG : EQL_TYPE_DOUBLE,
                      .type_name = is_count ? STR("long") : STR("double"),
                      .by_schema = true};
    return true;
}

bool eql_pipe_path(QueryScope *scope, EqlNode *node, Str *path)
{
    const EqlPipeScope *pipe = scope->pipe;
    if (pipe->counts_only) {
        query_scope_refuse(scope, eql_span(node), QUERY_CODE_FIELD,
                           "Unknown column [%.*s], [count] leaves only [count] and [percent]",
                           STR_ARG(node->text));
        return false;
    }
    if (!node->of_event) {
        *path = node->text;
        return true;
    }
    if (node->event >= pipe->event_count) {
        query_scope_refuse(scope, eql_span(node), QUERY_CODE_FIELD,
                           "[%.*s] is of no event of a match, the last is [events[%u]]",
                           STR_ARG(node->text), pipe->event_count - 1);
        return false;
    }
    *path = node->path;
    return true;
}

FieldId eql_pipe_field(QueryScope *scope, const EqlNode *node, FieldId field)
{
    PipeField wanted = {.kind = node->of_event ? PIPE_FIELD_OF_EVENT : PIPE_FIELD_OF_FIRST,
                        .field = field,
                        .event = node->of_event ? node->event : 0};
    (void)table_add(scope->pipe->asked, (Str){(const char *)&field, sizeof field});
    return plan_builder_pipe_field(scope->pipe->builder, &wanted);
}

/* ---- pipes ---- */

static bool refuse_count(QueryScope *scope, const EqlPipe *tree, const char *wanted)
{
    query_scope_refuse(scope, (QuerySpan){tree->at, tree->len}, EQL_CODE_PARSE,
                       "Pipe [%.*s] expects %s but found [%u]", STR_ARG(tree->name), wanted,
                       tree->argument_count);
    return false;
}

static bool build_filter(QueryScope *scope, const EqlPipe *tree, Pipe *out)
{
    if (tree->argument_count != 1) {
        return refuse_count(scope, tree, "exactly one argument");
    }
    return eql_condition(scope, tree->arguments[0], &out->node);
}

static bool build_term(QueryScope *scope, const EqlPipe *tree, EqlNode *node, PipeTerm *out)
{
    EqlValue value = eql_value(scope, node);
    if (eql_value_refused(&value) ||
        !eql_check(scope, node, &value, (EqlWanted){.kind = 'X', .operation = tree->name})) {
        return false;
    }
    if (value.constant && node->kind != EQL_FIELD) {
        Str source = query_scope_source(scope, node);
        query_scope_refuse(scope, eql_span(node), EQL_CODE_PARSE,
                           "Pipe [%.*s] expects what events may differ in but found [%.*s]",
                           STR_ARG(tree->name), STR_ARG(source));
        return false;
    }
    out->value = plan_builder_value(scope->builder, value.expr);
    out->as = value.type == EQL_TYPE_IP        ? COMPARE_AS_IP
              : value.type == EQL_TYPE_VERSION ? COMPARE_AS_VERSION
                                               : COMPARE_AS_VALUE;
    return true;
}

static bool build_terms(QueryScope *scope, const EqlPipe *tree, Pipe *out)
{
    if (tree->argument_count == 0 && out->kind != PIPE_COUNT) {
        return refuse_count(scope, tree, "at least one argument");
    }
    PipeTerm *terms = ARENA_MANY(scope->arena, PipeTerm, tree->argument_count);
    bool sound = true;
    for (uint32_t i = 0; i < tree->argument_count; i++) {
        sound = build_term(scope, tree, tree->arguments[i], &terms[i]) && sound;
    }
    out->terms = terms;
    out->term_count = tree->argument_count;
    return sound;
}

static bool find_kind(Str name, PipeKind *out)
{
    static const Str NAMES[] = {
#define PIPE_KIND_NAME(kind, name) [kind] = STR_INIT(name),
        PIPE_KINDS(PIPE_KIND_NAME)
#undef PIPE_KIND_NAME
    };
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        if (str_equal(name, NAMES[i])) {
            *out = (PipeKind)i;
            return true;
        }
    }
    return false;
}

/* What count leaves is no event any more. */
static bool check_place(QueryScope *scope, const EqlPipe *tree, PipeKind kind)
{
    if (kind == PIPE_COUNT && scope->events_only) {
        query_scope_refuse(scope, (QuerySpan){tree->at, (uint32_t)tree->name.len}, EQL_CODE_PARSE,
                           "Pipe [count] leaves no events, and a rule tells of events; "
                           "[unique_count] keeps the first of each");
        return false;
    }
    bool fits = kind == PIPE_HEAD || kind == PIPE_TAIL || kind == PIPE_SORT || kind == PIPE_FILTER;
    if (!scope->pipe->counts_only || fits) {
        return true;
    }
    query_scope_refuse(scope, (QuerySpan){tree->at, (uint32_t)tree->name.len}, EQL_CODE_PARSE,
                       "Pipe [%.*s] is not supported behind [count]", STR_ARG(tree->name));
    return false;
}

static bool build_pipe(QueryScope *scope, const EqlPipe *tree, Pipe *out)
{
    PipeKind kind = PIPE_HEAD;
    bool known = find_kind(tree->name, &kind);
    bool plain = kind == PIPE_HEAD || kind == PIPE_TAIL;
    if (!known || (!plain && scope->dialect == EQL_DIALECT_ELASTICSEARCH)) {
        query_scope_refuse(scope, (QuerySpan){tree->at, (uint32_t)tree->name.len}, EQL_CODE_PARSE,
                           "Pipe [%.*s] is not supported", STR_ARG(tree->name));
        return false;
    }
    out->kind = kind;
    if (plain) { /* the parser has seen to it that they have one number */
        out->count = (uint64_t)tree->arguments[0]->integer;
        return true;
    }
    return check_place(scope, tree, kind) &&
           (kind == PIPE_FILTER ? build_filter(scope, tree, out) : build_terms(scope, tree, out));
}

static bool check_pipes(QueryScope *scope, const EqlQuery *tree)
{
    if (tree->kind == EQL_QUERY_SAMPLE && tree->pipe_count > 0 &&
        scope->dialect == EQL_DIALECT_ELASTICSEARCH) {
        query_scope_refuse(scope, (QuerySpan){tree->pipes_at, 1}, EQL_CODE_PARSE,
                           "Samples do not support pipes yet");
        return false;
    }
    if (tree->pipe_count > EQL_MAX_PIPES) {
        query_scope_refuse(scope, (QuerySpan){tree->pipes[EQL_MAX_PIPES].at, 1}, EQL_CODE_LIMIT,
                           "The query has too many pipes, more than [%d]", EQL_MAX_PIPES);
        return false;
    }
    return true;
}

static void set_asked(QueryScope *scope, const EqlPipeScope *pipe, QueryPlan *plan)
{
    plan->asked_count = table_count(pipe->asked);
    FieldId *asked = ARENA_MANY(scope->arena, FieldId, plan->asked_count);
    for (uint32_t i = 0; i < plan->asked_count; i++) {
        memcpy(&asked[i], table_text(pipe->asked, i).ptr, sizeof asked[i]);
    }
    plan->asked = asked;
}

bool eql_pipes(QueryScope *scope, const EqlQuery *tree, QueryPlan *plan)
{
    if (!check_pipes(scope, tree)) {
        return false;
    }
    if (tree->pipe_count == 0) {
        return true;
    }
    EqlPipeScope pipe = {.builder = plan_builder_pipes(scope->builder),
                         .event_count = plan->stage_count,
                         .asked = table_new(scope->arena)};
    PlanBuilder *builder = scope->builder;
    Pipe *pipes = ARENA_MANY(scope->arena, Pipe, tree->pipe_count);
    bool sound = true;
    scope->builder = pipe.builder;
    scope->pipe = &pipe;
    for (uint32_t i = 0; i < tree->pipe_count; i++) {
        sound = build_pipe(scope, &tree->pipes[i], &pipes[i]) && sound;
        if (pipes[i].kind == PIPE_COUNT || pipes[i].kind == PIPE_UNIQUE_COUNT) {
            pipe.counted = tree->pipes[i].name;
            pipe.counts_only = pipe.counts_only || pipes[i].kind == PIPE_COUNT;
        }
    }
    scope->builder = builder;
    scope->pipe = NULL;
    plan->pipes = pipes;
    plan->pipe_count = tree->pipe_count;
    set_asked(scope, &pipe, plan);
    return sound;
}
