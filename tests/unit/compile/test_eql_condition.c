#include "compile_bench.h"

static void check(bool strict, const BenchCase *cases, size_t count)
{
    CompileBench bench = bench_new(strict);
    assert_conditions(&bench, cases, count);
    bench_done(&bench);
}

TEST(a_condition_is_cut_at_its_top_level_and_or_not)
{
    static const BenchCase CASES[] = {
        {"a == 1", "[equal] a == 1"},
        {"a == 1 and b == 2", "and ; >[equal] a == 1 ; >[equal] b == 2"},
        {"a == 1 and b == 2 and (c == 3 or d == 4)",
         "and ; >[equal] a == 1 ; >[equal] b == 2 ; >or ; >>[equal] c == 3 ; >>[equal] d == 4"},
        {"not (a == 1 or b == 2)", "not ; >or ; >>[equal] a == 1 ; >>[equal] b == 2"},
        {"not not a == 1", "[equal] a == 1"},
        {"a == 1 or a == 1", "[equal] a == 1"},
        {"(a == 1 and b == 2) == false", "[row] ((a == 1) and (b == 2)) == false"},
        {"(a == 1 and b == 2) == true", "[row] (a == 1) and (b == 2)"},
        {"true == (a == 1 or b == 2)", "or ; >[equal] a == 1 ; >[equal] b == 2"},
        {"(not a == 1) == true", "[value] not (a == 1)"},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(negation_stands_outside_the_leaf)
{
    static const BenchCase CASES[] = {
        {"a != 1", "not ; >[equal] a == 1"},
        {"not a != 1", "[equal] a == 1"},
        {"a not in (1, 2)", "not ; >[equal] a in (1, 2)"},
        {"a not in~ (\"X\", \"y\")", "not ; >[folded] a in~ (\"x\", \"y\")"},
        {"(a != 1) == true", "[value] not (a == 1)"},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(null_asks_whether_there_is_a_value)
{
    static const BenchCase CASES[] = {
        {"a == null", "[exists] a == null"},
        {"null == a", "[exists] a == null"},
        {"a != null", "not ; >[exists] a == null"},
        {"null == (a > 1)", "[value] (a > 1) == null"},
        {"null == null", "always"},
        {"null != null", "never"},
        {"a < null", "never"},
        {"a in (null)", "never"},
        {"a not in (null)", "always"},
        {"a in (null, 1)", "[equal] a == 1"},
        {"a : null", "never"},
        {"a : (null, \"x\")", "[folded] a in~ (\"x\")"},
        {"length(null) == 1", "never"},
        {"concat(a, null) == null", "always"},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(a_bare_field_is_a_boolean)
{
    static const BenchCase CASES[] = {
        {"flag", "[equal] flag == true"},
        {"not flag", "not ; >[equal] flag == true"},
        {"flag and other", "and ; >[equal] flag == true ; >[equal] other == true"},
        {"(flag and other) == false", "[row] ((flag == true) and (other == true)) == false"},
        {"true", "always"},
        {"false", "never"},
        {"null", "never"},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(constants_go_to_the_right)
{
    static const BenchCase CASES[] = {
        {"1 == a", "[equal] a == 1"},
        {"1 < a", "[range] a > 1"},
        {"1 <= a", "[range] a >= 1"},
        {"1 > a", "[range] a < 1"},
        {"1 >= a", "[range] a <= 1"},
        {"1 == 1", "always"},
        {"\"a\" == \"b\"", "never"},
        {"-1 < a", "[range] a > -1"},
        {"length(\"abc\") == 3", "[constant] length(\"abc\") == 3"},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(patterns_without_wildcards_are_texts)
{
    static const BenchCase CASES[] = {
        {"a : \"Cmd.exe\"", "[folded] a in~ (\"cmd.exe\")"},
        {"a like \"Cmd.exe\"", "[equal] a == \"Cmd.exe\""},
        {"a like~ (\"x\", \"Y\")", "[folded] a in~ (\"x\", \"y\")"},
        {"a : \"C*\"", "[pattern] a like~ (\"c*\")"},
        {"a like \"C?\"", "[pattern] a like (\"C?\")"},
        {"a : (\"c*\", \"x\", \"d?\", \"y\")",
         "or ; >[folded] a in~ (\"x\", \"y\") ; >[pattern] a like~ (\"c*\", \"d?\")"},
        {"a : \"*\"", "not ; >[exists] a == null"},
        {"a like (\"x\", \"**\")", "or ; >[equal] a == \"x\" ; >not ; >>[exists] a == null"},
        {"(a : \"*\") == null", "[value] (a like~ (\"*\")) == null"},
        {"a regex \"x.*\"", "[regex] a regex (\"x.*\")"},
        {"a regex~ (\"Y\", \"x\")", "[regex] a regex~ (\"Y\", \"x\")"},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(functions_and_arithmetic)
{
    static const BenchCase CASES[] = {
        {"length(a) > 3", "[value] length(a) > 3"},
        {"STARTSWITH~(a, \"x\")", "[pattern] startsWith~(a, \"x\")"},
        {"startsWith(a, b)", "[row] startsWith(a, b)"},
        {"not endsWith(a, \"\")", "not ; >[value] endsWith(a, \"\")"},
        {"cidrMatch(source.ip, \"10.0.0.0/8\", \"fe80::/10\")",
         "[cidr] cidrMatch(source.ip, \"10.0.0.0/8\", \"fe80::/10\")"},
        {"cidrMatch(source.ip, \"10.1.2.3\")", "[cidr] cidrMatch(source.ip, \"10.1.2.3\")"},
        {"add(a, 1) == 3", "[value] (a + 1) == 3"},
        {"a + 1 == 3", "[value] (a + 1) == 3"},
        {"a % 2 * 3 - b / 4 > 0", "[row] (((a % 2) * 3) - (b / 4)) > 0"},
        {"-(a) < 0", "[value] (-a) < 0"},
        {"between(a, \"x\", \"y\", true) == \"z\"",
         "[value] between(a, \"x\", \"y\", true) == \"z\""},
        {"number(\"0x1f\", null) == a", "[value] a == number(\"0x1f\", null)"},
        {"substring(a, 1, null) == \"b\"", "[value] substring(a, 1, null) == \"b\""},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(literals_take_the_type_of_their_field)
{
    static const BenchCase CASES[] = {
        {"whole == \"5\"", "[equal] whole == 5"},
        {"whole in (\"5\", 6.5)", "[equal] whole in (5, 6.5)"},
        {"broken < \"1e3\"", "[range] broken < 1000.0"},
        {"word == 5", "[equal] word == \"5\""},
        {"word in (true, 1.5)", "[equal] word in (\"1.5\", \"true\")"},
        {"labels.color == 1", "[equal] labels.color == \"1\""},
        {"flag == \"true\"", "[equal] flag == true"},
        {"flag != \"\"", "not ; >[equal] flag == false"},
        {"address == \"10.0.0.0/8\"", "[cidr] address == \"10.0.0.0/8\""},
        {"address in (\"::1\", \"10.0.0.1\")", "[cidr] address in (\"10.0.0.1\", \"::1\")"},
        {"address > \"10.0.0.1\"", "[value] address > \"10.0.0.1\""},
        {"release >= 2", "[value] release >= \"2\""},
        {"nickname == \"x\"", "[equal] word == \"x\""},
        {"both == \"x\"", "[equal] both == \"x\""},
        {"both.raw == \"x\"", "[equal] both == \"x\""},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(a_date_means_the_whole_span_it_names)
{
    static const BenchCase CASES[] = {
        {"@timestamp == \"2024-05-06T07:08:09.123Z\"",
         "[equal] @timestamp == \"2024-05-06T07:08:09.123Z\""},
        {"@timestamp == \"2024-05-06\"",
         "[value] (@timestamp >= \"2024-05-06T00:00:00Z\") and (@timestamp <= "
         "\"2024-05-06T23:59:59.999Z\")"},
        {"@timestamp > \"2024-05-06T07\"", "[range] @timestamp > \"2024-05-06T07:59:59.999Z\""},
        {"@timestamp >= \"2024-05-06T07\"", "[range] @timestamp >= \"2024-05-06T07:00:00Z\""},
        {"@timestamp < \"2024-05-06T07:08\"", "[range] @timestamp < \"2024-05-06T07:08:00Z\""},
        {"@timestamp <= \"2024-05-06T07:08+01:00\"",
         "[range] @timestamp <= \"2024-05-06T06:08:59.999Z\""},
        {"nanos <= \"2024-05-06T07:08:09Z\"",
         "[range] nanos <= \"2024-05-06T07:08:09.999999999Z\""},
        {"nanos > \"2024-05-06T07:08:09.5Z\"", "[range] nanos > \"2024-05-06T07:08:09.500Z\""},
        {"@timestamp == 1500", "[equal] @timestamp == \"1970-01-01T00:00:01.500Z\""},
        {"nanos >= 1.5", "[range] nanos >= \"1970-01-01T00:00:00.001500Z\""},
        {"@timestamp in (\"2024-05-06T07:08:09.1Z\", \"2024-05-06T07:08:09.2Z\")",
         "[equal] @timestamp in (\"2024-05-06T07:08:09.100Z\", \"2024-05-06T07:08:09.200Z\")"},
        {"@timestamp in (\"1970-01-01T00:00:00Z\", 5)",
         "or ; >[equal] @timestamp == \"1970-01-01T00:00:00.005Z\" ; >[value] (@timestamp >= "
         "\"1970-01-01T00:00:00Z\") and (@timestamp <= \"1970-01-01T00:00:00.999Z\")"},
        {"@timestamp >= \"2024-05-06||/M\"", "[range] @timestamp >= \"2024-05-01T00:00:00Z\""},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(computed_items_stand_beside_the_list)
{
    static const BenchCase CASES[] = {
        {"a in (1 + 1, 3)", "or ; >[equal] a == 3 ; >[value] a == (1 + 1)"},
        {"a not in (concat(\"x\", \"y\"), \"z\")",
         "not ; >or ; >>[equal] a == \"z\" ; >>[value] a == concat(\"x\", \"y\")"},
        {"length(a) in (1, 2)", "[value] length(a) in (1, 2)"},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(an_optional_field_that_no_event_can_have_is_null)
{
    static const BenchCase CASES[] = {
        {"?none == null", "always"},
        {"?none == ?nothing", "always"},
        {"?none", "never"},
        {"?none != \"x\"", "always"},
        {"?none : \"*\"", "never"},
        {"?word == \"x\"", "[equal] word == \"x\""},
        {"word in (\"x\", ?none)", "[equal] word == \"x\""},
        {"concat(?none, \"x\") == \"x\"", "never"},
    };
    CompileBench bench = bench_new_closed();
    assert_conditions(&bench, CASES, ARRAY_LEN(CASES));
    bench_done(&bench);
}

TEST(an_optional_field_that_events_may_have_is_the_field)
{
    static const BenchCase CASES[] = {
        {"?none == null", "[exists] none == null"},
        {"?none", "[equal] none == true"},
        {"?none == \"x\"", "[equal] none == \"x\""},
    };
    /* It may be the null itself, and null equals null. */
    static const BenchCase MAPPED[] = {
        {"?none == ?nothing",
         "or ; >[row] (none == null) and (nothing == null) ; >[row] none == nothing"},
        {"word != ?none",
         "not ; >or ; >>[row] (word == null) and (none == null) ; >>[row] word == none"},
        {"?none < word", "[row] none < word"},
        {"word in (\"x\", ?none)", "or ; >[equal] word == \"x\" ; >[row] word == none"},
    };
    check(true, CASES, ARRAY_LEN(CASES));
    check(false, CASES, ARRAY_LEN(CASES));
    check(true, MAPPED, ARRAY_LEN(MAPPED));
}

TEST(a_chain_as_long_as_the_text_allows_is_no_nesting)
{
    CompileBench bench = bench_new(false);
    Buffer query = {0};
    buffer_append_c(&query, "any where (a == 0");
    for (int i = 1; i < 50000; i++) {
        buffer_append_format(&query, " or a == %d", i);
    }
    buffer_append_c(&query, ") == false");
    assert_true(bench_compile(&bench, buffer_str(&query)));
    assert_text(bench.said, "", "a long chain");
    buffer_done(&query);
    bench_done(&bench);
}

RUN_TESTS(CASE(a_condition_is_cut_at_its_top_level_and_or_not),
          CASE(negation_stands_outside_the_leaf), CASE(null_asks_whether_there_is_a_value),
          CASE(a_bare_field_is_a_boolean), CASE(constants_go_to_the_right),
          CASE(patterns_without_wildcards_are_texts), CASE(functions_and_arithmetic),
          CASE(literals_take_the_type_of_their_field), CASE(a_date_means_the_whole_span_it_names),
          CASE(computed_items_stand_beside_the_list),
          CASE(an_optional_field_that_no_event_can_have_is_null),
          CASE(an_optional_field_that_events_may_have_is_the_field),
          CASE(a_chain_as_long_as_the_text_allows_is_no_nesting))
