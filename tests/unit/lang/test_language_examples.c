/* Every ```eql block of docs/language.md is a query that parses and prints to one that is equal. */
#include "unit.h"

#include "base/file.h"
#include "lang/eql.h"

#define FEWEST_EXAMPLES 15 /* fewer would mean that the blocks are no longer found */

static const char *path;

/* The text between the next "```eql" line and its closing fence; *rest moves behind it. */
static bool next_example(Str *rest, Str *example)
{
    static const Str OPENING = STR_INIT("\n```eql\n");
    size_t from = 0;
    size_t to = 0;
    if (!str_find(*rest, OPENING, 0, &from)) {
        return false;
    }
    from += OPENING.len;
    if (!str_find(*rest, STR("\n```\n"), from, &to)) {
        fail_msg("a block of %s has no end", path);
    }
    *example = str_slice(*rest, from, to);
    *rest = str_slice(*rest, to, rest->len);
    return true;
}

static void check_example(Arena *arena, Str example)
{
    Diagnostics diagnostics = {.arena = arena};
    const EqlQuery *query = eql_parse(arena, example, &diagnostics);
    if (query == NULL) {
        fail_msg("%.*s\n%.*s", STR_ARG(example), STR_ARG(diagnostics.list.items[0].message));
    }
    Buffer out = {0};
    eql_print(&out, query);
    const EqlQuery *again = eql_parse(arena, buffer_str(&out), &diagnostics);
    assert_non_null(again);
    assert_true(eql_equal(query, again));
    buffer_done(&out);
}

TEST(examples_of_the_language_document_parse)
{
    Arena *arena = arena_new();
    Err err = {0};
    Str text = {0};
    if (!file_read(arena, path, (size_t)1024 * 1024, &text, &err)) {
        fail_msg("%s", err.text);
    }
    Str example = {0};
    size_t count = 0;
    while (next_example(&text, &example)) {
        check_example(arena, example);
        count++;
    }
    assert_true(count >= FEWEST_EXAMPLES);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s docs/language.md\n", argv[0]);
        return EXIT_FAILURE;
    }
    path = argv[1];
    const struct CMUnitTest tests[] = {CASE(examples_of_the_language_document_parse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
