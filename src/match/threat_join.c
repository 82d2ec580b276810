#include "match/threat_join.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/heap.h"
#include "base/ip_address.h"
#include "match/key_table.h"

#define PREFIXES 129 /* lengths, 0 .. 128 */
#define NO_LINK  UINT32_MAX

/* What stands under one key: indicators, the latest first. */
typedef struct Bucket {
    KeyRecord key; /* must be first */
    uint32_t last; /* link */
} Bucket;

typedef struct Link {
    Bucket *bucket;
    uint32_t indicator, before;
} Link;

typedef struct Indicator {
    EventPlace place;
    uint32_t first_link;
    char *rest; /* values that a look at it must compare; NULL: the key says all */
    size_t rest_len;
} Indicator;

/* How an item's indicators are found. */
typedef struct Access {
    bool by_block; /* the first entry alone, by addresses */
    uint32_t block_entry;
    uint64_t prefixes[PREFIXES]; /* how many links there are to blocks of each length */
    bool has_rest;               /* entries that the key does not hold */
} Access;

struct ThreatJoin {
    const FindingPlan *plan;
    uint64_t seed;
    KeyTable table;
    Access *accesses; /* by item */
    Link *links;
    size_t link_count, link_capacity;
    Indicator *indicators;
    size_t indicator_count, indicator_capacity;
    size_t rest_bytes;
    bool is_full;
    ThreatStats stats;
    Buffer key;
    Arena *arena; /* of one call */
    ARRAY(ThreatMatch) found;
    uint32_t looks;
    uint64_t pairs;
};

/* ---- making ---- */

/* Whether the entry is part of the key that the item's indicators stand under. */
static bool in_key(const Access *access, const ThreatItem *item, uint32_t entry)
{
    const ThreatEntry *of = &item->entries[entry];
    return access->by_block ? entry == access->block_entry : !of->negated && !of->is_ip;
}

static Access access_of(const ThreatItem *item)
{
    Access access = {.by_block = true};
    bool has_block = false;
    for (uint32_t i = 0; i < item->entry_count; i++) {
        const ThreatEntry *entry = &item->entries[i];
        if (entry->negated) {
            continue;
        }
        access.by_block = access.by_block && entry->is_ip;
        access.block_entry = has_block ? access.block_entry : i;
        has_block = has_block || entry->is_ip;
    }
    for (uint32_t i = 0; i < item->entry_count; i++) {
        access.has_rest = access.has_rest || !in_key(&access, item, i);
    }
    return access;
}

ThreatJoin *threat_join_new(const FindingPlan *plan)
{
    ThreatJoin *join = HEAP_NEW(ThreatJoin);
    join->plan = plan;
    join->seed = hash_random_seed();
    join->table = key_table_of(sizeof(Bucket));
    join->arena = arena_new();
    join->accesses = HEAP_MANY(Access, plan->item_count);
    for (uint32_t i = 0; i < plan->item_count; i++) {
        join->accesses[i] = access_of(&plan->items[i]);
    }
    return join;
}

void threat_join_free(ThreatJoin *join)
{
    if (join == NULL) {
        return;
    }
    for (size_t i = 0; i < join->indicator_count; i++) {
        free(join->indicators[i].rest);
    }
    key_table_done(&join->table);
    buffer_done(&join->key);
    arena_free(join->arena);
    free(join->accesses);
    free(join->links);
    free(join->indicators);
    free(join);
}

const EventPlace *threat_join_place(const ThreatJoin *join, uint32_t indicator)
{
    assert(indicator < join->indicator_count);
    return &join->indicators[indicator].place;
}

ThreatStats threat_join_stats(const ThreatJoin *join)
{
    return join->stats;
}

/* ---- keys ---- */

static void append_len(Buffer *out, size_t len)
{
    uint64_t wide = len;
    buffer_append(out, (Str){(const char *)&wide, sizeof wide});
}

static void append_text(Buffer *out, Str text)
{
    append_len(out, text.len);
    buffer_append(out, text);
}

static Str block_key(ThreatJoin *join, uint32_t item, const IpBlock *block)
{
    buffer_clear(&join->key);
    append_len(&join->key, item);
    buffer_append_byte(&join->key, (char)block->bits);
    buffer_append(&join->key, (Str){(const char *)block->first.bytes, sizeof block->first.bytes});
    return buffer_str(&join->key);
}

/* The combinations of an item's values, one after another. */
typedef struct Turning {
    const ThreatItem *item;
    const Access *access;
    const ThreatTexts *texts;
    uint32_t *at;
    uint32_t turns;
} Turning;

