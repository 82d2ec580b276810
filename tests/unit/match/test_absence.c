#include "unit.h"

#include "base/timestamp.h"
#include "match/absence.h"
#include "match/sequence.h"

/* A pattern is "+" for a wanted stage, "-" for one that must be missing. A story is events, each "HITS@TIME" in milliseconds; a
 * hit is its stage and its key, a letter: "1a,0a@7". What is given out is told as "KEY:TIMES" as soon as it comes,
 * with "@TIME" of the event that let it out in front, "@end" at the end. */
typedef struct Case {
    const char *pattern;
    int64_t maxspan; /* ms */
    const char *story;
    const char *expected;
} Case;

typedef struct Told {
    Buffer text;
    Str now;
} Told;

static bool tell(void *context, const SequenceMatch *match, Err *err)
{
    (void)err;
    Told *told = context;
    Str key = match->key;
    Arena *arena = arena_new();
    Value name = value_read_key(arena, &key);
    buffer_append_format(&told->text, "%s@%.*s %.*s:", told->text.len == 0 ? "" : " ",
                         STR_ARG(told->now), STR_ARG(name.text));
    arena_free(arena);
    for (uint32_t i = 0; i < match->event_count; i++) {
        const SequenceEvent *event = &match->events[i];
        buffer_append_c(&told->text, i == 0 ? "" : ",");
        if (event->missing) {
            buffer_append_byte(&told->text, '-');
        } else {
            buffer_append_format(&told->text, "%lld", (long long)(event->time / NS_PER_MS));
        }
    }
    return true;
}

static void offer(SequenceRun *run, Str hit_text, int64_t ms, Told *told)
{
    Buffer key = {0};
    Err err = {0};
    value_append_key(&key, &(Value){.kind = VALUE_STRING, .text = {hit_text.ptr + 1, 1}});
    Hit hit = {.time = ms * NS_PER_MS,
               .place.offset = (uint64_t)ms,
               .stage = (uint16_t)(hit_text.ptr[0] - '0'),
               .key_tuples = 1,
               .keys = buffer_str(&key)};
    assert_true(sequence_run_offer(run, &hit, tell, told, &err));
    buffer_done(&key);
}

/* `end`: in milliseconds; SEQUENCE_OVER: nothing comes any more. */
static SequenceRun *play_until(const Case *one, const SequenceLimits *limits, int64_t end)
{
    Stage stages[8] = {0};
    QueryPlan query = {.kind = QUERY_SEQUENCE,
                       .stages = stages,
                       .key_count = 1,
                       .maxspan_ns = one->maxspan * NS_PER_MS};
    for (const char *at = one->pattern; *at != '\0'; at++) {
        stages[query.stage_count++].missing = *at == '-';
    }
    SequenceRun *run = sequence_run_new(&query, limits);
    Told told = {0};
    Err err = {0};
    Str events = str_from_c(one->story);
    for (Str event; str_split(&events, ' ', &event);) {
        size_t at;
        int64_t ms;
        assert_true(str_find_byte(event, '@', 0, &at));
        told.now = str_slice(event, at + 1, event.len);
        assert_true(str_to_i64(told.now, &ms));
        Str hits = str_slice(event, 0, at);
        for (Str hit; str_split(&hits, ',', &hit);) {
            offer(run, hit, ms, &told);
        }
    }
    told.now = STR("end");
    int64_t time = end == SEQUENCE_OVER ? end : end * NS_PER_MS;
    assert_true(sequence_run_finish_at(run, time, tell, &told, &err));
    buffer_append_byte(&told.text, '\0');
    assert_string_equal(told.text.ptr, one->expected);
    buffer_done(&told.text);
    return run;
}

static SequenceRun *play(const Case *one, const SequenceLimits *limits)
{
    return play_until(one, limits, SEQUENCE_OVER);
}

static void check(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        SequenceRun *run = play(&cases[i], &(SequenceLimits){0});
        assert_int_equal(sequence_run_evicted(run), 0);
        sequence_run_free(run);
    }
}

