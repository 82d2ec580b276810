#include "unit.h"

#include "base/buffer.h"
#include "base/line_diff.h"

static void expect_diff(const char *before, const char *after, const char *expected)
{
    Arena *arena = arena_new();
    LineDiff diff = line_diff(arena, str_from_c(before), str_from_c(after));
    Buffer out = {0};
    for (uint32_t i = 0; i < diff.lines.count; i++) {
        const DiffLine *line = &diff.lines.items[i];
        buffer_append_format(&out, "%c%.*s\n", " -+"[line->kind], STR_ARG(line->text));
    }
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.ptr, expected);
    buffer_done(&out);
    arena_free(arena);
}

TEST(lines_of_one_side_stand_where_they_came_or_went)
{
    static const struct {
        const char *before, *after, *expected;
    } CASES[] = {
        {"", "", ""},
        {"a", "a", " a\n"},
        {"", "a\nb", "+a\n+b\n"},
        {"a\nb", "", "-a\n-b\n"},
        {"a\nb\nc", "a\nx\nc", " a\n-b\n+x\n c\n"},
        {"a\nb\nc\nd", "b\nd\ne", "-a\n b\n-c\n d\n+e\n"},
        {"a\na", "a", " a\n-a\n"},
        {"x\ny", "y\nx", "-x\n y\n+x\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        expect_diff(CASES[i].before, CASES[i].after, CASES[i].expected);
    }
}

/* A thousand and fifty lines on both sides, all different: more pairs than are looked at. */
TEST(past_the_bound_all_of_the_one_and_all_of_the_other_is_told)
{
    Arena *arena = arena_new();
    Buffer before = {0};
    Buffer after = {0};
    for (int i = 0; i < 1050; i++) {
        buffer_append_format(&before, "a%d\n", i);
        buffer_append_format(&after, "%c%d\n", i == 500 ? 'a' : 'b', i);
    }
    LineDiff diff = line_diff(arena, buffer_str(&before), buffer_str(&after));
    size_t counts[3] = {0};
    for (uint32_t i = 0; i < diff.lines.count; i++) {
        counts[diff.lines.items[i].kind]++;
    }
    assert_int_equal(counts[LINE_SAME], 0); /* a500 would be */
    assert_int_equal(counts[LINE_REMOVED], 1050);
    assert_int_equal(counts[LINE_ADDED], 1050);
    buffer_done(&before);
    buffer_done(&after);
    arena_free(arena);
}

RUN_TESTS(CASE(lines_of_one_side_stand_where_they_came_or_went),
          CASE(past_the_bound_all_of_the_one_and_all_of_the_other_is_told))
