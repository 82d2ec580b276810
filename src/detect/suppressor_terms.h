#pragma once
/* SuppressorTerms: what a match has in the fields by which it is suppressed, and the groups it belongs to. */

#include "detect/match.h"
#include "detect/match_documents.h"
#include "rule/str_list.h"

/* What an array is. */
typedef enum SuppressorArrays {
    SUPPRESSOR_EACH,   /* as many values, and a group for each */
    SUPPRESSOR_SORTED, /* one value, in whatever order it stands */
    SUPPRESSOR_SHARED, /* one value: what all events share, in the order of the first */
    SUPPRESSOR_GROUP,  /* of a threshold's group there are none */
} SuppressorArrays;

/* One field of one group; no values: it is missing. */
typedef struct SuppressorTerm {
    Str field;
    Values values;
} SuppressorTerm;

typedef struct SuppressorTerms {
    Arena *arena;
    SuppressorTerm *items;
    uint32_t count;
} SuppressorTerms;

/* Of the match that the documents are set to. False when an event cannot be read. */
bool suppressor_terms_read(SuppressorTerms *terms, MatchDocuments *documents, const Match *match,
                           const StrList *fields, Arena *arena, Err *err) MUST_CHECK;
/* Of a threshold's group: `key` is its values. */
void suppressor_terms_of_group(SuppressorTerms *terms, const StrList *fields, Str key,
                               Arena *arena);
bool suppressor_terms_lack(const SuppressorTerms *terms); /* some field is missing */

typedef void SuppressorPut(void *context, const SuppressorTerm *terms, uint32_t count);
/* Each group; how many there would have been past SUPPRESSOR_MAX_GROUPS. */
uint64_t suppressor_terms_each(SuppressorTerms *terms, SuppressorArrays arrays, SuppressorPut *put,
                               void *context);

/* Equal for two groups iff their values' texts are. */
void suppressor_terms_append_key(Buffer *out, const SuppressorTerm *terms, uint32_t count);
/* [{"field": "a", "value": ...}] */
void suppressor_terms_append_json(Buffer *out, const SuppressorTerm *terms, uint32_t count,
                                  SuppressorArrays arrays);
