#include "unit.h"

#include "match/hit_sieve.h"

#define ROOMY   ((size_t)1 << 20)
#define WORKERS 2

/* Stages as letters: 'p', or 'm' for one that must be missing. Hits as a stage, 'u' for until, and a letter for each key
 * tuple: "0a 1ab". */
typedef struct Case {
    QueryPlanKind kind;
    const char *stages;
    uint32_t key_count;
    const char *hits;
    const char *kept;
} Case;

static const Case CASES[] = {
    {QUERY_SEQUENCE, "pp", 1, "0a 1b 0b 0a 0c 1c", "1b 0b 0c 1c"},
    {QUERY_SEQUENCE, "pp", 1, "1a 1a 1a 1b 1c 0c 0b", "1b 1c 0c 0b"},
    {QUERY_SEQUENCE, "pp", 1, "0a 0b 0c", ""},
    {QUERY_SEQUENCE, "pp", 1, "1a ua", ""},
    {QUERY_SEQUENCE, "pp", 1, "0a ub 1a ua", "0a 1a ua"},
    {QUERY_SEQUENCE, "ppp", 1, "0a 0b 1a 1b 1c 2a 2c 2c 2d", "0a 0b 1a 1b 2a"},
    {QUERY_SEQUENCE, "ppp", 1, "0a 0b 1a 1b", ""},
    {QUERY_SEQUENCE, "pp", 1, "0ab 1b 1c 1a 0de 0xc", "0ab 1b 1c 1a 0xc"},
    {QUERY_SEQUENCE, "pp", 1, "0xy 1ax 1a 1aa", "0xy 1ax"},
    {QUERY_SEQUENCE, "pp", 0, "0- 1- 0-", "0- 1- 0-"},
    {QUERY_SEQUENCE, "pp", 0, "0- 0-", ""},
    {QUERY_SEQUENCE, "p", 1, "0a 0b 0c", "0a 0b 0c"},
    /* What must be missing keeps all, but it is no stage that has to occur. */
    {QUERY_SEQUENCE, "pmp", 1, "0a 1b 2c", "0a 1b 2c"},
    {QUERY_SEQUENCE, "pm", 1, "0a", "0a"},
    {QUERY_SEQUENCE, "pm", 1, "1a 1b", ""},
    {QUERY_SEQUENCE, "pmp", 1, "0a 1a", ""},
    {QUERY_SAMPLE, "pp", 1, "0a 1b 0bc 1d 1ca 0e", "0a 1a 0b 1b 0c 1c 0e"},
    {QUERY_SAMPLE, "pp", 1, "0a 0b", ""},
};

typedef struct Bench {
    Arena *arena;
    PlanSet plan;
    QueryPlan query;
    HeldHits *held[WORKERS];
    Buffer kept;
} Bench;

static void set_plan(Bench *bench, const Case *what)
{
    uint32_t count = (uint32_t)strlen(what->stages);
    Stage *stages = ARENA_MANY(bench->arena, Stage, count);
    for (uint32_t i = 0; i < count; i++) {
        stages[i].missing = what->stages[i] == 'm';
    }
    bench->query = (QueryPlan){
        .kind = what->kind, .stages = stages, .stage_count = count, .key_count = what->key_count};
    bench->plan = (PlanSet){.queries = &bench->query, .query_count = 1};
}

/* "-": no key, which is one tuple of nothing. */
static void set_keys(Hit *hit, Str letters, Buffer *keys)
{
    buffer_clear(keys);
    for (size_t i = 0; i < letters.len; i++) {
        if (letters.ptr[i] != '-') {
            Value value = {.kind = VALUE_STRING, .text = str_slice(letters, i, i + 1)};
            value_append_key(keys, &value);
        }
        hit->key_tuples++;
    }
    hit->keys = buffer_str(keys);
}

static void add(HeldHits *held, Str text, uint32_t line)
{
    Err err = {0};
    Buffer keys = {0};
    Hit hit = {.time = line, .time_fine = line, .place.line = line, .tiebreaker = STR("t")};
    uint16_t stage = text.ptr[0] == 'u' ? HIT_UNTIL : (uint16_t)(text.ptr[0] - '0');
    set_keys(&hit, str_slice(text, 1, text.len), &keys);
    if (held_hits_is_full(held)) {
        assert_true(held_hits_spill(held, &err));
    }
    HeldHit small = {.key = held_hits_key(held, &hit)};
    small.moment = held_hits_moment(held, &hit);
    held_hits_add(held, 0, stage, small);
    buffer_done(&keys);
}

static void add_all(Bench *bench, const char *hits)
{
    Str list[32];
    Str text = str_from_c(hits);
    size_t count = 0;
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        end = at;
        while (end < text.len && text.ptr[end] != ' ') {
            end++;
        }
        list[count++] = str_slice(text, at, end);
    }
    for (uint32_t i = 0; i < count; i++) {
        add(bench->held[i % WORKERS], list[i], i);
    }
}

