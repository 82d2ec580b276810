#include "recording.h"

#include "ingest/input.h"
#include "query_dress.h"
#include "twin.h"

#define MIN_EVENTS 5
#define MAX_EVENTS 60

static void end_file(Arena *arena, Recording *recording)
{
    uint32_t begin =
        recording->ends.count > 0 ? recording->ends.items[recording->ends.count - 1] : 0;
    if (recording->events.count > begin) {
        ARRAY_PUSH(arena, &recording->ends, recording->events.count);
    }
}

bool recording_read(Arena *arena, const Str *paths, uint32_t count, Recording *out, Err *err)
{
    *out = (Recording){0};
    InputSet *set = input_open(paths, count, &(InputOptions){0}, err);
    if (set == NULL) {
        return false;
    }
    uint32_t input = 0;
    size_t bytes = 0;
    for (InputBlock *block; (block = input_next(set)) != NULL; input_release(set, block)) {
        for (uint32_t i = 0; i < block->count; i++) {
            const InputDocument *document = &block->documents[i];
            if (document->place.input != input) {
                end_file(arena, out);
                input = document->place.input;
                bytes = 0;
            }
            bytes += document->text.len;
            if (bytes <= RECORDING_FILE_BYTES) {
                ARRAY_PUSH(arena, &out->events, twin_event(arena, document->text));
            }
        }
    }
    end_file(arena, out);
    input_close(set);
    return out->events.count > 0 || err_set(err, ERR_SYNTAX, "no events in it");
}

/* Every file is as likely as every other, however long. */
static StoryTexts window(Arena *arena, const Recording *recording, Dice *dice)
{
    uint32_t file = dice_below(dice, recording->ends.count);
    uint32_t begin = file > 0 ? recording->ends.items[file - 1] : 0;
    uint32_t count = recording->ends.items[file] - begin;
    uint32_t wanted = MIN_EVENTS + dice_below(dice, MAX_EVENTS - MIN_EVENTS + 1);
    uint32_t taken = wanted < count ? wanted : count;
    uint32_t from = begin + dice_below(dice, count - taken + 1);
    StoryTexts events = {0};
    for (uint32_t i = 0; i < taken; i++) {
        ARRAY_PUSH(arena, &events, recording->events.items[from + i]);
    }
    return events;
}

/* The schema that the events' own fields would give an index. */
static void add_mapping(Arena *arena, const Words *words, Dice *dice, Story *story)
{
    Err err = {0};
    Str mapping = words_mapping(arena, words, dice);
    const Schema *schema = schema_read_mapping(arena, mapping, &err);
    if (schema != NULL) { /* a field may be an object in one event and none in the next */
        story->schema = schema;
        story->mapping = mapping;
    }
}

void recording_story(Arena *arena, const Recording *recording, const StoryWorld *world, Dice *dice,
                     Story *out)
{
    *out = (Story){.events = window(arena, recording, dice), .schema = world->builtin};
    Words words = words_of(arena, &out->events, world->builtin);
    if (dice_below(dice, 4) == 3) {
        add_mapping(arena, &words, dice, out);
    }
    Buffer text = {0};
    uint32_t queries = 1 + dice_below(dice, dice_below(dice, 16) == 15 ? 100 : 6);
    for (uint32_t i = 0; i < queries; i++) {
        buffer_clear(&text);
        story_add_query(dice, &text);
        ARRAY_PUSH(arena, &out->queries, query_dress(arena, buffer_str(&text), &words, dice));
    }
    buffer_done(&text);
    if (dice_below(dice, 3) == 2) {
        out->tiebreaker = words_path(&words, dice, 'n');
    }
    if (dice_below(dice, 6) == 5) {
        ARRAY_PUSH(arena, &out->index_patterns, STR("winlogbeat-*"));
    }
    out->has_size = dice_below(dice, 5) == 4;
    out->head = dice_below(dice, 2) == 1;
    out->size = dice_below(dice, 5);
    out->max_samples_per_key = dice_below(dice, 4);
    out->wait_at_end = dice_below(dice, 2) == 1;
    out->batch_rows = dice_below(dice, 5);
}
