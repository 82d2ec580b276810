#include "eql_shape.h"

#include "lang/eql_print.h"

typedef struct Printed {
    const char *text;
    const char *printed; /* NULL: as it stands */
} Printed;

static void expect_printed(const Printed *printed)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    const EqlQuery *query = eql_parse(arena, str_from_c(printed->text), &diagnostics);
    if (query == NULL) {
        fail_msg("%s: %.*s", printed->text, STR_ARG(diagnostics.list.items[0].message));
    }
    Buffer out = {0};
    eql_print(&out, query);
    expect_text(buffer_str(&out), printed->printed == NULL ? printed->text : printed->printed);
    const EqlQuery *again = eql_parse(arena, buffer_str(&out), &diagnostics);
    assert_non_null(again);
    assert_true(eql_equal(query, again));
    buffer_done(&out);
    arena_free(arena);
}

static void expect_all(const Printed *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_printed(&cases[i]);
    }
}

TEST(queries_print_on_one_line)
{
    static const Printed CASES[] = {
        {"process  where\n true // x", "process where true"},
        {"any where true", NULL},
        {"\"my category\" where true", NULL},
        {"\"any\" where true", NULL},
        {"\"process\" where true", "process where true"},
        {"sequence by a,?b with maxspan=120s [c where d]by e with runs=2 ![f where g] by h until "
         "[i where j]by k|head 1|tail 2",
         "sequence by a, ?b with maxspan=2m [c where d] by e with runs=2 ![f where g] by h until "
         "[i where j] by k | head 1 | tail 2"},
        {"sequence with maxspan=48h [a where b] [c where d]",
         "sequence with maxspan=2d [a where b] [c where d]"},
        {"sequence with maxspan=1500ms [a where b] [c where d]", NULL},
        {"sequence with maxspan=90m [a where b] [c where d]", NULL},
        {"sequence by a with maxspan=90m, matches=all [a where b] [c where d]", NULL},
        {"sequence with matches=starts [a where b] [c where d]", NULL},
        {"sequence with matches = all ,maxspan=60s [a where b] [c where d]",
         "sequence with maxspan=1m, matches=all [a where b] [c where d]"},
        {"sequence with matches=latest [a where b] [c where d]",
         "sequence [a where b] [c where d]"},
        {"sample by a [b where c] by d [e where f] by g", NULL},
        {"join by a [b where c] [d where e] until [f where g]", NULL},
        {"a where b | unique c, d == 1 | count", NULL},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(only_needed_parentheses_are_printed)
{
    static const Printed CASES[] = {
        {"a where ((b)) or (c and d)", "a where b or c and d"},
        {"a where (b or c) and d", NULL},
        {"a where b or (c or d)", NULL},
        {"a where (b or c) or d", "a where b or c or d"},
        {"a where (b or c) and (d or e) and f", NULL},
        {"a where ((b or c) and d or e) and f", NULL},
        {"a where not (b or c)", NULL},
        {"a where not (b == c)", "a where not b == c"},
        {"a where (not b) == c", NULL},
        {"a where (b == c) == d", NULL},
        {"a where b == (c == d)", NULL},
        {"a where (b == c) == (d == e)", NULL},
        {"a where b - (c - d) - e == 1", NULL},
        {"a where (b + c) * d == (b * c) + d", "a where (b + c) * d == b * c + d"},
        {"a where (b + c) in (1)", NULL},
        {"a where (-1) in (1)", NULL},
        {"a where (-b) : \"x\"", NULL},
        {"a where -b : \"x\"", "a where -b : \"x\""},
        {"a where -(b + c) == - -d", "a where -(b + c) == --d"},
        {"a where (b : \"x\") : \"y\"", NULL},
        {"a where (child of [b where c]) == true", NULL},
        {"a where not child of [b where c or d] or e", NULL},
        {"a where f((b), (c or d))", "a where f(b, c or d)"},
        {"a where b - -1 == -1 * 2", NULL},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(predicates_and_lists_print_as_written)
{
    static const Printed CASES[] = {
        {"a where b in(1,2)", "a where b in (1, 2)"},
        {"a where b not in~ (\"x\")", NULL},
        {"a where b:(\"x\")", "a where b : \"x\""},
        {"a where b : (\"x\", \"y\") and c like~ \"z\" and d like (1, null)", NULL},
        {"a where b regex \"x\" or c regex~ (\"y\", \"z\")", NULL},
        {"a where startsWith~(b, true, false)", NULL},
        {"a where f()", NULL},
        {"a where 1 == 1.0 and 1e300 > .5", "a where 1 == 1.0 and 1e+300 > 0.5"},
        {"a where -0.0 == 0.0", NULL},
        {"a where b == -9223372036854775808", NULL},
        {"a where b == 9223372036854775808", "a where b == 9.223372036854776e+18"},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(strings_print_with_escapes_or_raw)
{
    static const Printed CASES[] = {
        {"a where b == \"\\t\\n\\r\\b\\f\\\"\\\\\\'\"",
         "a where b == \"\\t\\n\\r\\b\\f\\\"\\\\'\""},
        {"a where b == \"\\u{001}\\u{7f}\\u{e9}\"", "a where b == \"\\u{01}\\u{7f}\xc3\xa9\""},
        {"a where b == \"\\u{00}x\"", NULL},
        {"a where b == \"\"\"C:\\x\"\"\"", NULL},
        {"a where b == \"\"\"x\"\"\"\"\"", NULL},
        {"a where b == \"\"\"\"\"\"\"\"", NULL},
        {"a where b == \"\"\"\"\"\"", NULL},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(names_print_in_backquotes_where_they_must)
{
    static const Printed CASES[] = {
        {"a where `b`.`c` == `@d`", "a where b.c == @d"},
        {"a where ?`sequence`.`in` == `b c`.d", NULL},
        {"a where `b``c`", NULL},
        {"a where ``", NULL},
        {"a where `b..c`", NULL},
        {"a where `b`.``.c", "a where `b..c`"},
        {"a where `1.b`", "a where `1`.b"},
        {"a where b[0].`c d`[12] == `e[0]`", NULL},
    };
    expect_all(CASES, ARRAY_LEN(CASES));
}

TEST(a_raw_string_that_cannot_be_written_raw_is_escaped)
{
    static const struct {
        const char *text;
        const char *printed;
    } CASES[] = {{"a\nb", "\"a\\nb\""},
                 {"a\rb", "\"a\\rb\""},
                 {"\"\"\"", "\"\\\"\\\"\\\"\""},
                 {"a\\b", "\"\"\"a\\b\"\"\""}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        EqlNode node = {.kind = EQL_STRING, .raw = true, .text = str_from_c(CASES[i].text)};
        Buffer out = {0};
        eql_print_node(&out, &node);
        expect_text(buffer_str(&out), CASES[i].printed);
        buffer_done(&out);
    }
}

TEST(one_name_prints_alone)
{
    Buffer out = {0};
    eql_print_name(&out, STR("user"));
    eql_print_name(&out, STR("a.b"));
    expect_text(buffer_str(&out), "user`a.b`");
    buffer_done(&out);
}

RUN_TESTS(CASE(queries_print_on_one_line), CASE(only_needed_parentheses_are_printed),
          CASE(predicates_and_lists_print_as_written), CASE(strings_print_with_escapes_or_raw),
          CASE(names_print_in_backquotes_where_they_must),
          CASE(a_raw_string_that_cannot_be_written_raw_is_escaped), CASE(one_name_prints_alone))
