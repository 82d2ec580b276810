#include "exec/verdicts.h"

#include "base/hash.h"
#include "base/heap.h"

#define UNJUDGED    UINT32_MAX
#define EMPTY_SET   0u
#define MISSING_SET 1u /* if any predicate holds of a missing field */

typedef struct Set {
    List predicates;
    uint64_t hash;
} Set;

struct Verdicts {
    const PredicateIndex *index;
    uint32_t epoch;
    bool has_epoch;
    uint32_t *sets_by_code;
    size_t code_count, code_capacity;
    size_t judged_count; /* codes that have a set */
    Arena *arena;        /* of the sets; NULL as long as they are empty */
    size_t set_bytes;
    Set *sets;
    size_t set_count, set_capacity;
    uint32_t *slots; /* hash -> set + 1; a power of two, at most half full */
    size_t slot_count;

    /* while judging */
    uint32_t *new_codes;
    size_t new_count, new_capacity;
    uint32_t *chain; /* by hit: the one before */
    size_t chain_capacity;
    uint32_t *found; /* the predicates of one value */
    size_t found_capacity;
    PredicateMarks *marks; /* the judge's */
    PredicateGroup *group; /* the judge's; the hits of a value are a chain, the last one first */
};

/* ---- sets ---- */

static void place(Verdicts *verdicts, uint32_t set)
{
    size_t at = verdicts->sets[set].hash & (verdicts->slot_count - 1);
    while (verdicts->slots[at] != 0) {
        at = (at + 1) & (verdicts->slot_count - 1);
    }
    verdicts->slots[at] = set + 1;
}

static void grow_slots(Verdicts *verdicts)
{
    free(verdicts->slots);
    verdicts->slot_count = verdicts->slot_count == 0 ? 64 : verdicts->slot_count * 2;
    verdicts->slots = heap_zeroed(verdicts->slot_count, sizeof *verdicts->slots);
    for (uint32_t set = 0; set < verdicts->set_count; set++) {
        place(verdicts, set);
    }
}

/* `hash` does not depend on the order of the predicates. */
static uint32_t add_set(Verdicts *verdicts, const uint32_t *predicates, uint32_t count,
                        uint64_t hash)
{
    uint32_t *copy = NULL;
    if (count > 0) {
        verdicts->arena = verdicts->arena == NULL ? arena_new() : verdicts->arena;
        copy = ARENA_MANY(verdicts->arena, uint32_t, count);
        memcpy(copy, predicates, count * sizeof *copy);
    }
    if (verdicts->set_count == verdicts->set_capacity) {
        verdicts->sets = heap_grow(verdicts->sets, &verdicts->set_capacity, verdicts->set_count + 1,
                                   sizeof *verdicts->sets);
    }
    uint32_t set = (uint32_t)verdicts->set_count++;
    verdicts->sets[set] = (Set){{copy, count}, hash};
    verdicts->set_bytes += sizeof(Set) + count * sizeof *copy;
    if (verdicts->set_count * 2 > verdicts->slot_count) {
        grow_slots(verdicts);
    } else {
        place(verdicts, set);
    }
    return set;
}

/* The predicates in `found` bear the mark of the present value. */
static bool is_same(const Verdicts *verdicts, const Set *set, uint32_t count, uint64_t hash)
{
    if (set->hash != hash || set->predicates.count != count) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (verdicts->marks->serials[set->predicates.items[i]] != verdicts->marks->serial) {
            return false;
        }
    }
    return true;
}

static uint32_t intern(Verdicts *verdicts, uint32_t count, uint64_t hash)
{
    size_t at = hash & (verdicts->slot_count - 1);
    for (; verdicts->slots[at] != 0; at = (at + 1) & (verdicts->slot_count - 1)) {
        uint32_t set = verdicts->slots[at] - 1;
        if (is_same(verdicts, &verdicts->sets[set], count, hash)) {
            return set;
        }
    }
    return add_set(verdicts, verdicts->found, count, hash);
}

static uint64_t hash_of(PredicateId predicate)
{
    return hash_mix(predicate, 0);
}

static void add_first_sets(Verdicts *verdicts)
{
    uint32_t count = 0;
    const PredicateId *missing = predicate_index_missing(verdicts->index, &count);
    uint64_t hash = 0;
    for (uint32_t i = 0; i < count; i++) {
        hash += hash_of(missing[i]);
    }
    add_set(verdicts, NULL, 0, 0);
    if (count > 0) {
        add_set(verdicts, missing, count, hash);
    }
}

