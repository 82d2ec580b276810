#include "rule/exceptions_read.h"

#include "base/table.h"
#include "base/timestamp.h"

#define ROW(text, ...)                      \
    {                                       \
        .name = STR_INIT(text), __VA_ARGS__ \
    }
#define TABLE(rows)           \
    {                         \
        rows, ARRAY_LEN(rows) \
    }
#define IN(Type, member) .offset = offsetof(Type, member)

static const char *const TESTS[] = {
#define TEST_NAME(test, name) [test] = (name),
    EXCEPTION_TESTS(TEST_NAME)
#undef TEST_NAME
        NULL};
static const char *const OPERATORS[] = {"included", "excluded", NULL};
static const char *const NAMESPACES[] = {"single", "agnostic", NULL};
static const char *const SYSTEMS[] = {"windows", "linux", "macos", NULL};

/* An entry as it is written; `unused` stands where no table keeps anything. */
typedef struct WrittenEntry {
    const Json *unused;
    Str field, type, operator;
    const Json *value, *list, *list_vals, *entries;
} WrittenEntry;

typedef struct WrittenList {
    const Json *unused;
    Str id, type;
} WrittenList;

static const RuleField LIST_NAME_FIELDS[] = {
    ROW("id", .kind = RULE_KIND_NAME, .required = true, IN(WrittenList, id)),
    ROW("type", .kind = RULE_KIND_NAME, .required = true, IN(WrittenList, type)),
};
static const RuleFieldTable LIST_NAMES = TABLE(LIST_NAME_FIELDS);

static const RuleField ENTRY_FIELDS[] = {
    ROW("field", .kind = RULE_KIND_NAME, .required = true, IN(WrittenEntry, field)),
    ROW("type", .kind = RULE_KIND_CHOICE, .required = true, .choices = TESTS,
        IN(WrittenEntry, type)),
    ROW("operator", .kind = RULE_KIND_CHOICE, .choices = OPERATORS, IN(WrittenEntry, operator)),
    ROW("value", .kind = RULE_KIND_ANY, IN(WrittenEntry, value)),
    ROW("list", .kind = RULE_KIND_ANY, IN(WrittenEntry, list)),
    ROW("list_vals", .kind = RULE_KIND_ANY,
        IN(WrittenEntry, list_vals)), /* detection-rules' name */
    ROW("entries", .kind = RULE_KIND_OBJECTS, .least = 1, IN(WrittenEntry, entries)),
};
static const RuleFieldTable ENTRIES = TABLE(ENTRY_FIELDS);

/* What lists and items have in common, and nothing is made of. */
#define BOOKKEEPING                                                                            \
    ROW("_version", .kind = RULE_KIND_TEXT), ROW("created_at", .kind = RULE_KIND_TEXT),        \
        ROW("created_by", .kind = RULE_KIND_TEXT), ROW("description", .kind = RULE_KIND_TEXT), \
        ROW("id", .kind = RULE_KIND_TEXT), ROW("meta", .kind = RULE_KIND_ANY),                 \
        ROW("tags", .kind = RULE_KIND_TEXTS), ROW("tie_breaker_id", .kind = RULE_KIND_TEXT),   \
        ROW("updated_at", .kind = RULE_KIND_TEXT), ROW("updated_by", .kind = RULE_KIND_TEXT),  \
        ROW("_tags", .kind = RULE_KIND_TEXTS)

static const RuleField LIST_FIELDS[] = {
    ROW("list_id", .kind = RULE_KIND_NAME, .required = true, IN(ExceptionList, list_id)),
    ROW("name", .kind = RULE_KIND_TEXT, IN(ExceptionList, name)),
    ROW("type", .kind = RULE_KIND_NAME, .required = true, IN(ExceptionList, type)),
    ROW("namespace_type", .kind = RULE_KIND_CHOICE, .choices = NAMESPACES, .fallback = "\"single\"",
        IN(ExceptionList, namespace_type)),
    ROW("os_types", .kind = RULE_KIND_TEXTS),
    ROW("immutable", .kind = RULE_KIND_BOOLEAN),
    ROW("version", .kind = RULE_KIND_INTEGER),
    BOOKKEEPING,
};
static const RuleFieldTable LISTS = TABLE(LIST_FIELDS);

static const RuleField ITEM_FIELDS[] = {
    ROW("item_id", .kind = RULE_KIND_TEXT, IN(ExceptionItem, item_id)),
    ROW("list_id", .kind = RULE_KIND_NAME, IN(ExceptionItem, list_id)),
    ROW("name", .kind = RULE_KIND_TEXT, IN(ExceptionItem, name)),
    ROW("type", .kind = RULE_KIND_TEXT),
    ROW("namespace_type", .kind = RULE_KIND_CHOICE, .choices = NAMESPACES, .fallback = "\"single\"",
        IN(ExceptionItem, namespace_type)),
    ROW("os_types", .kind = RULE_KIND_TEXTS, IN(ExceptionItem, os_types)),
    ROW("expire_time", .kind = RULE_KIND_TEXT, IN(ExceptionItem, expire_time)),
    ROW("entries", .kind = RULE_KIND_OBJECTS, .required = true, .least = 1),
    ROW("comments", .kind = RULE_KIND_ANY),
    BOOKKEEPING,
};
static const RuleFieldTable ITEMS = TABLE(ITEM_FIELDS);

