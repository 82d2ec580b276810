#include "cli/why_output.h"

#include "base/json_writer.h"
#include "base/timestamp.h"
#include "cli/terminal.h"
#include "cli/why_words.h"
#include "plan/explain.h"

#define MAX_CONDITION 160 /* columns of it that are shown */
#define MAX_VALUE     120
#define MAX_VALUES    5 /* of a field */

typedef struct Printer {
    Buffer *out;
    const WhyPrint *print;
    const PlanSet *plan;
    const QueryPlan *query;
    RowEvaluator *evaluator;
} Printer;

/* --- values --- */

static void append_value(Buffer *out, const Value *value)
{
    Arena *arena = arena_new();
    Buffer text = {0};
    if (value->kind == VALUE_STRING) {
        json_append_escaped(&text, value->text);
    } else {
        buffer_append(&text, value_to_text(arena, value));
    }
    terminal_append_safe(out, buffer_str(&text), MAX_VALUE);
    buffer_done(&text);
    arena_free(arena);
}

static void append_path(Buffer *out, const PlanSet *plan, FieldId field)
{
    terminal_append_safe(out, field_table_get(plan->fields, field)->path, 0);
}

static void append_field(const Printer *printer, FieldId field)
{
    Buffer *out = printer->out;
    Values values = row_evaluator_values(printer->evaluator, field);
    append_path(out, printer->plan, field);
    buffer_append_c(out, values.count == 0 ? " is missing" : " is ");
    for (uint32_t i = 0; i < values.count && i < MAX_VALUES; i++) {
        buffer_append_c(out, i > 0 ? ", " : "");
        append_value(out, &values.items[i]);
    }
    if (values.count > MAX_VALUES) {
        buffer_append_format(out, " and %u more", values.count - MAX_VALUES);
    }
}

/* --- conditions --- */

static void append_predicate(const Printer *printer, const Predicate *predicate)
{
    Buffer text = {0};
    explain_expr(&text, printer->plan, predicate->expr);
    terminal_append_safe(printer->out, buffer_str(&text), MAX_CONDITION);
    buffer_done(&text);
    for (uint32_t i = 0; i < predicate->field_count; i++) {
        buffer_append_c(printer->out, i == 0 ? "   -- " : ", ");
        append_field(printer, predicate->fields[i]);
    }
}

static void append_leaf(const Printer *printer, LineageLeaf leaf)
{
    const LineagePlan *lineage = &printer->query->lineage;
    explain_leaf(printer->out, leaf);
    buffer_append_c(printer->out, "   -- ");
    if (leaf.relation != LINEAGE_CHILD) {
        append_field(printer, lineage->process);
    }
    if (leaf.relation != LINEAGE_EVENT) {
        buffer_append_c(printer->out, leaf.relation == LINEAGE_CHILD ? "" : ", ");
        append_field(printer, lineage->parent);
    }
}

static void append_truth(const Printer *printer, bool holds, bool decides, int level)
{
    bool colour = printer->print->colour;
    buffer_append_format(printer->out, "  %s %s%s%s  %*s", decides ? ">" : " ",
                         terminal_code(holds ? COLOUR_GREEN : COLOUR_RED, colour),
                         holds ? "yes" : "no ", terminal_plain(colour), level * 2, "");
}

/* `decides`: the node is why the stage does not fit. */
static void append_node(const Printer *printer, NodeId id, int level, bool decides)
{
    static const char *const NAMES[] = {
        [NODE_FALSE] = "never", [NODE_TRUE] = "always", [NODE_AND] = "and",
        [NODE_OR] = "or",       [NODE_NOT] = "not",
    };
    const PlanNode *node = &printer->plan->nodes[id];
    bool holds = row_evaluator_holds(printer->evaluator, id);
    append_truth(printer, holds, decides && node->child_count == 0, level);
    if (node->kind == NODE_PREDICATE) {
        append_predicate(printer, &printer->plan->predicates[node->predicate]);
    } else if (node->kind == NODE_LINEAGE) {
        append_leaf(printer, node->leaf);
    } else {
        buffer_append_c(printer->out, NAMES[node->kind]);
    }
    buffer_append_byte(printer->out, '\n');
    for (uint32_t i = 0; i < node->child_count; i++) {
        /* What agrees with an `and` that fails or an `or` that holds had no say in it. */
        bool child = row_evaluator_holds(printer->evaluator, node->children[i]);
        bool with =
            node->kind == NODE_NOT || child == holds || (node->kind == NODE_AND ? holds : !holds);
        append_node(printer, node->children[i], level + 1, decides && with);
    }
}

