#include "unit.h"

#include "base/hash.h"
#include "match/key_table.h"
#include "random.h"

typedef struct Entry {
    KeyRecord head;
    uint32_t number;
} Entry;

static Str key_of(uint32_t number, char text[16])
{
    return (Str){text, (size_t)snprintf(text, 16, "%x", number)};
}

/* Few hashes, so that places are fought for. */
static uint64_t hash_of(Str key, uint64_t spread)
{
    return hash_bytes(key) % spread;
}

/* A table and a plain list of what must be in it. */
static void play(uint64_t seed)
{
    enum { KEYS = 200 };
    Random random = {seed};
    KeyTable table = key_table_of(sizeof(Entry));
    Entry *expected[KEYS] = {0};
    uint64_t spread = 1 + random_below(&random, 400);
    size_t count = 0;
    for (int i = 0; i < 2000; i++) {
        char text[16];
        uint32_t number = random_below(&random, KEYS);
        Str key = key_of(number, text);
        uint64_t hash = hash_of(key, spread);
        Entry *found = key_table_find(&table, hash, key);
        assert_ptr_equal(found, expected[number]);
        if (found == NULL) {
            found = key_table_add(&table, hash, key);
            assert_int_equal(found->number, 0);
            found->number = number;
            expected[number] = found;
            count++;
        } else {
            assert_int_equal(found->number, number);
            assert_true(str_equal(key_table_key(&table, found), key));
            if (random_below(&random, i < 1000 ? 4 : 2) != 0) {
                key_table_remove(&table, found);
                expected[number] = NULL;
                count--;
            }
        }
        assert_int_equal(table.count, count);
        assert_int_equal(table.bytes == 0, count == 0);
    }
    key_table_done(&table);
    assert_int_equal(table.bytes, 0);
}

TEST(what_is_added_is_found_until_it_is_removed)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        play(seed);
    }
}

TEST(bytes_are_those_of_records_keys_and_table)
{
    KeyTable table = key_table_of(sizeof(Entry));
    Entry *first = key_table_add(&table, 1, STR("a key of some length"));
    size_t one = table.bytes;
    assert_true(one >= sizeof(Entry) + 20 + 16);
    for (uint64_t i = 2; i < 1000; i++) {
        char text[16];
        key_table_add(&table, i, key_of((uint32_t)i, text));
    }
    assert_true(table.bytes > 999 * sizeof(Entry));
    for (uint64_t i = 2; i < 1000; i++) {
        char text[16];
        key_table_remove(&table, key_table_find(&table, i, key_of((uint32_t)i, text)));
    }
    assert_true(table.bytes <= one * 2); /* it shrinks, but not at once */
    assert_ptr_equal(key_table_find(&table, 1, STR("a key of some length")), first);
    key_table_remove(&table, first);
    assert_int_equal(table.bytes, 0);
    assert_null(key_table_find(&table, 1, STR("")));
}

RUN_TESTS(CASE(what_is_added_is_found_until_it_is_removed),
          CASE(bytes_are_those_of_records_keys_and_table))
