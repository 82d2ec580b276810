#pragma once
/* FieldWatch: whether any event has certain fields, which nothing but the events can tell; and what
 * names the events do have, for "did you mean".
 *
 * Threads      one a worker, made with field_watch_fork; field_watch_join brings what they saw together.
 * Bounds       WATCH_MAX_NAMES names of at most SIMILAR_MAX_BYTES; more are not kept, since they only
 *              serve to help. */

#include "event/document.h"

#define WATCH_MAX_NAMES 20000

typedef struct FieldWatch FieldWatch;

/* `ids` may repeat. */
FieldWatch *field_watch_new(const FieldTable *fields, const FieldId *ids, uint32_t count);
void field_watch_free(FieldWatch *watch); /* NULL is fine */
FieldWatch *
field_watch_fork(const FieldWatch *watch); /* for the same fields, having seen nothing */
void field_watch_join(FieldWatch *watch, const FieldWatch *fork);

/* Looks for the fields that were not seen yet; a null is no value. `arena` holds what is read on the way. */
void field_watch_batch(FieldWatch *watch, const Batch *batch, Arena *arena); /* an encoded one */
void field_watch_document(FieldWatch *watch, const Document *document, Arena *arena);
void field_watch_names(FieldWatch *watch,
                       const Document *document); /* keeps the document's names */

bool field_watch_saw(const FieldWatch *watch, FieldId field);
bool field_watch_saw_all(const FieldWatch *watch);
/* True when a kept name lies below `path`, so that `path` is an object. */
bool field_watch_saw_below(const FieldWatch *watch, Str path);
void field_watch_offer(const FieldWatch *watch, Similar *similar); /* all kept names, in order */
