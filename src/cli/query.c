#include "cli/query.h"

#include "base/file.h"
#include "base/timestamp.h"
#include "compile/eql_error.h"
#include "compile/event_query.h"

static bool query_text(Run *run, Str argument, Query *query, Err *err)
{
    if (argument.len > 1 && argument.ptr[0] == '@') {
        query->name = str_slice(argument, 1, argument.len);
        return file_read(run->arena, argument.ptr + 1, EQL_MAX_TEXT, &query->text, err);
    }
    query->name = STR("query");
    query->text = argument;
    return true;
}

static Str language_of(const Run *run)
{
    return options_text(run->options, "language", STR("eql"));
}

static bool is_eql(const Run *run)
{
    return str_equal(language_of(run), STR("eql"));
}

/* True when there is no error. */
static bool tell(Run *run, const Query *query, const Diagnostics *diagnostics)
{
    Buffer out = {0};
    progress_clear(&run->progress);
    if (query->json_errors && diagnostics->errors > 0 && is_eql(run)) {
        EqlError error = eql_error(run->arena, query->text, diagnostics);
        eql_error_write(&out, &error);
        buffer_append_byte(&out, '\n');
    } else {
        for (uint32_t i = 0; i < diagnostics->list.count; i++) {
            diagnostic_print(&out, &diagnostics->list.items[i], query->name, query->text, 1,
                             run->err_colour);
        }
    }
    if (out.len > 0) {
        fwrite(out.ptr, 1, out.len, stderr);
    }
    buffer_done(&out);
    return diagnostics->errors == 0;
}

static EqlCompileOptions compile_options(Run *run, Query *query)
{
    Str dialect = options_text(run->options, "dialect", STR("extended"));
    return (EqlCompileOptions){
        .dialect = str_equal(dialect, STR("elasticsearch")) ? EQL_DIALECT_ELASTICSEARCH
                                                            : EQL_DIALECT_EXTENDED,
        .unmapped = &query->unmapped,
        .timestamp_field = options_text(run->options, "timestamp-field", STR("")),
        .event_category_field = options_text(run->options, "event-category-field", STR("")),
        .tiebreaker_field = options_text(run->options, "tiebreaker-field", STR("")),
    };
}

static FieldWatch *watch_unmapped(Run *run, const Query *query)
{
    uint32_t count = query->unmapped.list.count;
    FieldId *ids = ARENA_MANY(run->arena, FieldId, count);
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = query->unmapped.list.items[i].field;
    }
    return count == 0 ? NULL : field_watch_new(query->plan->fields, ids, count);
}

static bool compile_eql(Run *run, PlanBuilder *builder, Query *query, Diagnostics *diagnostics)
{
    EqlCompileOptions options = compile_options(run, query);
    EqlQuery *tree = eql_parse_dialect(run->arena, query->text, options.dialect, diagnostics);
    uint32_t index = 0;
    return tree != NULL && eql_compile(builder, tree, &options, diagnostics, &index);
}

static bool compile_event_query(Run *run, PlanBuilder *builder, Query *query,
                                Diagnostics *diagnostics)
{
    EventQueryOptions options = {
        .timestamp_field = options_text(run->options, "timestamp-field", STR("")),
        .tiebreaker_field = options_text(run->options, "tiebreaker-field", STR("")),
        .has_now = true,
        .now_ns = timestamp_now(),
    };
    uint32_t index = 0;
    return event_query_compile(builder, language_of(run), query->text, &options, diagnostics,
                               &index);
}

bool query_compile(Run *run, Str argument, Query *query, int *code)
{
    Err err = {0};
    *code = EXIT_INPUT;
    if (!query_text(run, argument, query, &err) || !run_schema(run, &query->schema, &err)) {
        run_error(run, EXIT_INPUT, &err);
        return false;
    }
    Diagnostics diagnostics = {.arena = run->arena};
    PlanBuilder *builder = plan_builder_new(run->arena, query->schema);
    bool done = is_eql(run) ? compile_eql(run, builder, query, &diagnostics)
                            : compile_event_query(run, builder, query, &diagnostics);
    (void)tell(run, query, &diagnostics);
    *code = EXIT_USAGE;
    if (done) {
        query->plan = plan_builder_finish(builder);
        query->watch = watch_unmapped(run, query);
    }
    return done;
}

void query_done(Query *query)
{
    field_watch_free(query->watch);
}

bool query_tell_unmapped(Run *run, const Query *query)
{
    Diagnostics diagnostics = {.arena = run->arena};
    if (query->watch != NULL) {
        eql_unmapped_tell(&query->unmapped, query->plan->fields, query->watch, &diagnostics);
    }
    return tell(run, query, &diagnostics);
}

void query_tell_unasked(Run *run, const Query *query)
{
    Diagnostics diagnostics = {.arena = run->arena};
    eql_unmapped_tell_unasked(&query->unmapped, query->plan->fields, &diagnostics);
    (void)tell(run, query, &diagnostics);
}
