#pragma once
/* Document: one event as a tree, for the few that matched and for the slow twin. Shares no code with
 * the columns: the two ways of reading an event check each other.
 *
 * Wrapper      {"_index":..,"_id":..,"_source":{..}} is told from a plain event by a top-level object
 *              "_source"; the fields are then those of _source. */

#include "base/json.h"
#include "event/batch.h"
#include "event/value.h"

typedef struct Document {
    const Json *source; /* the event's own object */
    Str index;          /* the wrapper's _index, else derived (document_derive_index), else empty */
    Str id;             /* the wrapper's _id, else 32 hex digits of the hash of the raw text */
    bool wrapped;
} Document;

bool document_parse(Arena *arena, Str raw, Document *out, Err *err) MUST_CHECK;

/* Every value at a path, through nested objects, dotted keys, arrays of objects, in document order. */
Values document_values(Arena *arena, const Document *document, const Field *field);
/* All JSON nodes at a path (several when keys are dotted and nested at once). */
uint32_t document_find(const Document *document, Str path, const Json **out, uint32_t limit);

/* The index an event without one belongs to: data_stream.* gives "type-dataset-namespace"; else a Beat's
 * agent.type with agent.version ("winlogbeat-8.17.0", "winlogbeat" alone without one gives
 * "winlogbeat-unknown"); else event.dataset gives "logs-DATASET-default". Empty when none says it. */
Str document_derive_index(Arena *arena, const Document *document);
/* The same rule from the single texts (empty when missing), for the columns. */
typedef struct IndexHints {
    Str stream_type, stream_dataset, stream_namespace;
    Str agent_type, agent_version, event_dataset;
} IndexHints;
Str index_from_hints(Arena *arena, const IndexHints *hints);
