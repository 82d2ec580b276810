#include "detect/pipe_tuple.h"

#include "base/array.h"
#include "base/ip_address.h"
#include "exec/version.h"

/* No key of a value begins with it: those of value_append_key have 1 to 5 in front. */
#define END_OF_SET '\0'
#define NO_VALUE   '\x7f'

/* In front of what an address or a version has become, and of the text of what is none. */
#define VALID   '\0'
#define INVALID '\1'

static bool append_shape(Buffer *out, Str text, CompareAs as)
{
    IpAddress address;
    if (as == COMPARE_AS_IP && ip_address_parse(text, &address)) {
        buffer_append_byte(out, VALID);
        buffer_append(out, (Str){(const char *)address.bytes, sizeof address.bytes});
        return true;
    }
    if (as == COMPARE_AS_VERSION && version_is_valid(text)) {
        buffer_append_byte(out, VALID);
        version_append_order(out, text);
        return true;
    }
    return false;
}

static void append_value(Buffer *out, const Value *value, CompareAs as)
{
    if (as == COMPARE_AS_VALUE || value->kind != VALUE_STRING) {
        value_append_key(out, value);
        return;
    }
    Buffer shape = {0};
    if (!append_shape(&shape, value->text, as)) {
        buffer_append_byte(&shape, INVALID);
        buffer_append(&shape, value->text);
    }
    Value shaped = value_string(buffer_str(&shape));
    value_append_key(out, &shaped);
    buffer_done(&shape);
}

static int compare_keys(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* Keys of several values, sorted, each once. */
static void append_sorted(Buffer *out, const Values *values, CompareAs as)
{
    Arena *arena = arena_new();
    Buffer bytes = {0};
    size_t *ends = ARENA_MANY(arena, size_t, values->count);
    Str *keys = ARENA_MANY(arena, Str, values->count);
    for (uint32_t i = 0; i < values->count; i++) {
        append_value(&bytes, &values->items[i], as);
        ends[i] = bytes.len;
    }
    for (uint32_t i = 0; i < values->count; i++) {
        keys[i] = str_slice(buffer_str(&bytes), i == 0 ? 0 : ends[i - 1], ends[i]);
    }
    qsort(keys, values->count, sizeof *keys, compare_keys);
    for (uint32_t i = 0; i < values->count; i++) {
        if (i == 0 || !str_equal(keys[i], keys[i - 1])) {
            buffer_append(out, keys[i]);
        }
    }
    buffer_done(&bytes);
    arena_free(arena);
}

void pipe_tuple_append_set(Buffer *out, const Values *values, CompareAs as)
{
    if (values->count == 1) {
        append_value(out, &values->items[0], as);
    } else if (values->count > 1) {
        append_sorted(out, values, as);
    }
    buffer_append_byte(out, END_OF_SET);
}

void pipe_tuple_append_least(Buffer *out, const Values *values, CompareAs as)
{
    if (values->count == 0) {
        buffer_append_byte(out, NO_VALUE);
        return;
    }
    size_t at = out->len;
    append_value(out, &values->items[0], as);
    Buffer other = {0};
    for (uint32_t i = 1; i < values->count; i++) {
        buffer_clear(&other);
        append_value(&other, &values->items[i], as);
        if (str_compare(buffer_str(&other), str_slice(buffer_str(out), at, out->len)) < 0) {
            out->len = at;
            buffer_append(out, buffer_str(&other));
        }
    }
    buffer_done(&other);
}

Values pipe_tuple_next(Arena *arena, Str *tuple)
{
    ARRAY(Value) values = {0};
    assert(tuple->len > 0);
    while (tuple->ptr[0] != END_OF_SET) {
        Value value = value_read_key(arena, tuple);
        ARRAY_PUSH(arena, &values, value);
    }
    *tuple = str_slice(*tuple, 1, tuple->len);
    return (Values){values.items, values.count};
}
