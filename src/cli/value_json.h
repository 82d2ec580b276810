#pragma once
/* A value of an event as JSON; a date as Kibana writes it. */

#include "base/json_writer.h"
#include "event/value.h"

void value_write_json(JsonWriter *json, const Value *value);
