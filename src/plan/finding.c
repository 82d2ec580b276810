#include "plan/plan.h"

/* Sums of a few such spans and of times are no overflow. */
#define SPAN_MOST (INT64_MAX / 8)

static bool is_span(int64_t ns)
{
    return ns > -SPAN_MOST && ns < SPAN_MOST;
}

static bool items_are_sound(const FindingPlan *finding)
{
    for (uint32_t i = 0; i < finding->item_count; i++) {
        const ThreatItem *item = &finding->items[i];
        bool has_match = false;
        for (uint32_t entry = 0; entry < item->entry_count; entry++) {
            has_match = has_match || !item->entries[entry].negated;
        }
        if (!has_match) {
            return false;
        }
    }
    return finding->item_count > 0;
}

bool finding_is_sound(const FindingPlan *finding)
{
    if (finding->field_count > FINDING_MAX_FIELDS) {
        return false;
    }
    switch (finding->kind) {
    case FINDING_EVENTS: return finding->field_count == 0 && finding->item_count == 0;
    case FINDING_THRESHOLD:
        return finding->interval_ns > 0 && is_span(finding->interval_ns) &&
               is_span(finding->from_ns) && is_span(finding->to_ns) &&
               finding->from_ns > finding->to_ns && finding->item_count == 0;
    case FINDING_NEW_TERMS:
        return finding->field_count > 0 && finding->history_ns > 0 &&
               is_span(finding->history_ns) && finding->item_count == 0;
    case FINDING_THREATS: return finding->field_count == 0 && items_are_sound(finding);
    }
    return false;
}

static bool is_asked(const QueryPlan *query, FieldId field)
{
    for (uint32_t i = 0; i < query->asked_count; i++) {
        if (query->asked[i] == field) {
            return true;
        }
    }
    return false;
}

bool query_carries_finding(const QueryPlan *query)
{
    const FindingPlan *finding = &query->finding;
    if (finding->kind == FINDING_EVENTS) {
        return query->kind != QUERY_EVENT || query->stage_count == 1;
    }
    uint32_t stages = finding->kind == FINDING_THREATS ? FINDING_STAGE_INDICATORS + 1 : 1;
    bool carried = query->kind == QUERY_EVENT && query->stage_count == stages;
    for (uint32_t i = 0; i < finding->field_count; i++) {
        carried = carried && is_asked(query, finding->fields[i]);
    }
    if (finding->kind == FINDING_THRESHOLD && finding->distinct != FIELD_NONE) {
        carried = carried && is_asked(query, finding->distinct);
    }
    for (uint32_t i = 0; i < finding->item_count; i++) {
        const ThreatItem *item = &finding->items[i];
        for (uint32_t entry = 0; entry < item->entry_count; entry++) {
            carried = carried && is_asked(query, item->entries[entry].event) &&
                      is_asked(query, item->entries[entry].indicator);
        }
    }
    return carried;
}
