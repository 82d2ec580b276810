#include "unit.h"

#include "exec/evaluator.h"
#include "exec/json_batch.h"
#include "exec/random_plan.h"
#include "exec/row_evaluator.h"

#define PREDICATES 24
#define NODES      30
#define BATCHES    3

typedef struct Trial {
    uint64_t seed;
    Random random;
    Arena *arena;
    const PlanSet *plan;
    Batch *batch;
    Evaluator *evaluator;
    RowEvaluator *twin;
    Str documents[BATCH_ROWS];
    NodeId asked[PREDICATES + NODES]; /* when only some nodes are */
    uint32_t asked_count;
} Trial;

static void complain(const Trial *trial, NodeId node, uint32_t row, bool fast)
{
    const PlanNode *wrong = &trial->plan->nodes[node];
    Buffer out = {0};
    if (wrong->kind == NODE_PREDICATE) {
        explain_expr(&out, trial->plan, trial->plan->predicates[wrong->predicate].expr);
    }
    fail_msg("seed %llu: node %u (%.*s) in row %u: evaluator says %d of %.*s",
             (unsigned long long)trial->seed, node, (int)out.len, out.ptr, row, fast,
             STR_ARG(trial->documents[row]));
}

static void fill(Trial *trial)
{
    uint32_t rows = random_below(&trial->random, BATCH_ROWS < 60 ? BATCH_ROWS + 1 : 60);
    for (uint32_t row = 0; row < rows; row++) {
        trial->documents[row] = random_document(&trial->random, trial->arena);
        json_batch_add(trial->batch, trial->arena, trial->documents[row]);
    }
    batch_encode(trial->batch);
}

/* What the twin says of every node in every row. */
static bool *ask_twin(Trial *trial, const Word *within)
{
    uint32_t rows = batch_rows(trial->batch);
    uint32_t nodes = trial->plan->node_count;
    bool *says = ARENA_MANY(trial->arena, bool, (size_t)rows *nodes);
    for (uint32_t row = 0; row < rows; row++) {
        Document document;
        Err err;
        assert_true(document_parse(trial->arena, trial->documents[row], &document, &err));
        row_evaluator_set(trial->twin, &document);
        bool takes_part = within == NULL || bitmap_get(within, row);
        for (NodeId node = 0; node < nodes; node++) {
            says[row * nodes + node] = takes_part && row_evaluator_holds(trial->twin, node);
        }
    }
    return says;
}

/* The nodes in another order each time: what one leaves behind must not change the next. */
static void compare(Trial *trial, const Word *within)
{
    uint32_t rows = batch_rows(trial->batch);
    uint32_t nodes = trial->plan->node_count;
    const bool *twin = ask_twin(trial, within);
    uint32_t start = random_below(&trial->random, nodes);
    uint32_t count = trial->asked_count > 0 ? trial->asked_count : nodes;
    for (uint32_t n = 0; n < count; n++) {
        uint32_t place = (start + n * 7919u) % count;
        NodeId node = trial->asked_count > 0 ? trial->asked[place] : place;
        const Word *fast = evaluator_rows(trial->evaluator, node);
        uint32_t found = 0;
        for (uint32_t row = 0; row < rows; row++) {
            bool says = fast != NULL && bitmap_get(fast, row);
            found += says;
            if (says != twin[row * nodes + node]) {
                complain(trial, node, row, says);
            }
        }
        if (fast != NULL) { /* NULL when there are none, and no bit behind the rows */
            assert_true(found > 0 && found == bitmap_count(fast, rows));
        }
    }
}

/* The rest is left out wherever no asked node can hold. */
static void ask_for_some(Trial *trial)
{
    uint32_t wanted = 1 + random_below(&trial->random, 4);
    while (trial->asked_count < wanted) {
        trial->asked[trial->asked_count++] = random_below(&trial->random, trial->plan->node_count);
    }
    evaluator_ask_only(trial->evaluator, trial->asked, wanted, 1 + random_below(&trial->random, 3));
}

