#pragma once
/* Reason: an alert in one sentence: "network event with process certutil.exe, parent process cmd.exe, source
 * 10.0.0.5:50011, destination 93.184.216.34:443, by bob on WS01 created low alert Network Connection via Certutil." */

#include "event/document.h"
#include "rule/rule.h"

Str reason_of(Arena *arena, const Document *event, RuleSeverity severity, Str rule_name);
/* The field's values in one text, ", " between; "-" counts as none. */
Str reason_field(Arena *arena, const Document *event, Str path);
