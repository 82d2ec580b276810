#pragma once
/* KeptMatch: a match that a pipe holds back. On the heap; whoever keeps it frees it. */

#include "detect/match.h"

/* The key's bytes stand behind the events. */
typedef struct KeptMatch {
    uint32_t event_count;
    size_t key_len;
    SequenceEvent events[];
} KeptMatch;

KeptMatch *kept_match_new(const Match *match);
void kept_match_free(KeptMatch *kept);
size_t kept_match_bytes(const KeptMatch *kept);
Match kept_match_view(const KeptMatch *kept, uint32_t query); /* borrowed */
