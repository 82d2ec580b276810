#pragma once
/* KeptDocuments: documents of inputs that cannot be read twice, in a temporary file, found by their place.
 *
 * Memory       24 bytes a document, the table at most twice that.
 * Threads      one at a time. */

#include "event/batch.h"

typedef struct KeptDocuments KeptDocuments;

KeptDocuments *kept_documents_new(void); /* the file is made with the first document */
void kept_documents_free(KeptDocuments *kept);

/* A document that is there already is not kept again. */
bool kept_documents_add(KeptDocuments *kept, const EventPlace *place, Str text,
                        Err *err) MUST_CHECK;
/* Appends to `out`. */
bool kept_documents_read(const KeptDocuments *kept, const EventPlace *place, Buffer *out,
                         Err *err) MUST_CHECK;
