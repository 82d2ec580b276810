#pragma once
/* EventReader: reads one JSON document: validates all of it, and hands out the raw spans of the fields asked
 * for. Unescapes nothing, copies nothing.
 *
 * Accepts      exactly what RFC 8259 allows for one object: UTF-8, escapes (half a surrogate pair is refused),
 *              numbers of any size, nesting up to `max_depth`; tests hold it against simdjson.
 * Keys         nested or dotted or both ("process": {"parent.name": ..}); keys with escapes match too. A key
 *              that occurs twice gives two spans, as if it were an array: Elasticsearch refuses such events.
 * Values       a scalar is a span, null too. An object is none; its members are looked at. An array without
 *              objects is one span, with the arrays in it; in one with objects each scalar is a span, and the
 *              objects' members are looked at.
 * Wrapper      a top-level "_source" object takes over: its fields count, _index and _id come from beside it,
 *              or else from in it. Of several the last object counts.
 * Threads      one reader a worker.
 * Padding      the caller keeps EVENT_READER_PADDING readable bytes behind the text. */

#include "base/err.h"
#include "event/batch.h"
#include "ingest/json_index.h"

#define EVENT_READER_PADDING 64

typedef struct EventReaderOptions {
    uint32_t max_depth;       /* 0 = 64 */
    uint32_t max_spans;       /* 0 = 65536: spans per event; more is refused with ERR_LIMIT */
    JsonIndexer *build_index; /* NULL: the fastest here */
} EventReaderOptions;

typedef struct EventReader EventReader;

EventReader *event_reader_new(const FieldTable *fields, const EventReaderOptions *options);
void event_reader_free(EventReader *reader);

typedef struct EventSpans {
    const FieldSpan *items; /* borrowed until the next read */
    uint32_t count;
    Str index; /* the document's own _index, unescaped, or empty */
    Str id;    /* the same of _id */
} EventSpans;

/* On failure err->at is the byte offset of the fault in `text`. */
bool event_reader_read(EventReader *reader, Str text, EventSpans *out, Err *err) MUST_CHECK;
