#include <math.h>

#include "event/value.h"

/* Key: a byte for the kind, then
 *     bool     0 or 1
 *     number   the nearest double, 8 bytes, ordered as unsigned; then how far the integer lies from
 * it date     8 bytes, ordered as unsigned string   its bytes, 00 as 00 FF, then 00 00: a shorter
 * string comes before a longer one, and what follows the string cannot change the order */
enum { KEY_NULL = 1, KEY_BOOL = 2, KEY_NUMBER = 3, KEY_DATE = 4, KEY_STRING = 5 };

#define SIGN_BIT (UINT64_C(1) << 63)

/* An int64 lies at most 512 from the nearest double: two bytes hold the distance. */
#define DISTANCE_ZERO 0x8000

static void put_big_endian(char *to, uint64_t bits, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        to[i] = (char)(bits >> (8 * (bytes - 1 - i)) & 0xff);
    }
}

static uint64_t get_big_endian(const char *from, size_t bytes)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < bytes; i++) {
        bits = bits << 8 | (unsigned char)from[i];
    }
    return bits;
}

static uint64_t ordered_of_double(double number)
{
    if (isnan(number)) {
        return UINT64_MAX;
    }
    number = number == 0 ? 0 : number; /* -0 is 0 */
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits & SIGN_BIT ? ~bits : bits | SIGN_BIT;
}

static double double_of_ordered(uint64_t ordered)
{
    if (ordered == UINT64_MAX) {
        return (double)NAN;
    }
    uint64_t bits = ordered & SIGN_BIT ? ordered & ~SIGN_BIT : ~ordered;
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static void append_number(Buffer *out, const Value *value)
{
    double nearest = value->kind == VALUE_INT ? (double)value->integer : value->number;
    int64_t distance = 0;
    if (value->kind == VALUE_INT) {
        /* In 128 bits, for the nearest double may be 2^63. */
        distance = (int64_t)((__int128)value->integer - (__int128)nearest);
    }
    char key[11] = {KEY_NUMBER};
    put_big_endian(key + 1, ordered_of_double(nearest), 8);
    put_big_endian(key + 9, (uint64_t)(distance + DISTANCE_ZERO), 2);
    buffer_append(out, (Str){key, sizeof key});
}

static void append_string(Buffer *out, Str text)
{
    size_t at = 0;
    if (!str_find_byte(text, '\0', 0, &at)) { /* the usual case, in one piece */
        char *to = buffer_reserve(out, text.len + 3);
        *to++ = KEY_STRING;
        to = text.len == 0 ? to : mempcpy(to, text.ptr, text.len);
        memset(to, 0, 2);
        out->len += text.len + 3;
        return;
    }
    buffer_append_byte(out, KEY_STRING);
    size_t from = 0;
    for (; str_find_byte(text, '\0', from, &at); from = at + 1) {
        buffer_append(out, str_slice(text, from, at));
        buffer_append(out, STR("\0\xff"));
    }
    buffer_append(out, str_slice(text, from, text.len));
    buffer_append(out, STR("\0\0"));
}

void value_append_key(Buffer *out, const Value *value)
{
    switch (value->kind) {
    case VALUE_NULL: buffer_append_byte(out, KEY_NULL); return;
    case VALUE_BOOL: buffer_append(out, (Str){(char[]){KEY_BOOL, (char)value->boolean}, 2}); return;
    case VALUE_INT:
    case VALUE_DOUBLE: append_number(out, value); return;
    case VALUE_DATE: {
        char key[9] = {KEY_DATE};
        put_big_endian(key + 1, (uint64_t)value->integer ^ SIGN_BIT, 8);
        buffer_append(out, (Str){key, sizeof key});
        return;
    }
    case VALUE_STRING: append_string(out, value->text); return;
    }
}

static Value number_of_key(const char *key)
{
    double nearest = double_of_ordered(get_big_endian(key, 8));
    int64_t distance = (int64_t)get_big_endian(key + 8, 2) - DISTANCE_ZERO;
    if (!(nearest >= -0x1p63 && nearest <= 0x1p63) || nearest != trunc(nearest)) {
        return value_double(nearest);
    }
    __int128 whole = (__int128)nearest + distance;
    return whole > INT64_MAX ? value_double(nearest) : value_int((int64_t)whole);
}

static Value string_of_key(Arena *arena, Str *key)
{
    size_t end = 0;
    size_t zeros = 0;
    while (str_find_byte(*key, '\0', end, &end) && end + 1 < key->len &&
           key->ptr[end + 1] != '\0') {
        zeros++;
        end += 2;
    }
    assert(end + 1 < key->len); /* keys are made here only, so they end */
    Str text = str_slice(*key, 0, end);
    *key = str_slice(*key, end + 2, key->len);
    if (zeros == 0) {
        return value_string(text);
    }
    char *copy = ARENA_MANY(arena, char, text.len - zeros);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        copy[len++] = text.ptr[i];
        i += text.ptr[i] == '\0';
    }
    return value_string((Str){copy, len});
}

static const char *take(Str *key, size_t bytes)
{
    assert(key->len >= bytes);
    const char *from = key->ptr;
    *key = str_slice(*key, bytes, key->len);
    return from;
}

Value value_read_key(Arena *arena, Str *key)
{
    switch (take(key, 1)[0]) {
    case KEY_NULL: return value_null();
    case KEY_BOOL: return value_bool(take(key, 1)[0] != 0);
    case KEY_NUMBER: return number_of_key(take(key, 10));
    case KEY_DATE: return value_date((int64_t)(get_big_endian(take(key, 8), 8) ^ SIGN_BIT));
    case KEY_STRING: return string_of_key(arena, key);
    default: break;
    }
    assert(!"a key of no kind");
    return value_null();
}
