/* spec_runner [--update] FILE...: asks each query of a spec of its events, in every way the engine has,
 * and compares with what the spec expects. --update writes what came out into the file.
 *
 * Settings     hold for the queries below them: events, mapping (none: the built-in schema),
 *              timestamp_field, event_category_field, tiebreaker_field, index (patterns), size N or all,
 *              position head|tail, max_samples N (per key), dialect extended|elasticsearch, now DATE (for kql and lucene),
 *              missing_at_end report|wait, filters (Kibana's), exceptions (items of a list),
 *              value_list ID (values, one a line)
 * Queries      eql, kql, lucene
 * Expected     rows (all events of all results, or one line per sequence; "-" is a missing event), keys (below the rows of a
 *              sequence: its join keys as JSON), counted (one line per result that a pipe has counted: how many, of how
 *              many, and of "count" its keys as JSON), error OFFSET: TEXT, plan (the plan explained) */
#include <inttypes.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/timestamp.h"
#include "compile/eql_compile.h"
#include "compile/event_query.h"
#include "plan/explain.h"
#include "plan_twice.h"
#include "spec_exceptions.h"
#include "spec_file.h"
#include "twin.h"

#define MAX_SPEC_BYTES ((size_t)16 << 20)

typedef struct Expectation {
    uint32_t first, end; /* blocks */
    uint32_t rows, keys; /* how many lines of each */
    uint32_t longest;    /* numbers in the longest rows line */
    bool plan, counted;
} Expectation;

typedef struct Runner {
    Arena *arena; /* of the file */
    const char *path;
    bool update;
    SpecFile file;
    Buffer updated;
    uint32_t copied; /* lines of the file that are in `updated` */
    uint32_t checks, failures;

    const Schema *schema;
    const Str *events;
    uint32_t event_count;
    EqlCompileOptions options;
    RuleList exceptions;
    bool has_now;
    int64_t now_ns;
    bool has_size, head;
    uint64_t size;
    uint64_t max_samples_per_key;
    bool wait_at_end;
} Runner;

static bool fail(Runner *runner, uint32_t line, const char *format, ...) PRINTF_LIKE(3, 4);

static bool fail(Runner *runner, uint32_t line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%u: ", runner->path, line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    runner->failures++;
    return false;
}

/* --- settings --- */

static bool set_events(Runner *runner, const SpecBlock *block)
{
    Str *events = ARENA_MANY(runner->arena, Str, block->body.count);
    for (uint32_t i = 0; i < block->body.count; i++) {
        events[i] = twin_event(runner->arena, block->body.items[i]);
    }
    runner->events = events;
    runner->event_count = block->body.count;
    return true;
}

static bool set_mapping(Runner *runner, const SpecBlock *block)
{
    Err err = {0};
    Str json = spec_block_text(runner->arena, block);
    if (json.len == 0) {
        runner->schema = schema_builtin(runner->arena);
        return true;
    }
    runner->schema = schema_read_mapping(runner->arena, json, &err);
    return runner->schema != NULL || fail(runner, block->line, "mapping: %s", err.text);
}

static bool set_index(Runner *runner, const SpecBlock *block)
{
    ARRAY(Str) patterns = {0};
    Str rest = block->text;
    for (Str part; rest.len > 0 && str_split(&rest, ' ', &part);) {
        if (part.len > 0) {
            ARRAY_PUSH(runner->arena, &patterns, part);
        }
    }
    runner->options.index_patterns = patterns.items;
    runner->options.index_pattern_count = patterns.count;
    return true;
}

static bool set_size(Runner *runner, const SpecBlock *block)
{
    runner->has_size = !str_equal(block->text, STR("all"));
    return !runner->has_size || str_to_u64(block->text, &runner->size) ||
           fail(runner, block->line, "size: a number or 'all'");
}

static bool set_position(Runner *runner, const SpecBlock *block)
{
    runner->head = str_equal(block->text, STR("head"));
    return runner->head || str_equal(block->text, STR("tail")) ||
           fail(runner, block->line, "position: head or tail");
}

static bool set_max_samples(Runner *runner, const SpecBlock *block)
{
    return str_to_u64(block->text, &runner->max_samples_per_key) ||
           fail(runner, block->line, "max_samples: a number");
}

