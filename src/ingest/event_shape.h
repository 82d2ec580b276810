#pragma once
/* EventShapes: the shapes of documents that were walked, so that the next of the same shape need not be. What a
 * shipper sends is of few shapes: on recordings 99 of 100 documents have one of the last 64.
 *
 * Shape        the sequence of tokens, with what stands between them, and the keys that were compared. The walk's
 *              decisions depend on nothing else but that other scalars than strings are well formed, which is
 *              checked here too. So a document of a known shape is accepted, and has its spans at the same tokens.
 * Not learned  documents with more than EVENT_SHAPE_GAP bytes between tokens (a comma or colon, and a blank), of
 *              more than EVENT_SHAPE_TOKENS tokens, or with longer keys than EVENT_SHAPE_KEY; they are walked.
 *              Where hardly any shape comes again, few are learned.
 * Lifetimes    belongs to one reader.
 * Bounds       EVENT_SHAPES_BYTES; then it starts anew. */

#include "base/arena.h"
#include "event/batch.h"
#include "ingest/json_index.h"

#define EVENT_SHAPE_GAP    2
#define EVENT_SHAPE_TOKENS 4096
#define EVENT_SHAPE_KEY    64 /* bytes, with quotes and colon; as many are readable behind a text */
#ifdef SHRIKE_TINY
#define EVENT_SHAPES_BYTES ((size_t)8 * 1024)
#else
#define EVENT_SHAPES_BYTES ((size_t)4 * 1024 * 1024)
#endif

/* What a document says about itself: beside the event or in _source. Raw, without quotes, or empty. */
typedef enum EventName {
    EVENT_NAME_INDEX,
    EVENT_NAME_ID,
    EVENT_NAME_SOURCE_INDEX,
    EVENT_NAME_SOURCE_ID,
    EVENT_NAMES
} EventName;

/* What is found in a document. */
typedef struct EventWalk {
    const FieldSpan *spans;
    uint32_t span_count;
    Str names[EVENT_NAMES];
    uint32_t source; /* the token that opens the event's own object */
    bool hinted;     /* patterns' fields may be in it, which are no spans yet (field_finder.h) */
    /* To learn it: */
    const uint32_t *keys; /* which of the tokens are keys that were compared, rising */
    uint32_t key_count;
    bool has_empty_name; /* which is passed over: then more than the shape decides */
} EventWalk;

typedef struct EventShapes EventShapes;

EventShapes *event_shapes_new(void);
void event_shapes_free(EventShapes *shapes);

/* `index` is that of `text` and has no fault. False when the shape is not known. What is found is borrowed until
 * the next call. */
bool event_shapes_find(EventShapes *shapes, const char *text, const JsonIndex *index,
                       EventWalk *out);
/* After a document that was not found has been walked, and is fine. */
void event_shapes_learn(EventShapes *shapes, const char *text, const JsonIndex *index,
                        const EventWalk *walk);
