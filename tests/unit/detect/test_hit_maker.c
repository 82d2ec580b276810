#include "unit.h"

#include "base/timestamp.h"
#include "compile/eql_compile.h"
#include "detect/hit_maker.h"
#include "detect/hit_time.h"
#include "event/document.h"
#include "ingest/event_reader.h"

TEST(the_first_date_of_a_raw_value_is_its_time)
{
    static const struct {
        const char *raw;
        bool found;
        int64_t ns;
    } CASES[] = {
        {"\"1970-01-01T00:00:01Z\"", true, 1000000000},
        {"\"1970-01-01T00:00:00.123456789Z\"", true, 123456789},
        {"\"1969-12-31T23:59:59.999999999Z\"", true, -1},
        {"1500", true, 1500000000},
        {"\"1500\"", true, 1500000000},
        {"-1", true, -1000000},
        {"[\"1970-01-01T00:00:02Z\", \"1970-01-01T00:00:01Z\"]", true, 2000000000},
        {"[null, \"soon\", 3]", true, 3000000},
        {"\"1970\\u002d01-01T00:00:01Z\"", true, 1000000000},
        {"\"soon\"", false, 0},
        {"\"\"", false, 0},
        {"\"", false, 0},
        {"[]", false, 0},
        {"null", false, 0},
        {"true", false, 0},
        {"{\"a\": 5}", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        int64_t ns = 0;
        assert_int_equal(hit_time(&(Field){0}, str_from_c(CASES[i].raw), arena, &ns),
                         CASES[i].found);
        assert_int_equal(ns, CASES[i].ns);
    }
    arena_free(arena);
}

TEST(a_mappings_own_format_comes_first)
{
    static const struct {
        const char *raw;
        int64_t ns;
    } CASES[] = {
        {"\"02-01-1970 00\"", 86400000000000},
        {"5", 5000000000},
        {"\"5\"", 5000000000},
        {"\"1970-01-01T00:00:01Z\"", 1000000000}, /* the usual way is tried last */
    };
    Field field = {.date_format = STR("dd-MM-yyyy HH||epoch_second")};
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        int64_t ns = 0;
        assert_true(hit_time(&field, str_from_c(CASES[i].raw), arena, &ns));
        assert_int_equal(ns, CASES[i].ns);
    }
    arena_free(arena);
}

/* Every hit as "QUERY.STAGE@TIME/FINE TIEBREAKER KEYS", by both ways, which must agree. */
typedef struct Made {
    Buffer text;
    Arena *arena;
    uint32_t hits;
    uint32_t stop_at;
} Made;

static void append_values(Made *made, Str key)
{
    while (key.len > 0) {
        Value value = value_read_key(made->arena, &key);
        Str text = value.kind == VALUE_NULL ? STR("null") : value_to_text(made->arena, &value);
        buffer_append_format(&made->text, " %.*s", STR_ARG(text));
    }
}

static bool note(void *context, const Hit *hit, uint32_t row, Err *err)
{
    Made *made = context;
    if (made->hits++ == made->stop_at) {
        return err_set(err, ERR_LIMIT, "enough");
    }
    (void)row;
    buffer_append_format(&made->text, "%s%u.%d@%lld/%lld", made->text.len == 0 ? "" : "; ",
                         hit->query, hit->stage == HIT_UNTIL ? -1 : hit->stage,
                         (long long)hit->time, (long long)hit->time_fine);
    append_values(made, hit->time == HIT_TIME_SAMPLE ? hit_sample_key(hit) : hit->tiebreaker);
    if (hit->key_tuples > 0) {
        buffer_append_format(&made->text, " (%u)", hit->key_tuples);
    }
    append_values(made, hit->keys);
    return true;
}

/* `mapping` NULL: the built-in schema. */
static const PlanSet *plan_of(Arena *arena, const char *mapping, const char *query)
{
    Err err = {0};
    Diagnostics diagnostics = {.arena = arena};
    const Schema *schema = mapping == NULL ? schema_builtin(arena)
                                           : schema_read_mapping(arena, str_from_c(mapping), &err);
    assert_non_null(schema);
    PlanBuilder *builder = plan_builder_new(arena, schema);
    EqlQuery *tree = eql_parse(arena, str_from_c(query), &diagnostics);
    uint32_t index;
    assert_non_null(tree);
    assert_true(eql_compile(builder, tree, &(EqlCompileOptions){.tiebreaker_field = STR("tie")},
                            &diagnostics, &index));
    return plan_builder_finish(builder);
}

