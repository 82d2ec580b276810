#pragma once
/* BatchNames: the columns `_index` and `_id` of a batch, which are not (only) read but told or
 * derived.
 *
 * Lifetimes    belongs to one batch; codes of one batch until batch_names_clear.
 * Costs        deriving an index is remembered by the codes of the fields it is made of: no text is
 *              built twice. */

#include "event/batch.h"

typedef struct BatchNames BatchNames;

BatchNames *batch_names_new(Arena *arena, const FieldTable *fields);
void batch_names_free(BatchNames *names); /* what it has on the heap */
void batch_names_clear(BatchNames *names);
/* Behind that: the dictionaries start anew, and what is derived is forgotten. */
void batch_names_reset(BatchNames *names);
size_t batch_names_bytes(const BatchNames *names);

bool batch_names_owns(const BatchNames *names, FieldId field);
bool batch_names_asks(const BatchNames *names, FieldId field); /* for the field's codes */
void batch_names_add(BatchNames *names, uint32_t row, EventNames told);
/* What events say of themselves: `count` raw values of `field`, in order of rows. */
void batch_names_say(BatchNames *names, FieldId field, const RawValue *values, size_t count);
/* Derives what nobody told: the ids of rows from `from` on, while what they were made of is there; the index
 * after all other columns are encoded. */
void batch_names_finish_ids(BatchNames *names, const Batch *batch, uint32_t from);
void batch_names_finish(BatchNames *names, const Batch *batch);

const uint32_t *batch_names_codes(const BatchNames *names,
                                  FieldId field); /* NULL: none in this batch */
Dictionary *batch_names_dictionary(const BatchNames *names, FieldId field);
