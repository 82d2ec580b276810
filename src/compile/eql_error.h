#pragma once
/* EqlError: a refused query as Elasticsearch's API answers it.
 *
 * What its parser refuses comes alone, the first fault only: "line 1:9: mismatched input ...". What is
 * wrong with the meaning comes all at once: "Found 2 problems\nline 1:5: ...\nline 2:7: ...". A
 * comparison of two fields is found after both, so it is told only when nothing else is wrong.
 *
 * Columns       count characters from 1; after the grammar, but still in the parser, from 2
 *               (eql_position). */

#include "base/diagnostic.h"

typedef struct EqlError {
    const char *type; /* "parsing_exception", "verification_exception", ... */
    uint32_t status;  /* of HTTP */
    Str reason;
} EqlError;

/* `diagnostics` holds an error; warnings and notes are no part of the answer. */
EqlError eql_error(Arena *arena, Str text, const Diagnostics *diagnostics);
/* {"error":{"root_cause":[{"type":..,"reason":..}],"type":..,"reason":..},"status":400} */
void eql_error_write(Buffer *out, const EqlError *error);
