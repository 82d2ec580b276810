#include "unit.h"

#include "plan/explain.h"
#include "plan/expr_build.h"

static Value text(const char *c)
{
    return value_string(str_from_c(c));
}

static Expr *folded(Expr *expr)
{
    expr->fold = true;
    return expr;
}

static Expr *as(Expr *expr, CompareAs how)
{
    expr->as = how;
    return expr;
}

TEST(the_shape_of_a_leaf_tells_its_lookup)
{
    Arena *arena = arena_new();
    PlanBuilder *b = plan_builder_new(arena, schema_builtin(arena));
    const Expr *x = build_field(b, "x");
    const Expr *y = build_field(b, "y");
    const Expr *word = build_literal(b, text("w"));
    const Expr *empty = build_literal(b, text(""));
    Value two[] = {text("a"), text("b")};
    Value block = text("10.0.0.0/8");
    const Expr *long_variable = build_compare(
        b, build_call(b, FUNCTION_LENGTH, build_variable(b, 0), NULL), OP_GREATER, value_int(3));
    struct {
        Lookup wanted;
        const Expr *expr;
    } cases[] = {
        {LOOKUP_CONSTANT, build_call(b, FUNCTION_STARTS_WITH, word, word)},
        {LOOKUP_EXISTS, build_expr(b, EXPR_IS_NULL, x, NULL)},
        {LOOKUP_VALUE, build_expr(b, EXPR_IS_NULL, build_call(b, FUNCTION_LENGTH, x, NULL), NULL)},
        {LOOKUP_EQUAL, build_compare(b, x, OP_EQUAL, text("a"))},
        {LOOKUP_EQUAL, build_compare(b, x, OP_EQUAL, value_int(5))},
        {LOOKUP_EQUAL, build_compare(b, x, OP_EQUAL, value_bool(true))},
        {LOOKUP_EQUAL, build_list(b, EXPR_IN, x, false, two, 2)},
        {LOOKUP_FOLDED, build_list(b, EXPR_IN, x, true, two, 2)},
        {LOOKUP_PATTERN, build_list(b, EXPR_LIKE, x, true, two, 2)},
        {LOOKUP_PATTERN, build_call(b, FUNCTION_STARTS_WITH, x, word)},
        {LOOKUP_PATTERN, build_call(b, FUNCTION_ENDS_WITH, x, word)},
        {LOOKUP_PATTERN, build_call(b, FUNCTION_STRING_CONTAINS, x, word)},
        {LOOKUP_VALUE, build_call(b, FUNCTION_STRING_CONTAINS, x, empty)},
        {LOOKUP_VALUE, build_call(b, FUNCTION_STARTS_WITH, word, x)},
        {LOOKUP_VALUE, build_call(b, FUNCTION_STARTS_WITH, x, x)},
        {LOOKUP_REGEX, build_list(b, EXPR_REGEX, x, false, two, 2)},
        {LOOKUP_CIDR, as(build_compare(b, x, OP_EQUAL, block), COMPARE_AS_IP)},
        {LOOKUP_VALUE, as(build_compare(b, x, OP_LESS, block), COMPARE_AS_IP)},
        {LOOKUP_VALUE, as(build_compare(b, x, OP_EQUAL, block), COMPARE_AS_ADDRESS)},
        {LOOKUP_VALUE, folded(build_compare(b, x, OP_EQUAL, block))},
        {LOOKUP_CIDR, as(build_list(b, EXPR_IN, x, false, two, 2), COMPARE_AS_IP)},
        {LOOKUP_CIDR, build_call(b, FUNCTION_CIDR_MATCH, x, build_literal(b, block))},
        {LOOKUP_VALUE,
         build_call(b, FUNCTION_CIDR_MATCH, x, build_call(b, FUNCTION_CONCAT, word, word))},
        {LOOKUP_VALUE, as(build_compare(b, x, OP_EQUAL, text("1.0")), COMPARE_AS_VERSION)},
        {LOOKUP_VALUE, as(build_list(b, EXPR_IN, x, false, two, 2), COMPARE_AS_VERSION)},
        {LOOKUP_RANGE, build_compare(b, x, OP_LESS, value_int(5))},
        {LOOKUP_RANGE, build_compare(b, x, OP_GREATER_EQUAL, value_double(0.5))},
        {LOOKUP_RANGE, build_compare(b, x, OP_GREATER, value_date(5))},
        {LOOKUP_VALUE, build_compare(b, x, OP_LESS, text("m"))},
        {LOOKUP_VALUE,
         build_compare(b, build_call(b, FUNCTION_LENGTH, x, NULL), OP_EQUAL, value_int(3))},
        {LOOKUP_VALUE, build_expr(b, EXPR_AND, build_compare(b, x, OP_EQUAL, text("a")),
                                  build_compare(b, x, OP_LESS, text("m")))},
        {LOOKUP_ROW, build_call(b, FUNCTION_STARTS_WITH, x, y)},
        {LOOKUP_ARRAY, build_array(b, EXPR_SEARCH, "x", long_variable)},
        {LOOKUP_ARRAY, build_compare(b, build_array(b, EXPR_COUNT, "x", long_variable), OP_GREATER,
                                     value_int(1))},
        {LOOKUP_ROW, build_array(b, EXPR_SEARCH, "y", build_compare(b, x, OP_EQUAL, text("a")))},
        {LOOKUP_VALUE, build_list(b, EXPR_INDEX, x, false, two, 2)},
    };
    NodeId ids[ARRAY_LEN(cases)];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ids[i] = plan_builder_predicate(b, cases[i].expr);
    }
    const PlanSet *plan = plan_builder_finish(b);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const Predicate *predicate = &plan->predicates[plan->nodes[ids[i]].predicate];
        assert_string_equal(lookup_name(predicate_lookup(predicate)), lookup_name(cases[i].wanted));
    }
    arena_free(arena);
}

TEST(lookups_have_names_of_their_own)
{
    for (Lookup a = LOOKUP_CONSTANT; a <= LOOKUP_ROW; a++) {
        for (Lookup b = LOOKUP_CONSTANT; b < a; b++) {
            assert_string_not_equal(lookup_name(a), lookup_name(b));
        }
    }
}

RUN_TESTS(CASE(the_shape_of_a_leaf_tells_its_lookup), CASE(lookups_have_names_of_their_own))
