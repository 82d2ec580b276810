#include "unit.h"

#include "base/array.h"

TEST(items_keep_their_values_while_it_grows)
{
    Arena *arena = arena_new();
    ARRAY(uint64_t) squares = {0};
    for (uint64_t i = 0; i < 5000; i++) {
        ARRAY_PUSH(arena, &squares, i * i);
    }
    assert_int_equal(squares.count, 5000);
    for (uint64_t i = 0; i < 5000; i++) {
        assert_int_equal(squares.items[i], i * i);
    }
    arena_free(arena);
}

TEST(capacity_doubles_from_eight)
{
    static const uint32_t EXPECTED[] = {8, 16, 32, 64};
    Arena *arena = arena_new();
    uint32_t capacity = 0;
    void *items = NULL;
    for (size_t i = 0; i < ARRAY_LEN(EXPECTED); i++) {
        items = array_grow(arena, items, &capacity, 3);
        assert_int_equal(capacity, EXPECTED[i]);
    }
    arena_free(arena);
}

TEST(a_struct_with_commas_can_be_pushed)
{
    typedef struct Pair {
        int left;
        int right;
    } Pair;
    Arena *arena = arena_new();
    ARRAY(Pair) pairs = {0};
    ARRAY_PUSH(arena, &pairs, (Pair){1, 2});
    assert_int_equal(pairs.items[0].right, 2);
    arena_free(arena);
}

RUN_TESTS(CASE(items_keep_their_values_while_it_grows), CASE(capacity_doubles_from_eight),
          CASE(a_struct_with_commas_can_be_pushed))
