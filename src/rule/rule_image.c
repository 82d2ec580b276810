#include "rule/rule_image.h"

#include "plan/plan_image.h"
#include "rule/exceptions_read.h"
#include "rule/rule_fields.h"
#include "rule/value_lists.h"

IMAGE_GUARD
IMAGE_ENUM(is_json_kind, JsonKind, case JSON_NULL
           : case JSON_BOOL
           : case JSON_NUMBER
           : case JSON_STRING
           : case JSON_ARRAY
           : case JSON_OBJECT:)
IMAGE_ENUM(is_rule_severity, RuleSeverity, case RULE_LOW
           : case RULE_MEDIUM
           : case RULE_HIGH
           : case RULE_CRITICAL:)
IMAGE_ENUM(is_severity, Severity, case SEVERITY_NOTE : case SEVERITY_WARNING : case SEVERITY_ERROR:)

/* ---- trees ---- */

static void put_json(ImageWriter *writer, const Json *json)
{
    if (!image_writer_enter(writer)) {
        return;
    }
    image_put_number(writer, json->kind);
    image_put_text(writer, json->key);
    switch (json->kind) {
    case JSON_NULL: break;
    case JSON_BOOL: image_put_number(writer, json->boolean); break;
    case JSON_NUMBER:
    case JSON_STRING: image_put_text(writer, json->text); break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        image_put_number(writer, json->count);
        for (const Json *child = json->first; child != NULL; child = child->next) {
            put_json(writer, child);
        }
        break;
    }
    image_writer_leave(writer);
}

static void get_json(ImageReader *reader, Json *json);

static void get_children(ImageReader *reader, Json *json)
{
    uint32_t count = image_get_number(reader);
    if (count > (size_t)(reader->end - reader->at) / sizeof(uint32_t)) {
        image_reader_fail(reader);
        return;
    }
    Json *children = ARENA_MANY(reader->arena, Json, count);
    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        get_json(reader, &children[i]);
        children[i].next = i + 1 < count ? &children[i + 1] : NULL;
    }
    json->first = count > 0 ? children : NULL;
    json->count = count;
}

static void get_json(ImageReader *reader, Json *json)
{
    if (!image_reader_enter(reader)) {
        return;
    }
    uint32_t kind = image_get_number(reader);
    if (!is_json_kind(kind)) {
        image_reader_fail(reader);
        return;
    }
    json->kind = (JsonKind)kind;
    json->key = image_get_text(reader);
    switch (json->kind) {
    case JSON_NULL: break;
    case JSON_BOOL: json->boolean = image_get_number(reader) != 0; break;
    case JSON_NUMBER:
    case JSON_STRING: json->text = image_get_text(reader); break;
    case JSON_ARRAY:
    case JSON_OBJECT: get_children(reader, json); break;
    }
    image_reader_leave(reader);
}

/* ---- rules ---- */

static const ImageMember MAPPING_MEMBERS[] = {
    IMAGE_A_TEXT(SeverityMapping, field),
    IMAGE_A_TEXT(SeverityMapping, value),
    IMAGE_A_CHOICE(SeverityMapping, severity, is_rule_severity),
};
static const ImageType MAPPING = IMAGE_TYPE(SeverityMapping, MAPPING_MEMBERS);

/* Beside what the table of a rule's fields has. */
static const ImageMember OTHER_MEMBERS[] = {
    IMAGE_A_TEXT(Rule, file),
    IMAGE_A_WIDE(Rule, line),
    IMAGE_A_TEXT(Rule, query_text),
    IMAGE_A_WIDE(Rule, query_line),
    IMAGE_A_WIDE(Rule, query_column),
    IMAGE_A_WIDE(Rule, interval_ns),
    IMAGE_A_TEXT(Rule, maturity),
    IMAGE_A_LIST(Rule, severity_mapping, severity_mapping_count, &MAPPING),
    IMAGE_A_TEXT(Rule, risk_score_mapping_field),
};
static const ImageType OTHERS = IMAGE_TYPE(Rule, OTHER_MEMBERS);

static const ImageMember TEXTS_MEMBERS[] = {IMAGE_A_LIST(StrList, items, count, &IMAGE_STR)};
static const ImageType TEXTS = IMAGE_TYPE(StrList, TEXTS_MEMBERS);

