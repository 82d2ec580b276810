#include "cli/value_json.h"

#include "base/timestamp.h"

void value_write_json(JsonWriter *json, const Value *value)
{
    char date[TIMESTAMP_TEXT];
    switch (value->kind) {
    case VALUE_NULL: json_null(json); break;
    case VALUE_BOOL: json_bool(json, value->boolean); break;
    case VALUE_INT: json_i64(json, value->integer); break;
    case VALUE_DOUBLE: json_double(json, value->number); break;
    case VALUE_DATE: json_string(json, timestamp_print(value->integer, 3, date)); break;
    case VALUE_STRING: json_string(json, value->text); break;
    }
}
