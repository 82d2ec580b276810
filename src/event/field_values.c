#include "event/field_values.h"

#include "event/date_format.h"

static Value date_of(Arena *arena, const Field *field, const Value *value)
{
    int64_t ns;
    bool is_number = value->kind == VALUE_INT || value->kind == VALUE_DOUBLE;
    if (!is_number && value->kind != VALUE_STRING) {
        return *value;
    }
    if (date_format_parse(field->date_format, value_to_text(arena, value), is_number, &ns)) {
        return value_date_of_type(ns, field->type);
    }
    return value_as_date(value, field->type);
}

Values field_values(Arena *arena, const Field *field, Str raw)
{
    if (field->date_format.len == 0) {
        return value_from_json(arena, raw, field->type, field->null_value, field->has_null_value);
    }
    Values values =
        value_from_json(arena, raw, FIELD_UNKNOWN, field->null_value, field->has_null_value);
    for (uint32_t i = 0; i < values.count; i++) {
        values.items[i] = date_of(arena, field, &values.items[i]);
    }
    value_drop_repeats(&values);
    return values;
}