static void put_field(ImageWriter *writer, const Rule *rule, const RuleField *field)
{
    const void *place = (const char *)rule + field->offset;
    switch (field->kind) {
    case RULE_KIND_TEXT:
    case RULE_KIND_NAME:
    case RULE_KIND_CHOICE:
    case RULE_KIND_DATE_MATH:
    case RULE_KIND_INTERVAL: image_put_text(writer, *(const Str *)place); return;
    case RULE_KIND_ENUM: image_put_number(writer, *(const unsigned *)place); return;
    case RULE_KIND_INTEGER: image_put_wide(writer, (uint64_t) * (const int64_t *)place); return;
    case RULE_KIND_BOOLEAN: image_put_number(writer, *(const bool *)place); return;
    case RULE_KIND_TEXTS: image_put(writer, &TEXTS, place); return;
    case RULE_KIND_TEXT_OR_TEXTS: /* in the source only */
    case RULE_KIND_OBJECT:
    case RULE_KIND_OBJECTS:
    case RULE_KIND_ANY: return;
    }
}

static unsigned get_choice(ImageReader *reader, const RuleField *field)
{
    uint32_t choice = image_get_number(reader);
    for (uint32_t i = 0; field->choices[i] != NULL; i++) {
        if (i == choice) {
            return choice;
        }
    }
    image_reader_fail(reader);
    return 0;
}

static void get_field(ImageReader *reader, Rule *rule, const RuleField *field)
{
    void *place = (char *)rule + field->offset;
    switch (field->kind) {
    case RULE_KIND_TEXT:
    case RULE_KIND_NAME:
    case RULE_KIND_CHOICE:
    case RULE_KIND_DATE_MATH:
    case RULE_KIND_INTERVAL: *(Str *)place = image_get_text(reader); return;
    case RULE_KIND_ENUM: *(unsigned *)place = get_choice(reader, field); return;
    case RULE_KIND_INTEGER: *(int64_t *)place = (int64_t)image_get_wide(reader); return;
    case RULE_KIND_BOOLEAN: *(bool *)place = image_get_number(reader) != 0; return;
    case RULE_KIND_TEXTS: image_get(reader, &TEXTS, place); return;
    case RULE_KIND_TEXT_OR_TEXTS: return;
    case RULE_KIND_OBJECT:
    case RULE_KIND_OBJECTS:
    case RULE_KIND_ANY: *(const Json **)place = rule_field_json(rule, field); return;
    }
}

static void put_rule(ImageWriter *writer, const void *object)
{
    const Rule *rule = object;
    const RuleFieldTable *table = rule_fields();
    put_json(writer, rule->source);
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->fields[i].offset != 0) {
            put_field(writer, rule, &table->fields[i]);
        }
    }
    image_put(writer, &OTHERS, rule);
}

static void get_rule(ImageReader *reader, void *object)
{
    Rule *rule = object;
    const RuleFieldTable *table = rule_fields();
    Json *source = ARENA_NEW(reader->arena, Json);
    get_json(reader, source);
    rule->source = source;
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->fields[i].offset != 0) {
            get_field(reader, rule, &table->fields[i]);
        }
    }
    image_get(reader, &OTHERS, rule);
}

static const ImageType RULE = IMAGE_TYPE_BY(Rule, put_rule, get_rule);

static const ImageMember PROBLEM_MEMBERS[] = {
    IMAGE_A_TEXT(RuleProblem, file),      IMAGE_A_WIDE(RuleProblem, line),
    IMAGE_A_WIDE(RuleProblem, column),    IMAGE_A_CHOICE(RuleProblem, severity, is_severity),
    IMAGE_A_C_TEXT(RuleProblem, code),    IMAGE_A_TEXT(RuleProblem, rule_id),
    IMAGE_A_TEXT(RuleProblem, rule_name), IMAGE_A_TEXT(RuleProblem, message),
};
static const ImageType PROBLEM = IMAGE_TYPE(RuleProblem, PROBLEM_MEMBERS);

static const ImageMember UNMAPPED_FIELD_MEMBERS[] = {
    IMAGE_AN_ID(EqlUnmappedField, field, PLAN_IMAGE_FIELDS),
    IMAGE_A_NUMBER(EqlUnmappedField, at),
    IMAGE_A_NUMBER(EqlUnmappedField, len),
};
static const ImageType UNMAPPED_FIELD = IMAGE_TYPE(EqlUnmappedField, UNMAPPED_FIELD_MEMBERS);

