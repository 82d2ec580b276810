#include "compile_bench.h"
#include "random.h"

/* Random queries, half of them nonsense. Each is taken or refused with a reason; what is taken compiles
 * again from its canonical text to the same meaning, under both kinds of schema. */

#define ROUNDS 4000
#define DEPTH  4

typedef struct Writer {
    Buffer out;
    Random random;
    bool sane; /* operands mostly of the right type */
} Writer;

static void write_any(Writer *writer, const char *const *from, uint32_t count)
{
    buffer_append_c(&writer->out, from[random_below(&writer->random, count)]);
}
#define WRITE_ANY(writer, list) write_any(writer, list, ARRAY_LEN(list))

static void write_field(Writer *writer)
{
    static const char *const FIELDS[] = {
        "word",  "other_word", "whole", "broken",   "flag",  "address",  "release",    "@timestamp",
        "nanos", "both",       "prose", "labels.x", "?none", "nickname", "thing.name", "each"};
    WRITE_ANY(writer, FIELDS);
}

static void write_constant(Writer *writer)
{
    static const char *const CONSTANTS[] = {
        "null",         "true",           "false",     "0",     "-5",
        "2.5",          "1e300",          "\"\"",      "\"x\"", "\"A*\"",
        "\"10.0.0.1\"", "\"2024-05-06\"", "\"1.2.3\"", "\"?\"",
    };
    WRITE_ANY(writer, CONSTANTS);
}

static void write_texts(Writer *writer)
{
    buffer_append_byte(&writer->out, '(');
    for (uint32_t i = random_below(&writer->random, 3); i < 3; i++) {
        static const char *const TEXTS[] = {"\"a\"", "\"B*\"", "\"**\"", "\"c?d\"", "null"};
        WRITE_ANY(writer, TEXTS);
        buffer_append_c(&writer->out, i == 2 ? ")" : ", ");
    }
}

static void write_expression(Writer *writer, int depth);

static void write_call(Writer *writer, int depth)
{
    const Function *function =
        function_get((FunctionId)random_below(&writer->random, FUNCTION_COUNT));
    buffer_append(&writer->out, function->name);
    bool tilde = random_below(&writer->random, 4) == 0;
    buffer_append_c(&writer->out, tilde ? "~(" : "(");
    uint32_t count = function->fewest + (random_below(&writer->random, 4) == 0);
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(&writer->out, i == 0 ? "" : ", ");
        if (writer->sane && i > 0) {
            write_constant(writer);
        } else {
            write_expression(writer, depth - 1);
        }
    }
    buffer_append_byte(&writer->out, ')');
}

static void write_pair(Writer *writer, int depth, const char *op)
{
    buffer_append_byte(&writer->out, '(');
    write_expression(writer, depth - 1);
    buffer_append_c(&writer->out, op);
    if (writer->sane && strlen(op) < 5 && op[1] != '+' && op[1] != '*') {
        write_constant(writer);
    } else {
        write_expression(writer, depth - 1);
    }
    buffer_append_byte(&writer->out, ')');
}

static void write_array_call(Writer *writer, int depth)
{
    static const char *const NAMES[] = {"arraySearch(", "arrayCount(", "arrayContains("};
    WRITE_ANY(writer, NAMES);
    write_field(writer);
    buffer_append_c(&writer->out, random_below(&writer->random, 4) == 0 ? ", word, " : ", each, ");
    if (random_below(&writer->random, 3) == 0) {
        write_expression(writer, depth - 1);
    } else {
        buffer_append_c(&writer->out, "each == ");
        write_constant(writer);
    }
    buffer_append_byte(&writer->out, ')');
}

static void write_expression(Writer *writer, int depth)
{
    static const char *const PAIRS[] = {" == ", " != ", " < ",   " >= ", " + ",
                                        " * ",  " % ",  " and ", " or "};
    static const char *const LISTS[] = {" in ", " in~ ", " not in ", " : ", " like ", " like~ "};
    switch (depth <= 0 ? random_below(&writer->random, 2) : random_below(&writer->random, 10)) {
    case 9: write_array_call(writer, depth); break;
    case 0: write_constant(writer); break;
    case 1: write_field(writer); break;
    case 2: write_call(writer, depth); break;
    case 3:
        write_field(writer);
        WRITE_ANY(writer, LISTS);
        write_texts(writer);
        break;
    case 4:
        buffer_append_c(&writer->out, "not (");
        write_expression(writer, depth - 1);
        buffer_append_byte(&writer->out, ')');
        break;
    default:
        write_pair(writer, depth, PAIRS[random_below(&writer->random, ARRAY_LEN(PAIRS))]);
        break;
    }
}

static void write_query(Writer *writer)
{
    buffer_clear(&writer->out);
    writer->sane = random_below(&writer->random, 4) != 0;
    if (random_below(&writer->random, 4) != 0) {
        buffer_append_c(&writer->out, "any where ");
        write_expression(writer, DEPTH);
        return;
    }
    buffer_append_c(&writer->out, "sequence by word with maxspan=1h ");
    for (int i = 0; i < 2; i++) {
        buffer_append_c(&writer->out, "[process where ");
        write_expression(writer, DEPTH - 1);
        buffer_append_c(&writer->out, "] by ");
        if (random_below(&writer->random, 4) == 0) {
            write_call(writer, 2);
        } else {
            write_field(writer);
        }
    }
}

static Str canonical(CompileBench *bench, Str query)
{
    Diagnostics diagnostics = {.arena = bench->arena};
    const EqlQuery *tree = eql_parse(bench->arena, query, &diagnostics);
    assert_non_null(tree);
    Buffer out = {0};
    eql_print(&out, tree);
    return bench_text(bench, &out);
}

static uint32_t run(bool strict, uint64_t seed)
{
    Writer writer = {.random = {seed}};
    CompileBench keep = bench_new(strict);
    uint32_t taken = 0;
    for (int i = 0; i < ROUNDS; i++) {
        CompileBench bench = {.arena = arena_new(), .schema = keep.schema};
        write_query(&writer);
        Str query = buffer_str(&writer.out);
        if (bench_compile(&bench, query)) {
            taken++;
            char hash[33];
            memcpy(hash, bench.hash, sizeof hash);
            Str plan = bench.plan;
            assert_true(bench_compile(&bench, canonical(&bench, query)));
            assert_true(str_equal(bench.plan, plan));
            assert_string_equal(bench.hash, hash);
        } else {
            assert_true(bench.said.len > 0);
        }
        bench_done(&bench);
    }
    buffer_done(&writer.out);
    bench_done(&keep);
    return taken;
}

TEST(random_queries_under_a_mapping)
{
    uint32_t taken = run(true, 1);
    assert_in_range(taken, ROUNDS / 20, ROUNDS * 19 / 20);
}

TEST(random_queries_without_one)
{
    uint32_t taken = run(false, 2);
    assert_in_range(taken, ROUNDS / 20, ROUNDS * 19 / 20);
}

RUN_TESTS(CASE(random_queries_under_a_mapping), CASE(random_queries_without_one))
