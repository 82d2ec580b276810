#pragma once
/* PipeValues: what pipes ask of one match: whether a condition holds, what their terms are. Of an event query's
 * event they know what the hit has carried; other events are read again, and only if they are asked.
 *
 * Threads      one. Lives in the arena, but for what it reads: free it before the arena. */

#include "detect/match.h"
#include "detect/match_documents.h"

typedef struct PipeValues PipeValues;

/* `plan` is that of the events; it has one of pipes. */
PipeValues *pipe_values_new(Arena *arena, const PlanSet *plan, const DocumentSource *source);
void pipe_values_free(PipeValues *values); /* NULL is fine */
/* From now on those of this match, which is borrowed. */
void pipe_values_set(PipeValues *values, const Match *match);
/* False when an event cannot be read. */
bool pipe_values_hold(PipeValues *values, NodeId node, bool *holds, Err *err) MUST_CHECK;
/* Appends the tuple of the pipe's terms: in "sort" that of their order, else of their sets (pipe_tuple.h). `shown` gets the
 * sets as they stand, if it is not NULL. */
bool pipe_values_tuple(PipeValues *values, const Pipe *pipe, Buffer *tuple, Buffer *shown,
                       Err *err) MUST_CHECK;
uint64_t pipe_values_combinations_cut(const PipeValues *values);
