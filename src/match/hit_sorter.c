#include "match/hit_sorter.h"

#include "base/heap.h"
#include "match/hit_run.h"

#if defined(SHRIKE_TINY)
#define FAN_IN 3
#else
#define FAN_IN 64 /* runs merged at once: 64 read buffers of 64 KiB are 4 MiB */
#endif

/* How many hits of a sorter lie between the telling and the taking: enough for two fetches from memory. */
#define AHEAD 16

/* What most comparisons need, side by side: the rest of the hit is in the store. */
typedef struct Entry {
    uint64_t time;       /* orders as hit->time, unsigned */
    uint64_t tiebreaker; /* its first 8 bytes; all ones when missing */
    size_t at;           /* of the encoded hit in the store */
} Entry;

struct HitSorter {
    size_t budget;
    char *store; /* encoded hits, one after another */
    size_t store_len, store_capacity;
    Entry *entries;
    size_t entry_count, entry_capacity;
    bool sorted;
    HitRunFile *runs; /* NULL until something is spilled */
    uint64_t count;
    uint64_t spilled_bytes;
};

HitSorter *hit_sorter_new(size_t budget_bytes)
{
    HitSorter *sorter = HEAP_NEW(HitSorter);
    sorter->budget = budget_bytes;
    return sorter;
}

static void free_memory(HitSorter *sorter)
{
    free(sorter->store);
    free(sorter->entries);
    sorter->store = NULL;
    sorter->entries = NULL;
    sorter->store_capacity = sorter->entry_capacity = 0;
}

void hit_sorter_free(HitSorter *sorter)
{
    if (sorter != NULL) {
        hit_run_file_close(sorter->runs);
        free_memory(sorter);
        free(sorter);
    }
}

uint64_t hit_sorter_count(const HitSorter *sorter)
{
    return sorter->count;
}

uint64_t hit_sorter_spilled_bytes(const HitSorter *sorter)
{
    return sorter->spilled_bytes;
}

/* --- sorting in memory --- */

static int compare_entries(const void *left, const void *right, void *store)
{
    const Entry *a = left;
    const Entry *b = right;
    if (a->time != b->time) {
        return a->time < b->time ? -1 : 1;
    }
    if (a->tiebreaker != b->tiebreaker) {
        return a->tiebreaker < b->tiebreaker ? -1 : 1;
    }
    Hit one = hit_decode((const char *)store + a->at);
    Hit other = hit_decode((const char *)store + b->at);
    return hit_compare(&one, &other);
}

static uint64_t tiebreaker_prefix(Str tiebreaker)
{
    if (tiebreaker.len == 0) {
        return UINT64_MAX;
    }
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++) {
        prefix = prefix << 8 | (i < tiebreaker.len ? (unsigned char)tiebreaker.ptr[i] : 0);
    }
    return prefix;
}

/* Events mostly come in order, and then so do the hits of one query. */
static bool is_in_order(const HitSorter *sorter)
{
    for (size_t i = 1; i < sorter->entry_count; i++) {
        if (compare_entries(&sorter->entries[i - 1], &sorter->entries[i], sorter->store) > 0) {
            return false;
        }
    }
    return true;
}

void hit_sorter_sort(HitSorter *sorter)
{
    if (!sorter->sorted && !is_in_order(sorter)) {
        qsort_r(sorter->entries, sorter->entry_count, sizeof(Entry), compare_entries,
                sorter->store);
    }
    sorter->sorted = true;
}

static bool spill(HitSorter *sorter, Err *err)
{
    if (sorter->runs == NULL && (sorter->runs = hit_run_file_open(err)) == NULL) {
        return false;
    }
    hit_sorter_sort(sorter);
    for (size_t i = 0; i < sorter->entry_count; i++) {
        Hit hit = hit_decode(sorter->store + sorter->entries[i].at);
        if (!hit_run_file_append(sorter->runs, &hit, err)) {
            return false;
        }
    }
    sorter->spilled_bytes += sorter->store_len;
    sorter->entry_count = 0;
    sorter->store_len = 0;
    return hit_run_file_end_run(sorter->runs, err);
}

/* --- filling --- */

