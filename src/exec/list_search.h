#pragma once
/* ListSearch: whether a value is in a value list, found without looking at each entry. Of a list of words patterns are left to
 * whoever searches all patterns at once (predicate_index). What it means, list_scan.h says entry by entry. */

#include "plan/value_list.h"

/* `scratch` gets what is made on the way. */
bool list_search(const ValueListData *list, const Value *value, Arena *scratch);
