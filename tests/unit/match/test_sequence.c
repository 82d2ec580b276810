#include "unit.h"

#include "match/sequence.h"

/* A story is events, each "HITS@TIME"; a hit is its stage (u: until) and its keys, a letter each:
 * "1ab,0a@7" is an event at 7 that fits stage 1 for the keys a and b, and stage 0 for a. What
 * completes is told as "KEY:TIMES", a missing event as "-". */
static bool tell(void *context, const SequenceMatch *match, Err *err)
{
    (void)err;
    Buffer *told = context;
    Str key = match->key;
    Arena *arena = arena_new();
    Str name = key.len == 0 ? STR("-") : value_read_key(arena, &key).text;
    buffer_append_format(told, "%s%.*s:", told->len == 0 ? "" : " ", STR_ARG(name));
    for (uint32_t i = 0; i < match->event_count; i++) {
        const SequenceEvent *event = &match->events[i];
        buffer_append_c(told, i == 0 ? "" : ",");
        if (event->missing) {
            buffer_append_byte(told, '-');
            continue;
        }
        buffer_append_format(told, "%lld", (long long)event->time);
        assert_true(event->place.len == (uint32_t)event->time);
    }
    arena_free(arena);
    return true;
}

static void offer(SequenceRun *run, Str text, uint64_t event, int64_t time, Buffer *told)
{
    Buffer keys = {0};
    for (size_t i = 1; i < text.len; i++) {
        value_append_key(&keys, &(Value){.kind = VALUE_STRING, .text = {text.ptr + i, 1}});
    }
    Hit hit = {
        .time = time,
        .place = {.offset = event, .len = (uint32_t)time},
        .stage = text.ptr[0] == 'u' ? HIT_UNTIL : (uint16_t)(text.ptr[0] - '0'),
        .key_tuples = (uint16_t)(text.len - 1),
        .keys = buffer_str(&keys),
    };
    Err err = {0};
    assert_true(sequence_run_offer(run, &hit, tell, told, &err));
    buffer_done(&keys);
}

static SequenceRun *play(const QueryPlan *query, size_t max_open, const char *story,
                         const char *expected)
{
    SequenceRun *run = sequence_run_new(query, &(SequenceLimits){.max_open = max_open});
    Buffer told = {0};
    uint64_t event = 0;
    Str events = str_from_c(story);
    for (Str one; str_split(&events, ' ', &one); event++) {
        size_t at;
        int64_t time;
        assert_true(str_find_byte(one, '@', 0, &at));
        assert_true(str_to_i64(str_slice(one, at + 1, one.len), &time));
        Str hits = str_slice(one, 0, at);
        for (Str hit; str_split(&hits, ',', &hit);) {
            offer(run, hit, event, time, &told);
        }
    }
    assert_true(str_equal(buffer_str(&told), str_from_c(expected)));
    buffer_done(&told);
    return run;
}

/* `open` sequences are left at the end. */
static void check(const QueryPlan *query, const char *story, const char *expected, size_t open)
{
    SequenceRun *run = play(query, 0, story, expected);
    assert_int_equal(sequence_run_open(run), open);
    assert_int_equal(sequence_run_evicted(run), 0);
    assert_int_equal(sequence_run_bytes(run) == 0, open == 0);
    sequence_run_free(run);
}

static QueryPlan query_of(uint32_t stages, uint32_t keys, int64_t maxspan)
{
    static const Stage WANTED[256];
    assert_true(stages <= ARRAY_LEN(WANTED));
    return (QueryPlan){.kind = QUERY_SEQUENCE,
                       .stages = WANTED,
                       .stage_count = stages,
                       .key_count = keys,
                       .maxspan_ns = maxspan};
}

TEST(each_key_comes_on_by_itself)
{
    QueryPlan query = query_of(3, 1, 0);
    check(&query, "0a@1 0b@2 1b@3 1a@4 2b@5 2b@6 2c@7", "b:2,3,5", 1);
}

TEST(without_keys_all_events_belong_together)
{
    QueryPlan query = query_of(2, 0, 0);
    check(&query, "1@1 0@2 1@3 1@4", "-:2,3", 0);
}

TEST(a_later_start_replaces_an_earlier_one)
{
    QueryPlan query = query_of(2, 1, 0);
    check(&query, "0a@1 0a@2 1a@3 1a@4", "a:2,3", 0);
}

TEST(a_later_step_replaces_an_earlier_one_of_the_same_stage)
{
    QueryPlan query = query_of(3, 1, 0);
    check(&query, "0a@1 1a@2 0a@3 1a@4 2a@5 2a@6", "a:3,4,5", 0);
}

TEST(one_event_finishes_a_sequence_and_starts_the_next)
{
    QueryPlan query = query_of(2, 1, 0);
    check(&query, "1a,0a@1 1a,0a@2 1a,0a@3", "a:1,2 a:2,3", 1);
}

