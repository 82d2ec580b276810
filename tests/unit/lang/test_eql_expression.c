#include "eql_shape.h"

typedef struct Shaped {
    const char *text;
    const char *shape;
} Shaped;

static void expect_all(const Shaped *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_shape(cases[i].text, cases[i].shape);
    }
}

TEST(not_binds_tighter_than_and_than_or)
{
    static const Shaped CASES[] = {
        {"a or b and c", "(or a (and b c))"}, {"a and b or c", "(or (and a b) c)"},
        {"not a and b", "(and (not a) b)"},   {"not not a", "(not (not a))"},
        {"not (a or b)", "(not (or a b))"},   {"a or b or c", "(or (or a b) c)"},
        {"a or (b or c)", "(or a (or b c))"}, {"not a == b", "(not (== a b))"},
        {"a and not b", "(and a (not b))"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(arithmetic_binds_tighter_than_comparison)
{
    static const Shaped CASES[] = {
        {"a + b * c == d", "(== (+ a (* b c)) d)"},
        {"a - b - c", "(- (- a b) c)"},
        {"a / b % c", "(% (/ a b) c)"},
        {"(a - (b - c)) < 1", "(< (- a (- b c)) 1)"},
        {"a <= b", "(<= a b)"},
        {"a >= b", "(>= a b)"},
        {"a > b", "(> a b)"},
        {"a != b", "(!= a b)"},
        {"(a == b) == null", "(== (== a b) null)"},
        {"-a * b", "(* (- a) b)"},
        {"-(a * b)", "(- (* a b))"},
        {"- - a", "(- (- a))"},
        {"+a", "a"},
        {"a -1", "(- a 1)"},
        {"a - -1", "(- a -1)"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(predicates_bind_to_the_primary_on_their_left)
{
    static const Shaped CASES[] = {
        {"a + b in (1)", "(+ a (in b 1))"},
        {"(a + b) in (1, 2)", "(in (+ a b) 1 2)"},
        {"a not in (1)", "(not-in a 1)"},
        {"a in~ (\"x\", b + 1)", "(in~ a 'x' (+ b 1))"},
        {"a not in~ (\"x\")", "(not-in~ a 'x')"},
        {"not a in (1)", "(not (in a 1))"},
        {"-a in (1)", "(- (in a 1))"},
        {"a : \"x\"", "(: a 'x')"},
        {"a:(\"x\", \"y\")", "(: a 'x' 'y')"},
        {"a like \"x*\" and b like~ (\"y\", null)", "(and (like a 'x*') (like~ b 'y' null))"},
        {"a regex \"x+\" or b regex~ (\"y\")", "(or (regex a 'x+') (regex~ b 'y'))"},
        {"a : 1 == true", "(== (: a 1) true)"},
        {"f(a) : \"x\"", "(: (f a) 'x')"},
        {"\"x\" : \"x\"", "(: 'x' 'x')"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(calls_take_any_expressions)
{
    static const Shaped CASES[] = {
        {"f()", "(f)"},
        {"f(a, 1 + 2, not b)", "(f a (+ 1 2) (not b))"},
        {"startsWith~(a, \"x\")", "(startsWith~ a 'x')"},
        {"f (g(a))", "(f (g a))"},
        {"@f(a)", "(@f a)"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(fields_are_paths)
{
    static const Shaped CASES[] = {
        {"process.parent.name", "process.parent.name"},
        {"process . name", "process.name"},
        {"process. /* x */ name", "process.name"},
        {"`process`.`parent name`", "process.parent name"},
        {"`a.b`.c", "a.b.c"},
        {"`a``b`", "a`b"},
        {"?process.pid", "?process.pid"},
        {"? `sequence`", "?sequence"},
        {"a[0]", "a[0]!"},
        {"a [0] .`b c`[10]", "a[0].`b c`[10]!"},
        {"`a[0]`", "a[0]"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(lineage_takes_a_subquery)
{
    static const Shaped CASES[] = {
        {"child of [process where a]", "(child-of process a)"},
        {"not descendant of [file where a == 1] and b",
         "(and (not (descendant-of file (== a 1))) b)"},
        {"event of [any where event of [file where a]]", "(event-of  (event-of file a))"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(nodes_say_where_they_stand)
{
    static const char TEXT[] = " not ( aa == 12 ) and  bb in ( \"x\" )";
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    const EqlNode *both = eql_parse_expression(arena, str_from_c(TEXT), &diagnostics);
    assert_non_null(both);
    const EqlNode *not = both->left;
    const EqlNode *equal = not ->left;
    const EqlNode *in = both->right;
    const struct {
        const EqlNode *node;
        const char *text;
    } spans[] = {{both, "not ( aa == 12 ) and  bb in ( \"x\" )"},
                 {not, "not ( aa == 12 )"},
                 {equal, "aa == 12"},
                 {equal->left, "aa"},
                 {equal->right, "12"},
                 {in, "bb in ( \"x\" )"},
                 {in->items[0], "\"x\""}};
    for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
        Str whole = str_from_c(TEXT);
        const EqlNode *node = spans[i].node;
        expect_text(str_slice(whole, node->at, node->at + node->len), spans[i].text);
    }
    arena_free(arena);
}

TEST(operands_of_a_chain_come_left_to_right)
{
    static const struct {
        const char *text;
        const char *operands;
    } CASES[] = {{"a or b and c or d", "a|(and b c)|d|"},
                 {"a and b", "(and a b)|"},
                 {"a or (b or c)", "a|(or b c)|"},
                 {"(a or b) or c", "a|b|c|"}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Diagnostics diagnostics = {.arena = arena};
        EqlNode *node = eql_parse_expression(arena, str_from_c(CASES[i].text), &diagnostics);
        assert_non_null(node);
        EqlNode **operands = NULL;
        uint32_t count = 0;
        eql_operands(arena, node, EQL_OR, &operands, &count);
        Buffer out = {0};
        for (uint32_t j = 0; j < count; j++) {
            shape(&out, operands[j]);
            buffer_append_byte(&out, '|');
        }
        expect_text(buffer_str(&out), CASES[i].operands);
        buffer_done(&out);
        arena_free(arena);
    }
}

TEST(what_is_no_expression_is_refused)
{
    static const Refused CASES[] = {
        {"", "syntax", 0, "no viable alternative at input '<EOF>'"},
        {"a ==", "syntax", 4, "no viable alternative at input '<EOF>'"},
        {"a == )", "syntax", 5, "no viable alternative at input ')'"},
        {"name in ()", "syntax", 9, "no viable alternative at input 'name in ()'"},
        {"(a == b", "syntax", 7, "no viable alternative at input '(a == b'"},
        {"f(a,\n)", "syntax", 5, "no viable alternative at input 'f(a,\\n)'"},
        {"a not b", "syntax", 6, "no viable alternative at input 'a not b'"},
        {"a : +", "syntax", 4, "no viable alternative at input 'a : +'"},
        {"a like (\"x\", b)", "parse", 13, "A pattern must be a constant, found [b]"},
        {"a regex~ f(\"x\")", "parse", 9, "A pattern must be a constant, found [f(\"x\")]"},
        {"1 == f~", "syntax", 7, "mismatched input '<EOF>' expecting '('"},
        {"a.", "syntax", 2, "no viable alternative at input 'a.'"},
        {"1 == ?1", "syntax", 6, "mismatched input '1' expecting {IDENTIFIER, QUOTED_IDENTIFIER}"},
        {"1 == a[1", "syntax", 8, "mismatched input '<EOF>' expecting ']'"},
        {"a == a == a", "syntax", 7,
         "mismatched input '==' expecting {<EOF>, 'and', 'in', 'in~', 'like', 'like~', 'not', "
         "'or', 'regex', 'regex~', ':', '+', '-', '*', '/', '%', '.', '['}"},
        {"1 == 2 1 2", "syntax", 7,
         "mismatched input '1' expecting {<EOF>, 'and', 'in', 'in~', 'like', 'like~', 'not', "
         "'or', 'regex', 'regex~', ':', '+', '-', '*', '/', '%'}"},
        {"true and a)", "syntax", 10, "extraneous input ')' expecting <EOF>"},
        {"a == not b", "syntax", 5, "no viable alternative at input 'not'"},
        {"a == `b", "syntax", 5, "token recognition error at: '`b'"},
        {"a b ~", "syntax", 4, "token recognition error at: '~'"},
        {"a /* b", "syntax", 2, "The comment that starts here has no end [*/]"},
        {"child of process", "syntax", 9, "mismatched input 'process' expecting {'[', '!['}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_refused(&CASES[i], false);
    }
}

RUN_TESTS(CASE(not_binds_tighter_than_and_than_or), CASE(arithmetic_binds_tighter_than_comparison),
          CASE(predicates_bind_to_the_primary_on_their_left), CASE(calls_take_any_expressions),
          CASE(fields_are_paths), CASE(lineage_takes_a_subquery), CASE(nodes_say_where_they_stand),
          CASE(operands_of_a_chain_come_left_to_right), CASE(what_is_no_expression_is_refused))
