#pragma once
/* RuleShow: a rule as a page for people: what it looks for, where, how often, how bad, and its
 * place in ATT&CK. */

#include "base/buffer.h"
#include "rule/rule.h"

/* Rules come from others: what would drive the terminal is shown as '?'. Newlines are kept, and each line behind one is
 * indented. */
void rule_show_append(Buffer *out, Str text, const char *indent);
void rule_show_label(Buffer *out, const char *name, bool colour); /* "NAME:" */

void rule_show(Buffer *out, const Rule *rule, bool colour);
