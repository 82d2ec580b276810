#pragma once
/* LintExceptions: what in exceptions can be read but cannot be meant. Findings are problems: severity warning, with the place of the
 * item or of the rule.
 *
 * exception-wildcard  * or ? in a value that is compared exactly, where the text reads as a pattern
 * exception-never     entries of one item that no event can fulfil together: a field is a value and is not, is there and is not
 * exception-expired   an item has expired, and does nothing
 * exception-list      a rule names a list of which nothing was read, though others were */

#include "rule/rule.h"

/* Into list->problems; how many there are. */
uint32_t lint_exceptions(RuleList *list);
