#pragma once
/* ExceptionStore: exception lists and their items in a store of rules: each as it came, and what came before it.
 *
 * An item that comes with other words stands in the place of the old one - unless it says what the item said once before: what was
 * changed here since is not undone by importing a file again. None ever goes because it is in no file. */

#include "rule/exceptions.h"
#include "rule/rule_store.h"

typedef struct ExceptionCounts {
    uint64_t added, changed, unchanged;
    uint64_t kept; /* came as they once were: what was changed here stays */
} ExceptionCounts;

/* Within a transaction of the caller's. `edit`: what comes counts, even if it was said before. */
bool exception_store_import(RuleStore *store, const Exceptions *exceptions, bool edit,
                            ExceptionCounts *counts, Err *err) MUST_CHECK;
/* Lists and then items, a line each, as Kibana exports them. */
bool exception_store_print(RuleStore *store, Buffer *out, Err *err) MUST_CHECK;
