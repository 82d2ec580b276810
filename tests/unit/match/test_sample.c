#include "unit.h"

#include "match/sample.h"
#include "match/sample_plain.h"
#include "random.h"

/* The events of each stage for one key: "125 34" is events 1, 2 and 5 for the first stage and 3 and 4 for the second.
 * Samples are told as their events. */
static bool tell(void *context, const SequenceMatch *match, Err *err)
{
    (void)err;
    Buffer *told = context;
    buffer_append_c(told, told->len == 0 ? "" : " ");
    for (uint32_t i = 0; i < match->event_count; i++) {
        assert_false(match->events[i].missing);
        buffer_append_format(told, "%c", (char)match->events[i].place.offset);
    }
    return true;
}

/* Both kinds of runs, side by side. */
typedef struct Pair {
    SampleRun *run;
    SamplePlain *plain;
    Buffer fast, slow;
} Pair;

static Pair pair_of(const QueryPlan *query, uint64_t max_per_key)
{
    return (Pair){.run = sample_run_new(query, max_per_key),
                  .plain = sample_plain_new(query, max_per_key)};
}

static void offer(Pair *pair, const char *key, uint16_t stage, uint64_t offset)
{
    Buffer order = {0};
    Err err = {0};
    Hit hit = {.stage = stage, .place.offset = offset};
    hit_make_sample(&hit, str_from_c(key), &order);
    assert_true(sample_run_offer(pair->run, &hit, tell, &pair->fast, &err));
    sample_plain_offer(pair->plain, &hit);
    buffer_done(&order);
}

static void finish(Pair *pair)
{
    Err err = {0};
    assert_true(sample_run_finish(pair->run, tell, &pair->fast, &err));
    assert_true(sample_plain_finish(pair->plain, tell, &pair->slow, &err));
    buffer_append_byte(&pair->fast, '\0');
    buffer_append_byte(&pair->slow, '\0');
    assert_string_equal(pair->fast.ptr, pair->slow.ptr);
}

static void done(Pair *pair)
{
    sample_run_free(pair->run);
    sample_plain_free(pair->plain);
    buffer_done(&pair->fast);
    buffer_done(&pair->slow);
}

static QueryPlan query_of(uint32_t stages)
{
    static const Stage STAGES[256];
    return (QueryPlan){
        .kind = QUERY_SAMPLE, .stages = STAGES, .stage_count = stages, .key_count = 1};
}

typedef struct Case {
    const char *events;
    uint64_t max_per_key;
    const char *expected;
} Case;

static void check(const Case *one)
{
    uint32_t stages = 1;
    for (const char *at = one->events; *at != '\0'; at++) {
        stages += *at == ' ';
    }
    QueryPlan query = query_of(stages);
    Pair pair = pair_of(&query, one->max_per_key);
    uint16_t stage = 0;
    for (const char *at = one->events; *at != '\0'; at++) {
        if (*at == ' ') {
            stage++;
        } else {
            offer(&pair, "k", stage, (uint64_t)*at);
        }
    }
    finish(&pair);
    assert_string_equal(pair.fast.ptr, one->expected);
    done(&pair);
}

