#include "spec_exceptions.h"

#include "rule/exceptions_read.h"
#include "rule/rule_exceptions.h"

#define REFERENCE                                                 \
    "[{\"id\":\"1\",\"list_id\":\"spec\",\"type\":\"detection\"," \
    "\"namespace_type\":\"single\"}]"

bool spec_exceptions_read(Arena *arena, Str json, RuleList *out, Err *err)
{
    *out = (RuleList){.arena = arena};
    const Json *items = json.len == 0 ? NULL : json_parse(arena, json, err);
    RuleText where = {.text = json, .first_line = 1};
    if (items == NULL) {
        return json.len == 0;
    }
    for (Json *item = items->first; item != NULL; item = item->next) {
        Json list_id = {.kind = JSON_STRING, .key = STR("list_id"), .text = STR("spec")};
        Json *first = ARENA_NEW(arena, Json);
        *first = list_id;
        first->next = item->first;
        item->first = first;
        item->count++;
        exceptions_read_object(out, &where, item);
    }
    return out->problems.count == 0 ||
           err_set(err, ERR_SYNTAX, "%.*s", STR_ARG(out->problems.items[0].message));
}

bool spec_exceptions_compile(const RuleList *list, PlanBuilder *builder, Diagnostics *diagnostics,
                             NodeId *seen)
{
    Err err = {0};
    RuleSkips warnings = {0};
    Rule rule = {.exceptions_list = json_parse(plan_builder_arena(builder), STR(REFERENCE), &err)};
    if (list->exceptions.items.count == 0) {
        *seen = plan_builder_constant(builder, true);
        return true;
    }
    *seen = rule_exceptions_seen(rule_exceptions_new(builder, list), &rule, &warnings);
    for (uint32_t i = 0; i < warnings.count; i++) {
        diagnostic_add(diagnostics, SEVERITY_ERROR, "exception", 0, 0, "%.*s",
                       STR_ARG(warnings.items[i].detail));
    }
    return warnings.count == 0;
}