TEST(between_two_events_nothing_forbidden_may_lie)
{
    const Case cases[] = {
        {"+-+", 10, "0a@1 2a@3", "@3 a:1,-,3"},
        {"+-+", 10, "0a@1 1a@2 2a@3", ""},
        {"+-+", 10, "0a@1 1b@2 2a@3", "@3 a:1,-,3"},
        {"+-+", 10, "1a@1 0a@1 2a@3", "@3 a:1,-,3"}, /* the same millisecond as the first */
        {"+-+", 10, "0a@1 1a@3 2a@3", "@3 a:1,-,3"}, /* or as the last */
        {"+-+", 10, "0a@1 1a@3 1a@4 2a@5", ""},
        {"+-+", 10, "1a@0 0a@1 2a@3 1a@4", "@3 a:1,-,3"},
        {"+--+", 10, "0a@1 3a@3", "@3 a:1,-,-,3"},
        {"+--+", 10, "0a@1 2a@2 3a@3", ""},
        {"+-+-+", 10, "0a@1 3a@2 2a@3 1a@4 4a@5", "@5 a:1,-,3,-,5"},
        {"+-+-+", 10, "0a@1 1a@2 2a@3 4a@5", ""},
        {"+-+-+", 10, "0a@1 2a@3 3a@4 4a@5", ""},
    };
    check(cases, ARRAY_LEN(cases));
}

TEST(a_spoiled_sequence_still_stands_in_the_way)
{
    const Case cases[] = {
        /* The one from 1 is spoiled, but it takes slot 1 from no one; the one from 3 is taken by 5. */
        {"+-+", 100, "0a@1 1a@2 0a@3 2a@5", "@5 a:3,-,5"},
        {"+-++", 100, "0a@1 2a@2 0a@3 1a@4 2a@5 3a@6", ""},
    };
    check(cases, ARRAY_LEN(cases));
}

TEST(in_front_only_what_maxspan_reaches_forbids)
{
    const Case cases[] = {
        {"-+", 10, "1a@5", "@5 a:-,5"},
        {"-+", 10, "0a@4 1a@5", ""},
        {"-+", 10, "0a@1 1a@11", ""}, /* 10 ms apart are within maxspan */
        {"-+", 10, "0a@1 1a@12", "@12 a:-,12"},
        {"-+", 10, "0a@5 1a@5", "@5 a:-,5"}, /* of the same millisecond */
        {"-+", 10, "0a@3 0a@5 1a@5", ""},    /* but the one before it counts */
        {"-+", 10, "0b@4 1a@5", "@5 a:-,5"},
        {"-++", 10, "0a@1 1a@9 2a@12", "@12 a:-,9,12"}, /* last - L > maxspan */
        {"-++", 10, "0a@1 1a@9 2a@11", ""},
        {"-++", 10, "1a@9 0a@10 2a@11", "@11 a:-,9,11"},
    };
    check(cases, ARRAY_LEN(cases));
}

TEST(behind_a_sequence_waits_until_nothing_can_forbid_it)
{
    const Case cases[] = {
        {"+-", 10, "0a@5", "@end a:5,-"},
        {"+-", 10, "0a@5 1a@6", ""},
        {"+-", 10, "0a@5 1a@15", ""},
        {"+-", 10, "0a@5 1a@16", "@16 a:5,-"},
        {"+-", 10, "0a@5 1b@15 1b@16", "@16 a:5,-"},
        {"+-", 10, "0a@5 1a@5 1b@20", "@20 a:5,-"},
        {"++-", 10, "0a@1 1a@9 2a@12", "@12 a:1,9,-"}, /* T - first > maxspan */
        {"++-", 10, "0a@1 1a@9 2a@11", ""},
        {"++-", 10, "0a@1 1a@11", "@11 a:1,11,-"}, /* nothing behind it is within maxspan */
    };
    check(cases, ARRAY_LEN(cases));
}

