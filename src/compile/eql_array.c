#include "compile/eql_value.h"

/* ---- variables ---- */

/* NULL: the path is that of a field. `levels`: array functions between it and here. */
static const EqlVariable *find_variable(const QueryScope *scope, Str path, uint32_t *levels)
{
    size_t dot = path.len;
    (void)str_find_byte(path, '.', 0, &dot);
    Str name = str_slice(path, 0, dot);
    *levels = 0;
    for (const EqlVariable *at = scope->variable; at != NULL; at = at->outer, ++*levels) {
        if (at->name.len > 0 && str_equal(at->name, name)) {
            return at;
        }
    }
    return NULL;
}

bool eql_is_variable(const QueryScope *scope, Str path)
{
    uint32_t levels = 0;
    return find_variable(scope, path, &levels) != NULL;
}

static EqlValue variable_value(QueryScope *scope, EqlNode *node, const EqlVariable *variable,
                               uint32_t level)
{
    Expr *expr = expr_new(scope->arena, EXPR_VARIABLE, 0);
    expr->level = level;
    EqlValue value = variable->field;
    value.node = node;
    value.expr = expr;
    value.constant = false;
    value.perhaps_null = false;
    return value;
}

EqlValue eql_variable(QueryScope *scope, EqlNode *node)
{
    uint32_t level = 0;
    const EqlVariable *variable = find_variable(scope, node->text, &level);
    if (str_equal(variable->name, node->text)) {
        return variable_value(scope, node, variable, level);
    }
    Str field = query_scope_source(scope, variable->field.node);
    query_scope_refuse(scope, eql_span(node), QUERY_CODE_UNSUPPORTED,
                       "[%.*s] stands for one value of [%.*s]; it has no fields, as objects in "
                       "arrays are not kept apart",
                       STR_ARG(variable->name), STR_ARG(field));
    return (EqlValue){.node = node};
}

/* ---- arguments ---- */

static bool refuse_argument(QueryScope *scope, EqlNode *node, uint32_t index, const char *wanted)
{
    Str ordinal = eql_ordinal(scope->arena, index + 1);
    Str owner = query_scope_source(scope, node);
    Str found = query_scope_source(scope, node->items[index]);
    query_scope_refuse(scope, eql_span(node->items[index]), QUERY_CODE_ARGUMENTS,
                       "%.*sargument of [%.*s] must be %s, found [%.*s]", STR_ARG(ordinal),
                       STR_ARG(owner), wanted, STR_ARG(found));
    return false;
}

/* The field whose values are looked through. */
static bool read_field(QueryScope *scope, EqlNode *node, EqlValue *out)
{
    EqlNode *field = node->items[0];
    if (field->kind != EQL_FIELD || eql_is_variable(scope, field->text)) {
        return refuse_argument(scope, node, 0, "a field");
    }
    *out = eql_value(scope, field);
    return !eql_value_refused(out) &&
           eql_check(scope, node, out, (EqlWanted){.kind = 'X', .ordinal = 1});
}

static bool read_name(QueryScope *scope, EqlNode *node, Str *out)
{
    const EqlNode *name = node->items[1];
    size_t dot = 0;
    if (name->kind != EQL_FIELD || name->optional || name->indexed || name->text.len == 0 ||
        str_find_byte(name->text, '.', 0, &dot)) {
        return refuse_argument(scope, node, 1, "a name without dots");
    }
    *out = name->text;
    return true;
}

/* ---- calls ---- */

/* What is asked of one value. */
static EqlValue body_of(QueryScope *scope, EqlNode *node, FunctionId id)
{
    if (id != FUNCTION_ARRAY_CONTAINS) {
        return eql_value_condition(scope, node->items[2], node, 3);
    }
    EqlValue value = variable_value(scope, node->items[0], scope->variable, 0);
    return eql_in_items(scope, node, &value, 1);
}

static EqlValue count_value(EqlNode *node, const Expr *expr, bool constant)
{
    return (EqlValue){.node = node,
                      .expr = expr,
                      .type = EQL_TYPE_INTEGER,
                      .type_name = STR("integer"),
                      .constant = constant};
}

EqlValue eql_array_call(QueryScope *scope, EqlNode *node, FunctionId id)
{
    EqlVariable variable = {.outer = scope->variable};
    bool is_named = id != FUNCTION_ARRAY_CONTAINS;
    if (!read_field(scope, node, &variable.field) ||
        (is_named && !read_name(scope, node, &variable.name))) {
        return (EqlValue){.node = node};
    }
    scope->variable = &variable;
    EqlValue body = body_of(scope, node, id);
    scope->variable = variable.outer;
    if (eql_value_refused(&body)) {
        return (EqlValue){.node = node};
    }
    bool counts = id == FUNCTION_ARRAY_COUNT;
    if (eql_value_is_null(&variable.field)) { /* a field that no event can have */
        const Expr *none = expr_literal(scope->arena, counts ? value_int(0) : value_bool(false));
        return counts ? count_value(node, none, true) : eql_value_boolean(node, none, true);
    }
    Expr *expr = expr_new(scope->arena, counts ? EXPR_COUNT : EXPR_SEARCH, 1);
    expr->field = variable.field.expr->field;
    expr_set(expr, 0, body.expr);
    return counts ? count_value(node, expr, false) : eql_value_boolean(node, expr, false);
}