#define T       \
    {           \
        NULL, 0 \
    } /* a text, a list */
IMAGE_KNOWN(Rule, T, 0, T, 0, 0, NULL, T, T, T, T, T, T, 0, 0, 0, 0, 0, 0, 0, 0, T, T, T, 0, T, T,
            T, T, T, T, T, T, T, T, T, T, T, T, T, T, 0, NULL, 0, T, NULL, NULL, NULL, NULL, NULL);
IMAGE_KNOWN(SeverityMapping, T, T, 0);
IMAGE_KNOWN(RuleProblem, T, 0, 0, 0, NULL, T, T, T);
IMAGE_KNOWN(RuleSkip, NULL, NULL, T);
IMAGE_KNOWN(RuleSet, NULL, NULL, NULL, 0, NULL, NULL, 0, NULL, 0, 0, 0);
IMAGE_KNOWN(ExceptionList, T, 0, NULL, T, T, T, T);
IMAGE_KNOWN(ExceptionItem, T, 0, NULL, T, T, T, T, T, T, 0, 0, NULL, 0);
IMAGE_KNOWN(Exceptions, {NULL, 0, 0}, {NULL, 0, 0}, 0);
IMAGE_KNOWN(EqlUnmappedField, 0, 0, 0);
IMAGE_KNOWN(EqlUnmapped, {NULL, 0, 0});
#undef T

/* ---- exceptions ---- */

/* They are made of their trees again. */
static void put_list(ImageWriter *writer, const void *object)
{
    const ExceptionList *list = object;
    image_put_text(writer, list->file);
    image_put_wide(writer, list->line);
    put_json(writer, list->source);
}

static void get_list(ImageReader *reader, void *object)
{
    ExceptionList *list = object;
    Json *source = ARENA_NEW(reader->arena, Json);
    list->file = image_get_text(reader);
    list->line = image_get_wide(reader);
    get_json(reader, source);
    if (reader->failed || !exceptions_list_again(reader->arena, source, list)) {
        image_reader_fail(reader);
    }
}

static void put_item(ImageWriter *writer, const void *object)
{
    const ExceptionItem *item = object;
    image_put_text(writer, item->file);
    image_put_wide(writer, item->line);
    image_put_text(writer, item->list_id);
    put_json(writer, item->source);
}

static void get_item(ImageReader *reader, void *object)
{
    ExceptionItem *item = object;
    Json *source = ARENA_NEW(reader->arena, Json);
    item->file = image_get_text(reader);
    item->line = image_get_wide(reader);
    Str list_id = image_get_text(reader);
    get_json(reader, source);
    if (reader->failed || !exceptions_item_again(reader->arena, source, list_id, item)) {
        image_reader_fail(reader);
    }
}

static const ImageType EXCEPTION_LIST_TYPE = IMAGE_TYPE_BY(ExceptionList, put_list, get_list);
static const ImageType EXCEPTION_ITEM_TYPE = IMAGE_TYPE_BY(ExceptionItem, put_item, get_item);

static void put_exceptions(ImageWriter *writer, const Exceptions *exceptions)
{
    image_put_many(writer, &EXCEPTION_LIST_TYPE, exceptions->lists.items, exceptions->lists.count);
    image_put_many(writer, &EXCEPTION_ITEM_TYPE, exceptions->items.items, exceptions->items.count);
}

static void get_exceptions(ImageReader *reader, Exceptions *exceptions)
{
    exceptions->lists.items =
        image_get_many(reader, &EXCEPTION_LIST_TYPE, &exceptions->lists.count);
    exceptions->lists.capacity = exceptions->lists.count;
    exceptions->items.items =
        image_get_many(reader, &EXCEPTION_ITEM_TYPE, &exceptions->items.count);
    exceptions->items.capacity = exceptions->items.count;
}

/* ---- the whole ---- */

/* Rules are told by their places in the list. */
static void put_place(ImageWriter *writer, const RuleList *list, const Rule *rule)
{
    image_put_number(writer, (uint32_t)(rule - list->rules.items));
}

static const Rule *get_place(ImageReader *reader, const RuleList *list)
{
    uint32_t place = image_get_number(reader);
    if (place < list->rules.count) {
        return &list->rules.items[place];
    }
    image_reader_fail(reader);
    return NULL;
}

