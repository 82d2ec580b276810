#include "event/dictionary.h"

#include "base/heap.h"
#include "event/field_values.h"
#include "event/raw_bytes.h"

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

/* What a dictionary learns of its values: after so many it is told whether remembering them pays. It does not when
 * more than three of four are new; then it forgets them with each batch, for so many batches, twice as many each
 * time that is found again. */
#if defined(SHRIKE_TINY)
#define TRIAL_VALUES  8
#define FIRST_STRETCH 2
#define LAST_STRETCH  8
#else
#define TRIAL_VALUES  32768
#define FIRST_STRETCH 32
#define LAST_STRETCH  1024
#endif

/* A value, in one piece so that finding it is one miss. It never moves: decoded values point into it. */
typedef struct Record {
    uint32_t code;
    uint32_t len;
    uint32_t home; /* the half of the hash that finds the slot, for growing */
    char bytes[];
} Record;

/* A record's address, and 16 bits of the hash that tell nearly every stranger apart without a look at it. 0 is a
 * free slot. */
typedef uint64_t Slot;
#define TAG_SHIFT 48

typedef struct Chunk {
    struct Chunk *next;
    size_t size;
    _Alignas(Record) char bytes[];
} Chunk;

#define NOT_DECODED UINT32_MAX

struct Dictionary {
    const Field *field;
    Slot *slots;
    size_t slot_count;      /* a power of two; at most half are taken */
    const Record **records; /* by code; [0] is "no value" */
    size_t record_capacity;
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
    size_t chunk_bytes, decoded_bytes;
    uint32_t repeats; /* of the last group that looked: values that equal the one before */
    bool has_runs;    /* they were at least three of four */
    uint32_t groups;
    uint64_t trial_values, trial_new; /* since the last trial ended */
    uint32_t stretch;                 /* batches that the next time without memory lasts */
    uint32_t batches_left;            /* of this one; 0: everything is remembered */
};

static const Record NO_VALUE;

static void start(Dictionary *dictionary)
{
    dictionary->slot_count = FIRST_SLOTS;
    dictionary->slots = heap_zeroed(FIRST_SLOTS, sizeof *dictionary->slots);
    dictionary->records = heap_grow(NULL, &dictionary->record_capacity, 1, sizeof(const Record *));
    dictionary->values =
        heap_grow(NULL, &dictionary->value_capacity, 1, sizeof *dictionary->values);
    dictionary->records[0] = &NO_VALUE;
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
    free(dictionary->records);
    free(dictionary->values);
    arena_free(dictionary->decoded);
}

Dictionary *dictionary_new(const Field *field)
{
    Dictionary *dictionary = heap_bytes(sizeof *dictionary);
    *dictionary = (Dictionary){
        .field = field,
        .seed = hash_random_seed(),
        .stretch = FIRST_STRETCH,
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
    free(dictionary);
}

void dictionary_set_memory(Dictionary *dictionary, DictionaryMemory memory)
{
    dictionary->memory = memory;
}

static bool remembers(const Dictionary *dictionary)
{
    return dictionary->memory == DICTIONARY_ALL && dictionary->batches_left == 0;
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
    dictionary->decoded_bytes = 0;
    dictionary->count = 1;
    dictionary->epoch++;
    if (dictionary->decoded != NULL) {
        arena_reset(dictionary->decoded);
    }
}

void dictionary_reset(Dictionary *dictionary)
{
    if (!remembers(dictionary)) {
        start_again(dictionary);
        return;
    }
    forget(dictionary);
    *dictionary = (Dictionary){
        .field = dictionary->field,
        .epoch = dictionary->epoch + 1,
        .seed = dictionary->seed,
        .stretch = dictionary->stretch,
    };
    start(dictionary);
}

/* Whether remembering has paid. */
static void end_trial(Dictionary *dictionary)
{
    bool pays = dictionary->trial_new * 4 <= dictionary->trial_values * 3;
    dictionary->trial_values = 0;
    dictionary->trial_new = 0;
    if (pays) {
        dictionary->stretch = FIRST_STRETCH;
        return;
    }
    dictionary_reset(dictionary);
    dictionary->batches_left = dictionary->stretch;
    dictionary->stretch *= dictionary->stretch < LAST_STRETCH ? 2 : 1;
}

void dictionary_end_batch(Dictionary *dictionary)
{
    if (!remembers(dictionary)) {
        start_again(dictionary);
        dictionary->batches_left -= dictionary->batches_left > 0;
    } else if (dictionary->trial_values >= TRIAL_VALUES) {
        end_trial(dictionary);
    }
}

static Chunk *chunk_new(Dictionary *dictionary, size_t size)
{
    Chunk *spare = dictionary->spare;
    if (spare != NULL) {
        dictionary->spare = spare->next;
        if (spare->size >= size) {
            return spare;
        }
        dictionary->chunk_bytes -= spare->size;
        free(spare);
    }
    size_t usual = dictionary->chunk_bytes < FIRST_CHUNK  ? FIRST_CHUNK
                   : dictionary->chunk_bytes > LAST_CHUNK ? LAST_CHUNK
                                                          : dictionary->chunk_bytes;
    size = size < usual ? usual : size;
    Chunk *chunk = heap_bytes(sizeof *chunk + size);
    chunk->size = size;
    dictionary->chunk_bytes += size;
    return chunk;
}

static Record *keep(Dictionary *dictionary, Str raw)
{
    size_t size = (sizeof(Record) + raw.len + _Alignof(Record) - 1) & ~(_Alignof(Record) - 1);
    Chunk *chunk = dictionary->chunks;
    if (chunk == NULL || size > chunk->size - dictionary->chunk_used) {
        chunk = chunk_new(dictionary, size);
        chunk->next = dictionary->chunks;
        dictionary->chunks = chunk;
        dictionary->chunk_used = 0;
    }
    Record *record = (Record *)(void *)(chunk->bytes + dictionary->chunk_used);
    record->len = (uint32_t)raw.len;
    memcpy(record->bytes, raw.ptr, raw.len);
    dictionary->chunk_used += size;
    return record;
}

static Record *record_of(Slot slot)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): an address is what it is */
    return (Record *)(uintptr_t)(slot & (((Slot)1 << TAG_SHIFT) - 1));
}