static size_t grown(size_t capacity, size_t needed, size_t least)
{
    if (needed <= capacity) {
        return capacity;
    }
    capacity = capacity * 2 < least ? least : capacity * 2;
    return capacity < needed ? needed : capacity;
}

/* Room for one hit of `size` bytes more. What is there goes to disk when the memory for both would
 * pass the budget; the entries count twice, for qsort copies them. */
static bool make_room(HitSorter *sorter, size_t size, Err *err)
{
    size_t store = grown(sorter->store_capacity, sorter->store_len + size, 1024);
    size_t entries = grown(sorter->entry_capacity, sorter->entry_count + 1, 16);
    bool fits = store + entries * 2 * sizeof(Entry) <= sorter->budget;
    if (!fits && sorter->entry_count > 0) {
        if (!spill(sorter, err)) {
            return false;
        }
        if (sorter->store_capacity > sorter->budget) {
            free_memory(sorter); /* a single hit had been too large */
        }
        return make_room(sorter, size, err);
    }
    if (store != sorter->store_capacity) {
        sorter->store = heap_resize(sorter->store, store, 1);
        sorter->store_capacity = store;
    }
    if (entries != sorter->entry_capacity) {
        sorter->entries = heap_resize(sorter->entries, entries, sizeof(Entry));
        sorter->entry_capacity = entries;
    }
    return true;
}

bool hit_sorter_add(HitSorter *sorter, const Hit *hit, Err *err)
{
    size_t size = hit_encoded_size(hit);
    if (!make_room(sorter, size, err)) {
        return false;
    }
    assert(sorter->entries != NULL); /* there is room */
    hit_encode(hit, sorter->store + sorter->store_len);
    sorter->entries[sorter->entry_count++] = (Entry){
        .time = (uint64_t)hit->time ^ (UINT64_C(1) << 63),
        .tiebreaker = tiebreaker_prefix(hit->tiebreaker),
        .at = sorter->store_len,
    };
    sorter->store_len += size;
    sorter->sorted = false;
    sorter->count++;
    return true;
}

/* --- merging --- */

/* Where sorted hits come from: a run on disk, or what a sorter holds in memory. */
typedef struct Source {
    Hit hit; /* the next one */
    HitRunCursor cursor;
    const HitSorter *memory; /* NULL for a run */
    size_t next;             /* of its entries */
} Source;

typedef bool Take(void *context, const Hit *hit, Err *err);
typedef void Expect(void *context, const Hit *hit);

/* A heap of sources, the one with the least hit on top. */
typedef struct Merge {
    Source **heap;
    uint32_t count;
    Source *sources;
    uint32_t source_count;
    Take *take;
    Expect *expect; /* NULL: nobody asks */
    void *context;
} Merge;

static Hit entry_hit(const HitSorter *memory, size_t index)
{
    return hit_decode(memory->store + memory->entries[index].at);
}

static bool advance(const Merge *merge, Source *source, bool *more, Err *err)
{
    const HitSorter *memory = source->memory;
    if (memory == NULL) {
        return hit_run_cursor_next(&source->cursor, &source->hit, more, err);
    }
    *more = source->next < memory->entry_count;
    if (*more) {
        source->hit = entry_hit(memory, source->next++);
    }
    if (merge->expect != NULL && source->next + AHEAD < memory->entry_count) {
        Hit later = entry_hit(memory, source->next + AHEAD);
        merge->expect(merge->context, &later);
    }
    return true;
}

/* Two equal hits come out in the order of their sources. */
static bool comes_before(const Source *a, const Source *b)
{
    int order = hit_compare(&a->hit, &b->hit);
    return order != 0 ? order < 0 : a < b;
}

static void sink_top(Merge *merge)
{
    uint32_t at = 0;
    Source *moving = merge->heap[0];
    for (uint32_t child; (child = 2 * at + 1) < merge->count; at = child) {
        if (child + 1 < merge->count && comes_before(merge->heap[child + 1], merge->heap[child])) {
            child++;
        }
        if (!comes_before(merge->heap[child], moving)) {
            break;
        }
        merge->heap[at] = merge->heap[child];
    }
    merge->heap[at] = moving;
}

static void raise_last(Merge *merge)
{
    uint32_t at = merge->count - 1;
    Source *moving = merge->heap[at];
    for (; at > 0 && comes_before(moving, merge->heap[(at - 1) / 2]); at = (at - 1) / 2) {
        merge->heap[at] = merge->heap[(at - 1) / 2];
    }
    merge->heap[at] = moving;
}

