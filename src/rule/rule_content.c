#include "rule/rule_content.h"

#include "rule/rule_fields.h"

bool rule_content_is_bookkeeping(Str name)
{
    static const Str NAMES[] = {
        STR_INIT("id"),         STR_INIT("rule_id"),         STR_INIT("version"),
        STR_INIT("revision"),   STR_INIT("release"),         STR_INIT("created_at"),
        STR_INIT("created_by"), STR_INIT("updated_at"),      STR_INIT("updated_by"),
        STR_INIT("immutable"),  STR_INIT("rule_source"),     STR_INIT("execution_summary"),
        STR_INIT("outcome"),    STR_INIT("alias_target_id"), STR_INIT("alias_purpose"),
    };
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        if (str_equal(NAMES[i], name)) {
            return true;
        }
    }
    return false;
}

/* By name, and those of one name as they stand in the text. */
static int by_key(const void *a, const void *b)
{
    const Json *left = *(const Json *const *)a;
    const Json *right = *(const Json *const *)b;
    int order = str_compare(left->key, right->key);
    return order != 0 ? order : (left->at > right->at) - (left->at < right->at);
}

/* Members in the order of their names; of a name that stands twice the last counts, and null is as good as nothing. */
static const Json **sorted_members(Arena *arena, const Json *object, uint32_t *count)
{
    const Json **members = ARENA_MANY(arena, const Json *, object->count + 1);
    uint32_t all = 0;
    for (const Json *member = object->first; member != NULL; member = member->next) {
        members[all++] = member;
    }
    qsort(members, all, sizeof(const Json *), by_key);
    *count = 0;
    for (uint32_t i = 0; i < all; i++) {
        bool last = i + 1 == all || !str_equal(members[i]->key, members[i + 1]->key);
        if (last && members[i]->kind != JSON_NULL) {
            members[(*count)++] = members[i];
        }
    }
    return members;
}

static void print_sorted(Arena *arena, JsonWriter *out, const Json *tree)
{
    if (tree->kind == JSON_ARRAY) {
        json_begin_array(out);
        for (const Json *item = tree->first; item != NULL; item = item->next) {
            print_sorted(arena, out, item);
        }
        json_end_array(out);
    } else if (tree->kind == JSON_OBJECT) {
        uint32_t count = 0;
        const Json **members = sorted_members(arena, tree, &count);
        json_begin_object(out);
        for (uint32_t i = 0; i < count; i++) {
            json_key(out, members[i]->key);
            print_sorted(arena, out, members[i]);
        }
        json_end_object(out);
    } else {
        rule_print_tree(out, tree);
    }
}

Str rule_content_spell(Arena *arena, const Json *tree)
{
    Buffer text = {0};
    print_sorted(arena, &(JsonWriter){.out = &text}, tree);
    Str copy = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return copy;
}

static void add(Arena *arena, RuleContent *content, Str name, const Json *value,
                const char *otherwise)
{
    ContentField field = {.name = name, .value = value};
    field.text = value != NULL ? rule_content_spell(arena, value) : str_from_c(otherwise);
    uint32_t index = table_add(content->names, name);
    assert(index == content->fields.count); /* each name once */
    ARRAY_PUSH(arena, &content->fields, field);
}

RuleContent rule_content(Arena *arena, const Json *source)
{
    RuleContent content = {.names = table_new(arena)};
    const RuleFieldTable *table = rule_fields();
    for (uint32_t i = 0; i < table->count; i++) {
        const RuleField *field = &table->fields[i];
        const Json *value = json_get(source, field->name);
        value = value != NULL && value->kind == JSON_NULL ? NULL : value;
        if (!rule_content_is_bookkeeping(field->name) &&
            (value != NULL || field->fallback != NULL)) {
            add(arena, &content, field->name, value, field->fallback);
        }
    }
    uint32_t count = 0;
    const Json **members = sorted_members(arena, source, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (rule_field_find(table, members[i]->key) == NULL &&
            !rule_content_is_bookkeeping(members[i]->key)) {
            add(arena, &content, members[i]->key, members[i], NULL);
        }
    }
    return content;
}

const ContentField *rule_content_find(const RuleContent *content, Str name)
{
    uint32_t index = table_find(content->names, name);
    return index == STR_NONE ? NULL : &content->fields.items[index];
}

Hex rule_content_hash(const RuleContent *content)
{
    HashStream stream;
    hash_stream_begin(&stream);
    for (uint32_t i = 0; i < content->fields.count; i++) {
        hash_stream_add(&stream, content->fields.items[i].name);
        hash_stream_add(&stream, content->fields.items[i].text);
    }
    return hash_stream_end(&stream);
}

FieldNames rule_content_differences(Arena *arena, const RuleContent *a, const RuleContent *b)
{
    FieldNames names = {0};
    for (uint32_t i = 0; i < a->fields.count; i++) {
        const ContentField *field = &a->fields.items[i];
        const ContentField *other = rule_content_find(b, field->name);
        if (other == NULL || !str_equal(other->text, field->text)) {
            ARRAY_PUSH(arena, &names.list, field->name);
        }
    }
    for (uint32_t i = 0; i < b->fields.count; i++) {
        assert(b->fields.items != NULL); /* there is one */
        Str name = b->fields.items[i].name;
        if (rule_content_find(a, name) == NULL) {
            ARRAY_PUSH(arena, &names.list, name);
        }
    }
    return names;
}