static void put(Slot *slots, size_t mask, uint32_t home, Slot slot)
{
    size_t at = home & mask;
    while (slots[at] != 0) {
        at = (at + 1) & mask;
    }
    slots[at] = slot;
}

static void grow(Dictionary *dictionary)
{
    size_t larger = dictionary->slot_count * 2;
    Slot *slots = heap_zeroed(larger, sizeof *slots);
    for (size_t i = 0; i < dictionary->slot_count; i++) {
        Slot slot = dictionary->slots[i];
        if (slot != 0) {
            put(slots, larger - 1, record_of(slot)->home, slot);
        }
    }
    free(dictionary->slots);
    dictionary->slots = slots;
    dictionary->slot_count = larger;
}

static Record *append(Dictionary *dictionary, Str raw)
{
    assert(raw.len <= UINT32_MAX && dictionary->count < UINT32_MAX);
    uint32_t code = dictionary->count++;
    if (code >= dictionary->record_capacity) {
        dictionary->records = heap_grow(dictionary->records, &dictionary->record_capacity,
                                        (size_t)code + 1, sizeof(const Record *));
    }
    if (code >= dictionary->value_capacity) {
        dictionary->values = heap_grow(dictionary->values, &dictionary->value_capacity,
                                       (size_t)code + 1, sizeof *dictionary->values);
    }
    Record *record = keep(dictionary, raw);
    record->code = code;
    dictionary->records[code] = record;
    dictionary->values[code] = (Values){.count = NOT_DECODED};
    return record;
}

static uint32_t add(Dictionary *dictionary, Str raw, uint64_t hash)
{
    if (dictionary->count >= dictionary->slot_count / 2) {
        grow(dictionary);
    }
    Record *record = append(dictionary, raw);
    record->home = (uint32_t)hash;
    Slot address = (Slot)(uintptr_t)record;
    assert(address >> TAG_SHIFT == 0);
    put(dictionary->slots, dictionary->slot_count - 1, (uint32_t)hash,
        address | hash >> TAG_SHIFT << TAG_SHIFT);
    return record->code;
}

static bool is_record(const Record *record, Str raw)
{
    return record->len == raw.len && raw_equal(record->bytes, raw.ptr, raw.len);
}

static uint32_t find_or_add(Dictionary *dictionary, Str raw, uint64_t hash)
{
    size_t mask = dictionary->slot_count - 1;
    for (size_t at = (uint32_t)hash & mask;; at = (at + 1) & mask) {
        Slot slot = dictionary->slots[at];
        if (slot == 0) {
            return add(dictionary, raw, hash);
        }
        if ((slot ^ hash) >> TAG_SHIFT == 0 && is_record(record_of(slot), raw)) {
            return record_of(slot)->code;
        }
    }
}