TEST(span_is_inclusive)
{
    QueryPlan query = query_of(2, 1, 10);
    check(&query, "0a@1 1a@11 0a@20 1a@31", "a:1,11", 0);
}

TEST(span_runs_from_the_first_event)
{
    QueryPlan query = query_of(3, 1, 10);
    check(&query, "0a@1 1a@9 2a@12", "", 0);
}

TEST(what_the_span_has_passed_is_dropped_by_any_hit)
{
    QueryPlan query = query_of(3, 1, 10);
    check(&query, "0a@1 0b@2 1b@3 0c@12 2x@13", "", 1);
}

TEST(until_ends_what_was_matched_at_or_before_it)
{
    QueryPlan query = query_of(2, 1, 0);
    check(&query, "0a@1 ua@2 1a@3", "", 0);
    check(&query, "0a@1 ub@2 1a@3", "a:1,3", 0);
    check(&query, "0a@1 1a,ua@2", "a:1,2", 0);
    check(&query, "0a,ua@1 1a@2", "", 0);
    check(&query, "ua@1 0a@1 1a@2", "a:1,2", 0);
    check(&query, "0a@1 0b@2 uab@3 0b@4", "", 1);
}

TEST(until_ends_all_stages_of_its_key)
{
    QueryPlan query = query_of(4, 1, 0);
    check(&query, "0a@1 1a@2 2a@3 0a@4 1a@5 0a@6 0b@7 ua@8 1a@9 2a@10 3a@11", "", 1);
}

TEST(several_keys_are_offered_each_once_in_order)
{
    QueryPlan query = query_of(2, 1, 0);
    check(&query, "0cab@1 1bcb@2 1bc@3", "b:1,2 c:1,2", 1);
}

TEST(a_span_over_all_of_time_does_not_overflow)
{
    QueryPlan query = query_of(2, 0, INT64_MAX);
    SequenceRun *run = sequence_run_new(&query, &(SequenceLimits){0});
    Err err = {0};
    assert_true(sequence_run_offer(run, &(Hit){.time = INT64_MIN}, tell, NULL, &err));
    assert_true(sequence_run_offer(run, &(Hit){.time = -1, .stage = HIT_UNTIL, .key_tuples = 1},
                                   tell, NULL, &err));
    assert_int_equal(sequence_run_open(run), 0);
    assert_true(sequence_run_offer(run, &(Hit){.time = 0}, tell, NULL, &err));
    assert_true(sequence_run_offer(run, &(Hit){.time = INT64_MAX}, tell, NULL, &err));
    assert_int_equal(sequence_run_open(run), 1);
    sequence_run_free(run);
    run = sequence_run_new(&query, &(SequenceLimits){0});
    assert_true(sequence_run_offer(run, &(Hit){.time = INT64_MIN}, tell, NULL, &err));
    assert_true(sequence_run_offer(run, &(Hit){.time = 0, .stage = 1}, tell, NULL, &err));
    assert_int_equal(sequence_run_open(run), 0);
    sequence_run_free(run);
}

TEST(the_one_that_began_first_gives_way_under_a_span)
{
    QueryPlan query = query_of(3, 1, 100);
    SequenceRun *run = play(&query, 2, "0a@1 0b@2 1a@3 0c@4 2a@5 1b@6 2b@7", "b:2,6,7");
    assert_int_equal(sequence_run_evicted(run), 1);
    assert_int_equal(sequence_run_open(run), 1);
    sequence_run_free(run);
}

TEST(the_one_that_waited_longest_gives_way_without_a_span)
{
    QueryPlan query = query_of(3, 1, 0);
    SequenceRun *run = play(&query, 2, "0a@1 0b@2 1a@3 0c@4 1b@5 2a@6", "a:1,3,6");
    assert_int_equal(sequence_run_evicted(run), 1);
    sequence_run_free(run);
}

static SequenceRun *start_many(const QueryPlan *query, size_t max_bytes, uint32_t keys)
{
    SequenceRun *run = sequence_run_new(query, &(SequenceLimits){.max_bytes = max_bytes});
    Buffer key = {0};
    for (uint32_t i = 0; i < keys; i++) {
        buffer_clear(&key);
        value_append_key(&key, &(Value){.kind = VALUE_INT, .integer = i});
        Hit hit = {.time = i, .place.offset = i, .key_tuples = 1, .keys = buffer_str(&key)};
        Err err = {0};
        assert_true(sequence_run_offer(run, &hit, tell, NULL, &err));
        assert_true(sequence_run_bytes(run) <= max_bytes);
    }
    buffer_done(&key);
    return run;
}

