#include "unit.h"

#include "base/timestamp.h"
#include "match/sequence_trace.h"
#include "random.h"

/* A story is events, each "HITS@TIME"; a hit is its stage (u: until) and its key, a letter. */
typedef struct Story {
    const char *events;
    unsigned missing; /* a bit for each stage that must be missing */
    int64_t maxspan;
    uint64_t own; /* which event is asked about */
} Story;

#define STAGES 3

static Str key_of(Arena *arena, char letter)
{
    Buffer key = {0};
    value_append_key(&key, &(Value){.kind = VALUE_STRING, .text = {&letter, 1}});
    Str copy = str_copy(arena, buffer_str(&key));
    buffer_done(&key);
    return copy;
}

static void offer(SequenceTrace *trace, Arena *arena, Str text, uint64_t event, int64_t time)
{
    Hit hit = {
        .time = time * NS_PER_MS,
        .place = {.offset = event},
        .stage = text.ptr[0] == 'u' ? HIT_UNTIL : (uint16_t)(text.ptr[0] - '0'),
        .key_tuples = 1,
        .keys = key_of(arena, text.ptr[1]),
    };
    Err err = {0};
    assert_true(sequence_trace_offer(trace, &hit, &err));
}

/* Times are told in milliseconds, by which what must be missing is compared. */
static QueryPlan *query_of(Arena *arena, uint32_t stage_count, unsigned missing, int64_t maxspan)
{
    QueryPlan *query = ARENA_NEW(arena, QueryPlan);
    Stage *stages = ARENA_MANY(arena, Stage, stage_count);
    for (uint32_t i = 0; i < stage_count; i++) {
        stages[i].missing = (missing >> i & 1) != 0;
    }
    *query = (QueryPlan){.kind = QUERY_SEQUENCE,
                         .stages = stages,
                         .stage_count = stage_count,
                         .key_count = 1,
                         .maxspan_ns = maxspan * NS_PER_MS};
    return query;
}

/* Asked about the key a. */
/* `end`: ms, or SEQUENCE_OVER. */
static SequenceTrace *play_until(Arena *arena, const Story *story, SequenceMatches matches,
                                 int64_t end)
{
    Str *keys = ARENA_NEW(arena, Str);
    *keys = key_of(arena, 'a');
    QueryPlan *query = query_of(arena, STAGES, story->missing, story->maxspan);
    query->matches = matches;
    SequenceTrace *trace =
        sequence_trace_new(arena, query, &(EventPlace){.offset = story->own}, keys, 1);
    Str events = str_from_c(story->events);
    uint64_t event = 0;
    for (Str one; str_split(&events, ' ', &one); event++) {
        size_t at;
        int64_t time;
        assert_true(str_find_byte(one, '@', 0, &at));
        assert_true(str_to_i64(str_slice(one, at + 1, one.len), &time));
        Str hits = str_slice(one, 0, at);
        for (Str hit; str_split(&hits, ',', &hit);) {
            offer(trace, arena, hit, event, time);
        }
    }
    Err err = {0};
    int64_t time = end == SEQUENCE_OVER ? end : end * NS_PER_MS;
    assert_true(sequence_trace_finish(trace, time, &err));
    return trace;
}

static SequenceTrace *play_as(Arena *arena, const Story *story, SequenceMatches matches)
{
    return play_until(arena, story, matches, SEQUENCE_OVER);
}

static SequenceTrace *play(Arena *arena, const Story *story)
{
    return play_as(arena, story, SEQUENCE_LATEST);
}

typedef struct Fate {
    Story story;
    TraceFate fate;
    int64_t decided; /* the time of the event that decided */
} Fate;

static void check_fate(const Fate *expected, SequenceMatches matches)
{
    Arena *arena = arena_new();
    SequenceTrace *trace = play_as(arena, &expected->story, matches);
    if (trace->fate != expected->fate ||
        trace->decided.event.time != expected->decided * NS_PER_MS) {
        fail_msg("%s, event %llu: fate %d, decided at %lld", expected->story.events,
                 (unsigned long long)expected->story.own, (int)trace->fate,
                 (long long)trace->decided.event.time);
    }
    sequence_trace_free(trace);
    arena_free(arena);
}

