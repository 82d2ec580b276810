#include "rule_text.h"

#include "event/schema.h"
#include "rule/lint.h"

/* A rule with that query; each finding as "code: text: message". */
static void expect(const char *more, const char *query, const char *expected)
{
    Texts texts = texts_new();
    Str text = str_format(
        texts.arena,
        "[rule]\nname = \"n\"\ndescription = \"d\"\nrisk_score = 1\nseverity = \"low\"\ntype "
        "= \"eql\"\nlanguage = \"eql\"\n%s\nquery = '''%s'''\n",
        more, query);
    rule_read_toml(&texts.list, STR("r.toml"), text);
    assert_string_equal(texts_problems(&texts), "");
    Diagnostics findings = {.arena = texts.arena};
    const Rule *rule = &texts.list.rules.items[0];
    lint_rule(rule, schema_builtin(texts.arena), &findings);
    Buffer out = {0};
    for (uint32_t i = 0; i < findings.list.count; i++) {
        const Diagnostic *finding = &findings.list.items[i];
        Str place = str_slice(rule->query, finding->at, finding->at + finding->len);
        buffer_append_format(&out, "%s: %.*s\n", finding->code, STR_ARG(place));
    }
    buffer_append_byte(&out, '\0');
    if (strcmp(out.ptr, expected) != 0) {
        fail_msg("%s\n  gave: %s  expected: %s", query, out.ptr, expected);
    }
    buffer_done(&out);
    arena_free(texts.arena);
}

TEST(wildcards_in_exact_comparisons)
{
    static const char *const CASES[][2] = {
        {"process where process.name == \"cert*\"", "wildcard-in-exact: \"cert*\"\n"},
        {"process where \"cert*\" != process.name", "wildcard-in-exact: \"cert*\"\n"},
        {"dns where not dns.question.name in (\"a.example\", \"*.example.org\")",
         "wildcard-in-exact: \"*.example.org\"\n"},
        {"process where process.name in~ (\"x*y\")", "wildcard-in-exact: \"x*y\"\n"},
        {"process where process.name : \"cert*\" and process.name like \"c?rt*\"", ""},
        {"sequence by host.id [process where process.name == \"a*\"] [any where true] until [file "
         "where "
         "file.path == \"/tmp/*\"]",
         "wildcard-in-exact: \"a*\"\nwildcard-in-exact: \"/tmp/*\"\n"},
        {"file where not child of [process where descendant of [any where process.name == \"b*\"]]",
         "wildcard-in-exact: \"b*\"\n"},
        {"process where process.args == \"/list:*\" or process.args == \"*\"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect("", CASES[i][0], CASES[i][1]);
    }
}

TEST(items_that_change_nothing)
{
    static const char *const CASES[][2] = {
        {"process where process.name in (\"a\", \"b\", \"a\", \"A\")", "repeated-item: \"a\"\n"},
        {"process where process.name in~ (\"a\", \"b\", \"A\")", "repeated-item: \"A\"\n"},
        {"process where process.pid in (1, 2, 1)", "repeated-item: 1\n"},
        {"process where process.name : (\"a.exe\", \"*.EXE\", \"b.dll\")",
         "repeated-item: \"a.exe\"\n"},
        {"process where process.name like (\"a.exe\", \"*.EXE\")", ""},
        {"process where process.name like~ (\"a*b*\", \"a*\", \"?b\")",
         "repeated-item: \"a*b*\"\n"},
        {"process where process.name : (\"*a*\", \"*a*\", \"ba\")",
         "repeated-item: \"*a*\"\nrepeated-item: \"ba\"\n"},
        {"process where process.name regex (\"a.*\", \"ab\", \"a.*\")", "repeated-item: \"a.*\"\n"},
        {"process where process.name in (\"*a*\", \"bab\")", "wildcard-in-exact: \"*a*\"\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect("", CASES[i][0], CASES[i][1]);
    }
}

TEST(spans_longer_than_the_look_back)
{
    static const struct {
        const char *window, *maxspan;
        bool told;
    } CASES[] = {
        {"from = \"now-9m\"", "10m", true},
        {"from = \"now-9m\"", "9m", false},
        {"", "6m", false},
        {"", "361s", true},
        {"from = \"now-2h\"\nto = \"now-1h\"", "61m", true},
        {"from = \"now-1d/d\"", "3d", false}, /* rounding: how far depends on the time of day */
        {"from = \"now-1M\"", "40d", false},
        {"from = \"2024-05-06\"", "40d", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Str query = str_format(
            arena, "sequence by host.id with maxspan=%s [any where true] [any where true]",
            CASES[i].maxspan);
        expect(CASES[i].window, query.ptr, CASES[i].told ? "maxspan-lookback: \n" : "");
        arena_free(arena);
    }
}

TEST(fields_that_no_schema_has)
{
    static const char *const CASES[][2] = {
        {"process where process.nmae == \"a\" or process.nmae == \"b\"",
         "unknown-field: process.nmae\n"},
        {"process where ?process.nmae == \"a\"", ""},
        {"any where my.own.field == 1", ""},
        {"any where arraySearch(process.args, pid, arrayCount(process.argz, ppid, ppid == pid) > "
         "1) "
         "or process.pidd == 1",
         "unknown-field: process.argz\nunknown-field: process.pidd\n"},
        {"any where arraySearch(process.args, `process.nmae`, `process.nmae` == \"a*\")", ""},
        {"sequence by process.entity_idd [any where true] [any where true]",
         "unknown-field: process.entity_idd\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect("", CASES[i][0], CASES[i][1]);
    }
}

TEST(other_rules_and_queries_that_do_not_parse_are_left_alone)
{
    expect("", "process where (", "");
}

TEST(a_long_chain_is_walked)
{
    Arena *arena = arena_new();
    Buffer text = {0};
    buffer_append_c(&text, "process where process.name == \"a*\"");
    for (int i = 0; i < 40000; i++) {
        buffer_append_c(&text, " or process.pid == 1");
    }
    buffer_append_byte(&text, '\0');
    expect("", text.ptr, "wildcard-in-exact: \"a*\"\n");
    buffer_done(&text);
    arena_free(arena);
}

RUN_TESTS(CASE(wildcards_in_exact_comparisons), CASE(items_that_change_nothing),
          CASE(spans_longer_than_the_look_back), CASE(fields_that_no_schema_has),
          CASE(other_rules_and_queries_that_do_not_parse_are_left_alone),
          CASE(a_long_chain_is_walked))
