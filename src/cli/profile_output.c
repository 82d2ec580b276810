#include "cli/profile_output.h"

#include "base/timestamp.h"
#include "cli/terminal.h"
#include "plan/explain.h"
#include "plan/explain_witness.h"

#define COUNT_WIDTH 12
#define TIME_WIDTH  10
#define ROWS_SHOWN  40 /* of the table; a file has all */

/* --- words --- */

static void append_right(Buffer *out, const Buffer *text, size_t width)
{
    buffer_append_format(out, "%*s", (int)(text->len < width ? width - text->len : 0), "");
    buffer_append(out, buffer_str(text));
}

static void append_time(Buffer *out, uint64_t ns)
{
    static const struct {
        double ns;
        const char *unit;
    } UNITS[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}};
    for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
        double count = (double)ns / UNITS[i].ns;
        if (count >= 1) {
            buffer_append_format(out, "%.*f %s",
                                 count < 10    ? 2
                                 : count < 100 ? 1
                                               : 0,
                                 count, UNITS[i].unit);
            return;
        }
    }
    buffer_append_format(out, "%llu ns", (unsigned long long)ns);
}

static void append_time_right(Buffer *out, uint64_t ns)
{
    Buffer text = {0};
    append_time(&text, ns);
    append_right(out, &text, TIME_WIDTH);
    buffer_done(&text);
}

