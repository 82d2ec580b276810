#include "compile/eql_value.h"

#include "base/ip_address.h"
#include "base/similar.h"

/* ---- arithmetic ---- */

static ExprOp arithmetic_op(EqlOp op)
{
    switch (op) {
    case EQL_ADD: return OP_ADD;
    case EQL_SUBTRACT: return OP_SUBTRACT;
    case EQL_MULTIPLY: return OP_MULTIPLY;
    case EQL_DIVIDE: return OP_DIVIDE;
    default: return OP_MODULO;
    }
}

static EqlValue number_value(EqlNode *node, const Expr *expr, EqlType type, bool constant)
{
    Str name = type == EQL_TYPE_INTEGER ? STR("integer")
               : type == EQL_TYPE_LONG  ? STR("long")
                                        : STR("double");
    return (EqlValue){
        .node = node, .expr = expr, .type = type, .type_name = name, .constant = constant};
}

static bool is_whole(EqlType type)
{
    return type == EQL_TYPE_INTEGER || type == EQL_TYPE_LONG;
}

static EqlValue two_numbers(QueryScope *scope, EqlNode *node, ExprOp op, EqlNode *const operands[2])
{
    static const Str SYMBOLS[] = {[OP_ADD] = STR_INIT("+"),
                                  [OP_SUBTRACT] = STR_INIT("-"),
                                  [OP_MULTIPLY] = STR_INIT("*"),
                                  [OP_DIVIDE] = STR_INIT("/"),
                                  [OP_MODULO] = STR_INIT("%")};
    Expr *expr = expr_new(scope->arena, EXPR_ARITHMETIC, 2);
    expr->op = op;
    bool refused = false;
    bool constant = true;
    bool whole = true;
    for (uint32_t i = 0; i < 2; i++) {
        EqlValue operand = eql_value(scope, operands[i]);
        EqlWanted wanted = {.kind = 'N', .ordinal = i + 1, .operation = SYMBOLS[op]};
        if (eql_value_refused(&operand) || !eql_check(scope, node, &operand, wanted)) {
            refused = true;
            continue;
        }
        expr_set(expr, i, operand.expr);
        constant = constant && operand.constant;
        whole = whole && is_whole(operand.type);
    }
    return number_value(node, refused ? NULL : expr, whole ? EQL_TYPE_LONG : EQL_TYPE_DOUBLE,
                        constant);
}

EqlValue eql_arithmetic(QueryScope *scope, EqlNode *node)
{
    EqlNode *const operands[2] = {node->left, node->right};
    return two_numbers(scope, node, arithmetic_op(node->op), operands);
}

EqlValue eql_negate(QueryScope *scope, EqlNode *node)
{
    EqlValue operand = eql_value(scope, node->left);
    if (eql_value_refused(&operand) ||
        !eql_check(scope, node, &operand, (EqlWanted){.kind = 'N'})) {
        return (EqlValue){.node = node};
    }
    EqlType type = is_whole(operand.type) ? operand.type : EQL_TYPE_DOUBLE;
    return number_value(node, expr_unary(scope->arena, EXPR_NEGATE, operand.expr), type,
                        operand.constant);
}

/* ---- which function ---- */

static void refuse_unknown(QueryScope *scope, EqlNode *node)
{
    Str names[FUNCTION_COUNT];
    uint32_t count = query_scope_extends(scope) ? FUNCTION_COUNT : FUNCTION_FIRST_ARRAY;
    for (uint32_t id = 0; id < count; id++) {
        names[id] = eql_lower_case(scope->arena, function_get((FunctionId)id)->name);
    }
    Str hint = similar_hint(scope->arena, eql_lower_case(scope->arena, node->text), names, count);
    query_scope_refuse(scope, eql_span(node), QUERY_CODE_FUNCTION, "Unknown function [%.*s]%.*s",
                       STR_ARG(node->text), STR_ARG(hint));
}

static const char *number_word(uint32_t number)
{
    static const char *const WORDS[] = {"no", "one", "two", "three", "four"};
    assert(number < ARRAY_LEN(WORDS));
    return WORDS[number];
}

static bool check_count(QueryScope *scope, EqlNode *node, const Function *function)
{
    if (node->item_count >= function->fewest && node->item_count <= function->most) {
        return true;
    }
    Str name = eql_lower_case(scope->arena, function->name);
    const char *fewest = number_word(function->fewest);
    const char *plural = function->fewest == 1 ? "" : "s";
    Str expects;
    if (node->item_count > FUNCTION_MANY) {
        expects = str_format(scope->arena, "at most %d arguments", FUNCTION_MANY);
    } else if (function->most == FUNCTION_MANY) {
        expects = str_format(scope->arena, "at least %s argument%s", fewest, plural);
    } else if (function->most == function->fewest) {
        expects = str_format(scope->arena, "exactly %s argument%s", fewest, plural);
    } else {
        expects =
            str_format(scope->arena, "%s or %s arguments", fewest, number_word(function->most));
    }
    query_scope_refuse(scope, eql_span(node), EQL_CODE_PARSE, "error building [%.*s]: expects %.*s",
                       STR_ARG(name), STR_ARG(expects));
    return false;
}