static void run_trial(uint64_t seed, size_t dictionary_budget, bool some)
{
    Trial *trial = calloc(1, sizeof *trial);
    assert_non_null(trial);
    trial->seed = seed;
    trial->random.state = seed;
    trial->arena = arena_new();
    trial->plan = random_plan(&trial->random, trial->arena, PREDICATES, NODES);
    EvaluatorShared *shared = evaluator_shared_new(trial->plan);
    trial->evaluator = evaluator_new(shared);
    trial->twin = row_evaluator_new(trial->arena, trial->plan);
    trial->batch = batch_new(trial->plan->fields, dictionary_budget);
    batch_allow_late(trial->batch, random_below(&trial->random, 3));
    if (some) {
        ask_for_some(trial);
    }
    for (int i = 0; i < BATCHES; i++) {
        fill(trial);
        Word within[BITMAP_WORDS(BATCH_ROWS)] = {0};
        for (uint32_t row = 0; row < batch_rows(trial->batch); row++) {
            if (random_below(&trial->random, 4) != 0) {
                bitmap_set(within, row);
            }
        }
        const Word *given = random_below(&trial->random, 2) == 0 ? within : NULL;
        evaluator_run(trial->evaluator, trial->batch, given);
        compare(trial, given);
        batch_clear(trial->batch);
    }
    batch_free(trial->batch);
    row_evaluator_free(trial->twin);
    evaluator_free(trial->evaluator);
    evaluator_shared_free(shared);
    arena_free(trial->arena);
    free(trial);
}

/* SHRIKE_ROUNDS asks for more than a test run has time for. */
static uint64_t rounds(uint64_t usual)
{
    const char *asked = getenv("SHRIKE_ROUNDS");
    uint64_t count = usual;
    if (asked != NULL) {
        assert_true(str_to_u64(str_from_c(asked), &count));
    }
    return count;
}

TEST(evaluator_and_twin_agree_on_random_plans_and_events)
{
    for (uint64_t seed = 1; seed <= rounds(100); seed++) {
        run_trial(seed, (size_t)64 * 1024 * 1024, false);
    }
}

TEST(evaluator_and_twin_agree_when_only_some_nodes_are_asked_for)
{
    for (uint64_t seed = 1; seed <= rounds(300); seed++) {
        run_trial(seed + 2000000, seed % 2 == 0 ? 1 : (size_t)64 * 1024 * 1024, true);
    }
}

TEST(evaluator_and_twin_agree_when_the_dictionaries_start_anew_with_every_batch)
{
    for (uint64_t seed = 1; seed <= rounds(100); seed++) {
        run_trial(seed + 1000000, 1, false);
    }
}

/* ---- by hand ---- */

typedef struct Hand {
    Arena *arena;
    PlanBuilder *b;
    EvaluatorShared *shared;
    Evaluator *evaluator;
    Batch *batch;
} Hand;

static Hand hand_begin(void)
{
    Hand hand = {.arena = arena_new()};
    hand.b = plan_builder_new(hand.arena, schema_builtin(hand.arena));
    return hand;
}

static void hand_built(Hand *hand, size_t dictionary_budget)
{
    const PlanSet *plan = plan_builder_finish(hand->b);
    hand->shared = evaluator_shared_new(plan);
    hand->evaluator = evaluator_new(hand->shared);
    hand->batch = batch_new(plan->fields, dictionary_budget);
}

static void hand_run(Hand *hand, const char *const *documents, size_t count)
{
    batch_clear(hand->batch);
    for (size_t i = 0; i < count; i++) {
        json_batch_add(hand->batch, hand->arena, str_from_c(documents[i]));
    }
    batch_encode(hand->batch);
    evaluator_run(hand->evaluator, hand->batch, NULL);
}

static void hand_end(Hand *hand)
{
    batch_free(hand->batch);
    evaluator_free(hand->evaluator);
    evaluator_shared_free(hand->shared);
    arena_free(hand->arena);
}