static bool set_now(Runner *runner, const SpecBlock *block)
{
    runner->has_now = timestamp_parse(block->text, &runner->now_ns);
    return runner->has_now || fail(runner, block->line, "now: a date");
}

static bool set_missing_at_end(Runner *runner, const SpecBlock *block)
{
    runner->wait_at_end = str_equal(block->text, STR("wait"));
    return runner->wait_at_end || str_equal(block->text, STR("report")) ||
           fail(runner, block->line, "missing_at_end: report or wait");
}

static bool set_filters(Runner *runner, const SpecBlock *block)
{
    Err err = {0};
    Str json = spec_block_text(runner->arena, block);
    runner->options.filters = json.len == 0 ? NULL : json_parse(runner->arena, json, &err);
    return json.len == 0 || runner->options.filters != NULL ||
           fail(runner, block->line, "filters: %s", err.text);
}

static bool set_exceptions(Runner *runner, const SpecBlock *block)
{
    Err err = {0};
    Str json = spec_block_text(runner->arena, block);
    return spec_exceptions_read(runner->arena, json, &runner->exceptions, &err) ||
           fail(runner, block->line, "exceptions: %s", err.text);
}

static bool set_value_list(Runner *runner, const SpecBlock *block)
{
    Err err = {0};
    runner->exceptions.arena = runner->arena;
    return spec_value_list(&runner->exceptions, block->text, block->body.items, block->body.count,
                           &err) ||
           fail(runner, block->line, "value_list: %s", err.text);
}

static bool set_dialect(Runner *runner, const SpecBlock *block)
{
    bool plain = str_equal(block->text, STR("elasticsearch"));
    runner->options.dialect = plain ? EQL_DIALECT_ELASTICSEARCH : EQL_DIALECT_EXTENDED;
    return plain || str_equal(block->text, STR("extended")) ||
           fail(runner, block->line, "dialect: elasticsearch or extended");
}

static bool apply_setting(Runner *runner, const SpecBlock *block)
{
    static const struct {
        Str keyword;
        bool (*set)(Runner *runner, const SpecBlock *block);
    } SETTINGS[] = {
        {STR_INIT("events"), set_events},
        {STR_INIT("mapping"), set_mapping},
        {STR_INIT("index"), set_index},
        {STR_INIT("size"), set_size},
        {STR_INIT("position"), set_position},
        {STR_INIT("max_samples"), set_max_samples},
        {STR_INIT("dialect"), set_dialect},
        {STR_INIT("now"), set_now},
        {STR_INIT("missing_at_end"), set_missing_at_end},
        {STR_INIT("filters"), set_filters},
        {STR_INIT("exceptions"), set_exceptions},
        {STR_INIT("value_list"), set_value_list},
    };
    const struct {
        Str keyword;
        Str *to;
    } fields[] = {
        {STR("timestamp_field"), &runner->options.timestamp_field},
        {STR("event_category_field"), &runner->options.event_category_field},
        {STR("tiebreaker_field"), &runner->options.tiebreaker_field},
    };
    for (size_t i = 0; i < ARRAY_LEN(SETTINGS); i++) {
        if (str_equal(block->keyword, SETTINGS[i].keyword)) {
            return SETTINGS[i].set(runner, block);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (str_equal(block->keyword, fields[i].keyword)) {
            *fields[i].to = block->text;
            return true;
        }
    }
    return fail(runner, block->line, "unknown keyword '%.*s'", STR_ARG(block->keyword));
}

/* --- what came out, as the spec would say it --- */

static void append_errors(Buffer *out, const Diagnostics *diagnostics)
{
    for (uint32_t i = 0; i < diagnostics->list.count; i++) {
        const Diagnostic *diagnostic = &diagnostics->list.items[i];
        if (diagnostic->severity == SEVERITY_ERROR) {
            Str text = str_format(diagnostics->arena, "%zu: %.*s", diagnostic->at,
                                  STR_ARG(diagnostic->message));
            spec_append_line(out, "error", text);
        }
    }
}

static void append_rows(Buffer *out, const TwinResult *results, uint32_t count)
{
    Buffer text = {0};
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t row = 0; row < results[i].row_count; row++) {
            buffer_append_c(&text, text.len == 0 ? "" : " ");
            if (results[i].rows[row] == TWIN_MISSING) {
                buffer_append_byte(&text, '-');
            } else {
                buffer_append_format(&text, "%u", results[i].rows[row]);
            }
        }
    }
    spec_append_line(out, "rows", buffer_str(&text));
    buffer_done(&text);
}

