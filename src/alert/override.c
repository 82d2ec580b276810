#include "alert/override.h"

static Values values_at(Arena *arena, const Document *event, Str path)
{
    Field field = {.path = path, .type = FIELD_UNKNOWN};
    return document_values(arena, event, &field);
}

/* As text; event.severity as a number, however either side spells it. */
static bool is_value(Arena *arena, const Value *value, const SeverityMapping *mapping)
{
    Str text = value_to_text(arena, value);
    double left = 0;
    double right = 0;
    if (str_equal(mapping->field, STR("event.severity")) && str_to_double(text, &left) &&
        str_to_double(mapping->value, &right)) {
        return (int64_t)left == (int64_t)right;
    }
    return str_equal(text, mapping->value);
}

static RuleSeverity severity_of(Arena *arena, const Rule *rule, const Document *event)
{
    RuleSeverity severity = RULE_LOW;
    bool fits = false;
    for (uint32_t i = 0; i < rule->severity_mapping_count; i++) {
        const SeverityMapping *mapping = &rule->severity_mapping[i];
        Values values = values_at(arena, event, mapping->field);
        for (uint32_t j = 0; j < values.count; j++) {
            if (is_value(arena, &values.items[j], mapping)) {
                severity = mapping->severity > severity ? mapping->severity : severity;
                fits = true;
            }
        }
    }
    return fits ? severity : rule->severity;
}

static double risk_of(Arena *arena, const Rule *rule, const Document *event)
{
    double highest = -1;
    Values values = values_at(arena, event, rule->risk_score_mapping_field);
    for (uint32_t i = 0; i < values.count; i++) {
        double number = 0;
        bool boolean = values.items[i].kind == VALUE_BOOL;
        if (!boolean && str_to_double(value_to_text(arena, &values.items[i]), &number) &&
            number >= 0 && number <= 100 && number > highest) {
            highest = number;
        }
    }
    return highest < 0 ? (double)rule->risk_score : highest;
}

static Str name_of(Arena *arena, const Rule *rule, const Document *event)
{
    Values values = values_at(arena, event, rule->rule_name_override);
    for (uint32_t i = 0; i < values.count; i++) {
        if (values.items[i].kind == VALUE_STRING && values.items[i].text.len > 0) {
            return values.items[i].text;
        }
    }
    return rule->name;
}

Override override_none(const Rule *rule)
{
    return (Override){
        .name = rule->name, .severity = rule->severity, .risk_score = (double)rule->risk_score};
}

Override override_of(Arena *arena, const Rule *rule, const Document *event)
{
    Override override = override_none(rule);
    if (rule->severity_mapping_count > 0) {
        override.severity = severity_of(arena, rule, event);
    }
    if (rule->risk_score_mapping_field.len > 0) {
        override.risk_score = risk_of(arena, rule, event);
    }
    if (rule->rule_name_override.len > 0) {
        override.name = name_of(arena, rule, event);
    }
    return override;
}
