#include "unit.h"

#include <signal.h>
#include <sys/resource.h>

#include "match/hit_sorter.h"
#include "random.h"

/* Each hit's place.line is its number, so that a hit can be told apart from its equals. */
typedef struct Sample {
    Arena *arena;
    Hit *hits;
    uint32_t count;
} Sample;

static Str random_bytes(Random *random, Arena *arena, uint32_t most)
{
    uint32_t len = random_below(random, most + 1);
    char *bytes = ARENA_MANY(arena, char, len);
    for (uint32_t i = 0; i < len; i++) {
        bytes[i] = (char)(random_below(random, 3) * 127);
    }
    return (Str){bytes, len};
}

/* Few distinct times and tiebreakers, so that each part of the order decides now and then. */
static Sample make_sample(uint64_t seed, uint32_t count)
{
    Random random = {seed};
    Arena *arena = arena_new();
    Sample sample = {arena, ARENA_MANY(arena, Hit, count), count};
    for (uint32_t i = 0; i < count; i++) {
        bool large = random_below(&random, 200) == 0;
        sample.hits[i] = (Hit){
            .time = (int64_t)random_below(&random, 9) - 4,
            .time_fine = random_below(&random, 3),
            .place = {.input = random_below(&random, 2),
                      .offset = (uint64_t)i * 10,
                      .line = i,
                      .len = 10},
            .query = random_below(&random, 3),
            .stage = (uint16_t)random_below(&random, 4),
            .key_tuples = (uint16_t)random_below(&random, 3),
            .tiebreaker = random_bytes(&random, arena, 12),
            .keys = random_bytes(&random, arena, large ? 5000 : 40),
            .cases = (uint16_t)random_next(&random),
            .process = random_bytes(&random, arena, 30),
            .parent = random_bytes(&random, arena, large ? 3000 : 10),
        };
    }
    return sample;
}

static int compare_pointers(const void *a, const void *b)
{
    return hit_compare(*(const Hit *const *)a, *(const Hit *const *)b);
}

typedef struct Check {
    const Hit **expected;
    uint32_t count, next;
    uint32_t stop_at;
} Check;

static bool take_checked(void *context, const Hit *hit, Err *err)
{
    Check *check = context;
    if (check->next == check->stop_at) {
        return err_set(err, ERR_LIMIT, "enough");
    }
    assert_true(check->next < check->count);
    const Hit *expected = check->expected[check->next++];
    assert_int_equal(hit->place.line, expected->place.line);
    assert_int_equal(hit->place.offset, expected->place.offset);
    assert_int_equal(hit->place.input, expected->place.input);
    assert_int_equal(hit->place.len, expected->place.len);
    assert_true(hit->time == expected->time && hit->time_fine == expected->time_fine);
    assert_true(hit->query == expected->query && hit->stage == expected->stage);
    assert_int_equal(hit->key_tuples, expected->key_tuples);
    assert_true(str_equal(hit->tiebreaker, expected->tiebreaker));
    assert_true(str_equal(hit->keys, expected->keys));
    assert_int_equal(hit->cases, expected->cases);
    assert_true(str_equal(hit->process, expected->process));
    assert_true(str_equal(hit->parent, expected->parent));
    return true;
}

static Check expect_sorted(const Sample *sample)
{
    Check check = {.expected = ARENA_MANY(sample->arena, const Hit *, sample->count),
                   .count = sample->count,
                   .stop_at = UINT32_MAX};
    for (uint32_t i = 0; i < sample->count; i++) {
        check.expected[i] = &sample->hits[i];
    }
    qsort(check.expected, sample->count, sizeof(Hit *), compare_pointers);
    return check;
}

static void fill(const Sample *sample, Random *random, HitSorter **sorters, uint32_t count)
{
    Err err = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        assert_true(hit_sorter_add(sorters[random_below(random, count)], &sample->hits[i], &err));
    }
}

static void run_round(uint64_t seed, uint32_t hits, size_t budget, uint32_t sorter_count)
{
    Random random = {seed};
    Sample sample = make_sample(seed, hits);
    HitSorter *sorters[80];
    for (uint32_t i = 0; i < sorter_count; i++) {
        sorters[i] = hit_sorter_new(budget);
    }
    fill(&sample, &random, sorters, sorter_count);
    Check check = expect_sorted(&sample);
    Err err = {0};
    /* Twice: a merge takes nothing away. */
    for (int round = 0; round < 2; round++) {
        check.next = 0;
        assert_true(hit_sorter_merge(sorters, sorter_count, take_checked, &check, &err));
        assert_int_equal(check.next, hits);
    }
    uint64_t count = 0;
    for (uint32_t i = 0; i < sorter_count; i++) {
        count += hit_sorter_count(sorters[i]);
        hit_sorter_free(sorters[i]);
    }
    assert_int_equal(count, hits);
    arena_free(sample.arena);
}

TEST(any_split_and_any_budget_gives_the_order_of_qsort)
{
    static const size_t BUDGETS[] = {0, 100, 2000, 5000, 30000, (size_t)1 << 30};
    Random random = {7};
    for (uint64_t seed = 1; seed <= 240; seed++) {
        run_round(seed, random_below(&random, 300), BUDGETS[seed % ARRAY_LEN(BUDGETS)],
                  1 + random_below(&random, 5));
    }
}

TEST(more_runs_and_sorters_than_are_merged_at_once)
{
    run_round(1, 9000, 0, 1); /* a run a hit: two passes and the last merge */
    run_round(2, 600, 0, 80);
    run_round(3, 0, 0, 80);
}

