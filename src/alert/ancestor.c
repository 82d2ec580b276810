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

Ancestors ancestors_of(Arena *arena, const Document *event)
{
    const Json *list = find(event, STR("kibana.alert.ancestors"));
    uint32_t most = list == NULL ? 0 : list->count;
    Ancestors ancestors = {.items = ARENA_MANY(arena, Ancestor, (size_t)most + 1)};
    if (list != NULL && list->kind == JSON_ARRAY) {
        for (const Json *item = list->first; item != NULL; item = item->next) {
            if (item->kind == JSON_OBJECT) {
                ancestors.items[ancestors.count++] = from_json(item);
            }
        }
    }
    ancestors.items[ancestors.count++] = parent(event);
    return ancestors;
}

bool ancestors_have_rule(const Ancestors *ancestors, Str rule_id)
{
    for (uint32_t i = 0; i < ancestors->count; i++) {
        if (str_equal(ancestors->items[i].rule, rule_id)) {
            return true;
        }
    }
    return false;
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
