#include "alert/alert_source.h"

#include "base/table.h"

/* In valid JSON a line break stands between values, never inside a string. */
static void append_raw(JsonWriter *out, Str raw)
{
    size_t at = 0;
    json_raw(out, STR(""));
    if (!str_find_byte(raw, '\n', 0, &at) && !str_find_byte(raw, '\r', 0, &at)) {
        buffer_append(out->out, raw);
        return;
    }
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] != '\n' && raw.ptr[i] != '\r') {
            buffer_append_byte(out->out, raw.ptr[i]);
        }
    }
}

void alert_source_print_value(JsonWriter *out, const Json *value)
{
    if (value->raw.len > 0) {
        append_raw(out, value->raw);
        return;
    }
    bool object = value->kind == JSON_OBJECT;
    assert(object || value->kind == JSON_ARRAY); /* only common_fields makes nodes without raw */
    (object ? json_begin_object : json_begin_array)(out);
    for (const Json *child = value->first; child != NULL; child = child->next) {
        if (object) {
            json_key(out, child->key);
        }
        alert_source_print_value(out, child);
    }
    (object ? json_end_object : json_end_array)(out);
}

/* `key` is `root` or lies below it, with a dot between. */
static bool is_below(Str key, Str root)
{
    return str_starts_with(key, root) && (key.len == root.len || key.ptr[root.len] == '.');
}

static bool is_left_out(Str key)
{
    static const Str ROOTS[] = {STR_INIT("kibana"), STR_INIT("signal"),
                                STR_INIT("threshold_result")};
    for (size_t i = 0; i < ARRAY_LEN(ROOTS); i++) {
        if (is_below(key, ROOTS[i])) {
            return true;
        }
    }
    return str_equal(key, STR("@timestamp")) || str_equal(key, STR("_id")) ||
           str_equal(key, STR("_index"));
}

static void print_event_object(JsonWriter *out, const Json *event)
{
    bool told = false;
    json_key(out, event->key);
    json_begin_object(out);
    for (const Json *child = event->first; child != NULL; child = child->next) {
        if (is_below(child->key, STR("kind"))) {
            if (!told) {
                json_member_string(out, "kind", STR("signal"));
            }
            told = true;
            continue;
        }
        json_key(out, child->key);
        alert_source_print_value(out, child);
    }
    if (!told) {
        json_member_string(out, "kind", STR("signal"));
    }
    json_end_object(out);
}

/* Where event.kind is to be written: in an object "event" when there is one, else beside dotted
 * keys. An "event" that is no object cannot hold it; what it said is kept as
 * kibana.alert.original_event. */
void alert_source_print(JsonWriter *out, const Json *source)
{
    const Json *object = NULL;
    bool dotted = false;
    for (const Json *child = source->first; child != NULL; child = child->next) {
        bool is_object = str_equal(child->key, STR("event")) && child->kind == JSON_OBJECT;
        object = object == NULL && is_object ? child : object;
        dotted = dotted || str_starts_with(child->key, STR("event."));
    }
    for (const Json *child = source->first; child != NULL; child = child->next) {
        if (child == object) {
            print_event_object(out, child);
        } else if (!is_left_out(child->key) && !str_equal(child->key, STR("event")) &&
                   !is_below(child->key, STR("event.kind"))) {
            json_key(out, child->key);
            alert_source_print_value(out, child);
        }
    }
    if (object == NULL && dotted) {
        json_member_string(out, "event.kind", STR("signal"));
    } else if (object == NULL) {
        json_key(out, STR("event"));
        json_begin_object(out);
        json_member_string(out, "kind", STR("signal"));
        json_end_object(out);
    }
}

typedef struct Flat {
    JsonWriter *out;
    Arena *arena;
    Table *told; /* a path that is there both nested and dotted is told once */
} Flat;

static void print_flat(Flat *flat, const Json *value, Str path)
{
    if (value->kind != JSON_OBJECT) {
        uint32_t before = table_count(flat->told);
        if (table_add(flat->told, path) == before) {
            json_key(flat->out, path);
            alert_source_print_value(flat->out, value);
        }
        return;
    }
    for (const Json *child = value->first; child != NULL; child = child->next) {
        print_flat(flat, child, str_join(flat->arena, (Str[]){path, child->key}, 2, STR(".")));
    }
}

void alert_source_print_flat(JsonWriter *out, Arena *arena, const Json *source, Str root,
                             Str prefix)
{
    Flat flat = {.out = out, .arena = arena, .told = table_new(arena)};
    for (const Json *child = source->first; child != NULL; child = child->next) {
        if (is_below(child->key, root)) {
            Str rest = str_slice(child->key, root.len, child->key.len);
            print_flat(&flat, child, str_join(arena, (Str[]){prefix, rest}, 2, STR("")));
        }
    }
}
