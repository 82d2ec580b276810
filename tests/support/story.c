#include "story.h"

#include "compile/eql_compile.h"
#include "twin.h"

/* Types that the built-in schema does not give these fields. */
static const char *const MAPPING[][2] = {
    {"@timestamp", "\"date_nanos\""},
    {"tie", "\"keyword\""},
    {"_index", "\"keyword\""},
    {"process.name", "\"wildcard\""},
    {"process.pid", "\"double\""},
    {"process.exit_code", "\"long\", \"null_value\": 5"},
    {"process.args", "\"keyword\", \"null_value\": \"a\""},
    {"process.start", "\"date_nanos\""},
    {"process.code_signature.trusted", "\"boolean\""},
    {"event.category", "\"keyword\""},
    {"event.risk_score", "\"float\""},
    {"source.ip", "\"ip\""},
    {"x", "\"keyword\""},
    {"x.y", "\"keyword\""},
    {"z", "\"unsigned_long\""},
    {"v", "\"version\""},
};

static const Schema *mapped(Arena *arena)
{
    Buffer json = {0};
    for (size_t i = 0; i < ARRAY_LEN(MAPPING); i++) {
        buffer_append_format(&json, "%s\"%s\": {\"type\": %s}",
                             i == 0 ? "{\"properties\": {" : ", ", MAPPING[i][0], MAPPING[i][1]);
    }
    buffer_append_c(&json, "}}");
    Err err = {0};
    const Schema *schema = schema_read_mapping(arena, str_copy(arena, buffer_str(&json)), &err);
    assert(schema != NULL);
    buffer_done(&json);
    return schema;
}

StoryWorld story_world(Arena *arena)
{
    return (StoryWorld){schema_builtin(arena), mapped(arena)};
}

void story_make(Arena *arena, const StoryWorld *world, Dice *dice, Story *out)
{
    *out = (Story){0};
    Buffer text = {0};
    /* Now and then many, so that many predicates of one field are sought at once. */
    uint32_t queries = 1 + dice_below(dice, dice_below(dice, 16) == 15 ? 100 : 4);
    for (uint32_t i = 0; i < queries; i++) {
        buffer_clear(&text);
        story_add_query(dice, &text);
        ARRAY_PUSH(arena, &out->queries, str_copy(arena, buffer_str(&text)));
    }
    out->schema = dice_below(dice, 4) == 3 ? world->mapped : world->builtin;
    out->has_tiebreaker = dice_below(dice, 3) == 2;
    out->has_index_pattern = dice_below(dice, 4) == 3;
    out->has_size = dice_below(dice, 5) == 4;
    out->head = dice_below(dice, 2) == 1;
    out->size = dice_below(dice, 5);
    out->batch_rows = dice_below(dice, 5);
    uint32_t events = 4 + dice_below(dice, 40);
    for (uint32_t i = 0; i < events && !dice_is_spent(dice); i++) {
        buffer_clear(&text);
        story_add_event(dice, &text, i);
        ARRAY_PUSH(arena, &out->events, twin_event(arena, buffer_str(&text)));
    }
    buffer_done(&text);
}

static const PlanSet *compile(Arena *arena, const Story *story, uint32_t *compiled)
{
    static const Str PATTERNS[] = {STR_INIT("logs-*"), STR_INIT("-logs-b")};
    PlanBuilder *builder = plan_builder_new(arena, story->schema);
    EqlCompileOptions options = {.index_patterns = PATTERNS};
    options.tiebreaker_field = story->has_tiebreaker ? STR("tie") : STR("");
    options.index_pattern_count = story->has_index_pattern ? ARRAY_LEN(PATTERNS) : 0;
    for (uint32_t i = 0; i < story->queries.count; i++) {
        Diagnostics diagnostics = {.arena = arena};
        EqlQuery *tree = eql_parse(arena, story->queries.items[i], &diagnostics);
        uint32_t query;
        *compiled += tree != NULL && eql_compile(builder, tree, &options, &diagnostics, &query);
    }
    return plan_builder_finish(builder);
}

static void append_results(Buffer *report, TwinWay way, const TwinResults *results)
{
    buffer_append_format(report, "%s:\n", twin_way_name(way));
    for (uint32_t i = 0; i < results->list.count; i++) {
        const TwinResult *result = &results->list.items[i];
        buffer_append_format(report, "  query %u:", result->query);
        for (uint32_t row = 0; row < result->row_count; row++) {
            buffer_append_format(report, " %u", result->rows[row]);
        }
        buffer_append_byte(report, '\n');
    }
}

static void append_story(Buffer *report, const Story *story)
{
    buffer_append_format(report, "schema %s, tiebreaker %d, index pattern %d, size %d %s %llu\n",
                         schema_is_strict(story->schema) ? "mapped" : "built in",
                         story->has_tiebreaker, story->has_index_pattern, story->has_size,
                         story->head ? "head" : "tail", (unsigned long long)story->size);
    for (uint32_t i = 0; i < story->queries.count; i++) {
        buffer_append_format(report, "eql    %.*s\n", STR_ARG(story->queries.items[i]));
    }
    for (uint32_t i = 0; i < story->events.count; i++) {
        buffer_append_format(report, "  %.*s\n", STR_ARG(story->events.items[i]));
    }
}

bool story_check(Arena *arena, const Story *story, StoryVerdict *verdict, Buffer *report)
{
    *verdict = (StoryVerdict){0};
    const PlanSet *plan = compile(arena, story, &verdict->compiled);
    TwinRun run = {
        .plan = plan,
        .events = story->events.items,
        .event_count = story->events.count,
        .has_size = story->has_size,
        .head = story->head,
        .size = story->size,
        .batch_rows = story->batch_rows,
    };
    TwinResults results[TWIN_WAYS];
    bool same = true;
    Err err = {0};
    for (TwinWay way = 0; way < TWIN_WAYS; way++) {
        if (!twin_run(arena, &run, way, &results[way], &err)) {
            buffer_append_format(report, "%s: %s\n", twin_way_name(way), err.text);
            append_story(report, story);
            return false;
        }
        same = same && twin_equal(&results[0], &results[way]);
    }
    verdict->matches = results[0].list.count;
    if (!same) {
        append_story(report, story);
        for (TwinWay way = 0; way < TWIN_WAYS; way++) {
            append_results(report, way, &results[way]);
        }
    }
    return same;
}
