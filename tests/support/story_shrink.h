#pragma once
/* StoryShrink: a story that shows something, made as small as it can be while it still shows it: fewer events and
 * queries, plain settings, then smaller queries and events (query_edit.h, event_edit.h).
 *
 * Bounds       STORY_SHRINK_TRIES questions; what is smallest by then is left. */

#include "story.h"

#define STORY_SHRINK_TRIES 20000

/* True when the story still shows it. The arena is for the question only. */
typedef bool StoryShows(void *context, Arena *arena, const Story *story);

/* `world` has the schema that a story needs no mapping for. */
void story_shrink(Arena *arena, const StoryWorld *world, Story *story, StoryShows *shows,
                  void *context);