TEST(in_front_and_behind_there_is_a_window_between_them)
{
    const Case cases[] = {
        {"-+-", 10, "1a@5", "@5 a:-,5,-"},      /* nothing in front: free */
        {"-+-", 10, "1a@5 2a@6", "@5 a:-,5,-"}, /* whatever comes behind */
        {"-+-", 10, "0a@1 1a@5", "@end a:-,5,-"},
        {"-+-", 10, "0a@1 1a@5 2a@11", ""},
        {"-+-", 10, "0a@1 1a@5 2a@12", "@12 a:-,5,-"},
        {"-+-", 4, "0a@1 1a@5 2a@6", "@5 a:-,5,-"},
    };
    check(cases, ARRAY_LEN(cases));
}

TEST(results_keep_the_order_of_their_last_events)
{
    const Case cases[] = {
        /* b is decided at once (nothing in front), but a, which was complete before, waits. */
        {"-+-", 10, "0a@1 1a@5 1b@6 1c@20", "@20 a:-,5,- @20 b:-,6,- @20 c:-,20,-"},
        {"-+-", 10, "0a@1 1a@5 1b@6 2a@7", "@7 b:-,6,-"},
        {"+-", 10, "0a@1 0b@2 0a@3 1b@4 0c@13", "@13 a:1,- @end a:3,- @end c:13,-"},
        {"+-", 10, "0a@1 0a@2 1a@12 0c@30", "@12 a:1,- @end c:30,-"},
    };
    check(cases, ARRAY_LEN(cases));
}

TEST(what_is_over_is_forgotten)
{
    const Case one = {"-+-", 10, "0a@1 0b@2 1a@3 2a@4 0c@40 1d@60", "@60 d:-,60,-"};
    SequenceRun *run = play(&one, &(SequenceLimits){0});
    assert_int_equal(sequence_run_bytes(run), 0);
    assert_int_equal(sequence_run_stats(run).completed, 2);
    assert_int_equal(sequence_run_stats(run).forbidden, 1);
    sequence_run_free(run);
}

static SequenceRun *flood(const char *pattern, uint16_t stage, size_t max_bytes, uint32_t keys)
{
    Stage stages[3] = {{.missing = pattern[0] == '-'},
                       {.missing = pattern[1] == '-'},
                       {.missing = pattern[2] == '-'}};
    QueryPlan query = {.kind = QUERY_SEQUENCE,
                       .stages = stages,
                       .stage_count = 3,
                       .key_count = 1,
                       .maxspan_ns = INT64_MAX};
    SequenceRun *run = sequence_run_new(&query, &(SequenceLimits){.max_bytes = max_bytes});
    Buffer key = {0};
    Told told = {0};
    Err err = {0};
    for (uint32_t i = 0; i < keys; i++) {
        buffer_clear(&key);
        value_append_key(&key, &(Value){.kind = VALUE_INT, .integer = i});
        Hit hit = {
            .time = i * NS_PER_MS, .stage = stage, .key_tuples = 1, .keys = buffer_str(&key)};
        assert_true(sequence_run_offer(run, &hit, tell, &told, &err));
        assert_true(sequence_run_bytes(run) <= max_bytes);
    }
    assert_int_equal(told.text.len, 0);
    buffer_done(&key);
    return run;
}

TEST(times_in_front_and_waiting_sequences_are_held_under_the_bound)
{
    SequenceRun *run = flood("-++", 0, 20000, 3000);
    assert_true(sequence_run_evicted(run) > 2500);
    assert_true(sequence_run_evicted(run) < 3000);
    sequence_run_free(run);
    run = flood("+--", 0, 20000, 3000);
    size_t waiting = sequence_run_open(run);
    assert_true(waiting > 50);
    assert_int_equal(sequence_run_evicted(run) + waiting, 3000);
    Told told = {.now = STR("end")};
    Err err = {0};
    assert_true(sequence_run_finish(run, tell, &told, &err));
    assert_int_equal(sequence_run_bytes(run), 0);
    buffer_done(&told.text);
    sequence_run_free(run);
    run = flood("+--", 0, 64, 5); /* not even one fits */
    assert_int_equal(sequence_run_evicted(run), 5);
    assert_int_equal(sequence_run_bytes(run), 0);
    sequence_run_free(run);
}

