/* Measures sequences alone: what a hit costs while many keys are unfinished. Figures are CPU time of this thread, the best of
 * some rounds; one line each: what, live keys, nanoseconds a hit. */
#include <time.h>

#include "event/value.h"
#include "match/sequence.h"

#define ROUNDS 3
#define HITS   400000u
#define AHEAD  16 /* as a sorter tells of hits */

typedef struct Dice {
    uint64_t state;
} Dice;

static uint32_t roll(Dice *dice, uint32_t sides)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((dice->state >> 32) * sides >> 32);
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Keys as process.entity_id makes them: texts of 40 bytes, of a fixed length once they are keys. */
typedef struct Keys {
    char *bytes;
    size_t len;
} Keys;

static Keys make_keys(uint32_t count)
{
    Buffer out = {0};
    for (uint32_t i = 0; i < count; i++) {
        char text[48];
        snprintf(text, sizeof text, "{%08x-9d2e-65f1-%04x-%016x}", i * 2654435761u, i & 0xffff, i);
        Value value = value_string((Str){text, 38});
        value_append_key(&out, &value);
    }
    return (Keys){out.ptr, out.len / count};
}

static bool ignore(void *context, const SequenceMatch *match, Err *err)
{
    (void)err;
    *(uint64_t *)context += match->event_count;
    return true;
}

/* What comes: hits one after another in memory, as a sorter gives them. */
typedef struct Step {
    uint16_t stage;
    bool other_key; /* one that is not live */
} Step;

typedef struct Case {
    const char *name;
    Step steps[2]; /* in turn; each pair has the same key */
} Case;

typedef struct Bench {
    SequenceRun *run;
    size_t key_len;
    int64_t time;
    uint64_t matched;
} Bench;

static Hit hit_of(const Bench *bench, uint16_t stage, const char *key)
{
    return (Hit){.time = bench->time,
                 .place = {.offset = (uint64_t)bench->time, .len = 1000},
                 .stage = stage,
                 .key_tuples = 1,
                 .keys = {key, bench->key_len}};
}

static void offer(Bench *bench, uint16_t stage, const char *key)
{
    Err err = {0};
    bench->time++;
    Hit hit = hit_of(bench, stage, key);
    if (!sequence_run_offer(bench->run, &hit, ignore, &bench->matched, &err)) {
        abort();
    }
}

static char *draw_hits(const Keys *keys, uint32_t live, const Case *one)
{
    Dice dice = {7};
    char *hits = malloc(HITS * keys->len);
    uint32_t key = 0;
    if (hits == NULL) {
        out_of_memory(HITS * keys->len);
    }
    for (uint32_t i = 0; i < HITS; i++) {
        key = i % 2 == 0 ? roll(&dice, live) : key;
        uint32_t from = one->steps[i % 2].other_key ? live : 0;
        memcpy(hits + i * keys->len, keys->bytes + (size_t)(from + key) * keys->len, keys->len);
    }
    return hits;
}

static double measure(const Keys *keys, uint32_t live, int64_t maxspan, const Case *one)
{
    QueryPlan query = {.kind = QUERY_SEQUENCE,
                       .stages = (Stage[2]){{0}},
                       .stage_count = 2,
                       .key_count = 1,
                       .maxspan_ns = maxspan};
    SequenceLimits limits = {.max_open = 4000000, .max_bytes = (size_t)2 << 30};
    Bench bench = {.run = sequence_run_new(&query, &limits), .key_len = keys->len};
    char *hits = draw_hits(keys, live, one);
    for (uint32_t i = 0; i < live; i++) {
        offer(&bench, 0, keys->bytes + i * keys->len);
    }
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double before = cpu_seconds();
        for (uint32_t i = 0; i < HITS; i++) {
            if (i + AHEAD < HITS) {
                Hit later = hit_of(&bench, 0, hits + (i + AHEAD) * keys->len);
                sequence_run_expect(bench.run, &later);
            }
            offer(&bench, one->steps[i % 2].stage, hits + i * keys->len);
        }
        double took = cpu_seconds() - before;
        best = took < best ? took : best;
    }
    sequence_run_free(bench.run);
    free(hits);
    return best * 1e9 / HITS;
}

int main(void)
{
    static const Case CASES[] = {
        {"sequence starts again", {{0, false}, {0, false}}},
        {"sequence completes and starts", {{1, false}, {0, false}}},
        {"sequence has no such key", {{1, true}, {1, true}}},
    };
    static const uint32_t LIVE[] = {1000, 100000, 1000000};
    for (size_t i = 0; i < ARRAY_LEN(LIVE); i++) {
        Keys keys = make_keys(LIVE[i] * 2);
        for (size_t at = 0; at < ARRAY_LEN(CASES); at++) {
            double ns = measure(&keys, LIVE[i], INT64_MAX, &CASES[at]);
            printf("%-34s %8u  %8.1f ns/hit\n", CASES[at].name, LIVE[i], ns);
        }
        free(keys.bytes);
    }
    return 0;
}
