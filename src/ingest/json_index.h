#pragma once
/* JsonIndex: the first of the reader's two passes over a document. Finds where its tokens begin (every
 * bracket outside strings, the opening quote of every string, the first byte of every other scalar) and
 * checks all that needs no grammar: strings end, escapes, control characters, UTF-8. Colons and commas are
 * no tokens: which of them stand between two tokens is seen from the second one, looking back.
 *
 * Cost         one pass of 64 bytes at a time; no branch on what the text says but for rare escapes.
 * Memory       four bytes for each byte of the largest document seen; kept for the next one.
 * Faults       the first one ends the index: tokens at and behind it are left out. */

#include "base/str.h"

/* Entries behind the last token that may be read and hold the place where the index ends. */
#define JSON_INDEX_SPARE    4
#define JSON_INDEX_MAX_TEXT ((size_t)1 << 30)

typedef struct JsonIndex {
    uint32_t *tokens; /* byte offsets, rising */
    uint32_t count;
    uint32_t end;      /* where the index ends: the text's length, or the fault's place */
    const char *fault; /* what is wrong at `end`; NULL when nothing is */
    size_t capacity;
} JsonIndex;

void json_index_done(JsonIndex *index);

/* `text` is followed by JSON_BLOCK readable bytes and is at most JSON_INDEX_MAX_TEXT long. */
typedef void JsonIndexer(JsonIndex *index, Str text);
JsonIndexer *json_indexer_best(void); /* the fastest this machine has the instructions for */

/* All that run here, slowest first: tests hold them against each other. */
#define JSON_INDEXERS 3
typedef struct JsonIndexerName {
    const char *name;
    JsonIndexer *build;
} JsonIndexerName;
size_t json_indexers(JsonIndexerName out[JSON_INDEXERS]);
