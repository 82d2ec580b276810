#include "detect/found_alert.h"

#include "alert/alert_source.h"
#include "base/timestamp.h"
#include "detect/found.h"
#include "rule/rule_fields.h"
#include "rule/rule_finding.h"

static Str take_text(Arena *arena, Buffer *buffer)
{
    Str text = str_copy(arena, buffer_str(buffer));
    buffer_done(buffer);
    return text;
}

static void write_time(JsonWriter *out, int64_t ns)
{
    char text[TIMESTAMP_TEXT];
    json_string(out, timestamp_print(ns, 3, text));
}

static void write_value(JsonWriter *out, const Value *value)
{
    switch (value->kind) {
    case VALUE_NULL: json_null(out); return;
    case VALUE_BOOL: json_bool(out, value->boolean); return;
    case VALUE_INT: json_i64(out, value->integer); return;
    case VALUE_DOUBLE: json_double(out, value->number); return;
    case VALUE_DATE: write_time(out, value->integer); return;
    case VALUE_STRING: json_string(out, value->text); return;
    }
}

static Str path_of(const FoundAlert *about, FieldId field)
{
    return field_table_get(about->plan->fields, field)->path;
}

/* ---- threshold ---- */

/* The group's values, in order of the plan's fields. */
static Value *values_of(Arena *arena, const FindingPlan *plan, Str key)
{
    Value *values = ARENA_MANY(arena, Value, plan->field_count);
    for (uint32_t i = 0; i < plan->field_count; i++) {
        values[i] = value_read_key(arena, &key);
    }
    return values;
}

static Str print_result(const FoundAlert *about, const FindingPlan *plan,
                        const FoundThreshold *found, const Value *values, Arena *arena)
{
    Buffer text = {0};
    JsonWriter out = {.out = &text};
    json_key(&out, STR("kibana.alert.threshold_result"));
    json_begin_object(&out);
    json_key(&out, STR("terms"));
    json_begin_array(&out);
    for (uint32_t i = 0; i < plan->field_count; i++) {
        json_begin_object(&out);
        json_member_string(&out, "field", path_of(about, plan->fields[i]));
        json_key(&out, STR("value"));
        write_value(&out, &values[i]);
        json_end_object(&out);
    }
    json_end_array(&out);
    json_member_i64(&out, "count", (int64_t)found->count);
    json_key(&out, STR("from"));
    write_time(&out, found->first);
    if (plan->distinct != FIELD_NONE) {
        json_key(&out, STR("cardinality"));
        json_begin_array(&out);
        json_begin_object(&out);
        json_member_string(&out, "field", path_of(about, plan->distinct));
        json_member_i64(&out, "value", (int64_t)found->values);
        json_end_object(&out);
        json_end_array(&out);
    }
    json_end_object(&out);
    return take_text(arena, &text);
}

static Str print_group(const FoundAlert *about, const FindingPlan *plan,
                       const FoundThreshold *found, const Value *values, Arena *arena)
{
    Buffer text = {0};
    JsonWriter out = {.out = &text};
    json_begin_object(&out);
    json_key(&out, STR("@timestamp"));
    write_time(&out, found->last);
    for (uint32_t i = 0; i < plan->field_count; i++) {
        json_key(&out, path_of(about, plan->fields[i]));
        write_value(&out, &values[i]);
    }
    json_end_object(&out);
    return take_text(arena, &text);
}

static Str group_id(const FoundAlert *about, const FindingPlan *plan, const FoundThreshold *found,
                    Str key, Arena *arena)
{
    Buffer text = {0};
    char time[TIMESTAMP_TEXT];
    buffer_append(&text, about->rule->rule_id);
    buffer_append(&text, timestamp_print(found->run, 3, time));
    for (uint32_t i = 0; i < plan->field_count; i++) {
        buffer_append_byte(&text, ',');
        buffer_append(&text, path_of(about, plan->fields[i]));
    }
    buffer_append_byte(&text, '\0');
    buffer_append(&text, key);
    Hex hex = hash_128_hex(buffer_str(&text));
    buffer_done(&text);
    return str_format(arena, "%.8s-%.4s-5%.3s-8%.3s-%.12s", hex.text, hex.text + 8, hex.text + 13,
                      hex.text + 17, hex.text + 20);
}

static bool build_threshold(const FoundAlert *about, const FindingPlan *plan, Str bytes,
                            Arena *arena, const AlertTaker *taker, Err *err)
{
    FoundThreshold found = found_take_threshold(&bytes);
    const Value *values = values_of(arena, plan, bytes);
    const StrList *index = &about->rule->index;
    Document group;
    if (!document_parse(arena, print_group(about, plan, &found, values, arena), &group, err)) {
        return false;
    }
    group.id = group_id(about, plan, &found, bytes, arena);
    group.index = str_join(arena, index->items, index->count, STR(","));
    AlertExtra extra = {.members = print_result(about, plan, &found, values, arena)};
    return alert_build_extra(about->builder, about->rule, &group, &extra, taker, err);
}

/* ---- new terms ---- */

static Str print_terms(const FindingPlan *plan, Str key, Arena *arena)
{
    Buffer text = {0};
    JsonWriter out = {.out = &text};
    json_key(&out, STR("kibana.alert.new_terms"));
    json_begin_array(&out);
    for (uint32_t i = 0; i < plan->field_count; i++) {
        Value value = value_read_key(arena, &key);
        write_value(&out, &value);
    }
    json_end_array(&out);
    return take_text(arena, &text);
}

/* ---- threats ---- */

