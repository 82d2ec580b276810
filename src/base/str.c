#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>

#include "base/heap.h"

int str_compare(Str a, Str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts_with(Str s, Str prefix)
{
    return s.len >= prefix.len && str_equal(str_slice(s, 0, prefix.len), prefix);
}

bool str_ends_with(Str s, Str suffix)
{
    return s.len >= suffix.len && str_equal(str_slice(s, s.len - suffix.len, s.len), suffix);
}

static int lower_ascii(char c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

bool str_equal_ascii_case(Str a, Str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower_ascii(a.ptr[i]) != lower_ascii(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool str_find(Str s, Str needle, size_t from, size_t *at)
{
    if (from > s.len || needle.len > s.len - from) {
        return false;
    }
    if (needle.len == 0) {
        *at = from;
        return true;
    }
    const char *found = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
    if (found == NULL) {
        return false;
    }
    *at = (size_t)(found - s.ptr);
    return true;
}

bool str_find_byte(Str s, char byte, size_t from, size_t *at)
{
    const char *found = from < s.len ? memchr(s.ptr + from, byte, s.len - from) : NULL;
    if (found == NULL) {
        return false;
    }
    *at = (size_t)(found - s.ptr);
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

Str str_trim(Str s)
{
    size_t from = 0;
    size_t to = s.len;
    while (from < to && is_blank(s.ptr[from])) {
        from++;
    }
    while (to > from && is_blank(s.ptr[to - 1])) {
        to--;
    }
    return str_slice(s, from, to);
}

bool str_split(Str *rest, char separator, Str *part)
{
    if (rest->ptr == NULL) {
        return false;
    }
    size_t at = 0;
    if (str_find_byte(*rest, separator, 0, &at)) {
        *part = str_slice(*rest, 0, at);
        *rest = str_slice(*rest, at + 1, rest->len);
    } else {
        *part = *rest;
        *rest = (Str){NULL, 0};
    }
    return true;
}

Str str_copy(Arena *arena, Str s)
{
    char *copy = ARENA_MANY(arena, char, s.len + 1);
    if (s.len > 0) {
        memcpy(copy, s.ptr, s.len);
    }
    return (Str){copy, s.len};
}

const char *str_to_c(Arena *arena, Str s)
{
    return str_copy(arena, s).ptr;
}

Str str_format_args(Arena *arena, const char *format, va_list args)
{
    assert(format != NULL);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(len >= 0); /* our formats hold nothing that could fail to convert */
    char *text = ARENA_MANY(arena, char, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, args);
    return (Str){text, (size_t)len};
}

Str str_format(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = str_format_args(arena, format, args);
    va_end(args);
    return text;
}

Str str_join(Arena *arena, const Str *parts, size_t count, Str separator)
{
    size_t len = count > 1 ? (count - 1) * separator.len : 0;
    for (size_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    char *text = ARENA_MANY(arena, char, len + 1);
    char *to = text;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && separator.len > 0) {
            to = mempcpy(to, separator.ptr, separator.len);
        }
        if (parts[i].len > 0) {
            to = mempcpy(to, parts[i].ptr, parts[i].len);
        }
    }
    return (Str){text, len};
}

bool str_to_u64(Str s, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned char)s.ptr[i] - (unsigned)'0';
        if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value)) {
            return false;
        }
    }
    if (s.len == 0) {
        return false;
    }
    *out = value;
    return true;
}

bool str_to_i64(Str s, int64_t *out)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    uint64_t size = 0;
    if (!str_to_u64(str_slice(s, negative, s.len), &size) ||
        size > (uint64_t)INT64_MAX + negative) {
        return false;
    }
    *out = (int64_t)(negative ? 0 - size : size);
    return true;
}

static size_t skip_digits(Str s, size_t at)
{
    while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9') {
        at++;
    }
    return at;
}

/* number := ["+"|"-"] ( ("0" | [1-9][0-9]*) ["." [0-9]+] | "." [0-9]+ ) [("e"|"E") ["+"|"-"]
 * [0-9]+] */
static bool is_number(Str s)
{
    size_t start = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
    size_t at = skip_digits(s, start);
    if (at - start > 1 && s.ptr[start] == '0') {
        return false;
    }
    if (at < s.len && s.ptr[at] == '.') {
        size_t decimals = at + 1;
        at = skip_digits(s, decimals);
        if (at == decimals) {
            return false;
        }
    } else if (at == start) {
        return false;
    }
    if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
        at++;
        at += at < s.len && (s.ptr[at] == '-' || s.ptr[at] == '+');
        size_t digits = at;
        at = skip_digits(s, digits);
        if (at == digits) {
            return false;
        }
    }
    return at == s.len;
}

bool str_to_double(Str s, double *out)
{
    if (!is_number(s)) {
        return false;
    }
    char small[64]; /* enough for all but numbers written to annoy */
    char *text = s.len < sizeof small ? small : heap_bytes(s.len + 1);
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    double value = strtod(text, NULL);
    if (text != small) {
        free(text);
    }
    if (!isfinite(value)) {
        return false;
    }
    *out = value;
    return true;
}