static bool note(void *context, const Hit *hit, Err *err)
{
    (void)err;
    Bench *bench = context;
    bool sample = hit->time == HIT_TIME_SAMPLE;
    Str rest = sample ? hit_sample_key(hit) : hit->keys;
    buffer_append_format(&bench->kept, "%s", bench->kept.len > 0 ? " " : "");
    if (hit->stage == HIT_UNTIL) {
        buffer_append_byte(&bench->kept, 'u');
    } else {
        buffer_append_format(&bench->kept, "%u", hit->stage);
    }
    assert_true(sample ||
                (hit->time == (int64_t)hit->place.line && str_equal(hit->tiebreaker, STR("t"))));
    if (rest.len == 0) {
        buffer_append_byte(&bench->kept, '-');
    }
    while (rest.len > 0) {
        Value value = value_read_key(bench->arena, &rest);
        buffer_append(&bench->kept, value.text);
    }
    return true;
}

static void sift(Bench *bench, bool keep_all)
{
    Err err = {0};
    HitSorter *sorters[WORKERS];
    for (size_t i = 0; i < WORKERS; i++) {
        assert_true(held_hits_end(bench->held[i], &err));
    }
    HitSieve *sieve = hit_sieve_new(&bench->plan, bench->held, WORKERS, keep_all, &err);
    assert_non_null(sieve);
    for (size_t i = 0; i < WORKERS; i++) {
        sorters[i] = hit_sorter_new(ROOMY);
        assert_true(hit_sieve_sift(sieve, bench->held[i], sorters[i], &err));
    }
    assert_true(hit_sorter_merge(sorters, WORKERS, note, bench, &err));
    for (size_t i = 0; i < WORKERS; i++) {
        hit_sorter_free(sorters[i]);
    }
    hit_sieve_free(sieve);
}

/* A budget of nothing puts each hit into a part of its own, in a file. */
static void check(const Case *what, size_t budget, bool keep_all, const char *expected)
{
    Bench bench = {.arena = arena_new()};
    set_plan(&bench, what);
    for (size_t i = 0; i < WORKERS; i++) {
        bench.held[i] = held_hits_new(&bench.plan, budget, 7);
    }
    add_all(&bench, what->hits);
    sift(&bench, keep_all);
    assert_true(str_equal(buffer_str(&bench.kept), str_from_c(expected)));
    for (size_t i = 0; i < WORKERS; i++) {
        held_hits_free(bench.held[i]);
    }
    buffer_done(&bench.kept);
    arena_free(bench.arena);
}

TEST(only_hits_that_may_be_part_of_a_match_are_kept)
{
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        check(&CASES[i], ROOMY, false, CASES[i].kept);
        check(&CASES[i], 0, false, CASES[i].kept);
    }
}

TEST(who_wants_all_gets_all)
{
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        bool sequence = CASES[i].kind == QUERY_SEQUENCE;
        check(&CASES[i], ROOMY, true,
              sequence                   ? CASES[i].hits
              : CASES[i].kept[0] == '\0' ? "0a 0b"
                                         : "0a 1a 0b 1b 0c 1c 1d 0e");
    }
}

TEST(more_keys_than_are_compared_keep_all)
{
    Bench bench = {.arena = arena_new()};
    set_plan(&bench, &CASES[0]);
    Err err = {0};
    HitSorter *sorter = hit_sorter_new((size_t)64 << 20);
    HeldHits *held = held_hits_new(&bench.plan, (size_t)64 << 20, 7);
    enum { MANY = (1 << 17) + 1 };
    for (uint32_t i = 0; i < 2 * MANY; i++) {
        uint16_t stage = i < MANY ? 0 : 1;
        Hit hit = {.time = i, .key_tuples = 1, .keys = {(const char *)&i, sizeof i}};
        HeldHit small = {.key = held_hits_key(held, &hit)};
        small.moment = held_hits_moment(held, &hit);
        held_hits_add(held, 0, stage, small);
    }
    HitSieve *sieve = hit_sieve_new(&bench.plan, &held, 1, false, &err);
    assert_non_null(sieve);
    assert_true(hit_sieve_sift(sieve, held, sorter, &err));
    assert_int_equal(hit_sorter_count(sorter), 2 * MANY);
    hit_sieve_free(sieve);
    held_hits_free(held);
    hit_sorter_free(sorter);
    arena_free(bench.arena);
}

RUN_TESTS(CASE(only_hits_that_may_be_part_of_a_match_are_kept), CASE(who_wants_all_gets_all),
          CASE(more_keys_than_are_compared_keep_all))