/* False when some entry has no value: then there is no combination. */
static bool begin_turning(ThreatJoin *join, uint32_t item, const ThreatTexts *texts,
                          Turning *turning)
{
    const ThreatItem *of = &join->plan->items[item];
    *turning = (Turning){of, &join->accesses[item], texts,
                         ARENA_MANY(join->arena, uint32_t, of->entry_count), 0};
    for (uint32_t i = 0; i < of->entry_count; i++) {
        if (in_key(turning->access, of, i) && texts[i].count == 0) {
            return false;
        }
    }
    return true;
}

static bool turn(ThreatJoin *join, Turning *turning)
{
    for (uint32_t i = turning->item->entry_count; i-- > 0;) {
        if (!in_key(turning->access, turning->item, i)) {
            continue;
        }
        if (++turning->at[i] < turning->texts[i].count) {
            if (++turning->turns < THREAT_MAX_TUPLES) {
                return true;
            }
            join->stats.cut++;
            return false;
        }
        turning->at[i] = 0;
    }
    return false;
}

static Str tuple_key(ThreatJoin *join, uint32_t item, const Turning *turning)
{
    buffer_clear(&join->key);
    append_len(&join->key, item);
    for (uint32_t i = 0; i < turning->item->entry_count; i++) {
        if (in_key(turning->access, turning->item, i)) {
            append_text(&join->key, turning->texts[i].items[turning->at[i]]);
        }
    }
    return buffer_str(&join->key);
}

/* ---- indicators ---- */

static void link_to(ThreatJoin *join, Str key, uint32_t indicator)
{
    uint64_t hash = hash_bytes_seeded(key, join->seed);
    Bucket *bucket = key_table_find(&join->table, hash, key);
    if (bucket == NULL) {
        bucket = key_table_add(&join->table, hash, key);
        bucket->last = NO_LINK;
    }
    if (bucket->last != NO_LINK && join->links[bucket->last].indicator == indicator) {
        return;
    }
    if (join->link_count == join->link_capacity) {
        join->links =
            heap_grow(join->links, &join->link_capacity, join->link_count + 1, sizeof *join->links);
    }
    join->links[join->link_count] = (Link){bucket, indicator, bucket->last};
    bucket->last = (uint32_t)join->link_count++;
}

static void link_blocks(ThreatJoin *join, uint32_t item, const ThreatTexts *values,
                        uint32_t indicator)
{
    Access *access = &join->accesses[item];
    uint32_t count = values->count > THREAT_MAX_TUPLES ? THREAT_MAX_TUPLES : values->count;
    join->stats.cut += count < values->count;
    for (uint32_t i = 0; i < count; i++) {
        IpBlock block;
        size_t before = join->link_count;
        if (ip_block_parse(values->items[i], &block)) {
            link_to(join, block_key(join, item, &block), indicator);
            access->prefixes[block.bits] += join->link_count - before;
        }
    }
}

static void link_tuples(ThreatJoin *join, uint32_t item, const ThreatTexts *texts,
                        uint32_t indicator)
{
    Turning turning;
    if (!begin_turning(join, item, texts, &turning)) {
        return;
    }
    do {
        link_to(join, tuple_key(join, item, &turning), indicator);
    } while (turn(join, &turning));
}

/* By item and entry that is in no key: how many values, and each. */
static void keep_rest(ThreatJoin *join, const ThreatTexts *const *texts, Indicator *indicator)
{
    Buffer rest = {0};
    for (uint32_t item = 0; item < join->plan->item_count; item++) {
        const ThreatItem *of = &join->plan->items[item];
        for (uint32_t i = 0; i < of->entry_count; i++) {
            if (in_key(&join->accesses[item], of, i)) {
                continue;
            }
            append_len(&rest, texts[item][i].count);
            for (uint32_t value = 0; value < texts[item][i].count; value++) {
                append_text(&rest, texts[item][i].items[value]);
            }
        }
    }
    indicator->rest_len = rest.len;
    indicator->rest = rest.ptr;
    join->rest_bytes += rest.len;
}

void threat_join_add(ThreatJoin *join, const EventPlace *place, const ThreatTexts *const *texts)
{
    if (join->is_full || join->link_count > NO_LINK / 2 || join->indicator_count > NO_LINK / 2) {
        join->stats.refused++;
        return;
    }
    arena_reset(join->arena);
    if (join->indicator_count == join->indicator_capacity) {
        join->indicators = heap_grow(join->indicators, &join->indicator_capacity,
                                     join->indicator_count + 1, sizeof *join->indicators);
    }
    uint32_t number = (uint32_t)join->indicator_count++;
    Indicator *indicator = &join->indicators[number];
    *indicator = (Indicator){.place = *place, .first_link = (uint32_t)join->link_count};
    bool has_rest = false;
    for (uint32_t item = 0; item < join->plan->item_count; item++) {
        const Access *access = &join->accesses[item];
        has_rest = has_rest || access->has_rest;
        if (access->by_block) {
            link_blocks(join, item, &texts[item][access->block_entry], number);
        } else {
            link_tuples(join, item, texts[item], number);
        }
    }
    if (join->link_count == indicator->first_link) { /* nothing can find it */
        join->indicator_count--;
        return;
    }
    if (has_rest) {
        keep_rest(join, texts, indicator);
    }
}