TEST(the_fate_of_an_event)
{
    static const Fate CASES[] = {
        {{"0a@1 1a@2 2a@3", 0, 0, 0}, FATE_COMPLETED, 3},
        {{"0a@1 1a@2 2a@3", 0, 0, 1}, FATE_COMPLETED, 3},
        {{"0a@1 1a@2 2a@3", 0, 0, 2}, FATE_COMPLETED, 3},
        {{"0a@1 1a@2", 0, 0, 0}, FATE_WAITS, 2},
        {{"0a@1 1a@2", 0, 0, 1}, FATE_WAITS, 2},
        {{"0b@1 1a@2", 0, 0, 1}, FATE_NOTHING_WAITED, 2},
        {{"0b@1 1a@2", 0, 0, 0}, FATE_NONE, 0}, /* of another key */
        {{"0a@1 0a@2 1a@3", 0, 0, 0}, FATE_DROPPED, 2},
        {{"0a@1 1a@2 0a@3 1a@4", 0, 0, 1}, FATE_DROPPED, 4},
        {{"0a@1 1a@20", 0, 10, 1}, FATE_TOO_LATE, 20},
        {{"0a@1 1a@20", 0, 10, 0}, FATE_OVERDUE, 20},
        {{"0a@1 0b@20", 0, 10, 0}, FATE_EXPIRED, 1},
        {{"0a@1 0b@11", 0, 10, 0}, FATE_WAITS, 1},
        {{"0a@1 0a@20", 0, 10, 0}, FATE_EXPIRED, 1},
        {{"0a@1 ua@20 1a@21", 0, 10, 0}, FATE_EXPIRED, 1},
        {{"0a@1 ua@2 1a@3", 0, 0, 0}, FATE_ENDED, 2},
        {{"0a@1 ua@2 1a@3", 0, 0, 2}, FATE_AFTER_UNTIL, 3},
        {{"0a@1 ua@2 1a@3", 0, 0, 1}, FATE_IS_UNTIL, 2},
        {{"0a,ua@1 1a@3", 0, 0, 0}, FATE_ENDED, 1},
        {{"0a@1 1a@2 2a,0a@3 1a@4", 0, 0, 2}, FATE_COMPLETED, 3}, /* and begins another */
        {{"1a,0a@1", 0, 0, 0}, FATE_WAITS, 1},
        {{"0a@1 1a@2 2a@3", 2, 0, 0}, FATE_FORBIDDEN, 3},
        {{"0a@1 1a@2 2a@3", 2, 0, 2}, FATE_FORBIDDEN, 3},
        {{"0a@1 1a@2 2a@3", 2, 0, 1}, FATE_FORBIDS, 2},
        {{"0a@1 1b@2 2a@3", 2, 0, 0}, FATE_COMPLETED, 3},
        {{"0a@1 1b@2", 2, 0, 0}, FATE_WAITS, 1},
        {{"0a@1 1a@2 2a@3", 4, 9, 0}, FATE_FORBIDDEN, 2},
        {{"0a@1 1a@2 2a@13", 4, 9, 0}, FATE_COMPLETED, 2},
        {{"0a@1 2a@3 0a@4 2a@5", 3, 9, 1}, FATE_FORBIDDEN, 3},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        check_fate(&CASES[i], SEQUENCE_LATEST);
    }
}

TEST(the_fate_of_an_event_where_nothing_gives_way)
{
    static const Fate STARTS[] = {
        {{"0a@1 0a@2 1a@3", 0, 0, 0}, FATE_WAITS, 3},
        {{"0a@1 0a@2 1a@3 2a@4", 0, 0, 0}, FATE_COMPLETED, 4},
        {{"0a@1 1a@2 1a@3 2a@4", 0, 0, 2}, FATE_NOTHING_WAITED, 3},
    };
    static const Fate ALL[] = {
        {{"0a@1 1a@2 1a@3 2a@4", 0, 9, 2}, FATE_COMPLETED, 4},
        {{"0a@1 1a@2 2a@3 1a@4 2a@30", 0, 9, 3}, FATE_OVERDUE, 30},
        {{"0a@1 1a@2 2a@3 1a@4 0b@30", 0, 9, 3}, FATE_EXPIRED, 4},
        {{"0a@1 0a@8 1a@9 2a@12", 0, 9, 0}, FATE_EXPIRED, 9},
        {{"0a@1 0a@8 1a@9 2a@12", 0, 9, 1}, FATE_COMPLETED, 12},
        {{"0a@1 1a@2 ua@3 2a@4", 0, 9, 0}, FATE_ENDED, 3},
        {{"0a@1 1a@2 1a@3 2a@4", 2, 9, 0}, FATE_FORBIDDEN, 4},
    };
    for (size_t i = 0; i < ARRAY_LEN(STARTS); i++) {
        check_fate(&STARTS[i], SEQUENCE_STARTS);
    }
    for (size_t i = 0; i < ARRAY_LEN(ALL); i++) {
        check_fate(&ALL[i], SEQUENCE_ALL);
    }
}