static void forget(Verdicts *verdicts)
{
    arena_free(verdicts->arena);
    verdicts->arena = NULL;
    verdicts->set_bytes = 0;
    verdicts->set_count = 0;
    verdicts->code_count = 0;
    verdicts->judged_count = 0;
    memset(verdicts->slots, 0, verdicts->slot_count * sizeof *verdicts->slots);
    add_first_sets(verdicts);
}

/* ---- life ---- */

Verdicts *verdicts_new(const PredicateIndex *index)
{
    Verdicts *verdicts = HEAP_NEW(Verdicts);
    verdicts->index = index;
    grow_slots(verdicts);
    add_first_sets(verdicts);
    return verdicts;
}

void verdicts_free(Verdicts *verdicts)
{
    if (verdicts == NULL) {
        return;
    }
    arena_free(verdicts->arena);
    free(verdicts->sets_by_code);
    free(verdicts->sets);
    free(verdicts->slots);
    free(verdicts->new_codes);
    free(verdicts->chain);
    free(verdicts->found);
    free(verdicts);
}

/* ---- judging ---- */

static void follow_dictionary(Verdicts *verdicts, const Dictionary *dictionary)
{
    uint32_t epoch = dictionary_epoch(dictionary);
    if (!verdicts->has_epoch || verdicts->epoch != epoch ||
        verdicts->set_bytes > VERDICTS_MAX_BYTES) {
        forget(verdicts);
        verdicts->epoch = epoch;
        verdicts->has_epoch = true;
    }
    size_t count = dictionary_count(dictionary);
    if (count > verdicts->code_capacity) {
        verdicts->sets_by_code = heap_grow(verdicts->sets_by_code, &verdicts->code_capacity, count,
                                           sizeof *verdicts->sets_by_code);
    }
    for (; verdicts->code_count < count; verdicts->code_count++) {
        verdicts->sets_by_code[verdicts->code_count] = UNJUDGED;
    }
}

static void note(Verdicts *verdicts, uint32_t code)
{
    if (verdicts->new_count == verdicts->new_capacity) {
        verdicts->new_codes = heap_grow(verdicts->new_codes, &verdicts->new_capacity,
                                        verdicts->new_count + 1, sizeof *verdicts->new_codes);
    }
    verdicts->new_codes[verdicts->new_count++] = code;
    verdicts->judged_count++;
    verdicts->sets_by_code[code] = EMPTY_SET; /* so that it is noted once */
}

static void forget_notes(Verdicts *verdicts)
{
    for (size_t i = 0; i < verdicts->new_count; i++) {
        verdicts->sets_by_code[verdicts->new_codes[i]] = UNJUDGED;
    }
    verdicts->judged_count -= verdicts->new_count;
    verdicts->new_count = 0;
}

/* Notes a row's value and counts it off. False when nothing is left of the limit. */
static inline bool note_row(Verdicts *verdicts, const Dictionary *dictionary, uint32_t code,
                            VerdictLimit *left)
{
    if (verdicts->sets_by_code[code] != UNJUDGED) {
        return true;
    }
    size_t bytes = dictionary_raw(dictionary, code).len;
    if (left->values == 1 || left->bytes <= bytes) {
        return false;
    }
    left->values--;
    left->bytes -= bytes;
    note(verdicts, code);
    return true;
}

static bool note_rows(Verdicts *verdicts, const Dictionary *dictionary, const VerdictRows *rows,
                      VerdictLimit left)
{
    if (rows->within == NULL) {
        for (uint32_t row = 0; row < rows->rows; row++) {
            if (!note_row(verdicts, dictionary, rows->codes[row], &left)) {
                return false;
            }
        }
        return true;
    }
    BITMAP_EACH(rows->within, rows->rows, row)
    {
        if (!note_row(verdicts, dictionary, rows->codes[row], &left)) {
            return false;
        }
    }
    return true;
}

bool verdicts_note(Verdicts *verdicts, const Dictionary *dictionary, const VerdictRows *rows,
                   VerdictLimit limit)
{
    follow_dictionary(verdicts, dictionary);
    verdicts->new_count = 0;
    if (verdicts->judged_count < verdicts->code_count &&
        !note_rows(verdicts, dictionary, rows, limit)) {
        forget_notes(verdicts);
        return false;
    }
    return true;
}

