#include "exec/version.h"

typedef struct Version {
    Str parts;      /* "1.2.4" */
    Str prerelease; /* "rc.1"; ptr NULL if none */
    Str build;      /* ptr NULL if none */
} Version;

static bool is_digits(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return text.len > 0;
}

/* No leading zeros, so that equal numbers are equal texts. */
static bool is_number(Str text)
{
    return is_digits(text) && (text.len == 1 || text.ptr[0] != '0');
}

static bool is_word(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-')) {
            return false;
        }
    }
    return text.len > 0;
}

static bool is_prerelease_part(Str text)
{
    return is_word(text) && (!is_digits(text) || is_number(text));
}

static bool all_parts(Str text, bool (*is_part)(Str))
{
    Str part;
    while (str_split(&text, '.', &part)) {
        if (!is_part(part)) {
            return false;
        }
    }
    return true;
}

/* version := number { "." number } [ "-" part { "." part } ] [ "+" word { "." word } ] */
static bool parse(Str text, Version *out)
{
    size_t plus = text.len;
    size_t dash = 0;
    *out = (Version){0};
    if (str_find_byte(text, '+', 0, &plus)) {
        out->build = str_slice(text, plus + 1, text.len);
    }
    Str rest = str_slice(text, 0, plus);
    out->parts = rest;
    if (str_find_byte(rest, '-', 0, &dash)) {
        out->parts = str_slice(rest, 0, dash);
        out->prerelease = str_slice(rest, dash + 1, rest.len);
    }
    return out->parts.len > 0 && all_parts(out->parts, is_number) &&
           (out->prerelease.ptr == NULL || all_parts(out->prerelease, is_prerelease_part)) &&
           (out->build.ptr == NULL || all_parts(out->build, is_word));
}

static int compare_numbers(Str a, Str b)
{
    if (a.len != b.len) {
        return a.len < b.len ? -1 : 1;
    }
    return str_compare(a, b);
}

static int compare_part(Str a, Str b)
{
    bool a_is_number = is_digits(a);
    bool b_is_number = is_digits(b);
    if (a_is_number != b_is_number) {
        return a_is_number ? -1 : 1;
    }
    return a_is_number ? compare_numbers(a, b) : str_compare(a, b);
}

static int compare_parts(Str a, Str b)
{
    Str x;
    Str y;
    for (;;) {
        bool has_x = str_split(&a, '.', &x);
        bool has_y = str_split(&b, '.', &y);
        if (!has_x || !has_y) {
            return (int)has_x - (int)has_y;
        }
        int order = compare_part(x, y);
        if (order != 0) {
            return order;
        }
    }
}

static int compare_valid(const Version *a, const Version *b)
{
    int order = compare_parts(a->parts, b->parts);
    if (order != 0) {
        return order;
    }
    if ((a->prerelease.ptr == NULL) != (b->prerelease.ptr == NULL)) {
        return a->prerelease.ptr != NULL ? -1 : 1;
    }
    if (a->prerelease.ptr != NULL) {
        order = compare_parts(a->prerelease, b->prerelease);
    }
    return order != 0 ? order : str_compare(a->build, b->build);
}

bool version_is_valid(Str text)
{
    Version version;
    return parse(text, &version);
}

int version_compare(Str a, Str b)
{
    Version x;
    Version y;
    bool a_is_valid = parse(a, &x);
    bool b_is_valid = parse(b, &y);
    if (a_is_valid && b_is_valid) {
        return compare_valid(&x, &y);
    }
    return a_is_valid ? -1 : b_is_valid ? 1 : str_compare(a, b);
}

/* Larger than what ends a list of parts, and in the order of the kinds of parts. */
enum { ORDER_END = 1, ORDER_NUMBER = 2, ORDER_WORD = 3 };

static void append_parts(Buffer *out, Str parts)
{
    Str part;
    while (str_split(&parts, '.', &part)) {
        if (!is_digits(part)) {
            buffer_append_byte(out, ORDER_WORD);
            buffer_append(out, part);
            buffer_append_byte(out, '\0'); /* a shorter word comes first */
            continue;
        }
        char len[] = {ORDER_NUMBER, (char)(part.len >> 24), (char)(part.len >> 16),
                      (char)(part.len >> 8), (char)part.len};
        buffer_append(out, (Str){len, sizeof len}); /* the number with more digits is larger */
        buffer_append(out, part);
    }
    buffer_append_byte(out, ORDER_END);
}

void version_append_order(Buffer *out, Str text)
{
    Version version;
    bool is_valid = parse(text, &version);
    assert(is_valid && text.len <= UINT32_MAX);
    append_parts(out, version.parts);
    bool is_release = version.prerelease.ptr == NULL;
    buffer_append_byte(out, is_release ? ORDER_NUMBER : ORDER_END);
    if (!is_release) {
        append_parts(out, version.prerelease);
    }
    buffer_append(out, version.build);
}
