#include "eql_shape.h"

#include "base/timestamp.h"

typedef struct Parsed {
    Arena *arena;
    EqlQuery *query;
} Parsed;

static Parsed parse(const char *text)
{
    Parsed parsed = {.arena = arena_new()};
    Diagnostics diagnostics = {.arena = parsed.arena};
    parsed.query = eql_parse(parsed.arena, str_from_c(text), &diagnostics);
    if (parsed.query == NULL) {
        fail_msg("%s: %.*s", text, STR_ARG(diagnostics.list.items[0].message));
    }
    return parsed;
}

static void expect_all_refused(const Refused *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_refused(&cases[i], true);
    }
}

TEST(an_event_query_has_one_stage)
{
    static const struct {
        const char *text;
        const char *category;
        bool any;
    } CASES[] = {{"process where true", "process", false},
                 {"any where true", "", true},
                 {"\"my category\" where true", "my category", false},
                 {"\"any\" where true", "any", false},
                 {"\"\"\"a\\b\"\"\" where true", "a\\b", false},
                 {"\"\" where true", "", false}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Parsed parsed = parse(CASES[i].text);
        const EqlStage *stage = &parsed.query->stages[0];
        assert_int_equal(parsed.query->kind, EQL_QUERY_EVENT);
        assert_int_equal(parsed.query->stage_count, 1);
        assert_int_equal(stage->any, CASES[i].any);
        assert_int_equal(stage->runs, 1);
        assert_false(stage->missing);
        expect_text(stage->category, CASES[i].category);
        assert_int_equal(stage->len, strlen(CASES[i].text));
        arena_free(parsed.arena);
    }
}

TEST(a_sequence_holds_what_was_written)
{
    static const char TEXT[] = "sequence by host.id, ?user.name with maxspan = 5 m\n"
                               "  [process where a] by pid with runs = 3\n"
                               "  ![file where b] by ppid\n"
                               "  [any where c] by pid\n"
                               "  until [network where d] by pid\n"
                               "| head 5 | tail 1";
    Parsed parsed = parse(TEXT);
    const EqlQuery *query = parsed.query;
    assert_int_equal(query->kind, EQL_QUERY_SEQUENCE);
    assert_int_equal(query->key_count, 2);
    assert_true(query->keys[1]->optional);
    assert_true(query->has_maxspan);
    assert_int_equal(query->maxspan_ns, 300 * NS_PER_SECOND);
    assert_int_equal(query->maxspan_at, strchr(TEXT, '5') - TEXT);
    assert_int_equal(query->stage_count, 3);
    assert_int_equal(query->stages[0].runs, 3);
    assert_int_equal(query->stages[0].runs_at, strchr(TEXT, '3') - TEXT);
    assert_int_equal(query->stages[0].key_count, 1);
    assert_true(query->stages[1].missing);
    assert_int_equal(query->stages[1].runs, 1);
    assert_true(query->stages[2].any);
    assert_non_null(query->until);
    expect_text(query->until->category, "network");
    assert_int_equal(query->pipe_count, 2);
    expect_text(query->pipes[1].name, "tail");
    assert_int_equal(query->pipes[0].arguments[0]->integer, 5);

    const EqlStage *second = &query->stages[1];
    expect_text(str_slice(query->text, second->at, second->at + second->len),
                "![file where b] by ppid");
    const EqlPipe *head = &query->pipes[0];
    expect_text(str_slice(query->text, head->at, head->at + head->len), "head 5");
    arena_free(parsed.arena);
}

TEST(spans_know_five_units)
{
    static const struct {
        const char *span;
        int64_t ns;
    } CASES[] = {{"7ms", 7 * NS_PER_MS},
                 {"7s", 7 * NS_PER_SECOND},
                 {"7m", 420 * NS_PER_SECOND},
                 {"7 h", 25200 * NS_PER_SECOND},
                 {"7\nd", 604800 * NS_PER_SECOND}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        char text[128];
        snprintf(text, sizeof text, "sequence with maxspan=%s [a where b] [c where d]",
                 CASES[i].span);
        Parsed parsed = parse(text);
        assert_int_equal(parsed.query->maxspan_ns, CASES[i].ns);
        arena_free(parsed.arena);
    }
}

