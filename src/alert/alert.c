#include "alert/alert.h"

#include "alert/alert_id.h"
#include "alert/alert_source.h"
#include "alert/common_fields.h"
#include "alert/override.h"
#include "alert/reason.h"
#include "base/heap.h"
#include "base/table.h"
#include "base/timestamp.h"
#include "rule/rule_fields.h"

struct AlertBuilder {
    AlertContext context;
    Arena *lasting;   /* what is the same in all alerts of a rule */
    Arena *arena;     /* one event's or one sequence's alerts */
    Arena *common[2]; /* what a sequence's events have in common: so far, and one event before */
    Buffer own;
    Buffer *out; /* where alerts are printed */
    char now_text[TIMESTAMP_TEXT];
    Str now;
    Table *rules; /* by address */
    ARRAY(Str) rule_members;
    uint64_t loops;
    AlertSuppression suppression; /* of the next alert; borrowed */
};

/* One alert to be written. */
typedef struct Alert {
    const Rule *rule;
    const Document *event; /* a shell: what its events share; a block: only while it is printed */
    Ancestors ancestors;
    int64_t depth;
    Override shown;
    Str uuid, reason;
    bool has_time;
    int64_t time_ns;
    Str group_id;  /* of a sequence, else empty */
    bool in_group; /* one of its building blocks */
    uint32_t group_index;
    uint32_t group_events; /* the shell: how many */
    Str members;           /* more of the document */
} Alert;

AlertBuilder *alert_builder_new(const AlertContext *context)
{
    AlertBuilder *builder = HEAP_NEW(AlertBuilder);
    builder->lasting = arena_new();
    builder->arena = arena_new();
    builder->common[0] = arena_new();
    builder->common[1] = arena_new();
    builder->rules = table_new(builder->lasting);
    builder->out = &builder->own;
    builder->now = timestamp_print(context->now_ns, 3, builder->now_text);
    builder->context = (AlertContext){
        .now_ns = context->now_ns,
        .space = str_copy(builder->lasting, context->space),
        .execution_uuid = str_copy(builder->lasting, context->execution_uuid),
    };
    return builder;
}

void alert_builder_free(AlertBuilder *builder)
{
    if (builder != NULL) {
        buffer_done(&builder->own);
        arena_free(builder->arena);
        arena_free(builder->common[0]);
        arena_free(builder->common[1]);
        arena_free(builder->lasting);
        free(builder);
    }
}

void alert_builder_print_to(AlertBuilder *builder, Buffer *out)
{
    builder->out = out == NULL ? &builder->own : out;
}

void alert_builder_suppress(AlertBuilder *builder, const AlertSuppression *suppression)
{
    builder->suppression = *suppression;
}

uint64_t alert_builder_loops(const AlertBuilder *builder)
{
    return builder->loops;
}

/* --- the rule's part --- */

/* What the user interface keeps with the rule: "kibana.alert.rule.meta.from": "1m". */
static void print_meta(JsonWriter *out, const Rule *rule)
{
    const Json *meta = json_get(rule->source, STR("meta"));
    if (meta == NULL || meta->kind != JSON_OBJECT) {
        return;
    }
    Arena *arena = arena_new();
    for (const Json *member = meta->first; member != NULL; member = member->next) {
        json_key(out, str_format(arena, "kibana.alert.rule.meta.%.*s", STR_ARG(member->key)));
        rule_print_tree(out, member);
    }
    arena_free(arena);
}

/* Members, without braces, that are the same in every alert of a rule. */
static Str print_rule(Arena *arena, const Rule *rule)
{
    Buffer text = {0};
    JsonWriter out = {.out = &text};
    json_member_string(&out, "kibana.alert.rule.category",
                       str_from_c(rule_type_category(rule->type)));
    json_member_string(&out, "kibana.alert.rule.rule_type_id",
                       str_from_c(rule_type_id(rule->type)));
    json_member_string(&out, "kibana.alert.rule.consumer", STR("siem"));
    json_member_string(&out, "kibana.alert.rule.producer", STR("siem"));
    rule_print_members(&out, rule, RULE_USE_ALERT, STR("kibana.alert.rule."));
    print_meta(&out, rule);
    json_key(&out, STR("kibana.alert.rule.parameters"));
    json_begin_object(&out);
    rule_print_members(&out, rule, RULE_USE_PARAMETERS, STR(""));
    json_end_object(&out);
    Str members = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return members;
}