static void append_keys(Buffer *out, Arena *arena, const TwinResult *result)
{
    Buffer text = {0};
    JsonWriter writer = {.out = &text};
    json_begin_array(&writer);
    for (Str rest = result->key; rest.len > 0;) {
        Value value = value_read_key(arena, &rest);
        twin_write_value(&writer, &value);
    }
    json_end_array(&writer);
    spec_append_line(out, "keys", buffer_str(&text));
    buffer_done(&text);
}

static void append_counted(Buffer *out, Arena *arena, const TwinResult *result)
{
    Buffer text = {0};
    twin_append_counted(&text, arena, result);
    spec_append_line(out, "counted", buffer_str(&text));
    buffer_done(&text);
}

static void append_plan(Buffer *out, const PlanSet *plan)
{
    Buffer text = {0};
    explain_query(&text, plan, 0);
    spec_append_line(out, "plan", STR(""));
    Str rest = str_trim(buffer_str(&text));
    for (Str line; str_split(&rest, '\n', &line);) {
        buffer_append_format(out, "  %.*s\n", STR_ARG(line));
    }
    buffer_done(&text);
}

/* One line for all, or one per sequence: as the spec has it. */
static void append_found(Buffer *out, Arena *arena, const PlanSet *plan,
                         const Expectation *expected, const TwinResults *results)
{
    const QueryPlan *query = &plan->queries[0];
    const TwinResult *items = results->list.items;
    bool flat = query->kind == QUERY_EVENT || results->list.count == 0 ||
                (expected->rows == 1 && expected->longest > query->stage_count);
    if (flat) {
        append_rows(out, items, results->list.count);
        return;
    }
    bool keys = query->key_count > 0 && (expected->keys > 0 || expected->rows == 0);
    for (uint32_t i = 0; i < results->list.count; i++) {
        append_rows(out, &items[i], 1);
        if (keys) {
            append_keys(out, arena, &items[i]);
        }
    }
}

static void append_results(Buffer *out, Arena *arena, const PlanSet *plan,
                           const Expectation *expected, const TwinResults *results)
{
    const TwinResult *items = results->list.items;
    if (results->list.count == 0 || items[0].row_count > 0) {
        append_found(out, arena, plan, expected, results);
    }
    for (uint32_t i = 0; i < results->list.count; i++) {
        if (items[i].counted) {
            append_counted(out, arena, &items[i]);
        }
    }
}

/* --- one query --- */

static bool is_expectation(Str keyword)
{
    return str_equal(keyword, STR("rows")) || str_equal(keyword, STR("keys")) ||
           str_equal(keyword, STR("counted")) || str_equal(keyword, STR("error")) ||
           str_equal(keyword, STR("plan"));
}

static bool is_query(Str keyword)
{
    return str_equal(keyword, STR("eql")) || str_equal(keyword, STR("kql")) ||
           str_equal(keyword, STR("lucene"));
}

static uint32_t count_words(Str text)
{
    uint32_t count = 0;
    for (Str part; text.len > 0 && str_split(&text, ' ', &part);) {
        count += part.len > 0;
    }
    return count;
}

static Expectation read_expectation(const SpecFile *file, uint32_t first)
{
    Expectation expected = {.first = first, .end = first};
    for (; expected.end < file->blocks.count; expected.end++) {
        const SpecBlock *block = &file->blocks.items[expected.end];
        if (!is_expectation(block->keyword)) {
            break;
        }
        if (str_equal(block->keyword, STR("rows"))) {
            uint32_t words = count_words(block->text);
            expected.rows++;
            expected.longest = words > expected.longest ? words : expected.longest;
        }
        expected.keys += str_equal(block->keyword, STR("keys"));
        expected.counted |= str_equal(block->keyword, STR("counted"));
        expected.plan |= str_equal(block->keyword, STR("plan"));
    }
    return expected;
}

