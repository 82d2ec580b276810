#pragma once
/* Dictionary: the distinct raw values of one field, each with a code.
 *
 * The raw JSON bytes of the whole value are the identity: "cmd.exe", 5, or a whole array
 * ["process","start"]. So a row has one code whatever its field holds, and nothing is unescaped
 * until a value is seen for the first time. Code 0 is "no value".
 *
 * Lifetimes    lives across batches and belongs to one worker. dictionary_reset forgets everything
 *              and starts a new epoch; codes of an older epoch mean nothing. Only between batches.
 * Values that do not come again, as ids and times, are not worth remembering: where most are new a dictionary
 * forgets them with each batch, and tries again some batches later. Then a code stands for one row's value.
 *
 * Bounds       the owner resets it when dictionary_bytes passes its budget.
 * Memory       to measure and to test what remembering values gives, a dictionary can remember the last
 *              value only or none. */

#include "event/field.h"
#include "event/value.h"

typedef struct Dictionary Dictionary;

/* The raw value of a field in a row: a span of the event, or an array of several. */
typedef struct RawValue {
    const char *ptr;
    uint32_t len;
    uint32_t row;
} RawValue;

typedef enum DictionaryMemory { DICTIONARY_ALL, DICTIONARY_LAST, DICTIONARY_NONE } DictionaryMemory;

Dictionary *dictionary_new(const Field *field);
void dictionary_free(Dictionary *dictionary);
void dictionary_set_memory(Dictionary *dictionary,
                           DictionaryMemory memory); /* before the first code */

uint32_t dictionary_code(Dictionary *dictionary,
                         Str raw); /* old or new; `raw` is copied when new */
/* The same for many at once, which is several times as fast as one by one. */
void dictionary_codes(Dictionary *dictionary, const RawValue *values, size_t count,
                      uint32_t *codes);
/* Whether values mostly equal the one before them, as far as dictionary_codes looked lately: then who compares them
 * himself is done sooner. He tells how many did. */
bool dictionary_has_runs(const Dictionary *dictionary);
void dictionary_add_repeats(Dictionary *dictionary, uint64_t repeats);
uint32_t dictionary_count(const Dictionary *dictionary); /* codes 0 .. count-1 */
/* Decoded once; code 0: none. The pointer holds until a new code is made, the values until the reset. */
const Values *dictionary_values(Dictionary *dictionary, uint32_t code);
/* The same for whoever looks at it once: decoded into the arena, unless it is decoded already. */
Values dictionary_peek(const Dictionary *dictionary, uint32_t code, Arena *arena);
Str dictionary_raw(const Dictionary *dictionary, uint32_t code);
uint32_t dictionary_epoch(const Dictionary *dictionary);
size_t dictionary_bytes(const Dictionary *dictionary);
void dictionary_reset(Dictionary *dictionary);
/* No code of this batch is asked for any more. May start a new epoch. */
void dictionary_end_batch(Dictionary *dictionary);
