#pragma once
/* Carried: the raw JSON of the fields that an event query's pipes ask, one after another in the order of
 * QueryPlan.asked. It comes with the hit, so that a pipe over millions of events reads none of them again. */

#include "base/buffer.h"

void carried_append(Buffer *out, Str raw); /* empty: the event has no such field */
Str carried_next(Str *carried);            /* takes it off the front */