TEST(a_sample_is_one_event_of_each_stage_and_none_twice)
{
    const Case cases[] = {
        {"1 2", 1, "12"},         {"12 34", 1, "13"},
        {"1 1", 1, ""},           {"1 ", 1, ""},
        {"1 12", 1, "12"},        {"12 1", 1, "21"},
        {"123 45 345", 1, "143"}, {"12 12 12", 1, ""},
        {"12 12 3", 1, "123"},    {"123 12 1", 1, "321"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        check(&cases[i]);
    }
}

TEST(more_samples_turn_the_last_stage_fastest)
{
    const Case cases[] = {
        {"12 34", 2, "13 14"},
        {"12 34", 3, "13 14 23"},
        {"12 34", 9, "13 14 23 24"},
        {"12 12", 9, "12 21"},
        {"123 12", 9, "12 21 31 32"},
        /* Two stages and two samples: three candidates each. */
        {"1234 5678", 2, "15 16"},
        {"1 123456", 4, "12 13 14 15"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        check(&cases[i]);
    }
}

TEST(candidates_end_where_the_stages_and_samples_say)
{
    QueryPlan query = query_of(3);
    assert_int_equal(sample_candidates(&query, 1), 3);
    assert_int_equal(sample_candidates(&query, 5), 7);
    check(&(Case){"1234 123 12", 1, "132"});
}

TEST(each_key_has_samples_of_its_own)
{
    QueryPlan query = query_of(2);
    Pair pair = pair_of(&query, 1);
    offer(&pair, "a", 0, '1');
    offer(&pair, "a", 1, '2');
    assert_int_equal(pair.fast.len, 0);
    offer(&pair, "b", 0, '3');
    assert_true(str_equal(buffer_str(&pair.fast), STR("12"))); /* the key is over */
    offer(&pair, "c", 0, '4');
    offer(&pair, "c", 1, '5');
    finish(&pair);
    assert_string_equal(pair.fast.ptr, "12 45");
    done(&pair);
}

/* Any shape of up to five stages and seven events. */
static void play(uint64_t seed)
{
    Random random = {seed};
    uint32_t stages = 1 + random_below(&random, 5);
    QueryPlan query = query_of(stages);
    Pair pair = pair_of(&query, 1 + random_below(&random, random_below(&random, 2) == 0 ? 2 : 60));
    uint32_t sparse = 1 + random_below(&random, 4);
    for (uint32_t key = 0; key < 3; key++) {
        for (uint32_t stage = 0; stage < stages; stage++) {
            for (char event = '1'; event <= '7'; event++) {
                if (random_below(&random, sparse) == 0) {
                    offer(&pair, (const char *[]){"a", "b", "c"}[key], (uint16_t)stage,
                          (uint64_t)event);
                }
            }
        }
    }
    finish(&pair);
    done(&pair);
}

TEST(both_kinds_agree_on_random_events)
{
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        play(seed);
    }
}

/* Trying all choices would take longer than there is time: 60 stages of which the first 59 may all take the same 58 events. */
TEST(what_cannot_be_completed_is_not_tried)
{
    enum { STAGES = 60 };
    QueryPlan query = query_of(STAGES);
    SampleRun *run = sample_run_new(&query, 1);
    Buffer order = {0};
    Buffer told = {0};
    Err err = {0};
    for (int extra = 0; extra < 2; extra++) {
        for (uint32_t stage = 0; stage < STAGES; stage++) {
            /* With one event more, and for all but the last stage, there is just enough. */
            for (uint64_t event = stage + 1 < STAGES ? 0 : 58;
                 event < 58u + (unsigned)extra + (stage + 1 == STAGES); event++) {
                Hit hit = {.stage = (uint16_t)stage, .place.offset = event};
                hit_make_sample(&hit, extra == 0 ? STR("a") : STR("b"), &order);
                assert_true(sample_run_offer(run, &hit, tell, &told, &err));
            }
        }
    }
    assert_true(sample_run_finish(run, tell, &told, &err));
    assert_int_equal(told.len, STAGES);
    for (int i = 0; i < STAGES; i++) {
        assert_int_equal(told.ptr[i], i);
    }
    buffer_done(&order);
    buffer_done(&told);
    sample_run_free(run);
    sample_run_free(NULL);
    sample_plain_free(NULL);
}

static bool refuse(void *context, const SequenceMatch *match, Err *err)
{
    (void)context;
    (void)match;
    return err_set(err, ERR_IO, "no room");
}

TEST(a_refused_sample_stops_the_key)
{
    QueryPlan query = query_of(1);
    SampleRun *run = sample_run_new(&query, 5);
    Buffer order = {0};
    Err err = {0};
    for (uint64_t i = 0; i < 3; i++) {
        Hit hit = {.place.offset = i};
        hit_make_sample(&hit, STR("k"), &order);
        assert_true(sample_run_offer(run, &hit, refuse, NULL, &err));
    }
    assert_false(sample_run_finish(run, refuse, NULL, &err));
    assert_string_equal(err.text, "no room");
    buffer_done(&order);
    sample_run_free(run);
}

RUN_TESTS(CASE(a_sample_is_one_event_of_each_stage_and_none_twice),
          CASE(more_samples_turn_the_last_stage_fastest),
          CASE(candidates_end_where_the_stages_and_samples_say),
          CASE(each_key_has_samples_of_its_own), CASE(both_kinds_agree_on_random_events),
          CASE(what_cannot_be_completed_is_not_tried), CASE(a_refused_sample_stops_the_key))