static void put_skips(ImageWriter *writer, const RuleList *list, const RuleSkip *skips,
                      uint32_t count)
{
    image_put_number(writer, count);
    for (uint32_t i = 0; i < count; i++) {
        put_place(writer, list, skips[i].rule);
        image_put_text(writer, str_from_c(skips[i].reason));
        image_put_text(writer, skips[i].detail);
    }
}

/* A count of what takes `words` each. */
static uint32_t get_count(ImageReader *reader, uint32_t words)
{
    uint32_t count = image_get_number(reader);
    if (count <= (size_t)(reader->end - reader->at) / sizeof(uint32_t) / words) {
        return count;
    }
    image_reader_fail(reader);
    return 0;
}

static const RuleSkip *get_skips(ImageReader *reader, const RuleList *list, uint32_t *count)
{
    *count = get_count(reader, 3);
    RuleSkip *skips = ARENA_MANY(reader->arena, RuleSkip, *count);
    for (uint32_t i = 0; i < *count && !reader->failed; i++) {
        skips[i].rule = get_place(reader, list);
        skips[i].reason = str_to_c(reader->arena, image_get_text(reader));
        skips[i].detail = image_get_text(reader);
    }
    return skips;
}

/* Under a mapping each rule has such a list. */
static void put_unmapped(ImageWriter *writer, const RuleSet *set)
{
    image_put_number(writer, set->unmapped != NULL);
    for (uint32_t i = 0; i < set->count && set->unmapped != NULL; i++) {
        image_put_many(writer, &UNMAPPED_FIELD, set->unmapped[i].list.items,
                       set->unmapped[i].list.count);
    }
}

static const EqlUnmapped *get_unmapped(ImageReader *reader, uint32_t rules)
{
    if (image_get_number(reader) == 0) {
        return NULL;
    }
    EqlUnmapped *unmapped = ARENA_MANY(reader->arena, EqlUnmapped, rules);
    for (uint32_t i = 0; i < rules && !reader->failed; i++) {
        unmapped[i].list.items = image_get_many(reader, &UNMAPPED_FIELD, &unmapped[i].list.count);
        unmapped[i].list.capacity = unmapped[i].list.count;
    }
    return unmapped;
}

void rule_image_put(ImageWriter *writer, const RuleList *list, const RuleSet *set)
{
    image_put_many(writer, &RULE, list->rules.items, list->rules.count);
    image_put_many(writer, &PROBLEM, list->problems.items, list->problems.count);
    put_exceptions(writer, &list->exceptions);
    plan_image_put(writer, set->plan);
    for (uint32_t i = 0; i < set->count; i++) {
        put_place(writer, list, set->rules[i]);
    }
    put_unmapped(writer, set);
    put_skips(writer, list, set->skipped, set->skipped_count);
    put_skips(writer, list, set->warnings, set->warning_count);
    image_put_wide(writer, (uint64_t)set->now_above_ns);
    image_put_wide(writer, (uint64_t)set->now_upto_ns);
}

bool rule_image_get(ImageReader *reader, const Schema *schema, RuleList *list, RuleSet **set)
{
    RuleSet *read = ARENA_NEW(reader->arena, RuleSet);
    read->arena = reader->arena;
    list->arena = reader->arena;
    list->rules.items = image_get_many(reader, &RULE, &list->rules.count);
    list->rules.capacity = list->rules.count;
    list->problems.items = image_get_many(reader, &PROBLEM, &list->problems.count);
    list->problems.capacity = list->problems.count;
    get_exceptions(reader, &list->exceptions);
    read->plan = plan_image_get(reader, schema);
    if (read->plan == NULL ||
        !value_lists_fill(list->value_lists, read->plan->lists, read->plan->list_count)) {
        return false;
    }
    read->count = read->plan->query_count;
    read->rules = ARENA_MANY(reader->arena, const Rule *, read->count);
    for (uint32_t i = 0; i < read->count && !reader->failed; i++) {
        read->rules[i] = get_place(reader, list);
    }
    read->unmapped = get_unmapped(reader, read->count);
    read->skipped = get_skips(reader, list, &read->skipped_count);
    read->warnings = get_skips(reader, list, &read->warning_count);
    read->now_above_ns = (int64_t)image_get_wide(reader);
    read->now_upto_ns = (int64_t)image_get_wide(reader);
    *set = read;
    return !reader->failed;
}
