#include "unit.h"

#include "event/dictionary.h"
#include "random.h"

static const Field UNKNOWN = {.path = STR_INIT("x"), .type = FIELD_UNKNOWN};
static const Field LONG = {.path = STR_INIT("x"), .type = FIELD_LONG};

TEST(equal_bytes_have_one_code_from_one_on)
{
    Dictionary *dictionary = dictionary_new(&UNKNOWN);
    assert_int_equal(dictionary_count(dictionary), 1);
    assert_int_equal(dictionary_code(dictionary, STR("\"a\"")), 1);
    assert_int_equal(dictionary_code(dictionary, STR("\"b\"")), 2);
    assert_int_equal(dictionary_code(dictionary, STR("\"a\"")), 1);
    assert_int_equal(dictionary_count(dictionary), 3);
    assert_true(str_equal(dictionary_raw(dictionary, 2), STR("\"b\"")));
    assert_int_equal(dictionary_values(dictionary, 0)->count, 0);
    dictionary_free(dictionary);
}

TEST(raw_bytes_are_copied_and_decoded_in_the_type_of_the_field)
{
    char text[] = "[\"5\",6]";
    Dictionary *dictionary = dictionary_new(&LONG);
    uint32_t code = dictionary_code(dictionary, (Str){text, strlen(text)});
    memset(text, '#', strlen(text));
    const Values *values = dictionary_values(dictionary, code);
    assert_int_equal(values->count, 2);
    assert_int_equal(values->items[0].integer, 5);
    assert_ptr_equal(values->items, dictionary_values(dictionary, code)->items);
    dictionary_free(dictionary);
}

TEST(a_reset_forgets_all_and_begins_a_new_epoch)
{
    Dictionary *dictionary = dictionary_new(&UNKNOWN);
    size_t fresh = dictionary_bytes(dictionary);
    char text[64];
    for (int i = 0; i < 5000; i++) {
        int len = snprintf(text, sizeof text, "\"\\u0041 value number %d\"", i);
        dictionary_values(dictionary, dictionary_code(dictionary, (Str){text, (size_t)len}));
    }
    assert_true(dictionary_bytes(dictionary) > 100000);
    uint32_t epoch = dictionary_epoch(dictionary);
    dictionary_reset(dictionary);
    assert_int_not_equal(dictionary_epoch(dictionary), epoch);
    assert_int_equal(dictionary_count(dictionary), 1);
    assert_int_equal(dictionary_bytes(dictionary), fresh);
    assert_int_equal(dictionary_code(dictionary, STR("\"z\"")), 1);
    dictionary_free(dictionary);
}

#define MANY 20000

/* Against a list of texts searched from its beginning: codes are handed out in order of first
 * sight. */
static void check_codes(uint32_t distinct, uint32_t repeat_in_16, uint64_t seed)
{
    static RawValue raws[MANY];
    static uint32_t codes[MANY];
    static uint32_t expected[MANY];
    uint32_t *code_of = calloc(distinct, sizeof *code_of);
    char(*texts)[40] = calloc(distinct, sizeof *texts);
    assert_non_null(code_of);
    assert_non_null(texts);
    Random random = {seed};
    uint32_t next = 1;
    uint32_t pick = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        if (i == 0 || random_below(&random, 16) >= repeat_in_16) {
            pick = random_below(&random, distinct);
        }
        int len = snprintf(texts[pick], sizeof *texts, "%0*u", 1 + (int)pick % 20, pick);
        raws[i] = (RawValue){texts[pick], (uint32_t)len, i};
        if (code_of[pick] == 0) {
            code_of[pick] = next++;
        }
        expected[i] = code_of[pick];
    }
    Dictionary *dictionary = dictionary_new(&UNKNOWN);
    for (uint32_t from = 0, count; from < MANY; from += count) {
        count = 1 + random_below(&random, 700);
        count = count < MANY - from ? count : MANY - from;
        dictionary_codes(dictionary, raws + from, count, codes + from);
    }
    assert_memory_equal(codes, expected, sizeof codes);
    for (uint32_t i = 0; i < MANY; i++) {
        Str raw = {raws[i].ptr, raws[i].len};
        assert_int_equal(dictionary_code(dictionary, raw), codes[i]);
        assert_true(str_equal(dictionary_raw(dictionary, codes[i]), raw));
    }
    dictionary_free(dictionary);
    free(code_of);
    free(texts);
}

