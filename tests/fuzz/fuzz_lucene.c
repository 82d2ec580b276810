/* Any text: reading it ends, and says what is wrong inside the text. What parses prints to a text that parses to an equal
 * tree, and the print of that one is the same text. */
#include "lang/lucene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_print(Arena *arena, const LuceneNode *node)
{
    Diagnostics diagnostics = {.arena = arena};
    Buffer out = {0};
    Buffer twice = {0};
    lucene_print(&out, node);
    if (out.len <= LUCENE_MAX_TEXT) { /* escapes make a text longer */
        const LuceneNode *again = lucene_parse(arena, buffer_str(&out), false, &diagnostics);
        require(again != NULL && lucene_equal(node, again));
        lucene_print(&twice, again);
        require(str_equal(buffer_str(&out), buffer_str(&twice)));
    }
    buffer_done(&out);
    buffer_done(&twice);
}

static void check_places(const LuceneNode *node, size_t size)
{
    require((size_t)node->at + node->len <= size);
    for (uint32_t i = 0; i < node->item_count; i++) {
        check_places(node->items[i], size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str text = {(const char *)data, size};
    for (int all = 0; all < 2; all++) {
        Arena *arena = arena_new();
        Diagnostics diagnostics = {.arena = arena};
        const LuceneNode *node = lucene_parse(arena, text, all != 0, &diagnostics);
        require((node == NULL) == (diagnostics.errors == 1));
        for (uint32_t i = 0; i < diagnostics.list.count; i++) {
            require(diagnostics.list.items[i].at <= size);
        }
        if (node != NULL) {
            check_places(node, size);
            check_print(arena, node);
        }
        arena_free(arena);
    }
    return 0;
}