TEST(what_may_still_be_forbidden_is_undecided)
{
    static const struct {
        Story story;
        int64_t end;
        TraceFate fate;
    } CASES[] = {
        {{"0a@1 1a@2", 4, 9, 0}, 10, FATE_UNDECIDED},
        {{"0a@1 1a@2", 4, 9, 1}, 10, FATE_UNDECIDED},
        {{"0a@1 1a@2", 4, 9, 0}, 11, FATE_COMPLETED},
        {{"0a@1 1a@2 2a@3", 4, 9, 0}, 3, FATE_FORBIDDEN},
        {{"0a@1 1a@2 2a@3", 4, 9, 2}, 3, FATE_FORBIDS},
        {{"0a@1", 4, 9, 0}, 1, FATE_WAITS},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        SequenceTrace *trace = play_until(arena, &CASES[i].story, SEQUENCE_LATEST, CASES[i].end);
        assert_int_equal(trace->fate, CASES[i].fate);
        sequence_trace_free(trace);
        arena_free(arena);
    }
}

static void append_steps(Buffer *out, const SequenceTrace *trace)
{
    static const char *const NAMES[] = {
        [TRACE_BEGINS] = "begins",       [TRACE_CONTINUES] = "continues",
        [TRACE_COMPLETES] = "completes", [TRACE_NOTHING_WAITS] = "nothing",
        [TRACE_TOO_LATE] = "late",       [TRACE_AFTER_UNTIL] = "ended",
        [TRACE_UNTIL] = "until",         [TRACE_FORBIDS] = "forbids",
    };
    for (uint32_t i = 0; i < trace->steps.count; i++) {
        const TraceStep *step = &trace->steps.items[i];
        buffer_append_format(out, "%s%s%lld %s", i > 0 ? ", " : "", step->is_own ? ">" : "",
                             (long long)(step->event.time / NS_PER_MS), NAMES[step->kind]);
        if (step->has_sequence) {
            buffer_append_format(out, " %lld", (long long)(step->began.time / NS_PER_MS));
        }
        if (step->more > 0) {
            buffer_append_format(out, " and %llu", (unsigned long long)step->more);
        }
        if (step->has_dropped) {
            buffer_append_format(out, " for %lld", (long long)(step->dropped.time / NS_PER_MS));
        }
    }
    buffer_append_byte(out, '\0');
}

TEST(steps_tell_the_story_of_the_key)
{
    Story story = {"0a@1 0a@2 0b@2 1a@3 0a@4 1a@5 2a@6 2a@7 0a@8 ua@9 1a@10 0a@11 1a@50", 0, 20, 5};
    Arena *arena = arena_new();
    SequenceTrace *trace = play(arena, &story);
    Buffer told = {0};
    append_steps(&told, trace);
    assert_string_equal(told.ptr,
                        "1 begins 1, 2 begins 2 for 1, 3 continues 2, 4 begins 4, "
                        ">5 continues 4 for 2, 6 completes 4, 7 nothing, 8 begins 8, 9 until 8, "
                        "10 ended 8, 11 begins 11, 50 late 11");
    buffer_done(&told);
    sequence_trace_free(trace);
    arena_free(arena);
}

TEST(an_event_meets_all_that_wait)
{
    Story story = {"0a@1 0a@2 1a@3 0a@4 1a@5 2a@6 ua@7 2a@8", 0, 20, 1};
    Arena *arena = arena_new();
    SequenceTrace *trace = play_as(arena, &story, SEQUENCE_ALL);
    Buffer told = {0};
    append_steps(&told, trace);
    assert_string_equal(told.ptr, "1 begins 1, >2 begins 2, 3 continues 2 and 1, 4 begins 4, "
                                  "5 continues 2 and 2, 6 completes 2 and 4, 7 until 2 and 7, "
                                  "8 ended 2");
    buffer_done(&told);
    sequence_trace_free(trace);
    arena_free(arena);
}

