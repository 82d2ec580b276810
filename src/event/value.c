#include "event/value.h"

#include <math.h>

#include "base/hash.h"
#include "base/heap.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/timestamp.h"

/* ---- reading ---- */

static size_t string_end(Str raw, size_t at)
{
    for (at++; at < raw.len && raw.ptr[at] != '"'; at++) {
        at += raw.ptr[at] == '\\';
    }
    return at < raw.len ? at + 1 : raw.len;
}

static size_t object_end(Str raw, size_t at)
{
    size_t depth = 0;
    while (at < raw.len) {
        char c = raw.ptr[at];
        if (c == '"') {
            at = string_end(raw, at);
            continue;
        }
        at++;
        if (c == '{') {
            depth++;
        } else if (c == '}' && --depth == 0) {
            break;
        }
    }
    return at;
}

static bool is_between(char c)
{
    return c == ',' || c == '[' || c == ']' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next scalar, arrays entered, objects jumped over. */
static bool next_scalar(Str raw, size_t *at, Str *scalar)
{
    size_t from = *at;
    while (from < raw.len) {
        char c = raw.ptr[from];
        if (c == '{') {
            from = object_end(raw, from);
        } else if (is_between(c)) {
            from++;
        } else {
            break;
        }
    }
    size_t to = from;
    if (from < raw.len && raw.ptr[from] == '"') {
        to = string_end(raw, from);
    } else {
        while (to < raw.len && !is_between(raw.ptr[to])) {
            to++;
        }
    }
    *at = to;
    *scalar = str_slice(raw, from, to);
    return to > from;
}

static Value number_of(Str text)
{
    int64_t whole;
    if (json_number_is_i64(text, &whole)) {
        return value_int(whole);
    }
    double number;
    /* A number past the range of double keeps its digits as text. */
    return str_to_double(text, &number) ? value_double(number) : value_string(text);
}

Value value_date_of_type(int64_t ns, FieldType type)
{
    if (type == FIELD_DATE) {
        int64_t past = ns % NS_PER_MS;
        ns -= past < 0 ? past + NS_PER_MS : past;
    }
    return value_date(ns);
}

static Value date_of_number(Value value, FieldType type)
{
    int64_t ns = 0;
    bool fits = value.kind == VALUE_INT      ? timestamp_from_ms(value.integer, &ns)
                : value.kind == VALUE_DOUBLE ? timestamp_from_ms_double(value.number, &ns)
                                             : false;
    return fits ? value_date_of_type(ns, type) : value;
}

static Value date_of_text(Str text, FieldType type)
{
    int64_t ns = 0;
    if (timestamp_parse(text, &ns)) {
        return value_date_of_type(ns, type);
    }
    double ms;
    if (str_to_double(text, &ms)) {
        Value date = date_of_number(number_of(text), type);
        return date.kind == VALUE_DATE ? date : value_string(text);
    }
    return value_string(text);
}

Value value_as_date(const Value *value, FieldType type)
{
    return value->kind == VALUE_STRING ? date_of_text(value->text, type)
                                       : date_of_number(*value, type);
}

/* A mapping of integers cuts decimals off. */
static Value whole_of(Value value)
{
    if (value.kind != VALUE_DOUBLE || !(value.number >= -0x1p63 && value.number < 0x1p63)) {
        return value;
    }
    return value_int((int64_t)value.number);
}

static Value floating_of(Value value)
{
    return value.kind == VALUE_INT ? value_double((double)value.integer) : value;
}

static Value text_as(Str text, FieldType type)
{
    double number;
    switch (type) {
    case FIELD_LONG:
    case FIELD_DOUBLE:
        if (text.len == 0) {
            return value_null();
        }
        if (!str_to_double(text, &number)) {
            return value_string(text);
        }
        return type == FIELD_LONG ? whole_of(number_of(text)) : floating_of(number_of(text));
    case FIELD_BOOLEAN:
        if (str_equal(text, STR("true"))) {
            return value_bool(true);
        }
        return text.len == 0 || str_equal(text, STR("false")) ? value_bool(false)
                                                              : value_string(text);
    case FIELD_DATE:
    case FIELD_DATE_NANOS: return date_of_text(text, type);
    case FIELD_UNKNOWN:
    case FIELD_KEYWORD:
    case FIELD_TEXT:
    case FIELD_IP:
    case FIELD_VERSION:
    case FIELD_FLATTENED:
    case FIELD_OBJECT:
    case FIELD_OTHER: break;
    }
    return value_string(text);
}

static bool is_textual(FieldType type)
{
    return type == FIELD_KEYWORD || type == FIELD_TEXT || type == FIELD_VERSION ||
           type == FIELD_FLATTENED;
}

static Value number_as(Str text, FieldType type)
{
    if (is_textual(type)) {
        return value_string(text);
    }
    Value value = number_of(text);
    if (type == FIELD_LONG) {
        return whole_of(value);
    }
    if (type == FIELD_DOUBLE) {
        return floating_of(value);
    }
    return type == FIELD_DATE || type == FIELD_DATE_NANOS ? date_of_number(value, type) : value;
}

static Value scalar_as(Arena *arena, Str scalar, FieldType type)
{
    switch (scalar.ptr[0]) {
    case '"': return text_as(json_unescape(arena, str_slice(scalar, 1, scalar.len - 1)), type);
    case 't': return is_textual(type) ? value_string(STR("true")) : value_bool(true);
    case 'f': return is_textual(type) ? value_string(STR("false")) : value_bool(false);
    case 'n': return value_null();
    default: return number_as(scalar, type);
    }
}

/* The usual case: no array, no object, no blank around it. */
static bool is_scalar(Str raw)
{
    return raw.len > 0 && raw.ptr[0] != '{' && !is_between(raw.ptr[0]) &&
           !is_between(raw.ptr[raw.len - 1]);
}

static Value value_of(Arena *arena, Str scalar, FieldType type, const Str *null_value)
{
    Value value = scalar_as(arena, scalar, type);
    return value.kind == VALUE_NULL && null_value != NULL ? text_as(*null_value, type) : value;
}

static Values one_value(Arena *arena, Value value)
{
    if (value.kind == VALUE_NULL) {
        return (Values){0};
    }
    Value *item = ARENA_NEW(arena, Value);
    *item = value;
    return (Values){item, 1};
}

Values value_from_json(Arena *arena, Str raw, FieldType type, Str null_value, bool has_null_value)
{
    const Str *instead = has_null_value ? &null_value : NULL;
    if (is_scalar(raw)) {
        return one_value(arena, value_of(arena, raw, type, instead));
    }
    uint32_t most = 0;
    Str scalar;
    for (size_t at = 0; next_scalar(raw, &at, &scalar);) {
        most++;
    }
    if (most == 0) {
        return (Values){0};
    }
    Values values = {ARENA_MANY(arena, Value, most), 0};
    for (size_t at = 0; next_scalar(raw, &at, &scalar);) {
        Value value = value_of(arena, scalar, type, instead);
        if (value.kind != VALUE_NULL) {
            values.items[values.count++] = value;
        }
    }
    value_drop_repeats(&values);
    return values;
}

/* ---- repeats ---- */

static bool is_whole(double number)
{
    return number >= -0x1p63 && number < 0x1p63 && number == trunc(number);
}

/* Equal values have equal hashes: a whole double is hashed as the integer. Whoever sends the events does not know
 * the seed, and so no values that collide. */
static uint64_t hash_of(const Value *value, uint64_t seed)
{
    switch (value->kind) {
    case VALUE_NULL: return 0;
    case VALUE_BOOL: return 1 + value->boolean;
    case VALUE_INT: return hash_mix(seed + VALUE_INT, (uint64_t)value->integer);
    case VALUE_DATE: return hash_mix(seed + VALUE_DATE, (uint64_t)value->integer);
    case VALUE_STRING: return hash_bytes_seeded(value->text, seed);
    case VALUE_DOUBLE: break;
    }
    if (is_whole(value->number)) {
        return hash_mix(seed + VALUE_INT, (uint64_t)(int64_t)value->number);
    }
    uint64_t bits = 0;
    if (!isnan(value->number)) {
        memcpy(&bits, &value->number, sizeof bits);
    }
    return hash_mix(seed + VALUE_DOUBLE, bits);
}

static bool is_among(const Value *items, uint32_t count, const Value *value)
{
    for (uint32_t i = 0; i < count; i++) {
        if (value_compare(&items[i], value) == 0) {
            return true;
        }
    }
    return false;
}

/* Slots hold place + 1; at most half are taken. */
static bool is_new(uint32_t *slots, size_t mask, const Value *kept, uint32_t count,
                   const Value *value, uint64_t seed)
{
    size_t slot = hash_of(value, seed) & mask;
    while (slots[slot] != 0) {
        if (value_compare(&kept[slots[slot] - 1], value) == 0) {
            return false;
        }
        slot = (slot + 1) & mask;
    }
    slots[slot] = count + 1;
    return true;
}

#define FEW ((size_t)16) /* so many are compared each with each */

void value_drop_repeats(Values *values)
{
    uint32_t kept = 0;
    if (values->count <= FEW) {
        for (uint32_t i = 0; i < values->count; i++) {
            if (!is_among(values->items, kept, &values->items[i])) {
                values->items[kept++] = values->items[i];
            }
        }
        values->count = kept;
        return;
    }
    size_t slot_count = FEW * 4;
    while (slot_count < (size_t)values->count * 2) {
        slot_count *= 2;
    }
    uint32_t *slots = heap_zeroed(slot_count, sizeof *slots);
    uint64_t seed = hash_random_seed();
    for (uint32_t i = 0; i < values->count; i++) {
        if (is_new(slots, slot_count - 1, values->items, kept, &values->items[i], seed)) {
            values->items[kept++] = values->items[i];
        }
    }
    free(slots);
    values->count = kept;
}

/* ---- order ---- */

static int compare_ints(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Not a number comes after all numbers and equals itself, so that the order is total. */
static int compare_doubles(double a, double b)
{
    if (isnan(a) || isnan(b)) {
        return (isnan(a) != 0) - (isnan(b) != 0);
    }
    return (a > b) - (a < b);
}

static int compare_int_double(int64_t a, double b)
{
    if (isnan(b) || b >= 0x1p63) {
        return -1;
    }
    if (b < -0x1p63) {
        return 1;
    }
    int64_t whole = (int64_t)b;
    if (a != whole) {
        return compare_ints(a, whole);
    }
    /* Exact: a double with decimals lies within 2^53. */
    return compare_doubles(0, b - (double)whole);
}

static int compare_numbers(const Value *a, const Value *b)
{
    if (a->kind == VALUE_INT) {
        return b->kind == VALUE_INT ? compare_ints(a->integer, b->integer)
                                    : compare_int_double(a->integer, b->number);
    }
    return b->kind == VALUE_INT ? -compare_int_double(b->integer, a->number)
                                : compare_doubles(a->number, b->number);
}

/* Also the first byte of a key. */
static int rank(ValueKind kind)
{
    static const unsigned char RANKS[] = {
        [VALUE_NULL] = 1,   [VALUE_BOOL] = 2, [VALUE_INT] = 3,
        [VALUE_DOUBLE] = 3, [VALUE_DATE] = 4, [VALUE_STRING] = 5,
    };
    return RANKS[kind];
}

int value_compare(const Value *a, const Value *b)
{
    if (rank(a->kind) != rank(b->kind)) {
        return rank(a->kind) < rank(b->kind) ? -1 : 1;
    }
    switch (a->kind) {
    case VALUE_NULL: return 0;
    case VALUE_BOOL: return a->boolean - b->boolean;
    case VALUE_INT:
    case VALUE_DOUBLE: return compare_numbers(a, b);
    case VALUE_DATE: return compare_ints(a->integer, b->integer);
    case VALUE_STRING: break;
    }
    return str_compare(a->text, b->text);
}

Str value_to_text(Arena *arena, const Value *value)
{
    char number[32];
    char time[TIMESTAMP_TEXT];
    switch (value->kind) {
    case VALUE_NULL: return STR("null");
    case VALUE_BOOL: return value->boolean ? STR("true") : STR("false");
    case VALUE_INT: return str_format(arena, "%lld", (long long)value->integer);
    case VALUE_DOUBLE: return str_copy(arena, json_print_double(value->number, number));
    case VALUE_DATE: return str_copy(arena, timestamp_print(value->integer, 3, time));
    case VALUE_STRING: break;
    }
    return value->text;
}
