#pragma once
/* ListScan: whether a value is in a value list, entry by entry, as the twin looks: from each entry's text. What list_search
 * finds, and patterns too. */

#include "plan/value_list.h"

bool list_scan(const ValueListData *list, const Value *value, Arena *scratch);
bool list_scan_spans(const ValueListData *list, const Value *value); /* NUMBER, DATE */
