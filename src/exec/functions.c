#include "exec/functions.h"

#include "base/ip_address.h"
#include "base/utf8.h"
#include "exec/arithmetic.h"
#include "exec/compare.h"

typedef struct Call {
    bool fold;
    const Value *args;
    uint32_t arg_count;
    Arena *scratch;
} Call;

static const Value NOTHING = {.kind = VALUE_NULL};

static const Value *argument(const Call *call, uint32_t at)
{
    return at < call->arg_count ? &call->args[at] : &NOTHING;
}

static Str text_of(const Call *call, uint32_t at)
{
    return value_to_text(call->scratch, argument(call, at));
}

/* As it is compared: folded in the ~ form. */
static Str compared_text_of(const Call *call, uint32_t at)
{
    Str text = text_of(call, at);
    return call->fold ? utf8_fold(call->scratch, text) : text;
}

static bool whole_of(const Call *call, uint32_t at, int64_t *out)
{
    const Value *value = argument(call, at);
    if (value->kind != VALUE_INT) {
        return false;
    }
    *out = value->integer;
    return true;
}

static bool any_null(const Call *call)
{
    for (uint32_t i = 0; i < call->arg_count; i++) {
        if (call->args[i].kind == VALUE_NULL) {
            return true;
        }
    }
    return false;
}

/* ---- searching ---- */

static Value starts_with(const Call *call)
{
    return value_bool(str_starts_with(compared_text_of(call, 0), compared_text_of(call, 1)));
}

static Value ends_with(const Call *call)
{
    return value_bool(str_ends_with(compared_text_of(call, 0), compared_text_of(call, 1)));
}

static Value contains(const Call *call)
{
    Str wanted = compared_text_of(call, 1);
    size_t ignored = 0;
    return value_bool(wanted.len > 0 && str_find(compared_text_of(call, 0), wanted, 0, &ignored));
}

static Value index_of(const Call *call)
{
    Str text = compared_text_of(call, 0);
    int64_t start = 0;
    bool has_start = argument(call, 2)->kind != VALUE_NULL;
    if (has_start && !whole_of(call, 2, &start)) {
        return value_null();
    }
    start = start < 0 ? 0 : start;
    if ((uint64_t)start > utf8_length_utf16(text)) {
        return value_null();
    }
    size_t at = utf8_offset_of_utf16(text, (size_t)start);
    if (!str_find(text, compared_text_of(call, 1), at, &at)) {
        return value_null();
    }
    return value_int((int64_t)utf8_length_utf16(str_slice(text, 0, at)));
}

static Str reversed(Arena *arena, Str text)
{
    char *copy = ARENA_MANY(arena, char, text.len);
    for (size_t i = 0; i < text.len; i++) {
        copy[i] = text.ptr[text.len - 1 - i];
    }
    return (Str){copy, text.len};
}

/* The last is the first from behind; to try every place would take the product of the lengths. */
static bool find_last(Arena *scratch, Str text, Str wanted, size_t from, size_t *at)
{
    Str rest = str_slice(text, from, text.len);
    size_t behind = 0;
    if (!str_find(reversed(scratch, rest), reversed(scratch, wanted), 0, &behind)) {
        return false;
    }
    *at = text.len - behind - wanted.len;
    return true;
}

/* Folding keeps every character one character of as many UTF-16 units, so that places in the folded text mean
 * the same in the original. */
static size_t place_in_original(Str original, Str folded, size_t at)
{
    return utf8_offset_of_utf16(original, utf8_length_utf16(str_slice(folded, 0, at)));
}

static Value between(const Call *call)
{
    Str text = compared_text_of(call, 0);
    Str left = compared_text_of(call, 1);
    Str right = compared_text_of(call, 2);
    const Value *greedy = argument(call, 3);
    bool is_greedy = greedy->kind == VALUE_BOOL && greedy->boolean;
    Str original = text_of(call, 0);
    if (text.len == 0 || left.len == 0 || right.len == 0) {
        return value_string(original);
    }
    size_t from = 0;
    size_t to = 0;
    if (!str_find(text, left, 0, &from)) {
        return value_string(STR(""));
    }
    from += left.len;
    bool is_found = is_greedy ? find_last(call->scratch, text, right, from, &to)
                              : str_find(text, right, from, &to);
    if (!is_found) {
        return value_string(STR(""));
    }
    return value_string(str_slice(original, place_in_original(original, text, from),
                                  place_in_original(original, text, to)));
}

/* ---- texts ---- */

static Value concat(const Call *call)
{
    Str *parts = ARENA_MANY(call->scratch, Str, call->arg_count);
    for (uint32_t i = 0; i < call->arg_count; i++) {
        parts[i] = text_of(call, i);
    }
    return value_string(str_join(call->scratch, parts, call->arg_count, STR("")));
}

static Value length(const Call *call)
{
    return value_int((int64_t)utf8_length_utf16(text_of(call, 0)));
}

/* A place as Python reads it: from the end when negative, cut to the text. */
static int64_t clamp(int64_t place, int64_t units)
{
    place = place < 0 ? place + units : place;
    return place < 0 ? 0 : place > units ? units : place;
}

