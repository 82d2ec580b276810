#include "unit.h"

#include "match/shares.h"

TEST(only_the_sum_counts)
{
    Arena *arena = arena_new();
    Shares *shares = shares_new(arena, 3, 100);
    assert_false(shares_exceeded(shares));
    shares_set(shares, 0, 60);
    shares_set(shares, 1, 40);
    assert_false(shares_exceeded(shares));
    shares_set(shares, 2, 1);
    assert_true(shares_exceeded(shares));
    shares_set(shares, 0, 59);
    assert_false(shares_exceeded(shares));
    arena_free(arena);
}

TEST(the_largest_is_found_whatever_the_order)
{
    Arena *arena = arena_new();
    Shares *shares = shares_new(arena, 4, 10);
    const struct {
        uint32_t holder;
        size_t bytes;
        uint32_t largest;
    } STEPS[] = {
        {0, 5, 0}, {1, 9, 1}, {2, 7, 1}, {1, 3, 2}, {2, 0, 0},
        {0, 0, 1}, {3, 4, 3}, {3, 3, 3}, {3, 0, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(STEPS); i++) {
        shares_set(shares, STEPS[i].holder, STEPS[i].bytes);
        assert_int_equal(shares_largest(shares), STEPS[i].largest);
    }
    arena_free(arena);
}

TEST(what_it_names_holds_nearly_as_much_as_any)
{
    enum { COUNT = 20, BUDGET = 6400 };
    Arena *arena = arena_new();
    Shares *shares = shares_new(arena, COUNT, BUDGET);
    size_t held[COUNT] = {0};
    uint32_t random = 1;
    for (uint32_t i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        uint32_t holder = (random >> 8) % COUNT;
        held[holder] += random >> 28;
        shares_set(shares, holder, held[holder]);
        while (shares_exceeded(shares)) {
            uint32_t largest = shares_largest(shares);
            for (uint32_t k = 0; k < COUNT; k++) {
                assert_true(held[largest] + 2 * (BUDGET / 64) >= held[k]);
            }
            held[largest] -= held[largest] < 5 ? held[largest] : 5;
            shares_set(shares, largest, held[largest]);
        }
    }
    arena_free(arena);
}

RUN_TESTS(CASE(only_the_sum_counts), CASE(the_largest_is_found_whatever_the_order),
          CASE(what_it_names_holds_nearly_as_much_as_any))
