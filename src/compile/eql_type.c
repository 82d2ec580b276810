#include "compile/eql_value.h"

bool eql_type_is_number(EqlType type)
{
    return type == EQL_TYPE_INTEGER || type == EQL_TYPE_LONG || type == EQL_TYPE_DOUBLE;
}

bool eql_type_is_text(EqlType type)
{
    return type == EQL_TYPE_KEYWORD || type == EQL_TYPE_TEXT;
}

EqlType eql_type_family(EqlType type)
{
    if (eql_type_is_number(type)) {
        return EQL_TYPE_DOUBLE;
    }
    return eql_type_is_text(type) ? EQL_TYPE_KEYWORD : type;
}

Str eql_ordinal(Arena *arena, uint32_t ordinal)
{
    static const Str WORDS[] = {STR_INIT(""),      STR_INIT("first"),  STR_INIT("second"),
                                STR_INIT("third"), STR_INIT("fourth"), STR_INIT("fifth")};
    if (ordinal == 0 || ordinal >= ARRAY_LEN(WORDS)) {
        return STR("");
    }
    return str_format(arena, "%.*s ", STR_ARG(WORDS[ordinal]));
}

static bool is_wanted(char kind, const EqlValue *operand)
{
    EqlType type = operand->type;
    if (type == EQL_TYPE_NULL || type == EQL_TYPE_ANY) {
        return true;
    }
    switch (kind) {
    case 'S': return eql_type_is_text(type);
    case 'N': return eql_type_is_number(type);
    case 'I': return type == EQL_TYPE_INTEGER || type == EQL_TYPE_LONG;
    case 'B': return type == EQL_TYPE_BOOLEAN;
    case 'P': return type == EQL_TYPE_IP || (operand->constant && type == EQL_TYPE_KEYWORD);
    default: return true;
    }
}

static const char *kind_name(char kind)
{
    switch (kind) {
    case 'S': return "string";
    case 'N': return "numeric";
    case 'I': return "integer";
    case 'B': return "boolean";
    case 'P': return "ip";
    default: return "any";
    }
}

static Str last_part(Str path)
{
    size_t from = path.len;
    while (from > 0 && path.ptr[from - 1] != '.') {
        from--;
    }
    return str_slice(path, from, path.len);
}

static Str operation_of(QueryScope *scope, EqlNode *owner, EqlWanted wanted)
{
    return wanted.operation.len > 0 ? wanted.operation : query_scope_source(scope, owner);
}

static bool check_exact(QueryScope *scope, EqlNode *owner, const EqlValue *operand,
                        EqlWanted wanted)
{
    if (operand->type != EQL_TYPE_TEXT) {
        return true;
    }
    Str ordinal = eql_ordinal(scope->arena, wanted.ordinal);
    Str operation = operation_of(scope, owner, wanted);
    Str name = last_part(operand->node->text);
    return query_scope_doubt(
        scope, eql_span(owner), QUERY_CODE_TYPE,
        "[%.*s] cannot operate on %.*s%sfield of data type [text]: No keyword/multi-field defined "
        "exact matches for [%.*s]; define one or use MATCH/QUERY instead",
        STR_ARG(operation), STR_ARG(ordinal), ordinal.len > 0 ? "argument " : "", STR_ARG(name));
}

bool eql_check(QueryScope *scope, EqlNode *owner, const EqlValue *operand, EqlWanted wanted)
{
    if (is_wanted(wanted.kind, operand)) {
        return check_exact(scope, owner, operand, wanted);
    }
    Str ordinal = eql_ordinal(scope->arena, wanted.ordinal);
    Str operation = operation_of(scope, owner, wanted);
    Str source = query_scope_source(scope, operand->node);
    Str message = str_format(
        scope->arena, "%.*sargument of [%.*s] must be [%s], found value [%.*s] type [%.*s]%s",
        STR_ARG(ordinal), STR_ARG(operation), kind_name(wanted.kind), STR_ARG(source),
        STR_ARG(operand->type_name), wanted.hint != NULL ? wanted.hint : "");
    if (operand->by_schema) {
        return query_scope_doubt(scope, eql_span(owner), QUERY_CODE_TYPE, "%.*s", STR_ARG(message));
    }
    query_scope_refuse(scope, eql_span(owner), QUERY_CODE_TYPE, "%.*s", STR_ARG(message));
    return false;
}
