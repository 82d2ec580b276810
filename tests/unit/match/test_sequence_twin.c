#include "unit.h"

#include "match/sequence_plain.h"
#include "random.h"

/* SequenceRun and its plain twin see the same random stream and must tell the same. */

typedef struct Story {
    Random random;
    Stage stages[6];
    QueryPlan query;
    SequenceLimits limits;
    uint32_t keys; /* how many different ones */
    bool until;
    int64_t unit; /* of time: such that some events are of the same millisecond, or none */
} Story;

typedef struct Told {
    Buffer text;
} Told;

static bool tell(void *context, const SequenceMatch *match, Err *err)
{
    (void)err;
    Told *told = context;
    buffer_append_format(&told->text, "[%u ", match->event_count);
    buffer_append(&told->text, match->key);
    for (uint32_t i = 0; i < match->event_count; i++) {
        const SequenceEvent *event = &match->events[i];
        buffer_append_format(&told->text, event->missing ? " -" : " %llu@%lld",
                             (unsigned long long)event->place.offset, (long long)event->time);
    }
    buffer_append(&told->text, STR("]"));
    return true;
}

/* At least one stage wants an event. */
static void miss_stages(Story *story)
{
    uint32_t wanted = random_below(&story->random, story->query.stage_count);
    for (uint32_t i = 0; i < story->query.stage_count; i++) {
        story->stages[i].missing = i != wanted && random_below(&story->random, 2) == 0;
    }
}

static void random_story(Story *story, uint64_t seed)
{
    *story = (Story){.random = {seed}};
    Random *random = &story->random;
    story->unit = (int64_t[]){1, 400000, 1000000}[random_below(random, 3)];
    story->query = (QueryPlan){
        .kind = QUERY_SEQUENCE,
        .stages = story->stages,
        .stage_count = 2 + random_below(random, 5),
        .key_count = random_below(random, 3),
        .maxspan_ns =
            random_below(random, 2) == 0 ? 0 : (1 + random_below(random, 30)) * story->unit,
    };
    story->query.matches =
        (SequenceMatches)random_below(random, story->query.maxspan_ns > 0 ? 3 : 2);
    if (story->query.maxspan_ns > 0 && random_below(random, 2) == 0) {
        miss_stages(story);
    }
    story->keys = 1 + random_below(random, 6);
    story->until = random_below(random, 2) == 0;
    story->limits.max_open = random_below(random, 3) == 0 ? 1 + random_below(random, 5) : 0;
    story->limits.max_waiting = random_below(random, 3) == 0 ? 1 + random_below(random, 5) : 0;
}

static Value random_key(Story *story)
{
    static const char NAMES[] = "abcdef";
    uint32_t key = random_below(&story->random, story->keys);
    switch (key % 3) {
    case 0: return value_null();
    case 1: return value_int(key);
    default: return value_string((Str){NAMES + key, 1});
    }
}

static void append_tuples(Story *story, Hit *hit, Buffer *keys)
{
    buffer_clear(keys);
    hit->key_tuples = 1;
    if (random_below(&story->random, 4) == 0) {
        hit->key_tuples = (uint16_t)random_below(&story->random, 5);
    }
    for (uint32_t i = 0; i < hit->key_tuples * story->query.key_count; i++) {
        Value value = random_key(story);
        value_append_key(keys, &value);
    }
    hit->keys = buffer_str(keys);
}

static void offer_both(SequenceRun *run, SequencePlain *plain, const Hit *hit)
{
    Told fast = {0};
    Told slow = {0};
    Err err = {0};
    sequence_run_expect(run, hit);
    assert_true(sequence_run_offer(run, hit, tell, &fast, &err));
    assert_true(sequence_plain_offer(plain, hit, tell, &slow, &err));
    assert_true(str_equal(buffer_str(&fast.text), buffer_str(&slow.text)));
    assert_int_equal(sequence_run_evicted(run), sequence_plain_evicted(plain));
    buffer_done(&fast.text);
    buffer_done(&slow.text);
}

static void finish_both(SequenceRun *run, SequencePlain *plain, int64_t end)
{
    Told fast = {0};
    Told slow = {0};
    Err err = {0};
    assert_true(sequence_run_finish_at(run, end, tell, &fast, &err));
    assert_true(sequence_plain_finish_at(plain, end, tell, NULL, &slow, &err));
    assert_true(str_equal(buffer_str(&fast.text), buffer_str(&slow.text)));
    assert_int_equal(sequence_run_stats(run).undecided, sequence_plain_undecided(plain));
    buffer_done(&fast.text);
    buffer_done(&slow.text);
}

static void play(uint64_t seed)
{
    Story story;
    random_story(&story, seed);
    SequenceRun *run = sequence_run_new(&story.query, &story.limits);
    SequencePlain *plain = sequence_plain_new(&story.query, &story.limits);
    Buffer keys = {0};
    Hit hit = {.time = -20};
    for (uint32_t event = 0; event < 120; event++) {
        hit.time +=
            (int64_t)random_below(&story.random, 3) * random_below(&story.random, 6) * story.unit;
        hit.place.offset = event;
        for (uint32_t stage = story.query.stage_count; stage-- > 0;) {
            if (random_below(&story.random, story.query.stage_count) == 0) {
                hit.stage = (uint16_t)stage;
                append_tuples(&story, &hit, &keys);
                offer_both(run, plain, &hit);
            }
        }
        if (story.until && random_below(&story.random, 12) == 0) {
            hit.stage = HIT_UNTIL;
            append_tuples(&story, &hit, &keys);
            offer_both(run, plain, &hit);
        }
    }
    int64_t later = random_below(&story.random, 40) * story.unit;
    finish_both(run, plain, random_below(&story.random, 3) == 0 ? SEQUENCE_OVER : hit.time + later);
    buffer_done(&keys);
    sequence_run_free(run);
    sequence_plain_free(plain);
}

TEST(both_matchers_agree_on_random_streams)
{
    for (uint64_t seed = 1; seed <= 4000; seed++) {
        play(seed);
    }
}

TEST(the_plain_one_tells_what_it_found)
{
    QueryPlan query = {.kind = QUERY_SEQUENCE, .stages = (Stage[2]){{0}}, .stage_count = 2};
    SequencePlain *plain = sequence_plain_new(&query, &(SequenceLimits){0});
    Told told = {0};
    Err err = {0};
    assert_true(sequence_plain_offer(plain, &(Hit){.time = 1}, tell, &told, &err));
    assert_true(sequence_plain_offer(plain, &(Hit){.time = 2, .place.offset = 1, .stage = 1}, tell,
                                     &told, &err));
    assert_true(str_equal(buffer_str(&told.text), STR("[2  0@1 1@2]")));
    buffer_done(&told.text);
    sequence_plain_free(plain);
    sequence_plain_free(NULL);
}

RUN_TESTS(CASE(both_matchers_agree_on_random_streams), CASE(the_plain_one_tells_what_it_found))
