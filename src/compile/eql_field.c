#include "compile/eql_pipe.h"

bool eql_field_add(QueryScope *scope, Str path, QuerySpan where, FieldUse use, FieldId *out)
{
    SchemaField known;
    bool mapped = schema_find(scope->schema, path, &known);
    bool events_decide = scope->unmapped != NULL && schema_grows(scope->schema, path);
    if (!mapped && scope->strict && !events_decide) {
        Str message = STR("");
        if (!query_scope_is_full(scope, SEVERITY_ERROR)) {
            message = eql_unknown_column(scope->arena, scope->schema, NULL, path);
        }
        query_scope_refuse(scope, where, QUERY_CODE_FIELD, "%.*s", STR_ARG(message));
        return false;
    }
    if (!query_scope_has_room(scope, path, where)) {
        return false;
    }
    *out = field_table_add(plan_builder_fields(scope->builder), path, use);
    if (!mapped && events_decide) {
        EqlUnmappedField unmapped = {*out, where.at, where.len};
        ARRAY_PUSH(scope->arena, &scope->unmapped->list, unmapped);
    }
    return true;
}

static EqlType type_of(FieldType type, bool strict)
{
    switch (type) {
    case FIELD_KEYWORD:
    case FIELD_FLATTENED: return EQL_TYPE_KEYWORD;
    case FIELD_TEXT: return strict ? EQL_TYPE_TEXT : EQL_TYPE_KEYWORD;
    case FIELD_LONG: return EQL_TYPE_LONG;
    case FIELD_DOUBLE: return EQL_TYPE_DOUBLE;
    case FIELD_BOOLEAN: return EQL_TYPE_BOOLEAN;
    case FIELD_IP: return EQL_TYPE_IP;
    case FIELD_DATE:
    case FIELD_DATE_NANOS: return EQL_TYPE_DATE;
    case FIELD_VERSION: return EQL_TYPE_VERSION;
    case FIELD_UNKNOWN:
    case FIELD_OBJECT:
    case FIELD_OTHER: break;
    }
    return EQL_TYPE_ANY;
}

static Str type_name_of(const SchemaField *known)
{
    return known->type == FIELD_DATE ? STR("datetime") : known->type_name;
}

/* The nearest parent that is nested: what lies in it cannot be asked for. */
static bool find_nested_parent(const Schema *schema, Str path, Str *parent)
{
    for (size_t len = path.len; len > 0; len--) {
        SchemaField known;
        if (path.ptr[len - 1] != '.') {
            continue;
        }
        *parent = str_slice(path, 0, len - 1);
        if (schema_find(schema, *parent, &known) && str_equal(known.type_name, STR("nested"))) {
            return true;
        }
    }
    return false;
}

/* False when events cannot be asked for such a field, and the schema is strict. */
static bool check_usable(QueryScope *scope, EqlNode *node, const SchemaField *known)
{
    QuerySpan where = eql_span(node);
    Str type = type_name_of(known);
    Str parent = {0};
    if (find_nested_parent(scope->schema, known->path, &parent)) {
        return query_scope_doubt(scope, where, QUERY_CODE_TYPE,
                                 "Cannot use field [%.*s] type [%.*s] with unsupported nested type "
                                 "in hierarchy (field [%.*s])",
                                 STR_ARG(node->text), STR_ARG(type), STR_ARG(parent));
    }
    if (known->type == FIELD_OBJECT) {
        return query_scope_doubt(scope, where, QUERY_CODE_TYPE,
                                 "Cannot use field [%.*s] type [%.*s] only its subfields",
                                 STR_ARG(node->text), STR_ARG(type));
    }
    if (known->type != FIELD_OTHER) {
        return true;
    }
    if (str_equal(type, STR("nested"))) {
        return query_scope_doubt(scope, where, QUERY_CODE_TYPE,
                                 "Cannot use field [%.*s] type [nested] due to nested fields not "
                                 "being supported yet",
                                 STR_ARG(node->text));
    }
    return query_scope_doubt(scope, where, QUERY_CODE_TYPE,
                             "Cannot use field [%.*s] with unsupported type [%.*s]",
                             STR_ARG(node->text), STR_ARG(type));
}

/* The first index of "a.b[0]", from its text: names in backquotes may hold brackets of their own. */
static QuerySpan index_span(const QueryScope *scope, EqlNode *node)
{
    bool quoted = false;
    for (uint32_t at = node->at; at < node->at + node->len; at++) {
        char c = scope->text.ptr[at];
        quoted = quoted != (c == '`');
        if (c == '[' && !quoted) {
            return (QuerySpan){at, 1};
        }
    }
    return eql_span(node);
}

static EqlValue null_value(QueryScope *scope, EqlNode *node)
{
    return (EqlValue){.node = node,
                      .expr = expr_literal(scope->arena, value_null()),
                      .type = EQL_TYPE_NULL,
                      .type_name = STR("null"),
                      .constant = true};
}

/* Where events have it. */
static bool find_path(QueryScope *scope, EqlNode *node, Str *path)
{
    *path = node->text;
    if (node->indexed && (scope->pipe == NULL || !node->of_event)) {
        query_scope_refuse(scope, index_span(scope, node), EQL_CODE_PARSE,
                           "Array indexes are not supported");
        return false;
    }
    return scope->pipe == NULL || eql_pipe_path(scope, node, path);
}

EqlValue eql_field(QueryScope *scope, EqlNode *node)
{
    EqlValue value = {.node = node, .type_name = STR("unknown")};
    if (eql_is_variable(scope, node->text)) {
        return eql_variable(scope, node);
    }
    Str path = {0};
    if (scope->pipe != NULL && eql_pipe_counted(scope, node, &value)) {
        return value;
    }
    if (!find_path(scope, node, &path)) {
        return value;
    }
    SchemaField known = {.path = path, .type = FIELD_UNKNOWN};
    bool mapped = schema_find(scope->schema, path, &known);
    if (!mapped && node->optional && !schema_grows(scope->schema, path)) {
        return null_value(scope, node);
    }
    FieldId field = FIELD_NONE;
    if (mapped && !check_usable(scope, node, &known)) {
        return value;
    }
    FieldUse use = scope->pipe == NULL ? FIELD_USE_VALUE : FIELD_USE_SPAN;
    if (node->optional) {
        if (!query_scope_has_room(scope, path, eql_span(node))) {
            return value;
        }
        field = field_table_add(plan_builder_fields(scope->builder), path, use);
    } else if (!eql_field_add(scope, path, eql_span(node), use, &field)) {
        return value;
    }
    Expr *expr = expr_new(scope->arena, EXPR_FIELD, 0);
    expr->field = scope->pipe == NULL ? field : eql_pipe_field(scope, node, field);
    value.expr = expr;
    value.field_type = known.type;
    value.type = type_of(known.type, scope->strict);
    value.type_name = mapped ? type_name_of(&known) : value.type_name;
    value.by_schema = mapped;
    value.perhaps_null = !mapped && scope->strict && node->optional;
    return value;
}
