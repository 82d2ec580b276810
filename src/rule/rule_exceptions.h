#pragma once
/* RuleExceptions: which events a rule is not to see, as its "exceptions_list" says and the lists that were read.
 *
 * Each list is compiled once, when the first rule names it. An item that cannot be applied leaves the others as they are:
 * a rule with fewer exceptions finds too much, never too little. What is left out is told for each rule. */

#include "rule/rule_set.h"

typedef struct RuleExceptions RuleExceptions;

/* Borrows the list; lives in the plan's arena. */
RuleExceptions *rule_exceptions_new(PlanBuilder *plan, const RuleList *list);
/* To find lists in, without compiling them. */
RuleExceptions *rule_exceptions_index(Arena *arena, const RuleList *list);

typedef ARRAY(RuleSkip) RuleSkips;

/* What holds of the events that the rule sees; true of all without exceptions. */
NodeId rule_exceptions_seen(RuleExceptions *exceptions, const Rule *rule, RuleSkips *warnings);

/* A list that a rule names: NULL when nothing of it was read. */
typedef struct FoundList {
    const ExceptionList *list; /* NULL: only its items were read */
    const uint32_t *items;     /* numbers of them */
    uint32_t item_count;
} FoundList;
/* `reference`: an item of the rule's exceptions_list. False: nothing of the list was read. */
bool rule_exceptions_find(const RuleExceptions *exceptions, const Json *reference, FoundList *out);

/* For which moments the same items count, above *above_ns up to *upto_ns. */
void exceptions_lifetime(const Exceptions *exceptions, int64_t *above_ns, int64_t *upto_ns);
