#include "match/held_hits.h"

#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/heap.h"

/* Keys met lately, by their hash: most come again soon. */
#if defined(SHRIKE_TINY)
#define RECENT_KEYS 2u
#else
#define RECENT_KEYS 4096u
#endif

typedef struct Recent {
    uint32_t tag;    /* of the hash: keys themselves lie far apart */
    uint32_t number; /* of a key of the part, from 1; 0: none */
} Recent;

typedef struct Capacity {
    size_t moments, keys, hits, groups, texts;
} Capacity;

struct HeldHits {
    const PlanSet *plan;
    size_t budget;
    uint64_t seed;
    HeldPart part; /* being filled, or the one that was read last */
    Capacity capacity;
    Recent recent[RECENT_KEYS];
    uint64_t count;
    HeldCount *counts;  /* of all queries, each by stage, then its until */
    uint32_t *first_of; /* by query, in counts */
    int fd;             /* of the parts that were spilled; -1 */
    uint64_t *ends;     /* of each in the file */
    size_t spilled, ends_capacity;
    uint64_t bytes; /* in the file */
};

bool held_hits_fit(const QueryPlan *query)
{
    return query->kind == QUERY_SAMPLE ||
           (query->kind == QUERY_SEQUENCE && query->lineage.source_count == 0);
}

HeldHits *held_hits_new(const PlanSet *plan, size_t budget_bytes, uint64_t seed)
{
    HeldHits *held = HEAP_NEW(HeldHits);
    held->plan = plan;
    held->budget = budget_bytes;
    held->seed = seed;
    held->fd = -1;
    held->first_of = HEAP_MANY(uint32_t, plan->query_count + (size_t)1);
    uint32_t slots = 0;
    for (uint32_t i = 0; i < plan->query_count; i++) {
        held->first_of[i] = slots;
        slots += plan->queries[i].stage_count + 1;
    }
    held->counts = HEAP_MANY(HeldCount, slots + (size_t)1);
    return held;
}

static void free_part(HeldHits *held)
{
    free(held->part.moments);
    free(held->part.keys);
    free(held->part.hits);
    free(held->part.groups);
    free(held->part.texts);
    held->part = (HeldPart){0};
    held->capacity = (Capacity){0};
}

void held_hits_free(HeldHits *held)
{
    if (held == NULL) {
        return;
    }
    free_part(held);
    if (held->fd >= 0) {
        close(held->fd);
    }
    free(held->ends);
    free(held->counts);
    free(held->first_of);
    free(held);
}

uint64_t held_hits_hash(const HeldHits *held, Str key)
{
    return hash_bytes_seeded(key, held->seed);
}

/* --- filling --- */

#define ROOM(held, member, count)                                                             \
    ((held)->part.member =                                                                    \
         (count) <= (held)->capacity.member                                                   \
             ? (held)->part.member                                                            \
             : heap_grow((held)->part.member, &(held)->capacity.member /* NOLINT */, (count), \
                         sizeof *(held)->part.member))

static uint32_t add_text(HeldHits *held, Str text)
{
    HeldPart *part = &held->part;
    size_t at = part->text_len;
    ROOM(held, texts, at + text.len);
    if (text.len > 0) {
        memcpy(part->texts + at, text.ptr, text.len);
    }
    part->text_len += text.len;
    assert(part->text_len <= UINT32_MAX); /* a part ends long before */
    return (uint32_t)at;
}

uint32_t held_hits_moment(HeldHits *held, const Hit *hit)
{
    HeldPart *part = &held->part;
    ROOM(held, moments, part->moment_count + 1);
    part->moments[part->moment_count] = (HeldMoment){
        .time = hit->time,
        .time_fine = hit->time_fine,
        .place = hit->place,
        .tiebreaker_at = add_text(held, hit->tiebreaker),
        .tiebreaker_len = (uint32_t)hit->tiebreaker.len,
    };
    return (uint32_t)part->moment_count++;
}

static bool is_key(const HeldPart *part, const Recent *recent, uint64_t hash, const Hit *hit)
{
    if (recent->number == 0 || recent->tag != (uint32_t)(hash >> 32)) {
        return false;
    }
    const HeldKey *key = &part->keys[recent->number - 1];
    return key->hash == hash && key->tuples == hit->key_tuples &&
           str_equal((Str){part->texts + key->at, key->len}, hit->keys);
}

uint32_t held_hits_key(HeldHits *held, const Hit *hit)
{
    HeldPart *part = &held->part;
    uint64_t hash = held_hits_hash(held, hit->keys);
    Recent *recent = &held->recent[hash % RECENT_KEYS];
    if (is_key(part, recent, hash, hit)) {
        return recent->number - 1;
    }
    ROOM(held, keys, part->key_count + 1);
    part->keys[part->key_count++] = (HeldKey){
        .hash = hash,
        .at = add_text(held, hit->keys),
        .len = (uint32_t)hit->keys.len,
        .tuples = hit->key_tuples,
    };
    *recent = (Recent){(uint32_t)(hash >> 32), (uint32_t)part->key_count};
    return recent->number - 1;
}

static size_t slot_of(const HeldHits *held, uint32_t query, uint16_t stage)
{
    uint32_t until = held->plan->queries[query].stage_count;
    return held->first_of[query] + (stage == HIT_UNTIL ? until : stage);
}

