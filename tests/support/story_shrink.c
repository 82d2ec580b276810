#include "story_shrink.h"

#include "event_edit.h"
#include "query_edit.h"
#include "twin.h"

typedef struct Shrink {
    Arena *arena;   /* of the story */
    Arena *scratch; /* of one try */
    const StoryWorld *world;
    Story *story;
    StoryShows *shows;
    void *context;
    uint32_t tries;
    bool progress;
} Shrink;

/* Whether the smaller story still shows it; then the caller makes the story so. */
static bool try(Shrink *shrink, const Story *smaller)
{
    if (shrink->tries == STORY_SHRINK_TRIES) {
        return false;
    }
    shrink->tries++;
    Arena *arena = arena_new();
    bool shown = shrink->shows(shrink->context, arena, smaller);
    arena_free(arena);
    shrink->progress |= shown;
    return shown;
}

/* --- parts left out --- */

static StoryTexts without(Arena *arena, const StoryTexts *texts, uint32_t from, uint32_t count)
{
    StoryTexts rest = {0};
    for (uint32_t i = 0; i < texts->count; i++) {
        if (i < from || i >= from + count) {
            ARRAY_PUSH(arena, &rest, texts->items[i]);
        }
    }
    return rest;
}

/* Halves go first, then ever smaller parts, then each alone. `texts` is a member of the story. */
static void drop_some(Shrink *shrink, StoryTexts *texts)
{
    for (uint32_t part = (texts->count + 1) / 2; part > 0; part /= 2) {
        for (uint32_t at = 0; at < texts->count;) {
            StoryTexts all = *texts;
            *texts = without(shrink->arena, &all, at, part);
            if (!try(shrink, shrink->story)) {
                *texts = all;
                at += part;
            }
        }
    }
}

static void try_settings(Shrink *shrink, const Story *plainer, bool differs)
{
    if (differs && try(shrink, plainer)) {
        *shrink->story = *plainer;
    }
}

static void drop_settings(Shrink *shrink)
{
    Story plainer = *shrink->story;
    plainer.has_size = false;
    try_settings(shrink, &plainer, shrink->story->has_size);
    plainer = *shrink->story;
    plainer.tiebreaker = STR("");
    try_settings(shrink, &plainer, shrink->story->tiebreaker.len > 0);
    plainer = *shrink->story;
    plainer.wait_at_end = false;
    try_settings(shrink, &plainer, shrink->story->wait_at_end);
    plainer = *shrink->story;
    plainer.max_samples_per_key = 0;
    try_settings(shrink, &plainer, shrink->story->max_samples_per_key > 1);
    plainer = *shrink->story;
    plainer.batch_rows = 0;
    try_settings(shrink, &plainer, shrink->story->batch_rows > 0);
    plainer = *shrink->story;
    plainer.mapping = STR("");
    plainer.schema = shrink->world->builtin;
    try_settings(shrink, &plainer, shrink->story->mapping.len > 0);
}

/* --- smaller texts --- */

typedef bool EditText(Arena *arena, Str text, uint32_t number, Str *out);

/* Behind an edit that was of use stands another in its place. */
static void edit_each(Shrink *shrink, StoryTexts *texts, EditText *edit)
{
    for (uint32_t at = 0; at < texts->count; at++) {
        Str text;
        for (uint32_t number = 0; edit(shrink->scratch, texts->items[at], number, &text);) {
            Str before = texts->items[at];
            texts->items[at] = twin_event(shrink->scratch, text);
            bool smaller = !str_equal(text, before) && try(shrink, shrink->story);
            texts->items[at] = smaller ? twin_event(shrink->arena, text) : before;
            number += !smaller;
            arena_reset(shrink->scratch);
        }
        arena_reset(shrink->scratch);
    }
}

void story_shrink(Arena *arena, const StoryWorld *world, Story *story, StoryShows *shows,
                  void *context)
{
    Shrink shrink = {
        .arena = arena,
        .scratch = arena_new(),
        .world = world,
        .story = story,
        .shows = shows,
        .context = context,
    };
    do {
        shrink.progress = false;
        drop_some(&shrink, &story->queries);
        drop_some(&shrink, &story->events);
        drop_some(&shrink, &story->index_patterns);
        drop_settings(&shrink);
        edit_each(&shrink, &story->queries, query_edit);
        edit_each(&shrink, &story->events, event_edit);
    } while (shrink.progress && shrink.tries < STORY_SHRINK_TRIES);
    arena_free(shrink.scratch);
}
