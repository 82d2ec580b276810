#pragma once
/* CommonFields: what the events of a sequence have in common, as one tree: equal values stay, of
 * lists the items that are in all, of objects what is common inside; all else is left out. The
 * order of keys and lists is the first event's.
 *
 * Keys with dots and nested objects are one and the same path, in each event. A value and a list
 * that holds it have the value in common, as a list.
 * Cost         n log n of the number of values. */

#include "base/json.h"

/* At least one source. Objects and lists of the result are new and have no `raw`; all else is
 * shared with the first source. Never NULL; an object without members when nothing is common. */
const Json *common_fields(Arena *arena, const Json *const *sources, uint32_t count);