static void write_matched(const FoundAlert *about, const FoundThreat *threat,
                          const Document *indicator, const ThreatItem *items, JsonWriter *out)
{
    const ThreatEntry *entry = &items[threat->item].entries[threat->entry];
    json_key(out, STR("matched"));
    json_begin_object(out);
    json_member_string(out, "atomic", threat->value);
    json_member_string(out, "field", path_of(about, entry->event));
    json_member_string(out, "id", indicator->id);
    json_member_string(out, "index", indicator->index);
    json_member_string(out, "type", STR("indicator_match_rule"));
    json_end_object(out);
}

/* An object at the path; {} when there is none, or no room for it. */
static void write_object(const Document *indicator, Str path, bool has_room, JsonWriter *out)
{
    const Json *found = NULL;
    if (has_room && document_find(indicator, path, &found, 1) == 1 && found->kind == JSON_OBJECT) {
        alert_source_print_value(out, found);
    } else {
        json_raw(out, STR("{}"));
    }
}

static void write_feed(const Document *indicator, JsonWriter *out)
{
    const Json *name = NULL;
    json_key(out, STR("feed"));
    json_begin_object(out);
    if (document_find(indicator, STR("threat.feed.name"), &name, 1) == 1 &&
        name->kind == JSON_STRING) {
        json_member_string(out, "name", name->text);
    }
    json_end_object(out);
}

static bool write_threat(const FoundAlert *about, const FoundThreat *threat,
                         const ThreatItem *items, JsonWriter *out, Err *err)
{
    Arena *arena = arena_new();
    Document indicator;
    bool read =
        about->source.read(about->source.context, &threat->indicator, arena, &indicator, err);
    if (read) {
        bool has_room = out->out->len + threat->indicator.len < FOUND_MAX_ENRICHMENT;
        json_begin_object(out);
        json_key(out, STR("indicator"));
        write_object(&indicator, rule_indicator_path(about->rule), has_room, out);
        write_feed(&indicator, out);
        write_matched(about, threat, &indicator, items, out);
        json_end_object(out);
    }
    arena_free(arena);
    return read;
}

static Json *copy_node(Arena *arena, const Json *node)
{
    Json *copy = ARENA_NEW(arena, Json);
    *copy = *node;
    copy->next = NULL;
    return copy;
}

/* A copy of the object without its members of that key, one of that key behind the others; *link is where it hangs. */
static Json *with_member(Arena *arena, const Json *object, Str key, Json *member)
{
    Json *copy = ARENA_NEW(arena, Json);
    *copy = (Json){.kind = JSON_OBJECT, .key = object->key, .count = 1};
    Json **link = &copy->first;
    for (const Json *child = object->first; child != NULL; child = child->next) {
        if (!str_equal(child->key, key)) {
            *link = copy_node(arena, child);
            link = &(*link)->next;
            copy->count++;
        }
    }
    member->key = key;
    member->next = NULL;
    *link = member;
    return copy;
}

/* What the event had of them already stays in front. */
static Json *joined(Arena *arena, const Json *before, const Json *added)
{
    Json *list = ARENA_NEW(arena, Json);
    *list = (Json){.kind = JSON_ARRAY};
    Json **link = &list->first;
    const Json *lists[] = {before, added};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        bool has = lists[i] != NULL && lists[i]->kind == JSON_ARRAY;
        for (const Json *item = has ? lists[i]->first : NULL; item != NULL; item = item->next) {
            *link = copy_node(arena, item);
            link = &(*link)->next;
            list->count++;
        }
    }
    return list;
}

static const Json *enriched(Arena *arena, const Json *source, const Json *enrichments)
{
    const Json none = {.kind = JSON_OBJECT};
    const Json *threat = json_get(source, STR("threat"));
    threat = threat != NULL && threat->kind == JSON_OBJECT ? threat : &none;
    Json *list = joined(arena, json_get(threat, STR("enrichments")), enrichments);
    Json *with = with_member(arena, threat, STR("enrichments"), list);
    return with_member(arena, source, STR("threat"), with);
}

static bool build_threats(const FoundAlert *about, const Match *match, const Document *event,
                          Arena *arena, const AlertTaker *taker, Err *err)
{
    const FindingPlan *plan = &about->plan->queries[match->query].finding;
    Str bytes = match->found;
    Buffer text = {0};
    JsonWriter out = {.out = &text};
    bool ok = true;
    json_begin_array(&out);
    while (bytes.len > 0 && ok) {
        FoundThreat threat = found_take_threat(&bytes);
        ok = write_threat(about, &threat, plan->items, &out, err);
    }
    json_end_array(&out);
    Str written = take_text(arena, &text);
    const Json *enrichments = ok ? json_parse(arena, written, err) : NULL;
    if (enrichments == NULL) {
        return false;
    }
    Document with = *event;
    with.source = enriched(arena, event->source, enrichments);
    AlertExtra extra = {0};
    return alert_build_extra(about->builder, about->rule, &with, &extra, taker, err);
}

bool found_alert_build(const FoundAlert *about, const Match *match, Arena *arena,
                       const AlertTaker *taker, Err *err)
{
    const FindingPlan *plan = &about->plan->queries[match->query].finding;
    if (plan->kind == FINDING_THRESHOLD) {
        return build_threshold(about, plan, match->found, arena, taker, err);
    }
    const Document *event = match_documents_get(about->documents, 0, err);
    if (event == NULL) {
        return false;
    }
    if (plan->kind == FINDING_THREATS) {
        return build_threats(about, match, event, arena, taker, err);
    }
    AlertExtra extra = {.id = match->found, .members = print_terms(plan, match->found, arena)};
    return alert_build_extra(about->builder, about->rule, event, &extra, taker, err);
}
