#include "cli/profile_output.h"

#include "base/json_writer.h"
#include "plan/explain.h"

static void write_count(JsonWriter *json, const char *key, uint64_t count)
{
    json_member_i64(json, key, (int64_t)count);
}

static void write_expr(JsonWriter *json, const PlanSet *plan, PredicateId id)
{
    Buffer text = {0};
    explain_expr(&text, plan, plan->predicates[id].expr);
    json_string(json, buffer_str(&text));
    buffer_done(&text);
}

static void write_predicate(JsonWriter *json, const ScanCosts *costs, PredicateId id)
{
    const PlanSet *plan = costs->profile->plan;
    json_key(json, STR("predicate"));
    write_expr(json, plan, id);
    json_member_string(json, "lookup",
                       str_from_c(lookup_name(predicate_lookup(&plan->predicates[id]))));
    write_count(json, "shared_by", costs->predicate_users[id]);
}

static void write_node(JsonWriter *json, const ScanCosts *costs, NodeId id)
{
    static const char *const NAMES[] = {
        [NODE_FALSE] = "never",     [NODE_TRUE] = "always", [NODE_PREDICATE] = "predicate",
        [NODE_AND] = "and",         [NODE_OR] = "or",       [NODE_NOT] = "not",
        [NODE_LINEAGE] = "lineage",
    };
    const PlanNode *node = &costs->profile->plan->nodes[id];
    NodeCount count = scan_costs_node(costs, id);
    json_begin_object(json);
    json_member_string(json, "kind", str_from_c(NAMES[node->kind]));
    if (node->kind == NODE_PREDICATE) {
        write_predicate(json, costs, node->predicate);
    }
    write_count(json, "rows_in", count.rows_in);
    write_count(json, "rows_out", count.rows_out);
    write_count(json, "time_ns", count.time_ns);
    if (node->child_count > 0) {
        json_key(json, STR("children"));
        json_begin_array(json);
        for (uint32_t i = 0; i < node->child_count; i++) {
            write_node(json, costs, node->children[i]);
        }
        json_end_array(json);
    }
    json_end_object(json);
}

/* Null when there is none: asked on every event. */
static void write_witness(JsonWriter *json, const PlanSet *plan, const StageCost *stage)
{
    json_key(json, STR("witness"));
    if (!stage->has_witness) {
        json_null(json);
        return;
    }
    json_begin_object(json);
    write_count(json, "rows", stage->witness.rows);
    json_key(json, STR("any_of"));
    json_begin_array(json);
    for (uint32_t i = 0; i < stage->witness.count; i++) {
        write_expr(json, plan, stage->witness.predicates[i]);
    }
    json_end_array(json);
    json_end_object(json);
}

static void write_stage(JsonWriter *json, const ScanCosts *costs, uint32_t query, uint32_t number)
{
    const PlanSet *plan = costs->profile->plan;
    const QueryPlan *about = &plan->queries[query];
    const StageCount *count = &costs->profile->queries[query].stages[number];
    const Stage *stage = query_slot(about, number);
    json_begin_object(json);
    write_count(json, "rows", count->rows);
    write_count(json, "hits", count->hits);
    write_witness(json, plan, &costs->queries[query].stages[number]);
    /* The stages of a run have one condition; it stands with the first. */
    if (number == 0 || number >= about->stage_count ||
        stage->node != about->stages[number - 1].node) {
        json_key(json, STR("condition"));
        write_node(json, costs, stage->node);
    }
    json_end_object(json);
}

static void write_pipes(JsonWriter *json, const ScanProfile *profile, uint32_t query)
{
    const QueryPlan *plan = &profile->plan->queries[query];
    json_key(json, STR("pipes"));
    json_begin_array(json);
    for (uint32_t i = 0; i < plan->pipe_count; i++) {
        Buffer text = {0};
        explain_pipe(&text, profile->plan, &plan->pipes[i]);
        json_begin_object(json);
        json_member_string(json, "pipe", buffer_str(&text));
        write_count(json, "in", profile->queries[query].pipes[i].in);
        write_count(json, "out", profile->queries[query].pipes[i].out);
        json_end_object(json);
        buffer_done(&text);
    }
    json_end_array(json);
}

