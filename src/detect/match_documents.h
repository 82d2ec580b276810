#pragma once
/* MatchDocuments: the events of one match as trees, each read again when it is asked for.
 *
 * Those of a usual match all stay. Of a match whose events are large together only the first and the one asked for
 * last are held: as trees 256 events of 1 MiB would take many gigabytes. */

#include "event/document.h"
#include "ingest/input.h"
#include "match/sequence.h"

/* Reads an event again; the document lives in the arena. */
typedef bool DocumentRead(void *context, const EventPlace *place, Arena *arena, Document *out,
                          Err *err);

typedef struct DocumentSource {
    DocumentRead *read;
    void *context;
} DocumentSource;

/* Where events are read again from inputs. `index` is for events that name none. */
typedef struct InputDocuments {
    InputSet *input;
    Str index;
} InputDocuments;
DocumentSource input_documents_source(InputDocuments *documents); /* borrowed */

typedef struct MatchDocuments MatchDocuments;

MatchDocuments *match_documents_new(InputSet *input, Str index);
MatchDocuments *match_documents_new_from(const DocumentSource *source);
void match_documents_free(MatchDocuments *documents);

/* From now on those of these events, which are borrowed. */
void match_documents_set(MatchDocuments *documents, const SequenceEvent *events, uint32_t count);
/* The event, which must not be a missing one; borrowed until the next call, the first of the match until the next
 * match. NULL on failure. */
const Document *match_documents_get(MatchDocuments *documents, uint32_t index, Err *err) MUST_CHECK;
/* What a field has in that event, into the arena, and with copies of its texts: it outlasts the document. False on failure. */
bool match_documents_values(MatchDocuments *documents, uint32_t index, const Field *field,
                            Arena *arena, Values *out, Err *err) MUST_CHECK;
