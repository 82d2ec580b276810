/* What only a small budget shows; what suppression means, tests/e2e/test_suppression.py holds against a model. */
#include "unit.h"

#include "detect/suppressor.h"

#define RULE                                                                                 \
    "{\"rule_id\":\"r\",\"name\":\"n\",\"description\":\"d\",\"risk_score\":1,\"severity\":" \
    "\"low\","                                                                               \
    "\"type\":\"query\",\"query\":\"*\",\"alert_suppression\":{\"group_by\":[\"n\"]}}"

typedef struct Told {
    uint32_t count;
    int64_t times[64];
    Str suppression[64];
    Arena *arena;
} Told;

/* An event's number is its place. */
static bool read_event(void *context, const EventPlace *place, Arena *arena, Document *out,
                       Err *err)
{
    const uint32_t *values = context;
    Str text =
        str_format(arena, "{\"n\":[%u,%u]}", values[place->offset], values[place->offset] + 100);
    return document_parse(arena, text, out, err);
}

static bool take(void *context, const Match *match, Err *err)
{
    (void)err;
    Told *told = context;
    told->times[told->count] = match->events[0].time;
    told->suppression[told->count++] = str_copy(told->arena, match->suppression);
    return true;
}

static SuppressorCount run(const uint32_t *values, uint32_t count, size_t budget, Told *told)
{
    Arena *arena = told->arena;
    Err err = {0};
    RuleList list = {.arena = arena};
    rule_read_json(&list, STR("r"), STR(RULE));
    RuleSet *set = rule_set_build(arena, &list, schema_builtin(arena), &(RuleFilter){0});
    assert_int_equal(set->count, 1);
    uint32_t *own = ARENA_MANY(arena, uint32_t, count);
    memcpy(own, values, count * sizeof *own);
    Suppressor *suppressor = suppressor_new(&(SuppressorOptions){
        .rules = set,
        .documents = {read_event, own},
        .space = STR("default"),
        .take = take,
        .context = told,
        .budget = budget,
    });
    for (uint32_t i = 0; i < count; i++) {
        SequenceEvent event = {.place = {.offset = i}, .time = i};
        Match match = {.events = &event, .event_count = 1};
        assert_true(suppressor_offer(suppressor, &match, &err));
    }
    assert_true(suppressor_finish(suppressor, &err));
    SuppressorCount counted = suppressor_count(suppressor, 0);
    suppressor_free(suppressor);
    return counted;
}

static bool counts(Str members, const char *docs)
{
    size_t at = 0;
    return str_find(members, str_from_c(docs), 0, &at);
}

TEST(groups_go_on_in_order_of_their_beginnings)
{
    static const uint32_t VALUES[] = {2, 1, 2, 1, 2};
    Told told = {.arena = arena_new()};
    SuppressorCount counted = run(VALUES, ARRAY_LEN(VALUES), 0, &told);
    assert_int_equal(told.count, 4);
    assert_int_equal(counted.suppressed, 6);
    assert_int_equal(counted.early, 0);
    assert_true(counts(told.suppression[0], "\"kibana.alert.suppression.docs_count\":2"));
    assert_true(counts(told.suppression[3], "\"kibana.alert.suppression.docs_count\":1"));
    arena_free(told.arena);
}

TEST(past_the_budget_the_oldest_go_on_and_nothing_is_lost)
{
    static const uint32_t VALUES[] = {1, 2, 3, 4, 1, 2};
    Told told = {.arena = arena_new()};
    SuppressorCount counted = run(VALUES, ARRAY_LEN(VALUES), 1, &told);
    assert_int_equal(told.count, 12);
    assert_int_equal(counted.suppressed, 0);
    assert_int_equal(counted.early, 12);
    for (uint32_t i = 1; i < told.count; i++) {
        assert_true(told.times[i] >= told.times[i - 1]);
    }
    arena_free(told.arena);
}

RUN_TESTS(CASE(groups_go_on_in_order_of_their_beginnings),
          CASE(past_the_budget_the_oldest_go_on_and_nothing_is_lost))