static void write_sequences(JsonWriter *json, const SequenceStats *stats)
{
    json_key(json, STR("sequences"));
    json_begin_object(json);
    write_count(json, "begun", stats->begun);
    write_count(json, "completed", stats->completed);
    write_count(json, "forbidden", stats->forbidden);
    write_count(json, "undecided", stats->undecided);
    write_count(json, "expired", stats->expired);
    write_count(json, "evicted", stats->evicted);
    write_count(json, "open", stats->open);
    write_count(json, "open_bytes", stats->bytes);
    write_count(json, "most_open", stats->most_open);
    write_count(json, "most_bytes", stats->most_bytes);
    json_end_object(json);
}

static void write_lineage(JsonWriter *json, const ProfileReport *report, uint32_t query)
{
    const QueryPlan *plan = &report->costs->profile->plan->queries[query];
    const LineageStats *stats = &report->costs->profile->queries[query].lineage;
    json_key(json, STR("lineage"));
    json_begin_object(json);
    write_count(json, "asked", stats->asked);
    write_count(json, "taken", stats->taken);
    write_count(json, "evicted", stats->evicted);
    write_count(json, "processes", stats->processes);
    write_count(json, "bytes", stats->bytes);
    write_count(json, "most_processes", stats->most_processes);
    write_count(json, "most_bytes", stats->most_bytes);
    json_key(json, STR("sources"));
    json_begin_array(json);
    uint32_t first = plan->stage_count + 1;
    for (uint32_t i = first; i < first + plan->lineage.source_count; i++) {
        write_stage(json, report->costs, query, i);
    }
    json_end_array(json);
    if (plan->lineage.link != NULL) {
        json_key(json, STR("parents"));
        write_stage(json, report->costs, query, query_slots(plan) - 1);
    }
    json_end_object(json);
}

static void write_query(JsonWriter *json, const ProfileReport *report, uint32_t query)
{
    const ScanProfile *profile = report->costs->profile;
    const QueryPlan *plan = &profile->plan->queries[query];
    const QueryCost *cost = &report->costs->queries[query];
    json_begin_object(json);
    json_member_string(json, "name", report->names[query]);
    if (report->ids != NULL) {
        json_member_string(json, "rule_id", report->ids[query]);
    }
    write_count(json, "time_ns", cost->time_ns);
    write_count(json, "match_ns", profile->queries[query].match_ns);
    write_count(json, "sees", cost->seen);
    write_count(json, "asked_on", cost->asked);
    json_member_bool(json, "has_witness", cost->has_witness);
    write_count(json, "hits", cost->hits);
    write_count(json, "matches", profile->queries[query].matches);
    if (plan->kind == QUERY_SEQUENCE) {
        write_sequences(json, &profile->queries[query].sequences);
    }
    json_key(json, STR("stages"));
    json_begin_array(json);
    for (uint32_t i = 0; i < plan->stage_count; i++) {
        write_stage(json, report->costs, query, i);
    }
    json_end_array(json);
    if (plan->until != NULL) {
        json_key(json, STR("until"));
        write_stage(json, report->costs, query, plan->stage_count);
    }
    if (plan->lineage.source_count > 0) {
        write_lineage(json, report, query);
    }
    if (plan->pipe_count > 0) {
        write_pipes(json, profile, query);
    }
    json_end_object(json);
}

void profile_write_json(Buffer *out, const ProfileReport *report)
{
    const ScanProfile *profile = report->costs->profile;
    JsonWriter json = {.out = out};
    json_begin_object(&json);
    write_count(&json, "events", report->stats->events);
    write_count(&json, "bytes", report->stats->bytes);
    write_count(&json, "outside", report->stats->outside);
    write_count(&json, "values_judged", profile->evaluator->values_judged);
    json_key(&json, STR("phases_ns"));
    json_begin_object(&json);
    for (ScanPhase phase = 0; phase < SCAN_PHASE_COUNT; phase++) {
        write_count(&json, scan_phase_name(phase), profile->phase_ns[phase]);
    }
    json_end_object(&json);
    json_key(&json, STR("queries"));
    json_begin_array(&json);
    for (uint32_t i = 0; i < profile->plan->query_count; i++) {
        write_query(&json, report, i);
    }
    json_end_array(&json);
    json_end_object(&json);
    buffer_append_byte(out, '\n');
}
