#include "unit.h"

#include "compile/eql_error.h"
#include "compile/query_scope.h"

#define MAX_TOLD 3

typedef struct Told {
    Severity severity;
    const char *code;
    size_t at;
    const char *message;
} Told;

static void check_answer(const char *text, const Told *told, const char *type, uint32_t status,
                         const char *reason)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    for (size_t i = 0; i < MAX_TOLD && told[i].code != NULL; i++) {
        diagnostic_add(&diagnostics, told[i].severity, told[i].code, told[i].at, 1, "%s",
                       told[i].message);
    }
    EqlError error = eql_error(arena, str_from_c(text), &diagnostics);
    assert_string_equal(error.type, type);
    assert_int_equal(error.status, status);
    assert_string_equal(str_to_c(arena, error.reason), reason);
    arena_free(arena);
}

TEST(the_parser_speaks_first_and_alone)
{
    static const struct {
        Told told[MAX_TOLD];
        const char *type;
        uint32_t status;
        const char *reason;
    } CASES[] = {
        {{{SEVERITY_ERROR, EQL_CODE_SYNTAX, 2, "a"}, {SEVERITY_NOTE, EQL_CODE_SYNTAX, 2, "b"}},
         "parsing_exception",
         400,
         "line 1:3: a"},
        /* after the grammar columns count from 2 */
        {{{SEVERITY_ERROR, QUERY_CODE_FIELD, 0, "a"},
          {SEVERITY_ERROR, EQL_CODE_PARSE, 2, "b"},
          {SEVERITY_ERROR, EQL_CODE_PARSE, 1, "c"}},
         "parsing_exception",
         400,
         "line 1:4: b"},
        {{{SEVERITY_ERROR, EQL_CODE_LIMIT, 0, "a"}}, "parsing_exception", 400, "line 1:1: a"},
        {{{SEVERITY_WARNING, QUERY_CODE_TYPE, 0, "a"}, {SEVERITY_ERROR, QUERY_CODE_FIELD, 1, "b"}},
         "verification_exception",
         400,
         "Found 1 problem\nline 1:2: b"},
        {{{SEVERITY_ERROR, QUERY_CODE_COMPARISON, 0, "a"},
          {SEVERITY_ERROR, QUERY_CODE_TYPE, 3, "b"},
          {SEVERITY_ERROR, QUERY_CODE_FUNCTION, 9, "c"}},
         "verification_exception",
         400,
         "Found 2 problems\nline 1:4: b\nline 2:3: c"},
        {{{SEVERITY_ERROR, QUERY_CODE_COMPARISON, 3, "a"},
          {SEVERITY_ERROR, QUERY_CODE_COMPARISON, 4, "b"}},
         "ql_illegal_argument_exception",
         500,
         "Line 1:4: a"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        check_answer("abcdef\nghijk", CASES[i].told, CASES[i].type, CASES[i].status,
                     CASES[i].reason);
    }
}

TEST(columns_count_characters)
{
    static const Told TOLD[MAX_TOLD] = {{SEVERITY_ERROR, QUERY_CODE_FIELD, 5, "a"}};
    check_answer("\xc3\xa4\xf0\x9f\x90\xa6"
                 "bc",
                 TOLD, "verification_exception", 400, "Found 1 problem\nline 1:3: a");
}

TEST(problems_that_are_not_listed_are_counted)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    QueryScope scope = {.arena = arena, .diagnostics = &diagnostics};
    for (int i = 0; i < QUERY_MAX_PROBLEMS + 5; i++) {
        query_scope_refuse(&scope, (QuerySpan){0, 1}, QUERY_CODE_TYPE, "no");
    }
    query_scope_finish(&scope);
    EqlError error = eql_error(arena, STR("x"), &diagnostics);
    assert_true(
        str_starts_with(error.reason, STR("Found 105 problems\nline 1:1: no\nline 1:1: no")));
    arena_free(arena);
}

TEST(the_answer_is_one_line_of_json)
{
    EqlError error = {"parsing_exception", 400, STR("line 1:2: \"\\u\n\xc3\xa4")};
    Buffer out = {0};
    eql_error_write(&out, &error);
    buffer_append_byte(&out, '\0');
    assert_string_equal(
        out.ptr,
        "{\"error\":{\"root_cause\":[{\"type\":\"parsing_exception\",\"reason\":\"line 1:2: "
        "\\\"\\\\u\\n\xc3\xa4\"}],\"type\":\"parsing_exception\",\"reason\":\"line 1:2: "
        "\\\"\\\\u\\n\xc3\xa4\"},\"status\":400}");
    buffer_done(&out);
}

RUN_TESTS(CASE(the_parser_speaks_first_and_alone), CASE(columns_count_characters),
          CASE(problems_that_are_not_listed_are_counted), CASE(the_answer_is_one_line_of_json))
