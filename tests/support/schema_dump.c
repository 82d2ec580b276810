/* Prints the built-in schema, a field a line: path, tab, Elasticsearch's type. With arguments: the paths among
 * them that the schema lacks. */
#include "event/schema_build.h"

int main(int argc, char **argv)
{
    Arena *arena = arena_new();
    const Schema *schema = schema_builtin(arena);
    Str path;
    SchemaField field;
    for (uint32_t i = 0; argc == 1 && schema_field_at(schema, i, &path, &field); i++) {
        printf("%.*s\t%.*s\n", STR_ARG(path), STR_ARG(field.type_name));
    }
    for (int i = 1; i < argc; i++) {
        if (schema_lacks(schema, str_from_c(argv[i]))) {
            printf("%s\n", argv[i]);
        }
    }
    arena_free(arena);
    return EXIT_SUCCESS;
}
