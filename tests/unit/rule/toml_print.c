/* Reads TOML texts from standard input, each after a line with its length, and prints each as one
 * line of JSON, or "!" and what is wrong with it: what check_toml.py compares with another
 * reader. */
#include "base/json_writer.h"
#include "rule/rule_fields.h"
#include "rule/toml.h"

#define MAX_TEXT ((size_t)1 << 20)

static void print_one(Str text)
{
    Arena *arena = arena_new();
    Err err = {0};
    const Json *tree = toml_parse(arena, text, &err);
    if (tree == NULL) {
        printf("!%s\n", err.text);
    } else {
        Buffer line = {0};
        JsonWriter out = {.out = &line};
        rule_print_tree(&out, tree);
        printf("%.*s\n", (int)line.len, line.ptr);
        buffer_done(&line);
    }
    arena_free(arena);
}

int main(void)
{
    char head[32];
    char *text = malloc(MAX_TEXT);
    while (text != NULL && fgets(head, sizeof head, stdin) != NULL) {
        uint64_t len = 0;
        bool whole = str_to_u64(str_trim(str_from_c(head)), &len) && len <= MAX_TEXT &&
                     fread(text, 1, len, stdin) == len;
        if (!whole) {
            free(text);
            return EXIT_FAILURE;
        }
        print_one((Str){text, len});
    }
    free(text);
    return EXIT_SUCCESS;
}
