#include "unit.h"

#include "match/hit.h"

static Str key_of(Buffer *buffer, const Value *values, size_t count)
{
    buffer_clear(buffer);
    for (size_t i = 0; i < count; i++) {
        value_append_key(buffer, &values[i]);
    }
    return buffer_str(buffer);
}

/* Each is greater than the one before, by the one thing that its line changes. */
TEST(order_is_time_tiebreaker_fine_time_place_query_stage)
{
    const Hit hits[] = {
        {.time = INT64_MIN, .tiebreaker = STR("z")},
        {.time = -1},
        {.time = 0, .tiebreaker = STR("a"), .time_fine = 9},
        {.time = 0, .tiebreaker = STR("ab"), .time_fine = 1},
        {.time = 0, .tiebreaker = STR("b"), .time_fine = 1, .place = {.input = 7}},
        {.time = 0, .tiebreaker = STR("b"), .time_fine = 2},
        {.time = 0, .time_fine = 0, .place = {.input = 1, .offset = 9}},
        {.time = 0, .time_fine = 1, .place = {.input = 0, .offset = 9}},
        {.time = 0, .time_fine = 1, .place = {.input = 0, .offset = UINT64_MAX}, .query = 4},
        {.time = 0, .time_fine = 1, .place = {.input = 1, .offset = 0}, .query = 0, .stage = 0},
        {.time = 0, .time_fine = 1, .place = {.input = 1}, .query = 1, .stage = HIT_SOURCE},
        {.time = 0, .time_fine = 1, .place = {.input = 1}, .query = 1, .stage = HIT_SOURCE + 31},
        {.time = 0, .time_fine = 1, .place = {.input = 1}, .query = 1, .stage = HIT_LINK},
        {.time = 0, .time_fine = 1, .place = {.input = 1}, .query = 1, .stage = 255},
        {.time = 0, .time_fine = 1, .place = {.input = 1}, .query = 1, .stage = 1},
        {.time = 0, .time_fine = 1, .place = {.input = 1}, .query = 1, .stage = 0},
        {.time = 0, .time_fine = 1, .place = {.input = 1}, .query = 1, .stage = HIT_UNTIL},
        {.time = 0, .time_fine = 1, .place = {.input = 1}, .query = 2, .stage = 3},
        {.time = INT64_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(hits); i++) {
        for (size_t k = 0; k < ARRAY_LEN(hits); k++) {
            int order = hit_compare(&hits[i], &hits[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

TEST(what_does_not_order_does_not_count)
{
    Hit a = {.time = 5, .keys = STR("k"), .key_tuples = 1, .place = {.len = 3, .line = 1}};
    Hit b = {.time = 5, .keys = STR("q"), .key_tuples = 1, .place = {.len = 4, .line = 2}};
    assert_int_equal(hit_compare(&a, &b), 0);
}

TEST(tuples_are_split_sorted_and_made_distinct)
{
    Buffer buffer = {0};
    Arena *scratch = arena_new();
    const Value values[] = {
        value_string(STR("b")),
        value_int(2), /* last */
        value_string(STR("a\0")),
        value_null(), /* third: a zero byte inside does not end it */
        value_string(STR("a")),
        value_int(7), /* second */
        value_null(),
        value_bool(true), /* first */
        value_string(STR("b")),
        value_double(2), /* equals the first tuple */
    };
    Hit hit = {.keys = key_of(&buffer, values, ARRAY_LEN(values)), .key_tuples = 5};
    Str tuples[5];
    assert_int_equal(hit_split_keys(&hit, 2, scratch, tuples), 4);
    const size_t expected[] = {3, 2, 1, 0};
    for (size_t i = 0; i < 4; i++) {
        Buffer one = {0};
        assert_true(str_equal(tuples[i], key_of(&one, &values[expected[i] * 2], 2)));
        buffer_done(&one);
    }
    buffer_done(&buffer);
    arena_free(scratch);
}

TEST(ids_are_read_as_they_were_appended_up_to_a_bound)
{
    Buffer ids = {0};
    char *most = calloc(1, HIT_MAX_ID_BYTES);
    memset(most, 'x', HIT_MAX_ID_BYTES);
    const Value values[] = {value_int(5), value_string(STR("a\0b")), value_string(STR("a")),
                            value_string((Str){most, HIT_MAX_ID_BYTES - 200})};
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        assert_true(hit_append_id(&ids, &values[i]));
    }
    assert_false(hit_append_id(&ids, &values[3]));
    Str rest = buffer_str(&ids);
    Buffer key = {0};
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        Str id = {0};
        assert_true(hit_next_id(&rest, &id));
        assert_true(str_equal(id, key_of(&key, &values[i], 1)));
    }
    Str none = {0};
    assert_false(hit_next_id(&rest, &none));
    buffer_done(&ids);
    buffer_done(&key);
    free(most);
}

TEST(without_keys_there_is_one_tuple_of_nothing)
{
    Str tuple = STR("x");
    assert_int_equal(hit_split_keys(&(Hit){.key_tuples = 0}, 0, NULL, &tuple), 1);
    assert_int_equal(tuple.len, 0);
    assert_int_equal(hit_split_keys(&(Hit){.key_tuples = 0}, 1, NULL, &tuple), 0);
}

TEST(samples_order_by_query_key_stage_and_place_behind_all_others)
{
    static const struct {
        uint32_t query;
        const char *key;
        uint16_t stage;
        uint64_t offset;
    } HITS[] = {
        {0, "a", 0, 5}, {0, "a", 0, 6}, {0, "a", 1, 0},   {0, "ab", 0, 1},
        {0, "b", 0, 0}, {1, "a", 0, 0}, {256, "a", 0, 0}, {70000, "a", 0, 0},
    };
    Buffer before_text = {0};
    Hit before = {.time = INT64_MAX - 1};
    for (size_t i = 0; i < ARRAY_LEN(HITS); i++) {
        Buffer text = {0};
        Hit hit = {.query = HITS[i].query, .stage = HITS[i].stage, .place.offset = HITS[i].offset};
        hit_make_sample(&hit, str_from_c(HITS[i].key), &text);
        assert_true(str_equal(hit_sample_key(&hit), str_from_c(HITS[i].key)));
        assert_true(hit_compare(&before, &hit) < 0 && hit_compare(&hit, &before) > 0);
        buffer_done(&before_text);
        before_text = text;
        before = hit;
    }
    buffer_done(&before_text);
}

RUN_TESTS(CASE(samples_order_by_query_key_stage_and_place_behind_all_others),
          CASE(order_is_time_tiebreaker_fine_time_place_query_stage),
          CASE(what_does_not_order_does_not_count), CASE(tuples_are_split_sorted_and_made_distinct),
          CASE(ids_are_read_as_they_were_appended_up_to_a_bound),
          CASE(without_keys_there_is_one_tuple_of_nothing))
