#pragma once
/* KeptMatch: a match that is held back, and the bytes that it is to be told by, in one piece on the heap; whoever keeps it
 * frees it. What suppression adds to a match is not kept: it comes behind all that holds matches back. */

#include "detect/match.h"

typedef struct KeptMatch KeptMatch;

KeptMatch *kept_match_new(const Match *match, Str tuple);
void kept_match_free(KeptMatch *kept);

/* As it was; what it borrows stands in what is kept. */
Match kept_match_get(const KeptMatch *kept);
Str kept_match_tuple(const KeptMatch *kept);
/* What it takes of the memory, with what the allocator rounds up. */
size_t kept_match_bytes(const KeptMatch *kept);