TEST(the_end_lets_wait_what_may_still_be_forbidden)
{
    static const struct {
        Case played;
        int64_t end;
        uint64_t undecided;
    } CASES[] = {
        {{"+-", 10, "0a@1", "@end a:1,-"}, SEQUENCE_OVER, 0},
        {{"+-", 10, "0a@1", ""}, 1, 1},
        {{"+-", 10, "0a@1", ""}, 11, 1}, /* another one of that millisecond may come */
        {{"+-", 10, "0a@1", "@end a:1,-"}, 12, 0},
        {{"+-", 10, "0a@1 1a@2", ""}, 2, 0}, /* forbidden is not undecided */
        {{"++-", 10, "0a@1 1a@5", ""}, 11, 1},
        {{"++-", 10, "0a@1 1a@11", "@11 a:1,11,-"}, 11, 0}, /* what comes behind comes too late */
        /* Each by itself: what is decided does not wait for what is not. */
        {{"+-", 10, "0a@1 0b@5 0c@9", "@end a:1,- @end b:5,-"}, 16, 1},
        {{"++-", 10, "0b@1 0a@5 1a@6 1b@7", "@end b:1,7,-"}, 12, 1},
        {{"-+-", 10, "0a@1 1a@4", ""}, 11, 1},
        {{"-+-", 10, "0a@1 1a@4", "@end a:-,4,-"}, 12, 0},
        {{"-+-", 10, "1a@4", "@4 a:-,4,-"}, 4, 0}, /* nothing in front: whatever comes */
        {{"-+", 10, "1a@4", "@4 a:-,4"}, 4, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        SequenceRun *run = play_until(&CASES[i].played, &(SequenceLimits){0}, CASES[i].end);
        assert_int_equal(sequence_run_stats(run).undecided, CASES[i].undecided);
        assert_int_equal(sequence_run_open(run), 0);
        sequence_run_free(run);
    }
}

TEST(milliseconds_are_counted_downwards)
{
    assert_int_equal(absence_ms(0), 0);
    assert_int_equal(absence_ms(999999), 0);
    assert_int_equal(absence_ms(1000000), 1);
    assert_int_equal(absence_ms(-1), -1);
    assert_int_equal(absence_ms(-1000000), -1);
    assert_int_equal(absence_ms(-1000001), -2);
}

static bool refuse(void *context, const SequenceMatch *match, Err *err)
{
    (void)context;
    (void)match;
    return err_set(err, ERR_IO, "no room");
}

TEST(a_refused_match_stops_the_end)
{
    QueryPlan query = {.kind = QUERY_SEQUENCE,
                       .stages = (Stage[]){{0}, {.missing = true}},
                       .stage_count = 2,
                       .maxspan_ns = NS_PER_MS};
    SequenceRun *run = sequence_run_new(&query, &(SequenceLimits){0});
    Err err = {0};
    assert_true(sequence_run_offer(run, &(Hit){.time = 1}, refuse, NULL, &err));
    assert_false(sequence_run_finish(run, refuse, NULL, &err));
    assert_string_equal(err.text, "no room");
    sequence_run_free(run);
    run = sequence_run_new(&query, &(SequenceLimits){0});
    assert_true(sequence_run_offer(run, &(Hit){.time = 1}, refuse, NULL, &err));
    sequence_run_free(run); /* what waits goes with it */
}

RUN_TESTS(CASE(between_two_events_nothing_forbidden_may_lie),
          CASE(a_spoiled_sequence_still_stands_in_the_way),
          CASE(in_front_only_what_maxspan_reaches_forbids),
          CASE(behind_a_sequence_waits_until_nothing_can_forbid_it),
          CASE(in_front_and_behind_there_is_a_window_between_them),
          CASE(results_keep_the_order_of_their_last_events), CASE(what_is_over_is_forgotten),
          CASE(times_in_front_and_waiting_sequences_are_held_under_the_bound),
          CASE(the_end_lets_wait_what_may_still_be_forbidden),
          CASE(milliseconds_are_counted_downwards), CASE(a_refused_match_stops_the_end))
