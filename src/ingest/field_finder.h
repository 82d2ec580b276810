#pragma once
/* FieldFinder: finds the values of patterns' fields (event/field_pattern.h) in a document that has been read. A walk of its own
 * over the tokens, so that documents in which no pattern can fit cost nothing more: FieldTrie.hints tells which those are.
 *
 * Lifetimes    in the heap; belongs to one reader.
 * Bounds       what fits a path is worked out once for FIELD_FINDER_PATHS paths of FIELD_FINDER_BYTES bytes together; for
 *              others anew each time. */

#include "event/batch.h"
#include "ingest/json_index.h"

#if defined(SHRIKE_TINY)
#define FIELD_FINDER_PATHS 4
#else
#define FIELD_FINDER_PATHS 16384
#endif
#define FIELD_FINDER_BYTES ((size_t)1 << 20)

typedef struct FieldFinder FieldFinder;

FieldFinder *field_finder_new(const FieldTable *fields); /* NULL when no field is a pattern's */
void field_finder_free(FieldFinder *finder);

typedef struct FoundFields {
    const FieldSpan *items; /* borrowed until the next walk */
    uint32_t count;
    size_t beyond; /* where the first value stands that would be more than `limit`; 0: none */
} FoundFields;

/* `token` is the opening bracket of the event's own object, in a text that has been found valid. */
FoundFields field_finder_walk(FieldFinder *finder, const char *text, const uint32_t *token,
                              uint32_t limit);