static Str padded(Arena *arena, const char *text)
{
    size_t len = strlen(text);
    char *copy = ARENA_MANY(arena, char, len + EVENT_READER_PADDING);
    memcpy(copy, text, len);
    return (Str){copy, len};
}

typedef struct Asked {
    HitMakerStats stats;
    bool done;
} Asked;

static Asked ask_columns(const PlanSet *plan, Str event, Made *made)
{
    Err err = {0};
    EventReader *reader = event_reader_new(plan->fields, &(EventReaderOptions){0});
    Batch *batch = batch_new(plan->fields, (size_t)1 << 20);
    EvaluatorShared *shared = evaluator_shared_new(plan);
    Evaluator *evaluator = evaluator_new(shared);
    HitMaker *maker = hit_maker_new(plan);
    EventSpans spans;
    assert_true(event_reader_read(reader, event, &spans, &err));
    batch_add_row(batch, &(EventPlace){.line = 1}, event, spans.items, spans.count,
                  (EventNames){spans.index, spans.id});
    batch_encode(batch);
    evaluator_run(evaluator, batch, NULL);
    Asked asked = {.done = hit_maker_batch(maker, batch, evaluator, note, made, &err)};
    asked.stats = hit_maker_stats(maker);
    hit_maker_free(maker);
    evaluator_free(evaluator);
    evaluator_shared_free(shared);
    batch_free(batch);
    event_reader_free(reader);
    return asked;
}

static Asked ask_document(const PlanSet *plan, Str event, Made *made)
{
    Err err = {0};
    Document document;
    assert_true(document_parse(made->arena, event, &document, &err));
    RowEvaluator *evaluator = row_evaluator_new(made->arena, plan);
    HitMaker *maker = hit_maker_new(plan);
    row_evaluator_set(evaluator, &document);
    Asked asked = {
        .done = hit_maker_document(maker, &(EventPlace){.line = 1}, evaluator, note, made, &err)};
    asked.stats = hit_maker_stats(maker);
    hit_maker_free(maker);
    row_evaluator_free(evaluator);
    return asked;
}

/* `expected` NULL: any hits, as long as both ways make them. */
static HitMakerStats check_in(const char *mapping, const char *query, const char *event,
                              const char *expected)
{
    Arena *arena = arena_new();
    const PlanSet *plan = plan_of(arena, mapping, query);
    Str text = padded(arena, event);
    Made columns = {.arena = arena, .stop_at = UINT32_MAX};
    Made rows = {.arena = arena, .stop_at = UINT32_MAX};
    Asked by_columns = ask_columns(plan, text, &columns);
    Asked by_rows = ask_document(plan, text, &rows);
    assert_true(by_columns.done && by_rows.done);
    assert_true(str_equal(buffer_str(&columns.text), buffer_str(&rows.text)));
    assert_int_equal(by_columns.stats.without_time, by_rows.stats.without_time);
    assert_int_equal(by_columns.stats.keys_cut, by_rows.stats.keys_cut);
    buffer_append_byte(&columns.text, '\0');
    if (expected != NULL) {
        assert_string_equal(columns.text.ptr, expected);
    }
    buffer_done(&columns.text);
    buffer_done(&rows.text);
    arena_free(arena);
    return by_columns.stats;
}

static HitMakerStats check(const char *query, const char *event, const char *expected)
{
    return check_in(NULL, query, event, expected);
}

TEST(an_event_query_has_time_and_tiebreaker_and_no_keys)
{
    check("any where true", "{\"@timestamp\": \"1970-01-01T00:00:00.0015Z\", \"tie\": [7, 8]}",
          "0.0@1000000/1500000 7");
    check("any where true", "{\"@timestamp\": \"1969-12-31T23:59:59.9999Z\"}",
          "0.0@-1000000/-100000");
    check("any where a == 1", "{\"@timestamp\": 1}", "");
}

TEST(every_stage_and_until_that_fit_give_a_hit)
{
    const char *query =
        "sequence by k [any where a == 1] [any where b == 1] until [any where c == 1]";
    check(query, "{\"@timestamp\": 1, \"k\": 5, \"a\": 1, \"b\": 1, \"c\": 1}",
          "0.0@1000000/1000000 (1) 5; 0.1@1000000/1000000 (1) 5; 0.-1@1000000/1000000 (1) 5");
    check(query, "{\"@timestamp\": 1, \"k\": 5, \"b\": 1}", "0.1@1000000/1000000 (1) 5");
    check("sequence [any where a == 1] [any where b == 1]", "{\"@timestamp\": 1, \"a\": 1}",
          "0.0@1000000/1000000 (1)");
}

