#pragma once
/* PipesPlain: the slow twin of Pipes: lists of all matches, searched from end to end, and every event read again.
 * Shares with the fast way only the plan, where size stands, and exec/scalar.
 *
 * Bounds       none. */

#include "detect/pipes.h"

typedef struct PipesPlain PipesPlain;
/* options->values is not looked at. */
PipesPlain *pipes_plain_new(Arena *arena, const PlanSet *plan, const PipesOptions *options,
                            const DocumentSource *source);
void pipes_plain_free(PipesPlain *pipes); /* NULL is fine */
bool pipes_plain_take(PipesPlain *pipes, const Match *match, const PipesEnd *end,
                      Err *err) MUST_CHECK;
bool pipes_plain_are_over(
    const PipesPlain *pipes); /* nothing that comes can get through any more */
uint64_t pipes_plain_combinations_cut(const PipesPlain *pipes);
bool pipes_plain_finish(PipesPlain *pipes, const PipesEnd *end, Err *err) MUST_CHECK;
