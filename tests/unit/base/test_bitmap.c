#include "unit.h"

#include "base/bitmap.h"

static const size_t ROWS[] = {0, 1, 3, 63, 64, 65, 127, 128, 200};

#define MAX_WORDS 4

/* A plain pattern for each row: multiples of `step`. */
static void fill(Word *bits, size_t rows, size_t step)
{
    bitmap_clear_all(bits, rows);
    for (size_t row = 0; row < rows; row += step) {
        bitmap_set(bits, row);
    }
}

static void assert_tail_is_zero(const Word *bits, size_t rows)
{
    for (size_t row = rows; row < BITMAP_WORDS(rows) * 64; row++) {
        assert_false(bitmap_get(bits, row));
    }
}

TEST(operations_agree_with_their_truth_tables)
{
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        size_t rows = ROWS[i];
        Word twos[MAX_WORDS] = {0};
        Word threes[MAX_WORDS] = {0};
        Word both[MAX_WORDS] = {0};
        Word either[MAX_WORDS] = {0};
        Word without[MAX_WORDS] = {0};
        Word odd[MAX_WORDS] = {0};
        fill(twos, rows, 2);
        fill(threes, rows, 3);
        fill(both, rows, 2);
        fill(either, rows, 2);
        fill(without, rows, 2);
        bitmap_and(both, threes, rows);
        bitmap_or(either, threes, rows);
        bitmap_and_not(without, threes, rows);
        bitmap_not(odd, twos, rows);
        for (size_t row = 0; row < rows; row++) {
            assert_int_equal(bitmap_get(both, row), row % 2 == 0 && row % 3 == 0);
            assert_int_equal(bitmap_get(either, row), row % 2 == 0 || row % 3 == 0);
            assert_int_equal(bitmap_get(without, row), row % 2 == 0 && row % 3 != 0);
            assert_int_equal(bitmap_get(odd, row), row % 2 == 1);
        }
        assert_tail_is_zero(odd, rows);
    }
}

TEST(all_set_is_exactly_all_rows)
{
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        Word bits[MAX_WORDS + 1] = {0};
        bits[BITMAP_WORDS(ROWS[i])] = 0x5555; /* must stay: not ours */
        bitmap_set_all(bits, ROWS[i]);
        assert_int_equal(bitmap_count(bits, ROWS[i]), ROWS[i]);
        assert_tail_is_zero(bits, ROWS[i]);
        assert_int_equal(bits[BITMAP_WORDS(ROWS[i])], 0x5555);
        bitmap_clear_all(bits, ROWS[i]);
        assert_false(bitmap_any(bits, ROWS[i]));
    }
}

TEST(any_sees_the_last_row)
{
    for (size_t i = 1; i < ARRAY_LEN(ROWS); i++) {
        Word bits[MAX_WORDS] = {0};
        assert_false(bitmap_any(bits, ROWS[i]));
        bitmap_set(bits, ROWS[i] - 1);
        assert_true(bitmap_any(bits, ROWS[i]));
        assert_int_equal(bitmap_count(bits, ROWS[i]), 1);
    }
}

TEST(a_run_sets_its_bits_and_no_others)
{
    for (size_t first = 0; first < 130; first++) {
        for (size_t count = 0; first + count <= 200; count++) {
            Word bits[4] = {0};
            bitmap_set_run(bits, first, count);
            assert_int_equal(bitmap_count(bits, 200), count);
            assert_true(count == 0 ||
                        (bitmap_get(bits, first) && bitmap_get(bits, first + count - 1)));
        }
    }
}

TEST(each_walks_set_rows_in_order)
{
    for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        Word bits[MAX_WORDS] = {0};
        fill(bits, ROWS[i], 7);
        size_t expected = 0;
        BITMAP_EACH(bits, ROWS[i], row)
        {
            assert_int_equal(row, expected);
            expected += 7;
        }
        assert_int_equal(expected, (ROWS[i] + 6) / 7 * 7);
    }
}

RUN_TESTS(CASE(operations_agree_with_their_truth_tables), CASE(all_set_is_exactly_all_rows),
          CASE(any_sees_the_last_row), CASE(a_run_sets_its_bits_and_no_others),
          CASE(each_walks_set_rows_in_order))
