#include "event/document.h"

#include "base/array.h"
#include "base/hash.h"
#include "event/field_pattern.h"
#include "event/field_values.h"

static Str text_of(const Json *object, Str key)
{
    for (const Json *child = object->first; child != NULL; child = child->next) {
        if (child->kind == JSON_STRING && child->text.len > 0 && str_equal(child->key, key)) {
            return child->text;
        }
    }
    return STR("");
}

static Str name_of(const Json *root, const Json *source, Str key)
{
    Str beside = text_of(root, key);
    return beside.len > 0 ? beside : text_of(source, key);
}

/* The last object of that name; what else has the name is only a field. */
static const Json *wrapped_source(const Json *root)
{
    const Json *found = NULL;
    for (const Json *child = root->first; child != NULL; child = child->next) {
        if (child->kind == JSON_OBJECT && str_equal(child->key, STR("_source"))) {
            found = child;
        }
    }
    return found;
}

bool document_parse(Arena *arena, Str raw, Document *out, Err *err)
{
    const Json *root = json_parse(arena, raw, err);
    if (root == NULL) {
        return false;
    }
    if (root->kind != JSON_OBJECT) {
        err->at = root->at;
        return err_set(err, ERR_SYNTAX, "an event is an object");
    }
    const Json *source = wrapped_source(root);
    *out = (Document){.source = source != NULL ? source : root, .wrapped = source != NULL};
    out->index = name_of(root, out->source, STR(FIELD_INDEX_PATH));
    out->id = name_of(root, out->source, STR(FIELD_ID_PATH));
    out->index_given = out->index.len > 0;
    if (!out->index_given) {
        out->index = document_derive_index(arena, out);
    }
    if (out->id.len == 0) {
        Hex hash = hash_128_hex(raw);
        out->id = str_copy(arena, str_from_c(hash.text));
    }
    return true;
}

typedef struct Nodes {
    Arena *arena;
    ARRAY(const Json *) list;
} Nodes;

/* A key may be any number of the path's parts. No node is met twice: the keys above it are the only
 * way to read what is left of the path there. */
static void collect(Nodes *nodes, const Json *node, Str path)
{
    for (const Json *child = node->first; child != NULL; child = child->next) {
        if (node->kind == JSON_ARRAY) {
            collect(nodes, child, path);
        } else if (str_equal(child->key, path)) {
            ARRAY_PUSH(nodes->arena, &nodes->list, child);
        } else if (child->key.len < path.len && str_starts_with(path, child->key) &&
                   path.ptr[child->key.len] == '.') {
            collect(nodes, child, str_slice(path, child->key.len + 1, path.len));
        }
    }
}

/* The same for all paths that a pattern's field stands for. `path` leads to the node. */
static void collect_fitting(Nodes *nodes, const Json *node, Str path, const Field *field)
{
    if (node->kind == JSON_ARRAY || node->kind == JSON_OBJECT) {
        for (const Json *child = node->first; child != NULL; child = child->next) {
            Str below = path;
            if (node->kind == JSON_OBJECT) {
                Str parts[] = {path, child->key};
                below = path.ptr == NULL ? child->key : str_join(nodes->arena, parts, 2, STR("."));
            }
            collect_fitting(nodes, child, below, field);
        }
    } else if (field_stands_for(field, path)) {
        ARRAY_PUSH(nodes->arena, &nodes->list, node);
    }
}

uint32_t document_find(const Document *document, Str path, const Json **out, uint32_t limit)
{
    Arena *arena = arena_new();
    Nodes nodes = {.arena = arena};
    collect(&nodes, document->source, path);
    uint32_t count = nodes.list.count < limit ? nodes.list.count : limit;
    for (uint32_t i = 0; i < count; i++) {
        out[i] = nodes.list.items[i];
    }
    arena_free(arena);
    return count;
}

static uint32_t count_scalars(const Json *node)
{
    if (node->kind == JSON_OBJECT) {
        return 0;
    }
    if (node->kind != JSON_ARRAY) {
        return 1;
    }
    uint32_t count = 0;
    for (const Json *child = node->first; child != NULL; child = child->next) {
        count += count_scalars(child);
    }
    return count;
}

static void add_scalars(Arena *arena, const Json *node, const Field *field, Values *values)
{
    if (node->kind == JSON_OBJECT) {
        return;
    }
    if (node->kind == JSON_ARRAY) {
        for (const Json *child = node->first; child != NULL; child = child->next) {
            add_scalars(arena, child, field, values);
        }
        return;
    }
    Values one = field_values(arena, field, node->raw);
    if (one.count == 1) {
        values->items[values->count++] = one.items[0];
    }
}

static Values single(Arena *arena, Str text)
{
    Values values = {ARENA_NEW(arena, Value), text.len > 0};
    values.items[0] = value_string(text);
    return values;
}

Values document_values(Arena *arena, const Document *document, const Field *field)
{
    if (str_equal(field->path, STR(FIELD_INDEX_PATH))) {
        return single(arena, document->index);
    }
    if (str_equal(field->path, STR(FIELD_ID_PATH))) {
        return single(arena, document->id);
    }
    Nodes nodes = {.arena = arena};
    if (field->is_pattern) {
        collect_fitting(&nodes, document->source, (Str){0}, field);
    } else {
        collect(&nodes, document->source, field->path);
    }
    uint32_t most = 0;
    for (uint32_t i = 0; i < nodes.list.count; i++) {
        most += count_scalars(nodes.list.items[i]);
    }
    if (most == 0) {
        return (Values){0};
    }
    Values values = {ARENA_MANY(arena, Value, most), 0};
    for (uint32_t i = 0; i < nodes.list.count; i++) {
        add_scalars(arena, nodes.list.items[i], field, &values);
    }
    value_drop_repeats(&values);
    return values;
}

static Str hint(Arena *arena, const Document *document, Str path)
{
    Field field = {.path = path, .type = FIELD_KEYWORD};
    Values values = document_values(arena, document, &field);
    return values.count == 0 ? STR("") : values.items[0].text;
}

Str document_derive_index(Arena *arena, const Document *document)
{
    IndexHints hints = {
#define HINT(name, path) .name = hint(arena, document, STR(path)),
        INDEX_HINTS(HINT)
#undef HINT
    };
    return index_from_hints(arena, &hints);
}

/* Agents that write indices of their own name, not data streams. */
static bool is_beat(Str agent)
{
    return str_ends_with(agent, STR("beat"));
}

Str index_from_hints(Arena *arena, const IndexHints *hints)
{
    if (hints->alert_uuid.len > 0) {
        Str space = hints->alert_space.len > 0 ? hints->alert_space : STR("default");
        return str_format(arena, ".alerts-security.alerts-%.*s", STR_ARG(space));
    }
    if (hints->stream_dataset.len > 0) {
        Str type = hints->stream_type.len > 0 ? hints->stream_type : STR("logs");
        Str space = hints->stream_namespace.len > 0 ? hints->stream_namespace : STR("default");
        return str_format(arena, "%.*s-%.*s-%.*s", STR_ARG(type), STR_ARG(hints->stream_dataset),
                          STR_ARG(space));
    }
    if (is_beat(hints->agent_type)) {
        Str version = hints->agent_version.len > 0 ? hints->agent_version : STR("unknown");
        return str_format(arena, "%.*s-%.*s", STR_ARG(hints->agent_type), STR_ARG(version));
    }
    if (hints->event_dataset.len > 0) {
        return str_format(arena, "logs-%.*s-default", STR_ARG(hints->event_dataset));
    }
    return STR("");
}