static void append_expectation(Buffer *out, Arena *arena, const SpecFile *file,
                               const Expectation *expected)
{
    for (uint32_t i = expected->first; i < expected->end; i++) {
        const SpecBlock *block = &file->blocks.items[i];
        spec_append_line(out, str_to_c(arena, block->keyword), block->text);
        for (uint32_t line = block->line; line + 1 < block->end; line++) {
            buffer_append_format(out, "%.*s\n", STR_ARG(file->lines.items[line]));
        }
    }
}

/* Every way must give the same. */
static bool run_ways(Runner *runner, Arena *arena, const SpecBlock *block, const PlanSet *plan,
                     TwinResults *results)
{
    TwinRun run = {
        .plan = plan,
        .events = runner->events,
        .event_count = runner->event_count,
        .has_size = runner->has_size,
        .head = runner->head,
        .size = runner->size,
        .max_samples_per_key = runner->max_samples_per_key,
        .wait_at_end = runner->wait_at_end,
    };
    Err err = {0};
    if (!twin_run(arena, &run, TWIN_COLUMNS, results, &err)) {
        return fail(runner, block->line, "%s", err.text);
    }
    for (TwinWay way = TWIN_COLUMNS; way < TWIN_WAYS; way++) {
        TwinResults others;
        run.batch_rows = 2;
        if (!twin_run(arena, &run, way, &others, &err)) {
            return fail(runner, block->line, "%s: %s", twin_way_name(way), err.text);
        }
        if (!twin_equal(results, &others)) {
            Buffer text = {0};
            append_rows(&text, results->list.items, results->list.count);
            append_rows(&text, others.list.items, others.list.count);
            fail(runner, block->line, "not the same %s:\n%.*s", twin_way_name(way),
                 STR_ARG(buffer_str(&text)));
            buffer_done(&text);
            return false;
        }
    }
    return true;
}

static bool compile(const Runner *runner, PlanBuilder *builder, const SpecBlock *block,
                    Diagnostics *diagnostics)
{
    Arena *arena = diagnostics->arena;
    EqlCompileOptions eql = runner->options;
    const EqlCompileOptions *options = &eql;
    Str text = spec_block_text(arena, block);
    NodeId seen = 0;
    uint32_t query;
    if (!spec_exceptions_compile(&runner->exceptions, builder, diagnostics, &seen)) {
        return false;
    }
    eql.seen = &seen;
    if (str_equal(block->keyword, STR("eql"))) {
        EqlQuery *tree = eql_parse_dialect(arena, text, options->dialect, diagnostics);
        return tree != NULL && eql_compile(builder, tree, options, diagnostics, &query);
    }
    EventQueryOptions options_of_events = {.timestamp_field = options->timestamp_field,
                                           .tiebreaker_field = options->tiebreaker_field,
                                           .index_patterns = options->index_patterns,
                                           .index_pattern_count = options->index_pattern_count,
                                           .filters = options->filters,
                                           .seen = &seen,
                                           .has_now = runner->has_now,
                                           .now_ns = runner->now_ns};
    return event_query_compile(builder, block->keyword, text, &options_of_events, diagnostics,
                               &query);
}

/* What comes out of the query into `actual`. False when that cannot even be told. */
static bool ask(Runner *runner, Arena *arena, const SpecBlock *block, const Expectation *expected,
                Buffer *actual)
{
    Diagnostics diagnostics = {.arena = arena};
    PlanBuilder *builder = plan_builder_new(arena, runner->schema);
    if (!compile(runner, builder, block, &diagnostics)) {
        append_errors(actual, &diagnostics);
        return true;
    }
    const PlanSet *plan = plan_builder_finish(builder);
    const char *difference = plan_twice(arena, plan);
    if (difference != NULL) {
        return fail(runner, block->line, "kept on disk, the plan is another: %s", difference);
    }
    TwinResults results;
    if (!run_ways(runner, arena, block, plan, &results)) {
        return false;
    }
    bool wants_rows = expected->rows > 0 || expected->counted || !expected->plan;
    if (wants_rows) {
        append_results(actual, arena, plan, expected, &results);
    }
    if (expected->plan) {
        append_plan(actual, plan);
    }
    return true;
}

