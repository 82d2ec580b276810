/* TOML texts: every node of a tree stands where it says, and what it says reads back. */
#include "base/buffer.h"
#include "base/json_writer.h"
#include "base/utf8.h"
#include "rule/rule_fields.h"
#include "rule/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_fault(Str text, const Err *err)
{
    require(err->at <= text.len && err->text[0] != '\0');
    for (const char *c = err->text; *c != '\0'; c++) {
        require((unsigned char)*c >= 0x20 && *c != 0x7f);
    }
}

/* A string's own bytes, read alone, give its text. */
static void check_string(Str text, const Json *string)
{
    Arena *arena = arena_new();
    Err err = {0};
    size_t bad_at = 0;
    require(string->raw.ptr == text.ptr + string->at && string->at + string->raw.len <= text.len);
    Str alone = str_format(arena, "k = %.*s", STR_ARG(string->raw));
    const Json *again = json_get(toml_parse(arena, alone, &err), STR("k"));
    require(again->kind == JSON_STRING && again->at == 4 && str_equal(again->text, string->text));
    require(utf8_check(string->text, &bad_at));
    arena_free(arena);
}

static void check_tree(Str text, const Json *tree, int depth)
{
    double number = 0;
    size_t bad_at = 0;
    require(tree->at <= text.len && depth <= JSON_MAX_DEPTH);
    require(utf8_check(tree->key, &bad_at));
    require(tree->kind != JSON_NUMBER || str_to_double(tree->text, &number));
    if (tree->kind == JSON_STRING) {
        check_string(text, tree);
    }
    uint32_t count = 0;
    for (const Json *child = tree->first; child != NULL; child = child->next, count++) {
        require(tree->kind == JSON_OBJECT ? json_get(tree, child->key) == child
                                          : tree->kind == JSON_ARRAY && child->key.len == 0);
        check_tree(text, child, depth + 1);
    }
    require(count == tree->count && count <= text.len);
}

static void check_print(const Json *tree)
{
    Arena *arena = arena_new();
    Buffer line = {0};
    Err err = {0};
    rule_print_tree(&(JsonWriter){.out = &line}, tree);
    const Json *again = json_parse(arena, buffer_str(&line), &err);
    /* JSON counts the root as a level */
    require(again == NULL ? err.code == ERR_LIMIT : again->count == tree->count);
    buffer_done(&line);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Err err = {0};
    Str text = {(const char *)data, size};
    const Json *tree = toml_parse(arena, text, &err);
    if (tree == NULL) {
        check_fault(text, &err);
    } else {
        check_tree(text, tree, 0);
        check_print(tree);
    }
    arena_free(arena);
    return 0;
}