static const RuleField SECTION_FIELDS[] = {
    ROW("container", .kind = RULE_KIND_OBJECT, .required = true),
    ROW("items", .kind = RULE_KIND_OBJECTS),
};
static const RuleFieldTable SECTIONS = TABLE(SECTION_FIELDS);

const char *exception_test_name(ExceptionTest test)
{
    return TESTS[test];
}

/* Where an object stands: in which text, and under which name. */
typedef struct Place {
    RuleList *list;
    const RuleText *where;
    Str path; /* empty, or ends in '.' */
    bool nested;
} Place;

static Place below(const Place *place, const char *name, uint32_t index)
{
    Place inner = *place;
    inner.path = str_format(place->list->arena, "%.*s%s[%u].", STR_ARG(place->path), name, index);
    return inner;
}

static bool refuse(const Place *place, size_t at, const char *format, ...) PRINTF_LIKE(3, 4);

static bool refuse(const Place *place, size_t at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str message = str_format_args(place->list->arena, format, args);
    va_end(args);
    rule_problem_add(place->list, place->where, at, SEVERITY_ERROR, "exception", "%.*s%.*s",
                     STR_ARG(place->path), STR_ARG(message));
    return false;
}

/* ---- entries ---- */

static bool is_absent(const Json *value)
{
    return value == NULL || value->kind == JSON_NULL;
}

static bool read_value(const Place *place, const Json *object, const Json *value,
                       ExceptionEntry *out)
{
    if (is_absent(value) || value->kind != JSON_STRING) {
        return refuse(place, is_absent(value) ? object->at : value->at,
                      "value must be a text in an entry of type %s", TESTS[out->test]);
    }
    Str *one = ARENA_NEW(place->list->arena, Str);
    *one = value->text;
    out->values = one;
    out->value_count = 1;
    return true;
}

static bool read_values(const Place *place, const Json *object, const Json *value,
                        ExceptionEntry *out)
{
    if (is_absent(value) || value->kind != JSON_ARRAY || value->count == 0) {
        return refuse(place, is_absent(value) ? object->at : value->at,
                      "value must be a list of texts in an entry of type match_any");
    }
    Str *values = ARENA_MANY(place->list->arena, Str, value->count);
    for (const Json *item = value->first; item != NULL; item = item->next) {
        if (item->kind != JSON_STRING) {
            return refuse(place, item->at, "value[%u] must be a text", out->value_count);
        }
        values[out->value_count++] = item->text;
    }
    out->values = values;
    return true;
}

static bool read_list_name(const Place *place, const Json *object, const WrittenEntry *written,
                           ExceptionEntry *out)
{
    const Json *name = is_absent(written->list) ? written->list_vals : written->list;
    WrittenList found = {0};
    if (place->nested) {
        return refuse(place, object->at, "an entry of type list cannot stand in a nested one");
    }
    if (is_absent(name) || name->kind != JSON_OBJECT) {
        return refuse(place, object->at, "list must be an object with id and type");
    }
    Str path = str_format(place->list->arena, "%.*slist.", STR_ARG(place->path));
    if (!rule_check_object(place->list, place->where, name, &LIST_NAMES, path, &found)) {
        return false;
    }
    out->list_id = found.id;
    out->list_type = found.type;
    return true;
}

static bool read_entries(const Place *place, const Json *entries, const ExceptionEntry **out,
                         uint32_t *count);

static bool read_nested(const Place *place, const Json *object, const WrittenEntry *written,
                        ExceptionEntry *out)
{
    if (place->nested) {
        return refuse(place, object->at, "an entry of type nested cannot stand in another one");
    }
    if (out->excluded) {
        return refuse(place, object->at, "an entry of type nested cannot be excluded");
    }
    if (is_absent(written->entries)) {
        return refuse(place, object->at, "entries is required in an entry of type nested");
    }
    Place inner = *place;
    inner.nested = true;
    return read_entries(&inner, written->entries, &out->entries, &out->entry_count);
}

static ExceptionTest test_of(Str name)
{
    uint32_t test = 0;
    while (!str_equal(str_from_c(TESTS[test]), name)) {
        test++; /* the table has seen to it that there is one */
    }
    return (ExceptionTest)test;
}

