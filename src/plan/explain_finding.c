#include "plan/explain.h"

static void print_fields(Buffer *out, const PlanSet *plan, const FindingPlan *finding)
{
    for (uint32_t i = 0; i < finding->field_count; i++) {
        buffer_append_c(out, i == 0 ? " " : ", ");
        explain_path(out, plan->fields, finding->fields[i]);
    }
    buffer_append_byte(out, '\n');
}

static void print_threshold(Buffer *out, const PlanSet *plan, const FindingPlan *finding)
{
    buffer_append_format(out, "  threshold: %llu events or more",
                         (unsigned long long)finding->least);
    if (finding->distinct != FIELD_NONE) {
        buffer_append_format(out, ", with %llu or more values of ",
                             (unsigned long long)finding->least_distinct);
        explain_path(out, plan->fields, finding->distinct);
    }
    buffer_append_c(out, finding->field_count > 0 ? ", by" : "");
    print_fields(out, plan, finding);
    buffer_append_c(out, "    every ");
    explain_span(out, finding->interval_ns);
    buffer_append_c(out, " over the ");
    explain_span(out, finding->from_ns - finding->to_ns);
    if (finding->to_ns != 0) {
        buffer_append_c(out, " that end ");
        explain_span(out, finding->to_ns > 0 ? finding->to_ns : -finding->to_ns);
        buffer_append_c(out, finding->to_ns > 0 ? " before it" : " after it");
    } else {
        buffer_append_c(out, " before it");
    }
    buffer_append_byte(out, '\n');
}

static void print_new_terms(Buffer *out, const PlanSet *plan, const FindingPlan *finding)
{
    buffer_append_c(out, "  new terms, seen in no event for ");
    explain_span(out, finding->history_ns);
    buffer_append_c(out, ":");
    print_fields(out, plan, finding);
}

static void print_threats(Buffer *out, const PlanSet *plan, const QueryPlan *query)
{
    const FindingPlan *finding = &query->finding;
    buffer_append_c(out, "  indicators\n");
    explain_condition(out, plan, query->stages[FINDING_STAGE_INDICATORS].condition, 2);
    for (uint32_t i = 0; i < finding->item_count; i++) {
        const ThreatItem *item = &finding->items[i];
        buffer_append_c(out, i == 0 ? "  matched where " : "    or ");
        for (uint32_t entry = 0; entry < item->entry_count; entry++) {
            const ThreatEntry *of = &item->entries[entry];
            buffer_append_c(out, entry == 0 ? "" : " and ");
            explain_path(out, plan->fields, of->event);
            buffer_append_c(out, of->negated ? " is no " : of->is_ip ? " is in " : " is ");
            explain_path(out, plan->fields, of->indicator);
        }
        buffer_append_byte(out, '\n');
    }
}

void explain_finding(Buffer *out, const PlanSet *plan, const QueryPlan *query)
{
    switch (query->finding.kind) {
    case FINDING_EVENTS: return;
    case FINDING_THRESHOLD: print_threshold(out, plan, &query->finding); return;
    case FINDING_NEW_TERMS: print_new_terms(out, plan, &query->finding); return;
    case FINDING_THREATS: print_threats(out, plan, query); return;
    }
}