TEST(keys_are_all_combinations)
{
    const char *query = "sequence by x, ?y [any where a == 1] [any where b == 1]";
    check(query, "{\"@timestamp\": 1, \"x\": [1, 2, 1], \"y\": [\"p\", \"q\"], \"a\": 1}",
          "0.0@1000000/1000000 (4) 1 p 1 q 2 p 2 q");
    check(query, "{\"@timestamp\": 1, \"x\": 1, \"a\": 1}", "0.0@1000000/1000000 (1) 1 null");
    check(query, "{\"@timestamp\": 1, \"y\": 1, \"a\": 1}", "");
}

/* The time of samples, and of nothing else; the fine time is the stage. */
#define NEVER "9223372036854775807"

TEST(a_sample_has_a_hit_for_each_key_and_needs_no_time)
{
    const char *query = "sample by x, ?y [any where a == 1] [any where b == 1]";
    HitMakerStats stats =
        check(query, "{\"x\": [1, 2, 1], \"y\": [\"p\", \"q\"], \"a\": 1}",
              "0.0@" NEVER "/0 1 p; 0.0@" NEVER "/0 1 q; 0.0@" NEVER "/0 2 p; 0.0@" NEVER "/0 2 q");
    assert_int_equal(stats.without_time, 0);
    check(query, "{\"@timestamp\": \"soon\", \"x\": true, \"a\": 1, \"b\": 1}",
          "0.0@" NEVER "/0 true null; 0.1@" NEVER "/1 true null");
    check(query, "{\"y\": 1, \"a\": 1}", "");
}

TEST(no_event_is_at_the_time_of_samples)
{
    const char *event = "{\"@timestamp\": \"2262-04-11T23:47:16.854775807Z\"}";
    check("any where true", event, "0.0@9223372036854000000/" NEVER);
    check_in("{\"properties\": {\"@timestamp\": {\"type\": \"date_nanos\"}, \"tie\": {\"type\": "
             "\"long\"}}}",
             "any where true", event, "0.0@9223372036854775806/" NEVER);
}

TEST(hits_without_a_time_are_dropped_and_counted)
{
    const char *query = "sequence by k [any where true] [any where true]";
    assert_int_equal(check(query, "{\"k\": 5}", "").without_time, 2);
    assert_int_equal(check(query, "{\"k\": 5, \"@timestamp\": \"never\"}", "").without_time, 2);
    assert_int_equal(check(query, "{\"@timestamp\": {\"a\": 1}}", "").without_time, 0);
}

static Str many(Arena *arena, const char *name, uint32_t count, uint32_t width)
{
    Buffer text = {0};
    buffer_append_format(&text, "\"%s\":[", name);
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_format(&text, "%s\"%0*u\"", i == 0 ? "" : ",", (int)width, i);
    }
    buffer_append_byte(&text, ']');
    Str made = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return made;
}

TEST(too_many_combinations_are_cut_and_counted)
{
    static const struct {
        uint32_t count, width;
        uint64_t cut;
    } CASES[] = {{32, 1, 0}, {33, 1, 2}, {20, 1400, 2}, {20, 1000, 0}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Str x = many(arena, "x", CASES[i].count, CASES[i].width);
        Str y = many(arena, "y", CASES[i].count, CASES[i].width);
        Str event = str_format(arena, "{\"@timestamp\":1,%.*s,%.*s}", STR_ARG(x), STR_ARG(y));
        HitMakerStats stats = check("sequence by x, y [any where true] [any where true]",
                                    str_to_c(arena, event), NULL);
        assert_int_equal(stats.keys_cut, CASES[i].cut);
        arena_free(arena);
    }
}