TEST(many_at_once_get_the_codes_of_one_by_one)
{
    check_codes(1, 0, 1);
    check_codes(3, 4, 2);
    check_codes(300, 14, 3);
    check_codes(300, 0, 4);
    check_codes(MANY * 4, 1, 5);
}

TEST(long_values_lie_beside_short_ones)
{
    Dictionary *dictionary = dictionary_new(&UNKNOWN);
    static char large[700000];
    memset(large, 'x', sizeof large);
    uint32_t small = dictionary_code(dictionary, STR("1"));
    uint32_t code = dictionary_code(dictionary, (Str){large, sizeof large});
    uint32_t after = dictionary_code(dictionary, STR("2"));
    large[sizeof large - 1] = 'y';
    assert_int_not_equal(dictionary_code(dictionary, (Str){large, sizeof large}), code);
    assert_true(str_equal(dictionary_raw(dictionary, small), STR("1")));
    assert_true(str_equal(dictionary_raw(dictionary, after), STR("2")));
    assert_int_equal(dictionary_raw(dictionary, code).ptr[sizeof large - 1], 'x');
    dictionary_free(dictionary);
}

TEST(without_a_memory_each_value_is_a_new_one)
{
    static const Str RAWS[] = {STR_INIT("1"), STR_INIT("1"), STR_INIT("\"\\u0041\""),
                               STR_INIT("1"), STR_INIT("1"), STR_INIT("1")};
    static const struct {
        DictionaryMemory memory;
        uint32_t codes[ARRAY_LEN(RAWS)];
    } CASES[] = {
        {DICTIONARY_ALL, {1, 1, 2, 1, 1, 1}},
        {DICTIONARY_LAST, {1, 1, 2, 3, 3, 3}},
        {DICTIONARY_NONE, {1, 2, 3, 4, 5, 6}},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Dictionary *dictionary = dictionary_new(&UNKNOWN);
        dictionary_set_memory(dictionary, CASES[i].memory);
        for (uint32_t epoch = 0; epoch < 3; epoch++) {
            uint32_t codes[ARRAY_LEN(RAWS)];
            assert_int_equal(dictionary_epoch(dictionary), epoch);
            assert_int_equal(dictionary_count(dictionary), 1);
            codes[0] = dictionary_code(dictionary, RAWS[0]);
            RawValue values[ARRAY_LEN(RAWS)];
            for (uint32_t row = 0; row < ARRAY_LEN(RAWS); row++) {
                values[row] = (RawValue){RAWS[row].ptr, (uint32_t)RAWS[row].len, row};
            }
            dictionary_codes(dictionary, values + 1, ARRAY_LEN(RAWS) - 1, codes + 1);
            assert_memory_equal(codes, CASES[i].codes, sizeof codes);
            for (size_t row = 0; row < ARRAY_LEN(RAWS); row++) {
                assert_true(str_equal(dictionary_raw(dictionary, codes[row]), RAWS[row]));
                assert_int_equal(dictionary_values(dictionary, codes[row])->count, 1);
            }
            dictionary_reset(dictionary);
        }
        dictionary_free(dictionary);
    }
}

