#include "match/hit.h"

static int compare_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_tiebreakers(Str a, Str b)
{
    if (a.len == 0 || b.len == 0) {
        return (a.len == 0) - (b.len == 0);
    }
    return str_compare(a, b);
}

static int compare_places(const EventPlace *a, const EventPlace *b)
{
    int order = compare_u64(a->input, b->input);
    return order != 0 ? order : compare_u64(a->offset, b->offset);
}

/* Sources in their order, then the link, then later stages first, then until. */
static uint32_t rank(uint16_t stage)
{
    if (stage == HIT_UNTIL) {
        return 3u << 16;
    }
    return stage >= HIT_SOURCE ? stage : (2u << 16) - stage;
}

int hit_compare(const Hit *a, const Hit *b)
{
    int order = compare_i64(a->time, b->time);
    order = order != 0 ? order : compare_tiebreakers(a->tiebreaker, b->tiebreaker);
    order = order != 0 ? order : compare_i64(a->time_fine, b->time_fine);
    order = order != 0 ? order : compare_places(&a->place, &b->place);
    order = order != 0 ? order : compare_u64(a->query, b->query);
    return order != 0 ? order : compare_u64(rank(a->stage), rank(b->stage));
}

const Stage *hit_stage(const QueryPlan *plan, uint16_t stage)
{
    if (stage == HIT_UNTIL) {
        return plan->until;
    }
    if (stage == HIT_LINK) {
        return plan->lineage.link;
    }
    return stage >= HIT_SOURCE ? &plan->lineage.sources[stage - HIT_SOURCE] : &plan->stages[stage];
}

/* An id: its length, then its bytes as value_append_key writes them. */
bool hit_append_id(Buffer *ids, const Value *value)
{
    size_t start = ids->len;
    uint16_t len = 0;
    buffer_append(ids, (Str){(const char *)&len, sizeof len});
    value_append_key(ids, value);
    if (ids->len > HIT_MAX_ID_BYTES) {
        ids->len = start;
        return false;
    }
    len = (uint16_t)(ids->len - start - sizeof len);
    memcpy(ids->ptr + start, &len, sizeof len);
    return true;
}

bool hit_next_id(Str *rest, Str *id)
{
    uint16_t len = 0;
    if (rest->len == 0) {
        return false;
    }
    memcpy(&len, rest->ptr, sizeof len);
    *id = str_slice(*rest, sizeof len, sizeof len + len);
    *rest = str_slice(*rest, sizeof len + len, rest->len);
    return true;
}

/* The query in front of the key, so that queries do not mix. */
#define QUERY_BYTES 4

void hit_make_sample(Hit *hit, Str key, Buffer *buffer)
{
    buffer_clear(buffer);
    for (int shift = 24; shift >= 0; shift -= 8) {
        buffer_append_byte(buffer, (char)(hit->query >> shift & 0xff));
    }
    buffer_append(buffer, key);
    hit->time = HIT_TIME_SAMPLE;
    hit->tiebreaker = buffer_str(buffer);
    hit->time_fine = hit->stage;
    hit->key_tuples = 0;
    hit->keys = STR("");
}

Str hit_sample_key(const Hit *hit)
{
    return str_slice(hit->tiebreaker, QUERY_BYTES, hit->tiebreaker.len);
}

static int compare_tuples(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

uint32_t hit_split_keys(const Hit *hit, uint32_t key_count, Arena *scratch, Str *out)
{
    if (key_count == 0 || hit->key_tuples == 1) {
        out[0] = hit->keys;
        return 1;
    }
    Str rest = hit->keys;
    for (uint32_t i = 0; i < hit->key_tuples; i++) {
        const char *begin = rest.ptr;
        for (uint32_t key = 0; key < key_count; key++) {
            (void)value_read_key(scratch, &rest);
        }
        out[i] = (Str){begin, (size_t)(rest.ptr - begin)};
    }
    qsort(out, hit->key_tuples, sizeof *out, compare_tuples);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < hit->key_tuples; i++) {
        if (kept == 0 || !str_equal(out[kept - 1], out[i])) {
            out[kept++] = out[i];
        }
    }
    return kept;
}