static Str rule_members(AlertBuilder *builder, const Rule *rule)
{
    Str address = {(const char *)&rule, sizeof(void *)};
    uint32_t before = table_count(builder->rules);
    uint32_t index = table_add(builder->rules, address);
    if (index == before) {
        Str members = print_rule(builder->lasting, rule);
        ARRAY_PUSH(builder->lasting, &builder->rule_members, members);
    }
    return builder->rule_members.items[index];
}

/* --- the document --- */

static void member_time(JsonWriter *out, const char *key, int64_t ns)
{
    char text[TIMESTAMP_TEXT];
    json_member_string(out, key, timestamp_print(ns, 3, text));
}

static void empty_list(JsonWriter *out, const char *key)
{
    json_key(out, str_from_c(key));
    json_raw(out, STR("[]"));
}

static void print_risk(JsonWriter *out, double risk)
{
    json_key(out, STR("kibana.alert.risk_score"));
    if (risk == (double)(int64_t)risk) {
        json_i64(out, (int64_t)risk);
    } else {
        json_double(out, risk);
    }
}

static void print_state(AlertBuilder *builder, JsonWriter *out, const Alert *alert)
{
    const AlertContext *context = &builder->context;
    json_member_string(out, "kibana.version", STR(ALERT_KIBANA_VERSION));
    json_key(out, STR("kibana.space_ids"));
    json_begin_array(out);
    json_string(out, context->space);
    json_end_array(out);
    json_member_string(out, "kibana.alert.uuid", alert->uuid);
    json_member_string(out, "kibana.alert.start", builder->now);
    json_member_string(out, "kibana.alert.last_detected", builder->now);
    json_member_string(out, "kibana.alert.status", STR("active"));
    json_member_string(out, "kibana.alert.workflow_status", STR("open"));
    empty_list(out, "kibana.alert.workflow_tags");
    empty_list(out, "kibana.alert.workflow_assignee_ids");
}

static void print_origin(AlertBuilder *builder, JsonWriter *out, const Alert *alert)
{
    json_member_i64(out, "kibana.alert.depth", alert->depth);
    json_key(out, STR("kibana.alert.ancestors"));
    ancestors_print(out, &alert->ancestors);
    if (alert->has_time) {
        member_time(out, "kibana.alert.original_time", alert->time_ns);
    }
    alert_source_print_flat(out, builder->arena, alert->event->source, STR("event"),
                            STR("kibana.alert.original_event"));
    alert_source_print_flat(out, builder->arena, alert->event->source, STR("data_stream"),
                            STR("kibana.alert.original_data_stream"));
}

static void print_judgement(JsonWriter *out, const Alert *alert)
{
    json_member_string(out, "kibana.alert.reason", alert->reason);
    json_member_string(out, "kibana.alert.severity",
                       str_from_c(rule_severity_name(alert->shown.severity)));
    print_risk(out, alert->shown.risk_score);
    if (alert->in_group || alert->rule->building_block_type.len > 0) {
        json_member_string(out, "kibana.alert.building_block_type", STR("default"));
    }
    if (alert->group_id.len > 0) {
        json_member_string(out, "kibana.alert.group.id", alert->group_id);
    }
    if (alert->in_group) {
        json_member_i64(out, "kibana.alert.group.index", alert->group_index);
    }
}

static void print_execution(const AlertBuilder *builder, JsonWriter *out)
{
    json_member_string(out, "kibana.alert.intended_timestamp", builder->now);
    json_member_string(out, "kibana.alert.rule.execution.timestamp", builder->now);
    json_member_string(out, "kibana.alert.rule.execution.uuid", builder->context.execution_uuid);
    /* a person asked for this run; nothing scheduled it */
    json_member_string(out, "kibana.alert.rule.execution.type", STR("manual"));
}

static Str print_alert(AlertBuilder *builder, const Alert *alert)
{
    if (builder->out == &builder->own) {
        buffer_clear(builder->out);
    }
    size_t from = builder->out->len;
    JsonWriter out = {.out = builder->out};
    json_begin_object(&out);
    json_member_string(&out, "@timestamp", builder->now);
    alert_source_print(&out, alert->event->source);
    print_state(builder, &out, alert);
    print_origin(builder, &out, alert);
    print_judgement(&out, alert);
    if (!alert->in_group && builder->suppression.members.len > 0) {
        json_raw(&out, STR(""));
        buffer_append(out.out, builder->suppression.members);
    }
    if (alert->members.len > 0) {
        json_raw(&out, alert->members);
    }
    print_execution(builder, &out);
    json_member_string(&out, "kibana.alert.rule.name", alert->shown.name);
    json_raw(&out, STR(""));
    buffer_append(out.out, rule_members(builder, alert->rule)); /* its commas are in it */
    json_end_object(&out);
    return str_slice(buffer_str(builder->out), from, builder->out->len);
}