static void copy_lines(Runner *runner, uint32_t end)
{
    for (; runner->copied < end; runner->copied++) {
        buffer_append(&runner->updated, runner->file.lines.items[runner->copied]);
        buffer_append_byte(&runner->updated, '\n');
    }
}

/* Puts what came out in the place of what was expected. Comments between expectations go with them. */
static void replace_expectation(Runner *runner, const SpecBlock *block, const Expectation *expected,
                                const Buffer *actual)
{
    uint32_t from = block->end - 1;
    uint32_t to = from;
    if (expected->end > expected->first) {
        from = runner->file.blocks.items[expected->first].line - 1;
        to = runner->file.blocks.items[expected->end - 1].end - 1;
    }
    copy_lines(runner, from);
    buffer_append(&runner->updated, buffer_str(actual));
    runner->copied = to;
}

static void check_query(Runner *runner, uint32_t at, const Expectation *expected)
{
    const SpecBlock *block = &runner->file.blocks.items[at];
    Arena *arena = arena_new();
    Buffer actual = {0};
    Buffer wanted = {0};
    runner->checks++;
    if (ask(runner, arena, block, expected, &actual)) {
        append_expectation(&wanted, arena, &runner->file, expected);
        bool same = str_equal(buffer_str(&actual), buffer_str(&wanted));
        if (runner->update && !same) {
            replace_expectation(runner, block, expected, &actual);
        } else if (!same) {
            fail(runner, block->line, "%.*s\n--- expected\n%.*s--- got\n%.*s",
                 STR_ARG(spec_block_text(arena, block)), STR_ARG(buffer_str(&wanted)),
                 STR_ARG(buffer_str(&actual)));
        }
    }
    buffer_done(&actual);
    buffer_done(&wanted);
    arena_free(arena);
}

/* --- one file --- */

static void run_blocks(Runner *runner)
{
    const SpecFile *file = &runner->file;
    for (uint32_t i = 0; i < file->blocks.count;) {
        const SpecBlock *block = &file->blocks.items[i];
        if (is_query(block->keyword)) {
            Expectation expected = read_expectation(file, i + 1);
            check_query(runner, i, &expected);
            i = expected.end;
        } else if (apply_setting(runner, block)) {
            i++;
        } else {
            return;
        }
    }
    if (runner->checks == 0) {
        fail(runner, 1, "asks nothing");
    }
}

static bool write_file(const char *path, Str text)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        return false;
    }
    bool written = fwrite(text.ptr, 1, text.len, file) == text.len;
    return fclose(file) == 0 && written;
}

static bool run_file(const char *path, bool update)
{
    Runner runner = {.arena = arena_new(), .path = path, .update = update};
    runner.schema = schema_builtin(runner.arena);
    Str text;
    Err err = {0};
    bool markdown = str_ends_with(str_from_c(path), STR(".md"));
    if (!file_read(runner.arena, path, MAX_SPEC_BYTES, &text, &err) ||
        !spec_file_parse(runner.arena, text, markdown, &runner.file, &err)) {
        fail(&runner, 0, "%s", err.text);
    } else {
        run_blocks(&runner);
        if (runner.updated.len > 0) {
            uint32_t count = runner.file.lines.count;
            copy_lines(&runner, count - (runner.file.lines.items[count - 1].len == 0));
            if (!write_file(path, buffer_str(&runner.updated))) {
                fail(&runner, 0, "%m");
            }
        }
    }
    printf("%s: %u queries, %u failures\n", path, runner.checks, runner.failures);
    buffer_done(&runner.updated);
    arena_free(runner.arena);
    return runner.failures == 0;
}

int main(int argc, char **argv)
{
    bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
    int first = update ? 2 : 1;
    if (first >= argc) {
        fputs("usage: spec_runner [--update] FILE...\n", stderr);
        return EXIT_FAILURE;
    }
    bool ok = true;
    for (int i = first; i < argc; i++) {
        ok = run_file(argv[i], update) && ok;
    }
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
