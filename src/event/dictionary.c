#include "event/dictionary.h"

#include "base/hash.h"
#include "event/field_values.h"
#include "event/heap.h"

#if defined(SHRIKE_TINY)
#define FIRST_SLOTS 4u
#define FIRST_CHUNK ((size_t)8)
#define LAST_CHUNK  ((size_t)32)
#else
#define FIRST_SLOTS 64u
#define FIRST_CHUNK ((size_t)4 * 1024)
#define LAST_CHUNK  ((size_t)256 * 1024)
#endif

/* Values in flight at once: enough misses for the memory to answer them side by side. */
#define GROUP ((size_t)32)

#define IN_CACHE 2048 /* values: about what the first cache holds */

/* One half of the hash finds the slot, the other half (the tag) tells nearly every stranger apart
 * without a look at its bytes. Code 0 marks a free slot. */
typedef struct Slot {
    uint32_t tag;
    uint32_t code;
} Slot;

typedef struct Entry {
    const char *ptr;
    uint32_t len;
    uint32_t home; /* the half of the hash that finds the slot, for growing */
} Entry;

/* Raw bytes never move: decoded values point into them. */
typedef struct Chunk {
    struct Chunk *next;
    size_t size;
    char bytes[];
} Chunk;

#define NOT_DECODED UINT32_MAX

struct Dictionary {
    const Field *field;
    Slot *slots;
    size_t slot_count; /* a power of two; at most half are taken */
    Entry *entries;    /* by code; [0] is "no value" */
    size_t entry_capacity;
    Values *values; /* by code; count NOT_DECODED until asked for */
    size_t value_capacity;
    uint32_t count;
    uint32_t epoch;
    uint64_t seed;
    DictionaryMemory memory;
    Chunk *chunks; /* the first one is being filled */
    Chunk *spare;  /* of earlier epochs, where every batch is one */
    size_t chunk_used;
    Arena *decoded; /* NULL until a value is asked for: of thousands of fields few are met */
    size_t raw_bytes, decoded_bytes;
    uint32_t repeats; /* of the last group that looked: values that equal the one before */
    uint32_t groups;
};

static void start(Dictionary *dictionary)
{
    dictionary->slot_count = FIRST_SLOTS;
    dictionary->slots = calloc(FIRST_SLOTS, sizeof *dictionary->slots);
    if (dictionary->slots == NULL) {
        out_of_memory(FIRST_SLOTS * sizeof *dictionary->slots);
    }
    dictionary->entries =
        heap_grow(NULL, &dictionary->entry_capacity, 1, sizeof *dictionary->entries);
    dictionary->values =
        heap_grow(NULL, &dictionary->value_capacity, 1, sizeof *dictionary->values);
    dictionary->entries[0] = (Entry){.ptr = ""};
    dictionary->values[0] = (Values){0};
    dictionary->count = 1;
}

