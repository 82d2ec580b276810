#pragma once
/* AlertSource: the event's own fields as an alert carries them, and the copies that the alert
 * keeps of what it must change.
 *
 * Values keep their spelling; only line breaks between them go, so that an alert is one line. */

#include "base/json_writer.h"
#include "event/document.h"

/* The members of the event, without @timestamp, _id, _index and what an alert before it had added
 * (kibana, signal, threshold_result); event.kind is "signal". */
void alert_source_print(JsonWriter *out, const Json *source);

/* "PREFIX.x": value for each value below the path `root` ("event"), whether nested or dotted. */
void alert_source_print_flat(JsonWriter *out, Arena *arena, const Json *source, Str root,
                             Str prefix);

/* Any value, nodes without `raw` included. */
void alert_source_print_value(JsonWriter *out, const Json *value);
