#include "unit.h"

#include "base/table.h"

TEST(same_text_same_index)
{
    Arena *arena = arena_new();
    Table *table = table_new(arena);
    assert_int_equal(table_add(table, STR("user.name")), 0);
    assert_int_equal(table_add(table, STR("")), 1);
    assert_int_equal(table_add(table, STR("user.name\0x")), 2);
    assert_int_equal(table_add(table, STR("user.name")), 0);
    assert_int_equal(table_add(table, STR("")), 1);
    assert_int_equal(table_count(table), 3);
    arena_free(arena);
}

TEST(unknown_text_is_none)
{
    Arena *arena = arena_new();
    Table *table = table_new(arena);
    assert_int_equal(table_find(table, STR("host")), STR_NONE);
    table_add(table, STR("host"));
    assert_int_equal(table_find(table, STR("host")), 0);
    assert_int_equal(table_find(table, STR("hos")), STR_NONE);
    arena_free(arena);
}

TEST(thousands_are_found_again)
{
    Arena *arena = arena_new();
    Table *table = table_new(arena);
    for (uint32_t i = 0; i < 20000; i++) {
        char text[16];
        int len = snprintf(text, sizeof text, "name%u", i);
        assert_int_equal(table_add(table, (Str){text, (size_t)len}), i);
    }
    for (uint32_t i = 0; i < 20000; i++) {
        Str expected = str_format(arena, "name%u", i);
        assert_int_equal(table_find(table, expected), i);
        assert_true(str_equal(table_text(table, i), expected));
    }
    arena_free(arena);
}

TEST(the_callers_bytes_may_change_afterwards)
{
    Arena *arena = arena_new();
    Table *table = table_new(arena);
    char text[] = "first";
    table_add(table, str_from_c(text));
    memset(text, 'x', 5);
    assert_true(str_equal(table_text(table, 0), STR("first")));
    assert_int_equal(table_find(table, STR("xxxxx")), STR_NONE);
    arena_free(arena);
}

RUN_TESTS(CASE(same_text_same_index), CASE(unknown_text_is_none), CASE(thousands_are_found_again),
          CASE(the_callers_bytes_may_change_afterwards))
