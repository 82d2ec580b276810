#include "base/timestamp.h"
#include "cli/value_json.h"
#include "cli/why_output.h"
#include "cli/why_words.h"
#include "plan/explain.h"

typedef struct Writer {
    JsonWriter json;
    const WhyPrint *print;
    const PlanSet *plan;
    const QueryPlan *query;
    RowEvaluator *evaluator;
} Writer;

static void write_count(Writer *writer, const char *key, uint64_t count)
{
    json_member_i64(&writer->json, key, (int64_t)count);
}

/* {"input":..,"line":..} as members of what is open. */
static void write_place(Writer *writer, const EventPlace *place)
{
    json_member_string(&writer->json, "input", input_name(writer->print->input, place->input));
    write_count(writer, "line", place->line);
}

static void write_place_as(Writer *writer, const char *key, const EventPlace *place)
{
    json_key(&writer->json, str_from_c(key));
    json_begin_object(&writer->json);
    write_place(writer, place);
    json_end_object(&writer->json);
}

static Str path_of(const Writer *writer, FieldId field)
{
    return field_table_get(writer->plan->fields, field)->path;
}

/* --- conditions --- */

static void write_predicate(Writer *writer, const Predicate *predicate)
{
    JsonWriter *json = &writer->json;
    Buffer text = {0};
    explain_expr(&text, writer->plan, predicate->expr);
    json_member_string(json, "predicate", buffer_str(&text));
    buffer_done(&text);
    json_key(json, STR("values"));
    json_begin_object(json);
    for (uint32_t i = 0; i < predicate->field_count; i++) {
        Values values = row_evaluator_values(writer->evaluator, predicate->fields[i]);
        json_key(json, path_of(writer, predicate->fields[i]));
        json_begin_array(json);
        for (uint32_t k = 0; k < values.count; k++) {
            value_write_json(json, &values.items[k]);
        }
        json_end_array(json);
    }
    json_end_object(json);
}

static void write_node(Writer *writer, NodeId id)
{
    static const char *const NAMES[] = {
        [NODE_FALSE] = "never", [NODE_TRUE] = "always", [NODE_PREDICATE] = "predicate",
        [NODE_AND] = "and",     [NODE_OR] = "or",       [NODE_NOT] = "not",
    };
    JsonWriter *json = &writer->json;
    const PlanNode *node = &writer->plan->nodes[id];
    json_begin_object(json);
    json_member_string(json, "kind", str_from_c(NAMES[node->kind]));
    json_member_bool(json, "holds", row_evaluator_holds(writer->evaluator, id));
    if (node->kind == NODE_PREDICATE) {
        write_predicate(writer, &writer->plan->predicates[node->predicate]);
    }
    if (node->child_count > 0) {
        json_key(json, STR("children"));
        json_begin_array(json);
        for (uint32_t i = 0; i < node->child_count; i++) {
            write_node(writer, node->children[i]);
        }
        json_end_array(json);
    }
    json_end_object(json);
}

static void write_key_name(Writer *writer, const JoinKey *key)
{
    if (key->computed == NULL) {
        json_string(&writer->json, path_of(writer, key->field));
        return;
    }
    Buffer text = {0};
    explain_expr(&text, writer->plan, key->computed->expr);
    json_string(&writer->json, buffer_str(&text));
    buffer_done(&text);
}

static void write_stage(Writer *writer, const WhyEvent *event, uint32_t number)
{
    JsonWriter *json = &writer->json;
    const QueryPlan *query = writer->query;
    const WhyStage *verdict = &event->stages[number];
    const Stage *stage = number < query->stage_count ? &query->stages[number] : query->until;
    json_begin_object(json);
    json_member_bool(json, "fits", verdict->fits);
    if (stage->missing) {
        json_member_bool(json, "missing", true);
    }
    if (query->key_count > 0) {
        json_key(json, STR("by"));
        json_begin_array(json);
        for (uint32_t i = 0; i < query->key_count; i++) {
            write_key_name(writer, &stage->keys[i]);
        }
        json_end_array(json);
    }
    if (verdict->fits && verdict->missing_key != NULL) {
        json_key(json, STR("lacks_key"));
        write_key_name(writer, verdict->missing_key);
    }
    /* The stages of a run have one condition; it stands with the first. */
    if (number == 0 || stage == query->until || stage->node != query->stages[number - 1].node) {
        json_key(json, STR("condition"));
        write_node(writer, stage->node);
    }
    json_end_object(json);
}

static void write_stages(Writer *writer, const WhyEvent *event)
{
    json_key(&writer->json, STR("stages"));
    json_begin_array(&writer->json);
    for (uint32_t i = 0; i < writer->query->stage_count; i++) {
        write_stage(writer, event, i);
    }
    json_end_array(&writer->json);
    if (writer->query->until != NULL) {
        json_key(&writer->json, STR("until"));
        write_stage(writer, event, writer->query->stage_count);
    }
}

/* --- sequences and samples --- */

