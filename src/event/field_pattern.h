#pragma once
/* FieldPattern: "azure.*.name", fields whose names only events tell. One Field stands for all whose paths fit the pattern and
 * whose kind is the same: a query over a pattern has a Field for each kind that its values are to be compared as.
 *
 * Meaning      '*' is any run of characters, dots too; nothing else is special. Only paths that events spell count: other
 *              readings of a field (.text) and aliases are no paths of events.
 * Bounds       a path of more than FIELD_PATTERN_BYTES bytes fits no pattern. */

#include "base/array.h"
#include "event/field.h"

#define FIELD_PATTERN_BYTES 1024

bool field_pattern_fits(Str pattern, Str path);
/* True when fields below an object, or (empty) of the event, may fit. */
bool field_pattern_leads_below(Str pattern, Str object);

/* What a field is as a kind: its type, what null means, how its dates are written. */
typedef ARRAY(SchemaField) FieldKinds;
void field_pattern_kinds(Arena *arena, const Schema *schema, Str pattern, FieldKinds *out);

/* True when the field, of a pattern, stands for `path` too. */
bool field_stands_for(const Field *field, Str path);
