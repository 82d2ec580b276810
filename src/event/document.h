#pragma once
/* Document: one event as a tree, for the few that matched and for the slow twin. Shares no code with
 * the columns: the two ways of reading an event check each other.
 *
 * Wrapper      {"_index":..,"_id":..,"_source":{..}} is told from a plain event by a top-level object
 *              "_source"; the fields are then those of _source, of several the last that is an object. */

#include "base/json.h"
#include "event/batch.h"
#include "event/value.h"

typedef struct Document {
    const Json *source; /* the event's own object */
    Str index; /* _index beside or in the event, else derived (document_derive_index), else empty */
    Str id;    /* _id beside or in the event, else 32 hex digits of the hash of the raw text */
    bool wrapped;
    bool index_given; /* the wrapper or a plain event's own "_index" said it; not derived */
} Document;

bool document_parse(Arena *arena, Str raw, Document *out, Err *err) MUST_CHECK;

/* Every value at a path, through nested objects, dotted keys, arrays of objects, in document order. */
Values document_values(Arena *arena, const Document *document, const Field *field);
/* The JSON nodes at a path (several when keys are dotted and nested at once, or lie in an array of
 * objects), at most `limit`; how many. */
uint32_t document_find(const Document *document, Str path, const Json **out, uint32_t limit);

/* The index an event without one belongs to: an alert to ".alerts-security.alerts-SPACE" (its first kibana.space_ids, or
 * "default"); else data_stream.dataset gives "type-dataset-namespace" (type "logs" and namespace "default" when they are missing);
 * else a Beat's agent.type with agent.version gives "winlogbeat-8.17.0", without one "winlogbeat-unknown"; else event.dataset gives
 * "logs-DATASET-default". Empty when none says it. */
Str document_derive_index(Arena *arena, const Document *document);
/* The same rule from the single texts (empty when missing), for the columns. */
typedef struct IndexHints {
#define HINT_MEMBER(name, path) Str name;
    INDEX_HINTS(HINT_MEMBER)
#undef HINT_MEMBER
} IndexHints;
Str index_from_hints(Arena *arena, const IndexHints *hints);
