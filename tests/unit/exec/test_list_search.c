/* What list_search finds is what list_scan finds entry by entry. */
#include "random.h"
#include "unit.h"

#include "exec/list_scan.h"
#include "exec/list_search.h"

#define ROUNDS 300
#define ASKED  40

typedef struct Parts {
    const char *const *items;
    uint32_t count;
} Parts;

static Str pick(Arena *arena, Random *random, Parts parts)
{
    Str text = STR("");
    uint32_t length = 1 + random_below(random, 4);
    for (uint32_t i = 0; i < length; i++) {
        text = str_format(arena, "%.*s%s", STR_ARG(text),
                          parts.items[random_below(random, parts.count)]);
    }
    return text;
}

static Str pick_address(Arena *arena, Random *random, bool alone)
{
    uint32_t last = random_below(random, 256);
    Str address = random_below(random, 4) == 0
                      ? str_format(arena, "2001:db8::%x:%x", random_below(random, 3), last)
                      : str_format(arena, "10.0.%u.%u", random_below(random, 3), last);
    uint32_t form = alone ? 0 : random_below(random, 3);
    bool is_long = address.ptr[0] == '2';
    if (form == 1) {
        return str_format(arena, "%.*s/%u", STR_ARG(address),
                          (is_long ? 118 : 22) + random_below(random, 10));
    }
    return form == 2 && !is_long
               ? str_format(arena, "10.0.0.%u-10.0.1.%u", random_below(random, 256), last)
               : address;
}

static Str pick_value(Arena *arena, Random *random, ValueListKind kind, bool alone)
{
    static const char *const TEXTS[] = {"a", "b", "A", " ", "aa", "\xc3\xa9"};
    static const char *const WORDS[] = {"red ", "blue ", "Green ", "red-", "x.y ", "! "};
    switch (kind) {
    case VALUE_LIST_TEXT: return pick(arena, random, (Parts){TEXTS, ARRAY_LEN(TEXTS)});
    case VALUE_LIST_WORDS: return pick(arena, random, (Parts){WORDS, ARRAY_LEN(WORDS)});
    case VALUE_LIST_ADDRESS: return pick_address(arena, random, alone);
    case VALUE_LIST_NUMBER:
    case VALUE_LIST_DATE: break;
    }
    return STR("");
}

static Value pick_point(Arena *arena, Random *random, bool date)
{
    int64_t number = (int64_t)random_below(random, 60) - 30;
    int64_t ns = (number + 100) * 1000000;
    switch (random_below(random, 4)) {
    case 0: return date ? value_date(ns) : value_int(number);
    case 1: return date ? value_int(number + 100) : value_double((double)number / 2);
    case 2: return value_string(str_format(arena, "%lld", (long long)number));
    default: return random_below(random, 2) == 0 ? value_bool(true) : value_date(ns);
    }
}

static ValueSpan pick_span(Random *random, bool date)
{
    int64_t first = (int64_t)random_below(random, 60) - 30;
    int64_t last = first + (random_below(random, 3) == 0 ? random_below(random, 6) : 0);
    return date ? (ValueSpan){value_date((first + 100) * 1000000),
                              value_date((last + 100) * 1000000)}
                : (ValueSpan){value_int(first), value_double((double)last)};
}

static void check_list(Random *random, ValueListKind kind)
{
    Arena *arena = arena_new();
    Arena *scratch = arena_new();
    bool spans = kind == VALUE_LIST_NUMBER || kind == VALUE_LIST_DATE;
    uint32_t count = random_below(random, 20);
    Str *texts = ARENA_MANY(arena, Str, count);
    ValueSpan *points = ARENA_MANY(arena, ValueSpan, count);
    for (uint32_t i = 0; i < count; i++) {
        texts[i] = pick_value(arena, random, kind, false);
        points[i] = pick_span(random, kind == VALUE_LIST_DATE);
    }
    const ValueListData *list = value_list_data_new(arena, kind, texts, count, points);
    for (uint32_t i = 0; i < ASKED; i++) {
        Value value = spans ? pick_point(arena, random, kind == VALUE_LIST_DATE)
                            : value_string(pick_value(arena, random, kind, true));
        arena_reset(scratch);
        bool found = list_search(list, &value, scratch);
        arena_reset(scratch);
        assert_int_equal(found, list_scan(list, &value, scratch));
    }
    arena_free(scratch);
    arena_free(arena);
}

TEST(searching_finds_what_looking_at_each_entry_finds)
{
    Random random = {7};
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (ValueListKind kind = VALUE_LIST_TEXT; kind <= VALUE_LIST_DATE; kind++) {
            check_list(&random, kind);
        }
    }
}

TEST(a_range_of_addresses_begins_before_it_ends)
{
    AddressSpan span;
    assert_true(address_span_parse(STR("10.0.0.1-10.0.0.9"), &span));
    assert_true(address_span_parse(STR("10.0.0.1 - 10.0.0.1"), &span));
    assert_true(address_span_parse(STR("fe80::1-fe80::ff"), &span));
    assert_true(address_span_parse(STR("10.0.0.77/24"), &span));
    assert_int_equal(span.first.bytes[15], 0);
    assert_int_equal(span.last.bytes[15], 255);
    assert_false(address_span_parse(STR("10.0.0.9-10.0.0.1"), &span));
    assert_false(address_span_parse(STR("10.0.0.9-"), &span));
    assert_false(address_span_parse(STR("10.0.0.0/8-10.0.0.1"), &span));
    assert_false(address_span_parse(STR("host"), &span));
}

RUN_TESTS(CASE(searching_finds_what_looking_at_each_entry_finds),
          CASE(a_range_of_addresses_begins_before_it_ends))
