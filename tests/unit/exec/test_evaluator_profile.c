#include "unit.h"

#include "exec/evaluator.h"
#include "exec/json_batch.h"
#include "exec/random_plan.h"
#include "exec/row_evaluator.h"
#include "plan/explain.h"
#include "plan/witness.h"

#define PREDICATES 24
#define NODES      30
#define WORKERS    2
#define BATCHES    4

typedef struct Trial {
    Random random;
    Arena *arena;
    const PlanSet *plan;
    Evaluator *counting[WORKERS], *plain;
    RowEvaluator *twin;
    Batch *batch;
    uint64_t rows;
    uint64_t *held; /* by node, as the twin says */
} Trial;

/* What must be seen where a node holds is there. */
static void check_witnesses(Trial *trial, const bool *holds)
{
    bool *predicates = ARENA_MANY(trial->arena, bool, trial->plan->predicate_count);
    for (NodeId node = 0; node < trial->plan->node_count; node++) {
        if (trial->plan->nodes[node].kind == NODE_PREDICATE) {
            predicates[trial->plan->nodes[node].predicate] = holds[node];
        }
    }
    for (NodeId node = 0; node < trial->plan->node_count; node++) {
        Witness witness;
        if (!holds[node] || !witness_find(trial->plan, node, NULL, trial->arena, &witness)) {
            continue;
        }
        bool seen = false;
        for (uint32_t i = 0; i < witness.count; i++) {
            seen = seen || predicates[witness.predicates[i]];
        }
        assert_true(seen);
    }
}

static void ask_twin(Trial *trial, Str text)
{
    Document document;
    Err err;
    assert_true(document_parse(trial->arena, text, &document, &err));
    row_evaluator_set(trial->twin, &document);
    bool *holds = ARENA_MANY(trial->arena, bool, trial->plan->node_count);
    for (NodeId node = 0; node < trial->plan->node_count; node++) {
        holds[node] = row_evaluator_holds(trial->twin, node);
        trial->held[node] += holds[node];
    }
    check_witnesses(trial, holds);
    trial->rows++;
}

/* Of each batch only the even rows take part. */
static void run_batch(Trial *trial, Evaluator *counting)
{
    uint32_t rows = random_below(&trial->random, BATCH_ROWS < 60 ? BATCH_ROWS + 1 : 60);
    Word within[BITMAP_WORDS(BATCH_ROWS)] = {0};
    batch_clear(trial->batch);
    for (uint32_t row = 0; row < rows; row++) {
        Str text = random_document(&trial->random, trial->arena);
        json_batch_add(trial->batch, trial->arena, text);
        if (row % 2 == 0) {
            bitmap_set(within, row);
            ask_twin(trial, text);
        }
    }
    batch_encode(trial->batch);
    evaluator_run(counting, trial->batch, within);
    evaluator_run(trial->plain, trial->batch, within);
    for (NodeId node = 0; node < trial->plan->node_count; node++) {
        const Word *counted = evaluator_rows(counting, node);
        const Word *plain = evaluator_rows(trial->plain, node);
        assert_int_equal(counted == NULL, plain == NULL);
        for (uint32_t row = 0; counted != NULL && row < rows; row++) {
            assert_int_equal(bitmap_get(counted, row), bitmap_get(plain, row));
        }
    }
}

static bool asks_rows(const PlanSet *plan, NodeId id)
{
    const PlanNode *node = &plan->nodes[id];
    if (node->kind == NODE_PREDICATE) {
        return predicate_lookup(&plan->predicates[node->predicate]) == LOOKUP_ROW;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (asks_rows(plan, node->children[i])) {
            return true;
        }
    }
    return false;
}

static void check_sums(const Trial *trial, const EvaluatorProfile *sum)
{
    uint64_t time_ns = 0;
    assert_int_equal(sum->rows, trial->rows);
    for (NodeId id = 0; id < trial->plan->node_count; id++) {
        const PlanNode *node = &trial->plan->nodes[id];
        const NodeCount *count = &sum->nodes[id];
        time_ns += count->time_ns;
        assert_true(count->rows_out <= count->rows_in);
        if (!asks_rows(trial->plan, id) && node->kind != NODE_PREDICATE) {
            assert_int_equal(count->rows_in, trial->rows);
            assert_int_equal(count->rows_out, trial->held[id]);
        }
        if (node->kind == NODE_PREDICATE) { /* each was asked about every row */
            assert_int_equal(sum->predicates[node->predicate].rows_in, trial->rows);
            assert_int_equal(sum->predicates[node->predicate].rows_out, trial->held[id]);
        }
    }
    assert_int_equal(sum->nodes_ns, time_ns);
}