static void append_count_right(Buffer *out, uint64_t count)
{
    Buffer text = {0};
    append_count(&text, count);
    append_right(out, &text, COUNT_WIDTH);
    buffer_done(&text);
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

static void append_many(Buffer *out, uint64_t count, const char *noun)
{
    append_count(out, count);
    buffer_append_format(out, " %s%s", noun, count == 1 ? "" : "s");
}

/* --- the scan as a whole --- */

static void print_phases(Buffer *out, const ProfileReport *report)
{
    const ScanProfile *profile = report->costs->profile;
    uint64_t all = 0;
    for (ScanPhase phase = 0; phase < SCAN_PHASE_COUNT; phase++) {
        all += profile->phase_ns[phase];
    }
    buffer_append_format(out, "%sprofile%s of ", terminal_code(COLOUR_BOLD, report->colour),
                         terminal_plain(report->colour));
    append_many(out, report->stats->events, "event");
    buffer_append_c(out, ", ");
    append_bytes(out, report->stats->bytes);
    buffer_append_c(out, ": ");
    append_time(out, all);
    buffer_append_c(out, " of work, all threads added up\n");
    for (ScanPhase phase = 0; phase < SCAN_PHASE_COUNT; phase++) {
        buffer_append_format(out, "  %-7s", scan_phase_name(phase));
        append_time_right(out, profile->phase_ns[phase]);
        buffer_append_format(out, "  %5.1f %%\n", percent(profile->phase_ns[phase], all));
    }
}

/* --- one query --- */

static void print_predicate(Buffer *out, const ScanCosts *costs, PredicateId id)
{
    const PlanSet *plan = costs->profile->plan;
    Buffer text = {0};
    explain_expr(&text, plan, plan->predicates[id].expr);
    buffer_append_format(out, "[%s] ", lookup_name(predicate_lookup(&plan->predicates[id])));
    terminal_append_safe(out, buffer_str(&text), 0);
    buffer_done(&text);
    if (costs->predicate_users[id] > 1) {
        buffer_append_format(out, " (shared by %u)", costs->predicate_users[id]);
    }
}

static void print_node(Buffer *out, const ScanCosts *costs, NodeId id, int level)
{
    static const char *const NAMES[] = {
        [NODE_FALSE] = "never", [NODE_TRUE] = "always", [NODE_AND] = "and",
        [NODE_OR] = "or",       [NODE_NOT] = "not",     [NODE_LINEAGE] = "lineage",
    };
    const PlanNode *node = &costs->profile->plan->nodes[id];
    NodeCount count = scan_costs_node(costs, id);
    append_count_right(out, count.rows_in);
    append_count_right(out, count.rows_out);
    append_time_right(out, count.time_ns);
    buffer_append_format(out, "  %*s", level * 2, "");
    if (node->kind == NODE_PREDICATE) {
        print_predicate(out, costs, node->predicate);
    } else {
        buffer_append_c(out, NAMES[node->kind]);
    }
    buffer_append_byte(out, '\n');
    for (uint32_t i = 0; i < node->child_count; i++) {
        print_node(out, costs, node->children[i], level + 1);
    }
}

static void print_witness(Buffer *out, const ProfileReport *report, const StageCost *stage)
{
    if (!stage->has_witness) {
        buffer_append_format(out, "    %s" NO_WITNESS "%s\n",
                             terminal_code(COLOUR_YELLOW, report->colour),
                             terminal_plain(report->colour));
        return;
    }
    Buffer text = {0};
    explain_witness(&text, report->costs->profile->plan, &stage->witness);
    buffer_append_c(out, "    witness: ");
    terminal_append_safe(out, buffer_str(&text), 0);
    buffer_append_c(out, ", on ");
    append_many(out, stage->witness.rows, "event");
    buffer_append_byte(out, '\n');
    buffer_done(&text);
}

static void print_stage(Buffer *out, const ProfileReport *report, uint32_t query, uint32_t number)
{
    const ScanCosts *costs = report->costs;
    const QueryPlan *plan = &costs->profile->plan->queries[query];
    const StageCount *count = &costs->profile->queries[query].stages[number];
    const Stage *stage = query_slot(plan, number);
    if (stage == plan->until) {
        buffer_append_c(out, "  until: ");
    } else if (stage == plan->lineage.link) {
        buffer_append_c(out, "  parents of processes: ");
    } else if (number > plan->stage_count) {
        buffer_append_format(out, "  source %u: ", number - plan->stage_count);
    } else {
        buffer_append_format(out, "  stage %u: ", number + 1);
    }
    append_many(out, count->rows, "event");
    buffer_append_c(out, count->rows == 1 ? " fits, " : " fit, ");
    append_many(out, count->hits, "hit");
    buffer_append_byte(out, '\n');
    print_witness(out, report, &costs->queries[query].stages[number]);
    buffer_append_format(out, "%*s%*s%*s\n", COUNT_WIDTH, "in", COUNT_WIDTH, "out", TIME_WIDTH,
                         "time");
    print_node(out, costs, stage->node, 0);
}

static void print_sequences(Buffer *out, const SequenceStats *stats)
{
    buffer_append_c(out, "  sequences: ");
    append_count(out, stats->begun);
    buffer_append_c(out, " begun, ");
    append_count(out, stats->completed);
    buffer_append_c(out, " completed, ");
    if (stats->forbidden > 0) {
        append_count(out, stats->forbidden);
        buffer_append_c(out, " of them forbidden by events that must be missing, ");
    }
    if (stats->undecided > 0) {
        append_count(out, stats->undecided);
        buffer_append_c(out, " of them waiting for what must be missing, ");
    }
    append_count(out, stats->expired);
    buffer_append_c(out, " dropped past maxspan, ");
    append_count(out, stats->evicted);
    buffer_append_c(out, " gave way; ");
    append_count(out, stats->open);
    buffer_append_c(out, " open at the end (");
    append_bytes(out, stats->bytes);
    buffer_append_c(out, "), at most ");
    append_count(out, stats->most_open);
    buffer_append_c(out, " (");
    append_bytes(out, stats->most_bytes);
    buffer_append_c(out, ")\n");
}

static void print_lineage(Buffer *out, const LineageStats *stats)
{
    buffer_append_c(out, "  lineage: ");
    append_count(out, stats->taken);
    buffer_append_c(out, " of ");
    append_many(out, stats->asked, "hit");
    buffer_append_c(out, " taken; ");
    append_count(out, stats->processes);
    buffer_append_c(out, " processes known at the end (");
    append_bytes(out, stats->bytes);
    buffer_append_c(out, "), at most ");
    append_count(out, stats->most_processes);
    buffer_append_c(out, " (");
    append_bytes(out, stats->most_bytes);
    buffer_append_c(out, "); ");
    append_count(out, stats->evicted);
    buffer_append_c(out, " gave way\n");
}

static void print_pipes(Buffer *out, const ScanProfile *profile, uint32_t query)
{
    const QueryPlan *plan = &profile->plan->queries[query];
    for (uint32_t i = 0; i < plan->pipe_count; i++) {
        const PipeCount *count = &profile->queries[query].pipes[i];
        Buffer text = {0};
        explain_pipe(&text, profile->plan, &plan->pipes[i]);
        buffer_append_format(out, "  pipe %u: ", i + 1);
        append_count(out, count->in);
        buffer_append_c(out, " in, ");
        append_count(out, count->out);
        buffer_append_c(out, " out: ");
        terminal_append_safe(out, buffer_str(&text), 0);
        buffer_append_byte(out, '\n');
        buffer_done(&text);
    }
}

static void print_query(Buffer *out, const ProfileReport *report, uint32_t query)
{
    const ScanProfile *profile = report->costs->profile;
    const QueryPlan *plan = &profile->plan->queries[query];
    const QueryCost *cost = &report->costs->queries[query];
    buffer_append_c(out, terminal_code(COLOUR_BOLD, report->colour));
    terminal_append_safe(out, report->names[query], 0);
    buffer_append_format(out, "%s: ", terminal_plain(report->colour));
    append_time(out, cost->time_ns);
    buffer_append_c(out, ", sees ");
    append_count(out, cost->seen);
    buffer_append_c(out, " of ");
    append_many(out, profile->evaluator->rows, "event");
    buffer_append_c(out, ", ");
    append_count(out, profile->queries[query].matches);
    buffer_append_c(out, profile->queries[query].matches == 1 ? " match\n" : " matches\n");
    if (plan->kind == QUERY_SEQUENCE) {
        print_sequences(out, &profile->queries[query].sequences);
    }
    if (plan->lineage.source_count > 0) {
        print_lineage(out, &profile->queries[query].lineage);
    }
    for (uint32_t i = 0; i < query_slots(plan); i++) {
        bool again =
            i > 0 && i < plan->stage_count && plan->stages[i].node == plan->stages[i - 1].node;
        if (query_slot(plan, i) != NULL && !again) {
            print_stage(out, report, query, i);
        }
    }
    print_pipes(out, profile, query);
}

/* --- many queries --- */

static int dearer(const void *a, const void *b, void *context)
{
    const ScanCosts *costs = context;
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    uint64_t left_ns = costs->queries[left].time_ns;
    uint64_t right_ns = costs->queries[right].time_ns;
    if (left_ns != right_ns) {
        return left_ns > right_ns ? -1 : 1;
    }
    return left < right ? -1 : left > right;
}

static void print_table_row(Buffer *out, const ProfileReport *report, uint32_t query)
{
    const QueryCount *count = &report->costs->profile->queries[query];
    const QueryCost *cost = &report->costs->queries[query];
    append_time_right(out, cost->time_ns);
    buffer_append_format(out, "  %5.1f %%", percent(cost->time_ns, report->costs->time_ns));
    append_count_right(out, cost->seen);
    append_count_right(out, cost->asked);
    append_count_right(out, cost->hits);
    append_count_right(out, count->matches);
    append_count_right(out, count->sequences.most_open);
    buffer_append_c(out, "  ");
    terminal_append_safe(out, report->names[query], 0);
    buffer_append_byte(out, '\n');
}

static void print_rest(Buffer *out, const ProfileReport *report, const uint32_t *order,
                       uint32_t queries)
{
    uint64_t rest_ns = 0;
    for (uint32_t i = ROWS_SHOWN; i < queries; i++) {
        rest_ns += report->costs->queries[order[i]].time_ns;
    }
    if (queries > ROWS_SHOWN) {
        append_time_right(out, rest_ns);
        buffer_append_format(out, "  %5.1f %%  of %u more (all of them: --profile=FILE)\n",
                             percent(rest_ns, report->costs->time_ns), queries - ROWS_SHOWN);
    }
}

static void print_table(Buffer *out, const ProfileReport *report)
{
    uint32_t queries = report->costs->profile->plan->query_count;
    Arena *arena = arena_new();
    uint32_t *order = ARENA_MANY(arena, uint32_t, queries);
    ScanCosts costs = *report->costs; /* qsort_r's context is not const */
    for (uint32_t i = 0; i < queries; i++) {
        order[i] = i;
    }
    qsort_r(order, queries, sizeof *order, dearer, &costs);
    buffer_append_format(
        out, "%s%*s  %7s%*s%*s%*s%*s%*s  rule%s\n", terminal_code(COLOUR_BOLD, report->colour),
        TIME_WIDTH, "time", "share", COUNT_WIDTH, "sees", COUNT_WIDTH, "asked on", COUNT_WIDTH,
        "hits", COUNT_WIDTH, "matches", COUNT_WIDTH, "most open", terminal_plain(report->colour));
    for (uint32_t i = 0; i < queries && i < ROWS_SHOWN; i++) {
        print_table_row(out, report, order[i]);
    }
    print_rest(out, report, order, queries);
    arena_free(arena);
}

static void print_without_witness(Buffer *out, const ProfileReport *report)
{
    for (uint32_t i = 0; i < report->costs->profile->plan->query_count; i++) {
        if (!report->costs->queries[i].has_witness) {
            buffer_append_format(
                out, "%s" NO_WITNESS "%s: ", terminal_code(COLOUR_YELLOW, report->colour),
                terminal_plain(report->colour));
            terminal_append_safe(out, report->names[i], 0);
            buffer_append_byte(out, '\n');
        }
    }
}

void profile_print(Buffer *out, const ProfileReport *report)
{
    print_phases(out, report);
    if (report->costs->profile->plan->query_count == 1) {
        print_query(out, report, 0);
        return;
    }
    print_table(out, report);
    print_without_witness(out, report);
}