TEST(the_nearest_steps_are_kept_and_the_others_counted)
{
    Arena *arena = arena_new();
    Buffer events = {0};
    for (int i = 0; i < 100; i++) {
        buffer_append_format(&events, "%s0a@%d", i > 0 ? " " : "", i);
    }
    buffer_append_byte(&events, '\0');
    Story story = {events.ptr, 0, 0, 50};
    SequenceTrace *trace = play(arena, &story);
    assert_int_equal(trace->steps.count, TRACE_MAX_BEFORE + 1 + TRACE_MAX_AFTER);
    assert_int_equal(trace->before_cut, 50 - TRACE_MAX_BEFORE);
    assert_int_equal(trace->after_cut, 49 - TRACE_MAX_AFTER);
    assert_int_equal(trace->steps.items[0].event.time, (50 - TRACE_MAX_BEFORE) * NS_PER_MS);
    assert_true(trace->steps.items[TRACE_MAX_BEFORE].is_own);
    assert_int_equal(trace->fate, FATE_DROPPED);
    buffer_done(&events);
    sequence_trace_free(trace);
    arena_free(arena);
}

/* --- against what matches --- */

typedef struct Matches {
    bool in_match[64]; /* by event */
} Matches;

static bool take(void *context, const SequenceMatch *match, Err *err)
{
    (void)err;
    Matches *matches = context;
    for (uint32_t i = 0; i < match->event_count; i++) {
        if (!match->events[i].missing) {
            matches->in_match[match->events[i].place.offset] = true;
        }
    }
    return true;
}

static void check_random(uint64_t seed)
{
    Random random = {.state = seed};
    Arena *arena = arena_new();
    uint32_t stages = 2 + random_below(&random, 3);
    unsigned missing =
        random_below(&random, 2) == 0 ? 0 : random_below(&random, (1u << stages) - 1);
    int64_t maxspan =
        missing == 0 && random_below(&random, 2) == 0 ? 0 : 1 + random_below(&random, 12);
    QueryPlan *query = query_of(arena, stages, missing, maxspan);
    query->matches = (SequenceMatches)random_below(&random, maxspan == 0 ? 2 : 3);
    Hit hits[64];
    int64_t time = 0;
    SequenceRun *run = sequence_run_new(query, &(SequenceLimits){0});
    Matches matches = {0};
    Err err = {0};
    uint32_t count = 5 + random_below(&random, 59);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t stage = random_below(&random, stages * 3 + 1);
        time += random_below(&random, 4);
        hits[i] = (Hit){.time = time * NS_PER_MS,
                        .place = {.offset = i},
                        .stage = (uint16_t)(stage == stages * 3 ? HIT_UNTIL : stage % stages),
                        .key_tuples = 1,
                        .keys = key_of(arena, random_below(&random, 3) == 0 ? 'b' : 'a')};
        assert_true(sequence_run_offer(run, &hits[i], take, &matches, &err));
    }
    assert_true(sequence_run_finish(run, take, &matches, &err));
    for (uint32_t own = 0; own < count; own++) {
        SequenceTrace *trace =
            sequence_trace_new(arena, query, &hits[own].place, &hits[own].keys, 1);
        for (uint32_t i = 0; i < count; i++) {
            assert_true(sequence_trace_offer(trace, &hits[i], &err));
        }
        assert_true(sequence_trace_finish(trace, SEQUENCE_OVER, &err));
        if ((trace->fate == FATE_COMPLETED) != matches.in_match[own] || trace->fate == FATE_NONE) {
            fail_msg("seed %llu: event %u has fate %d", (unsigned long long)seed, own,
                     (int)trace->fate);
        }
        sequence_trace_free(trace);
    }
    sequence_run_free(run);
    arena_free(arena);
}

TEST(who_is_in_a_match_has_completed_and_nobody_else)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        check_random(seed);
    }
}

RUN_TESTS(CASE(the_fate_of_an_event), CASE(the_fate_of_an_event_where_nothing_gives_way),
          CASE(what_may_still_be_forbidden_is_undecided), CASE(steps_tell_the_story_of_the_key),
          CASE(an_event_meets_all_that_wait),
          CASE(the_nearest_steps_are_kept_and_the_others_counted),
          CASE(who_is_in_a_match_has_completed_and_nobody_else))
