#include "unit.h"

#include "detect/matcher.h"

static const Stage TWO[2];

/* Query 0 asks for single events, query 1 for two in a row; each takes the pipes of the case. */
typedef struct Case {
    const char *pipes; /* "h3" head 3, "t2" tail 2; one after another */
    const char *size;  /* "h4" or "t4": the request's size and end; "" = none */
    const char *hits;  /* "a0 a1": query's letter and event; sequences: "b0+" begins, "b1." ends */
    const char *offered;  /* what comes out while hits are offered */
    const char *finished; /* and at the end */
} Case;

static bool tell(void *context, const Match *match, Err *err)
{
    (void)err;
    Buffer *told = context;
    buffer_append_format(told, "%s%c", told->len == 0 ? "" : " ", "abc"[match->query]);
    for (uint32_t i = 0; i < match->event_count; i++) {
        buffer_append_format(told, "%llu", (unsigned long long)match->events[i].place.offset);
    }
    buffer_append(told, match->key);
    return true;
}

static Pipe pipe_of(const char *text)
{
    return (Pipe){.kind = text[0] == 't' ? PIPE_TAIL : PIPE_HEAD,
                  .count = (uint64_t)(text[1] - '0')};
}

static void expect(Buffer *told, const char *expected)
{
    buffer_append_byte(told, '\0');
    assert_string_equal(told->ptr, expected);
    buffer_clear(told);
}

static void offer_all(Matcher *matcher, const char *text, Buffer *told)
{
    Str hits = str_from_c(text);
    for (Str one; str_split(&hits, ' ', &one);) {
        Hit hit = {
            .time = one.ptr[1],
            .place.offset = (uint64_t)(one.ptr[1] - '0'),
            .query = (uint32_t)(one.ptr[0] - 'a'),
            .stage = one.len > 2 && one.ptr[2] == '.',
            .key_tuples = 1,
            .keys = STR("k"),
        };
        Err err = {0};
        assert_true(matcher_offer(matcher, &hit, tell, told, &err));
    }
}

static void check(const Case *one, bool plain)
{
    Pipe pipes[4];
    uint32_t pipe_count = 0;
    for (const char *text = one->pipes; *text != '\0'; text += 2) {
        pipes[pipe_count++] = pipe_of(text);
    }
    const QueryPlan queries[] = {
        {.kind = QUERY_EVENT, .stage_count = 1, .pipes = pipes, .pipe_count = pipe_count},
        {.kind = QUERY_SEQUENCE,
         .stages = (Stage[2]){{0}},
         .stage_count = 2,
         .key_count = 1,
         .pipes = pipes,
         .pipe_count = pipe_count},
    };
    PlanSet plan = {.queries = queries, .query_count = 2};
    MatcherOptions options = {.plain = plain, .has_size = one->size[0] != '\0'};
    if (options.has_size) {
        options.head = one->size[0] == 'h';
        options.size = pipe_of(one->size).count;
    }
    Matcher *matcher = matcher_new(&plan, &options);
    Buffer told = {0};
    offer_all(matcher, one->hits, &told);
    expect(&told, one->offered);
    Err err = {0};
    assert_true(matcher_finish(matcher, tell, &told, &err));
    expect(&told, one->finished);
    matcher_free(matcher);
    buffer_done(&told);
}

static void check_all(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check(&cases[i], false);
        check(&cases[i], true);
    }
}

#define FIVE  "a1 a2 a3 a4 a5"
#define MIXED "b1+ a2 b2. a3 b4+ b5. a6 b7+ b8."

TEST(matches_come_in_order_of_their_last_event)
{
    const Case cases[] = {{"", "", MIXED, "a2 b12k a3 b45k a6 b78k", ""}};
    check_all(cases, ARRAY_LEN(cases));
}

TEST(head_and_tail_cut_one_after_another)
{
    const Case cases[] = {
        {"h2", "", FIVE, "a1 a2", ""},
        {"h9", "", FIVE, "a1 a2 a3 a4 a5", ""},
        {"h0", "", FIVE, "", ""},
        {"t2", "", FIVE, "", "a4 a5"},
        {"t9", "", FIVE, "", "a1 a2 a3 a4 a5"},
        {"t0", "", FIVE, "", ""},
        {"t3h2", "", FIVE, "", "a3 a4"},
        {"h3t2", "", FIVE, "", "a2 a3"},
        {"t4t3h2h1", "", FIVE, "", "a3"},
        {"h4t3h2t1", "", FIVE, "", "a3"},
    };
    check_all(cases, ARRAY_LEN(cases));
}

