#pragma once
/* ValueList: many values that a field is held against at once, and what finds one among a million of them.
 *
 * Kinds        TEXT       equal by bytes: a hash table
 *              WORDS      all words of the event's value are among one entry's words (base/text_words.h), as Kibana asks text
 *                         lists; an entry with * or ? is a pattern for the whole value instead, whatever its case
 *              ADDRESS    addresses, blocks and ranges of them: sorted, apart from one another
 *              NUMBER,    numbers, dates, ranges of them, both ends included: the same
 *              DATE
 *
 * Lifetimes    data is made once, from texts that outlive it, and shared by all plans and threads. */

#include "base/ip_address.h"
#include "base/table.h"
#include "event/value.h"

typedef enum ValueListKind {
    VALUE_LIST_TEXT,
    VALUE_LIST_WORDS,
    VALUE_LIST_ADDRESS,
    VALUE_LIST_NUMBER,
    VALUE_LIST_DATE,
} ValueListKind;

typedef struct AddressSpan {
    IpAddress first, last;
} AddressSpan;

typedef struct ValueSpan {
    Value first, last; /* both numbers, or both dates */
} ValueSpan;

typedef struct ValueListData {
    ValueListKind kind;
    const Str *texts; /* as they were written */
    uint32_t count;
    const ValueSpan *spans; /* NUMBER, DATE: of each text */

    const uint32_t *slots;        /* TEXT: number of a text + 1, by hash; 0 = free */
    uint32_t slot_count;          /* a power of two */
    const AddressSpan *addresses; /* ADDRESS, in order, apart */
    uint32_t address_count;
    const ValueSpan *sorted; /* NUMBER, DATE, in order, apart */
    uint32_t sorted_count;
    const Table *words;       /* WORDS */
    const uint32_t *firsts;   /* by word: where its texts begin in `holders`; one more at the end */
    const uint32_t *holders;  /* numbers of texts, ascending for each word */
    const uint32_t *patterns; /* numbers of texts */
    uint32_t pattern_count;
} ValueListData;

/* A list as a plan names it. */
typedef struct ValueList {
    Str id, type;
    Str hash; /* of what it holds */
    const ValueListData *data;
} ValueList;

/* A range: "first-last", a block "a/n", or one address. */
bool address_span_parse(Str text, AddressSpan *out);
bool value_list_is_pattern(Str text); /* * or ? is in it */

/* `texts` and (of NUMBER, DATE) `spans` are borrowed and good: of ADDRESS each parses. */
const ValueListData *value_list_data_new(Arena *arena, ValueListKind kind, const Str *texts,
                                         uint32_t count, const ValueSpan *spans);
