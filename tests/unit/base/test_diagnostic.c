#include "unit.h"

#include "base/diagnostic.h"

static void check(Diagnostic diagnostic, Str text, size_t first_line, const char *expected)
{
    Buffer out = {0};
    diagnostic_print(&out, &diagnostic, STR("rule.toml"), text, first_line, false);
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.ptr, expected);
    buffer_done(&out);
}

static Diagnostic error_at(size_t at, size_t len)
{
    return (Diagnostic){
        .severity = SEVERITY_ERROR, .code = "", .message = STR("wrong"), .at = at, .len = len};
}

TEST(the_caret_stands_under_the_place)
{
    static const struct {
        Str text;
        size_t at;
        size_t len;
        const char *expected;
    } CASES[] = {
        {STR_INIT("abc def\nnext"), 4, 3,
         "rule.toml:1:5: error: wrong\n    abc def\n        ^~~\n"},
        {STR_INIT("abc def\nnext"), 4, 0, "rule.toml:1:5: error: wrong\n    abc def\n        ^\n"},
        {STR_INIT("ab\r\ncd\r\n"), 4, 1, "rule.toml:2:1: error: wrong\n    cd\n    ^\n"},
        {STR_INIT("ab\ncd"), 5, 1, "rule.toml:2:3: error: wrong\n    cd\n      ^\n"},
        {STR_INIT("ab\ncd"), 99, 9, "rule.toml:2:3: error: wrong\n    cd\n      ^\n"},
        {STR_INIT("ab\ncd"), 1, 99, "rule.toml:1:2: error: wrong\n    ab\n     ^\n"},
        {STR_INIT("ab\n"), 2, 1, "rule.toml:1:3: error: wrong\n    ab\n      ^\n"},
        {STR_INIT(""), 0, 1, "rule.toml:1:1: error: wrong\n    \n    ^\n"},
        {STR_INIT("\ta\tb x"), 5, 1, "rule.toml:1:6: error: wrong\n    \ta\tb x\n    \t \t  ^\n"},
        {STR_INIT("\xc3\xa9\xc3\xa9 = \xc3\xa9!"), 7, 3,
         "rule.toml:1:8: error: wrong\n    \xc3\xa9\xc3\xa9 = \xc3\xa9!\n         ^~\n"},
        {STR_INIT("a\x1b[31mb\xff\xe2\x80\xae!"), 11, 1,
         "rule.toml:1:12: error: wrong\n    a?[31mb\xef\xbf\xbd?!\n             ^\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        check(error_at(CASES[i].at, CASES[i].len), CASES[i].text, 1, CASES[i].expected);
    }
}

TEST(lines_count_from_the_files_line)
{
    check(error_at(3, 1), STR("ab\ncd"), 40, "rule.toml:41:1: error: wrong\n    cd\n    ^\n");
}

TEST(severity_and_code_are_shown)
{
    Diagnostic note = {SEVERITY_NOTE, "shadowed-item", STR("seen\x1b before"), 0, 1};
    Diagnostic warning = {SEVERITY_WARNING, "", STR("odd"), 0, 1};
    check(note, STR("x"), 1, "rule.toml:1:1: note: seen? before [shadowed-item]\n    x\n    ^\n");
    check(warning, STR("x"), 1, "rule.toml:1:1: warning: odd\n    x\n    ^\n");
}

TEST(colours_come_only_when_asked_for)
{
    Buffer out = {0};
    Diagnostic diagnostic = error_at(0, 1);
    diagnostic_print(&out, &diagnostic, STR("f"), STR("x"), 1, true);
    assert_true(str_equal(buffer_str(&out), STR("\x1b[1mf:1:1: \x1b[1;31merror: \x1b[0mwrong\n"
                                                "    x\n\x1b[1;32m    ^\x1b[0m\n")));
    buffer_done(&out);
}

/* 300 columns, each telling its place in its ten; a window of 100 stays around the caret. */
TEST(long_lines_are_cut_to_a_window)
{
    static const struct {
        size_t at;
        size_t len;
        bool cut_left;
        bool cut_right;
        size_t caret; /* columns before it, cut marks not counted */
    } CASES[] = {{0, 1, false, true, 0},     {40, 1, false, true, 40},  {41, 1, true, true, 40},
                 {150, 300, true, true, 40}, {240, 1, true, false, 40}, {299, 9, true, false, 99}};
    char text[300];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)('0' + i % 10);
    }
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Buffer out = {0};
        Diagnostic diagnostic = error_at(CASES[i].at, CASES[i].len);
        diagnostic_print(&out, &diagnostic, STR("f"), (Str){text, sizeof text}, 1, false);
        Str rest = buffer_str(&out);
        Str head;
        Str source;
        Str caret;
        assert_true(str_split(&rest, '\n', &head));
        assert_true(str_split(&rest, '\n', &source));
        assert_true(str_split(&rest, '\n', &caret));
        size_t margin = CASES[i].cut_left ? 7 : 4;
        assert_int_equal(str_starts_with(source, STR("    ...")), CASES[i].cut_left);
        assert_int_equal(str_ends_with(source, STR("...")), CASES[i].cut_right);
        assert_int_equal(source.len, margin + 100 + (CASES[i].cut_right ? 3 : 0));
        assert_int_equal(caret.ptr[margin + CASES[i].caret], '^');
        assert_int_equal(source.ptr[margin + CASES[i].caret], '0' + CASES[i].at % 10);
        assert_true(caret.len <= margin + 100);
        buffer_done(&out);
    }
}

TEST(errors_are_counted_and_messages_kept)
{
    Arena *arena = arena_new();
    Diagnostics all = {.arena = arena};
    for (int i = 0; i < 20; i++) {
        diagnostic_add(&all, i % 2 == 0 ? SEVERITY_ERROR : SEVERITY_WARNING, "code", (size_t)i, 1,
                       "number %d", i);
    }
    assert_int_equal(all.list.count, 20);
    assert_int_equal(all.errors, 10);
    assert_true(str_equal(all.list.items[17].message, STR("number 17")));
    assert_int_equal(all.list.items[17].at, 17);
    arena_free(arena);
}

RUN_TESTS(CASE(the_caret_stands_under_the_place), CASE(lines_count_from_the_files_line),
          CASE(severity_and_code_are_shown), CASE(colours_come_only_when_asked_for),
          CASE(long_lines_are_cut_to_a_window), CASE(errors_are_counted_and_messages_kept))