static Word first_word(Hand *hand, NodeId node)
{
    const Word *rows = evaluator_rows(hand->evaluator, node);
    return rows == NULL ? 0 : rows[0];
}

static NodeId smaller(Hand *hand, const char *left, const char *right)
{
    Expr *compare =
        build_expr(hand->b, EXPR_COMPARE, build_field(hand->b, left), build_field(hand->b, right));
    compare->op = OP_LESS;
    return plan_builder_predicate(hand->b, compare);
}

TEST(conditions_over_two_fields_are_asked_only_where_the_rest_holds)
{
    static const char *const DOCUMENTS[] = {"{\"k\":\"a\",\"n\":1,\"m\":2}",
                                            "{\"k\":\"b\",\"n\":1,\"m\":2}",
                                            "{\"k\":\"a\",\"n\":3,\"m\":2}"};
    Hand hand = hand_begin();
    NodeId row = smaller(&hand, "n", "m");
    NodeId is_a = build_equal(hand.b, "k", "a");
    NodeId is_c = build_equal(hand.b, "k", "c");
    NodeId a_and_row = plan_builder_and(hand.b, (NodeId[]){is_a, row}, 2);
    NodeId c_and_row = plan_builder_and(hand.b, (NodeId[]){is_c, row}, 2);
    NodeId a_or_row = plan_builder_or(hand.b, (NodeId[]){is_a, row}, 2);
    hand_built(&hand, 1 << 20);
    hand_run(&hand, DOCUMENTS, 3);
    assert_int_equal(first_word(&hand, c_and_row), 0);
    assert_int_equal(evaluator_stats(hand.evaluator).rows_judged, 0);
    assert_int_equal(first_word(&hand, a_and_row), 1);
    assert_int_equal(evaluator_stats(hand.evaluator).rows_judged, 2);
    assert_int_equal(first_word(&hand, a_or_row), 7);
    assert_int_equal(evaluator_stats(hand.evaluator).rows_judged, 3);
    assert_int_equal(first_word(&hand, row), 3); /* what was asked is known */
    assert_int_equal(evaluator_stats(hand.evaluator).rows_judged, 3);
    hand_end(&hand);
}

TEST(a_value_is_judged_once_an_epoch)
{
    static const char *const FIRST[] = {"{\"k\":\"a\"}", "{\"k\":\"b\"}", "{\"k\":\"a\"}"};
    static const char *const SECOND[] = {"{\"k\":\"b\"}", "{\"k\":\"c\"}", "{}"};
    struct {
        size_t budget;
        uint64_t first, second; /* judged; "no value" is one, too */
    } cases[] = {{1 << 20, 2, 4}, {1, 2, 5}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Hand hand = hand_begin();
        NodeId is_b = build_equal(hand.b, "k", "b");
        hand_built(&hand, cases[i].budget);
        hand_run(&hand, FIRST, 3);
        assert_int_equal(first_word(&hand, is_b), 2);
        assert_int_equal(evaluator_stats(hand.evaluator).values_judged, cases[i].first);
        hand_run(&hand, SECOND, 3);
        assert_int_equal(first_word(&hand, is_b), 1);
        assert_int_equal(evaluator_stats(hand.evaluator).values_judged, cases[i].second);
        hand_end(&hand);
    }
}

