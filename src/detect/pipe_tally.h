#pragma once
/* PipeTally: the distinct tuples that came, how often each, and perhaps the first match of each.
 *
 * Bounds       what is counted once is counted right: when pipe_tally_drop is asked for room, the tuple that was met last
 *              goes, and from then on no new one is taken; the matches of those are counted together, as others. */

#include "detect/kept_match.h"

typedef struct PipeTally PipeTally;

PipeTally *pipe_tally_new(void);
void pipe_tally_free(PipeTally *tally); /* NULL is fine */

typedef enum TallyAnswer { TALLY_NEW, TALLY_KNOWN, TALLY_NO_ROOM } TallyAnswer;

/* Keeps `first` when the tuple is new, if it is not NULL. */
TallyAnswer pipe_tally_add(PipeTally *tally, Str tuple, const Match *first);
bool pipe_tally_drop(PipeTally *tally); /* false when nothing is held */
size_t pipe_tally_bytes(const PipeTally *tally);
uint64_t pipe_tally_total(const PipeTally *tally); /* matches that were added */
uint64_t pipe_tally_others(const PipeTally *tally);

/* Nothing is added any more: the next in order of count, those of equal count as they came. False behind the last. The
 * match is the caller's to free; NULL when none was kept. */
bool pipe_tally_take(PipeTally *tally, uint64_t *count, KeptMatch **first);