/* --- alerts --- */

static bool time_of(Arena *arena, const Document *event, int64_t *ns)
{
    Field field = {.path = STR("@timestamp"), .type = FIELD_DATE_NANOS};
    Values values = document_values(arena, event, &field);
    for (uint32_t i = 0; i < values.count; i++) {
        if (values.items[i].kind == VALUE_DATE) {
            *ns = values.items[i].integer;
            return true;
        }
    }
    return false;
}

static Str first_of(Arena *arena, const Document *event, const Str *paths, size_t count)
{
    Str text = {0};
    for (size_t i = 0; i < count && text.len == 0; i++) {
        text = reason_field(arena, event, paths[i]);
    }
    return text;
}

static AlertSummary summarise(AlertBuilder *builder, const Alert *alert)
{
    static const Str HOSTS[] = {STR_INIT("host.name"), STR_INIT("host.hostname"),
                                STR_INIT("winlog.computer_name")};
    static const Str USERS[] = {STR_INIT("user.name")};
    return (AlertSummary){
        .uuid = alert->uuid,
        .rule_name = alert->shown.name,
        .reason = alert->reason,
        .host = first_of(builder->arena, alert->event, HOSTS, ARRAY_LEN(HOSTS)),
        .user = first_of(builder->arena, alert->event, USERS, ARRAY_LEN(USERS)),
        .severity = alert->shown.severity,
        .risk_score = (int64_t)alert->shown.risk_score,
        .time_ns = alert->has_time ? alert->time_ns : 0,
        .building_block = alert->in_group || alert->rule->building_block_type.len > 0,
        .in_group = alert->in_group,
        .group_events = alert->group_events,
    };
}

static bool hand_over(AlertBuilder *builder, Alert *alert, const AlertTaker *taker, Err *err)
{
    alert->reason =
        reason_of(builder->arena, alert->event, alert->shown.severity, alert->shown.name);
    Str json = print_alert(builder, alert);
    AlertSummary summary = summarise(builder, alert);
    return taker->take(taker->context, json, &summary, err);
}

static Str keep(AlertBuilder *builder, Hex hex)
{
    return str_copy(builder->arena, str_from_c(hex.text));
}

bool alert_build_event(AlertBuilder *builder, const Rule *rule, const Document *event,
                       const AlertTaker *taker, Err *err)
{
    return alert_build_extra(builder, rule, event, &(AlertExtra){0}, taker, err);
}

bool alert_build_extra(AlertBuilder *builder, const Rule *rule, const Document *event,
                       const AlertExtra *extra, const AlertTaker *taker, Err *err)
{
    arena_reset(builder->arena);
    Ancestors ancestors = ancestors_of(builder->arena, event);
    if (ancestors_have_rule(&ancestors, rule->id)) {
        builder->loops++;
        return true;
    }
    const Ancestor *parent = &ancestors.items[ancestors.count - 1];
    Alert alert = {
        .rule = rule,
        .event = event,
        .ancestors = ancestors,
        .depth = parent->depth + 1,
        .shown = override_of(builder->arena, rule, event),
        .uuid =
            keep(builder, alert_id_of_event(parent, builder->context.space, rule->id, extra->id)),
        .members = extra->members,
    };
    if (builder->suppression.uuid.len > 0) {
        alert.uuid = builder->suppression.uuid;
    }
    alert.has_time = time_of(builder->arena, event, &alert.time_ns);
    return hand_over(builder, &alert, taker, err);
}

/* The blocks' ancestors, each block behind its own. A block is not in any index yet. */
static Ancestors shell_ancestors(Arena *arena, const Alert *blocks, uint32_t count, Str rule_id)
{
    uint32_t total = count;
    for (uint32_t i = 0; i < count; i++) {
        total += blocks[i].ancestors.count;
    }
    Ancestors all = {.items = ARENA_MANY(arena, Ancestor, total)};
    for (uint32_t i = 0; i < count; i++) {
        const Ancestors *own = &blocks[i].ancestors;
        for (uint32_t j = 0; j < own->count; j++) {
            all.items[all.count++] = own->items[j];
        }
        all.items[all.count++] = (Ancestor){
            .id = blocks[i].uuid, .rule = rule_id, .depth = blocks[i].depth, .signal = true};
    }
    return all;
}

/* A sequence on its way. */
typedef struct Group {
    const Rule *rule;
    const AlertEvents *events;
    Ancestors *ancestors; /* of each event */
    Alert *blocks;
    const Json *first;  /* event's source */
    const Json *common; /* of the events so far; NULL of the first alone */
    bool loops;
} Group;