TEST(size_comes_before_the_first_pipe_as_its_kind)
{
    const Case cases[] = {
        {"", "h2", FIVE, "a1 a2", ""},   {"", "t2", FIVE, "", "a4 a5"},
        {"h9", "t2", FIVE, "a1 a2", ""}, {"t9", "h2", FIVE, "", "a4 a5"},
        {"t9h1", "h2", FIVE, "", "a4"},  {"", "h0", FIVE, "", ""},
    };
    check_all(cases, ARRAY_LEN(cases));
}

TEST(each_query_is_cut_for_itself)
{
    const Case cases[] = {
        {"h2", "", MIXED, "a2 b12k a3 b45k", ""},
        {"t2", "", MIXED, "", "a3 a6 b45k b78k"},
    };
    check_all(cases, ARRAY_LEN(cases));
}

TEST(a_ring_that_has_turned_grows_in_order)
{
    Pipe pipe = {.kind = PIPE_TAIL, .count = 20};
    QueryPlan query = {.kind = QUERY_EVENT, .stage_count = 1, .pipes = &pipe, .pipe_count = 1};
    PlanSet plan = {.queries = &query, .query_count = 1};
    Matcher *matcher = matcher_new(&plan, &(MatcherOptions){0});
    Buffer told = {0};
    Buffer expected = {0};
    Err err = {0};
    for (uint32_t i = 1; i <= 50; i++) {
        Hit hit = {.time = i, .place.offset = i};
        assert_true(matcher_offer(matcher, &hit, tell, &told, &err));
        if (i > 30) {
            buffer_append_format(&expected, "%sa%u", i == 31 ? "" : " ", i);
        }
    }
    assert_true(matcher_finish(matcher, tell, &told, &err));
    assert_true(str_equal(buffer_str(&told), buffer_str(&expected)));
    buffer_done(&told);
    buffer_done(&expected);
    matcher_free(matcher);
}

static bool refuse(void *context, const Match *match, Err *err)
{
    (void)context;
    (void)match;
    return err_set(err, ERR_IO, "no room");
}

TEST(a_refusal_stops_and_nothing_is_lost_from_memory)
{
    Pipe pipe = {.kind = PIPE_TAIL, .count = 3};
    const QueryPlan queries[] = {
        {.kind = QUERY_EVENT, .stage_count = 1},
        {.kind = QUERY_EVENT, .stage_count = 1, .pipes = &pipe, .pipe_count = 1},
    };
    PlanSet plan = {.queries = queries, .query_count = 2};
    Matcher *matcher = matcher_new(&plan, &(MatcherOptions){0});
    Err err = {0};
    assert_false(matcher_offer(matcher, &(Hit){.query = 0}, refuse, NULL, &err));
    assert_true(matcher_offer(matcher, &(Hit){.query = 1}, refuse, NULL, &err));
    assert_true(matcher_offer(matcher, &(Hit){.query = 1, .time = 1}, refuse, NULL, &err));
    assert_false(matcher_finish(matcher, refuse, NULL, &err));
    assert_string_equal(err.text, "no room");
    matcher_free(matcher);
    matcher_free(NULL);
}

TEST(evicted_sequences_of_all_queries_are_counted)
{
    const QueryPlan queries[] = {
        {.kind = QUERY_SEQUENCE, .stages = TWO, .stage_count = 2, .key_count = 1},
        {.kind = QUERY_SEQUENCE, .stages = TWO, .stage_count = 2, .key_count = 1},
    };
    PlanSet plan = {.queries = queries, .query_count = 2};
    for (int plain = 0; plain < 2; plain++) {
        Matcher *matcher =
            matcher_new(&plan, &(MatcherOptions){.plain = plain != 0, .limits.max_open = 1});
        Err err = {0};
        for (uint32_t i = 0; i < 8; i++) {
            Hit hit = {.time = i,
                       .place.offset = i,
                       .query = i % 2,
                       .key_tuples = 1,
                       .keys = i < 4 ? STR("k") : STR("q")};
            assert_true(matcher_offer(matcher, &hit, refuse, NULL, &err));
        }
        assert_int_equal(matcher_evicted(matcher), 2);
        matcher_free(matcher);
    }
}

