#pragma once
/* The parts of EQL's printer that others use too. Whole queries: eql.h. */

#include "base/buffer.h"

void eql_print_name(Buffer *out, Str name); /* one part of a path, in backquotes if it needs them */