static bool read_entry(const Place *place, const Json *object, ExceptionEntry *out)
{
    WrittenEntry written = {0};
    if (object->kind != JSON_OBJECT) {
        return refuse(place, object->at, "an entry must be an object");
    }
    if (!rule_check_object(place->list, place->where, object, &ENTRIES, place->path, &written)) {
        return false;
    }
    *out = (ExceptionEntry){.test = test_of(written.type), .field = written.field};
    if (written.operator.len == 0 && out->test != EXCEPTION_NESTED) {
        return refuse(place, object->at, "operator is required");
    }
    out->excluded = str_equal(written.operator, STR("excluded"));
    switch (out->test) {
    case EXCEPTION_MATCH:
    case EXCEPTION_WILDCARD:
        if (place->nested && out->test == EXCEPTION_WILDCARD) {
            break;
        }
        return read_value(place, object, written.value, out);
    case EXCEPTION_MATCH_ANY: return read_values(place, object, written.value, out);
    case EXCEPTION_EXISTS: return true;
    case EXCEPTION_LIST: return read_list_name(place, object, &written, out);
    case EXCEPTION_NESTED: return read_nested(place, object, &written, out);
    }
    return refuse(place, object->at, "an entry of type wildcard cannot stand in a nested one");
}

static bool read_entries(const Place *place, const Json *entries, const ExceptionEntry **out,
                         uint32_t *count)
{
    ExceptionEntry *made = ARENA_MANY(place->list->arena, ExceptionEntry, entries->count);
    bool sound = true;
    uint32_t i = 0;
    for (const Json *entry = entries->first; entry != NULL; entry = entry->next, i++) {
        Place inner = below(place, "entries", i);
        sound = read_entry(&inner, entry, &made[i]) && sound;
    }
    *out = made;
    *count = i;
    return sound;
}

/* ---- items and lists ---- */

static bool check_systems(const Place *place, const ExceptionItem *item, size_t at)
{
    for (uint32_t i = 0; i < item->os_types.count; i++) {
        bool known = false;
        for (uint32_t system = 0; SYSTEMS[system] != NULL; system++) {
            known = known || str_equal(item->os_types.items[i], str_from_c(SYSTEMS[system]));
        }
        if (!known) {
            return refuse(place, at, "os_types[%u] must be one of windows, linux, macos", i);
        }
    }
    return true;
}

static bool check_expiry(const Place *place, ExceptionItem *item, size_t at)
{
    item->expires = item->expire_time.len > 0;
    return !item->expires || timestamp_parse(item->expire_time, &item->expires_ns) ||
           refuse(place, at, "expire_time is no date");
}

/* `owner`: the list that an item without a list_id belongs to. */
static bool read_item(const Place *place, const Json *object, Str owner, ExceptionItem *out)
{
    if (!rule_check_object(place->list, place->where, object, &ITEMS, place->path, out)) {
        return false;
    }
    out->list_id = out->list_id.len > 0 ? out->list_id : owner;
    if (out->list_id.len == 0) {
        return refuse(place, object->at, "list_id is required");
    }
    bool sound = check_systems(place, out, object->at);
    sound = check_expiry(place, out, object->at) && sound;
    return read_entries(place, json_get(object, STR("entries")), &out->entries,
                        &out->entry_count) &&
           sound;
}

static size_t line_of(const Place *place, size_t at)
{
    size_t line = 0;
    size_t column = 0;
    json_position(place->where->text, at, &line, &column);
    return line + place->where->first_line - 1;
}

static void add_item(const Place *place, const Json *object, Str owner)
{
    ExceptionItem item = {
        .file = place->where->file, .line = line_of(place, object->at), .source = object};
    if (read_item(place, object, owner, &item)) {
        ARRAY_PUSH(place->list->arena, &place->list->exceptions.items, item);
    }
}

static bool add_list(const Place *place, const Json *object, Str *list_id)
{
    ExceptionList made = {
        .file = place->where->file, .line = line_of(place, object->at), .source = object};
    if (!rule_check_object(place->list, place->where, object, &LISTS, place->path, &made)) {
        return false;
    }
    *list_id = made.list_id;
    ARRAY_PUSH(place->list->arena, &place->list->exceptions.lists, made);
    return true;
}

static bool is_item(const Json *object)
{
    return json_get(object, STR("entries")) != NULL;
}

bool exceptions_is_part(const Json *object)
{
    bool has_list = json_get(object, STR("list_id")) != NULL;
    return json_get(object, STR("risk_score")) == NULL &&
           (has_list || (is_item(object) && json_get(object, STR("item_id")) != NULL));
}

void exceptions_read_object(RuleList *list, const RuleText *where, const Json *object)
{
    Place place = {.list = list, .where = where};
    Str list_id = {0};
    if (is_item(object)) {
        add_item(&place, object, STR(""));
    } else {
        (void)add_list(&place, object, &list_id);
    }
}

