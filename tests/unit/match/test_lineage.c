#include "unit.h"

#include "match/lineage.h"
#include "match/lineage_plain.h"
#include "random.h"

#define SOURCES 4

/* A query whose stage asks one thing of one source. */
typedef struct Asked {
    LineageLeaf leaf;
    Stage stage, sources[SOURCES], link;
    QueryPlan query;
} Asked;

static void asked_init(Asked *asked, LineageRelation relation)
{
    *asked = (Asked){.leaf = {.relation = (uint16_t)relation}};
    asked->stage = (Stage){.leaves = &asked->leaf, .leaf_count = 1};
    asked->query = (QueryPlan){
        .stages = &asked->stage,
        .stage_count = 1,
        .lineage = {.sources = asked->sources,
                    .source_count = SOURCES,
                    .inherited = relation == LINEAGE_DESCENDANT,
                    .link = &asked->link},
    };
}

static Str ids_of(Buffer *buffer, const char *names)
{
    buffer_clear(buffer);
    for (const char *at = names; *at != '\0'; at++) {
        Value value = value_string((Str){at, 1});
        assert_true(hit_append_id(buffer, &value));
    }
    return buffer_str(buffer);
}

/* Does the stage take an event of these processes and parents? */
static bool takes(Lineage *lineage, uint16_t stage, const char *process, const char *parent)
{
    Buffer own = {0};
    Buffer above = {0};
    Hit hit = {.stage = stage,
               .cases = 2, /* if the leaf holds */
               .process = ids_of(&own, process),
               .parent = ids_of(&above, parent)};
    bool taken = lineage_takes(lineage, &hit);
    buffer_done(&own);
    buffer_done(&above);
    return taken;
}

static void tell(Lineage *lineage, uint16_t stage, const char *process, const char *parent)
{
    assert_false(takes(lineage, stage, process, parent));
}

TEST(relations_are_of_the_process_its_parent_and_all_above)
{
    static const struct {
        LineageRelation relation;
        const char *taken; /* of the processes a, b, c, d, each the child of the one before */
    } CASES[] = {{LINEAGE_EVENT, "b"}, {LINEAGE_CHILD, "c"}, {LINEAGE_DESCENDANT, "cd"}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Asked asked;
        asked_init(&asked, CASES[i].relation);
        Lineage *lineage = lineage_new(&asked.query);
        tell(lineage, HIT_SOURCE, "b", "");
        tell(lineage, HIT_SOURCE + 1, "a", ""); /* nobody asks for it */
        char taken[5] = "";
        for (const char *process = "abcd"; *process != '\0'; process++) {
            char own[2] = {*process};
            char above[2] = {(char)(*process - 1)};
            tell(lineage, HIT_LINK, own, above);
            taken[strlen(taken)] = takes(lineage, 0, own, above) ? *process : '\0';
        }
        assert_string_equal(taken, CASES[i].taken);
        lineage_free(lineage);
    }
}

TEST(a_link_is_told_once_and_known_from_then_on)
{
    Asked asked;
    asked_init(&asked, LINEAGE_DESCENDANT);
    Lineage *lineage = lineage_new(&asked.query);
    tell(lineage, HIT_LINK, "b", "a");
    tell(lineage, HIT_SOURCE, "a", "");
    assert_false(takes(lineage, 0, "b", ""));
    tell(lineage, HIT_LINK, "b", "a");
    assert_true(takes(lineage, 0, "b", ""));
    assert_true(takes(lineage, 0, "c", "b")); /* before its own link */
    assert_false(takes(lineage, 0, "c", ""));
    assert_false(takes(lineage, 0, "a", ""));
    lineage_free(lineage);
}

TEST(any_of_several_ids_will_do)
{
    Asked asked;
    asked_init(&asked, LINEAGE_DESCENDANT);
    Lineage *lineage = lineage_new(&asked.query);
    tell(lineage, HIT_SOURCE, "ab", "");
    tell(lineage, HIT_LINK, "xy", "zb");
    assert_true(takes(lineage, 0, "qy", "q"));
    assert_true(takes(lineage, 0, "q", "qa"));
    assert_false(takes(lineage, 0, "qz", "z"));
    lineage_free(lineage);
}

TEST(who_has_to_do_with_no_source_takes_no_memory)
{
    Asked asked;
    asked_init(&asked, LINEAGE_DESCENDANT);
    Lineage *lineage = lineage_new(&asked.query);
    tell(lineage, HIT_LINK, "b", "a");
    assert_false(takes(lineage, 0, "b", "a"));
    assert_int_equal(lineage_bytes(lineage), 0);
    tell(lineage, HIT_SOURCE, "a", "");
    assert_true(lineage_bytes(lineage) > 0);
    assert_true(lineage_evict(lineage));
    assert_int_equal(lineage_bytes(lineage), 0);
    assert_false(lineage_evict(lineage));
    lineage_free(lineage);
    lineage_free(NULL);
}

