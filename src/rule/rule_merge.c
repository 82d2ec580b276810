#include "rule/rule_merge.h"

#include "rule/rule_fields.h"

typedef enum Way { WAY_FIELD, WAY_SET, WAY_EXCEPTIONS, WAY_OURS } Way;

typedef enum Side { SIDE_BASE, SIDE_MINE, SIDE_THEIRS, SIDES } Side;

typedef struct Merging {
    Arena *arena;
    const Json *sources[SIDES];
    RuleContent contents[SIDES];
    bool types_differ;
    RuleMerge *out;
} Merging;

static bool is_one_of(Str name, const Str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(names[i], name)) {
            return true;
        }
    }
    return false;
}

static Way way_of(Str name)
{
    static const Str SETS[] = {STR_INIT("tags"), STR_INIT("index"), STR_INIT("author"),
                               STR_INIT("references"), STR_INIT("false_positives")};
    static const Str OURS[] = {STR_INIT("enabled"), STR_INIT("actions"),
                               STR_INIT("response_actions"), STR_INIT("throttle")};
    if (str_equal(name, STR("exceptions_list"))) {
        return WAY_EXCEPTIONS;
    }
    return is_one_of(name, OURS, ARRAY_LEN(OURS))   ? WAY_OURS
           : is_one_of(name, SETS, ARRAY_LEN(SETS)) ? WAY_SET
                                                    : WAY_FIELD;
}

/* What the field makes sense with; its own name when it stands alone. */
static Str unit_of(const Merging *merging, Str name)
{
    static const Str QUERY[] = {STR_INIT("query"), STR_INIT("language"), STR_INIT("type"),
                                STR_INIT("saved_id")};
    static const Str OF_TYPE[] = {STR_INIT("filters"),          STR_INIT("threshold"),
                                  STR_INIT("new_terms_fields"), STR_INIT("history_window_start"),
                                  STR_INIT("threat_query"),     STR_INIT("threat_mapping"),
                                  STR_INIT("threat_index"),     STR_INIT("threat_filters"),
                                  STR_INIT("threat_language"),  STR_INIT("threat_indicator_path"),
                                  STR_INIT("timestamp_field"),  STR_INIT("machine_learning_job_id"),
                                  STR_INIT("tiebreaker_field"), STR_INIT("event_category_override"),
                                  STR_INIT("data_view_id"),     STR_INIT("anomaly_threshold"),
                                  STR_INIT("alert_suppression")};
    static const Str SCHEDULE[] = {STR_INIT("from"), STR_INIT("to"), STR_INIT("interval")};
    static const Str TIMELINE[] = {STR_INIT("timeline_id"), STR_INIT("timeline_title")};
    static const Str SEARCHES[] = {STR_INIT("concurrent_searches"), STR_INIT("items_per_search")};
    if (is_one_of(name, QUERY, ARRAY_LEN(QUERY)) ||
        (merging->types_differ && is_one_of(name, OF_TYPE, ARRAY_LEN(OF_TYPE)))) {
        return QUERY[0];
    }
    return is_one_of(name, SCHEDULE, ARRAY_LEN(SCHEDULE))   ? SCHEDULE[0]
           : is_one_of(name, TIMELINE, ARRAY_LEN(TIMELINE)) ? TIMELINE[0]
           : is_one_of(name, SEARCHES, ARRAY_LEN(SEARCHES)) ? SEARCHES[0]
                                                            : name;
}

static Str text_of(const Merging *merging, Side side, Str name)
{
    const ContentField *field = rule_content_find(&merging->contents[side], name);
    return field == NULL ? STR("") : field->text;
}

static const Json *value_of(const Merging *merging, Side side, Str name)
{
    const ContentField *field = rule_content_find(&merging->contents[side], name);
    return field == NULL ? NULL : field->value;
}

/* Whether two sides say something else in any field of the unit; a name that no table knows stands alone. */
static bool differs(const Merging *merging, Str name, Side a, Side b)
{
    const RuleFieldTable *table = rule_fields();
    Str unit = unit_of(merging, name);
    bool found = !str_equal(text_of(merging, a, name), text_of(merging, b, name));
    for (uint32_t i = 0; i < table->count && !found; i++) {
        Str other = table->fields[i].name;
        found = str_equal(unit_of(merging, other), unit) &&
                !str_equal(text_of(merging, a, other), text_of(merging, b, other));
    }
    return found;
}

static void put(const Merging *merging, JsonWriter *json, Str name, Side side)
{
    const Json *value = value_of(merging, side, name);
    if (value != NULL) {
        json_key(json, name);
        rule_print_tree(json, value);
    }
}

static void note(const Merging *merging, FieldNames *names, Str name)
{
    ARRAY_PUSH(merging->arena, &names->list, name);
}

static void put_field(const Merging *merging, JsonWriter *json, Str name)
{
    bool mine = differs(merging, name, SIDE_BASE, SIDE_MINE);
    bool theirs = differs(merging, name, SIDE_BASE, SIDE_THEIRS);
    bool same = str_equal(text_of(merging, SIDE_MINE, name), text_of(merging, SIDE_THEIRS, name));
    if (mine && !same) {
        note(merging, theirs ? &merging->out->conflicts : &merging->out->kept, name);
    } else if (theirs && !same) {
        note(merging, &merging->out->taken, name);
    }
    put(merging, json, name, theirs && !mine ? SIDE_THEIRS : SIDE_MINE);
}

