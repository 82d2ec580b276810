#pragma once
/* FieldTrie: from a key of an event to what is known about the fields below it.
 *
 * A node stands for a place in an event ("", "process", "process.parent"). From each node one lookup leads
 * to every node below it, however many parts away: "process" then "parent" then "name" and "process" then
 * "parent.name" and "process.parent.name" end at the same node, so a dotted key costs what a plain one does
 * and no key is ever searched for dots.
 *
 * Guesses      events of one kind have their keys in one order. Each key remembers the key that came next
 *              last time; a reader compares that one first and looks up only when it is another. Keys that no
 *              field has are learned for this, where there are fields beside them.
 * Hints        of patterns' fields (event/field_pattern.h) the trie knows only where they may be: the objects in
 *              which some may stand, and the keys with dots that lead past such an object.
 * Lifetimes    in the arena. Belongs to one reader, for the guesses' sake.
 * Bounds       a path of more than FIELD_TRIE_PARTS parts or FIELD_TRIE_BYTES bytes is never found:
 *              Elasticsearch maps at most 20 parts, and each costs an entry in every node above it. Up to
 *              FIELD_TRIE_LEARNED keys are learned, none longer than FIELD_TRIE_LEARNED_BYTES; others are
 *              looked up each time. */

#include "event/field.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define FIELD_TRIE_PARTS   FIELD_MAX_PARTS
#define FIELD_TRIE_BYTES   FIELD_MAX_BYTES
#define FIELD_TRIE_LEARNED 1024
#define FIELD_TRIE_LEARNED_BYTES \
    29 /* with quotes and colon as many as a FieldKey has of a spelling */

/* Nodes that are always there. The wrapper's own keys are known at the top of a document only. */
typedef enum FieldNode {
    FIELD_NODE_NONE,    /* no field below: keys need not be looked up */
    FIELD_NODE_TOP,     /* the document: fields, _source, _index, _id */
    FIELD_NODE_WRAPPER, /* the document once it is known to be a wrapper: _source, _index, _id */
    FIELD_NODE_SOURCE,  /* the value of _source: fields, _index, _id */
    FIELD_NODE_INDEX,
    FIELD_NODE_ID,
    FIELD_NODES
} FieldNode;

/* What FieldKey.field says besides a field. */
#define FIELD_KEY_NONE    UINT32_MAX /* no field, at most the way to one */
#define FIELD_KEY_ID      (UINT32_MAX - 1)
#define FIELD_KEY_INDEX   (UINT32_MAX - 2)
#define FIELD_KEY_PAST    (UINT32_MAX - 3)    /* no field, but a pattern's may be here */
#define FIELD_KEY_HINT    ((uint32_t)1 << 31) /* with a field: a pattern's may be here, too */
#define FIELD_KEY_SPECIAL FIELD_KEY_HINT      /* from here on */

/* One key below one node. As events spell it, it is "key": with quotes and colon; a cache line. */
typedef struct FieldKey FieldKey;
struct FieldKey {
    char head[16];   /* first bytes of the spelling */
    char tail[16];   /* last bytes, when it is longer than that */
    uint16_t wanted; /* bits: which bytes of `head` are to be equal */
    uint16_t size;   /* of the spelling */
    uint32_t text;   /* where the key stands in FieldTrie.texts */
    uint32_t node;
    FieldId field; /* of the node, or one of the above */
    FieldKey *
        below; /* the node's start: stands before the first key of an object there. NULL: no fields */
    FieldKey *next; /* guess */
};

typedef struct FieldTrie {
    FieldKey *starts; /* one a node: match no key */
    FieldKey *keys;   /* the first is the key that no field has */
    struct FieldPlace {
        uint32_t first;   /* in `table` */
        uint32_t mask;    /* places less one; a power of two */
        uint64_t lengths; /* bit i: there are keys of i bytes (of i + 64, ...) */
    } * nodes;
    uint32_t *table; /* 0 = free, else index of a key */
    char *texts;
    uint32_t node_count;
    uint32_t key_count;
    uint32_t table_size;
    uint32_t text_size;
    uint32_t learned_count;
    const bool
        *hints; /* by node: patterns' fields may stand in an object there; NULL: there are none */
    const struct Table *places; /* with hints: paths of nodes, from FIELD_NODES on */
    const FieldTable *fields;
    FieldKey past;              /* leads past such an object, and cannot be learned */
    struct LearnedKey *learned; /* by hash; twice as many as are learned */
} FieldTrie;

FieldTrie *field_trie_new(Arena *arena, const FieldTable *fields);

/* The key (without escapes) below a node; keys[0] when no field is there. */
FieldKey *field_trie_find(const FieldTrie *trie, uint32_t node, Str key);

/* The same, of a key that no field has, which is learned: NULL when it cannot be. `key` is as events spell it. */
FieldKey *field_trie_learn(FieldTrie *trie, uint32_t node, Str key);

/* True when a pattern's field may be at or below a key that is no field's, though no object was opened that says so. */
bool field_trie_leads_past(const FieldTrie *trie, uint32_t node, Str key);

/* True when `key` is what stands at `text`, from the opening quote to the colon, within `room` bytes; 16 are
 * readable in any case. Inlined: it runs for each key of each event. */
static inline bool field_key_matches(const FieldTrie *trie, const FieldKey *key, const char *text,
                                     size_t room)
{
#if defined(__SSE2__)
    __m128i head = _mm_loadu_si128((const __m128i *)(const void *)key->head);
    __m128i found = _mm_loadu_si128((const __m128i *)(const void *)text);
    unsigned same = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(head, found));
    if ((~same & key->wanted) != 0 || key->size > room) {
        return false;
    }
#else
    size_t len = key->size < sizeof key->head ? key->size : sizeof key->head;
    if (key->size > room || memcmp(key->head, text, len) != 0) {
        return false;
    }
#endif
    if (__builtin_expect(key->size <= sizeof key->head, 1)) {
        return true;
    }
    return memcmp(key->tail, text + key->size - sizeof key->tail, sizeof key->tail) == 0 &&
           (key->size <= 32 || memcmp(trie->texts + key->text, text + 1, key->size - 3) == 0);
}
