#pragma once
/* Scalars of a JSON text. The index has checked what is in strings; that nothing follows one, and numbers
 * and words, are checked here. Inlined: it runs for each value. */

#include "base/str.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

bool json_number_check(const char *from,
                       const char *to); /* RFC 8259's number; any size, nothing behind it */

/* What to say of a value that begins with `first` and failed the check. */
const char *json_scalar_fault(char first);

/* A short whole number, the most frequent kind. */
static inline bool json_is_small_number(const char *from, const char *to)
{
    size_t len = (size_t)(to - from);
    if (len > 10 || (*from == '0' && len > 1)) {
        return false;
    }
    bool digits = true;
    for (size_t i = 0; i < len; i++) {
        digits &= (unsigned char)(from[i] - '0') < 10;
    }
    return digits;
}

/* `to` is at least one byte behind `from`. */
static inline bool json_scalar_check(const char *from, const char *to)
{
    if (*from == '"') {
        return to[-1] == '"';
    }
    switch (*from) {
    case 't': return to - from == 4 && memcmp(from, "true", 4) == 0;
    case 'f': return to - from == 5 && memcmp(from, "false", 5) == 0;
    case 'n': return to - from == 4 && memcmp(from, "null", 4) == 0;
    default: return json_is_small_number(from, to) || json_number_check(from, to);
    }
}

/* What is between a string's quotes; 16 bytes are readable from its start on. Most keys and names are no longer,
 * and then this is one comparison. */
static inline bool json_has_escape(Str raw)
{
#if defined(__SSE2__)
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)raw.ptr);
    unsigned found = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    if (raw.len <= 16) {
        return (found & ((1u << raw.len) - 1)) != 0;
    }
#endif
    return memchr(raw.ptr, '\\', raw.len) != NULL;
}
