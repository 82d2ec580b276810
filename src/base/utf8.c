#include "base/utf8.h"

#include <utf8proc.h>

#define REPLACEMENT 0xfffdu
#define INVALID     0x110000u /* + the byte: a byte that is no text, told from all code points */

static bool is_tail(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* The code point at the front of bytes[0, len) and its length; 0 when it is none. */
static size_t decode(const unsigned char *bytes, size_t len, uint32_t *code_point)
{
    uint32_t lead = bytes[0];
    if (lead < 0x80) {
        *code_point = lead;
        return 1;
    }
    if (lead < 0xe0) {
        if (lead < 0xc2 || len < 2 || !is_tail(bytes[1])) {
            return 0;
        }
        *code_point = (lead & 0x1f) << 6 | (bytes[1] & 0x3fu);
        return 2;
    }
    if (lead < 0xf0) {
        if (len < 3 || !is_tail(bytes[1]) || !is_tail(bytes[2])) {
            return 0;
        }
        uint32_t value = (lead & 0x0f) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
        *code_point = value;
        return value < 0x800 || (value >= 0xd800 && value <= 0xdfff) ? 0 : 3;
    }
    if (len < 4 || !is_tail(bytes[1]) || !is_tail(bytes[2]) || !is_tail(bytes[3])) {
        return 0;
    }
    uint32_t value = (lead & 0x0f) << 18 | (bytes[1] & 0x3fu) << 12 | (bytes[2] & 0x3fu) << 6 |
                     (bytes[3] & 0x3fu);
    *code_point = value;
    return lead > 0xf4 || value < 0x10000 || value > 0x10ffff ? 0 : 4;
}

#define HIGH_BITS 0x8080808080808080u

static inline uint64_t load_8(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Most text is nothing else, so 32 bytes a step, then 8. */
size_t utf8_skip_ascii(Str text, size_t at)
{
    for (; text.len - at >= 32; at += 32) {
        const char *bytes = text.ptr + at;
        uint64_t all = load_8(bytes) | load_8(bytes + 8) | load_8(bytes + 16) | load_8(bytes + 24);
        if ((all & HIGH_BITS) != 0) {
            break;
        }
    }
    for (; text.len - at >= 8; at += 8) {
        if ((load_8(text.ptr + at) & HIGH_BITS) != 0) {
            break;
        }
    }
    while (at < text.len && (unsigned char)text.ptr[at] < 0x80) {
        at++;
    }
    return at;
}

bool utf8_check(Str text, size_t *bad_at)
{
    const unsigned char *bytes = (const unsigned char *)text.ptr;
    size_t at = 0;
    while ((at = utf8_skip_ascii(text, at)) < text.len) {
        /* What is not ASCII comes in words. */
        while (at < text.len && bytes[at] >= 0x80) {
            uint32_t ignored = 0;
            size_t len = decode(bytes + at, text.len - at, &ignored);
            if (len == 0) {
                *bad_at = at;
                return false;
            }
            at += len;
        }
    }
    return true;
}

/* As utf8_next, but an invalid byte gives INVALID + byte. */
static uint32_t next(Str text, size_t *at)
{
    const unsigned char *bytes = (const unsigned char *)text.ptr + *at;
    uint32_t code_point = 0;
    size_t len = decode(bytes, text.len - *at, &code_point);
    *at += len == 0 ? 1 : len;
    return len == 0 ? INVALID + bytes[0] : code_point;
}

uint32_t utf8_next(Str text, size_t *at)
{
    assert(*at < text.len);
    uint32_t code_point = next(text, at);
    return code_point >= INVALID ? REPLACEMENT : code_point;
}

size_t utf8_encode(uint32_t code_point, char out[4])
{
    unsigned char *to = (unsigned char *)out;
    if (code_point < 0x80) {
        to[0] = (unsigned char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        to[0] = (unsigned char)(0xc0 | code_point >> 6);
        to[1] = (unsigned char)(0x80 | (code_point & 0x3f));
        return 2;
    }
    if (code_point < 0x10000) {
        to[0] = (unsigned char)(0xe0 | code_point >> 12);
        to[1] = (unsigned char)(0x80 | (code_point >> 6 & 0x3f));
        to[2] = (unsigned char)(0x80 | (code_point & 0x3f));
        return 3;
    }
    to[0] = (unsigned char)(0xf0 | code_point >> 18);
    to[1] = (unsigned char)(0x80 | (code_point >> 12 & 0x3f));
    to[2] = (unsigned char)(0x80 | (code_point >> 6 & 0x3f));
    to[3] = (unsigned char)(0x80 | (code_point & 0x3f));
    return 4;
}

static bool is_ascii_upper(uint32_t code_point)
{
    return code_point - 'A' <= 'Z' - 'A';
}

uint32_t utf8_fold_one(uint32_t code_point)
{
    if (code_point < 0x80) {
        return is_ascii_upper(code_point) ? code_point + 0x20 : code_point;
    }
    if (code_point == 0x130 || code_point > 0x10ffff) {
        return code_point;
    }
    utf8proc_int32_t folded[8];
    utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)code_point, folded,
                                                     ARRAY_LEN(folded), UTF8PROC_CASEFOLD, NULL);
    if (count == 1) {
        return (uint32_t)folded[0];
    }
    /* Full folding makes several code points of it; simple folding is its lower case then. */
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)code_point);
}