static void run_trial(uint64_t seed)
{
    Trial trial = {.random = {.state = seed}, .arena = arena_new()};
    trial.plan = random_plan(&trial.random, trial.arena, PREDICATES, NODES);
    EvaluatorShared *shared = evaluator_shared_new(trial.plan);
    for (int i = 0; i < WORKERS; i++) {
        trial.counting[i] = evaluator_new(shared);
        evaluator_start_profile(trial.counting[i]);
    }
    trial.plain = evaluator_new(shared);
    trial.twin = row_evaluator_new(trial.arena, trial.plan);
    trial.batch = batch_new(trial.plan->fields, 1); /* its codes serve two evaluators in turn */
    trial.held = ARENA_MANY(trial.arena, uint64_t, trial.plan->node_count);
    for (int i = 0; i < BATCHES; i++) {
        run_batch(&trial, trial.counting[i % WORKERS]);
    }
    EvaluatorProfile *sum = evaluator_profile_new(trial.arena, trial.plan);
    for (int i = 0; i < WORKERS; i++) {
        evaluator_add_profile(trial.counting[i], sum);
        evaluator_free(trial.counting[i]);
    }
    check_sums(&trial, sum);
    batch_free(trial.batch);
    row_evaluator_free(trial.twin);
    evaluator_free(trial.plain);
    evaluator_shared_free(shared);
    arena_free(trial.arena);
}

TEST(sums_over_workers_are_what_the_twin_counts_and_rows_stay_the_same)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        run_trial(seed);
    }
}

/* `n < m` is asked only where k is "a". */
TEST(a_condition_asked_per_row_counts_the_rows_it_was_asked_about)
{
    static const char *const DOCUMENTS[] = {"{\"k\":\"a\",\"n\":1,\"m\":2}",
                                            "{\"k\":\"b\",\"n\":1,\"m\":2}",
                                            "{\"k\":\"a\",\"n\":3,\"m\":2}"};
    Arena *arena = arena_new();
    PlanBuilder *b = plan_builder_new(arena, schema_builtin(arena));
    Expr *compare = build_expr(b, EXPR_COMPARE, build_field(b, "n"), build_field(b, "m"));
    compare->op = OP_LESS;
    NodeId row = plan_builder_predicate(b, compare);
    NodeId is_a = build_equal(b, "k", "a");
    NodeId both = plan_builder_and(b, (NodeId[]){is_a, row}, 2);
    const PlanSet *plan = plan_builder_finish(b);
    EvaluatorShared *shared = evaluator_shared_new(plan);
    Evaluator *evaluator = evaluator_new(shared);
    evaluator_start_profile(evaluator);
    Batch *batch = batch_new(plan->fields, 1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(DOCUMENTS); i++) {
        json_batch_add(batch, arena, str_from_c(DOCUMENTS[i]));
    }
    batch_encode(batch);
    evaluator_run(evaluator, batch, NULL);
    assert_non_null(evaluator_rows(evaluator, both));
    assert_non_null(evaluator_rows(evaluator, both)); /* known, so not counted again */
    EvaluatorProfile *sum = evaluator_profile_new(arena, plan);
    evaluator_add_profile(evaluator, sum);
    const PredicateCount *asked = &sum->predicates[plan->nodes[row].predicate];
    const PredicateCount *looked_up = &sum->predicates[plan->nodes[is_a].predicate];
    assert_int_equal(asked->rows_in, 2);
    assert_int_equal(asked->rows_out, 1);
    assert_int_equal(looked_up->rows_in, 3);
    assert_int_equal(looked_up->rows_out, 2);
    assert_int_equal(sum->nodes[row].rows_in, 2);
    assert_int_equal(sum->nodes[row].rows_out, 1);
    assert_int_equal(sum->nodes[both].rows_in, 3);
    assert_int_equal(sum->nodes[both].rows_out, 1);
    batch_free(batch);
    evaluator_free(evaluator);
    evaluator_shared_free(shared);
    arena_free(arena);
}

RUN_TESTS(CASE(sums_over_workers_are_what_the_twin_counts_and_rows_stay_the_same),
          CASE(a_condition_asked_per_row_counts_the_rows_it_was_asked_about))