void exceptions_read_sections(RuleList *list, const RuleText *where, const Json *sections)
{
    Place outer = {.list = list, .where = where};
    uint32_t i = 0;
    if (sections->kind != JSON_ARRAY) {
        (void)refuse(&outer, sections->at, "exceptions must be a list of tables");
        return;
    }
    for (const Json *section = sections->first; section != NULL; section = section->next, i++) {
        Place place = below(&outer, "exceptions", i);
        Str list_id = {0};
        if (section->kind != JSON_OBJECT) {
            (void)refuse(&place, section->at, "an exception must be a table");
            continue;
        }
        if (!rule_check_object(list, where, section, &SECTIONS, place.path, NULL)) {
            continue;
        }
        Place container = place;
        container.path = str_format(list->arena, "%.*scontainer.", STR_ARG(place.path));
        bool known = add_list(&container, json_get(section, STR("container")), &list_id);
        const Json *items = json_get(section, STR("items"));
        uint32_t number = 0;
        for (const Json *item = known && !is_absent(items) ? items->first : NULL; item != NULL;
             item = item->next) {
            Place inner = below(&place, "items", number++);
            add_item(&inner, item, list_id);
        }
    }
}

/* ---- read twice ---- */

static bool json_equal(const Json *a, const Json *b)
{
    if (a->kind != b->kind || a->count != b->count || !str_equal(a->key, b->key) ||
        !str_equal(a->text, b->text) || (a->kind == JSON_BOOL && a->boolean != b->boolean)) {
        return false;
    }
    const Json *left = a->first;
    const Json *right = b->first;
    for (; left != NULL && right != NULL; left = left->next, right = right->next) {
        if (!json_equal(left, right)) {
            return false;
        }
    }
    return left == NULL && right == NULL;
}

static void tell_repeated(RuleList *list, Str file, size_t line, const char *what, Str id)
{
    RuleText where = {.file = file, .first_line = line};
    rule_problem_add(list, &where, 0, SEVERITY_WARNING, "repeated-exception",
                     "%s \"%.*s\" was met before and says something else there: left out", what,
                     STR_ARG(id));
}

static Str name_of(Arena *arena, Str namespace_type, Str list_id, Str item_id)
{
    return str_format(arena, "%.*s\n%zu\n%.*s%.*s", STR_ARG(namespace_type), list_id.len,
                      STR_ARG(list_id), STR_ARG(item_id));
}

static void drop_repeated_lists(RuleList *list)
{
    ExceptionList *items = list->exceptions.lists.items;
    Table *names = table_new(list->arena);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->exceptions.lists.count; i++) {
        ExceptionList one = items[i];
        Str name = name_of(list->arena, one.namespace_type, one.list_id, STR(""));
        uint32_t index = table_add(names, name);
        if (index == kept) {
            items[kept++] = one;
        } else if (!str_equal(items[index].type, one.type)) {
            tell_repeated(list, one.file, one.line, "exception list", one.list_id);
        }
    }
    list->exceptions.lists.count = kept;
}

static void drop_repeated_items(RuleList *list)
{
    ExceptionItem *items = list->exceptions.items.items;
    Table *names = table_new(list->arena);
    ARRAY(uint32_t) places = {0}; /* by name: of the item that has it */
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->exceptions.items.count; i++) {
        ExceptionItem one = items[i];
        if (one.item_id.len == 0) {
            items[kept++] = one;
            continue;
        }
        Str name = name_of(list->arena, one.namespace_type, one.list_id, one.item_id);
        uint32_t index = table_add(names, name);
        if (index == places.count) {
            ARRAY_PUSH(list->arena, &places, kept);
            items[kept++] = one;
            continue;
        }
        assert(places.items != NULL);
        if (!json_equal(items[places.items[index]].source, one.source)) {
            tell_repeated(list, one.file, one.line, "exception item", one.item_id);
        }
    }
    list->exceptions.items.count = kept;
}

void exceptions_drop_repeated(RuleList *list)
{
    drop_repeated_lists(list);
    drop_repeated_items(list);
}

/* ---- kept ones ---- */

bool exceptions_list_again(Arena *arena, const Json *source, ExceptionList *out)
{
    RuleList scratch = {.arena = arena};
    RuleText where = {.first_line = 1};
    out->source = source;
    return source->kind == JSON_OBJECT &&
           rule_check_object(&scratch, &where, source, &LISTS, STR(""), out);
}

bool exceptions_item_again(Arena *arena, const Json *source, Str list_id, ExceptionItem *out)
{
    RuleList scratch = {.arena = arena};
    RuleText where = {.first_line = 1};
    Place place = {.list = &scratch, .where = &where};
    out->source = source;
    return source->kind == JSON_OBJECT && read_item(&place, source, list_id, out);
}