static void unlink_last(ThreatJoin *join)
{
    Link *link = &join->links[--join->link_count];
    Bucket *bucket = link->bucket;
    Str key = key_table_key(&join->table, bucket);
    uint64_t item = 0;
    memcpy(&item, key.ptr, sizeof item);
    if (join->accesses[item].by_block) {
        join->accesses[item].prefixes[(uint8_t)key.ptr[sizeof item]]--;
    }
    bucket->last = link->before;
    if (bucket->last == NO_LINK) {
        key_table_remove(&join->table, bucket);
    }
}

size_t threat_join_bytes(const ThreatJoin *join)
{
    return join->table.bytes + join->link_count * sizeof(Link) +
           join->indicator_count * sizeof(Indicator) + join->rest_bytes;
}

bool threat_join_evict(ThreatJoin *join)
{
    if (join->indicator_count == 0) {
        return false;
    }
    Indicator *last = &join->indicators[--join->indicator_count];
    while (join->link_count > last->first_link) {
        unlink_last(join);
    }
    join->rest_bytes -= last->rest_len;
    free(last->rest);
    join->is_full = true;
    join->stats.refused++;
    return true;
}

/* ---- events ---- */

static bool text_is_met(const ThreatEntry *entry, Str of_indicator, Str of_event)
{
    IpBlock block;
    IpAddress address;
    if (!entry->is_ip) {
        return str_equal(of_indicator, of_event);
    }
    return ip_block_parse(of_indicator, &block) && ip_address_parse(of_event, &address) &&
           ip_block_contains(&block, &address);
}

static bool has_pairs_left(const ThreatJoin *join)
{
    return join->pairs < THREAT_MAX_PAIRS;
}

/* The first of the event's values that is one of the indicator's; NULL if none is. */
static const Str *met_value(ThreatJoin *join, const ThreatEntry *entry,
                            const ThreatTexts *indicator, const ThreatTexts *event)
{
    for (uint32_t i = 0; i < event->count; i++) {
        for (uint32_t j = 0; j < indicator->count && has_pairs_left(join); j++) {
            join->pairs++;
            if (text_is_met(entry, indicator->items[j], event->items[i])) {
                return &event->items[i];
            }
        }
    }
    return NULL;
}

static uint64_t take_len(Str *rest)
{
    uint64_t len = 0;
    memcpy(&len, rest->ptr, sizeof len);
    *rest = str_slice(*rest, sizeof len, rest->len);
    return len;
}

static ThreatTexts take_texts(Arena *arena, Str *rest)
{
    uint32_t count = (uint32_t)take_len(rest);
    Str *items = ARENA_MANY(arena, Str, count);
    for (uint32_t i = 0; i < count; i++) {
        size_t len = take_len(rest);
        items[i] = str_slice(*rest, 0, len);
        *rest = str_slice(*rest, len, rest->len);
    }
    return (ThreatTexts){items, count};
}

/* The indicator's values of the item's entries that are in no key; the others stay empty. */
static ThreatTexts *rest_of(ThreatJoin *join, uint32_t indicator, uint32_t wanted)
{
    const Indicator *of = &join->indicators[indicator];
    Str rest = {of->rest, of->rest_len};
    ThreatTexts *texts =
        ARENA_MANY(join->arena, ThreatTexts, join->plan->items[wanted].entry_count);
    for (uint32_t item = 0; item <= wanted; item++) {
        const ThreatItem *entries = &join->plan->items[item];
        for (uint32_t i = 0; i < entries->entry_count; i++) {
            if (!in_key(&join->accesses[item], entries, i)) {
                ThreatTexts taken = take_texts(join->arena, &rest);
                texts[i] = item == wanted ? taken : texts[i];
            }
        }
    }
    return texts;
}

/* Whether the entries hold that the key says nothing of; the event's values of those that are not negated go to `values`. */
static bool rest_holds(ThreatJoin *join, uint32_t indicator, uint32_t item,
                       const ThreatTexts *texts, Str *values)
{
    const ThreatItem *of = &join->plan->items[item];
    if (!join->accesses[item].has_rest) {
        return true;
    }
    const ThreatTexts *rest = rest_of(join, indicator, item);
    for (uint32_t i = 0; i < of->entry_count; i++) {
        if (in_key(&join->accesses[item], of, i)) {
            continue;
        }
        const Str *met = met_value(join, &of->entries[i], &rest[i], &texts[i]);
        if ((met != NULL) == of->entries[i].negated || !has_pairs_left(join)) {
            return false;
        }
        values[i] = met != NULL ? *met : (Str){0};
    }
    return true;
}