static bool check_tilde(QueryScope *scope, EqlNode *node, const Function *function)
{
    if (!node->case_insensitive || function->has_tilde) {
        return true;
    }
    query_scope_refuse(scope, eql_span(node), QUERY_CODE_ARGUMENTS,
                       "Function [%.*s] does not support [~]", STR_ARG(function->name));
    return false;
}

/* ---- its arguments ---- */

static char kind_of(const Function *function, uint32_t index)
{
    size_t last = strlen(function->kinds) - 1;
    return function->kinds[index < last ? index : last];
}

static bool check_block(QueryScope *scope, EqlNode *node, const EqlValue *block, uint32_t ordinal)
{
    const Expr *expr = block->expr;
    IpBlock parsed;
    if (expr->kind != EXPR_LITERAL || expr->literal.kind != VALUE_STRING ||
        ip_block_parse(expr->literal.text, &parsed)) {
        return true;
    }
    Str which = eql_ordinal(scope->arena, ordinal);
    Str owner = query_scope_source(scope, node);
    Str found = query_scope_source(scope, block->node);
    query_scope_refuse(scope, eql_span(block->node), QUERY_CODE_ARGUMENTS,
                       "%.*sargument of [%.*s] must be an address or a block of addresses, found "
                       "[%.*s]",
                       STR_ARG(which), STR_ARG(owner), STR_ARG(found));
    return false;
}

static bool check_argument(QueryScope *scope, EqlNode *node, const Function *function,
                           const EqlValue *argument, uint32_t index)
{
    char kind = kind_of(function, index);
    bool must_be_constant = kind >= 'a' && kind <= 'z';
    if (must_be_constant) {
        kind = (char)(kind - 'a' + 'A');
    }
    bool counted = function->most > 1 && kind != 'A';
    EqlWanted wanted = {.kind = kind, .ordinal = counted ? index + 1 : 0};
    if (must_be_constant && !argument->constant) {
        Str ordinal = eql_ordinal(scope->arena, wanted.ordinal);
        Str owner = query_scope_source(scope, node);
        Str found = query_scope_source(scope, argument->node);
        query_scope_refuse(scope, eql_span(node), QUERY_CODE_ARGUMENTS,
                           "%.*sargument of [%.*s] must be a constant, received [%.*s]",
                           STR_ARG(ordinal), STR_ARG(owner), STR_ARG(found));
        return false;
    }
    return eql_check(scope, node, argument, wanted);
}

/* NULL when some argument was refused: only the first fault of a call is told, as the others often
 * follow from it. */
static Expr *arguments(QueryScope *scope, EqlNode *node, FunctionId id, bool *constant)
{
    const Function *function = function_get(id);
    Expr *expr = expr_new(scope->arena, EXPR_CALL, node->item_count);
    expr->function = id;
    expr->fold = node->case_insensitive;
    bool refused = false;
    *constant = true;
    for (uint32_t i = 0; i < node->item_count; i++) {
        EqlValue argument = eql_value(scope, node->items[i]);
        refused =
            refused || eql_value_refused(&argument) ||
            !check_argument(scope, node, function, &argument, i) ||
            (id == FUNCTION_CIDR_MATCH && i > 0 && !check_block(scope, node, &argument, i + 1));
        if (!refused) {
            expr_set(expr, i, argument.expr);
            *constant = *constant && argument.constant;
        }
    }
    return refused ? NULL : expr;
}

/* add(a, b) and its like are operators by another name: equal things must look equal. */
static bool is_operator(FunctionId id, ExprOp *op)
{
    switch (id) {
    case FUNCTION_ADD: *op = OP_ADD; return true;
    case FUNCTION_SUBTRACT: *op = OP_SUBTRACT; return true;
    case FUNCTION_MULTIPLY: *op = OP_MULTIPLY; return true;
    case FUNCTION_DIVIDE: *op = OP_DIVIDE; return true;
    case FUNCTION_MODULO: *op = OP_MODULO; return true;
    default: return false;
    }
}

EqlValue eql_call(QueryScope *scope, EqlNode *node)
{
    EqlValue refused = {.node = node};
    FunctionId id = FUNCTION_COUNT;
    if (!function_find(node->text, &id) ||
        (id >= FUNCTION_FIRST_ARRAY && !query_scope_extends(scope))) {
        refuse_unknown(scope, node);
        return refused;
    }
    const Function *function = function_get(id);
    if (!check_tilde(scope, node, function) || !check_count(scope, node, function)) {
        return refused;
    }
    if (id >= FUNCTION_FIRST_ARRAY) {
        return eql_array_call(scope, node, id);
    }
    ExprOp op = OP_NONE;
    if (is_operator(id, &op)) {
        EqlNode *const operands[2] = {node->items[0], node->items[1]};
        return two_numbers(scope, node, op, operands);
    }
    bool constant = true;
    Expr *expr = arguments(scope, node, id, &constant);
    if (expr == NULL) {
        return refused;
    }
    switch (function->result) {
    case 'B': return eql_value_boolean(node, expr, constant);
    case 'N':
        return number_value(node, expr, id == FUNCTION_NUMBER ? EQL_TYPE_DOUBLE : EQL_TYPE_INTEGER,
                            constant);
    default: break;
    }
    return (EqlValue){.node = node,
                      .expr = expr,
                      .type = EQL_TYPE_KEYWORD,
                      .type_name = STR("keyword"),
                      .constant = constant};
}