static void free_chunks(Chunk *chunk)
{
    for (Chunk *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
}

static void forget(Dictionary *dictionary)
{
    free_chunks(dictionary->chunks);
    free_chunks(dictionary->spare);
    free(dictionary->slots);
    free(dictionary->entries);
    free(dictionary->values);
}

Dictionary *dictionary_new(const Field *field)
{
    Dictionary *dictionary = malloc(sizeof *dictionary);
    if (dictionary == NULL) {
        out_of_memory(sizeof *dictionary);
    }
    *dictionary = (Dictionary){
        .field = field,
        .seed = hash_random_seed(),
    };
    start(dictionary);
    return dictionary;
}

void dictionary_free(Dictionary *dictionary)
{
    if (dictionary == NULL) {
        return;
    }
    forget(dictionary);
    arena_free(dictionary->decoded);
    free(dictionary);
}

void dictionary_set_memory(Dictionary *dictionary, DictionaryMemory memory)
{
    dictionary->memory = memory;
}

/* The same as starting anew, in the memory that is there: what happens after every batch must not
 * cost fresh pages. */
static void start_again(Dictionary *dictionary)
{
    for (Chunk *chunk = dictionary->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        chunk->next = dictionary->spare;
        dictionary->spare = chunk;
    }
    dictionary->chunks = NULL;
    dictionary->chunk_used = 0;
    dictionary->raw_bytes = 0;
    dictionary->decoded_bytes = 0;
    dictionary->count = 1;
    dictionary->epoch++;
    if (dictionary->decoded != NULL) {
        arena_reset(dictionary->decoded);
    }
}

void dictionary_reset(Dictionary *dictionary)
{
    if (dictionary->memory != DICTIONARY_ALL) {
        start_again(dictionary);
        return;
    }
    forget(dictionary);
    arena_free(dictionary->decoded);
    *dictionary = (Dictionary){
        .field = dictionary->field,
        .epoch = dictionary->epoch + 1,
        .seed = dictionary->seed,
    };
    start(dictionary);
}

static const char *keep(Dictionary *dictionary, Str raw)
{
    Chunk *chunk = dictionary->chunks;
    if (chunk == NULL || raw.len > chunk->size - dictionary->chunk_used) {
        size_t size = dictionary->raw_bytes < FIRST_CHUNK  ? FIRST_CHUNK
                      : dictionary->raw_bytes > LAST_CHUNK ? LAST_CHUNK
                                                           : dictionary->raw_bytes;
        size = size < raw.len ? raw.len : size;
        chunk = dictionary->spare;
        if (chunk != NULL && chunk->size >= raw.len) {
            dictionary->spare = chunk->next;
        } else {
            chunk = malloc(sizeof *chunk + size);
            if (chunk == NULL) {
                out_of_memory(size);
            }
            chunk->size = size;
        }
        chunk->next = dictionary->chunks;
        dictionary->chunks = chunk;
        dictionary->chunk_used = 0;
    }
    char *place = chunk->bytes + dictionary->chunk_used;
    memcpy(place, raw.ptr, raw.len);
    dictionary->chunk_used += raw.len;
    dictionary->raw_bytes += raw.len;
    return place;
}

static void put(Slot *slots, size_t mask, uint32_t home, Slot slot)
{
    size_t at = home & mask;
    while (slots[at].code != 0) {
        at = (at + 1) & mask;
    }
    slots[at] = slot;
}

static void grow(Dictionary *dictionary)
{
    size_t larger = dictionary->slot_count * 2;
    Slot *slots = calloc(larger, sizeof *slots);
    if (slots == NULL) {
        out_of_memory(larger * sizeof *slots);
    }
    for (size_t i = 0; i < dictionary->slot_count; i++) {
        Slot slot = dictionary->slots[i];
        if (slot.code != 0) {
            put(slots, larger - 1, dictionary->entries[slot.code].home, slot);
        }
    }
    free(dictionary->slots);
    dictionary->slots = slots;
    dictionary->slot_count = larger;
}

static uint32_t append(Dictionary *dictionary, Str raw, uint32_t home)
{
    assert(raw.len <= UINT32_MAX && dictionary->count < UINT32_MAX);
    uint32_t code = dictionary->count++;
    if (code >= dictionary->entry_capacity) {
        dictionary->entries = heap_grow(dictionary->entries, &dictionary->entry_capacity,
                                        (size_t)code + 1, sizeof *dictionary->entries);
    }
    if (code >= dictionary->value_capacity) {
        dictionary->values = heap_grow(dictionary->values, &dictionary->value_capacity,
                                       (size_t)code + 1, sizeof *dictionary->values);
    }
    dictionary->entries[code] = (Entry){keep(dictionary, raw), (uint32_t)raw.len, home};
    dictionary->values[code] = (Values){.count = NOT_DECODED};
    return code;
}

static uint32_t add(Dictionary *dictionary, Str raw, uint64_t hash)
{
    if (dictionary->count >= dictionary->slot_count / 2) {
        grow(dictionary);
    }
    uint32_t code = append(dictionary, raw, (uint32_t)hash);
    put(dictionary->slots, dictionary->slot_count - 1, (uint32_t)hash,
        (Slot){(uint32_t)(hash >> 32), code});
    return code;
}

static bool is_entry(const Entry *entry, Str raw)
{
    return entry->len == raw.len && memcmp(entry->ptr, raw.ptr, raw.len) == 0;
}

static uint32_t find_or_add(Dictionary *dictionary, Str raw, uint64_t hash)
{
    size_t mask = dictionary->slot_count - 1;
    uint32_t tag = (uint32_t)(hash >> 32);
    for (size_t at = (uint32_t)hash & mask;; at = (at + 1) & mask) {
        Slot slot = dictionary->slots[at];
        if (slot.code == 0) {
            return add(dictionary, raw, hash);
        }
        if (slot.tag == tag && is_entry(&dictionary->entries[slot.code], raw)) {
            return slot.code;
        }
    }
}

/* With a memory of the last value or of none. */
static uint32_t code_anew(Dictionary *dictionary, Str raw)
{
    uint32_t last = dictionary->count - 1;
    bool known = dictionary->memory == DICTIONARY_LAST && last != 0 &&
                 is_entry(&dictionary->entries[last], raw);
    return known ? last : append(dictionary, raw, 0);
}

uint32_t dictionary_code(Dictionary *dictionary, Str raw)
{
    if (dictionary->memory != DICTIONARY_ALL) {
        return code_anew(dictionary, raw);
    }
    return find_or_add(dictionary, raw, hash_bytes_seeded(raw, dictionary->seed));
}

/* What the slots lead to, asked for before it is needed. A small dictionary is in the cache anyway. */
static void prefetch_entries(const Dictionary *dictionary, const uint64_t *hashes, size_t count)
{
    const Entry *entries[GROUP];
    for (size_t i = 0; i < count; i++) {
        size_t at = (uint32_t)hashes[i] & (dictionary->slot_count - 1);
        entries[i] = &dictionary->entries[dictionary->slots[at].code];
        __builtin_prefetch(entries[i]);
    }
    for (size_t i = 0; i < count; i++) {
        __builtin_prefetch(entries[i]->ptr);
    }
}

static void code_group(Dictionary *dictionary, const Str *raws, size_t count, uint32_t *codes)
{
    uint64_t hashes[GROUP];
    size_t mask = dictionary->slot_count - 1;
    for (size_t i = 0; i < count; i++) {
        hashes[i] = hash_bytes_seeded(raws[i], dictionary->seed);
        __builtin_prefetch(&dictionary->slots[(uint32_t)hashes[i] & mask]);
    }
    if (dictionary->count > IN_CACHE) {
        prefetch_entries(dictionary, hashes, count);
    }
    for (size_t i = 0; i < count; i++) {
        codes[i] = find_or_add(dictionary, raws[i], hashes[i]);
    }
}

/* Events come in runs (same host, same process): where a value often equals the one before it,
 * comparing the two costs less than hashing. */
static uint32_t code_repeats(Dictionary *dictionary, const Str *raws, size_t count, uint32_t *codes)
{
    uint32_t repeats = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && str_equal(raws[i], raws[i - 1])) {
            codes[i] = codes[i - 1];
            repeats++;
        } else {
            codes[i] =
                find_or_add(dictionary, raws[i], hash_bytes_seeded(raws[i], dictionary->seed));
        }
    }
    return repeats;
}

