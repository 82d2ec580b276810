#pragma once
/* MatchDocuments: the events of one match as trees, each read again when it is asked for.
 *
 * Those of a usual match all stay. Of a match whose events are large together only the first and the one asked for
 * last are held: as trees 256 events of 1 MiB would take many gigabytes. */

#include "event/document.h"
#include "ingest/input.h"
#include "match/sequence.h"

typedef struct MatchDocuments MatchDocuments;

/* `index` is for events that name none. */
MatchDocuments *match_documents_new(InputSet *input, Str index);
void match_documents_free(MatchDocuments *documents);

/* From now on those of these events, which are borrowed. */
void match_documents_set(MatchDocuments *documents, const SequenceEvent *events, uint32_t count);
/* The event, which must not be a missing one; borrowed until the next call, the first of the match until the next
 * match. NULL on failure. */
const Document *match_documents_get(MatchDocuments *documents, uint32_t index, Err *err) MUST_CHECK;