TEST(computed_keys_are_the_distinct_values_of_all_combinations)
{
    const char *query = "sequence by concat(x, y), z + 1 [any where a == 1] [any where b == 1]";
    check(query, "{\"@timestamp\": 1, \"x\": [\"p\", \"q\"], \"y\": [1, 2], \"z\": 5, \"a\": 1}",
          "0.0@1000000/1000000 (4) p1 6 p2 6 q1 6 q2 6");
    check(query,
          "{\"@timestamp\": 1, \"x\": [\"p\", \"pp\"], \"y\": [\"p\", \"\"], \"z\": [1, \"w\"], "
          "\"a\": 1}",
          "0.0@1000000/1000000 (3) pp 2 p 2 ppp 2");
    check(query, "{\"@timestamp\": 1, \"x\": \"p\", \"z\": 5, \"a\": 1}", "");
    check("sequence by length(?x) [any where a == 1] [any where b == 1]",
          "{\"@timestamp\": 1, \"a\": 1}", "0.0@1000000/1000000 (1) null");
    check("sample by x + ?y [any where a == 1] [any where b == 1]",
          "{\"x\": [1, 2], \"y\": [1, 2], \"b\": 1}",
          "0.1@" NEVER "/1 2; 0.1@" NEVER "/1 3; 0.1@" NEVER "/1 4");
    check("sequence [any where a == 1] by x : \"P*\" [any where b == 1] by z",
          "{\"@timestamp\": 1, \"x\": [\"p\", \"q\"], \"a\": 1}",
          "0.0@1000000/1000000 (2) true false");
    check("sequence [any where a == 1] by x regex \"p+\" [any where b == 1] by z",
          "{\"@timestamp\": 1, \"x\": \"ppp\", \"a\": 1}", "0.0@1000000/1000000 (1) true");
}

TEST(what_computed_keys_cost_is_bounded_and_counted)
{
    static const struct {
        uint32_t count, width;
        const char *key;
        uint64_t cut;
    } CASES[] = {{1024, 4, "substring(x, 0)", 0},     {1025, 4, "substring(x, 0)", 2},
                 {1025, 4, "length(x)", 0},           {64, 4, "length(x) + length(y)", 0},
                 {65, 4, "length(x) + length(y)", 2}, /* combinations */
                 {20, 1400, "concat(x, y)", 2},       /* bytes */
                 {20, 1000, "concat(x, \"\")", 0}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Str x = many(arena, "x", CASES[i].count, CASES[i].width);
        Str y = many(arena, "y", CASES[i].count, CASES[i].width);
        Str event = str_format(arena, "{\"@timestamp\":1,%.*s,%.*s}", STR_ARG(x), STR_ARG(y));
        Str query =
            str_format(arena, "sequence by %s [any where true] [any where true]", CASES[i].key);
        HitMakerStats stats = check(str_to_c(arena, query), str_to_c(arena, event), NULL);
        assert_int_equal(stats.keys_cut, CASES[i].cut);
        arena_free(arena);
    }
}

/* The event is short enough to be read, its key is too long to be kept. */
TEST(a_key_that_is_too_long_is_none)
{
    Arena *arena = arena_new();
    Str x = many(arena, "x", 1, 600000);
    Str event = str_format(arena, "{\"@timestamp\":1,%.*s}", STR_ARG(x));
    HitMakerStats stats = check("sequence by concat(x, x) [any where true] [any where true]",
                                str_to_c(arena, event), "");
    assert_int_equal(stats.keys_cut, 2);
    arena_free(arena);
}

TEST(a_taker_that_refuses_stops)
{
    Arena *arena = arena_new();
    const PlanSet *plan =
        plan_of(arena, NULL, "sequence [any where true] [any where true] until [any where true]");
    Str event = padded(arena, "{\"@timestamp\": 1}");
    for (uint32_t stop = 0; stop < 3; stop++) {
        Made columns = {.arena = arena, .stop_at = stop};
        Made rows = {.arena = arena, .stop_at = stop};
        assert_false(ask_columns(plan, event, &columns).done);
        assert_false(ask_document(plan, event, &rows).done);
        assert_int_equal(columns.hits, stop + 1);
        assert_int_equal(rows.hits, stop + 1);
        buffer_done(&columns.text);
        buffer_done(&rows.text);
    }
    arena_free(arena);
}

RUN_TESTS(CASE(the_first_date_of_a_raw_value_is_its_time), CASE(a_mappings_own_format_comes_first),
          CASE(an_event_query_has_time_and_tiebreaker_and_no_keys),
          CASE(every_stage_and_until_that_fit_give_a_hit), CASE(keys_are_all_combinations),
          CASE(a_sample_has_a_hit_for_each_key_and_needs_no_time),
          CASE(no_event_is_at_the_time_of_samples),
          CASE(hits_without_a_time_are_dropped_and_counted),
          CASE(too_many_combinations_are_cut_and_counted),
          CASE(computed_keys_are_the_distinct_values_of_all_combinations),
          CASE(what_computed_keys_cost_is_bounded_and_counted),
          CASE(a_key_that_is_too_long_is_none), CASE(a_taker_that_refuses_stops))