TEST(whole_grammar_parses)
{
    static const struct {
        const char *text;
        EqlQueryKind kind;
        uint32_t stages;
    } CASES[] = {
        {"sequence [a where b] with runs=2", EQL_QUERY_SEQUENCE, 1},
        {"sequence with maxspan=1s ![a where b] [c where d]", EQL_QUERY_SEQUENCE, 2},
        {"sequence [a where b] by x [c where d] by y", EQL_QUERY_SEQUENCE, 2},
        {"sequence by a.b [c where d] [e where f] until [g where h]", EQL_QUERY_SEQUENCE, 2},
        {"sequence by x[0] [c where d] [e where f]", EQL_QUERY_SEQUENCE, 2},
        {"sample by host [a where b] [c where d]", EQL_QUERY_SAMPLE, 2},
        {"sample [a where b] by x [c where d] by y", EQL_QUERY_SAMPLE, 2},
        {"sample by host [a where b]", EQL_QUERY_SAMPLE, 1},
        {"join by x [a where b] [c where d] until [e where f]", EQL_QUERY_JOIN, 2},
        {"join [a where b] by x [c where d] by y", EQL_QUERY_JOIN, 2},
        {"a where b | unique c, d | count | sort e | filter f == 1 | head 0", EQL_QUERY_EVENT, 1},
        {"a where b | unique_count c", EQL_QUERY_EVENT, 1},
        {"/* x */ a where b // y", EQL_QUERY_EVENT, 1},
        {"runs where head == tail", EQL_QUERY_EVENT, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Parsed parsed = parse(CASES[i].text);
        assert_int_equal(parsed.query->kind, CASES[i].kind);
        assert_int_equal(parsed.query->stage_count, CASES[i].stages);
        arena_free(parsed.arena);
    }
}

TEST(what_no_query_looks_like_is_refused)
{
    static const Refused CASES[] = {
        {"", "syntax", 0, "no viable alternative at input '<EOF>'"},
        {"`process` where true", "syntax", 0, "no viable alternative at input '`process`'"},
        {"where true", "syntax", 0, "no viable alternative at input 'where'"},
        {"process were true", "syntax", 8, "missing 'where' at 'were'"},
        {"process", "syntax", 7, "mismatched input '<EOF>' expecting 'where'"},
        {"process where", "syntax", 13, "no viable alternative at input '<EOF>'"},
        {"process where a = 1 and b", "syntax", 16,
         "mismatched input '=' expecting {<EOF>, 'and', 'in', 'in~', 'like', 'like~', 'not', "
         "'or', 'regex', 'regex~', ':', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', "
         "'%', '.', '[', '|'}"},
        {"process where true | 5", "syntax", 21, "mismatched input '5' expecting IDENTIFIER"},
        {"sequence", "syntax", 8, "mismatched input '<EOF>' expecting {'by', 'with', '[', '!['}"},
        {"sequence [a where b", "syntax", 19,
         "mismatched input '<EOF>' expecting {'and', 'in', 'in~', 'like', 'like~', 'not', 'or', "
         "'regex', 'regex~', ':', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', "
         "'.', '[', ']'}"},
        {"sequence [a where true] x y", "syntax", 24,
         "mismatched input 'x' expecting {<EOF>, 'by', 'until', 'with', '[', '![', '|'}"},
        {"sequence [a where true] with runs=2 by x [b where true] by x", "syntax", 36,
         "mismatched input 'by' expecting {<EOF>, 'until', '[', '![', '|'}"},
        {"sequence with maxspan=x [a where b]", "syntax", 22,
         "mismatched input 'x' expecting {INTEGER_VALUE, DECIMAL_VALUE}"},
        {"sequence with maxspan 5s [a where b]", "syntax", 22, "missing '=' at '5'"},
        {"sequence [! [a where b]", "syntax", 10, "token recognition error at: '! '"},
        {"sample by x with maxspan=1s [a where b]", "syntax", 12,
         "mismatched input 'with' expecting {'and', 'in', 'in~', 'like', 'like~', 'not', 'or', "
         "'regex', "
         "'regex~', ':', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '.', ',', "
         "'['}"},
        {"sample by x [a where b] ![c where d]", "syntax", 24,
         "mismatched input '![' expecting {<EOF>, 'by', '[', '|'}"},
        {"sample by x [a where b] with runs=2", "syntax", 24,
         "mismatched input 'with' expecting {<EOF>, 'by', '[', '|'}"},
        {"sample by x [a where b] until [c where d]", "syntax", 24,
         "mismatched input 'until' expecting {<EOF>, 'by', '[', '|'}"},
    };
    expect_all_refused(CASES, ARRAY_LEN(CASES));
}

TEST(what_the_grammar_lets_through_is_refused_on_sight)
{
    static const Refused CASES[] = {
        {"sequence with maxspan=1s by x [a where b] [c where d]", "parse", 0,
         "Please specify sequence [by] before [with] not after"},
        {"sequence with maxspan=30 [a where b] [c where d]", "parse", 22,
         "No time unit specified, did you mean [s] as in [30s]?"},
        {"sequence with maxspan=30x [a where b] [c where d]", "parse", 24,
         "Unrecognized time unit [x] in [30x], please specify one of [ms, s, m, h, d]"},
        {"sequence with maxspan=0s [a where b] [c where d]", "parse", 22,
         "A positive maxspan value is required; found [0]"},
        {"sequence with maxspan=2.5s [a where b] [c where d]", "parse", 22,
         "Decimal time interval [2.5] not supported; please use an positive integer"},
        {"sequence with maxspan=9223372036854775808s [a where b] [c where d]", "parse", 22,
         "The time interval [9223372036854775808] is too large"},
        {"sequence [a where b]", "parse", 0,
         "A sequence requires a minimum of 2 queries, found [1]"},
        {"sequence [a where b] with runs=1", "parse", 0,
         "A sequence requires a minimum of 2 queries, found [1]"},
        {"sequence ![a where b] [c where d]", "parse", 0,
         "[maxspan] is required for sequences with missing events queries; found none"},
        {"sequence with maxspan=1s ![a where b] ![c where d]", "parse", 0,
         "A sequence requires at least one positive event query; found none"},
        {"sequence [a where b] by x [c where d]", "parse", 26,
         "Inconsistent number of join keys specified; expected [1] but found [0]"},
        {"sequence by z [a where b] by x [c where d] by x, y", "parse", 43,
         "Inconsistent number of join keys specified; expected [1] but found [2]"},
        {"sequence [a where b] by x [c where d] by x until [e where f]", "parse", 49,
         "Inconsistent number of join keys specified; expected [1] but found [0]"},
        {"sequence [a where b] [c where d] until ![e where f]", "parse", 39,
         "[until] does not support missing events queries"},
        {"sequence [a where b] [c where d] until [e where f] with runs=2", "parse", 61,
         "[until] does not support [with runs]"},
        {"sequence [a where b] with runs=0 [c where d]", "parse", 31,
         "A positive runs value is required; found [0]"},
        {"sequence [a where b] with runs=101 [c where d]", "parse", 31,
         "A query cannot be repeated more than 100 times; found [101]"},
        {"sequence [a where b] with runs=1.5 [c where d]", "parse", 31,
         "Decimal runs value [1.5] not supported; please use an positive integer"},
        {"sequence [a where b] with run=2 [c where d]", "parse", 26,
         "Unrecognized option [run], expecting [runs]"},
        {"sample [a where b] [c where d]", "parse", 0, "A sample must have at least one join key"},
        {"join [a where b] by x [c where d]", "parse", 22,
         "Inconsistent number of join keys specified; expected [1] but found [0]"},
        {"a where b | head", "parse", 12, "Pipe [head] expects exactly one argument but found [0]"},
        {"a where b | tail 1, 2", "parse", 12,
         "Pipe [tail] expects exactly one argument but found [2]"},
        {"a where b | head x", "parse", 17, "Pipe [head] expects a positive integer but found [x]"},
        {"a where b | head -1", "parse", 17,
         "Pipe [head] expects a positive integer but found [-1]"},
        {"a where b | tail 1.0", "parse", 17,
         "Pipe [tail] expects a positive integer but found [1.0]"},
        {"a where b | hed 1", "parse", 12, "Unrecognized pipe [hed], did you mean [head]?"},
        {"a where b | limit 1", "parse", 12, "Unrecognized pipe [limit]"},
        {"'a' where b", "parse", 0,
         "Use double quotes [\"] to define string literals, not single quotes [']"},
    };
    expect_all_refused(CASES, ARRAY_LEN(CASES));
}

TEST(common_slips_get_a_note)
{
    static const struct {
        const char *text;
        const char *note;
    } CASES[] = {
        {"process where a = 1", "Use [==] to compare, not [=]"},
        {"process where a AND b", "Keywords are written in lower case, not [AND]"},
        {"process where b == a.sequence.c",
         "[sequence] is a keyword; as the name of a field it needs backquotes"},
        {"process where a like~ b", NULL},
        {"process where a == not b", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Diagnostics diagnostics = {.arena = arena};
        assert_null(eql_parse(arena, str_from_c(CASES[i].text), &diagnostics));
        assert_int_equal(diagnostics.errors, 1);
        assert_int_equal(diagnostics.list.count, CASES[i].note == NULL ? 1 : 2);
        if (CASES[i].note != NULL) {
            assert_int_equal(diagnostics.list.items[1].severity, SEVERITY_NOTE);
            expect_text(diagnostics.list.items[1].message, CASES[i].note);
        }
        arena_free(arena);
    }
}

TEST(what_is_ours_alone_is_refused_in_the_dialect_of_elasticsearch)
{
    static const Refused CASES[] = {
        {"any where a : b", "syntax", 14, "no viable alternative at input 'a : b'"},
        {"any where a like (\"x\", b)", "syntax", 23,
         "no viable alternative at input 'a like (\"x\", b'"},
        {"sequence by a, f(b) [any where c] [any where d]", "parse", 9,
         "Unsupported join key [by a, f(b)]"},
        {"sample [any where c] by a + 1 [any where d] by b", "parse", 21,
         "Unsupported join key [by a + 1]"},
        {"any where a : f(b)", "syntax", 14, "no viable alternative at input 'a : f'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Diagnostics diagnostics = {.arena = arena};
        assert_null(eql_parse_dialect(arena, str_from_c(CASES[i].text), EQL_DIALECT_ELASTICSEARCH,
                                      &diagnostics));
        const Diagnostic *first = &diagnostics.list.items[0];
        expect_text(first->message, CASES[i].message);
        assert_string_equal(first->code, CASES[i].code);
        assert_int_equal(first->at, CASES[i].at);
        arena_free(arena);
    }
}

TEST(stages_are_counted_with_their_runs)
{
    static const Refused TOO_MANY = {
        "sequence [a where b] with runs=100 [c where d] with runs=100 [e where f] with runs=57",
        "limit", 61, "The query has too many terms, more than [256], runs counted in"};
    expect_refused(&TOO_MANY, true);
    Parsed parsed =
        parse("sequence [a where b] with runs=100 [c where d] with runs=100 [e where f] with "
              "runs=56");
    arena_free(parsed.arena);
}

TEST(spans_past_the_end_of_time_are_refused)
{
    static const Refused TOO_LONG = {"sequence with maxspan=106752d [a where b] [c where d]",
                                     "limit", 22,
                                     "The maxspan [106752d] is longer than any time there is"};
    expect_refused(&TOO_LONG, true);
    Parsed parsed = parse("sequence with maxspan=106751d [a where b] [c where d]");
    assert_int_equal(parsed.query->maxspan_ns, 106751 * (86400 * NS_PER_SECOND));
    arena_free(parsed.arena);
}

TEST(columns_are_counted_as_elasticsearch_does)
{
    static const struct {
        const char *text;
        size_t line, column;
    } CASES[] = {
        {"process", 1, 8},
        {"'x' where true", 1, 2},
        {"process where a == 'x'", 1, 21},
        {"process where\n  a == a == a", 2, 10},
        {"process where \"\xc3\xa9\" == 'x'", 1, 23},
        {"process where\n  a in ('x')", 2, 10},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Diagnostics diagnostics = {.arena = arena};
        Str text = str_from_c(CASES[i].text);
        assert_null(eql_parse(arena, text, &diagnostics));
        size_t line = 0;
        size_t column = 0;
        eql_position(text, &diagnostics.list.items[0], &line, &column);
        assert_int_equal(line, CASES[i].line);
        assert_int_equal(column, CASES[i].column);
        arena_free(arena);
    }
}

RUN_TESTS(CASE(an_event_query_has_one_stage), CASE(a_sequence_holds_what_was_written),
          CASE(spans_know_five_units), CASE(whole_grammar_parses),
          CASE(what_no_query_looks_like_is_refused),
          CASE(what_the_grammar_lets_through_is_refused_on_sight), CASE(common_slips_get_a_note),
          CASE(what_is_ours_alone_is_refused_in_the_dialect_of_elasticsearch),
          CASE(stages_are_counted_with_their_runs), CASE(spans_past_the_end_of_time_are_refused),
          CASE(columns_are_counted_as_elasticsearch_does))
