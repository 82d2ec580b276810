#pragma once
/* Similar: which of the known names a misspelt one may have meant. How alike two names are is one minus
 * the edit distance over the longer length. Elasticsearch names those of a half or more, the nearest
 * first; so do we.
 *
 *     Similar similar = {.arena = arena, .name = name, .least = SIMILAR_LEAST};
 *     similar_offer(&similar, STR("head"));
 *     similar_did_you_mean(&similar);
 *
 * Bounds       the work grows with the square of the length: names longer than SIMILAR_MAX_BYTES are
 *              like nothing but themselves. */

#include "base/array.h"
#include "base/str.h"

#define SIMILAR_LEAST     0.5
#define SIMILAR_MAX_BYTES ((size_t)128)

typedef struct SimilarName {
    Str name; /* borrowed from who offered it */
    double alike;
} SimilarName;

typedef struct Similar {
    Arena *arena;
    Str name;
    double least;               /* how alike a name must be, in (0, 1] */
    uint32_t limit;             /* only so many of the nearest are kept; 0 = all */
    ARRAY(SimilarName) nearest; /* best first; of equals the one that was offered first */
} Similar;

/* A name is kept once, however often it is offered. */
void similar_offer(Similar *similar, Str known);
/* ", did you mean [head]?", ", did you mean any of [a, b]?", or nothing. */
Str similar_did_you_mean(const Similar *similar);

/* The same for a list, as Elasticsearch does it. */
Str similar_hint(Arena *arena, Str name, const Str *known, size_t count);
