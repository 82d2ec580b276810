#pragma once
/* Reason: an alert in one sentence: "network event with process nc, parent process vi, source
 * 10.0.0.5:50011, by ann on build-7 created high alert Shell From Editor." */

#include "event/document.h"
#include "rule/rule.h"

Str reason_of(Arena *arena, const Document *event, RuleSeverity severity, Str rule_name);
/* The field's values in one text, ", " between; "-" counts as none. */
Str reason_field(Arena *arena, const Document *event, Str path);
