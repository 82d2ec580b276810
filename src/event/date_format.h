#pragma once
/* DateFormat: how a mapping says that the dates of a field are written: "dd-MM-yyyy||epoch_second", the first that fits. Java's
 * patterns as far as logs use them (y u M d H h a m s S, zones X x Z, names of months and days in English, '...' and
 * [optional] parts), and Elasticsearch's names for some of them.
 *
 * Defaults     what a pattern does not say: January, the first, midnight, UTC, 1970. */

#include "base/str.h"

/* `is_number`: the event has a number there and no text, so that what is written like an ISO date is none. False when
 * no format fits. */
bool date_format_parse(Str formats, Str text, bool is_number, int64_t *ns);
