#include "compile/query_scope.h"
#include "unit.h"

TEST(words_are_shown_on_one_line_and_not_too_long)
{
    Arena *arena = arena_new();
    Buffer text = {0};
    buffer_append_c(&text, "a\n\tb");
    for (int i = 0; i < 300; i++) {
        buffer_append_c(&text, "\xc3\xa4");
    }
    QueryScope scope = {.arena = arena, .text = buffer_str(&text)};
    EqlNode node = {.at = 0, .len = 4};
    assert_true(str_equal(query_scope_source(&scope, &node), STR("a  b")));
    node = (EqlNode){.at = 3, .len = (uint32_t)text.len - 3};
    Str shown = query_scope_source(&scope, &node);
    /* 1 + 2 * 99 bytes: a character is not cut in two. */
    assert_int_equal(shown.len, 199 + 3);
    assert_true(str_ends_with(shown, STR("\xa4...")));
    buffer_done(&text);
    arena_free(arena);
}

TEST(a_doubt_is_an_error_only_under_a_mapping)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    QueryScope scope = {.arena = arena, .diagnostics = &diagnostics};
    assert_true(query_scope_doubt(&scope, (QuerySpan){1, 2}, QUERY_CODE_TYPE, "x %d", 5));
    assert_int_equal(diagnostics.errors, 0);
    assert_int_equal(diagnostics.list.items[0].severity, SEVERITY_WARNING);
    scope.strict = true;
    assert_false(query_scope_doubt(&scope, (QuerySpan){1, 2}, QUERY_CODE_TYPE, "x"));
    assert_int_equal(diagnostics.errors, 1);
    assert_true(str_equal(diagnostics.list.items[0].message, STR("x 5")));
    arena_free(arena);
}

TEST(what_is_withheld_still_counts)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    QueryScope scope = {.arena = arena, .diagnostics = &diagnostics};
    for (int i = 0; i < QUERY_MAX_PROBLEMS + 2; i++) {
        query_scope_refuse(&scope, (QuerySpan){0, 1}, QUERY_CODE_TYPE, "no");
    }
    query_scope_finish(&scope);
    assert_int_equal(diagnostics.errors, QUERY_MAX_PROBLEMS + 2);
    assert_int_equal(diagnostics.list.count, QUERY_MAX_PROBLEMS + 1);
    assert_int_equal(diagnostics.list.items[QUERY_MAX_PROBLEMS].severity, SEVERITY_NOTE);
    arena_free(arena);
}

TEST(warnings_withhold_no_error)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    QueryScope scope = {.arena = arena, .diagnostics = &diagnostics};
    for (int i = 0; i < QUERY_MAX_PROBLEMS + 1; i++) {
        assert_true(query_scope_doubt(&scope, (QuerySpan){0, 1}, QUERY_CODE_TYPE, "hm"));
    }
    assert_true(query_scope_is_full(&scope, SEVERITY_WARNING));
    assert_false(query_scope_is_full(&scope, SEVERITY_ERROR));
    query_scope_refuse(&scope, (QuerySpan){0, 1}, QUERY_CODE_TYPE, "no");
    assert_int_equal(diagnostics.errors, 1);
    assert_int_equal(diagnostics.list.count, QUERY_MAX_PROBLEMS + 1);
    assert_int_equal(diagnostics.list.items[QUERY_MAX_PROBLEMS].severity, SEVERITY_ERROR);
    arena_free(arena);
}

RUN_TESTS(CASE(words_are_shown_on_one_line_and_not_too_long),
          CASE(a_doubt_is_an_error_only_under_a_mapping), CASE(what_is_withheld_still_counts),
          CASE(warnings_withhold_no_error))
