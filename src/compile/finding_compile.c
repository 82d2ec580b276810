#include "compile/finding_compile.h"

#include "base/array.h"

typedef struct Asking {
    PlanBuilder *builder;
    Arena *arena;
    ARRAY(FieldId) asked;
} Asking;

static FieldId ask(Asking *asking, Str path)
{
    FieldId id = field_table_add(plan_builder_fields(asking->builder), path, FIELD_USE_SPAN);
    for (uint32_t i = 0; i < asking->asked.count; i++) {
        if (asking->asked.items[i] == id) {
            return id;
        }
    }
    ARRAY_PUSH(asking->arena, &asking->asked, id);
    return id;
}

static FieldId *ask_all(Asking *asking, const Str *paths, uint32_t count)
{
    FieldId *ids = ARENA_MANY(asking->arena, FieldId, count);
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = ask(asking, paths[i]);
    }
    return ids;
}

static ThreatItem item_of(Asking *asking, const FindingItem *item)
{
    ThreatEntry *entries = ARENA_MANY(asking->arena, ThreatEntry, item->entry_count);
    for (uint32_t i = 0; i < item->entry_count; i++) {
        const FindingEntry *entry = &item->entries[i];
        FieldId event = ask(asking, entry->event);
        entries[i] = (ThreatEntry){
            .event = event,
            .indicator = ask(asking, entry->indicator),
            .is_ip = field_table_get(plan_builder_fields(asking->builder), event)->type == FIELD_IP,
            .negated = entry->negated,
        };
    }
    return (ThreatItem){entries, item->entry_count};
}

uint32_t finding_compile(PlanBuilder *builder, const FindingWords *words, NodeId events,
                         NodeId indicators, Str timestamp)
{
    Asking asking = {.builder = builder, .arena = plan_builder_arena(builder)};
    ThreatItem *items = ARENA_MANY(asking.arena, ThreatItem, words->item_count);
    for (uint32_t i = 0; i < words->item_count; i++) {
        items[i] = item_of(&asking, &words->items[i]);
    }
    FindingPlan finding = {
        .kind = words->kind,
        .fields = ask_all(&asking, words->fields, words->field_count),
        .field_count = words->field_count,
        .distinct = words->distinct.len == 0 ? FIELD_NONE : ask(&asking, words->distinct),
        .least = words->least,
        .least_distinct = words->least_distinct,
        .interval_ns = words->interval_ns,
        .from_ns = words->from_ns,
        .to_ns = words->to_ns,
        .history_ns = words->history_ns,
        .items = items,
        .item_count = words->item_count,
    };
    assert(finding_is_sound(&finding));
    const Stage stages[] = {{.node = events}, {.node = indicators}};
    QueryPlan plan = {
        .kind = QUERY_EVENT,
        .stages = stages,
        .stage_count = words->kind == FINDING_THREATS ? FINDING_STAGE_INDICATORS + 1 : 1,
        .timestamp = field_table_add(plan_builder_fields(builder), timestamp, FIELD_USE_SPAN),
        .tiebreaker = FIELD_NONE,
        .asked = asking.asked.items,
        .asked_count = asking.asked.count,
        .finding = finding,
    };
    return plan_builder_add_query(builder, &plan);
}
