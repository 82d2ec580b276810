#pragma once
/* Pipes: what matches of one query go through before they come out: its own pipes, and the request's size.
 *
 * Lifetimes    in the arena, but for what they hold: free them before it. One thread.
 * Bounds       pipes_bytes tells what they hold, pipes_give_way lets go of some of it; each match that was lost by that
 *              is counted. */

#include "detect/match.h"

typedef struct PipesOptions {
    uint32_t query;
    bool has_size; /* cut the matches to `size`, before the first pipe */
    bool
        at_tail; /* which end: the last `size`, else the first (unless the first pipe says which) */
    uint64_t size;
} PipesOptions;

/* Where matches go that come through. */
typedef struct PipesEnd {
    MatcherTake *take;
    void *context;
} PipesEnd;

typedef struct Pipes Pipes;
Pipes *pipes_new(Arena *arena, const QueryPlan *plan, const PipesOptions *options);
void pipes_free(Pipes *pipes);
bool pipes_take(Pipes *pipes, const Match *match, const PipesEnd *end, Err *err) MUST_CHECK;
/* No match comes any more: gives out what is held back. */
bool pipes_finish(Pipes *pipes, const PipesEnd *end, Err *err) MUST_CHECK;
bool pipes_are_over(const Pipes *pipes); /* nothing that comes can get through any more */
size_t pipes_bytes(const Pipes *pipes);
bool pipes_give_way(Pipes *pipes);           /* false when nothing is held */
uint64_t pipes_tail_cut(const Pipes *pipes); /* matches that a tail could not hold */
