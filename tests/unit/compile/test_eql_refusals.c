#include "compile_bench.h"

#include "compile/query_scope.h"

static void check(bool strict, const BenchCase *cases, size_t count)
{
    CompileBench bench = bench_new(strict);
    assert_said(&bench, cases, count);
    bench_done(&bench);
}

TEST(unknown_fields_are_refused_under_a_mapping)
{
    static const BenchCase CASES[] = {
        {"any where zzzzz == 1", "10+5 error: Unknown column [zzzzz]\n"},
        {"any where wird == 1", "10+4 error: Unknown column [wird], did you mean [word]?\n"},
        {"any where word == 1 and (?nil or wordd == 2)",
         "33+5 error: Unknown column [wordd], did you mean [word]?\n"},
        {"any where qqqqq == 1 or not xxxxx : \"a\"",
         "10+5 error: Unknown column [qqqqq]\n28+5 error: Unknown column [xxxxx]\n"},
        {"sequence by qqqqq [any where true] [any where true]",
         "12+5 error: Unknown column [qqqqq]\n"},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(unknown_fields_are_taken_without_one)
{
    static const BenchCase CASES[] = {{"any where zzzzz == 1", ""},
                                      {"any where process.nam == 1", ""}};
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(the_fields_that_every_query_reads_must_be_mapped)
{
    static const BenchCase CASES[] = {
        {"process where true", "0+1 error: Unknown column [kind]\n"},
        {"sequence [process where true] [any where true] until [file where true]",
         "10+1 error: Unknown column [kind]\n54+1 error: Unknown column [kind]\n"},
        {"any where true", ""},
    };
    CompileBench bench = bench_new(true);
    bench.options.event_category_field = STR("kind");
    assert_said(&bench, CASES, ARRAY_LEN(CASES));
    bench.options = (EqlCompileOptions){.timestamp_field = STR("when")};
    static const BenchCase TIME[] = {{" any where true", "1+1 error: Unknown column [when]\n"}};
    assert_said(&bench, TIME, ARRAY_LEN(TIME));
    bench.options = (EqlCompileOptions){.tiebreaker_field = STR("number")};
    static const BenchCase TIE[] = {{"any where true", "0+1 error: Unknown column [number]\n"}};
    assert_said(&bench, TIE, ARRAY_LEN(TIE));
    bench_done(&bench);
}

TEST(functions_are_checked)
{
    static const BenchCase CASES[] = {
        {"any where foo(word) == 1", "10+9 error: Unknown function [foo]\n"},
        {"any where startWith(word, \"x\")",
         "10+20 error: Unknown function [startWith], did you mean [startswith]?\n"},
        {"any where length() == 1",
         "10+8 error: error building [length]: expects exactly one argument\n"},
        {"any where startsWith(word)",
         "10+16 error: error building [startswith]: expects exactly two arguments\n"},
        {"any where concat() == \"x\"",
         "10+8 error: error building [concat]: expects at least one argument\n"},
        {"any where number() == 1",
         "10+8 error: error building [number]: expects one or two arguments\n"},
        {"any where substring(word) == \"x\"",
         "10+15 error: error building [substring]: expects two or three arguments\n"},
        {"any where between(word, \"a\") == \"x\"",
         "10+18 error: error building [between]: expects three or four arguments\n"},
        {"any where add(1) == 1",
         "10+6 error: error building [add]: expects exactly two arguments\n"},
        {"any where length~(word) == 1", "10+13 error: Function [length] does not support [~]\n"},
        {"any where cidrMatch(address, word)",
         "10+24 error: second argument of [cidrMatch(address, word)] must be a constant, received "
         "[word]\n"},
        {"any where between(word, \"a\", \"b\", flag) == \"x\"",
         "10+29 error: fourth argument of [between(word, \"a\", \"b\", flag)] must be a constant, "
         "received [flag]\n"},
        {"any where cidrMatch(word, \"10.0.0.0/8\")",
         "10+29 error: first argument of [cidrMatch(word, \"10.0.0.0/8\")] must be [ip], found "
         "value "
         "[word] type [keyword]\n"},
        {"any where cidrMatch(address, \"::1\", \"10.0.0.0/33\")",
         "36+13 error: third argument of [cidrMatch(address, \"::1\", \"10.0.0.0/33\")] must be an "
         "address or a block of addresses, found [\"10.0.0.0/33\"]\n"},
        {"any where length(whole) == 1",
         "10+13 error: argument of [length(whole)] must be [string], found value [whole] type "
         "[long]\n"},
        {"any where substring(word, \"1\") == \"\"",
         "10+20 error: second argument of [substring(word, \"1\")] must be [integer], found value "
         "[\"1\"] type [keyword]\n"},
        {"any where indexOf(word, \"x\", 1.5) == 1",
         "10+23 error: third argument of [indexOf(word, \"x\", 1.5)] must be [integer], found "
         "value "
         "[1.5] type [double]\n"},
        {"any where string(prose) == \"x\"",
         "10+13 error: [string(prose)] cannot operate on field of data type [text]: No "
         "keyword/multi-field defined exact matches for [prose]; define one or use MATCH/QUERY "
         "instead\n"},
        {"any where startsWith(word, prose)",
         "10+23 error: [startsWith(word, prose)] cannot operate on second argument field of data "
         "type [text]: No keyword/multi-field defined exact matches for [prose]; define one or use "
         "MATCH/QUERY instead\n"},
        {"any where whole + word > 1",
         "10+12 error: second argument of [+] must be [numeric], found value [word] type "
         "[keyword]\n"},
        {"any where -word > 1",
         "10+5 error: argument of [-word] must be [numeric], found value [word] type [keyword]\n"},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(conditions_are_boolean)
{
    static const BenchCase CASES[] = {
        {"any where word",
         "10+4 error: Condition expression needs to be boolean, found [KEYWORD]\n"},
        {"any where 1", "10+1 error: Condition expression needs to be boolean, found [INTEGER]\n"},
        {"any where length(word)",
         "10+12 error: Condition expression needs to be boolean, found [INTEGER]\n"},
        {"any where whole and flag",
         "10+14 error: first argument of [whole and flag] must be [boolean], found value [whole] "
         "type [long]\n"},
        {"any where flag or 1",
         "10+9 error: second argument of [flag or 1] must be [boolean], found value [1] type "
         "[integer]\n"},
        {"any where not \"x\"",
         "10+7 error: argument of [not \"x\"] must be [boolean], found value [\"x\"] type "
         "[keyword]\n"},
        {"any where (whole or flag) == false",
         "11+13 error: first argument of [whole or flag] must be [boolean], found value [whole] "
         "type [long]\n"},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(comparisons_fit_their_fields)
{
    static const BenchCase CASES[] = {
        {"any where whole == \"abc\"",
         "10+14 error: second argument of [whole == \"abc\"] must be [long], found value [\"abc\"] "
         "type [keyword]\n"},
        {"any where true == whole",
         "10+13 error: first argument of [true == whole] must be [long], found value [true] type "
         "[boolean]\n"},
        {"any where small in (1, \"x\", true)",
         "10+23 error: 2nd argument of [small in (1, \"x\", true)] must be [short], found value "
         "[\"x\"] type [keyword]\n10+23 error: 3rd argument of [small in (1, \"x\", true)] must be "
         "[short], found value [true] type [boolean]\n"},
        {"any where flag == 1",
         "10+9 error: second argument of [flag == 1] must be [boolean], found value [1] type "
         "[integer]\n"},
        {"any where address == \"10.0.0.256\"",
         "10+23 error: second argument of [address == \"10.0.0.256\"] must be [ip], found value "
         "[\"10.0.0.256\"] type [keyword]\n"},
        {"any where address < \"10.0.0.0/8\"",
         "10+22 error: second argument of [address < \"10.0.0.0/8\"] must be [ip], found value "
         "[\"10.0.0.0/8\"] type [keyword]\n"},
        {"any where @timestamp > \"yesterday\"",
         "10+24 error: second argument of [@timestamp > \"yesterday\"] must be [datetime], found "
         "value [\"yesterday\"] type [keyword]\n"},
        {"any where @timestamp > \"now-1d\"",
         "23+8 error: A date that hangs on [now] is not supported\n"},
        {"any where prose == \"x\"",
         "10+12 error: [prose == \"x\"] cannot operate on first argument field of data type "
         "[text]: "
         "No keyword/multi-field defined exact matches for [prose]; define one or use MATCH/QUERY "
         "instead\n"},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(elasticsearch_compares_with_constants_only)
{
    static const BenchCase CASES[] = {
        {"any where word == other_word",
         "18+10 error: Comparisons against fields are not (currently) supported; offender "
         "[other_word] in [==]\n"},
        {"any where length(word) >= length(other_word)",
         "26+18 error: Comparisons against fields are not (currently) supported; offender "
         "[length(other_word)] in [>=]\n"},
        {"any where word not in (\"a\", other_word)",
         "10+29 error: Comparisons against fields are not (currently) supported; offender "
         "[other_word] in [word not in (\"a\", other_word)]\n"},
    };
    CompileBench bench = bench_new(true);
    bench.options.dialect = EQL_DIALECT_ELASTICSEARCH;
    assert_said(&bench, CASES, ARRAY_LEN(CASES));
    bench_done(&bench);
}

TEST(fields_are_compared_with_those_of_their_own_kind)
{
    static const BenchCase CASES[] = {
        {"any where word == whole",
         "10+13 error: [word] type [keyword] cannot be compared with [whole] type [long]\n"},
        {"any where true or address < word",
         "18+14 error: [address] type [ip] cannot be compared with [word] type [keyword]\n"},
        {"any where release != @timestamp",
         "10+21 error: [release] type [version] cannot be compared with [@timestamp] type "
         "[datetime]\n"},
        {"any where flag == whole",
         "10+13 error: [flag] type [boolean] cannot be compared with [whole] type [long]\n"},
        {"any where word not in (\"a\", other_word, whole)",
         "10+36 error: [word] type [keyword] cannot be compared with [whole] type [long]\n"},
        {"any where length(word) == concat(word)",
         "10+28 error: [length(word)] type [integer] cannot be compared with [concat(word)] type "
         "[keyword]\n"},
        {"any where word : (\"a*\", whole)",
         "10+20 error: second argument of [:] must be [string], found value [whole] type [long]; "
         "consider using [==] instead\n"},
        {"any where word == prose",
         "10+13 error: [word == prose] cannot operate on second argument field of data type "
         "[text]: No keyword/multi-field defined exact matches for [prose]; define one or use "
         "MATCH/QUERY instead\n"},
        {"any where whole == small and small == broken and word == other_word and nanos > "
         "@timestamp",
         ""},
        {"any where whole in (small, broken) and address == address and release < release", ""},
        {"any where string(whole) == word and number(word) == whole and flag == (word == \"a\")",
         ""},
        {"any where word : (\"a*\", other_word, substring(word, 1)) and \"a\" : word", ""},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(without_a_mapping_fields_of_other_kinds_are_a_warning)
{
    static const BenchCase CASES[] = {
        {"any where process.pid == process.name",
         "10+27 warning: [process.pid] type [long] cannot be compared with [process.name] type "
         "[keyword]\n"},
        {"any where process.name : process.pid",
         "10+26 warning: second argument of [:] must be [string], found value [process.pid] type "
         "[long]; consider using [==] instead\n"},
        {"any where process.name : (made.up, process.parent.name) and made.up < process.pid", ""},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(patterns_are_texts)
{
    static const BenchCase CASES[] = {
        {"any where whole : \"1\"",
         "10+11 error: first argument of [:] must be [string], found value [whole] type [long]; "
         "consider using [==] instead\n"},
        {"any where word : 1",
         "10+8 error: second argument of [:] must be [string], found value [1] type [integer]; "
         "consider using [==] instead\n"},
        {"any where whole like \"1\"",
         "10+14 error: argument of [whole like \"1\"] must be [string], found value [whole] type "
         "[long]\n"},
        {"any where word regex \"a(b\"", "23+1 error: '(' without ')'\n"},
        {"any where word regex (\"ok\", \"\"\"a|[\"\"\")",
         "34+1 error: regular expression ends too early\n"},
        {"any where word regex \"\\\\q\\\"\"", "21+7 error: unknown escape '\\q'\n"},
    };
    CompileBench bench = bench_new(true);
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        if (strstr(CASES[i].query, "regex") == NULL) {
            assert_said(&bench, &CASES[i], 1);
            continue;
        }
        /* The place is ours, the words are the regular expression's. */
        assert_false(bench_compile(&bench, str_from_c(CASES[i].query)));
        size_t at = strcspn(CASES[i].wanted, " ");
        assert_true(str_starts_with(bench.said, (Str){CASES[i].wanted, at}));
    }
    bench_done(&bench);
}

TEST(regular_expressions_of_a_query_are_bounded_together)
{
#define LARGE "\"a{9999}b{9000}\""
    static const BenchCase CASES[] = {
        {"any where word regex (" LARGE ", " LARGE ", " LARGE ", " LARGE ", " LARGE ", " LARGE
         ", " LARGE ", " LARGE ", " LARGE ", " LARGE ")",
         ""},
        {"any where word regex (" LARGE ", " LARGE ", " LARGE ", " LARGE ", " LARGE ", " LARGE
         ", " LARGE ", " LARGE ", " LARGE ", " LARGE ", " LARGE ")",
         "202+16 error: the query's regular expressions are too large together (more than 200000 "
         "states)\n"},
    };
#undef LARGE
    check(true, CASES, ARRAY_LEN(CASES));
}

static Str repeated(CompileBench *bench, const char *front, const char *part, uint32_t count,
                    const char *back)
{
    Buffer text = {0};
    buffer_append_c(&text, front);
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(&text, part);
    }
    buffer_append_c(&text, back);
    return bench_text(bench, &text);
}

static void check_said(CompileBench *bench, Str query, const char *said)
{
    assert_int_equal(bench_compile(bench, query), said[0] == '\0');
    assert_string_equal(str_to_c(bench->arena, bench->said), said);
}

TEST(what_must_be_tried_everywhere_is_bounded)
{
    CompileBench bench = bench_new(true);
    check_said(&bench, repeated(&bench, "any where word like \"*", "a?", 512, "*\""), "");
    check_said(
        &bench, repeated(&bench, "any where word like \"*b", "a?", 512, "*\""),
        "20+1029 error: more than 1024 bytes between two * of a pattern, with ? among them\n");
    /* At the ends, and without '?', there is one place only, or a fast search. */
    check_said(&bench, repeated(&bench, "any where word like \"", "a?", 9999, "*b*\""), "");
    check_said(&bench, repeated(&bench, "any where word like \"*b*", "a?", 9999, "\""), "");
    check_said(&bench, repeated(&bench, "any where word like \"?*", "aa", 9999, "*?\""), "");
    bench_done(&bench);
}

static Str about_fields(CompileBench *bench, uint32_t count, const char *back)
{
    Buffer text = {0};
    buffer_append_c(&text, "any where true");
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_format(&text, " or f%05u == 1", i);
    }
    buffer_append_c(&text, back);
    return bench_text(bench, &text);
}

TEST(fields_are_bounded)
{
    CompileBench bench = bench_new(false);
    const uint32_t most = QUERY_MAX_FIELDS - 1; /* and @timestamp */
    check_said(&bench, about_fields(&bench, most, ""), "");
    check_said(&bench, about_fields(&bench, most + 1, ""),
               "122883+6 error: more than 8192 fields are asked for\n");
    check_said(&bench, about_fields(&bench, most, " or f00000 == 2 or ?f00001 == 3"), "");
    check_said(&bench, about_fields(&bench, most, " or ?g == 2"),
               "122883+2 error: more than 8192 fields are asked for\n");
    bench_done(&bench);
}

TEST(types_that_cannot_be_asked_are_refused)
{
    static const BenchCase CASES[] = {
        {"any where place == 1",
         "10+5 error: Cannot use field [place] with unsupported type [geo_point]\n"},
        {"any where people == 1",
         "10+6 error: Cannot use field [people] type [nested] due to nested fields not being "
         "supported yet\n"},
        {"any where people.age == 1",
         "10+10 error: Cannot use field [people.age] type [long] with unsupported nested type in "
         "hierarchy (field [people])\n"},
        {"any where thing == 1",
         "10+5 error: Cannot use field [thing] type [object] only its subfields\n"},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(what_is_not_supported_is_told_where_it_stands)
{
    static const BenchCase CASES[] = {
        {"any where word[0] == 1", "14+1 error: Array indexes are not supported\n"},
        {"any where `wo[1rd`[ 23 ].x == 1", "18+1 error: Array indexes are not supported\n"},
        {"join by word [any where true] [any where true]", "0+4 error: join is not supported\n"},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(lineage_is_refused_where_elasticsearch_refuses_it)
{
    static const BenchCase CASES[] = {
        {"any where child of [any where true]",
         "10+5 error: Process relationships are not supported\n"},
        {"any where not (kin of [any where true] or word == \"x\")",
         "15+3 error: Process relationships are not supported\n"},
    };
    CompileBench bench = bench_new(true);
    bench.options.dialect = EQL_DIALECT_ELASTICSEARCH;
    assert_said(&bench, CASES, ARRAY_LEN(CASES));
    bench_done(&bench);
}

TEST(pipes_of_elasticsearch_are_head_and_tail)
{
    static const BenchCase CASES[] = {
        {"any where true | count", "17+5 error: Pipe [count] is not supported\n"},
        {"any where true | head 1 | sort word | unique word",
         "26+4 error: Pipe [sort] is not supported\n38+6 error: Pipe [unique] is not supported\n"},
        {"any where true | filter", "17+6 error: Pipe [filter] is not supported\n"},
        {"sample by word [any where true] [any where true] | head 1 | count",
         "49+1 error: Samples do not support pipes yet\n"},
    };
    CompileBench bench = bench_new(true);
    bench.options.dialect = EQL_DIALECT_ELASTICSEARCH;
    assert_said(&bench, CASES, ARRAY_LEN(CASES));
    bench_done(&bench);
}

TEST(lineage_is_refused_where_it_means_nothing)
{
    static const BenchCase CASES[] = {
        {"any where kin of [any where true]",
         "10+3 error: Unrecognized process relationship [kin], expected [event], [child] or "
         "[descendant]\n"},
        {"any where child of ![any where true]",
         "19+1 error: A process relationship cannot be to a missing event\n"},
        {"any where length(child of [any where true]) == 1",
         "17+5 error: A process relationship is a condition, not a value: it stands alone or under "
         "[and], [or], [not]\n"},
        {"sample by word [any where event of [any where true]] [any where true]",
         "26+5 error: A sample has no order of time, which process relationships need\n"},
        {"any where child of [any where n == 1] or child of [any where n == 2] or "
         "event of [any where n == 1] or event of [any where n == 2] or "
         "descendant of [any where n == 1]",
         "0+1 error: more than 4 process relationships in one condition\n"},
        {"any where child of [any where length(n, 1) == 1] and event of [any where true]",
         "30+12 error: error building [length]: expects exactly one argument\n"},
        {"any where child of [any where child of [any where event of [any where true]]]", ""},
        /* The same four, however often. */
        {"any where (child of [any where true] or event of [any where true]) and "
         "(child of [any where true] or event of [any where true]) and "
         "(child of [any where true] or not event of [any where true])",
         ""},
    };
    check(false, CASES, ARRAY_LEN(CASES));
    static const BenchCase UNMAPPED[] = {
        {"any where event of [any where true]", "10+5 error: Unknown column [process.entity_id]\n"},
        {"any where child of [any where true]",
         "10+5 error: Unknown column [process.entity_id]\n"
         "10+5 error: Unknown column [process.parent.entity_id]\n"},
    };
    check(true, UNMAPPED, ARRAY_LEN(UNMAPPED));
}

TEST(a_query_asks_for_so_many_different_processes)
{
    CompileBench bench = bench_new(false);
    Buffer text = {0};
    buffer_append_c(&text, "sequence");
    for (int i = 0; i < LINEAGE_MAX_SOURCES / 2; i++) {
        buffer_append_format(&text,
                             " [any where child of [any where n == %d] or event of [any where m == "
                             "%d and n == 1] or event of [any where n == %d]]",
                             i, i, i);
    }
    Str most = str_copy(bench.arena, buffer_str(&text));
    check_said(&bench, most, "");
    size_t at = buffer_str(&text).len + strlen(" [any where ");
    buffer_append_c(&text, " [any where event of [any where o == 1]]");
    Str expected = str_format(bench.arena,
                              "%zu+5 error: more than 32 process relationships to different "
                              "events\n",
                              at);
    check_said(&bench, buffer_str(&text), expected.ptr);
    buffer_done(&text);
    bench_done(&bench);
}

TEST(pipes_are_checked)
{
    static const BenchCase CASES[] = {
        {"any where true | count", ""},
        {"any where true | unique word | filter whole > 1 | count whole, length(word)", ""},
        {"any where true | sort", "17+4 error: Pipe [sort] expects at least one argument but found "
                                  "[0]\n"},
        {"any where true | unique | unique_count",
         "17+6 error: Pipe [unique] expects at least one argument but found [0]\n"
         "26+12 error: Pipe [unique_count] expects at least one argument but found [0]\n"},
        {"any where true | filter", "17+6 error: Pipe [filter] expects exactly one argument but "
                                    "found [0]\n"},
        {"any where true | filter flag, flag",
         "17+17 error: Pipe [filter] expects exactly one argument but found [2]\n"},
        {"any where true | filter word",
         "24+4 error: Condition expression needs to be boolean, found [KEYWORD]\n"},
        {"any where true | filter word == \"x\" or child of [any where true]",
         "39+5 error: A process relationship cannot be asked in a pipe\n"},
        {"any where true | sort 1 + 1", "22+5 error: Pipe [sort] expects what events may differ in "
                                        "but found [1 + 1]\n"},
        {"any where true | unique nil", "24+3 error: Unknown column [nil]\n"},
        {"any where true | unique ?nil", ""},
        {"any where true | unique events[0].word", ""},
        {"any where true | unique events[1].word",
         "24+14 error: [events[1].word] is of no event of a match, the last is [events[0]]\n"},
        {"sequence [any where true] with runs=3 [any where true] | filter events[3].whole == "
         "events[0].whole",
         ""},
        {"any where true | unique events[99999999999].word",
         "24+24 error: [events[99999999999].word] is of no event of a match, the last is "
         "[events[0]]\n"},
        {"any where true | unique word[0]", "28+1 error: Array indexes are not supported\n"},
        {"any where true | unique events[0].word[0]",
         "30+1 error: Array indexes are not supported\n"},
        {"any where events[0].word == \"x\"", "16+1 error: Array indexes are not supported\n"},
        {"any where true | sort count", "22+5 error: Unknown column [count]\n"},
        {"any where true | unique_count word | sort count, percent | filter whole > count", ""},
        {"any where true | count word | head 9 | sort -count | filter percent < .5 | tail 1", ""},
        {"any where true | count word | sort word",
         "35+4 error: Unknown column [word], [count] leaves only [count] and [percent]\n"},
        {"any where true | count | unique count",
         "25+6 error: Pipe [unique] is not supported behind [count]\n"},
        {"any where true | count | count", "25+5 error: Pipe [count] is not supported behind "
                                           "[count]\n"},
        {"any where true | count | unique_count percent",
         "25+12 error: Pipe [unique_count] is not supported behind [count]\n"},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(what_pipes_ask_changes_the_hash)
{
    static const char *const QUERIES[] = {
        "any where true",
        "any where true | count",
        "any where true | count word",
        "any where true | count whole",
        "any where true | unique word",
        "any where true | unique word, whole",
        "any where true | unique whole, word",
        "any where true | unique_count word",
        "any where true | unique events[0].word",
        "any where true | sort word",
        "any where true | filter flag",
        "any where true | filter not flag",
        "any where true | unique_count word | filter count > 1",
        "any where true | unique_count word | filter percent > 1",
        "any where true | unique_count word | filter whole > 1",
        "any where true | head 1 | tail 1",
        "any where true | tail 1 | head 1",
    };
    char hashes[ARRAY_LEN(QUERIES)][33];
    CompileBench bench = bench_new(true);
    for (size_t i = 0; i < ARRAY_LEN(QUERIES); i++) {
        assert_true(bench_compile(&bench, str_from_c(QUERIES[i])));
        memcpy(hashes[i], bench.hash, sizeof hashes[i]);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(hashes[i], hashes[j]);
        }
    }
    bench_done(&bench);
}

TEST(a_rule_tells_of_events)
{
    static const BenchCase CASES[] = {
        {"any where true | unique word | count", "31+5 error: Pipe [count] leaves no events, and a "
                                                 "rule tells of events; [unique_count] keeps "
                                                 "the first of each\n"},
        {"any where true | unique_count word | filter count < 2", ""},
    };
    CompileBench bench = bench_new(true);
    bench.options.events_only = true;
    assert_said(&bench, CASES, ARRAY_LEN(CASES));
    bench_done(&bench);
}

TEST(there_are_only_so_many_pipes)
{
    CompileBench bench = bench_new(true);
    Buffer text = {0};
    buffer_append_c(&text, "any where true");
    for (int i = 0; i < 256; i++) {
        buffer_append_c(&text, " | head 1");
    }
    assert_true(bench_compile(&bench, buffer_str(&text)));
    buffer_append_c(&text, " | tail 1");
    assert_false(bench_compile(&bench, buffer_str(&text)));
    assert_text(bench.said, "2321+1 error: The query has too many pipes, more than [256]\n", "");
    buffer_done(&text);
    bench_done(&bench);
}

TEST(join_keys_must_agree_under_a_mapping)
{
    static const BenchCase CASES[] = {
        {"sequence [any where true] by whole [any where true] by word",
         "55+4 error: Sequence key [word] type [keyword] is incompatible with key [whole] type "
         "[long]\n"},
        {"sequence [any where true] by @timestamp [any where true] by whole",
         "60+5 error: Sequence key [whole] type [long] is incompatible with key [@timestamp] type "
         "[date]\n"},
        {"sequence by word [any where true] by whole [any where true] by small until [any where "
         "true] by flag",
         "95+4 error: Sequence key [flag] type [boolean] is incompatible with key [whole] type "
         "[long]\n"},
        {"sequence [any where true] by word, whole [any where true] by both, broken", ""},
        {"sequence [any where true] by ?none [any where true] by whole", ""},
        {"sequence [any where true] by prose [any where true] by word",
         "29+5 error: [prose] cannot operate on field of data type [text]: No keyword/multi-field "
         "defined exact matches for [prose]; define one or use MATCH/QUERY instead\n"},
    };
    check(true, CASES, ARRAY_LEN(CASES));
}

TEST(without_a_mapping_types_only_warn)
{
    static const BenchCase CASES[] = {
        {"any where process.pid == \"x\"",
         "10+18 warning: second argument of [process.pid == \"x\"] must be [long], found value "
         "[\"x\"] type [keyword]\n"},
        {"any where process.pid : \"4*\"",
         "10+18 warning: first argument of [:] must be [string], found value [process.pid] type "
         "[long]; consider using [==] instead\n"},
        {"any where process.pid",
         "10+11 warning: Condition expression needs to be boolean, found [LONG]\n"},
        {"any where process == 1",
         "10+7 warning: Cannot use field [process] type [object] only its subfields\n"},
        {"sequence [any where true] by process.pid [any where true] by process.name", ""},
        {"any where message : \"x*\"", ""},
        /* What the query itself says is no guess. */
        {"any where 1", "10+1 error: Condition expression needs to be boolean, found [INTEGER]\n"},
        {"any where length(5) == 1",
         "10+9 error: argument of [length(5)] must be [string], found value [5] type [integer]\n"},
    };
    check(false, CASES, ARRAY_LEN(CASES));
}

TEST(a_sum_too_long_to_compute_is_refused)
{
    CompileBench bench = bench_new(false);
    Buffer query = {0};
    buffer_append_c(&query, "any where a");
    for (int i = 0; i < 300; i++) {
        buffer_append_c(&query, " + 1");
    }
    buffer_append_c(&query, " == 1");
    assert_false(bench_compile(&bench, buffer_str(&query)));
    assert_true(bench.parsed);
    size_t at = 0;
    assert_true(str_find(bench.said, STR("nested too deeply, more than [200] levels"), 0, &at));
    buffer_done(&query);
    bench_done(&bench);
}

TEST(only_so_many_problems_are_shown)
{
    CompileBench bench = bench_new(true);
    Buffer query = {0};
    buffer_append_c(&query, "any where q0000");
    for (int i = 1; i < 1000; i++) {
        buffer_append_format(&query, " or q%04d", i);
    }
    assert_false(bench_compile(&bench, buffer_str(&query)));
    size_t lines = 0;
    for (size_t at = 0; str_find_byte(bench.said, '\n', at, &at); at++) {
        lines++;
    }
    assert_int_equal(lines, 101);
    assert_true(str_ends_with(bench.said, STR("note: [900] more problems are not shown\n")));
    buffer_done(&query);
    bench_done(&bench);
}

RUN_TESTS(CASE(unknown_fields_are_refused_under_a_mapping),
          CASE(unknown_fields_are_taken_without_one),
          CASE(the_fields_that_every_query_reads_must_be_mapped), CASE(functions_are_checked),
          CASE(conditions_are_boolean), CASE(comparisons_fit_their_fields),
          CASE(elasticsearch_compares_with_constants_only),
          CASE(fields_are_compared_with_those_of_their_own_kind),
          CASE(without_a_mapping_fields_of_other_kinds_are_a_warning), CASE(patterns_are_texts),
          CASE(regular_expressions_of_a_query_are_bounded_together),
          CASE(what_must_be_tried_everywhere_is_bounded), CASE(fields_are_bounded),
          CASE(types_that_cannot_be_asked_are_refused),
          CASE(what_is_not_supported_is_told_where_it_stands),
          CASE(lineage_is_refused_where_elasticsearch_refuses_it),
          CASE(lineage_is_refused_where_it_means_nothing),
          CASE(a_query_asks_for_so_many_different_processes),
          CASE(pipes_of_elasticsearch_are_head_and_tail), CASE(pipes_are_checked),
          CASE(what_pipes_ask_changes_the_hash), CASE(a_rule_tells_of_events),
          CASE(there_are_only_so_many_pipes), CASE(join_keys_must_agree_under_a_mapping),
          CASE(without_a_mapping_types_only_warn), CASE(a_sum_too_long_to_compute_is_refused),
          CASE(only_so_many_problems_are_shown))
