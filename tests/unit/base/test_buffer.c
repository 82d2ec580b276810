#include "unit.h"

#include "base/buffer.h"

static void assert_holds(const Buffer *buffer, Str expected)
{
    assert_int_equal(buffer->len, expected.len);
    assert_true(str_equal(buffer_str(buffer), expected));
}

TEST(appends_stand_one_behind_the_other)
{
    Buffer buffer = {0};
    buffer_append(&buffer, STR("a"));
    buffer_append(&buffer, (Str){NULL, 0});
    buffer_append_c(&buffer, "bc");
    buffer_append_byte(&buffer, '\0');
    buffer_append_format(&buffer, "%d-%s", 7, "x");
    assert_holds(&buffer, STR("abc\0007-x"));
    buffer_done(&buffer);
    assert_null(buffer.ptr);
}

TEST(long_formats_are_whole)
{
    for (int len = 250; len < 260; len++) {
        Buffer buffer = {0};
        buffer_append_format(&buffer, "%0*d", len, 5);
        assert_int_equal(buffer.len, len);
        assert_int_equal(buffer.ptr[len - 1], '5');
        buffer_done(&buffer);
    }
}

TEST(an_append_past_the_limit_appends_nothing_and_ends_it)
{
    Buffer buffer = {.limit = 5};
    buffer_append(&buffer, STR("abc"));
    assert_false(buffer.overflowed);
    buffer_append(&buffer, STR("def"));
    assert_true(buffer.overflowed);
    buffer_append(&buffer, STR("d"));
    assert_null(buffer_reserve(&buffer, 1));
    assert_holds(&buffer, STR("abc"));

    buffer_clear(&buffer);
    buffer_append(&buffer, STR("12345"));
    assert_false(buffer.overflowed);
    assert_holds(&buffer, STR("12345"));
    buffer_done(&buffer);
    assert_int_equal(buffer.limit, 5);
}

TEST(reserved_room_can_be_filled_by_hand)
{
    Buffer buffer = {0};
    for (size_t i = 1; i < 600; i++) {
        char *to = buffer_reserve(&buffer, i);
        memset(to, 'x', i);
        buffer.len += i;
    }
    assert_int_equal(buffer.len, 599 * 600 / 2);
    assert_int_equal(buffer.ptr[buffer.len - 1], 'x');
    buffer_done(&buffer);
}

RUN_TESTS(CASE(appends_stand_one_behind_the_other), CASE(long_formats_are_whole),
          CASE(an_append_past_the_limit_appends_nothing_and_ends_it),
          CASE(reserved_room_can_be_filled_by_hand))