TEST(a_dictionary_that_starts_again_after_each_batch_takes_no_more_memory)
{
    Dictionary *dictionary = dictionary_new(&UNKNOWN);
    dictionary_set_memory(dictionary, DICTIONARY_NONE);
    static char large[300000];
    memset(large, '1', sizeof large);
    size_t bytes = 0;
    for (int epoch = 0; epoch < 5; epoch++) {
        for (size_t len = 1; len < sizeof large; len += 1000) {
            dictionary_code(dictionary, (Str){large, len});
        }
        assert_true(epoch == 0 || dictionary_bytes(dictionary) == bytes);
        bytes = dictionary_bytes(dictionary);
        dictionary_reset(dictionary);
    }
    dictionary_free(dictionary);
}

TEST(texts_of_any_length_that_differ_in_any_byte_have_codes_of_their_own)
{
    Dictionary *dictionary = dictionary_new(&UNKNOWN);
    char text[120];
    uint32_t codes = 0;
    for (int again = 0; again < 2; again++) {
        uint32_t code = 1;
        for (size_t len = 1; len <= sizeof text; len++) {
            memset(text, 'a', sizeof text);
            assert_int_equal(dictionary_code(dictionary, (Str){text, len}), code++);
            for (size_t at = 0; at < len; at++) {
                text[at] = 'b';
                assert_int_equal(dictionary_code(dictionary, (Str){text, len}), code++);
                text[at] = 'a';
            }
        }
        codes = code;
    }
    assert_int_equal(dictionary_count(dictionary), codes);
    dictionary_free(dictionary);
}

/* `kinds` values in turn, a thousand in each batch; whether codes were the same as before in all batches but the
 * first. */
static bool keeps_codes(Dictionary *dictionary, int batches, int kinds)
{
    static int next;
    char text[64];
    uint32_t epoch = dictionary_epoch(dictionary);
    bool kept = true;
    for (int batch = 0; batch < batches; batch++) {
        for (int i = 0; i < 1000; i++) {
            int len = snprintf(text, sizeof text, "\"value %d\"", kinds == 0 ? next++ : i % kinds);
            Str raw = {text, (size_t)len};
            uint32_t code = dictionary_code(dictionary, raw);
            assert_true(str_equal(dictionary_raw(dictionary, code), raw));
        }
        dictionary_end_batch(dictionary);
        kept = kept && dictionary_epoch(dictionary) == epoch;
    }
    return kept;
}

TEST(values_that_do_not_come_again_are_forgotten_with_their_batch)
{
    Dictionary *dictionary = dictionary_new(&UNKNOWN);
    assert_false(keeps_codes(dictionary, 50, 0));
    size_t bytes = dictionary_bytes(dictionary);
    keeps_codes(dictionary, 10, 0);
    assert_int_equal(dictionary_bytes(dictionary), bytes);
    assert_int_equal(dictionary_count(dictionary), 1);
    dictionary_free(dictionary);
}

TEST(values_that_come_again_are_remembered_even_after_others_that_did_not)
{
    Dictionary *dictionary = dictionary_new(&UNKNOWN);
    assert_true(keeps_codes(dictionary, 100, 400));
    assert_int_equal(dictionary_count(dictionary), 401);
    keeps_codes(dictionary, 200, 0);
    keeps_codes(dictionary, 2000, 400);
    assert_true(keeps_codes(dictionary, 100, 400));
    assert_int_equal(dictionary_count(dictionary), 401);
    dictionary_free(dictionary);
}

RUN_TESTS(CASE(equal_bytes_have_one_code_from_one_on),
          CASE(raw_bytes_are_copied_and_decoded_in_the_type_of_the_field),
          CASE(a_reset_forgets_all_and_begins_a_new_epoch),
          CASE(many_at_once_get_the_codes_of_one_by_one), CASE(long_values_lie_beside_short_ones),
          CASE(without_a_memory_each_value_is_a_new_one),
          CASE(a_dictionary_that_starts_again_after_each_batch_takes_no_more_memory),
          CASE(values_that_do_not_come_again_are_forgotten_with_their_batch),
          CASE(values_that_come_again_are_remembered_even_after_others_that_did_not),
          CASE(texts_of_any_length_that_differ_in_any_byte_have_codes_of_their_own))
