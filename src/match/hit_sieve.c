#include "match/hit_sieve.h"

#include "base/heap.h"

#if defined(SHRIKE_TINY)
#define MOST_KEYS     ((uint64_t)4)
#define MOST_ALL_KEYS ((uint64_t)8)
#else
#define MOST_KEYS     ((uint64_t)1 << 17)
#define MOST_ALL_KEYS ((uint64_t)1 << 20)
#endif

/* Hashes of the keys of a query's rarest stage, open addressing; 0 is a free place. */
typedef struct KeySet {
    uint64_t *places;
    uint64_t mask;
} KeySet;

typedef enum Fate { FATE_NONE, FATE_BY_KEY, FATE_ALL } Fate;

typedef struct QuerySieve {
    Fate fate; /* which hits are kept */
    uint16_t rarest;
    uint64_t rarest_count;
    KeySet keys;
} QuerySieve;

struct HitSieve {
    const PlanSet *plan;
    QuerySieve *queries;
};

/* One worker's hits on their way. */
typedef struct Sifting {
    const HitSieve *sieve;
    HeldHits *held;
    const HeldPart *part;
    Arena *scratch;
    Buffer sample; /* the tiebreaker of a sample's hit */
    HitSorter *sorter;
} Sifting;

static uint64_t count_tuples(HeldHits *const *held, uint32_t count, uint32_t query, uint16_t stage)
{
    uint64_t tuples = 0;
    for (uint32_t i = 0; i < count; i++) {
        tuples += held_hits_count_of(held[i], query, stage).tuples;
    }
    return tuples;
}

static QuerySieve judge(const QueryPlan *plan, uint32_t query, HeldHits *const *held,
                        uint32_t count)
{
    QuerySieve of = {.fate = FATE_BY_KEY, .rarest_count = UINT64_MAX};
    uint32_t needed = 0;
    for (uint16_t stage = 0; stage < plan->stage_count; stage++) {
        if (plan->stages[stage].missing) {
            of.fate = FATE_ALL;
            continue;
        }
        needed++;
        uint64_t tuples = count_tuples(held, count, query, stage);
        if (tuples < of.rarest_count) {
            of.rarest = stage;
            of.rarest_count = tuples;
        }
    }
    if (of.rarest_count == 0) {
        of.fate = FATE_NONE;
    } else if (needed == 1 || plan->key_count == 0 || of.rarest_count > MOST_KEYS) {
        of.fate = FATE_ALL;
    }
    return of;
}

/* --- keys --- */

static KeySet set_new(uint64_t count)
{
    uint64_t places = 4;
    while (places < count * 2) {
        places *= 2;
    }
    return (KeySet){HEAP_MANY(uint64_t, places), places - 1};
}

static uint64_t nonzero(uint64_t hash)
{
    return hash == 0 ? 1 : hash;
}

/* Its place, or the free one where it would be. */
static uint64_t *find(const KeySet *set, uint64_t hash)
{
    uint64_t at = hash & set->mask;
    while (set->places[at] != 0 && set->places[at] != hash) {
        at = (at + 1) & set->mask;
    }
    return &set->places[at];
}

static void set_add(KeySet *set, uint64_t hash)
{
    *find(set, nonzero(hash)) = nonzero(hash);
}

static bool set_has(const KeySet *set, uint64_t hash)
{
    return *find(set, nonzero(hash)) != 0;
}

/* The distinct tuples of a key; borrowed until scratch is reset. */
static uint32_t split(const Sifting *sifting, const HeldKey *key, uint32_t key_count, Str **out)
{
    Hit hit = {.key_tuples = key->tuples, .keys = {sifting->part->texts + key->at, key->len}};
    *out = ARENA_MANY(sifting->scratch, Str, key->tuples + (size_t)1);
    return hit_split_keys(&hit, key_count, sifting->scratch, *out);
}

/* --- the keys of the rarest stages --- */

static void add_keys(const Sifting *sifting, QuerySieve *of, uint32_t key_count,
                     const HeldGroup *group)
{
    const HeldHit *hits = sifting->part->hits + group->first;
    for (uint64_t i = 0; i < group->count; i++) {
        const HeldKey *key = &sifting->part->keys[hits[i].key];
        if (key->tuples == 1) {
            set_add(&of->keys, key->hash);
            continue;
        }
        Str *tuples;
        uint32_t count = split(sifting, key, key_count, &tuples);
        for (uint32_t tuple = 0; tuple < count; tuple++) {
            set_add(&of->keys, held_hits_hash(sifting->held, tuples[tuple]));
        }
        arena_reset(sifting->scratch);
    }
}

static bool collect(Sifting *sifting, QuerySieve *queries, Err *err)
{
    const PlanSet *plan = sifting->sieve->plan;
    uint32_t parts = held_hits_parts(sifting->held);
    for (uint32_t number = 0; number < parts; number++) {
        sifting->part = held_hits_part(sifting->held, number, err);
        if (sifting->part == NULL) {
            return false;
        }
        for (size_t i = 0; i < sifting->part->group_count; i++) {
            const HeldGroup *group = &sifting->part->groups[i];
            QuerySieve *of = &queries[group->query];
            if (of->fate == FATE_BY_KEY && group->stage == of->rarest) {
                add_keys(sifting, of, plan->queries[group->query].key_count, group);
            }
        }
    }
    return true;
}

