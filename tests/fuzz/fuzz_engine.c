/* Queries and events made of the input's bytes: the engine's ways agree on all of them. */
#include "story.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static StoryWorld world; /* for all inputs: it costs more to build than a story to run */
    if (world.builtin == NULL) {
        world = story_world(arena_new());
    }
    Arena *arena = arena_new();
    Dice dice = dice_of_bytes(data, size);
    Story story;
    StoryVerdict verdict;
    story_make(arena, &world, &dice, &story);
    if (!story_check(arena, &story, &verdict)) {
        Buffer report = {0};
        story_print(&report, &story);
        fwrite(report.ptr, 1, report.len, stderr);
        abort();
    }
    arena_free(arena);
    return 0;
}