static Merge merge_new(uint32_t most_sources)
{
    return (Merge){
        .heap = HEAP_MANY(Source *, most_sources),
        .sources = HEAP_MANY(Source, most_sources),
    };
}

static void merge_done(Merge *merge)
{
    for (uint32_t i = 0; i < merge->source_count; i++) {
        hit_run_cursor_done(&merge->sources[i].cursor);
    }
    free(merge->heap);
    free(merge->sources);
}

static bool merge_all(Merge *merge, Err *err)
{
    bool more;
    for (uint32_t i = 0; i < merge->source_count; i++) {
        if (!advance(merge, &merge->sources[i], &more, err)) {
            return false;
        }
        if (more) {
            merge->heap[merge->count++] = &merge->sources[i];
            raise_last(merge);
        }
    }
    while (merge->count > 0) {
        Source *top = merge->heap[0];
        if (!merge->take(merge->context, &top->hit, err) || !advance(merge, top, &more, err)) {
            return false;
        }
        if (!more) {
            merge->heap[0] = merge->heap[--merge->count];
        }
        if (merge->count > 0) {
            sink_top(merge);
        }
    }
    return true;
}

static bool append_to_run(void *context, const Hit *hit, Err *err)
{
    return hit_run_file_append(context, hit, err);
}

/* Merges runs [from, to) of one file into one run at the end of another. */
static bool merge_runs(const HitRunFile *old, uint32_t from, uint32_t to, HitRunFile *new, Err *err)
{
    Merge merge = merge_new(to - from);
    for (uint32_t run = from; run < to; run++) {
        hit_run_cursor_init(&merge.sources[merge.source_count++].cursor, old, run);
    }
    merge.take = append_to_run;
    merge.context = new;
    bool ok = merge_all(&merge, err) && hit_run_file_end_run(new, err);
    merge_done(&merge);
    return ok;
}

/* Passes over the file until at most `most` runs are left. */
static bool reduce_runs(HitSorter *sorter, uint32_t most, Err *err)
{
    while (sorter->runs != NULL && hit_run_file_count(sorter->runs) > most) {
        HitRunFile *new = hit_run_file_open(err);
        if (new == NULL) {
            return false;
        }
        uint32_t count = hit_run_file_count(sorter->runs);
        for (uint32_t from = 0; from < count; from += FAN_IN) {
            uint32_t to = count - from > FAN_IN ? from + FAN_IN : count;
            if (!merge_runs(sorter->runs, from, to, new, err)) {
                hit_run_file_close(new);
                return false;
            }
        }
        sorter->spilled_bytes += hit_run_file_bytes(new);
        hit_run_file_close(sorter->runs);
        sorter->runs = new;
    }
    return true;
}

bool hit_sorter_merge(HitSorter **sorters, uint32_t count, Take *take, void *context, Err *err)
{
    return hit_sorter_merge_ahead(sorters, count, take, NULL, context, err);
}

bool hit_sorter_merge_ahead(HitSorter **sorters, uint32_t count, Take *take, Expect *expect,
                            void *context, Err *err)
{
    uint32_t most = count < FAN_IN ? FAN_IN / (count == 0 ? 1 : count) : 1;
    uint32_t source_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!reduce_runs(sorters[i], most, err)) {
            return false;
        }
        hit_sorter_sort(sorters[i]);
        source_count += 1 + (sorters[i]->runs == NULL ? 0 : hit_run_file_count(sorters[i]->runs));
    }
    Merge merge = merge_new(source_count + 1);
    for (uint32_t i = 0; i < count; i++) {
        merge.sources[merge.source_count++].memory = sorters[i];
        uint32_t runs = sorters[i]->runs == NULL ? 0 : hit_run_file_count(sorters[i]->runs);
        for (uint32_t run = 0; run < runs; run++) {
            hit_run_cursor_init(&merge.sources[merge.source_count++].cursor, sorters[i]->runs, run);
        }
    }
    merge.take = take;
    merge.expect = expect;
    merge.context = context;
    bool ok = merge_all(&merge, err);
    merge_done(&merge);
    return ok;
}