static void append_key_name(const Printer *printer, const JoinKey *key)
{
    if (key->computed == NULL) {
        append_path(printer->out, printer->plan, key->field);
        return;
    }
    Buffer text = {0};
    explain_expr(&text, printer->plan, key->computed->expr);
    terminal_append_safe(printer->out, buffer_str(&text), MAX_CONDITION);
    buffer_done(&text);
}

static void append_keys(const Printer *printer, const Stage *stage)
{
    for (uint32_t i = 0; i < printer->query->key_count; i++) {
        buffer_append_c(printer->out, i == 0 ? " by " : ", ");
        append_key_name(printer, &stage->keys[i]);
    }
}

static void append_stage(const Printer *printer, const WhyEvent *event, uint32_t number)
{
    Buffer *out = printer->out;
    const QueryPlan *query = printer->query;
    const WhyStage *verdict = &event->stages[number];
    const Stage *stage = number < query->stage_count ? &query->stages[number] : query->until;
    if (query->kind == QUERY_EVENT) {
        buffer_append_c(out, "condition");
    } else if (stage == query->until) {
        buffer_append_c(out, "until");
    } else {
        buffer_append_format(out, "stage %u", number + 1);
    }
    buffer_append_c(out, stage->missing ? ", missing" : "");
    append_keys(printer, stage);
    buffer_append_c(out, verdict->fits         ? ": fits"
                         : verdict->by_lineage ? ": does not fit, by its lineage"
                                               : ": does not fit");
    if (verdict->fits && verdict->missing_key != NULL) {
        buffer_append_c(out, ", but ");
        append_key_name(printer, verdict->missing_key);
        buffer_append_c(out, " is missing, by which it would be joined");
    }
    buffer_append_byte(out, '\n');
    append_node(printer, stage->condition, 0, !verdict->fits);
}

static void append_sources(const Printer *printer, const WhyEvent *event)
{
    Buffer *out = printer->out;
    for (uint32_t i = 0; i < printer->query->lineage.source_count; i++) {
        buffer_append_format(out, "source %u: ", i + 1);
        append_count(out, event->source_hits[i]);
        buffer_append_format(out, " event%s fitted by then\n",
                             event->source_hits[i] == 1 ? "" : "s");
    }
}

/* --- sequences --- */

static void append_key(const Printer *printer, Str key)
{
    Arena *arena = arena_new();
    const Stage *stage = &printer->query->stages[0];
    for (uint32_t i = 0; i < printer->query->key_count; i++) {
        Value value = value_read_key(arena, &key);
        buffer_append_c(printer->out, i == 0 ? "" : ", ");
        append_key_name(printer, &stage->keys[i]);
        buffer_append_byte(printer->out, ' ');
        append_value(printer->out, &value);
    }
    arena_free(arena);
}

static void append_stage_hits(const Printer *printer, const uint64_t *hits)
{
    Buffer *out = printer->out;
    buffer_append_c(out, "  events that fit");
    for (uint32_t i = 0; i < printer->query->stage_count; i++) {
        buffer_append_format(out, "%s stage %u: ", i == 0 ? "" : ",", i + 1);
        append_count(out, hits[i]);
    }
    if (printer->query->until != NULL) {
        buffer_append_c(out, ", until: ");
        append_count(out, hits[printer->query->stage_count]);
    }
    buffer_append_byte(out, '\n');
}

