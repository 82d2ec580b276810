#include "words.h"

#include "base/buffer.h"
#include "base/json_writer.h"
#include "base/table.h"
#include "base/timestamp.h"

typedef struct Collecting {
    Arena *arena;
    const Schema *schema;
    Table *paths;
    Words words;
} Collecting;

static char kind_of_json(const Json *value)
{
    int64_t ns;
    switch (value->kind) {
    case JSON_NUMBER: return 'n';
    case JSON_BOOL: return 'b';
    case JSON_STRING: return timestamp_parse(value->text, &ns) ? 'd' : 's';
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    return 'u';
}

static char kind_of(const Schema *schema, Str path, const Json *value)
{
    SchemaField field;
    if (!schema_find(schema, path, &field)) {
        return kind_of_json(value);
    }
    switch (field.type) {
    case FIELD_KEYWORD:
    case FIELD_TEXT:
    case FIELD_FLATTENED: return 's';
    case FIELD_LONG:
    case FIELD_DOUBLE: return 'n';
    case FIELD_BOOLEAN: return 'b';
    case FIELD_IP: return 'i';
    case FIELD_DATE:
    case FIELD_DATE_NANOS: return 'd';
    case FIELD_VERSION: return 'v';
    case FIELD_UNKNOWN:
    case FIELD_OBJECT:
    case FIELD_OTHER: break;
    }
    return kind_of_json(value);
}

static void collect(Collecting *at, Str path, const Json *value)
{
    if (value->kind == JSON_ARRAY) {
        for (const Json *child = value->first; child != NULL; child = child->next) {
            collect(at, path, child);
        }
        return;
    }
    if (value->kind == JSON_OBJECT) {
        for (const Json *child = value->first; child != NULL; child = child->next) {
            Str parts[] = {path, child->key};
            bool is_top = path.len == 0;
            collect(at, str_join(at->arena, parts + is_top, 2 - (size_t)is_top, STR(".")), child);
        }
        return;
    }
    if (value->kind == JSON_NULL || path.len == 0) {
        return;
    }
    uint32_t index = table_add(at->paths, path);
    if (index == at->words.list.count) {
        Word word = {.path = path, .kind = kind_of(at->schema, path, value)};
        ARRAY_PUSH(at->arena, &at->words.list, word);
    }
    ARRAY_PUSH(at->arena, &at->words.list.items[index].values, value);
}

Words words_of(Arena *arena, const StoryTexts *events, const Schema *schema)
{
    Collecting at = {.arena = arena, .schema = schema, .paths = table_new(arena)};
    for (uint32_t i = 0; i < events->count; i++) {
        Err err = {0};
        const Json *root = json_parse(arena, events->items[i], &err);
        if (root != NULL) { /* else the engine will say so */
            const Json *source = json_get(root, STR("_source"));
            collect(&at, STR(""), source != NULL ? source : root);
        }
    }
    if (at.words.list.count == 0) {
        static const Json NOTHING = {.kind = JSON_STRING, .raw = STR_INIT("\"\"")};
        collect(&at, STR("nothing"), &NOTHING);
    }
    return at.words;
}

const Word *words_pick(const Words *words, Dice *dice, char kind)
{
    uint32_t count = words->list.count;
    uint32_t from = dice_below(dice, count);
    for (uint32_t i = 0; i < count && kind != 'u'; i++) {
        const Word *word = &words->list.items[(from + i) % count];
        if (word->kind == kind) {
            return word;
        }
    }
    return &words->list.items[from];
}

Str words_path(const Words *words, Dice *dice, char kind)
{
    return words_pick(words, dice, kind)->path;
}

const Word *words_find(const Words *words, Str path)
{
    for (uint32_t i = 0; i < words->list.count; i++) {
        if (str_equal(words->list.items[i].path, path)) {
            return &words->list.items[i];
        }
    }
    return NULL;
}

static const char *type_of(const Word *word, Dice *dice)
{
    static const char *const ANY[] = {"keyword", "wildcard", "long", "double", "date", "boolean"};
    if (dice_below(dice, 12) == 11) {
        return ANY[dice_below(dice, ARRAY_LEN(ANY))];
    }
    switch (word->kind) {
    case 'n': return dice_below(dice, 2) == 0 ? "long" : "double";
    case 'b': return "boolean";
    case 'i': return "ip";
    case 'd': return dice_below(dice, 2) == 0 ? "date" : "date_nanos";
    case 'v': return "version";
    default: return dice_below(dice, 4) == 3 ? "wildcard" : "keyword";
    }
}

Str words_mapping(Arena *arena, const Words *words, Dice *dice)
{
    Buffer json = {0};
    JsonWriter writer = {.out = &json};
    json_begin_object(&writer);
    json_key(&writer, STR("properties"));
    json_begin_object(&writer);
    for (uint32_t i = 0; i < words->list.count; i++) {
        const Word *word = &words->list.items[i];
        json_key(&writer, word->path);
        json_begin_object(&writer);
        json_member_string(&writer, "type", str_from_c(type_of(word, dice)));
        json_end_object(&writer);
    }
    json_end_object(&writer);
    json_end_object(&writer);
    Str text = str_copy(arena, buffer_str(&json));
    buffer_done(&json);
    return text;
}