TEST(who_was_not_met_for_longest_gives_way)
{
    Asked asked;
    asked_init(&asked, LINEAGE_EVENT);
    Lineage *lineage = lineage_new(&asked.query);
    for (const char *process = "abcd"; *process != '\0'; process++) {
        tell(lineage, HIT_SOURCE, (char[2]){*process}, "");
    }
    assert_true(takes(lineage, 0, "a", "")); /* asked for is met, */
    tell(lineage, HIT_SOURCE, "b", "");      /* and marked again is met */
    assert_true(lineage_evict(lineage) && lineage_evict(lineage));
    assert_true(takes(lineage, 0, "a", "") && takes(lineage, 0, "b", ""));
    assert_false(takes(lineage, 0, "c", "") || takes(lineage, 0, "d", ""));
    LineageStats stats = lineage_stats(lineage);
    assert_int_equal(stats.evicted, 2);
    assert_int_equal(stats.processes, 2);
    assert_int_equal(stats.most_processes, 4);
    assert_int_equal(stats.asked, 5);
    assert_int_equal(stats.taken, 3);
    assert_true(stats.bytes > 0 && stats.most_bytes >= stats.bytes);
    lineage_free(lineage);
}

/* ---- the twin ---- */

static Str random_ids(Random *random, Buffer *buffer)
{
    char names[3] = {0};
    uint32_t count = random_below(random, 3);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = (char)('a' + random_below(random, 12));
    }
    return ids_of(buffer, names);
}

/* Leaves of sources in front of `source` only, as the compiler makes them. */
static Stage random_stage(Random *random, LineageLeaf *leaves, uint32_t source)
{
    Stage stage = {.leaves = leaves};
    stage.leaf_count = source == 0 ? 0 : random_below(random, LINEAGE_MAX_LEAVES + 1);
    for (uint32_t i = 0; i < stage.leaf_count; i++) {
        leaves[i] = (LineageLeaf){(uint16_t)random_below(random, LINEAGE_RELATIONS),
                                  (uint16_t)random_below(random, source)};
    }
    return stage;
}

static void play(uint64_t seed)
{
    Random random = {seed};
    LineageLeaf leaves[SOURCES + 1][LINEAGE_MAX_LEAVES];
    Stage stages[SOURCES + 1]; /* the last is the query's */
    for (uint32_t i = 0; i <= SOURCES; i++) {
        stages[i] = random_stage(&random, leaves[i], i);
    }
    QueryPlan query = {.stages = &stages[SOURCES],
                       .stage_count = 1,
                       .lineage = {.sources = stages,
                                   .source_count = SOURCES,
                                   .inherited = UINT32_MAX,
                                   .link = &stages[0]}};
    Lineage *lineage = lineage_new(&query);
    LineagePlain *plain = lineage_plain_new(&query);
    Buffer process = {0};
    Buffer parent = {0};
    for (int i = 0; i < 300; i++) {
        static const uint16_t NUMBERS[] = {
            HIT_LINK, HIT_LINK, 0, 0, HIT_SOURCE, HIT_SOURCE + 1, HIT_SOURCE + 2, HIT_SOURCE + 3};
        Hit hit = {.stage = NUMBERS[random_below(&random, ARRAY_LEN(NUMBERS))],
                   .cases = (uint16_t)random_next(&random),
                   .process = random_ids(&random, &process),
                   .parent = random_ids(&random, &parent)};
        assert_int_equal(lineage_takes(lineage, &hit), lineage_plain_takes(plain, &hit));
        LineageFacts facts = lineage_facts(lineage, hit.process, hit.parent);
        LineageFacts expected = lineage_plain_facts(plain, hit.process, hit.parent);
        assert_memory_equal(&facts, &expected, sizeof facts);
    }
    buffer_done(&process);
    buffer_done(&parent);
    lineage_free(lineage);
    lineage_plain_free(plain);
    lineage_plain_free(NULL);
}

TEST(it_agrees_with_its_twin)
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        play(seed);
    }
}

RUN_TESTS(CASE(relations_are_of_the_process_its_parent_and_all_above),
          CASE(a_link_is_told_once_and_known_from_then_on), CASE(any_of_several_ids_will_do),
          CASE(who_has_to_do_with_no_source_takes_no_memory),
          CASE(who_was_not_met_for_longest_gives_way), CASE(it_agrees_with_its_twin))
