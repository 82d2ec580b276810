#pragma once
/* ExceptionsShow: the exceptions of a rule, in words, for a person. What a terminal must not get is made harmless. */

#include "base/buffer.h"
#include "rule/rule_exceptions.h"

/* A block if the rule names lists, else nothing. */
void exceptions_show(Buffer *out, const RuleList *list, const RuleExceptions *index,
                     const Rule *rule, bool colour);
