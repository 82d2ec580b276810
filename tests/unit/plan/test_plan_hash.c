#include "unit.h"

#include "plan/expr_build.h"

typedef struct Bench {
    Arena *arena;
    PlanBuilder *builder;
} Bench;

/* `before`: leaves that are there first, so that ids differ. */
static Bench bench_new(uint32_t before)
{
    Arena *arena = arena_new();
    Bench bench = {arena, plan_builder_new(arena, schema_builtin(arena))};
    char name[16];
    for (uint32_t i = 0; i < before; i++) {
        snprintf(name, sizeof name, "other%u", i);
        build_equal(bench.builder, name, "v");
    }
    return bench;
}

typedef struct Shape {
    const char *first, *second; /* values of the two leaves */
    bool swapped;
    bool is_or;
    int64_t maxspan_ns;
    SequenceMatches matches;
    bool optional;
    bool computed;
    FunctionId function; /* of the key, if computed */
    bool until;
    uint32_t head;
    uint32_t stages; /* 0 = 2 */
    const char *timestamp;
} Shape;

static void hash_of(const Shape *shape, uint32_t before, char out[33])
{
    Bench bench = bench_new(before);
    NodeId leaves[2];
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t at = shape->swapped ? 1 - i : i;
        leaves[at] =
            build_equal(bench.builder, "process.name", at == 0 ? shape->first : shape->second);
    }
    NodeId node = shape->is_or ? plan_builder_or(bench.builder, leaves, 2)
                               : plan_builder_and(bench.builder, leaves, 2);
    FieldTable *fields = plan_builder_fields(bench.builder);
    const Expr *name = build_field(bench.builder, "host.id");
    const Expr *call = build_call(bench.builder, shape->function, name, NULL);
    JoinKey key = plan_builder_key(bench.builder, shape->computed ? call : name, shape->optional);
    Stage stage = {.node = node, .keys = &key};
    Stage stages[3] = {stage, stage, stage};
    Pipe pipe = {.count = shape->head};
    Str timestamp = shape->timestamp == NULL ? STR("@timestamp") : str_from_c(shape->timestamp);
    QueryPlan query = {.kind = QUERY_SEQUENCE,
                       .stages = stages,
                       .stage_count = shape->stages == 0 ? 2 : shape->stages,
                       .key_count = 1,
                       .until = shape->until ? &stages[0] : NULL,
                       .maxspan_ns = shape->maxspan_ns,
                       .matches = shape->matches,
                       .timestamp = field_table_add(fields, timestamp, FIELD_USE_SPAN),
                       .tiebreaker = FIELD_NONE,
                       .pipes = &pipe,
                       .pipe_count = shape->head > 0};
    uint32_t id = plan_builder_add_query(bench.builder, &query);
    plan_query_hash(plan_builder_finish(bench.builder), id, out);
    arena_free(bench.arena);
}

TEST(the_same_query_has_the_same_hash_in_every_plan)
{
    char alone[33];
    char among[33];
    char swapped[33];
    hash_of(&(Shape){.first = "a", .second = "b"}, 0, alone);
    hash_of(&(Shape){.first = "a", .second = "b"}, 100, among);
    hash_of(&(Shape){.first = "a", .second = "b", .swapped = true}, 3, swapped);
    assert_int_equal(strlen(alone), 32);
    assert_string_equal(alone, among);
    assert_string_equal(alone, swapped);
}

TEST(array_functions_are_told_apart)
{
    char hashes[6][33];
    for (uint32_t i = 0; i < ARRAY_LEN(hashes); i++) {
        Bench bench = bench_new(i);
        PlanBuilder *b = bench.builder;
        const Expr *body = build_call(b, FUNCTION_LENGTH, build_variable(b, i == 1), NULL);
        const Expr *inner =
            build_array(b, EXPR_COUNT, i == 2 ? "other" : "a",
                        build_compare(b, body, OP_EQUAL, value_int(i == 3 ? 1 : 2)));
        const Expr *counted = build_compare(b, inner, OP_EQUAL, value_int(0));
        const Expr *outer = build_array(b, i == 4 ? EXPR_COUNT : EXPR_SEARCH, "a", counted);
        const Expr *condition = build_compare(b, outer, OP_EQUAL, value_bool(true));
        Stage stage = {.node = plan_builder_predicate(b, condition)};
        QueryPlan query = {
            .stages = &stage, .stage_count = 1, .timestamp = FIELD_NONE, .tiebreaker = FIELD_NONE};
        uint32_t id = plan_builder_add_query(b, &query);
        plan_query_hash(plan_builder_finish(b), id, hashes[i]);
        arena_free(bench.arena);
    }
    for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
        for (size_t k = 0; k < i; k++) {
            bool same = i == 5 && k == 0; /* but for the ids */
            assert_int_equal(strcmp(hashes[i], hashes[k]) == 0, same);
        }
    }
}

