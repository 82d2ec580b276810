/* Any text: reading it ends, and says what is wrong inside the text. What parses prints to a text
 * that parses to an equal tree, and the print of that one is the same text: it is canonical. It compiles
 * under a mapping of nothing, or says why not; and Elasticsearch's answer to what is wrong is JSON. */
#include "base/json.h"
#include "compile/eql_compile.h"
#include "compile/eql_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_answer(const Diagnostics *diagnostics, Str text)
{
    Err err = {0};
    Buffer out = {0};
    EqlError error = eql_error(diagnostics->arena, text, diagnostics);
    eql_error_write(&out, &error);
    require(error.reason.len > 0 && json_parse(diagnostics->arena, buffer_str(&out), &err) != NULL);
    buffer_done(&out);
}

static void check_diagnostics(const Diagnostics *diagnostics, Str text)
{
    for (uint32_t i = 0; i < diagnostics->list.count; i++) {
        const Diagnostic *diagnostic = &diagnostics->list.items[i];
        require(diagnostic->at <= text.len && diagnostic->len <= text.len - diagnostic->at);
        require(diagnostic->message.len > 0 && diagnostic->message.len < 2000);
        size_t line = 0;
        size_t column = 0;
        eql_position(text, diagnostic, &line, &column);
        require(line > 0 && column > 0);
    }
}

static void check_query(Arena *arena, const EqlQuery *query)
{
    Diagnostics diagnostics = {.arena = arena};
    Buffer out = {0};
    Buffer twice = {0};
    eql_print(&out, query);
    if (out.len <= EQL_MAX_TEXT) { /* escapes make a text longer */
        const EqlQuery *again = eql_parse(arena, buffer_str(&out), &diagnostics);
        require(again != NULL && eql_equal(query, again));
        eql_print(&twice, again);
        require(str_equal(buffer_str(&out), buffer_str(&twice)));
    }
    buffer_done(&out);
    buffer_done(&twice);
}

/* No event has anything. */
static void check_fields(const PlanSet *plan, const EqlUnmapped *unmapped, Diagnostics *diagnostics)
{
    uint32_t count = unmapped->list.count;
    FieldId *ids = ARENA_MANY(diagnostics->arena, FieldId, count);
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = unmapped->list.items[i].field;
    }
    FieldWatch *watch = field_watch_new(plan->fields, ids, count);
    eql_unmapped_tell(unmapped, plan->fields, watch, diagnostics);
    require((diagnostics->errors == 0) == (count == 0));
    field_watch_free(watch);
}

static void check_compiled(Arena *arena, const EqlQuery *query, Str text)
{
    Err err = {0};
    uint32_t index = 0;
    EqlUnmapped unmapped = {0};
    EqlCompileOptions options = {.unmapped = &unmapped};
    Diagnostics diagnostics = {.arena = arena};
    const Schema *schema = schema_read_mapping(arena, STR("{\"properties\":{}}"), &err);
    require(schema != NULL);
    PlanBuilder *builder = plan_builder_new(arena, schema);
    bool done = eql_compile(builder, query, &options, &diagnostics, &index);
    require(done == (diagnostics.errors == 0));
    if (done) {
        check_fields(plan_builder_finish(builder), &unmapped, &diagnostics);
    }
    if (diagnostics.errors > 0) {
        check_diagnostics(&diagnostics, text);
        check_answer(&diagnostics, text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    Str text = {(const char *)data, size};
    const EqlQuery *query = eql_parse(arena, text, &diagnostics);
    if (query == NULL) {
        require(diagnostics.errors == 1);
        check_diagnostics(&diagnostics, text);
        check_answer(&diagnostics, text);
    } else {
        require(diagnostics.list.count == 0);
        check_query(arena, query);
        check_compiled(arena, query, text);
    }
    arena_free(arena);
    return 0;
}
