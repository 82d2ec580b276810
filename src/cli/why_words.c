#include "cli/why_words.h"

#include "cli/terminal.h"
#include "plan/explain.h"

void why_append_place(Buffer *out, const InputSet *input, const EventPlace *place)
{
    terminal_append_safe(out, input_name(input, place->input), 0);
    buffer_append_format(out, ":%llu", (unsigned long long)place->line);
}

static void append_stage(Buffer *out, uint16_t stage)
{
    if (stage == HIT_UNTIL) {
        buffer_append_c(out, "until");
    } else {
        buffer_append_format(out, "stage %u", stage + 1u);
    }
}

/* --- steps --- */

static void append_begun(Buffer *out, const InputSet *input, const TraceStep *step)
{
    buffer_append_c(out, " the sequence begun at ");
    why_append_place(out, input, &step->began.place);
    if (step->more > 0) {
        buffer_append_c(out, " and ");
        append_count(out, step->more);
        buffer_append_c(out, " more");
    }
}

void why_append_step(Buffer *out, const InputSet *input, const TraceStep *step)
{
    append_stage(out, step->stage);
    switch (step->kind) {
    case TRACE_BEGINS: buffer_append_c(out, ": begins a sequence"); break;
    case TRACE_CONTINUES:
        buffer_append_c(out, ": continues");
        append_begun(out, input, step);
        break;
    case TRACE_COMPLETES:
        buffer_append_c(out, ": completes");
        append_begun(out, input, step);
        break;
    case TRACE_NOTHING_WAITS: buffer_append_c(out, ": no sequence waits for it"); break;
    case TRACE_TOO_LATE:
        buffer_append_c(out, ": after maxspan for");
        append_begun(out, input, step);
        break;
    case TRACE_AFTER_UNTIL:
        buffer_append_c(out, ": until has ended");
        append_begun(out, input, step);
        break;
    case TRACE_UNTIL:
        buffer_append_c(out, step->has_sequence ? ": ends" : ": no sequence waits");
        if (step->has_sequence) {
            append_begun(out, input, step);
        }
        break;
    case TRACE_FORBIDS: buffer_append_c(out, ": there is an event that must be missing"); break;
    }
    if (step->has_dropped) {
        buffer_append_c(out, ", in place of the one begun at ");
        why_append_place(out, input, &step->dropped.place);
    }
}

/* --- verdicts --- */

static bool index_passes(const WhyReport *report, NodeId id)
{
    const PlanNode *node = &report->plan->nodes[id];
    if (node->kind == NODE_PREDICATE) {
        const Expr *expr = report->plan->predicates[node->predicate].expr;
        return expr->kind != EXPR_INDEX || row_evaluator_holds(report->evaluator, id);
    }
    for (uint32_t i = 0; node->kind == NODE_AND && i < node->child_count; i++) {
        if (!index_passes(report, node->children[i])) {
            return false;
        }
    }
    return true;
}

static bool fits_but_for_lineage(const QueryPlan *query, const WhyEvent *event)
{
    for (uint32_t i = 0; i < query->stage_count; i++) {
        if (event->stages[i].by_lineage) {
            return true;
        }
    }
    return false;
}

static void append_fits_not(Buffer *out, const WhyReport *report, const WhyEvent *event)
{
    const QueryPlan *query = &report->plan->queries[report->query];
    if (!index_passes(report, query->stages[0].condition)) {
        buffer_append_c(out, "the rule's index patterns do not let it pass");
    } else if (fits_but_for_lineage(query, event)) {
        buffer_append_c(out, "it would fit, but for the lineage of its process");
    } else if (query->kind == QUERY_EVENT) {
        buffer_append_c(out, "its condition does not hold");
    } else {
        buffer_append_format(out, "it fits none of the %u stages", query->stage_count);
    }
}

static void append_matched(Buffer *out, const WhyPrint *print, const WhyEvent *event)
{
    const QueryPlan *query = &print->report->plan->queries[print->report->query];
    if (query->kind == QUERY_EVENT) {
        buffer_append_c(out, "its condition holds");
        return;
    }
    append_count(out, event->matches);
    buffer_append_c(out,
                    event->matches == 1 ? " match has it: " : " matches have it, the first is: ");
    bool some = false;
    for (uint32_t i = 0; i < event->match_count; i++) {
        if (!event->match[i].missing) {
            buffer_append_c(out, some ? ", " : "");
            why_append_place(out, print->input, &event->match[i].place);
            some = true;
        }
    }
}

static void append_span(Buffer *out, const WhyPrint *print)
{
    const QueryPlan *query = &print->report->plan->queries[print->report->query];
    buffer_append_c(out, " (");
    explain_span(out, query->maxspan_ns);
    buffer_append_byte(out, ')');
}

static void append_cut(Buffer *out, const PlanSet *plan, const WhyEvent *event)
{
    buffer_append_c(out, "it is part of a match that ");
    if (!event->cut_is_known || event->cut_by == NULL) {
        buffer_append_c(out, event->cut_is_known ? "size cut off" : "size or a pipe cut off");
        return;
    }
    Buffer text = {0};
    explain_pipe(&text, plan, event->cut_by);
    buffer_append_c(out,
                    event->cut_by->kind == PIPE_COUNT ? "was counted: " : "a pipe took away: ");
    terminal_append_safe(out, buffer_str(&text), 0);
    buffer_done(&text);
}