static void write_step(Writer *writer, const TraceStep *step)
{
    static const char *const NAMES[] = {
        [TRACE_BEGINS] = "begins",       [TRACE_CONTINUES] = "continues",
        [TRACE_COMPLETES] = "completes", [TRACE_NOTHING_WAITS] = "nothing_waits",
        [TRACE_TOO_LATE] = "too_late",   [TRACE_AFTER_UNTIL] = "after_until",
        [TRACE_UNTIL] = "until",         [TRACE_FORBIDS] = "forbids",
    };
    JsonWriter *json = &writer->json;
    char time[TIMESTAMP_TEXT];
    json_begin_object(json);
    json_member_string(json, "does", str_from_c(NAMES[step->kind]));
    json_member_string(json, "time", timestamp_print(step->event.time, 3, time));
    write_place(writer, &step->event.place);
    if (step->stage != HIT_UNTIL) {
        write_count(writer, "stage", step->stage + 1u);
    }
    json_member_bool(json, "own", step->is_own);
    if (step->has_sequence) {
        write_place_as(writer, "begun", &step->began.place);
        write_count(writer, "more", step->more);
    }
    if (step->has_dropped) {
        write_place_as(writer, "replaces", &step->dropped.place);
    }
    json_end_object(json);
}

static void write_key(Writer *writer, const WhyEvent *event, uint32_t number)
{
    JsonWriter *json = &writer->json;
    const WhyKey *key = &event->keys[number];
    Arena *arena = arena_new();
    json_begin_object(json);
    json_key(json, STR("join_keys"));
    json_begin_array(json);
    Str rest = key->key;
    for (uint32_t i = 0; i < writer->query->key_count; i++) {
        Value value = value_read_key(arena, &rest);
        value_write_json(json, &value);
    }
    json_end_array(json);
    json_key(json, STR("events_by_stage"));
    json_begin_array(json);
    for (uint32_t i = 0; i < writer->query->stage_count; i++) {
        json_i64(json, (int64_t)key->stage_hits[i]);
    }
    json_end_array(json);
    if (writer->query->until != NULL) {
        write_count(writer, "until_events", key->stage_hits[writer->query->stage_count]);
    }
    if (event->trace != NULL) {
        json_key(json, STR("steps"));
        json_begin_array(json);
        for (uint32_t i = 0; i < event->trace->steps.count; i++) {
            if (event->trace->steps.items[i].key == number) {
                write_step(writer, &event->trace->steps.items[i]);
            }
        }
        json_end_array(json);
    }
    json_end_object(json);
    arena_free(arena);
}

static void write_history(Writer *writer, const WhyEvent *event)
{
    JsonWriter *json = &writer->json;
    json_key(json, STR("keys"));
    json_begin_array(json);
    for (uint32_t i = 0; i < event->key_count; i++) {
        write_key(writer, event, i);
    }
    json_end_array(json);
    write_count(writer, "keys_left_out", event->keys_cut);
    if (event->trace != NULL) {
        write_count(writer, "earlier_steps_left_out", event->trace->before_cut);
        write_count(writer, "later_steps_left_out", event->trace->after_cut);
    }
    write_count(writer, "matches", event->matches);
    if (event->match_count > 0) {
        json_key(json, STR("first_match"));
        json_begin_array(json);
        for (uint32_t i = 0; i < event->match_count; i++) {
            json_begin_object(json);
            if (event->match[i].missing) {
                json_member_bool(json, "missing", true);
            } else {
                write_place(writer, &event->match[i].place);
            }
            json_end_object(json);
        }
        json_end_array(json);
    }
}

/* --- the event --- */

static void write_verdict(Writer *writer, const WhyEvent *event)
{
    static const char *const NAMES[] = {
        [WHY_MATCHED] = "matched", [WHY_OUTSIDE] = "outside", [WHY_FITS_NOT] = "fits_not",
        [WHY_NO_KEY] = "no_key",   [WHY_NO_TIME] = "no_time", [WHY_UNFINISHED] = "unfinished",
        [WHY_CUT] = "cut",         [WHY_EVICTED] = "evicted",
    };
    json_member_bool(&writer->json, "matched", event->verdict == WHY_MATCHED);
    json_member_string(&writer->json, "verdict", str_from_c(NAMES[event->verdict]));
    Buffer words = {0};
    why_append_verdict(&words, writer->print, event);
    json_member_string(&writer->json, "because", buffer_str(&words));
    buffer_done(&words);
}

static void write_event(Writer *writer, const WhyEvent *event)
{
    JsonWriter *json = &writer->json;
    char time[TIMESTAMP_TEXT];
    row_evaluator_set(writer->evaluator, &event->document);
    json_begin_object(json);
    if (writer->print->name.len > 0) {
        json_member_string(json, "rule", writer->print->name);
    }
    json_member_string(json, "_id", event->document.id);
    json_member_string(json, "_index", event->document.index);
    json_member_bool(json, "index_given", event->document.index_given);
    write_place(writer, &event->place);
    if (event->has_time) {
        json_member_string(json, "time", timestamp_print(event->time, 3, time));
    }
    write_verdict(writer, event);
    write_stages(writer, event);
    if (writer->query->kind != QUERY_EVENT) {
        write_history(writer, event);
    }
    json_end_object(json);
}

void why_write_json(Buffer *out, const WhyPrint *print, bool array)
{
    const WhyReport *report = print->report;
    Writer writer = {
        .json = {.out = out},
        .print = print,
        .plan = report->plan,
        .query = &report->plan->queries[report->query],
        .evaluator = report->evaluator,
    };
    buffer_append_c(out, array ? "[" : "");
    for (uint32_t i = 0; i < report->events.count; i++) {
        buffer_append_c(out, array && i > 0 ? ",\n" : "");
        writer.json.need_comma = false;
        write_event(&writer, &report->events.items[i]);
        buffer_append_c(out, array ? "" : "\n");
    }
    buffer_append_c(out, array ? "]\n" : "");
}
