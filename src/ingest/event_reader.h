#pragma once
/* EventReader: one pass over the bytes of one JSON document: validates all of it, and hands out the raw
 * spans of the fields asked for. Unescapes nothing, copies nothing.
 *
 * Accepts      exactly what RFC 8259 allows for one object: UTF-8, escapes, numbers, nesting up to
 *              `max_depth`; tests hold it against simdjson.
 * Keys         nested or dotted or both ("process": {"parent.name": ..}); keys with escapes match too.
 * Wrapper      a top-level "_source" object takes over: its fields count, _index and _id come from beside it.
 * Threads      one reader a worker; the field trie inside is immutable.
 * Padding      the caller keeps EVENT_READER_PADDING readable bytes behind the text. */

#include "base/err.h"
#include "event/batch.h"

#define EVENT_READER_PADDING 64

typedef struct EventReaderOptions {
    uint32_t max_depth;   /* 0 = 64 */
    uint32_t max_spans;   /* 0 = 65536: spans per event; more is refused with ERR_LIMIT */
} EventReaderOptions;

typedef struct EventReader EventReader;

EventReader *event_reader_new(const FieldTable *fields, const EventReaderOptions *options);
void event_reader_free(EventReader *reader);

typedef struct EventSpans {
    const FieldSpan *items; /* borrowed until the next read */
    uint32_t count;
    Str index; /* raw JSON text of the wrapper's _index (unescaped), or empty */
    Str id;
} EventSpans;

/* On failure err->at is the byte offset of the fault in `text`. */
bool event_reader_read(EventReader *reader, Str text, EventSpans *out, Err *err) MUST_CHECK;