TEST(new_values_are_judged_only_in_rows_where_what_is_asked_for_can_hold)
{
    static const char *const DOCUMENTS[] = {"{\"k\":\"a\",\"n\":1}", "{\"k\":\"b\",\"n\":2}",
                                            "{\"k\":\"b\",\"n\":3}"};
    static const char *const AGAIN[] = {"{\"k\":\"a\",\"n\":2}", "{\"k\":\"a\",\"n\":3}"};
    Hand hand = hand_begin();
    NodeId is_a = build_equal(hand.b, "k", "a");
    NodeId is_2 = build_equal(hand.b, "n", "2");
    NodeId not_2 = plan_builder_not(hand.b, is_2);
    NodeId both = plan_builder_and(hand.b, (NodeId[]){is_a, is_2}, 2);
    NodeId one = plan_builder_and(hand.b, (NodeId[]){is_a, not_2}, 2);
    hand_built(&hand, 1 << 20);
    evaluator_ask_only(hand.evaluator, (NodeId[]){both, one}, 2, 3);
    hand_run(&hand, DOCUMENTS, 3);
    assert_int_equal(evaluator_stats(hand.evaluator).values_judged, 3); /* a, b, and 1 */
    assert_int_equal(first_word(&hand, both), 0);
    assert_int_equal(first_word(&hand, one), 1);
    hand_run(&hand, AGAIN, 2); /* nothing is new to the dictionary: what was left out comes now */
    assert_int_equal(evaluator_stats(hand.evaluator).values_judged, 5);
    assert_int_equal(first_word(&hand, both), 1);
    assert_int_equal(first_word(&hand, one), 2);
    hand_end(&hand);
}

TEST(rows_without_the_field_are_null)
{
    static const char *const DOCUMENTS[] = {"{\"k\":null}", "{\"k\":[]}", "{\"k\":\"a\"}"};
    static const char *const NOBODY[] = {"{}", "{\"other\":1}"};
    Hand hand = hand_begin();
    NodeId is_null = plan_builder_predicate(
        hand.b, build_expr(hand.b, EXPR_IS_NULL, build_field(hand.b, "k"), NULL));
    NodeId not_a = plan_builder_not(hand.b, build_equal(hand.b, "k", "a"));
    hand_built(&hand, 1 << 20);
    hand_run(&hand, DOCUMENTS, 3);
    assert_int_equal(first_word(&hand, is_null), 3);
    assert_int_equal(first_word(&hand, not_a), 3);
    hand_run(&hand, NOBODY, 2); /* no row has the field: there is no column */
    assert_int_equal(first_word(&hand, is_null), 3);
    assert_int_equal(first_word(&hand, not_a), 3);
    hand_run(&hand, NULL, 0);
    assert_null(evaluator_rows(hand.evaluator, is_null));
    assert_null(evaluator_rows(hand.evaluator, not_a));
    hand_end(&hand);
}

TEST(constants_hold_everywhere_or_nowhere)
{
    static const char *const DOCUMENTS[] = {"{}", "{}"};
    Hand hand = hand_begin();
    NodeId always = plan_builder_constant(hand.b, true);
    NodeId never = plan_builder_constant(hand.b, false);
    Expr *length =
        build_call(hand.b, FUNCTION_LENGTH, build_literal(hand.b, value_string(STR("abc"))), NULL);
    NodeId three =
        plan_builder_predicate(hand.b, build_compare(hand.b, length, OP_EQUAL, value_int(3)));
    NodeId four =
        plan_builder_predicate(hand.b, build_compare(hand.b, length, OP_EQUAL, value_int(4)));
    hand_built(&hand, 1 << 20);
    hand_run(&hand, DOCUMENTS, 2);
    assert_int_equal(first_word(&hand, always), 3);
    assert_null(evaluator_rows(hand.evaluator, never));
    assert_int_equal(first_word(&hand, three), 3);
    assert_null(evaluator_rows(hand.evaluator, four));
    hand_end(&hand);
}

RUN_TESTS(CASE(conditions_over_two_fields_are_asked_only_where_the_rest_holds),
          CASE(a_value_is_judged_once_an_epoch),
          CASE(new_values_are_judged_only_in_rows_where_what_is_asked_for_can_hold),
          CASE(rows_without_the_field_are_null), CASE(constants_hold_everywhere_or_nowhere),
          CASE(evaluator_and_twin_agree_on_random_plans_and_events),
          CASE(evaluator_and_twin_agree_when_only_some_nodes_are_asked_for),
          CASE(evaluator_and_twin_agree_when_the_dictionaries_start_anew_with_every_batch))