/* With a memory of the last value or of none. */
static uint32_t code_anew(Dictionary *dictionary, Str raw)
{
    uint32_t last = dictionary->count - 1;
    bool known = dictionary->memory != DICTIONARY_NONE && last != 0 &&
                 is_record(dictionary->records[last], raw);
    return known ? last : append(dictionary, raw)->code;
}

uint32_t dictionary_code(Dictionary *dictionary, Str raw)
{
    if (!remembers(dictionary)) {
        return code_anew(dictionary, raw);
    }
    uint32_t before = dictionary->count;
    uint32_t code = find_or_add(dictionary, raw, raw_hash(raw, dictionary->seed));
    dictionary->trial_values++;
    dictionary->trial_new += dictionary->count - before;
    return code;
}

static Str raw_of(const RawValue *value)
{
    return (Str){value->ptr, value->len};
}

static void code_group(Dictionary *dictionary, const RawValue *values, size_t count,
                       uint32_t *codes)
{
    uint64_t hashes[GROUP];
    size_t mask = dictionary->slot_count - 1;
    for (size_t i = 0; i < count; i++) {
        hashes[i] = raw_hash(raw_of(&values[i]), dictionary->seed);
        __builtin_prefetch(&dictionary->slots[(uint32_t)hashes[i] & mask]);
    }
    for (size_t i = 0; i < count; i++) {
        __builtin_prefetch(record_of(dictionary->slots[(uint32_t)hashes[i] & mask]));
    }
    for (size_t i = 0; i < count; i++) {
        codes[i] = find_or_add(dictionary, raw_of(&values[i]), hashes[i]);
    }
}

/* Events come in runs (same host, same process): where a value often equals the one before it,
 * comparing the two costs less than hashing. */
static void code_repeats(Dictionary *dictionary, const RawValue *values, size_t count,
                         uint32_t *codes)
{
    uint32_t repeats = 0;
    for (size_t i = 0; i < count; i++) {
        Str raw = raw_of(&values[i]);
        if (i > 0 && raw.len == values[i - 1].len &&
            raw_equal(raw.ptr, values[i - 1].ptr, raw.len)) {
            codes[i] = codes[i - 1];
            repeats++;
        } else {
            codes[i] = find_or_add(dictionary, raw, raw_hash(raw, dictionary->seed));
        }
    }
    dictionary->repeats = repeats;
    dictionary->has_runs = count > 1 && (size_t)repeats * 4 >= (count - 1) * 3;
}

void dictionary_codes(Dictionary *dictionary, const RawValue *values, size_t count, uint32_t *codes)
{
    if (!remembers(dictionary)) {
        for (size_t i = 0; i < count; i++) {
            codes[i] = code_anew(dictionary, raw_of(&values[i]));
        }
        return;
    }
    uint32_t before = dictionary->count;
    for (size_t from = 0; from < count; from += GROUP) {
        size_t group = count - from < GROUP ? count - from : GROUP;
        for (size_t i = from + group; i < count && i < from + 2 * GROUP; i++) {
            __builtin_prefetch(values[i].ptr);
        }
        /* Every 16th group looks again whether the values have begun to repeat. */
        if (dictionary->groups++ % 16 == 0 || dictionary->repeats > GROUP / 2) {
            code_repeats(dictionary, values + from, group, codes + from);
        } else {
            code_group(dictionary, values + from, group, codes + from);
        }
    }
    dictionary->trial_values += count;
    dictionary->trial_new += dictionary->count - before;
}

bool dictionary_has_runs(const Dictionary *dictionary)
{
    return dictionary->has_runs && remembers(dictionary);
}

void dictionary_add_repeats(Dictionary *dictionary, uint64_t repeats)
{
    dictionary->trial_values += repeats;
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
    return (Str){dictionary->records[code]->bytes, dictionary->records[code]->len};
}

uint32_t dictionary_epoch(const Dictionary *dictionary)
{
    return dictionary->epoch;
}

size_t dictionary_bytes(const Dictionary *dictionary)
{
    return dictionary->slot_count * sizeof *dictionary->slots +
           dictionary->record_capacity * sizeof(const Record *) +
           dictionary->value_capacity * sizeof *dictionary->values + dictionary->chunk_bytes +
           dictionary->decoded_bytes;
}
