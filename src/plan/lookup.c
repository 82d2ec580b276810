#include "plan/explain.h"
#include "plan/expr.h"

static bool is_literal(const Expr *expr, ValueKind kind)
{
    return expr->kind == EXPR_LITERAL && expr->literal.kind == kind;
}

static bool is_point_on_a_line(const Expr *expr)
{
    return is_literal(expr, VALUE_INT) || is_literal(expr, VALUE_DOUBLE) ||
           is_literal(expr, VALUE_DATE);
}

static Lookup compare_lookup(const Expr *expr)
{
    if (expr->args[1]->kind != EXPR_LITERAL || expr->fold) {
        return LOOKUP_VALUE;
    }
    if (expr->as != COMPARE_AS_VALUE) {
        return expr->as == COMPARE_AS_IP && expr->op == OP_EQUAL ? LOOKUP_CIDR : LOOKUP_VALUE;
    }
    if (expr->op == OP_EQUAL) {
        return LOOKUP_EQUAL;
    }
    return is_point_on_a_line(expr->args[1]) ? LOOKUP_RANGE : LOOKUP_VALUE;
}

static Lookup in_lookup(const Expr *expr)
{
    switch (expr->as) {
    case COMPARE_AS_VALUE: return expr->fold ? LOOKUP_FOLDED : LOOKUP_EQUAL;
    case COMPARE_AS_IP: return LOOKUP_CIDR;
    case COMPARE_AS_ADDRESS:
    case COMPARE_AS_VERSION: break;
    }
    return LOOKUP_VALUE;
}

static bool are_blocks(const Expr *expr)
{
    for (uint32_t i = 1; i < expr->arg_count; i++) {
        if (!is_literal(expr->args[i], VALUE_STRING)) {
            return false;
        }
    }
    return true;
}

static Lookup call_lookup(const Expr *expr)
{
    switch (expr->function) {
    case FUNCTION_CIDR_MATCH: return are_blocks(expr) ? LOOKUP_CIDR : LOOKUP_VALUE;
    case FUNCTION_STARTS_WITH:
    case FUNCTION_ENDS_WITH:
    case FUNCTION_STRING_CONTAINS:
        /* An empty text is special to the functions and says nothing to a search. */
        return is_literal(expr->args[1], VALUE_STRING) && expr->args[1]->literal.text.len > 0
                   ? LOOKUP_PATTERN
                   : LOOKUP_VALUE;
    case FUNCTION_ADD:
    case FUNCTION_BETWEEN:
    case FUNCTION_CONCAT:
    case FUNCTION_DIVIDE:
    case FUNCTION_INDEX_OF:
    case FUNCTION_LENGTH:
    case FUNCTION_MODULO:
    case FUNCTION_MULTIPLY:
    case FUNCTION_NUMBER:
    case FUNCTION_STRING:
    case FUNCTION_SUBSTRING:
    case FUNCTION_SUBTRACT:
    case FUNCTION_ARRAY_CONTAINS:
    case FUNCTION_ARRAY_COUNT:
    case FUNCTION_ARRAY_SEARCH:
    case FUNCTION_COUNT: break;
    }
    return LOOKUP_VALUE;
}

Lookup predicate_lookup(const Predicate *predicate)
{
    const Expr *expr = predicate->expr;
    if (predicate->field_count != 1) {
        return predicate->field_count == 0 ? LOOKUP_CONSTANT : LOOKUP_ROW;
    }
    if (expr_looks_through(expr)) {
        return LOOKUP_ARRAY;
    }
    if (expr->arg_count == 0 || expr->args[0]->kind != EXPR_FIELD) {
        return LOOKUP_VALUE;
    }
    switch (expr->kind) {
    case EXPR_IS_NULL: return LOOKUP_EXISTS;
    case EXPR_COMPARE: return compare_lookup(expr);
    case EXPR_IN: return in_lookup(expr);
    case EXPR_LIKE:
    case EXPR_PHRASE:
    case EXPR_WORD_LIKE: return LOOKUP_PATTERN;
    case EXPR_REGEX: return LOOKUP_REGEX;
    case EXPR_IN_LIST: return LOOKUP_LIST;
    case EXPR_CALL: return call_lookup(expr);
    case EXPR_LITERAL:
    case EXPR_FIELD:
    case EXPR_ARITHMETIC:
    case EXPR_NEGATE:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
    case EXPR_VARIABLE:
    case EXPR_SEARCH:
    case EXPR_COUNT:
    case EXPR_INDEX: break;
    }
    return LOOKUP_VALUE;
}

const char *lookup_name(Lookup lookup)
{
    switch (lookup) {
    case LOOKUP_CONSTANT: return "constant";
    case LOOKUP_EXISTS: return "exists";
    case LOOKUP_EQUAL: return "equal";
    case LOOKUP_FOLDED: return "folded";
    case LOOKUP_PATTERN: return "pattern";
    case LOOKUP_REGEX: return "regex";
    case LOOKUP_CIDR: return "cidr";
    case LOOKUP_LIST: return "list";
    case LOOKUP_RANGE: return "range";
    case LOOKUP_VALUE: return "value";
    case LOOKUP_ARRAY: return "array";
    case LOOKUP_ROW: return "row";
    }
    assert(false);
    return "";
}
