/* Any text: reading it ends, and says what is wrong inside the text. What parses prints to a text that parses to an equal
 * tree, and the print of that one is the same text. */
#include "lang/kql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_print(Arena *arena, const KqlNode *node)
{
    Diagnostics diagnostics = {.arena = arena};
    Buffer out = {0};
    Buffer twice = {0};
    kql_print(&out, node);
    if (out.len <= KQL_MAX_TEXT) { /* escapes make a text longer */
        const KqlNode *again = kql_parse(arena, buffer_str(&out), &diagnostics);
        require(again != NULL && kql_equal(node, again));
        kql_print(&twice, again);
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
    const KqlNode *node = kql_parse(arena, text, &diagnostics);
    require((node == NULL) == (diagnostics.errors == 1));
    for (uint32_t i = 0; i < diagnostics.list.count; i++) {
        require(diagnostics.list.items[i].at <= size);
    }
    if (node != NULL) {
        check_print(arena, node);
    }
    arena_free(arena);
    return 0;
}
