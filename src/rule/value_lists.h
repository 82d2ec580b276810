#pragma once
/* ValueLists: files of values, one a line, that exceptions name by id: a file called ID, or ID.txt or the like. What the values are
 * an exception says: "keyword", "ip_range", ...
 *
 * A list is read when the first exception asks for it, and once for each type that is asked; all rules share it.
 *
 * Bounds       a line VALUE_LISTS_MAX_LINE; of values that are none the first VALUE_LISTS_MAX_TOLD are told, the rest is counted.
 *              A file VALUE_LISTS_MAX_FILE, with VALUE_LISTS_MAX_VALUES.
 * Lifetimes    in the arena, the files' bytes too. */

#include "plan/value_list.h"
#include "rule/rule.h"

#define VALUE_LISTS_MAX_FILE   ((size_t)4 << 30)
#define VALUE_LISTS_MAX_VALUES (1U << 30)
#define VALUE_LISTS_MAX_LINE   ((size_t)32766) /* the longest keyword that Elasticsearch takes */
#define VALUE_LISTS_MAX_TOLD   10

typedef struct ValueLists ValueLists;

/* The files that `paths` name, or that lie in the folders they name. */
ValueLists *value_lists_open(Arena *arena, const Str *paths, uint32_t count, Err *err);
/* Adds names and bytes of all files, read or not. */
bool value_lists_hash(const ValueLists *lists, HashStream *content, Err *err) MUST_CHECK;

/* NULL has no list. False: there is none of that id, it cannot be read, or no list can be of that type. */
bool value_lists_get(ValueLists *lists, Str id, Str type, ValueList *out, Err *err) MUST_CHECK;
/* Puts the data into lists that an image names; false when one is not as it was. */
bool value_lists_fill(ValueLists *lists, ValueList *named, uint32_t count) MUST_CHECK;

typedef struct ValueListsLoaded {
    Str id, type;
    uint32_t count;
    size_t bytes;
} ValueListsLoaded;
/* The index-th list that was read. False: there were not so many. */
/* Of all lists that were read: lines that are no values of their type. */
const RuleProblem *value_lists_problems(const ValueLists *lists, uint32_t *count);
bool value_lists_loaded(const ValueLists *lists, uint32_t index, ValueListsLoaded *out);
