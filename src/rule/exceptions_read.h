#pragma once
/* ExceptionsRead: objects of rule files that are no rules but exception lists and their items. What is wrong with one is a problem
 * of the list of rules, with its place; the item is left out then. */

#include "rule/rule_check.h"

/* A list or an item, whatever else it may be. */
bool exceptions_is_part(const Json *object);
/* What Kibana exports; into list->exceptions. */
void exceptions_read_object(RuleList *list, const RuleText *where, const Json *object);
/* [[exceptions]] of a TOML file: each has a container and its items. */
void exceptions_read_sections(RuleList *list, const RuleText *where, const Json *sections);

/* The same list or item read twice counts once; of two that differ the first stands, and that is told. */
void exceptions_drop_repeated(RuleList *list);

/* What was read once, again, without a place to tell faults of: false if it has any. `out` keeps its file and line. */
bool exceptions_list_again(Arena *arena, const Json *source, ExceptionList *out) MUST_CHECK;
/* `list_id`: as it was. */
bool exceptions_item_again(Arena *arena, const Json *source, Str list_id,
                           ExceptionItem *out) MUST_CHECK;
