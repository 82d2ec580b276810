#pragma once
/* Recording: events out of files, in memory, and stories about stretches of them: made-up queries whose fields and
 * constants are the events' own (query_dress.h), so that their conditions hold now and then.
 *
 * Bounds       the first RECORDING_FILE_BYTES of each file. */

#include "story.h"

#define RECORDING_FILE_BYTES ((size_t)4 << 20)

typedef struct Recording {
    StoryTexts events;    /* padded for the reader */
    ARRAY(uint32_t) ends; /* of each file's events; files without any are left out */
} Recording;

bool recording_read(Arena *arena, const Str *paths, uint32_t count, Recording *out, Err *err);

/* The recording has events. */
void recording_story(Arena *arena, const Recording *recording, const StoryWorld *world, Dice *dice,
                     Story *out);