TEST(bytes_are_held_under_the_bound_and_counted)
{
    QueryPlan query = query_of(2, 1, 0);
    SequenceRun *run = start_many(&query, 20000, 3000);
    size_t open = sequence_run_open(run);
    assert_true(open > 60);
    assert_int_equal(sequence_run_evicted(run) + open, 3000);
    sequence_run_free(run);

    run = start_many(&query, 64, 5); /* not even one fits */
    assert_int_equal(sequence_run_open(run), 0);
    assert_int_equal(sequence_run_bytes(run), 0);
    assert_int_equal(sequence_run_evicted(run), 5);
    sequence_run_free(run);
}

TEST(memory_goes_back_when_all_is_over)
{
    QueryPlan query = query_of(2, 1, 5);
    SequenceRun *run = start_many(&query, (size_t)1 << 20, 4000);
    assert_int_equal(sequence_run_open(run), 6);
    assert_int_equal(sequence_run_evicted(run), 0);
    assert_true(sequence_run_bytes(run) < 2000);
    Err err = {0};
    assert_true(sequence_run_offer(run, &(Hit){.time = 9999, .stage = 1}, tell, NULL, &err));
    assert_int_equal(sequence_run_bytes(run), 0);
    sequence_run_free(run);
}

TEST(two_hundred_and_fifty_six_stages)
{
    QueryPlan query = query_of(256, 1, 1000);
    SequenceRun *run = sequence_run_new(&query, &(SequenceLimits){0});
    Buffer told = {0};
    Err err = {0};
    Buffer key = {0};
    /* Every event fits every stage, from the last to the first: each event moves all on by one. */
    for (uint32_t event = 0; event < 300; event++) {
        for (uint32_t stage = 256; stage-- > 0;) {
            buffer_clear(&key);
            value_append_key(&key, &(Value){.kind = VALUE_STRING, .text = STR("k")});
            Hit hit = {.time = event,
                       .place = {.offset = event, .len = event},
                       .stage = (uint16_t)stage,
                       .key_tuples = 1,
                       .keys = buffer_str(&key)};
            buffer_clear(&told);
            assert_true(sequence_run_offer(run, &hit, tell, &told, &err));
            assert_int_equal(told.len != 0, stage == 255 && event >= 255);
        }
    }
    assert_int_equal(sequence_run_open(run), 255);
    buffer_done(&key);
    buffer_done(&told);
    sequence_run_free(run);
}

static bool refuse(void *context, const SequenceMatch *match, Err *err)
{
    (void)context;
    (void)match;
    return err_set(err, ERR_IO, "no room");
}

TEST(a_refused_match_stops_the_offer)
{
    QueryPlan query = query_of(2, 0, 0);
    SequenceRun *run = sequence_run_new(&query, &(SequenceLimits){0});
    Err err = {0};
    assert_true(sequence_run_offer(run, &(Hit){.time = 1}, refuse, NULL, &err));
    assert_false(sequence_run_offer(run, &(Hit){.time = 2, .stage = 1}, refuse, NULL, &err));
    assert_string_equal(err.text, "no room");
    sequence_run_free(run);
    sequence_run_free(NULL);
}

TEST(what_became_of_sequences_is_counted)
{
    QueryPlan query = query_of(2, 1, 10);
    SequenceRun *run =
        play(&query, 2, "0a@1 0b@2 0a@3 1a@4 0c@20 1c@21 0d@22 0e@23 0f@24", "a:3,4 c:20,21");
    SequenceStats stats = sequence_run_stats(run);
    assert_int_equal(stats.begun, 7);
    assert_int_equal(stats.completed, 2);
    assert_int_equal(stats.expired, 1); /* b */
    assert_int_equal(stats.evicted, 1); /* d */
    assert_int_equal(stats.open, 2);
    assert_int_equal(stats.most_open, 2);
    assert_int_equal(stats.bytes, sequence_run_bytes(run));
    assert_true(stats.most_bytes >= stats.bytes);
    sequence_run_free(run);
}

RUN_TESTS(CASE(what_became_of_sequences_is_counted), CASE(each_key_comes_on_by_itself),
          CASE(without_keys_all_events_belong_together),
          CASE(a_later_start_replaces_an_earlier_one),
          CASE(a_later_step_replaces_an_earlier_one_of_the_same_stage),
          CASE(one_event_finishes_a_sequence_and_starts_the_next), CASE(span_is_inclusive),
          CASE(span_runs_from_the_first_event),
          CASE(what_the_span_has_passed_is_dropped_by_any_hit),
          CASE(a_span_over_all_of_time_does_not_overflow),
          CASE(until_ends_what_was_matched_at_or_before_it), CASE(until_ends_all_stages_of_its_key),
          CASE(several_keys_are_offered_each_once_in_order),
          CASE(the_one_that_began_first_gives_way_under_a_span),
          CASE(the_one_that_waited_longest_gives_way_without_a_span),
          CASE(bytes_are_held_under_the_bound_and_counted), CASE(memory_goes_back_when_all_is_over),
          CASE(two_hundred_and_fifty_six_stages), CASE(a_refused_match_stops_the_offer))
