#include "event_edit.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "base/utf8.h"

/* Edits are met in order on the way through the tree; the one that is wanted is made. */
typedef struct Edit {
    Arena *arena;
    uint32_t wanted, met;
} Edit;

static bool chosen(Edit *edit)
{
    return edit->met++ == edit->wanted;
}

static void set_text(Edit *edit, Json *node, Str text)
{
    Buffer raw = {0};
    json_append_escaped(&raw, text);
    node->raw = str_copy(edit->arena, buffer_str(&raw));
    buffer_done(&raw);
}

static bool cut_text(Edit *edit, Json *node)
{
    Str text = node->text;
    size_t middle = text.len / 2;
    size_t first = 0;
    if (text.len == 0) {
        return false;
    }
    while (middle > 0 && ((unsigned char)text.ptr[middle] & 0xc0) == 0x80) {
        middle--;
    }
    utf8_next(text, &first);
    const struct {
        size_t from, to;
    } parts[] = {{0, middle}, {middle == 0 ? text.len : middle, text.len}, {first, text.len}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (chosen(edit)) {
            set_text(edit, node, str_slice(text, parts[i].from, parts[i].to));
            return true;
        }
    }
    return false;
}

static bool edit_scalar(Edit *edit, Json *node)
{
    if (node->kind == JSON_STRING) {
        return cut_text(edit, node);
    }
    if (node->kind == JSON_NUMBER && node->raw.len > 1 && chosen(edit)) {
        node->raw = STR("1");
        return true;
    }
    return false;
}

/* The array gives way to one of its elements, the object to none. */
static bool be_an_element(Edit *edit, Json *array)
{
    for (const Json *child = array->first; child != NULL; child = child->next) {
        if (chosen(edit)) {
            Str key = array->key;
            Json *next = array->next;
            *array = *child;
            array->key = key;
            array->next = next;
            return true;
        }
    }
    return false;
}

static bool edit_value(Edit *edit, Json *node)
{
    if (node->kind != JSON_ARRAY && node->kind != JSON_OBJECT) {
        return edit_scalar(edit, node);
    }
    if (node->kind == JSON_ARRAY && be_an_element(edit, node)) {
        return true;
    }
    for (Json **at = &node->first; *at != NULL; at = &(*at)->next) {
        if (chosen(edit)) {
            *at = (*at)->next;
            return true;
        }
    }
    for (Json *child = node->first; child != NULL; child = child->next) {
        if (edit_value(edit, child)) {
            return true;
        }
    }
    return false;
}

static void print(JsonWriter *writer, const Json *node)
{
    if (node->kind == JSON_OBJECT) {
        json_begin_object(writer);
        for (const Json *child = node->first; child != NULL; child = child->next) {
            json_key(writer, child->key);
            print(writer, child);
        }
        json_end_object(writer);
    } else if (node->kind == JSON_ARRAY) {
        json_begin_array(writer);
        for (const Json *child = node->first; child != NULL; child = child->next) {
            print(writer, child);
        }
        json_end_array(writer);
    } else {
        json_raw(writer, node->raw);
    }
}

bool event_edit(Arena *arena, Str event, uint32_t number, Str *out)
{
    Err err = {0};
    Edit edit = {.arena = arena, .wanted = number};
    Json *tree = json_parse(arena, event, &err);
    if (tree == NULL || !edit_value(&edit, tree)) {
        return false;
    }
    Buffer text = {0};
    print(&(JsonWriter){.out = &text}, tree);
    *out = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return true;
}
