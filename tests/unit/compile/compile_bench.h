#pragma once
/* CompileBench: a query in, its plan read aloud or its problems out, as one text to compare with. */

#include "base/array.h"
#include "base/buffer.h"
#include "compile/eql_compile.h"
#include "plan/explain.h"
#include "unit.h"

typedef struct CompileBench {
    Arena *arena;
    const Schema *schema;
    EqlCompileOptions options;
    Str said; /* the last query's problems, "AT+LEN severity: message" a line */
    Str plan; /* the last query's plan, empty if refused */
    char hash[33];
    bool parsed;
} CompileBench;

/* A mapping of one field of each type; strict. */
static const char BENCH_MAPPING[] =
    "{\"properties\":{\"@timestamp\":{\"type\":\"date\"},\"nanos\":{\"type\":\"date_nanos\"},"
    "\"event\":{\"properties\":{\"category\":{\"type\":\"keyword\"}}},"
    "\"word\":{\"type\":\"keyword\"},\"other_word\":{\"type\":\"wildcard\"},"
    "\"prose\":{\"type\":\"text\"},\"both\":{\"type\":\"text\",\"fields\":{\"raw\":{\"type\":"
    "\"keyword\"}}},"
    "\"whole\":{\"type\":\"long\"},\"small\":{\"type\":\"short\"},\"broken\":{\"type\":\"double\"},"
    "\"flag\":{\"type\":\"boolean\"},\"address\":{\"type\":\"ip\"},\"release\":{\"type\":"
    "\"version\"},"
    "\"labels\":{\"type\":\"flattened\"},\"place\":{\"type\":\"geo_point\"},"
    "\"people\":{\"type\":\"nested\",\"properties\":{\"age\":{\"type\":\"long\"}}},"
    "\"thing\":{\"properties\":{\"name\":{\"type\":\"keyword\"}}},"
    "\"nickname\":{\"type\":\"alias\",\"path\":\"word\"}}}";

static inline CompileBench bench_new(bool strict)
{
    CompileBench bench = {.arena = arena_new()};
    Err err = {0};
    bench.schema = strict ? schema_read_mapping(bench.arena, str_from_c(BENCH_MAPPING), &err)
                          : schema_builtin(bench.arena);
    assert_string_equal(err.text, "");
    return bench;
}

/* The same mapping, but no event may have a field that it lacks. */
static inline CompileBench bench_new_closed(void)
{
    CompileBench bench = bench_new(true);
    Err err = {0};
    Str mapping = str_format(bench.arena, "{\"dynamic\":false,%s", BENCH_MAPPING + 1);
    bench.schema = schema_read_mapping(bench.arena, mapping, &err);
    assert_string_equal(err.text, "");
    return bench;
}

static inline void bench_done(CompileBench *bench)
{
    arena_free(bench->arena);
}

static inline Str bench_text(CompileBench *bench, Buffer *buffer)
{
    Str copy = str_copy(bench->arena, buffer_str(buffer));
    buffer_done(buffer);
    return copy;
}

/* True when the query was taken. */
static inline bool bench_compile(CompileBench *bench, Str query)
{
    PlanBuilder *builder = plan_builder_new(bench->arena, bench->schema);
    Diagnostics diagnostics = {.arena = bench->arena};
    uint32_t id = 0;
    const EqlQuery *tree =
        eql_parse_dialect(bench->arena, query, bench->options.dialect, &diagnostics);
    bench->parsed = tree != NULL;
    bool taken = tree != NULL && eql_compile(builder, tree, &bench->options, &diagnostics, &id);
    assert_int_equal(taken, diagnostics.errors == 0);
    const PlanSet *plan = plan_builder_finish(builder);
    assert_int_equal(plan->query_count, taken);
    static const char *const SEVERITIES[] = {"note", "warning", "error"};
    Buffer said = {0};
    for (uint32_t i = 0; i < diagnostics.list.count; i++) {
        const Diagnostic *one = &diagnostics.list.items[i];
        assert_true(one->at + one->len <= query.len);
        buffer_append_format(&said, "%zu+%zu %s: %.*s\n", one->at, one->len,
                             SEVERITIES[one->severity], STR_ARG(one->message));
    }
    bench->said = bench_text(bench, &said);
    Buffer read = {0};
    if (taken) {
        explain_query(&read, plan, id);
        plan_query_hash(plan, id, bench->hash);
    }
    bench->plan = bench_text(bench, &read);
    return taken;
}

typedef struct BenchCase {
    const char *query;
    const char *wanted;
} BenchCase;

static inline void assert_text(Str found, const char *wanted, const char *query)
{
    if (!str_equal(found, str_from_c(wanted))) {
        fail_msg("%s\ngave\n%.*s\ninstead of\n%s", query, STR_ARG(found), wanted);
    }
}

/* Each query is taken without a word; the condition of its plan, without indent and fields, is `wanted`:
 * lines joined by " ; ", one ">" for each level. */
static inline Str bench_condition(CompileBench *bench)
{
    Buffer out = {0};
    Str rest = bench->plan;
    Str line;
    bool first = true;
    assert_true(str_split(&rest, '\n', &line)); /* "event" */
    while (str_split(&rest, '\n', &line) && !str_equal(line, STR("  reads"))) {
        size_t blanks = 0;
        while (blanks < line.len && line.ptr[blanks] == ' ') {
            blanks++;
        }
        buffer_append_c(&out, first ? "" : " ; ");
        for (size_t level = 1; level < blanks / 2; level++) {
            buffer_append_byte(&out, '>');
        }
        buffer_append(&out, str_slice(line, blanks, line.len));
        first = false;
    }
    return bench_text(bench, &out);
}

static inline void assert_conditions(CompileBench *bench, const BenchCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Str query = str_format(bench->arena, "any where %s", cases[i].query);
        bool taken = bench_compile(bench, query);
        assert_text(bench->said, "", cases[i].query);
        assert_true(taken);
        assert_text(bench_condition(bench), cases[i].wanted, cases[i].query);
    }
}

/* Each query is refused, or taken with a warning, and this is said. */
static inline void assert_said(CompileBench *bench, const BenchCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)bench_compile(bench, str_from_c(cases[i].query));
        assert_true(bench->parsed);
        assert_text(bench->said, cases[i].wanted, cases[i].query);
    }
}
