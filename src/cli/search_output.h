#pragma once
/* SearchOutput: what a query found, on standard output: a table for people, or one JSON result a
 * line: an event as
 * {"_index","_id","_source"} (and "fields"), a sequence or a sample as {"join_keys":[..],"events":[..]}. An
 * event that is missing stands there as an empty one with "missing":true. What unique_count has counted gets "count" and
 * "percent" (0 to 1) beside it; of "count" there is nothing but them, and "keys" with an element for each of its terms, or
 * "others":true for those that there was no room to tell apart. */

#include "base/json_writer.h"
#include "detect/match.h"
#include "detect/match_documents.h"
#include "event/schema.h"

typedef struct SearchOutputOptions {
    bool ndjson;
    bool colour;
    unsigned width;    /* of the screen; 0 = do not cut */
    const Str *fields; /* asked for by --fields */
    uint32_t field_count;
    const Schema *schema;
    Str timestamp_field;
} SearchOutputOptions;

typedef struct SearchOutput SearchOutput;
SearchOutput *search_output_new(const SearchOutputOptions *options);
void search_output_free(SearchOutput *output);
/* `match` is the event's. */
void search_output_event(SearchOutput *output, const Match *match, const Document *event);

/* A match without events, as "count" makes them; `terms` of that pipe. */
void search_output_count(SearchOutput *output, const Match *match, uint32_t terms);

typedef struct SearchSequence {
    const Match *match;
    MatchDocuments *documents; /* of the events */
    bool sample; /* dates among its keys are milliseconds since 1970, as in Elasticsearch */
} SearchSequence;
/* False when an event cannot be read again. */
bool search_output_sequence(SearchOutput *output, const SearchSequence *sequence,
                            Err *err) MUST_CHECK;
void search_output_end(SearchOutput *output);
