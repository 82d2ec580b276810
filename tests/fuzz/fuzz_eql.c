/* Any text: reading it ends, and says what is wrong inside the text. What parses prints to a text
 * that parses to an equal tree, and the print of that one is the same text: it is canonical. */
#include "lang/eql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_diagnostics(const Diagnostics *diagnostics, Str text)
{
    require(diagnostics->errors == 1);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    Str text = {(const char *)data, size};
    const EqlQuery *query = eql_parse(arena, text, &diagnostics);
    if (query == NULL) {
        check_diagnostics(&diagnostics, text);
    } else {
        require(diagnostics.list.count == 0);
        check_query(arena, query);
    }
    arena_free(arena);
    return 0;
}