/* `common` becomes what it shares with one event more. */
static void narrow(AlertBuilder *builder, Group *group, const Json *source, uint32_t index)
{
    Arena *arena = builder->common[index % 2];
    const Json *both[] = {group->common != NULL ? group->common : group->first, source};
    arena_reset(arena);
    group->common = common_fields(arena, both, 2);
}

static void look_at_event(AlertBuilder *builder, Group *group, const Document *event,
                          uint32_t index)
{
    Arena *scratch = arena_new();
    group->ancestors[index] = ancestors_of(builder->arena, event);
    group->loops = ancestors_have_rule(&group->ancestors[index], group->rule->id);
    group->blocks[index].has_time = time_of(scratch, event, &group->blocks[index].time_ns);
    if (index == 0) {
        group->first = event->source;
    }
    if (index > 0 || group->events->count == 1) {
        narrow(builder, group, event->source, index);
    }
    arena_free(scratch);
}

/* All that is not of one event alone; false on failure. */
static bool look_at_events(AlertBuilder *builder, Group *group, Err *err)
{
    for (uint32_t i = 0; i < group->events->count && !group->loops; i++) {
        const Document *event = group->events->get(group->events->context, i, err);
        if (event == NULL) {
            return false;
        }
        look_at_event(builder, group, event, i);
    }
    return true;
}

static void fill_blocks(AlertBuilder *builder, Group *group)
{
    uint32_t count = group->events->count;
    Hex *ids = ARENA_MANY(builder->arena, Hex, count);
    alert_ids_of_blocks(group->ancestors, count, group->rule->id, ids);
    for (uint32_t i = 0; i < count; i++) {
        Ancestors ancestors = group->ancestors[i];
        group->blocks[i] = (Alert){
            .rule = group->rule,
            .ancestors = ancestors,
            .depth = ancestors.items[ancestors.count - 1].depth + 1,
            .shown = override_none(group->rule),
            .uuid = keep(builder, ids[i]),
            .in_group = true,
            .group_index = i,
            .has_time = group->blocks[i].has_time,
            .time_ns = group->blocks[i].time_ns,
        };
    }
}

static Alert shell_of(AlertBuilder *builder, const Group *group)
{
    const Alert *blocks = group->blocks;
    uint32_t count = group->events->count;
    const Alert *last = &blocks[count - 1];
    int64_t depth = 0;
    for (uint32_t i = 0; i < count; i++) {
        depth = blocks[i].depth > depth ? blocks[i].depth : depth;
    }
    Document *common = ARENA_NEW(builder->arena, Document);
    common->source = group->common;
    Alert shell = {
        .rule = group->rule,
        .event = common,
        .ancestors = shell_ancestors(builder->arena, blocks, count, group->rule->id),
        .depth = depth + 1,
        .shown = override_none(group->rule),
        .has_time = last->has_time, /* the sequence came to be with its last event */
        .time_ns = last->time_ns,
        .group_events = count,
    };
    shell.uuid = keep(builder, alert_id_of_shell(&shell.ancestors, group->rule->id));
    shell.group_id = shell.uuid;
    return shell;
}

/* An arena of its own for each: what is printed of 256 large events would add up. */
static bool hand_over_block(AlertBuilder *builder, const Group *group, uint32_t index, Str group_id,
                            const AlertTaker *taker, Err *err)
{
    Alert *block = &group->blocks[index];
    Arena *lasting = builder->arena;
    block->event = group->events->get(group->events->context, index, err);
    if (block->event == NULL) {
        return false;
    }
    block->group_id = group_id;
    builder->arena = arena_new();
    bool taken = hand_over(builder, block, taker, err);
    arena_free(builder->arena);
    builder->arena = lasting;
    return taken;
}

bool alert_build_sequence(AlertBuilder *builder, const Rule *rule, const AlertEvents *events,
                          const AlertTaker *taker, Err *err)
{
    assert(events->count > 0);
    arena_reset(builder->arena);
    Group group = {
        .rule = rule,
        .events = events,
        .ancestors = ARENA_MANY(builder->arena, Ancestors, events->count),
        .blocks = ARENA_MANY(builder->arena, Alert, events->count),
    };
    if (!look_at_events(builder, &group, err)) {
        return false;
    }
    if (group.loops) {
        builder->loops++;
        return true;
    }
    fill_blocks(builder, &group);
    Alert shell = shell_of(builder, &group);
    for (uint32_t i = 0; i < events->count; i++) {
        if (!hand_over_block(builder, &group, i, shell.uuid, taker, err)) {
            return false;
        }
    }
    return hand_over(builder, &shell, taker, err);
}
