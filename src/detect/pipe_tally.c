#include "detect/pipe_tally.h"

#include "base/hash.h"
#include "base/heap.h"
#include "match/key_table.h"

typedef struct Entry Entry;
struct Entry {
    KeyRecord record;
    Entry *before; /* the one that was met before it */
    uint64_t number;
    uint64_t count;
    KeptMatch *first;
};

struct PipeTally {
    KeyTable table;
    uint64_t seed;
    Entry *last; /* met */
    bool is_full;
    uint64_t total, others;
    size_t kept_bytes;
    Entry **sorted; /* NULL before the first is taken */
    size_t count, taken;
};

PipeTally *pipe_tally_new(void)
{
    PipeTally *tally = HEAP_NEW(PipeTally);
    tally->table = key_table_of(sizeof(Entry));
    tally->seed = hash_random_seed();
    return tally;
}

void pipe_tally_free(PipeTally *tally)
{
    if (tally == NULL) {
        return;
    }
    for (Entry *entry = tally->last; entry != NULL; entry = entry->before) {
        kept_match_free(entry->first);
    }
    key_table_done(&tally->table);
    free(tally->sorted);
    free(tally);
}

size_t pipe_tally_bytes(const PipeTally *tally)
{
    /* Sorting takes a pointer for each. */
    return tally->table.bytes + tally->table.count * sizeof(Entry *) + tally->kept_bytes;
}

uint64_t pipe_tally_total(const PipeTally *tally)
{
    return tally->total;
}

uint64_t pipe_tally_others(const PipeTally *tally)
{
    return tally->others;
}

static void add_entry(PipeTally *tally, uint64_t hash, Str tuple, const Match *first)
{
    Entry *entry = key_table_add(&tally->table, hash, tuple);
    entry->before = tally->last;
    entry->number = tally->last == NULL ? 0 : tally->last->number + 1;
    entry->count = 1;
    tally->last = entry;
    if (first != NULL) {
        entry->first = kept_match_new(first, STR(""));
        tally->kept_bytes += kept_match_bytes(entry->first);
    }
}

TallyAnswer pipe_tally_add(PipeTally *tally, Str tuple, const Match *first)
{
    assert(tally->sorted == NULL);
    uint64_t hash = hash_bytes_seeded(tuple, tally->seed);
    Entry *entry = key_table_find(&tally->table, hash, tuple);
    tally->total++;
    if (entry != NULL) {
        entry->count++;
        return TALLY_KNOWN;
    }
    if (tally->is_full) {
        tally->others++;
        return TALLY_NO_ROOM;
    }
    add_entry(tally, hash, tuple, first);
    return TALLY_NEW;
}

bool pipe_tally_drop(PipeTally *tally)
{
    Entry *entry = tally->last;
    if (entry == NULL || tally->sorted != NULL) {
        return false;
    }
    tally->is_full = true;
    tally->others += entry->count;
    tally->last = entry->before;
    tally->kept_bytes -= entry->first == NULL ? 0 : kept_match_bytes(entry->first);
    kept_match_free(entry->first);
    key_table_remove(&tally->table, entry);
    return true;
}

static int compare(const void *a, const void *b)
{
    const Entry *left = *(Entry *const *)a;
    const Entry *right = *(Entry *const *)b;
    if (left->count != right->count) {
        return left->count < right->count ? -1 : 1;
    }
    return left->number < right->number ? -1 : 1;
}

static void sort(PipeTally *tally)
{
    tally->count = tally->table.count;
    tally->sorted = HEAP_MANY(Entry *, tally->count + 1);
    Entry *entry = tally->last;
    for (size_t i = 0; i < tally->count; i++, entry = entry->before) {
        tally->sorted[i] = entry;
    }
    qsort(tally->sorted, tally->count, sizeof(Entry *), compare);
}

bool pipe_tally_take(PipeTally *tally, uint64_t *count, KeptMatch **first)
{
    if (tally->sorted == NULL) {
        sort(tally);
    }
    if (tally->taken == tally->count) {
        return false;
    }
    Entry *entry = tally->sorted[tally->taken++];
    *count = entry->count;
    *first = entry->first;
    entry->first = NULL;
    tally->kept_bytes -= *first == NULL ? 0 : kept_match_bytes(*first);
    return true;
}
