#pragma once
/* Pipes: what matches of one query go through before they come out: its own pipes, and the request's size.
 *
 * Size         stands before the first pipe if that is head or tail, as one of its kind; else it cuts what comes out at the
 *              end, the first of what sort or a count has put in order.
 * Lifetimes    in the arena, but for what they hold: free them before it. One thread.
 * Bounds       pipes_bytes tells what they hold, pipes_give_way lets go of some of it: a tail of its oldest, a sort of the
 *              last in order, the others of the tuple that they met last (pipe_tally.h). What was lost by that is counted.
 */

#include "detect/pipe_values.h"

/* Follows certain matches: which pipe they came to, and no further. */
typedef struct PipesWatch {
    bool (*is_watched)(void *context, const Match *match);
    void *context;
    bool reached;     /* some pipe */
    uint32_t step;    /* the farthest, from 0 */
    const Pipe *pipe; /* which is that; NULL: the request's size */
} PipesWatch;

typedef struct PipesOptions {
    uint32_t query;
    bool has_size;
    bool
        at_tail; /* which end size keeps: the last matches, else the first (unless pipes say which) */
    uint64_t size;
    PipeValues *values; /* NULL when no pipe of the plan asks any */
    PipesWatch *watch;  /* NULL: nothing is followed */
} PipesOptions;

/* Where matches go that come through. */
typedef struct PipesEnd {
    MatcherTake *take;
    void *context;
} PipesEnd;

typedef struct PipesStats {
    uint64_t tail_cut;   /* matches that a tail, a sort or a size could not hold */
    uint64_t others;     /* matches of tuples that a count or a unique_count had no room for */
    uint64_t unfollowed; /* matches that unique let through without being able to remember them */
} PipesStats;

typedef struct Pipes Pipes;
Pipes *pipes_new(Arena *arena, const QueryPlan *plan, const PipesOptions *options);
void pipes_free(Pipes *pipes); /* NULL is fine */
bool pipes_take(Pipes *pipes, const Match *match, const PipesEnd *end, Err *err) MUST_CHECK;
/* No match comes any more: gives out what is held back. */
bool pipes_finish(Pipes *pipes, const PipesEnd *end, Err *err) MUST_CHECK;
bool pipes_are_over(const Pipes *pipes); /* nothing that comes can get through any more */
size_t pipes_bytes(const Pipes *pipes);
bool pipes_give_way(Pipes *pipes); /* false when nothing is held */
PipesStats pipes_stats(const Pipes *pipes);

typedef struct PipeCount {
    uint64_t in, out; /* matches */
} PipeCount;
PipeCount pipes_count(const Pipes *pipes, uint32_t pipe); /* of a pipe of the query */

/* The query's pipes with the size among them, as Pipes and its twin run them; into the arena. */
uint32_t pipes_with_size(Arena *arena, const QueryPlan *plan, const PipesOptions *options,
                         Pipe **out);