static Value substring(const Call *call)
{
    Str text = text_of(call, 0);
    int64_t units = (int64_t)utf8_length_utf16(text);
    int64_t start = 0;
    int64_t end = units;
    bool has_start = argument(call, 1)->kind != VALUE_NULL;
    bool has_end = argument(call, 2)->kind != VALUE_NULL;
    if ((has_start && !whole_of(call, 1, &start)) || (has_end && !whole_of(call, 2, &end))) {
        return value_null();
    }
    start = clamp(start, units);
    end = clamp(end, units);
    if (start >= end) {
        return value_string(STR(""));
    }
    return value_string(str_slice(text, utf8_offset_of_utf16(text, (size_t)start),
                                  utf8_offset_of_utf16(text, (size_t)end)));
}

/* ---- numbers ---- */

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'z' ? c - 'a' + 10
           : c >= 'A' && c <= 'Z' ? c - 'A' + 10
                                  : 36;
}

/* Sign, then digits of the base. */
static Value number_in_base(Str text, int64_t base)
{
    bool is_negative = str_starts_with(text, STR("-"));
    if (is_negative || str_starts_with(text, STR("+"))) {
        text = str_slice(text, 1, text.len);
    }
    if (text.len == 0) {
        return value_null();
    }
    int64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        int64_t digit = digit_of(text.ptr[i]);
        digit = is_negative ? -digit : digit;
        if (digit_of(text.ptr[i]) >= base || __builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value)) {
            return value_null();
        }
    }
    return value_int(value);
}

static Value decimal_number(Str text)
{
    Value whole = number_in_base(text, 10);
    double number = 0;
    if (whole.kind == VALUE_INT) {
        return whole;
    }
    return str_to_double(text, &number) ? value_double(number) : value_null();
}

static Value number(const Call *call)
{
    Str text = str_trim(text_of(call, 0));
    bool has_prefix = str_starts_with(text, STR("0x"));
    int64_t base = has_prefix ? 16 : 10;
    bool has_base = argument(call, 1)->kind != VALUE_NULL;
    if (has_base && (!whole_of(call, 1, &base) || base < 2 || base > 36)) {
        return value_null();
    }
    if (base == 10) {
        return decimal_number(text);
    }
    return number_in_base(base == 16 && has_prefix ? str_slice(text, 2, text.len) : text, base);
}

/* ---- addresses ---- */

static Value cidr_match(const Call *call)
{
    IpAddress address;
    if (!ip_address_parse(text_of(call, 0), &address)) {
        return value_bool(false);
    }
    for (uint32_t i = 1; i < call->arg_count; i++) {
        IpBlock block;
        if (ip_block_parse(text_of(call, i), &block) && ip_block_contains(&block, &address)) {
            return value_bool(true);
        }
    }
    return value_bool(false);
}

static bool takes_null(FunctionId function)
{
    return function == FUNCTION_INDEX_OF || function == FUNCTION_SUBSTRING ||
           function == FUNCTION_NUMBER;
}

/* indexOf, substring, number: only the places and the base may be null. */
static bool is_null_call(FunctionId function, const Call *call)
{
    if (!takes_null(function)) {
        return any_null(call);
    }
    return argument(call, 0)->kind == VALUE_NULL ||
           (function == FUNCTION_INDEX_OF && argument(call, 1)->kind == VALUE_NULL);
}

Value function_apply(FunctionId function, bool fold, const Value *args, uint32_t arg_count,
                     Arena *scratch)
{
    Call call = {fold, args, arg_count, scratch};
    if (is_null_call(function, &call)) {
        return value_null();
    }
    const Value *first = argument(&call, 0);
    const Value *second = argument(&call, 1);
    switch (function) {
    case FUNCTION_ADD: return arithmetic_apply(OP_ADD, first, second);
    case FUNCTION_BETWEEN: return between(&call);
    case FUNCTION_CIDR_MATCH: return cidr_match(&call);
    case FUNCTION_CONCAT: return concat(&call);
    case FUNCTION_DIVIDE: return arithmetic_apply(OP_DIVIDE, first, second);
    case FUNCTION_ENDS_WITH: return ends_with(&call);
    case FUNCTION_INDEX_OF: return index_of(&call);
    case FUNCTION_LENGTH: return length(&call);
    case FUNCTION_MODULO: return arithmetic_apply(OP_MODULO, first, second);
    case FUNCTION_MULTIPLY: return arithmetic_apply(OP_MULTIPLY, first, second);
    case FUNCTION_NUMBER: return number(&call);
    case FUNCTION_STARTS_WITH: return starts_with(&call);
    case FUNCTION_STRING: return value_string(text_of(&call, 0));
    case FUNCTION_STRING_CONTAINS: return contains(&call);
    case FUNCTION_SUBSTRING: return substring(&call);
    case FUNCTION_SUBTRACT: return arithmetic_apply(OP_SUBTRACT, first, second);
    case FUNCTION_ARRAY_CONTAINS:
    case FUNCTION_ARRAY_COUNT:
    case FUNCTION_ARRAY_SEARCH: /* kinds of expressions */
    case FUNCTION_COUNT: break;
    }
    assert(!"no such function");
    return value_null();
}