static void append_steps(const Printer *printer, const SequenceTrace *trace, uint32_t key)
{
    Buffer *out = printer->out;
    char time[TIMESTAMP_TEXT];
    for (uint32_t i = 0; i < trace->steps.count; i++) {
        const TraceStep *step = &trace->steps.items[i];
        if (step->key != key) {
            continue;
        }
        Str at = timestamp_print(step->event.time, 3, time);
        buffer_append_format(out, "  %s %.*s  ", step->is_own ? ">" : " ", STR_ARG(at));
        why_append_place(out, printer->print->input, &step->event.place);
        buffer_append_c(out, "  ");
        why_append_step(out, printer->print->input, step);
        buffer_append_byte(out, '\n');
    }
}

static void append_left_out(Buffer *out, uint64_t count, const char *what)
{
    if (count > 0) {
        buffer_append_c(out, "  ");
        append_count(out, count);
        buffer_append_format(out, " %s\n", what);
    }
}

static void append_history(const Printer *printer, const WhyEvent *event)
{
    Buffer *out = printer->out;
    for (uint32_t i = 0; i < event->key_count; i++) {
        if (printer->query->key_count == 0) {
            buffer_append_c(out, "all events together");
        } else {
            append_key(printer, event->keys[i].key);
        }
        buffer_append_byte(out, '\n');
        append_stage_hits(printer, event->keys[i].stage_hits);
        if (event->trace != NULL) {
            append_steps(printer, event->trace, i);
        }
    }
    append_left_out(out, event->keys_cut, "more join keys of the event are not followed");
    if (event->trace != NULL) {
        append_left_out(out, event->trace->before_cut, "earlier steps are not shown");
        append_left_out(out, event->trace->after_cut, "later steps are not shown");
    }
}

/* --- the event --- */

static void append_index(const Printer *printer, const Document *document)
{
    Buffer *out = printer->out;
    if (document->index.len == 0) {
        buffer_append_c(out, "no index can be told");
        return;
    }
    buffer_append_c(out, "index ");
    terminal_append_safe(out, document->index, 0);
    buffer_append_c(out, document->index_given ? "" : " (told from its fields)");
}

static void append_event(const Printer *printer, const WhyEvent *event)
{
    Buffer *out = printer->out;
    bool colour = printer->print->colour;
    bool matched = event->verdict == WHY_MATCHED;
    row_evaluator_set(printer->evaluator, &event->document);
    row_evaluator_set_lineage(printer->evaluator, &event->facts);
    buffer_append_format(out, "%sevent ", terminal_code(COLOUR_BOLD, colour));
    terminal_append_safe(out, event->document.id, 0);
    buffer_append_format(out, "%s at ", terminal_plain(colour));
    why_append_place(out, printer->print->input, &event->place);
    buffer_append_c(out, "\n  ");
    append_index(printer, &event->document);
    buffer_append_c(out, "; ");
    append_field(printer, printer->query->timestamp);
    buffer_append_format(out, "\n  %s%s:%s ",
                         terminal_code(matched ? COLOUR_GREEN : COLOUR_RED, colour),
                         matched ? "matched" : "not matched", terminal_plain(colour));
    why_append_verdict(out, printer->print, event);
    buffer_append_byte(out, '\n');
    for (uint32_t i = 0; i < printer->query->stage_count; i++) {
        if (i == 0 || printer->query->stages[i].node != printer->query->stages[i - 1].node) {
            append_stage(printer, event, i);
        }
    }
    if (printer->query->until != NULL) {
        append_stage(printer, event, printer->query->stage_count);
    }
    append_sources(printer, event);
    if (printer->query->kind != QUERY_EVENT) {
        append_history(printer, event);
    }
}

void why_print(Buffer *out, const WhyPrint *print)
{
    const WhyReport *report = print->report;
    Printer printer = {
        .out = out,
        .print = print,
        .plan = report->plan,
        .query = &report->plan->queries[report->query],
        .evaluator = report->evaluator,
    };
    if (print->name.len > 0) {
        buffer_append_format(out, "%srule ", terminal_code(COLOUR_BOLD, print->colour));
        terminal_append_safe(out, print->name, 0);
        buffer_append_format(out, "%s\n", terminal_plain(print->colour));
    }
    for (uint32_t i = 0; i < report->events.count; i++) {
        buffer_append_c(out, i > 0 ? "\n" : "");
        append_event(&printer, &report->events.items[i]);
    }
    append_left_out(out, report->more, "more events have this _id");
}
