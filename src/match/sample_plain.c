#include "match/sample_plain.h"

#include "base/array.h"

typedef struct Candidate {
    Str key;
    uint32_t stage;
    EventPlace place;
} Candidate;

struct SamplePlain {
    const QueryPlan *query;
    uint64_t max_per_key;
    Arena *arena;
    ARRAY(Candidate) hits;
    SequenceEvent *events; /* chosen so far */
};

/* The samples of one key: of the hits from `first` to before `end`. */
typedef struct Choosing {
    SamplePlain *plain;
    uint32_t first, end;
    uint64_t given;
    SequenceTake *take;
    void *context;
    Err *err;
} Choosing;

SamplePlain *sample_plain_new(const QueryPlan *query, uint64_t max_per_key)
{
    Arena *arena = arena_new();
    SamplePlain *plain = ARENA_NEW(arena, SamplePlain);
    plain->query = query;
    plain->max_per_key = max_per_key;
    plain->arena = arena;
    plain->events = ARENA_MANY(arena, SequenceEvent, query->stage_count);
    return plain;
}

void sample_plain_free(SamplePlain *plain)
{
    if (plain != NULL) {
        arena_free(plain->arena);
    }
}

void sample_plain_offer(SamplePlain *plain, const Hit *hit)
{
    Candidate candidate = {str_copy(plain->arena, hit_sample_key(hit)), hit->stage, hit->place};
    ARRAY_PUSH(plain->arena, &plain->hits, candidate);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* By key, then by place in the input. */
static int compare(const void *left, const void *right)
{
    const Candidate *a = left;
    const Candidate *b = right;
    int order = str_compare(a->key, b->key);
    order = order != 0 ? order : compare_numbers(a->place.input, b->place.input);
    return order != 0 ? order : compare_numbers(a->place.offset, b->place.offset);
}

static bool is_chosen(const SamplePlain *plain, uint32_t stages, const EventPlace *place)
{
    for (uint32_t i = 0; i < stages; i++) {
        const EventPlace *chosen = &plain->events[i].place;
        if (chosen->input == place->input && chosen->offset == place->offset) {
            return true;
        }
    }
    return false;
}

static bool choose(Choosing *choosing, uint32_t stage)
{
    SamplePlain *plain = choosing->plain;
    uint32_t stage_count = plain->query->stage_count;
    if (stage == stage_count) {
        SequenceMatch match = {plain->events, stage_count, plain->hits.items[choosing->first].key};
        choosing->given++;
        return choosing->take(choosing->context, &match, choosing->err);
    }
    uint64_t left = stage_count + plain->max_per_key - 1;
    for (uint32_t i = choosing->first; i < choosing->end && left > 0; i++) {
        const Candidate *candidate = &plain->hits.items[i];
        if (candidate->stage != stage) {
            continue;
        }
        left--;
        if (choosing->given < plain->max_per_key && !is_chosen(plain, stage, &candidate->place)) {
            plain->events[stage] = (SequenceEvent){.place = candidate->place};
            if (!choose(choosing, stage + 1)) {
                return false;
            }
        }
    }
    return true;
}

bool sample_plain_finish(SamplePlain *plain, SequenceTake *take, void *context, Err *err)
{
    Candidate *hits = plain->hits.items;
    uint32_t count = plain->hits.count;
    if (count > 0) {
        qsort(hits, count, sizeof *hits, compare);
    }
    bool ok = true;
    for (uint32_t first = 0, end; first < count && ok; first = end) {
        for (end = first + 1; end < count && str_equal(hits[end].key, hits[first].key);) {
            end++;
        }
        Choosing choosing = {plain, first, end, 0, take, context, err};
        ok = choose(&choosing, 0);
    }
    plain->hits.count = 0;
    return ok;
}
