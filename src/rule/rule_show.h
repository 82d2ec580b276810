#pragma once
/* RuleShow: a rule as a page for people: what it looks for, where, how often, how bad, and its
 * place in ATT&CK. */

#include "base/buffer.h"
#include "rule/rule.h"

void rule_show(Buffer *out, const Rule *rule, bool colour);
