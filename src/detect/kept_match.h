#pragma once
/* KeptMatch: a match that a pipe holds back, and the bytes that it is to be told by. On the heap; whoever keeps it frees
 * it. */

#include "detect/match.h"

typedef struct KeptMatch {
    Match match; /* what it borrows stands behind it */
    Str tuple;
    size_t bytes; /* of all of it */
    SequenceEvent events[];
} KeptMatch;

KeptMatch *kept_match_new(const Match *match, Str tuple);
void kept_match_free(KeptMatch *kept);
