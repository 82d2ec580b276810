#include "cli/query.h"

#include "base/file.h"

static bool query_text(Run *run, Str argument, Str *name, Str *text, Err *err)
{
    if (argument.len > 1 && argument.ptr[0] == '@') {
        *name = str_slice(argument, 1, argument.len);
        return file_read(run->arena, argument.ptr + 1, EQL_MAX_TEXT, text, err);
    }
    *name = STR("query");
    *text = argument;
    return true;
}

static void tell(Run *run, const Diagnostics *diagnostics, Str name, Str text)
{
    Buffer out = {0};
    for (uint32_t i = 0; i < diagnostics->list.count; i++) {
        diagnostic_print(&out, &diagnostics->list.items[i], name, text, 1, run->err_colour);
    }
    if (out.len > 0) {
        fwrite(out.ptr, 1, out.len, stderr);
    }
    buffer_done(&out);
}

const PlanSet *query_compile(Run *run, Str argument, const Schema **schema, int *code)
{
    Err err = {0};
    Str name;
    Str text;
    *code = EXIT_INPUT;
    if (!query_text(run, argument, &name, &text, &err) || !run_schema(run, schema, &err)) {
        run_error(run, EXIT_INPUT, &err);
        return NULL;
    }
    EqlCompileOptions options = {
        .timestamp_field = options_text(run->options, "timestamp-field", STR("")),
        .event_category_field = options_text(run->options, "event-category-field", STR("")),
        .tiebreaker_field = options_text(run->options, "tiebreaker-field", STR("")),
    };
    Diagnostics diagnostics = {.arena = run->arena};
    PlanBuilder *builder = plan_builder_new(run->arena, *schema);
    EqlQuery *query = eql_parse(run->arena, text, &diagnostics);
    uint32_t index = 0;
    bool done = query != NULL && eql_compile(builder, query, &options, &diagnostics, &index);
    tell(run, &diagnostics, name, text);
    *code = EXIT_USAGE;
    return done ? plan_builder_finish(builder) : NULL;
}