/* "it fits stage 2, but ..." */
static void append_own_fate(Buffer *out, const WhyPrint *print, const SequenceTrace *trace)
{
    const TraceStep *step = &trace->decided;
    buffer_append_c(out, "it fits ");
    append_stage(out, step->stage);
    if (trace->fate == FATE_IS_UNTIL) {
        buffer_append_c(out, ", and so ends what waits");
        return;
    }
    if (trace->fate == FATE_FORBIDS) {
        buffer_append_c(out, ", and so forbids what it must be missing from");
        return;
    }
    buffer_append_c(out, ", but ");
    if (trace->fate == FATE_NOTHING_WAITED) {
        buffer_append_c(out, "no sequence waited for it");
    } else if (trace->fate == FATE_TOO_LATE) {
        buffer_append_c(out, "came after maxspan for");
        append_begun(out, print->input, step);
        append_span(out, print);
    } else {
        buffer_append_c(out, "until had ended");
        append_begun(out, print->input, step);
    }
}

/* Of the sequence in which it has a place. */
static void append_later_fate(Buffer *out, const WhyPrint *print, const SequenceTrace *trace)
{
    const TraceStep *step = &trace->decided;
    uint32_t next = step->next + 1;
    buffer_append_c(out, "its sequence ");
    switch (trace->fate) {
    case FATE_WAITS:
        buffer_append_format(out, "waits for stage %u when the input ends", next);
        return;
    case FATE_EXPIRED:
        buffer_append_format(out, "waited for stage %u, which did not come within maxspan", next);
        append_span(out, print);
        return;
    case FATE_FORBIDDEN:
        buffer_append_c(out, "is complete, but an event that must be missing was there");
        return;
    case FATE_UNDECIDED:
        buffer_append_c(
            out, "is complete, but waits: when the input ends, the time in which an event must "
                 "be missing behind it has not passed");
        return;
    case FATE_OVERDUE: buffer_append_c(out, "came to its next stage after maxspan, at "); break;
    case FATE_ENDED: buffer_append_c(out, "was ended by until, at "); break;
    case FATE_DROPPED: buffer_append_c(out, "was replaced by a later one, at "); break;
    case FATE_NONE:
    case FATE_NOTHING_WAITED:
    case FATE_TOO_LATE:
    case FATE_AFTER_UNTIL:
    case FATE_IS_UNTIL:
    case FATE_FORBIDS:
    case FATE_COMPLETED: assert(!"a fate of its own"); break;
    }
    why_append_place(out, print->input, &step->event.place);
}

/* The first stage that no event with the key fits; stage_count if there is none. */
static uint32_t lacking_stage(const WhyReport *report, const WhyKey *key)
{
    uint32_t stages = report->plan->queries[report->query].stage_count;
    uint32_t stage = 0;
    while (stage < stages && key->stage_hits[stage] > 0) {
        stage++;
    }
    return stage;
}

static void append_sample(Buffer *out, const WhyReport *report, const WhyEvent *event)
{
    uint32_t stages = report->plan->queries[report->query].stage_count;
    for (uint32_t i = 0; i < event->key_count; i++) {
        if (lacking_stage(report, &event->keys[i]) == stages) {
            buffer_append_c(out, "it fits, but samples with its keys are made of other events, "
                                 "which come first, or too few differ");
            return;
        }
    }
    buffer_append_format(out, "it fits, but no event with its keys fits stage %u",
                         lacking_stage(report, &event->keys[0]) + 1);
}

static void append_unfinished(Buffer *out, const WhyPrint *print, const WhyEvent *event)
{
    if (event->trace == NULL) {
        append_sample(out, print->report, event);
        return;
    }
    switch (event->trace->fate) {
    case FATE_NOTHING_WAITED:
    case FATE_TOO_LATE:
    case FATE_AFTER_UNTIL:
    case FATE_IS_UNTIL:
    case FATE_FORBIDS: append_own_fate(out, print, event->trace); break;
    case FATE_WAITS:
    case FATE_EXPIRED:
    case FATE_OVERDUE:
    case FATE_ENDED:
    case FATE_DROPPED:
    case FATE_FORBIDDEN:
    case FATE_UNDECIDED: append_later_fate(out, print, event->trace); break;
    case FATE_NONE:
    case FATE_COMPLETED: assert(!"told otherwise"); break;
    }
}

void why_append_verdict(Buffer *out, const WhyPrint *print, const WhyEvent *event)
{
    switch (event->verdict) {
    case WHY_MATCHED: append_matched(out, print, event); break;
    case WHY_OUTSIDE: buffer_append_c(out, "it is outside of --since and --until"); break;
    case WHY_FITS_NOT: append_fits_not(out, print->report, event); break;
    case WHY_NO_KEY: buffer_append_c(out, "it fits, but lacks a join key"); break;
    case WHY_NO_TIME: buffer_append_c(out, "it fits, but has no time to order it by"); break;
    case WHY_UNFINISHED: append_unfinished(out, print, event); break;
    case WHY_CUT: append_cut(out, print->report->plan, event); break;
    case WHY_EVICTED:
        buffer_append_c(
            out, "its sequence gave way to others before it was complete: too many were open");
        break;
    }
}
