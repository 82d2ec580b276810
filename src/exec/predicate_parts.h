#pragma once
/* The parts of a PredicateIndex: what predicate_index builds and predicate_judge reads. */

#include "base/ip_address.h"
#include "base/table.h"
#include "exec/lists.h"
#include "exec/literal_set.h"
#include "exec/pattern.h"
#include "exec/predicate_index.h"

#define SHORTEST_LITERAL 3 /* bytes; shorter ones occur in every other value and would only cost */

/* Texts or keys in a hash table, each with its predicates. */
typedef struct KeySet {
    Table *keys;
    size_t longest; /* no key is longer: saves the hash of long values */
    Lists predicates;
} KeySet;

/* The kinds of scalar keys: kind of the literal, or what a literal of another kind counts as when a value of
 * that kind comes. */
typedef enum ScalarKey {
    KEY_NUMBER,
    KEY_BOOL,
    KEY_DATE,
    KEY_TEXT_AS_NUMBER,
    KEY_TEXT_AS_DATE,
    KEY_NUMBER_AS_DATE,
    KEY_KINDS,
} ScalarKey;

#define SCALAR_KEY_BYTES 9
#define BLOCK_KEY_BYTES  17

/* The key's bytes; equal numbers have equal ones, whether whole or double. */
Str scalar_key(ScalarKey kind, const Value *value, char out[SCALAR_KEY_BYTES]);
Str block_key(const IpBlock *block, char out[BLOCK_KEY_BYTES]);

typedef struct RangeTest {
    PredicateId predicate;
    ExprOp op;
    const Value *bound;
} RangeTest;

/* Whether a value is in a value list, but for the list's patterns. */
typedef struct ListTest {
    PredicateId predicate;
    const ValueListData *list;
} ListTest;

/* Patterns that begin with, end with, or contain a certain byte, where they have no longer text. */
typedef struct ByteLists {
    bool is_used;
    bool has[256];
    Lists patterns;
} ByteLists;

struct PredicateIndex {
    const PlanSet *plan;
    const ScalarPatterns *scalar_patterns;
    const PredicateId *missing;
    uint32_t missing_count;

    KeySet texts;       /* == and IN, met by texts; LIKE without wildcards too */
    KeySet other_texts; /* LIKE without wildcards, met by the text form of other values */
    KeySet folded;      /* met by every value's folded text */
    KeySet scalars;
    bool has_kind[KEY_KINDS];

    const Pattern *patterns;
    uint32_t pattern_count;
    Lists pattern_predicates;
    LiteralSet *literals; /* NULL if none */
    uint32_t literal_count;
    Lists literal_patterns;
    ByteLists first, last, inside; /* of the folded text */
    List always;                   /* patterns with nothing to search for */

    KeySet blocks;
    uint8_t block_bits[129]; /* the prefix lengths that occur */
    uint32_t block_bits_count;

    const ListTest *lists;
    uint32_t list_count;
    const RangeTest *ranges;
    uint32_t range_count;
    List computed; /* predicates asked of scalar_holds, about each value */
    List whole;    /* about all values of the field at once */
    bool needs_text, needs_folded, has_word_patterns;
};
