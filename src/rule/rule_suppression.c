#include "rule/rule_suppression.h"

#include "lang/date_math.h"

static int64_t duration_of(const Json *duration)
{
    Arena *scratch = arena_new();
    Err err = {0};
    int64_t ns = 0;
    Str text = str_format(scratch, "%.*s%.*s", STR_ARG(json_get(duration, STR("value"))->text),
                          STR_ARG(json_get(duration, STR("unit"))->text));
    /* One that is too long for a clock never ends. */
    ns = interval_parse(text, false, &ns, &err) ? ns : INT64_MAX;
    arena_free(scratch);
    return ns;
}

static bool is_set(const Json *value)
{
    return value != NULL && value->kind != JSON_NULL;
}

bool rule_suppression_get(Arena *arena, const Rule *rule, RuleSuppression *out)
{
    if (rule->alert_suppression == NULL) {
        return false;
    }
    const Json *fields = json_get(rule->alert_suppression, STR("group_by"));
    const Json *duration = json_get(rule->alert_suppression, STR("duration"));
    const Json *missing = json_get(rule->alert_suppression, STR("missing_fields_strategy"));
    *out = (RuleSuppression){.has_duration = is_set(duration)};
    out->missing_apart = is_set(missing) && str_equal(missing->text, STR("doNotSuppress"));
    out->duration_ns = out->has_duration ? duration_of(duration) : 0;
    Str *names = ARENA_MANY(arena, Str, is_set(fields) ? fields->count : 0);
    for (const Json *name = is_set(fields) ? fields->first : NULL; name != NULL;
         name = name->next) {
        names[out->fields.count++] = name->text;
    }
    out->fields.items = names;
    return true;
}