TEST(nothing_is_spilled_within_the_budget_and_all_of_it_without_one)
{
    Sample sample = make_sample(5, 100);
    Err err = {0};
    Random random = {1};
    HitSorter *roomy = hit_sorter_new((size_t)1 << 24);
    HitSorter *narrow = hit_sorter_new(0);
    fill(&sample, &random, &roomy, 1);
    fill(&sample, &random, &narrow, 1);
    assert_int_equal(hit_sorter_spilled_bytes(roomy), 0);
    uint64_t spilled = hit_sorter_spilled_bytes(narrow);
    assert_true(spilled > 99 * (uint64_t)64); /* the last one is still in memory */
    Check check = expect_sorted(&sample);
    assert_true(hit_sorter_merge(&narrow, 1, take_checked, &check, &err));
    assert_true(hit_sorter_spilled_bytes(narrow) > spilled);
    hit_sorter_free(roomy);
    hit_sorter_free(narrow);
    hit_sorter_free(NULL);
    arena_free(sample.arena);
}

TEST(the_taker_can_stop_it)
{
    Sample sample = make_sample(6, 50);
    Random random = {1};
    HitSorter *sorters[] = {hit_sorter_new(0), hit_sorter_new((size_t)1 << 20)};
    fill(&sample, &random, sorters, 2);
    for (uint32_t stop = 0; stop < 50; stop += 7) {
        Check check = expect_sorted(&sample);
        check.stop_at = stop;
        Err err = {0};
        assert_false(hit_sorter_merge(sorters, 2, take_checked, &check, &err));
        assert_int_equal(check.next, stop);
        assert_string_equal(err.text, "enough");
    }
    hit_sorter_free(sorters[0]);
    hit_sorter_free(sorters[1]);
    arena_free(sample.arena);
}

TEST(no_room_for_temporary_files_is_an_error)
{
    Sample sample = make_sample(8, 2);
    HitSorter *sorter = hit_sorter_new(0);
    Err err = {0};
    const char *before = getenv("TMPDIR");
    before = before == NULL ? NULL : str_to_c(sample.arena, str_from_c(before));
    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_true(hit_sorter_add(sorter, &sample.hits[0], &err));
    assert_false(hit_sorter_add(sorter, &sample.hits[1], &err));
    assert_int_equal(err.code, ERR_IO);
    if (before == NULL) {
        unsetenv("TMPDIR");
    } else {
        setenv("TMPDIR", before, 1);
    }
    hit_sorter_free(sorter);
    arena_free(sample.arena);
}

static bool take_nothing(void *context, const Hit *hit, Err *err)
{
    (void)context;
    (void)hit;
    (void)err;
    return true;
}

/* Fills and merges while no file may grow past `bytes`. */
static bool survives(const Sample *sample, rlim_t bytes, Err *err)
{
    const struct rlimit narrow = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
    const struct rlimit wide = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    HitSorter *sorter = hit_sorter_new(600);
    bool ok = true;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &narrow), 0);
    for (uint32_t i = 0; i < sample->count && ok; i++) {
        ok = hit_sorter_add(sorter, &sample->hits[i], err);
    }
    ok = ok && hit_sorter_merge(&sorter, 1, take_nothing, NULL, err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &wide), 0);
    hit_sorter_free(sorter);
    return ok;
}

TEST(a_full_disk_is_an_error_wherever_it_happens)
{
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    if (before.rlim_max != RLIM_INFINITY) {
        skip();
    }
    signal(SIGXFSZ, SIG_IGN);
    Sample sample = make_sample(9, 500);
    uint32_t failures = 0;
    Err err = {0};
    assert_true(survives(&sample, RLIM_INFINITY, &err));
    for (rlim_t bytes = 0; bytes < 60000; bytes += 1100) {
        err = (Err){0};
        if (!survives(&sample, bytes, &err)) {
            assert_int_equal(err.code, ERR_IO);
            failures++;
        }
    }
    assert_true(failures > 20);
    arena_free(sample.arena);
}

/* What was told and taken so far: hits are told in order, each some hits ahead. */
typedef struct Ahead {
    uint64_t told, taken;
} Ahead;

static void note_told(void *context, const Hit *hit)
{
    Ahead *ahead = context;
    assert_true(hit->place.offset > ahead->taken);
    ahead->told++;
}

static bool note_taken(void *context, const Hit *hit, Err *err)
{
    (void)err;
    Ahead *ahead = context;
    assert_int_equal(hit->place.offset, ahead->taken);
    ahead->taken++;
    return true;
}

TEST(hits_in_memory_are_told_before_they_are_taken)
{
    HitSorter *sorter = hit_sorter_new((size_t)1 << 20);
    Err err = {0};
    for (uint64_t i = 100; i-- > 0;) {
        assert_true(hit_sorter_add(sorter, &(Hit){.time = (int64_t)i, .place.offset = i}, &err));
    }
    Ahead ahead = {0};
    assert_true(hit_sorter_merge_ahead(&sorter, 1, note_taken, note_told, &ahead, &err));
    assert_int_equal(ahead.taken, 100);
    assert_in_range(ahead.told, 50, 99);
    hit_sorter_free(sorter);
}

RUN_TESTS(CASE(hits_in_memory_are_told_before_they_are_taken),
          CASE(any_split_and_any_budget_gives_the_order_of_qsort),
          CASE(more_runs_and_sorters_than_are_merged_at_once),
          CASE(nothing_is_spilled_within_the_budget_and_all_of_it_without_one),
          CASE(the_taker_can_stop_it), CASE(a_full_disk_is_an_error_wherever_it_happens),
          CASE(no_room_for_temporary_files_is_an_error))