static size_t encoded_size(uint32_t code_point)
{
    return code_point < 0x80 || code_point >= INVALID ? 1
           : code_point < 0x800                       ? 2
           : code_point < 0x10000                     ? 3
                                                      : 4;
}

/* Where folding first changes something, or the end. */
static size_t first_change(Str text)
{
    size_t at = 0;
    while (at < text.len) {
        uint32_t byte = (unsigned char)text.ptr[at];
        if (is_ascii_upper(byte)) {
            return at;
        }
        if (byte < 0x80) {
            at++;
            continue;
        }
        size_t start = at;
        uint32_t code_point = next(text, &at);
        if (utf8_fold_one(code_point) != code_point) {
            return start;
        }
    }
    return at;
}

static size_t folded_size(Str text)
{
    size_t size = 0;
    for (size_t at = 0; at < text.len;) {
        size_t behind = utf8_skip_ascii(text, at);
        size += behind - at;
        at = behind;
        if (at < text.len) {
            size += encoded_size(utf8_fold_one(next(text, &at)));
        }
    }
    return size;
}

/* The run of ASCII at `at`, folded, eight bytes a step; *to moves behind it. The place behind it in the text. */
static size_t write_folded_ascii(Str text, size_t at, char **to)
{
    static const uint64_t ONES = 0x0101010101010101u;
    for (uint64_t word; text.len - at >= sizeof word; at += sizeof word, *to += sizeof word) {
        memcpy(&word, text.ptr + at, sizeof word);
        if ((word & ONES * 0x80) != 0) {
            break;
        }
        /* The high bit of each byte tells: not below 'A', and not above 'Z'. */
        uint64_t from_a = word + ONES * (0x80 - 'A');
        uint64_t past_z = word + ONES * (0x80 - 'Z' - 1);
        word += (from_a & ~past_z & ONES * 0x80) >> 2;
        memcpy(*to, &word, sizeof word);
    }
    for (; at < text.len && (unsigned char)text.ptr[at] < 0x80; at++) {
        uint32_t byte = (unsigned char)text.ptr[at];
        *(*to)++ = (char)(byte + (uint32_t)is_ascii_upper(byte) * 0x20);
    }
    return at;
}

static char *write_folded(Str text, char *to)
{
    for (size_t at = 0; at < text.len;) {
        at = write_folded_ascii(text, at, &to);
        if (at == text.len) {
            break;
        }
        uint32_t code_point = utf8_fold_one(next(text, &at));
        if (code_point >= INVALID) {
            *to++ = text.ptr[at - 1];
        } else {
            to += utf8_encode(code_point, to);
        }
    }
    return to;
}

size_t utf8_fold_to(char *to, Str text)
{
    return (size_t)(write_folded(text, to) - to);
}

Str utf8_fold(Arena *arena, Str text)
{
    size_t same = first_change(text);
    if (same == text.len) {
        return text;
    }
    Str rest = str_slice(text, same, text.len);
    size_t len = same + folded_size(rest);
    char *folded = ARENA_MANY(arena, char, len);
    memcpy(folded, text.ptr, same);
    char *end = write_folded(rest, folded + same);
    assert(end == folded + len);
    return (Str){folded, len};
}

bool utf8_equal_folded(Str a, Str b)
{
    size_t at_a = 0;
    size_t at_b = 0;
    while (at_a < a.len && at_b < b.len) {
        uint32_t from_a = next(a, &at_a);
        uint32_t from_b = next(b, &at_b);
        if (from_a != from_b && utf8_fold_one(from_a) != utf8_fold_one(from_b)) {
            return false;
        }
    }
    return at_a == a.len && at_b == b.len;
}

size_t utf8_length_utf16(Str text)
{
    size_t units = 0;
    for (size_t at = 0; at < text.len;) {
        size_t behind = utf8_skip_ascii(text, at);
        units += behind - at;
        at = behind;
        if (at < text.len) {
            units += utf8_next(text, &at) > 0xffff ? 2 : 1;
        }
    }
    return units;
}

size_t utf8_offset_of_utf16(Str text, size_t units)
{
    size_t at = 0;
    while (at < text.len && units > 0) {
        size_t start = at;
        size_t taken = utf8_next(text, &at) > 0xffff ? 2 : 1;
        if (taken > units) {
            return start;
        }
        units -= taken;
    }
    return at;
}