void dictionary_codes(Dictionary *dictionary, const Str *raws, size_t count, uint32_t *codes)
{
    for (size_t i = 0; i < count && dictionary->memory != DICTIONARY_ALL; i++) {
        codes[i] = code_anew(dictionary, raws[i]);
    }
    if (dictionary->memory != DICTIONARY_ALL) {
        return;
    }
    for (size_t from = 0; from < count; from += GROUP) {
        size_t group = count - from < GROUP ? count - from : GROUP;
        for (size_t i = from + group; i < count && i < from + 2 * GROUP; i++) {
            __builtin_prefetch(raws[i].ptr);
        }
        /* Every 16th group looks again whether the values have begun to repeat. */
        if (dictionary->groups++ % 16 == 0 || dictionary->repeats > GROUP / 2) {
            dictionary->repeats = code_repeats(dictionary, raws + from, group, codes + from);
        } else {
            code_group(dictionary, raws + from, group, codes + from);
        }
    }
}

uint32_t dictionary_count(const Dictionary *dictionary)
{
    return dictionary->count;
}

static void decode(Dictionary *dictionary, uint32_t code)
{
    const Field *field = dictionary->field;
    Str raw = dictionary_raw(dictionary, code);
    if (dictionary->decoded == NULL) {
        dictionary->decoded = arena_new();
    }
    Values values = field_values(dictionary->decoded, field, raw);
    dictionary->decoded_bytes += values.count * sizeof *values.items;
    for (uint32_t i = 0; i < values.count; i++) {
        const Value *value = &values.items[i];
        bool borrowed = value->kind != VALUE_STRING ||
                        (value->text.ptr >= raw.ptr && value->text.ptr < raw.ptr + raw.len);
        dictionary->decoded_bytes += borrowed ? 0 : value->text.len;
    }
    dictionary->values[code] = values;
}

const Values *dictionary_values(Dictionary *dictionary, uint32_t code)
{
    assert(code < dictionary->count);
    if (dictionary->values[code].count == NOT_DECODED) {
        decode(dictionary, code);
    }
    return &dictionary->values[code];
}

Values dictionary_peek(const Dictionary *dictionary, uint32_t code, Arena *arena)
{
    assert(code < dictionary->count);
    const Values *values = &dictionary->values[code];
    return values->count != NOT_DECODED
               ? *values
               : field_values(arena, dictionary->field, dictionary_raw(dictionary, code));
}

Str dictionary_raw(const Dictionary *dictionary, uint32_t code)
{
    assert(code < dictionary->count);
    return (Str){dictionary->entries[code].ptr, dictionary->entries[code].len};
}

uint32_t dictionary_epoch(const Dictionary *dictionary)
{
    return dictionary->epoch;
}

size_t dictionary_bytes(const Dictionary *dictionary)
{
    return dictionary->slot_count * sizeof *dictionary->slots +
           dictionary->entry_capacity * sizeof *dictionary->entries +
           dictionary->value_capacity * sizeof *dictionary->values + dictionary->raw_bytes +
           dictionary->decoded_bytes;
}
