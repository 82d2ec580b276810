/* Any text as a mapping: reading it ends, and what is wrong is inside the text; what it maps is found again.
 * The same text as the value of a field, in every type: the raw scan and the tree give the same values, in
 * order, each once, and their keys read back and order as they do. And the first half of it as the format of a date,
 * the rest as the date. */
#include "event/date_format.h"
#include "event/document.h"
#include "event/schema_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_mapping(Arena *arena, Str text)
{
    Err err = {0};
    const Schema *schema = schema_read_mapping(arena, text, &err);
    if (schema == NULL) {
        require(err.code != ERR_NONE && err.text[0] != '\0' && err.at <= text.len);
        return;
    }
    Str path;
    SchemaField field, found;
    for (uint32_t i = 0; schema_field_at(schema, i, &path, &field); i++) {
        require(schema_find(schema, path, &found) && found.type == field.type);
        require(!schema_lacks(schema, path));
        if (i < 8 && field.type != FIELD_OBJECT) {
            Similar similar = schema_similar(schema, arena, path, 1);
            require(similar.nearest.count == 1);
            require(str_equal(similar.nearest.items[0].name, path));
        }
    }
}

static void check_keys(Arena *arena, const Values *values)
{
    Buffer key = {0};
    Buffer before = {0};
    for (uint32_t i = 0; i < values->count && i < 64; i++) {
        buffer_clear(&key);
        value_append_key(&key, &values->items[i]);
        Str rest = buffer_str(&key);
        Value read = value_read_key(arena, &rest);
        require(rest.len == 0 && value_compare(&read, &values->items[i]) == 0);
        if (i > 0) {
            int order = str_compare(buffer_str(&before), buffer_str(&key));
            int expected = value_compare(&values->items[i - 1], &values->items[i]);
            require(order != 0 && (order < 0) == (expected < 0));
        }
        Buffer swapped = before;
        before = key;
        key = swapped;
    }
    buffer_done(&key);
    buffer_done(&before);
}

static void check_values(Arena *arena, Str text)
{
    Str parts[] = {STR("{\"f\":"), text, STR("}")};
    Document document;
    Err err = {0};
    const Json *node;
    if (!document_parse(arena, str_join(arena, parts, ARRAY_LEN(parts), STR("")), &document,
                        &err) ||
        document.source->count != 1 || document_find(&document, STR("f"), &node, 1) != 1) {
        return;
    }
    for (FieldType type = FIELD_UNKNOWN; type <= FIELD_OTHER; type++) {
        for (int null_value = 0; null_value < 2; null_value++) {
            Field field = {.path = STR("f"),
                           .type = type,
                           .has_null_value = null_value != 0,
                           .null_value = STR("7")};
            Values raw = value_from_json(arena, node->raw, type, STR("7"), null_value != 0);
            Values tree = document_values(arena, &document, &field);
            require(raw.count == tree.count);
            for (uint32_t i = 0; i < raw.count; i++) {
                require(raw.items[i].kind == tree.items[i].kind);
                require(value_compare(&raw.items[i], &tree.items[i]) == 0);
                (void)value_to_text(arena, &raw.items[i]);
            }
            check_keys(arena, &raw);
        }
    }
}

static void check_date_format(Str text)
{
    Str formats = str_slice(text, 0, text.len / 2);
    Str date = str_slice(text, text.len / 2, text.len);
    int64_t ns;
    if (date_format_parse(formats, date, false, &ns)) {
        require(formats.len > 0);
        int64_t again;
        require(date_format_parse(formats, date, false, &again) && again == ns);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    /* Copied into the arena: a step past the end is seen. */
    Str text = str_copy(arena, (Str){(const char *)data, size});
    check_mapping(arena, text);
    check_values(arena, text);
    check_date_format(text);
    arena_free(arena);
    return 0;
}
