#include "alert/ancestor.h"

static const Json *find(const Document *document, Str path)
{
    const Json *node = NULL;
    return document_find(document, path, &node, 1) == 0 ? NULL : node;
}

/* The text at a path, or of its first item. */
static Str text_at(const Document *document, Str path)
{
    const Json *node = find(document, path);
    node = node != NULL && node->kind == JSON_ARRAY ? node->first : node;
    return node != NULL && node->kind == JSON_STRING ? node->text : STR("");
}

static int64_t depth_of(const Json *node)
{
    int64_t depth = 0;
    bool whole =
        node != NULL && node->kind == JSON_NUMBER && json_number_is_i64(node->text, &depth);
    return whole && depth > 0 && depth < INT32_MAX ? depth : 0;
}

static Str member_text(const Json *object, Str key)
{
    const Json *value = json_get(object, key);
    return value != NULL && value->kind == JSON_STRING ? value->text : STR("");
}

static Ancestor from_json(const Json *object)
{
    return (Ancestor){
        .id = member_text(object, STR("id")),
        .index = member_text(object, STR("index")),
        .rule = member_text(object, STR("rule")),
        .depth = depth_of(json_get(object, STR("depth"))),
        .signal = str_equal(member_text(object, STR("type")), STR("signal")),
    };
}

/* An alert's own id is in it, whatever it was wrapped in. */
static Ancestor parent(const Document *event)
{
    Str alert_id = text_at(event, STR("kibana.alert.uuid"));
    Ancestor ancestor = {.id = event->id,
                         .index = event->index,
                         .rule = text_at(event, STR("kibana.alert.rule.uuid"))};
    ancestor.signal = alert_id.len > 0 || ancestor.rule.len > 0;
    if (ancestor.signal) {
        ancestor.depth = depth_of(find(event, STR("kibana.alert.depth")));
        ancestor.depth = ancestor.depth > 0 ? ancestor.depth : 1;
        ancestor.id = event->wrapped || alert_id.len == 0 ? event->id : alert_id;
    }
    return ancestor;
}

static size_t bytes_of(const Ancestor *ancestor)
{
    return sizeof *ancestor + ancestor->id.len + ancestor->index.len + ancestor->rule.len;
}

static Ancestor copy_of(Arena *arena, const Ancestor *ancestor)
{
    Ancestor copy = *ancestor;
    copy.id = str_copy(arena, ancestor->id);
    copy.index = str_copy(arena, ancestor->index);
    copy.rule = str_copy(arena, ancestor->rule);
    return copy;
}

/* How many there are, and whether they are within the bound. */
static bool count_ancestors(const Json *list, const Ancestor *own, uint32_t *count)
{
    size_t bytes = bytes_of(own);
    *count = 1;
    for (const Json *item = list == NULL ? NULL : list->first; item != NULL; item = item->next) {
        Ancestor ancestor = from_json(item);
        bytes += bytes_of(&ancestor);
        ++*count;
    }
    return bytes <= ANCESTORS_MAX_BYTES;
}

Ancestors ancestors_of(Arena *arena, const Document *event)
{
    const Json *list = find(event, STR("kibana.alert.ancestors"));
    list = list != NULL && list->kind == JSON_ARRAY ? list : NULL;
    Ancestor own = parent(event);
    uint32_t most = 0;
    Ancestors ancestors = {.too_many = !count_ancestors(list, &own, &most)};
    if (ancestors.too_many) {
        return ancestors;
    }
    ancestors.items = ARENA_MANY(arena, Ancestor, most);
    for (const Json *item = list == NULL ? NULL : list->first; item != NULL; item = item->next) {
        if (item->kind == JSON_OBJECT) {
            Ancestor ancestor = from_json(item);
            ancestors.items[ancestors.count++] = copy_of(arena, &ancestor);
        }
    }
    ancestors.items[ancestors.count++] = copy_of(arena, &own);
    return ancestors;
}

bool ancestors_have_rule(const Ancestors *ancestors, Str rule_id)
{
    for (uint32_t i = 0; i < ancestors->count; i++) {
        if (str_equal(ancestors->items[i].rule, rule_id)) {
            return true;
        }
    }
    return ancestors->too_many;
}

void ancestors_print(JsonWriter *out, const Ancestors *ancestors)
{
    json_begin_array(out);
    for (uint32_t i = 0; i < ancestors->count; i++) {
        const Ancestor *ancestor = &ancestors->items[i];
        json_begin_object(out);
        json_member_string(out, "id", ancestor->id);
        json_member_string(out, "type", ancestor->signal ? STR("signal") : STR("event"));
        json_member_string(out, "index", ancestor->index);
        json_member_i64(out, "depth", ancestor->depth);
        if (ancestor->rule.len > 0) {
            json_member_string(out, "rule", ancestor->rule);
        }
        json_end_object(out);
    }
    json_end_array(out);
}
