#pragma once
/* Value: one scalar of an event, as conditions see it.
 *
 * A field of an event has 0, 1 or many values: an array is its elements, nested arrays flattened,
 * nulls and duplicates dropped, [] and null are none. An object is no value.
 *
 * value_from_json brings a value into its field's type, as a mapping would: "5" in a long is 5, 5 in a
 * keyword is "5", "true" in a boolean is true, a date becomes nanoseconds (for FIELD_DATE cut to the
 * millisecond). What does not fit the type keeps its own kind, so that nothing is lost. ip and version
 * stay text. In a field of unknown type each value keeps its JSON kind. As in Elasticsearch, "" is no
 * value for a number and false for a boolean, and a long cuts decimals off. A number past the range of
 * double stays as its digits. */

#include "base/buffer.h"
#include "event/schema.h"

typedef enum ValueKind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_DOUBLE,
    VALUE_DATE,
    VALUE_STRING
} ValueKind;

typedef struct Value {
    ValueKind kind;
    union {
        bool boolean;
        int64_t integer; /* VALUE_INT; VALUE_DATE: ns since 1970 */
        double number;
    };
    Str text; /* VALUE_STRING */
} Value;

static inline Value value_null(void)
{
    return (Value){.kind = VALUE_NULL};
}
static inline Value value_bool(bool b)
{
    return (Value){.kind = VALUE_BOOL, .boolean = b};
}
static inline Value value_int(int64_t i)
{
    return (Value){.kind = VALUE_INT, .integer = i};
}
static inline Value value_double(double d)
{
    return (Value){.kind = VALUE_DOUBLE, .number = d};
}
static inline Value value_date(int64_t ns)
{
    return (Value){.kind = VALUE_DATE, .integer = ns};
}
static inline Value value_string(Str s)
{
    return (Value){.kind = VALUE_STRING, .text = s};
}

typedef struct Values {
    Value *items;
    uint32_t count;
} Values;

/* All values in the raw JSON text of a field (validated), in order; into the arena. `raw` may be
 * borrowed by strings without escapes. Nested arrays flatten; objects inside count as none. */
Values value_from_json(Arena *arena, Str raw, FieldType type, Str null_value, bool has_null_value);

/* The date that it is in a field of that type, FIELD_DATE or FIELD_DATE_NANOS, or itself if it is none. */
Value value_as_date(const Value *value, FieldType type);
/* A date of the field's precision. */
Value value_date_of_type(int64_t ns, FieldType type);

/* Keeps the first of each; the order stays. */
void value_drop_repeats(Values *values);

/* Total order and equality: null < bool < number < date < string; int and double compare as numbers,
 * exactly; strings by bytes. Not a number comes after all numbers. */
int value_compare(const Value *a, const Value *b);

/* "5", "1.5", "true", ISO date: what string() gives. Borrowed from the value or in the arena. */
Str value_to_text(Arena *arena, const Value *value);

/* Key: bytes whose memcmp order is value_compare's and whose equality is value equality, across fields
 * (5 and 5.0 are one key). Self-delimiting, so that keys put one after another stay ordered. */
void value_append_key(Buffer *out, const Value *value);
/* Reads one value off the front of *key; text borrowed or in the arena. A whole number comes back as
 * an int as far as int64 goes. */
Value value_read_key(Arena *arena, Str *key);
