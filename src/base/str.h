#pragma once
/* Str: a view of bytes that someone else owns. It is not NUL-terminated; pass it by value. */

#include <stdarg.h>

#include "base/arena.h"
#include "base/base.h"

typedef struct Str {
    const char *ptr;
    size_t len;
} Str;

/* STR("x") makes a view of a literal, STR_INIT("x") one in a static table; printf("%.*s", STR_ARG(s))
 * prints one. */
#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)               \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }
#define STR_ARG(s) (int)(s).len, (s).ptr
#define STR_NONE   (UINT32_MAX) /* "not found" of the functions that return an index */

static inline bool str_equal(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline Str str_from_c(const char *text)
{
    return (Str){text, strlen(text)};
}

/* s[from, to), both cut to the length. */
static inline Str str_slice(Str s, size_t from, size_t to)
{
    to = to > s.len ? s.len : to;
    from = from > to ? to : from;
    return (Str){from == 0 ? s.ptr : s.ptr + from, to - from}; /* NULL + 0 is undefined */
}

int str_compare(Str a, Str b); /* byte order; a prefix comes first */
bool str_starts_with(Str s, Str prefix);
bool str_ends_with(Str s, Str suffix);
bool str_equal_ascii_case(Str a, Str b);                   /* A-Z equal a-z, all else exact */
bool str_find(Str s, Str needle, size_t from, size_t *at); /* first `needle` at or after `from` */
bool str_find_byte(Str s, char byte, size_t from, size_t *at);
Str str_trim(Str s); /* without blanks, tabs, CR, LF at both ends */

/* Cuts the text before the next `separator` off the front of *rest. False when *rest is spent.
 * "a,,b" gives "a", "", "b"; "" gives one "". Start with *rest = text; a spent rest has ptr NULL. */
bool str_split(Str *rest, char separator, Str *part);

Str str_copy(Arena *arena, Str s);         /* lives in the arena; NUL follows the last byte */
const char *str_to_c(Arena *arena, Str s); /* for libc only; text after a NUL inside is lost */
Str str_format(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
Str str_format_args(Arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);
Str str_join(Arena *arena, const Str *parts, size_t count, Str separator);

/* Whole text, optional '-', digits. False on anything else and on overflow. */
bool str_to_i64(Str s, int64_t *out);
bool str_to_u64(Str s, uint64_t *out);
/* Whole text as a JSON number, also with a leading '+' or '.', never hex, inf or nan.
 * Correctly rounded (strtod in the C locale). */
bool str_to_double(Str s, double *out);
