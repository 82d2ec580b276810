#include "unit.h"

#include "base/buffer.h"
#include "rule/toml_bounds.h"

static void check(Str text, bool fits)
{
    Str endless = {0};
    Err err = {0};
    if (toml_bounds_check(text, &endless, &err) != fits) {
        fail_msg("%.*s\n  %s", STR_ARG(str_slice(text, 0, 200)), fits ? "refused" : "was taken");
    }
    assert_int_equal(err.code, fits ? ERR_NONE : ERR_LIMIT);
    assert_int_equal(endless.len, 0);
}

static void repeat(Buffer *text, const char *part, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buffer_append_c(text, part);
    }
}

/* `start`, so many times `part`, `end`: the most that fits, and one more. */
TEST(what_nests_is_counted_within_one_statement)
{
    static const struct {
        const char *start, *part, *end;
        size_t most;
    } CASES[] = {
        {"a", ".a", " = 1", 64},
        {"[a", ".a", "]", 63},
        {"[[a", ".a", "]]", 62},
        {"a = ", "[", "", 64},
        {"a = ", "{a=", "", 64},
        {"a = [\n", "[\n# ]]]\n", "", 63},
        {"a = {b.c = [1, 2], d = [[3], ", "[", "", 62},
        {"a.b.c = 1.5\nd", ".e", " = 1", 64},
        {"a = \"\\\"]\"\nd", ".e", " = 1", 64},
        {"a = ''''''\nb = '''\n''''\nd", ".'e'", " = 1", 64},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        for (size_t more = 0; more < 2; more++) {
            Buffer text = {0};
            buffer_append_c(&text, CASES[i].start);
            repeat(&text, CASES[i].part, CASES[i].most + more);
            buffer_append_c(&text, CASES[i].end);
            check(buffer_str(&text), more == 0);
            buffer_done(&text);
        }
    }
}

TEST(what_nests_nothing_may_be_many)
{
    static const char *const PARTS[] = {
        "a = 1.5\n",          "a = [1.5, [2.5]]\n",  "# [.[.[.\n",     "a = '[.[.'\n",
        "a = \"\\\"[.[.\"\n", "a = '''\n[.[\n'''\n", "a = [[], {}]\n", "a = {b = 1.5}\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
        Buffer text = {0};
        repeat(&text, PARTS[i], 20000);
        check(buffer_str(&text), true);
        buffer_done(&text);
    }
}

TEST(tables_are_counted_in_the_whole_text)
{
    static const struct {
        const char *part;
        size_t tables;
    } CASES[] = {{"[a]\n", 1}, {"[[a]]\n", 2}, {"a.b = 1\n", 1}, {"a = {b.c = 1, d.e.f = 2}\n", 3}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Buffer text = {0};
        repeat(&text, CASES[i].part, TOML_MAX_TABLES / CASES[i].tables);
        check(buffer_str(&text), true);
        repeat(&text, CASES[i].part, 1);
        check(buffer_str(&text), false);
        buffer_done(&text);
    }
}

TEST(a_string_without_an_end_is_found)
{
    static const struct {
        const char *text;
        size_t start, end;
    } CASES[] = {
        {"a = 'x", 4, 6},
        {"a = 'x\nb = 'y'", 4, 6},
        {"a = \"x\\\"\r\n", 4, 8},
        {"a = '''x\n''", 4, 11},
        {"a = \"\\", 4, 6},
        {"a = \"\"\"\\\"\"\"", 4, 11},
        {"'", 0, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Str text = str_from_c(CASES[i].text);
        Str endless = {0};
        Err err = {0};
        assert_true(toml_bounds_check(text, &endless, &err));
        assert_ptr_equal(endless.ptr, text.ptr + CASES[i].start);
        assert_int_equal(endless.len, CASES[i].end - CASES[i].start);
    }
}

RUN_TESTS(CASE(what_nests_is_counted_within_one_statement), CASE(what_nests_nothing_may_be_many),
          CASE(tables_are_counted_in_the_whole_text), CASE(a_string_without_an_end_is_found))
