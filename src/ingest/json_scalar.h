#pragma once
/* Scalars of a JSON text. The index has checked what is in strings; that nothing follows one, and numbers
 * and words, are checked here. Inlined: it runs for each value. */

#include "base/str.h"

bool json_number_check(const char *from,
                       const char *to); /* RFC 8259's number; any size, nothing behind it */

/* What to say of a value that begins with `first` and failed the check. */
const char *json_scalar_fault(char first);

/* `to` is at least one byte behind `from`. */
static inline bool json_scalar_check(const char *from, const char *to)
{
    switch (*from) {
    case '"': return to[-1] == '"';
    case 't': return to - from == 4 && memcmp(from, "true", 4) == 0;
    case 'f': return to - from == 5 && memcmp(from, "false", 5) == 0;
    case 'n': return to - from == 4 && memcmp(from, "null", 4) == 0;
    default: return json_number_check(from, to);
    }
}

static inline bool json_has_escape(Str raw)
{
    return raw.len != 0 && memchr(raw.ptr, '\\', raw.len) != NULL;
}