void held_hits_add(HeldHits *held, uint32_t query, uint16_t stage, HeldHit hit)
{
    HeldPart *part = &held->part;
    HeldGroup *last = part->group_count == 0 ? NULL : &part->groups[part->group_count - 1];
    if (last == NULL || last->query != query || last->stage != stage) {
        ROOM(held, groups, part->group_count + 1);
        last = &part->groups[part->group_count++];
        *last = (HeldGroup){.query = query, .stage = stage, .first = part->hit_count};
    }
    ROOM(held, hits, part->hit_count + 1);
    part->hits[part->hit_count++] = hit;
    last->count++;
    HeldCount *count = &held->counts[slot_of(held, query, stage)];
    count->hits++;
    count->tuples += part->keys[hit.key].tuples;
    held->count++;
}

bool held_hits_is_full(const HeldHits *held)
{
    const HeldPart *part = &held->part;
    size_t bytes = part->moment_count * sizeof *part->moments +
                   part->key_count * sizeof *part->keys + part->hit_count * sizeof *part->hits +
                   part->group_count * sizeof *part->groups + part->text_len;
    return part->hit_count > 0 && bytes >= held->budget;
}

uint64_t held_hits_count(const HeldHits *held)
{
    return held->count;
}

HeldCount held_hits_count_of(const HeldHits *held, uint32_t query, uint16_t stage)
{
    return held->counts[slot_of(held, query, stage)];
}

/* --- parts in a file: how many of each, then all of each --- */

#define PIECES 5

typedef struct Piece {
    void *items;
    size_t size; /* in bytes */
} Piece;

static void list_pieces(const HeldPart *part, Piece out[PIECES])
{
    out[0] = (Piece){part->moments, part->moment_count * sizeof *part->moments};
    out[1] = (Piece){part->keys, part->key_count * sizeof *part->keys};
    out[2] = (Piece){part->hits, part->hit_count * sizeof *part->hits};
    out[3] = (Piece){part->groups, part->group_count * sizeof *part->groups};
    out[4] = (Piece){part->texts, part->text_len};
}

typedef struct PartHead {
    uint64_t moments, keys, hits, groups, texts;
} PartHead;

static bool write_part(HeldHits *held, Err *err)
{
    const HeldPart *part = &held->part;
    PartHead head = {part->moment_count, part->key_count, part->hit_count, part->group_count,
                     part->text_len};
    Piece pieces[PIECES];
    list_pieces(part, pieces);
    if (!file_write_all(held->fd, (Str){(const char *)&head, sizeof head}, err)) {
        return false;
    }
    held->bytes += sizeof head;
    for (size_t i = 0; i < PIECES; i++) {
        if (pieces[i].size > 0 &&
            !file_write_all(held->fd, (Str){pieces[i].items, pieces[i].size}, err)) {
            return false;
        }
        held->bytes += pieces[i].size;
    }
    return true;
}

static void clear_part(HeldHits *held)
{
    HeldPart *part = &held->part;
    part->moment_count = part->key_count = part->hit_count = part->group_count = 0;
    part->text_len = 0;
    memset(held->recent, 0, sizeof held->recent);
}

bool held_hits_spill(HeldHits *held, Err *err)
{
    if (held->fd < 0 && (held->fd = file_open_temporary(err)) < 0) {
        return false;
    }
    if (!write_part(held, err)) {
        return err_wrap(err, "temporary file of hits");
    }
    held->ends = heap_grow(held->ends, &held->ends_capacity, held->spilled + 1, sizeof *held->ends);
    held->ends[held->spilled++] = held->bytes;
    clear_part(held);
    return true;
}

uint64_t held_hits_spilled_bytes(const HeldHits *held)
{
    return held->bytes;
}

static bool read_part(HeldHits *held, uint64_t at, Err *err)
{
    HeldPart *part = &held->part;
    PartHead head;
    if (!file_pread(held->fd, &head, sizeof head, at, err)) {
        return false;
    }
    ROOM(held, moments, head.moments);
    ROOM(held, keys, head.keys);
    ROOM(held, hits, head.hits);
    ROOM(held, groups, head.groups);
    ROOM(held, texts, head.texts);
    part->moment_count = head.moments;
    part->key_count = head.keys;
    part->hit_count = head.hits;
    part->group_count = head.groups;
    part->text_len = head.texts;
    Piece pieces[PIECES];
    list_pieces(part, pieces);
    at += sizeof head;
    for (size_t i = 0; i < PIECES; i++) {
        if (pieces[i].size > 0 && !file_pread(held->fd, pieces[i].items, pieces[i].size, at, err)) {
            return false;
        }
        at += pieces[i].size;
    }
    return true;
}

/* --- reading --- */

/* Either all parts are in the file, or the only one is in memory. */
bool held_hits_end(HeldHits *held, Err *err)
{
    return held->spilled == 0 || held->part.hit_count == 0 || held_hits_spill(held, err);
}

uint32_t held_hits_parts(const HeldHits *held)
{
    return held->spilled > 0 ? (uint32_t)held->spilled : held->count > 0;
}

const HeldPart *held_hits_part(HeldHits *held, uint32_t number, Err *err)
{
    if (held->spilled == 0) {
        return &held->part;
    }
    assert(number < held->spilled);
    uint64_t at = number == 0 ? 0 : held->ends[number - 1];
    if (!read_part(held, at, err)) {
        err_wrap(err, "temporary file of hits");
        return NULL;
    }
    return &held->part;
}