static bool collect_all(HitSieve *sieve, HeldHits *const *held, uint32_t count, Err *err)
{
    Sifting sifting = {.sieve = sieve, .scratch = arena_new()};
    bool ok = true;
    for (uint32_t i = 0; i < count && ok; i++) {
        sifting.held = held[i];
        ok = collect(&sifting, sieve->queries, err);
    }
    arena_free(sifting.scratch);
    return ok;
}

HitSieve *hit_sieve_new(const PlanSet *plan, HeldHits *const *held, uint32_t count, bool keep_all,
                        Err *err)
{
    HitSieve *sieve = HEAP_NEW(HitSieve);
    sieve->plan = plan;
    sieve->queries = HEAP_MANY(QuerySieve, plan->query_count + (size_t)1);
    uint64_t left = MOST_ALL_KEYS;
    bool by_key = false;
    for (uint32_t i = 0; i < plan->query_count; i++) {
        QuerySieve *of = &sieve->queries[i];
        *of = keep_all ? (QuerySieve){.fate = FATE_ALL} : judge(&plan->queries[i], i, held, count);
        if (of->fate == FATE_BY_KEY && of->rarest_count > left) {
            of->fate = FATE_ALL;
        } else if (of->fate == FATE_BY_KEY) {
            left -= of->rarest_count;
            of->keys = set_new(of->rarest_count);
            by_key = true;
        }
    }
    if (by_key && !collect_all(sieve, held, count, err)) {
        hit_sieve_free(sieve);
        return NULL;
    }
    return sieve;
}

void hit_sieve_free(HitSieve *sieve)
{
    if (sieve != NULL) {
        for (uint32_t i = 0; i < sieve->plan->query_count; i++) {
            free(sieve->queries[i].keys.places);
        }
        free(sieve->queries);
        free(sieve);
    }
}

/* --- what is left --- */

static Str part_text(const HeldPart *part, uint32_t at, uint32_t len)
{
    return (Str){part->texts + at, len};
}

static Hit whole(const HeldPart *part, const HeldGroup *group, const HeldHit *held)
{
    const HeldMoment *moment = &part->moments[held->moment];
    const HeldKey *key = &part->keys[held->key];
    return (Hit){
        .time = moment->time,
        .time_fine = moment->time_fine,
        .place = moment->place,
        .query = group->query,
        .stage = (uint16_t)group->stage,
        .key_tuples = key->tuples,
        .tiebreaker = part_text(part, moment->tiebreaker_at, moment->tiebreaker_len),
        .keys = part_text(part, key->at, key->len),
    };
}

/* A hit for each key that is kept. */
static bool keep_sample(Sifting *sifting, const QuerySieve *of, uint32_t key_count, const Hit *hit,
                        const HeldKey *key, Err *err)
{
    Str *tuples;
    uint32_t count = split(sifting, key, key_count, &tuples);
    bool ok = true;
    for (uint32_t i = 0; i < count && ok; i++) {
        if (of->fate == FATE_ALL || set_has(&of->keys, held_hits_hash(sifting->held, tuples[i]))) {
            Hit one = *hit;
            hit_make_sample(&one, tuples[i], &sifting->sample);
            ok = hit_sorter_add(sifting->sorter, &one, err);
        }
    }
    arena_reset(sifting->scratch);
    return ok;
}

static bool is_kept(const Sifting *sifting, const QuerySieve *of, uint32_t key_count,
                    const HeldKey *key)
{
    if (of->fate == FATE_ALL || key->tuples == 1) {
        return of->fate == FATE_ALL || set_has(&of->keys, key->hash);
    }
    Str *tuples;
    uint32_t count = split(sifting, key, key_count, &tuples);
    bool found = false;
    for (uint32_t i = 0; i < count && !found; i++) {
        found = set_has(&of->keys, held_hits_hash(sifting->held, tuples[i]));
    }
    arena_reset(sifting->scratch);
    return found;
}

static bool sift_group(Sifting *sifting, const HeldGroup *group, Err *err)
{
    const HeldPart *part = sifting->part;
    const QuerySieve *of = &sifting->sieve->queries[group->query];
    const QueryPlan *plan = &sifting->sieve->plan->queries[group->query];
    for (uint64_t i = 0; i < group->count; i++) {
        const HeldHit *held = &part->hits[group->first + i];
        const HeldKey *key = &part->keys[held->key];
        if (!is_kept(sifting, of, plan->key_count, key)) {
            continue;
        }
        Hit hit = whole(part, group, held);
        bool ok = plan->kind == QUERY_SAMPLE
                      ? keep_sample(sifting, of, plan->key_count, &hit, key, err)
                      : hit_sorter_add(sifting->sorter, &hit, err);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool sift_parts(Sifting *sifting, Err *err)
{
    uint32_t parts = held_hits_parts(sifting->held);
    for (uint32_t number = 0; number < parts; number++) {
        sifting->part = held_hits_part(sifting->held, number, err);
        if (sifting->part == NULL) {
            return false;
        }
        for (size_t i = 0; i < sifting->part->group_count; i++) {
            const HeldGroup *group = &sifting->part->groups[i];
            bool falls = sifting->sieve->queries[group->query].fate == FATE_NONE;
            if (!falls && !sift_group(sifting, group, err)) {
                return false;
            }
        }
    }
    return true;
}

bool hit_sieve_sift(const HitSieve *sieve, HeldHits *held, HitSorter *sorter, Err *err)
{
    Sifting sifting = {.sieve = sieve, .held = held, .scratch = arena_new(), .sorter = sorter};
    bool ok = sift_parts(&sifting, err);
    buffer_done(&sifting.sample);
    arena_free(sifting.scratch);
    return ok;
}