/* Offers first events, one a key, to each query of `order` in turn. */
static void offer_starts(Matcher *matcher, const char *order, uint32_t rounds)
{
    Err err = {0};
    for (uint32_t i = 0; i < rounds; i++) {
        for (const char *query = order; *query != '\0'; query++) {
            char key[16];
            snprintf(key, sizeof key, "%015u", i);
            Hit hit = {.time = i,
                       .place.offset = i,
                       .query = (uint32_t)(*query - 'a'),
                       .key_tuples = 1,
                       .keys = {key, sizeof key}};
            assert_true(matcher_offer(matcher, &hit, refuse, NULL, &err));
        }
    }
}

TEST(past_the_budget_the_query_that_holds_most_gives_way)
{
    const QueryPlan query = {
        .kind = QUERY_SEQUENCE, .stages = TWO, .stage_count = 2, .key_count = 1};
    const QueryPlan queries[] = {query, query, query};
    PlanSet plan = {.queries = queries, .query_count = 3};
    Matcher *matcher = matcher_new(&plan, &(MatcherOptions){.budget = (size_t)64 << 10});
    offer_starts(matcher, "a", 50);
    assert_int_equal(matcher_evicted(matcher), 0);
    offer_starts(matcher, "bc", 5000);
    SequenceStats stats[3];
    size_t bytes = 0;
    for (uint32_t i = 0; i < 3; i++) {
        stats[i] = matcher_sequences(matcher, i);
        bytes += stats[i].bytes;
    }
    assert_in_range(bytes, 48 << 10, 64 << 10);
    assert_int_equal(stats[0].evicted, 0); /* who holds little keeps all */
    assert_int_equal(stats[0].open, 50);
    assert_in_range(stats[1].evicted, 4600, 4990);
    assert_in_range(stats[2].evicted, 4600, 4990);
    assert_int_equal(matcher_evicted(matcher), stats[1].evicted + stats[2].evicted);
    matcher_free(matcher);
}

TEST(past_the_budget_known_processes_give_way_and_are_counted)
{
    static const LineageLeaf LEAF = {LINEAGE_EVENT, 0};
    const Stage stage = {.leaves = &LEAF, .leaf_count = 1};
    const QueryPlan query = {.kind = QUERY_EVENT,
                             .stages = &stage,
                             .stage_count = 1,
                             .lineage = {.sources = TWO, .source_count = 1}};
    PlanSet plan = {.queries = &query, .query_count = 1};
    Matcher *matcher = matcher_new(&plan, &(MatcherOptions){.budget = (size_t)64 << 10});
    Buffer id = {0};
    Buffer told = {0};
    Err err = {0};
    for (int i = 0; i < 100000; i++) {
        Value value = value_int(i);
        buffer_clear(&id);
        assert_true(hit_append_id(&id, &value));
        Hit hit = {.time = i, .stage = HIT_SOURCE, .process = buffer_str(&id)};
        assert_true(matcher_offer(matcher, &hit, tell, &told, &err));
    }
    LineageStats stats = matcher_lineage(matcher, 0);
    assert_in_range(stats.bytes, 24 << 10, 64 << 10);
    assert_int_equal(stats.processes + stats.evicted, 100000);
    assert_int_equal(matcher_processes_evicted(matcher), stats.evicted);
    Hit last = {.place.offset = 7, .cases = 2, .process = buffer_str(&id)};
    assert_true(matcher_offer(matcher, &last, tell, &told, &err));
    expect(&told, "a7");
    buffer_done(&id);
    buffer_done(&told);
    matcher_free(matcher);
}

TEST(a_tail_past_the_budget_keeps_the_newest)
{
    Pipe pipe = {.kind = PIPE_TAIL, .count = UINT64_MAX};
    const QueryPlan queries[] = {
        {.kind = QUERY_EVENT, .stage_count = 1, .pipes = &pipe, .pipe_count = 1},
        {.kind = QUERY_SEQUENCE, .stages = TWO, .stage_count = 2, .key_count = 1},
    };
    PlanSet plan = {.queries = queries, .query_count = 2};
    Matcher *matcher = matcher_new(&plan, &(MatcherOptions){.budget = (size_t)64 << 10});
    Buffer told = {0};
    Err err = {0};
    offer_starts(matcher, "b", 10);
    for (uint32_t i = 0; i < 5000; i++) {
        assert_true(
            matcher_offer(matcher, &(Hit){.time = i, .place.offset = i}, refuse, NULL, &err));
    }
    assert_int_equal(matcher_evicted(matcher), 0);
    uint64_t cut = matcher_pipes(matcher).tail_cut;
    assert_in_range(cut, 4000, 4900);
    assert_true(matcher_finish(matcher, tell, &told, &err));
    char first[32];
    snprintf(first, sizeof first, "a%llu a", (unsigned long long)cut);
    assert_memory_equal(told.ptr, first, strlen(first));
    buffer_done(&told);
    matcher_free(matcher);
}

