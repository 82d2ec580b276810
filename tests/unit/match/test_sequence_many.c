#include "unit.h"

#include "match/sequence_plain.h"
#include "random.h"

/* SequenceRun against a few lines that try every choice of events: there are few enough. */

#define MAX_EVENTS 14
#define MAX_STAGES 4

typedef struct Choices {
    QueryPlan query;
    Stage stages[MAX_STAGES];
    uint32_t event_count;
    int64_t times[MAX_EVENTS];
    bool fits[MAX_EVENTS][MAX_STAGES];
    bool is_until[MAX_EVENTS];
    uint32_t chosen[MAX_STAGES];
    Buffer found;
} Choices;

static void random_choices(Choices *choices, uint64_t seed)
{
    Random random = {seed};
    *choices = (Choices){.event_count = 1 + random_below(&random, MAX_EVENTS)};
    choices->query = (QueryPlan){
        .kind = QUERY_SEQUENCE,
        .stages = choices->stages,
        .stage_count = 2 + random_below(&random, MAX_STAGES - 1),
        .matches = random_below(&random, 2) == 0 ? SEQUENCE_STARTS : SEQUENCE_ALL,
        .maxspan_ns = 1 + random_below(&random, 20),
    };
    if (choices->query.matches == SEQUENCE_STARTS && random_below(&random, 2) == 0) {
        choices->query.maxspan_ns = 0;
    }
    uint32_t until_of = random_below(&random, 12); /* one event of so many; 0: none */
    for (uint32_t i = 0; i < choices->event_count; i++) {
        choices->times[i] = (i > 0 ? choices->times[i - 1] : 0) + random_below(&random, 4);
        choices->is_until[i] = until_of > 0 && random_below(&random, until_of + 1) == 0;
        for (uint32_t stage = 0; stage < choices->query.stage_count; stage++) {
            choices->fits[i][stage] = random_below(&random, 2) == 0;
        }
    }
}

static void append_choice(Choices *choices)
{
    for (uint32_t i = 0; i < choices->query.stage_count; i++) {
        buffer_append_format(&choices->found, "%u ", choices->chosen[i]);
    }
    buffer_append_byte(&choices->found, '|');
}

static bool ended(const Choices *choices, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        if (choices->is_until[i]) {
            return true;
        }
    }
    return false;
}

static bool in_time(const Choices *choices, uint32_t from, uint32_t to)
{
    return choices->query.maxspan_ns == 0 ||
           choices->times[to] - choices->times[from] <= choices->query.maxspan_ns;
}

/* Every choice for `stage` and those behind it whose last event is `last`. */
static void choose(Choices *choices, uint32_t stage, uint32_t last)
{
    uint32_t from = stage == 0 ? 0 : choices->chosen[stage - 1] + 1;
    bool is_last = stage + 1 == choices->query.stage_count;
    for (uint32_t i = is_last && last > from ? last : from; i <= last; i++) {
        choices->chosen[stage] = i;
        if (!choices->fits[i][stage]) {
            continue;
        }
        if (!is_last) {
            choose(choices, stage + 1, last);
        } else if (in_time(choices, choices->chosen[0], i) &&
                   !ended(choices, choices->chosen[0], i)) {
            append_choice(choices);
        }
    }
}

/* The next event for each stage as early as it comes. */
static void follow(Choices *choices, uint32_t start, uint32_t last)
{
    choices->chosen[0] = start;
    for (uint32_t stage = 1; stage < choices->query.stage_count; stage++) {
        uint32_t i = choices->chosen[stage - 1] + 1;
        while (i < choices->event_count && !choices->fits[i][stage]) {
            i++;
        }
        if (i == choices->event_count) {
            return;
        }
        choices->chosen[stage] = i;
    }
    uint32_t end = choices->chosen[choices->query.stage_count - 1];
    if (end == last && in_time(choices, start, end) && !ended(choices, start, end)) {
        append_choice(choices);
    }
}

static void choose_all(Choices *choices)
{
    for (uint32_t last = 0; last < choices->event_count; last++) {
        if (choices->query.matches == SEQUENCE_ALL) {
            choose(choices, 0, last);
            continue;
        }
        for (uint32_t start = 0; start < last; start++) {
            if (choices->fits[start][0]) {
                follow(choices, start, last);
            }
        }
    }
}

static bool tell(void *context, const SequenceMatch *match, Err *err)
{
    (void)err;
    Buffer *told = context;
    for (uint32_t i = 0; i < match->event_count; i++) {
        buffer_append_format(told, "%llu ", (unsigned long long)match->events[i].place.offset);
    }
    buffer_append_byte(told, '|');
    return true;
}