/* The items of a list as sets of spellings. */
static Table *items_of(const Merging *merging, Side side, Str name)
{
    Table *items = table_new(merging->arena);
    const Json *list = value_of(merging, side, name);
    for (const Json *item = list == NULL ? NULL : list->first; item != NULL; item = item->next) {
        table_add(items, rule_content_spell(merging->arena, item));
    }
    return items;
}

static bool has_item(const Merging *merging, const Table *items, const Json *item)
{
    return table_find(items, rule_content_spell(merging->arena, item)) != STR_NONE;
}

/* What is here, without what theirs took away (unless nothing may go), and then what theirs added. */
static void put_joined(const Merging *merging, JsonWriter *json, Str name, bool may_lose)
{
    const Table *base = items_of(merging, SIDE_BASE, name);
    const Table *mine = items_of(merging, SIDE_MINE, name);
    const Table *theirs = items_of(merging, SIDE_THEIRS, name);
    const Json *here = value_of(merging, SIDE_MINE, name);
    const Json *there = value_of(merging, SIDE_THEIRS, name);
    json_key(json, name);
    json_begin_array(json);
    for (const Json *item = here == NULL ? NULL : here->first; item != NULL; item = item->next) {
        if (!may_lose || has_item(merging, theirs, item) || !has_item(merging, base, item)) {
            rule_print_tree(json, item);
        }
    }
    for (const Json *item = there == NULL ? NULL : there->first; item != NULL; item = item->next) {
        if (!has_item(merging, base, item) && !has_item(merging, mine, item)) {
            rule_print_tree(json, item);
        }
    }
    json_end_array(json);
}

static bool is_list(const Merging *merging, Side side, Str name)
{
    const Json *value = value_of(merging, side, name);
    return value == NULL || value->kind == JSON_ARRAY;
}

static void put_list(const Merging *merging, JsonWriter *json, Str name, Way way)
{
    bool mine = !str_equal(text_of(merging, SIDE_BASE, name), text_of(merging, SIDE_MINE, name));
    bool theirs =
        !str_equal(text_of(merging, SIDE_BASE, name), text_of(merging, SIDE_THEIRS, name));
    bool lists = is_list(merging, SIDE_BASE, name) && is_list(merging, SIDE_MINE, name) &&
                 is_list(merging, SIDE_THEIRS, name);
    if (!lists || !theirs || (way == WAY_SET && !mine)) {
        put_field(merging, json, name);
        return;
    }
    note(merging, &merging->out->taken, name);
    if (mine) {
        note(merging, &merging->out->kept, name);
    }
    put_joined(merging, json, name, way == WAY_SET);
}

static void put_one(const Merging *merging, JsonWriter *json, Str name)
{
    switch (way_of(name)) {
    case WAY_FIELD: put_field(merging, json, name); return;
    case WAY_SET: put_list(merging, json, name, WAY_SET); return;
    case WAY_EXCEPTIONS: put_list(merging, json, name, WAY_EXCEPTIONS); return;
    case WAY_OURS: put(merging, json, name, SIDE_MINE); return;
    }
}

/* Who the rule is and who made it when: as it is here; its version is theirs. */
static void put_bookkeeping(const Merging *merging, JsonWriter *json)
{
    const RuleFieldTable *table = rule_fields();
    for (uint32_t i = 0; i < table->count; i++) {
        Str name = table->fields[i].name;
        Side side = str_equal(name, STR("version")) ? SIDE_THEIRS : SIDE_MINE;
        const Json *value = json_get(merging->sources[side], name);
        if (rule_content_is_bookkeeping(name) && value != NULL) {
            json_key(json, name);
            rule_print_tree(json, value);
        }
    }
}

RuleMerge rule_merge(Arena *arena, const RuleSides *sides)
{
    RuleMerge result = {0};
    Merging merging = {
        .arena = arena, .sources = {sides->base, sides->mine, sides->theirs}, .out = &result};
    for (size_t side = 0; side < SIDES; side++) {
        merging.contents[side] = rule_content(arena, merging.sources[side]);
    }
    Str type = text_of(&merging, SIDE_BASE, STR("type"));
    merging.types_differ = !str_equal(type, text_of(&merging, SIDE_MINE, STR("type"))) ||
                           !str_equal(type, text_of(&merging, SIDE_THEIRS, STR("type")));
    Buffer text = {0};
    JsonWriter json = {.out = &text};
    json_begin_object(&json);
    put_bookkeeping(&merging, &json);
    const RuleContent *mine = &merging.contents[SIDE_MINE];
    const RuleContent *theirs = &merging.contents[SIDE_THEIRS];
    for (uint32_t i = 0; i < mine->fields.count; i++) {
        put_one(&merging, &json, mine->fields.items[i].name);
    }
    for (uint32_t i = 0; i < theirs->fields.count; i++) {
        if (rule_content_find(mine, theirs->fields.items[i].name) == NULL) {
            put_one(&merging, &json, theirs->fields.items[i].name);
        }
    }
    json_end_object(&json);
    result.text = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return result;
}