/* "x" and a relation to processes of `first`, "y" and one to those of `second`. */
static void lineage_hash(bool swapped, LineageRelation relation, const char *first,
                         const char *second, char out[33])
{
    Bench bench = bench_new(swapped ? 7 : 0);
    PlanBuilder *builder = bench.builder;
    const Stage sources[] = {{.node = build_equal(builder, "n", swapped ? second : first)},
                             {.node = build_equal(builder, "n", swapped ? first : second)}};
    LineageLeaf one = {(uint16_t)relation, swapped};
    LineageLeaf other = {LINEAGE_EVENT, !swapped};
    NodeId left[] = {build_equal(builder, "n", "x"), plan_builder_lineage(builder, one)};
    NodeId right[] = {build_equal(builder, "n", "y"), plan_builder_lineage(builder, other)};
    NodeId sides[] = {plan_builder_and(builder, left, 2), plan_builder_and(builder, right, 2)};
    Stage stage = {.node = plan_builder_or(builder, sides, 2)};
    QueryPlan query = {.stages = &stage,
                       .stage_count = 1,
                       .timestamp = FIELD_NONE,
                       .tiebreaker = FIELD_NONE,
                       .lineage = {.sources = sources, .source_count = 2, .link = &sources[0]}};
    uint32_t id = plan_builder_add_query(builder, &query);
    plan_query_hash(plan_builder_finish(builder), id, out);
    arena_free(bench.arena);
}

TEST(lineage_is_hashed_by_what_its_sources_are_not_by_their_numbers)
{
    char hashes[4][33];
    char swapped[33];
    lineage_hash(false, LINEAGE_CHILD, "a", "b", hashes[0]);
    lineage_hash(true, LINEAGE_CHILD, "a", "b", swapped);
    assert_string_equal(hashes[0], swapped);
    lineage_hash(false, LINEAGE_DESCENDANT, "a", "b", hashes[1]);
    lineage_hash(false, LINEAGE_CHILD, "b", "a", hashes[2]);
    lineage_hash(false, LINEAGE_CHILD, "a", "c", hashes[3]);
    for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(hashes[i], hashes[k]);
        }
    }
}

TEST(what_changes_the_answer_changes_the_hash)
{
    static const Shape SHAPES[] = {
        {.first = "a", .second = "b"},
        {.first = "a", .second = "c"},
        {.first = "a", .second = "b", .is_or = true},
        {.first = "a", .second = "b", .maxspan_ns = 1},
        {.first = "a", .second = "b", .maxspan_ns = 1, .matches = SEQUENCE_STARTS},
        {.first = "a", .second = "b", .maxspan_ns = 1, .matches = SEQUENCE_ALL},
        {.first = "a", .second = "b", .optional = true},
        {.first = "a", .second = "b", .computed = true, .function = FUNCTION_LENGTH},
        {.first = "a", .second = "b", .computed = true, .function = FUNCTION_STRING},
        {.first = "a",
         .second = "b",
         .computed = true,
         .function = FUNCTION_LENGTH,
         .optional = true},
        {.first = "a", .second = "b", .until = true},
        {.first = "a", .second = "b", .head = 1},
        {.first = "a", .second = "b", .head = 2},
        {.first = "a", .second = "b", .stages = 3},
        {.first = "a", .second = "b", .timestamp = "event.ingested"},
    };
    char hashes[ARRAY_LEN(SHAPES)][33];
    for (size_t i = 0; i < ARRAY_LEN(SHAPES); i++) {
        hash_of(&SHAPES[i], (uint32_t)i, hashes[i]);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(hashes[i], hashes[j]);
        }
    }
}

RUN_TESTS(CASE(the_same_query_has_the_same_hash_in_every_plan),
          CASE(array_functions_are_told_apart),
          CASE(lineage_is_hashed_by_what_its_sources_are_not_by_their_numbers),
          CASE(what_changes_the_answer_changes_the_hash))
