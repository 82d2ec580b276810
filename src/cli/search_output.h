#pragma once
/* SearchOutput: what a query found, on standard output: a table for people, or one JSON result a
 * line: an event as
 * {"_index","_id","_source"} (and "fields"), a sequence or a sample as {"join_keys":[..],"events":[..]}. An
 * event that is missing stands there as an empty one with "missing":true. */

#include "base/json_writer.h"
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
void search_output_event(SearchOutput *output, const Document *event);

typedef struct SearchSequence {
    Str key; /* the join key tuple, value_append_key bytes */
    const SequenceEvent *events;
    uint32_t event_count;
    MatchDocuments *documents; /* of the events */
    bool sample; /* dates among its keys are milliseconds since 1970, as in Elasticsearch */
} SearchSequence;
/* False when an event cannot be read again. */
bool search_output_sequence(SearchOutput *output, const SearchSequence *sequence,
                            Err *err) MUST_CHECK;
void search_output_end(SearchOutput *output);
