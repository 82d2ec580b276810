#pragma once
/* AlertOutput: alerts on standard output, in one of four forms:
 *
 * table   for people: time, severity, rule, host, user, reason; a sequence with its events below it
 * ndjson  one alert document a line
 * json    one array of alert documents
 * csv     RFC 4180, with a heading; texts that a spreadsheet would take for a formula get a ' in
 * front */

#include "alert/alert.h"
#include "base/buffer.h"

typedef enum AlertFormat { ALERT_TABLE, ALERT_NDJSON, ALERT_JSON, ALERT_CSV } AlertFormat;

typedef struct AlertOutput AlertOutput;

bool alert_format_parse(Str name, AlertFormat *out);
AlertOutput *alert_output_new(AlertFormat format, bool colour,
                              unsigned width); /* width 0 = do not cut lines */
void alert_output_free(AlertOutput *output);
void alert_output_add(AlertOutput *output, const Rule *rule, Str json, const AlertSummary *summary);
void alert_output_end(AlertOutput *output);

const char *severity_code(RuleSeverity severity, bool colour);
