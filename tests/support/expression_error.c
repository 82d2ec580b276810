/* What Elasticsearch's API would say of an EQL expression that stands alone: expression_error EXPRESSION.
 * Prints nothing when the expression is read. */
#include "compile/eql_error.h"
#include "lang/eql.h"

int main(int argc, char **argv)
{
    if (argc != 2) {
        return EXIT_FAILURE;
    }
    Arena *arena = arena_new();
    Diagnostics diagnostics = {.arena = arena};
    Str text = str_from_c(argv[1]);
    if (eql_parse_expression(arena, text, &diagnostics) == NULL) {
        Buffer out = {0};
        EqlError error = eql_error(arena, text, &diagnostics);
        eql_error_write(&out, &error);
        printf("%.*s\n", STR_ARG(buffer_str(&out)));
        buffer_done(&out);
    }
    arena_free(arena);
    return EXIT_SUCCESS;
}
