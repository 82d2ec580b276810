#pragma once
/* FieldValues: what stands in the raw JSON of a field, as its mapping says: brought into the field's type
 * (value_from_json), dates by the mapping's own formats first. */

#include "event/field.h"
#include "event/value.h"

/* Into the arena; `raw` may be borrowed. */
Values field_values(Arena *arena, const Field *field, Str raw);