/* Decodes new values from `first` on, as many as make a group; the place behind the last of them. */
static size_t decode_group(const Verdicts *verdicts, const Dictionary *dictionary, size_t first)
{
    PredicateGroup *group = verdicts->group;
    size_t bytes = 0;
    size_t count = 0;
    arena_reset(group->arena);
    while (first + count < verdicts->new_count && count < PREDICATE_GROUP_VALUES &&
           bytes < PREDICATE_GROUP_BYTES) {
        uint32_t code = verdicts->new_codes[first + count];
        group->values[count] = dictionary_peek(dictionary, code, group->arena);
        group->last_hits[count++] = 0;
        bytes += dictionary_raw(dictionary, code).len;
    }
    return first + count;
}

/* False when it bears the value's mark already. */
static bool mark(PredicateMarks *marks, PredicateId predicate)
{
    size_t had = marks->capacity;
    if (predicate >= had) {
        marks->serials = heap_grow(marks->serials, &marks->capacity, (size_t)predicate + 1,
                                   sizeof *marks->serials);
        memset(marks->serials + had, 0, (marks->capacity - had) * sizeof *marks->serials);
    }
    bool is_new = marks->serials[predicate] != marks->serial;
    marks->serials[predicate] = marks->serial;
    return is_new;
}

/* Each value's hits as a chain, so that the hits themselves need no sorting. */
static void chain_hits(Verdicts *verdicts, const PredicateHit *hits, size_t count)
{
    assert(count < UINT32_MAX);
    if (count > verdicts->chain_capacity) {
        verdicts->chain =
            heap_grow(verdicts->chain, &verdicts->chain_capacity, count, sizeof *verdicts->chain);
    }
    for (size_t i = 0; i < count; i++) {
        verdicts->chain[i] = verdicts->group->last_hits[hits[i].value];
        verdicts->group->last_hits[hits[i].value] = (uint32_t)i + 1;
    }
}

static uint32_t set_of_hits(Verdicts *verdicts, const PredicateHit *hits, uint32_t last)
{
    uint64_t hash = 0;
    uint32_t count = 0;
    verdicts->marks->serial++;
    for (uint32_t at = last; at != 0; at = verdicts->chain[at - 1]) {
        PredicateId predicate = hits[at - 1].predicate;
        if (!mark(verdicts->marks, predicate)) {
            continue;
        }
        if (count == verdicts->found_capacity) {
            verdicts->found = heap_grow(verdicts->found, &verdicts->found_capacity, count + 1,
                                        sizeof *verdicts->found);
        }
        verdicts->found[count++] = predicate;
        hash += hash_of(predicate);
    }
    return count == 0 ? EMPTY_SET : intern(verdicts, count, hash);
}

uint64_t verdicts_judge(Verdicts *verdicts, PredicateJudge *judge, const Dictionary *dictionary,
                        uint64_t *cut)
{
    verdicts->marks = predicate_judge_marks(judge);
    verdicts->group = predicate_judge_group(judge);
    const PredicateGroup *group = verdicts->group;
    for (size_t first = 0, end; first < verdicts->new_count; first = end) {
        end = decode_group(verdicts, dictionary, first);
        size_t hit_count = 0;
        const PredicateHit *hits = predicate_judge_values(judge, verdicts->index, group->values,
                                                          (uint32_t)(end - first), &hit_count, cut);
        chain_hits(verdicts, hits, hit_count);
        for (size_t i = 0; i < end - first; i++) {
            bool is_missing = group->values[i].count == 0;
            verdicts->sets_by_code[verdicts->new_codes[first + i]] =
                is_missing ? verdicts_missing_set(verdicts)
                           : set_of_hits(verdicts, hits, group->last_hits[i]);
        }
    }
    return verdicts->new_count;
}

/* ---- asking ---- */

const uint32_t *verdicts_sets(const Verdicts *verdicts)
{
    return verdicts->sets_by_code;
}

uint32_t verdicts_set_count(const Verdicts *verdicts)
{
    return (uint32_t)verdicts->set_count;
}

uint32_t verdicts_missing_set(const Verdicts *verdicts)
{
    uint32_t count = 0;
    predicate_index_missing(verdicts->index, &count);
    return count == 0 ? EMPTY_SET : MISSING_SET;
}

List verdicts_predicates(const Verdicts *verdicts, uint32_t set)
{
    return verdicts->sets[set].predicates;
}