static void offer_sample(Matcher *matcher, uint32_t query, uint16_t stage, const char *key,
                         uint64_t offset, Buffer *told)
{
    Buffer order = {0};
    Err err = {0};
    Hit hit = {.query = query, .stage = stage, .place.offset = offset};
    hit_make_sample(&hit, str_from_c(key), &order);
    assert_true(matcher_offer(matcher, &hit, tell, told, &err));
    buffer_done(&order);
}

TEST(samples_come_last_query_by_query)
{
    static const Stage stages[2];
    Pipe tail = {.kind = PIPE_TAIL, .count = 9};
    const QueryPlan queries[] = {
        {.kind = QUERY_SAMPLE, .stages = stages, .stage_count = 2, .key_count = 1},
        {.kind = QUERY_EVENT, .stage_count = 1, .pipes = &tail, .pipe_count = 1},
        {.kind = QUERY_SAMPLE, .stages = stages, .stage_count = 2, .key_count = 1},
    };
    PlanSet plan = {.queries = queries, .query_count = 3};
    for (int plain = 0; plain < 2; plain++) {
        Matcher *matcher = matcher_new(&plan, &(MatcherOptions){.plain = plain != 0});
        Buffer told = {0};
        Err err = {0};
        assert_true(
            matcher_offer(matcher, &(Hit){.query = 1, .place.offset = 7}, tell, &told, &err));
        expect(&told, "");
        offer_sample(matcher, 0, 0, "k", 1, &told);
        expect(&told, "b7"); /* what a tail held back is in front of all samples */
        offer_sample(matcher, 0, 1, "k", 2, &told);
        offer_sample(matcher, 0, 0, "l", 3, &told);
        offer_sample(matcher, 0, 1, "l", 4, &told);
        offer_sample(matcher, 2, 0, "k", 5, &told);
        offer_sample(matcher, 2, 1, "k", 6, &told);
        assert_true(matcher_finish(matcher, tell, &told, &err));
        expect(&told, "a12k a34l c56k");
        buffer_done(&told);
        matcher_free(matcher);
    }
}

TEST(the_size_of_samples_ends_them_whatever_the_position)
{
    static const Stage stages[1];
    QueryPlan query = {.kind = QUERY_SAMPLE, .stages = stages, .stage_count = 1, .key_count = 1};
    PlanSet plan = {.queries = &query, .query_count = 1};
    for (int way = 0; way < 4; way++) {
        MatcherOptions options = {.plain = way % 2 != 0,
                                  .has_size = true,
                                  .head = way / 2 != 0,
                                  .size = 3,
                                  .max_samples_per_key = 2};
        Matcher *matcher = matcher_new(&plan, &options);
        Buffer told = {0};
        Err err = {0};
        for (uint64_t i = 0; i < 9; i++) {
            offer_sample(matcher, 0, 0, i < 3 ? "k" : i < 6 ? "l" : "m", i, &told);
        }
        assert_true(matcher_finish(matcher, tell, &told, &err));
        expect(&told, "a0k a1k a3l");
        buffer_done(&told);
        matcher_free(matcher);
    }
}

RUN_TESTS(CASE(samples_come_last_query_by_query),
          CASE(the_size_of_samples_ends_them_whatever_the_position),
          CASE(matches_come_in_order_of_their_last_event),
          CASE(head_and_tail_cut_one_after_another),
          CASE(size_comes_before_the_first_pipe_as_its_kind), CASE(each_query_is_cut_for_itself),
          CASE(a_ring_that_has_turned_grows_in_order),
          CASE(a_refusal_stops_and_nothing_is_lost_from_memory),
          CASE(evicted_sequences_of_all_queries_are_counted),
          CASE(past_the_budget_the_query_that_holds_most_gives_way),
          CASE(past_the_budget_known_processes_give_way_and_are_counted),
          CASE(a_tail_past_the_budget_keeps_the_newest))
