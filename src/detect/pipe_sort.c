#include "detect/pipe_sort.h"

#include "base/heap.h"

typedef struct Item {
    KeptMatch *kept;
    uint64_t number; /* in order of coming */
} Item;

/* Until the first is taken, a heap: on top is what is let go of first. */
struct PipeSort {
    uint64_t limit;
    bool keep_last;
    Item *items;
    size_t count, capacity;
    size_t taken;
    bool is_sorted;
    uint64_t numbers; /* given so far */
    size_t bytes;
};

PipeSort *pipe_sort_new(uint64_t limit, bool keep_last)
{
    PipeSort *sort = HEAP_NEW(PipeSort);
    sort->limit = limit;
    sort->keep_last = keep_last;
    return sort;
}

void pipe_sort_free(PipeSort *sort)
{
    if (sort == NULL) {
        return;
    }
    for (size_t i = sort->taken; i < sort->count; i++) {
        kept_match_free(sort->items[i].kept);
    }
    free(sort->items);
    free(sort);
}

size_t pipe_sort_bytes(const PipeSort *sort)
{
    return sort->bytes;
}

static size_t held_bytes(const Item *item)
{
    return kept_match_bytes(item->kept) +
           2 * sizeof *item; /* the array may be twice as large as what is in it */
}

static int compare(const void *a, const void *b)
{
    const Item *left = a;
    const Item *right = b;
    int order = str_compare(kept_match_tuple(left->kept), kept_match_tuple(right->kept));
    return order != 0 ? order : (left->number > right->number) - (left->number < right->number);
}

/* True when `a` is to go before `b`. */
static bool goes_first(const PipeSort *sort, const Item *a, const Item *b)
{
    int order = compare(a, b);
    return sort->keep_last ? order < 0 : order > 0;
}

static void swap(Item *a, Item *b)
{
    Item held = *a;
    *a = *b;
    *b = held;
}

static void rise(PipeSort *sort, size_t at)
{
    for (size_t parent; at > 0; at = parent) {
        parent = (at - 1) / 2;
        if (!goes_first(sort, &sort->items[at], &sort->items[parent])) {
            return;
        }
        swap(&sort->items[at], &sort->items[parent]);
    }
}

static void sink(PipeSort *sort, size_t at)
{
    for (size_t child; (child = at * 2 + 1) < sort->count; at = child) {
        if (child + 1 < sort->count &&
            goes_first(sort, &sort->items[child + 1], &sort->items[child])) {
            child++;
        }
        if (!goes_first(sort, &sort->items[child], &sort->items[at])) {
            return;
        }
        swap(&sort->items[child], &sort->items[at]);
    }
}

bool pipe_sort_drop(PipeSort *sort)
{
    if (sort->is_sorted || sort->count == 0) {
        return false;
    }
    sort->bytes -= held_bytes(&sort->items[0]);
    kept_match_free(sort->items[0].kept);
    sort->items[0] = sort->items[--sort->count];
    sink(sort, 0);
    return true;
}

/* Whether the match would be the next to go: it came last. */
static bool is_past_limit(const PipeSort *sort, Str tuple)
{
    if (sort->count < sort->limit) {
        return false;
    }
    int order = str_compare(tuple, kept_match_tuple(sort->items[0].kept));
    return sort->keep_last ? order < 0 : order >= 0;
}

void pipe_sort_add(PipeSort *sort, const Match *match, Str tuple)
{
    assert(!sort->is_sorted);
    if (sort->limit == 0 || is_past_limit(sort, tuple)) {
        return;
    }
    if (sort->count == sort->limit) {
        (void)pipe_sort_drop(sort);
    }
    sort->items = heap_grow(sort->items, &sort->capacity, sort->count + 1, sizeof *sort->items);
    Item *item = &sort->items[sort->count++];
    *item = (Item){kept_match_new(match, tuple), sort->numbers++};
    sort->bytes += held_bytes(item);
    rise(sort, sort->count - 1);
}

KeptMatch *pipe_sort_take(PipeSort *sort)
{
    if (!sort->is_sorted) {
        if (sort->count > 0) {
            qsort(sort->items, sort->count, sizeof *sort->items, compare);
        }
        sort->is_sorted = true;
    }
    if (sort->taken == sort->count) {
        return NULL;
    }
    Item *item = &sort->items[sort->taken++];
    sort->bytes -= held_bytes(item);
    return item->kept;
}