/* Each entry that is met is told of. */
static void tell(ThreatJoin *join, uint32_t indicator, uint32_t item, const Str *values)
{
    const ThreatItem *of = &join->plan->items[item];
    for (uint32_t i = 0; i < of->entry_count; i++) {
        if (!of->entries[i].negated) {
            ThreatMatch match = {indicator, item, i, values[i]};
            ARRAY_PUSH(join->arena, &join->found, match);
        }
    }
}

/* All indicators under a key. `values`: of the entries that are in it. */
static void look_at(ThreatJoin *join, Str key, uint32_t item, const ThreatTexts *texts, Str *values)
{
    uint64_t hash = hash_bytes_seeded(key, join->seed);
    const Bucket *bucket = key_table_find(&join->table, hash, key);
    uint32_t at = bucket == NULL ? NO_LINK : bucket->last;
    for (; at != NO_LINK && join->looks < THREAT_MAX_LOOKS; at = join->links[at].before) {
        join->looks++;
        if (rest_holds(join, join->links[at].indicator, item, texts, values)) {
            tell(join, join->links[at].indicator, item, values);
        }
    }
}

static void find_blocks(ThreatJoin *join, uint32_t item, const ThreatTexts *texts)
{
    const Access *access = &join->accesses[item];
    const ThreatTexts *addresses = &texts[access->block_entry];
    Str *values = ARENA_MANY(join->arena, Str, join->plan->items[item].entry_count);
    uint32_t count = addresses->count > THREAT_MAX_TUPLES ? THREAT_MAX_TUPLES : addresses->count;
    join->stats.cut += count < addresses->count;
    for (uint32_t i = 0; i < count; i++) {
        IpAddress address;
        if (!ip_address_parse(addresses->items[i], &address)) {
            continue;
        }
        values[access->block_entry] = addresses->items[i];
        for (unsigned bits = PREFIXES; bits-- > 0;) {
            if (access->prefixes[bits] > 0) {
                IpBlock block = {ip_address_mask(address, bits), (uint8_t)bits};
                look_at(join, block_key(join, item, &block), item, texts, values);
            }
        }
    }
}

static void find_tuples(ThreatJoin *join, uint32_t item, const ThreatTexts *texts)
{
    Turning turning;
    if (!begin_turning(join, item, texts, &turning)) {
        return;
    }
    Str *values = ARENA_MANY(join->arena, Str, turning.item->entry_count);
    do {
        for (uint32_t i = 0; i < turning.item->entry_count; i++) {
            if (in_key(turning.access, turning.item, i)) {
                values[i] = texts[i].items[turning.at[i]];
            }
        }
        look_at(join, tuple_key(join, item, &turning), item, texts, values);
    } while (turn(join, &turning));
}

static int compare_matches(const void *a, const void *b)
{
    const ThreatMatch *left = a;
    const ThreatMatch *right = b;
    const uint32_t parts[3][2] = {{left->indicator, right->indicator},
                                  {left->item, right->item},
                                  {left->entry, right->entry}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i][0] != parts[i][1]) {
            return parts[i][0] < parts[i][1] ? -1 : 1;
        }
    }
    return str_compare(left->value, right->value);
}

/* An entry is told once of each indicator, with the first of its values; then the bound. */
static uint32_t sort_out(ThreatJoin *join)
{
    ThreatMatch *items = join->found.items;
    uint32_t kept = 0;
    if (join->found.count > 0) {
        qsort(items, join->found.count, sizeof *items, compare_matches);
    }
    for (uint32_t i = 0; i < join->found.count; i++) {
        bool again = kept > 0 && items[kept - 1].indicator == items[i].indicator &&
                     items[kept - 1].item == items[i].item &&
                     items[kept - 1].entry == items[i].entry;
        if (again) {
            continue;
        }
        if (kept == THREAT_MAX_MATCHES) {
            join->stats.cut++;
            break;
        }
        items[kept++] = items[i];
    }
    return kept;
}

const ThreatMatch *threat_join_find(ThreatJoin *join, const ThreatTexts *const *texts,
                                    uint32_t *count)
{
    arena_reset(join->arena);
    join->found.items = NULL;
    join->found.count = 0;
    join->found.capacity = 0;
    join->looks = 0;
    join->pairs = 0;
    for (uint32_t item = 0; item < join->plan->item_count; item++) {
        if (join->accesses[item].by_block) {
            find_blocks(join, item, texts[item]);
        } else {
            find_tuples(join, item, texts[item]);
        }
    }
    join->stats.cut += join->looks == THREAT_MAX_LOOKS || !has_pairs_left(join);
    *count = sort_out(join);
    return join->found.items;
}
