#include "story.h"

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

static Str mapping(Arena *arena)
{
    Buffer json = {0};
    for (size_t i = 0; i < ARRAY_LEN(MAPPING); i++) {
        buffer_append_format(&json, "%s\"%s\": {\"type\": %s}",
                             i == 0 ? "{\"properties\": {" : ", ", MAPPING[i][0], MAPPING[i][1]);
    }
    buffer_append_c(&json, "}}");
    Str text = str_copy(arena, buffer_str(&json));
    buffer_done(&json);
    return text;
}

StoryWorld story_world(Arena *arena)
{
    Err err = {0};
    StoryWorld world = {.builtin = schema_builtin(arena), .mapping = mapping(arena)};
    world.mapped = schema_read_mapping(arena, world.mapping, &err);
    assert(world.mapped != NULL);
    return world;
}

static void add_patterns(Arena *arena, Story *story)
{
    ARRAY_PUSH(arena, &story->index_patterns, STR("logs-*"));
    ARRAY_PUSH(arena, &story->index_patterns, STR("-logs-b"));
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
    bool is_mapped = dice_below(dice, 4) == 3;
    out->schema = is_mapped ? world->mapped : world->builtin;
    out->mapping = is_mapped ? world->mapping : STR("");
    out->tiebreaker = dice_below(dice, 3) == 2 ? STR("tie") : STR("");
    if (dice_below(dice, 4) == 3) {
        add_patterns(arena, out);
    }
    out->has_size = dice_below(dice, 5) == 4;
    out->head = dice_below(dice, 2) == 1;
    out->size = dice_below(dice, 5);
    out->max_samples_per_key = dice_below(dice, 4);
    out->wait_at_end = dice_below(dice, 2) == 1;
    out->batch_rows = dice_below(dice, 5);
    uint32_t events = 4 + dice_below(dice, 40);
    for (uint32_t i = 0; i < events && !dice_is_spent(dice); i++) {
        buffer_clear(&text);
        story_add_event(dice, &text, i);
        ARRAY_PUSH(arena, &out->events, twin_event(arena, buffer_str(&text)));
    }
    buffer_done(&text);
}
