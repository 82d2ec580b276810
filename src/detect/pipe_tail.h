#pragma once
/* PipeTail: the last matches that came, as many as it is to keep. A zeroed one is empty. */

#include "detect/kept_match.h"

typedef struct PipeTail {
    KeptMatch **kept; /* a ring */
    size_t count, first, capacity;
    size_t bytes; /* held */
} PipeTail;

void pipe_tail_done(PipeTail *tail);
void pipe_tail_add(PipeTail *tail, uint64_t limit, const Match *match);
KeptMatch *
pipe_tail_take(PipeTail *tail); /* the oldest, for the caller to free; NULL when there is none */
