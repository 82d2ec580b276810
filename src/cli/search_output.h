#pragma once
/* SearchOutput: what a query found, on standard output: a table for people, or one JSON result a
 * line: an event as
 * {"_index","_id","_source"} (and "fields"), a sequence as {"join_keys":[..],"events":[..]}. */

#include "base/json_writer.h"
#include "detect/matcher.h"
#include "event/document.h"
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
void search_output_sequence(SearchOutput *output, Str key, const Document *events, uint32_t count);
void search_output_end(SearchOutput *output);