static void offer(SequenceRun *run, const Choices *choices, uint32_t event, Buffer *told)
{
    Err err = {0};
    Hit hit = {.time = choices->times[event], .place.offset = event};
    for (uint32_t stage = choices->query.stage_count; stage-- > 0;) {
        hit.stage = (uint16_t)stage;
        assert_true(!choices->fits[event][stage] ||
                    sequence_run_offer(run, &hit, tell, told, &err));
    }
    hit.stage = HIT_UNTIL;
    assert_true(!choices->is_until[event] || sequence_run_offer(run, &hit, tell, told, &err));
}

static void check(uint64_t seed)
{
    Choices choices;
    Buffer told = {0};
    Err err = {0};
    random_choices(&choices, seed);
    choose_all(&choices);
    SequenceRun *run = sequence_run_new(&choices.query, &(SequenceLimits){0});
    for (uint32_t i = 0; i < choices.event_count; i++) {
        offer(run, &choices, i, &told);
    }
    assert_true(sequence_run_finish(run, tell, &told, &err));
    buffer_append_byte(&told, '\0');
    buffer_append_byte(&choices.found, '\0');
    assert_string_equal(told.ptr, choices.found.ptr);
    assert_int_equal(sequence_run_evicted(run), 0);
    sequence_run_free(run);
    buffer_done(&told);
    buffer_done(&choices.found);
}

TEST(every_choice_of_events_is_told_in_its_order)
{
    for (uint64_t seed = 1; seed <= 5000; seed++) {
        check(seed);
    }
}

/* A stage for each digit, in order of time. */
static void play(SequenceRun *run, const char *stages, Buffer *told)
{
    Err err = {0};
    for (uint32_t i = 0; stages[i] != '\0'; i++) {
        Hit hit = {.time = i, .place.offset = i, .stage = (uint16_t)(stages[i] - '0')};
        assert_true(sequence_run_offer(run, &hit, tell, told, &err));
    }
    buffer_append_byte(told, '\0');
}

static void check_limits(SequenceMatches matches, const SequenceLimits *limits, const char *stages,
                         const char *expected, uint64_t evicted)
{
    QueryPlan query = {.kind = QUERY_SEQUENCE,
                       .stages = (Stage[3]){{0}},
                       .stage_count = 3,
                       .matches = matches,
                       .maxspan_ns = 100};
    SequenceRun *run = sequence_run_new(&query, limits);
    Buffer told = {0};
    play(run, stages, &told);
    assert_string_equal(told.ptr, expected);
    assert_int_equal(sequence_run_evicted(run), evicted);
    assert_int_equal(sequence_run_stats(run).evicted, evicted);
    buffer_done(&told);
    sequence_run_free(run);
}

TEST(what_began_first_gives_way_when_too_many_of_a_key_wait)
{
    SequenceLimits two = {.max_waiting = 2};
    check_limits(SEQUENCE_ALL, &two, "00012", "2 3 4 |", 3);
    check_limits(SEQUENCE_ALL, &two, "00112", "1 3 4 |", 3);
    check_limits(SEQUENCE_STARTS, &two, "00012", "0 3 4 |1 3 4 |2 3 4 |", 0);
}

TEST(what_began_first_gives_way_when_too_many_are_open)
{
    SequenceLimits three = {.max_open = 3};
    /* Of the first start, what it has come to goes before it. */
    check_limits(SEQUENCE_ALL, &three, "001", "", 1);
    check_limits(SEQUENCE_ALL, &three, "00112", "1 2 4 |1 3 4 |", 3);
    check_limits(SEQUENCE_STARTS, &three, "000012", "1 4 5 |2 4 5 |3 4 5 |", 1);
}

TEST(bytes_are_bounded_and_given_back)
{
    QueryPlan query = {.kind = QUERY_SEQUENCE,
                       .stages = (Stage[3]){{0}},
                       .stage_count = 3,
                       .matches = SEQUENCE_ALL,
                       .maxspan_ns = 1000};
    SequenceRun *run = sequence_run_new(&query, &(SequenceLimits){.max_bytes = 20000});
    Buffer told = {0};
    Err err = {0};
    Hit hit = {.stage = 0};
    for (; hit.time < 1000; hit.time++) {
        hit.stage = (uint16_t)(hit.time % 2);
        assert_true(sequence_run_offer(run, &hit, tell, &told, &err));
        assert_true(sequence_run_bytes(run) <= 20000);
    }
    assert_true(sequence_run_evicted(run) > 0);
    assert_true(sequence_run_open(run) > 0);
    hit.stage = HIT_UNTIL;
    assert_true(sequence_run_offer(run, &hit, tell, &told, &err));
    assert_int_equal(sequence_run_open(run), 0);
    assert_int_equal(sequence_run_bytes(run), 0);
    buffer_done(&told);
    sequence_run_free(run);
}

RUN_TESTS(CASE(every_choice_of_events_is_told_in_its_order),
          CASE(what_began_first_gives_way_when_too_many_of_a_key_wait),
          CASE(what_began_first_gives_way_when_too_many_are_open),
          CASE(bytes_are_bounded_and_given_back))
