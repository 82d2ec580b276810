#pragma once
/* PipeSort: matches in order of their tuples, those of equal ones as they came.
 *
 * Bounds       it keeps at most `limit`, the first in order (or the last), and so costs no more than a "head" or a "tail"
 *              behind it asks for. pipe_sort_drop lets go of the one at the other end. */

#include "detect/kept_match.h"

typedef struct PipeSort PipeSort;

PipeSort *pipe_sort_new(uint64_t limit, bool keep_last);
void pipe_sort_free(PipeSort *sort); /* NULL is fine */
void pipe_sort_add(PipeSort *sort, const Match *match, Str tuple);
bool pipe_sort_drop(PipeSort *sort); /* false when nothing is held */
size_t pipe_sort_bytes(const PipeSort *sort);

/* Nothing is added any more: the next in order, for the caller to free; NULL behind the last. */
KeptMatch *pipe_sort_take(PipeSort *sort);
