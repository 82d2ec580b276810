#include "match/known_terms.h"

#include "base/hash.h"
#include "base/heap.h"
#include "match/age_list.h"
#include "match/key_table.h"

typedef struct Term Term;
struct Term {
    KeyRecord key;       /* must be first */
    int64_t first, last; /* of its spell */
    AgeLink age;
    bool is_told; /* the spell's beginning, in this run */
};

struct KnownTerms {
    KeyTable table;
    uint64_t seed;
    int64_t history_ns;
    AgeList list; /* by `last` */
    uint64_t evicted;
};

KnownTerms *known_terms_new(int64_t history_ns)
{
    KnownTerms *terms = HEAP_NEW(KnownTerms);
    terms->table = key_table_of(sizeof(Term));
    terms->seed = hash_random_seed();
    terms->history_ns = history_ns;
    return terms;
}

void known_terms_free(KnownTerms *terms)
{
    if (terms != NULL) {
        key_table_done(&terms->table);
        free(terms);
    }
}

static Term *stalest(const KnownTerms *terms)
{
    return AGE_LIST_OWNER(Term, age, terms->list.stalest);
}

/* The last moment at which something that was seen at `time` still counts. */
static int64_t counts_until(const KnownTerms *terms, int64_t time)
{
    int64_t until = 0;
    return __builtin_add_overflow(time, terms->history_ns, &until) ? INT64_MAX : until;
}

static void forget_old(KnownTerms *terms, int64_t now)
{
    Term *term;
    while ((term = stalest(terms)) != NULL && counts_until(terms, term->last) < now) {
        age_list_remove(&terms->list, &term->age);
        key_table_remove(&terms->table, term);
    }
}

static bool begin_spell(Term *term, int64_t time)
{
    term->first = time;
    term->last = time;
    term->is_told = true;
    return true;
}

static bool see_known(KnownTerms *terms, Term *term, int64_t time)
{
    if (time > term->last) {
        bool is_new = counts_until(terms, term->last) < time;
        if (is_new) {
            (void)begin_spell(term, time);
        }
        term->last = time;
        age_list_remove(&terms->list, &term->age);
        age_list_insert(&terms->list, &term->age, NULL);
        return is_new;
    }
    if (time > term->first || (time == term->first && term->is_told)) {
        return false;
    }
    /* Of what was loaded: the spell began earlier than was known, or another one was before it. */
    term->is_told = true;
    if (counts_until(terms, time) >= term->first) {
        term->first = time;
        return true;
    }
    age_list_remove(&terms->list, &term->age);
    age_list_insert(&terms->list, &term->age, terms->list.stalest);
    return begin_spell(term, time);
}

bool known_terms_see(KnownTerms *terms, Str term, int64_t time)
{
    uint64_t hash = hash_bytes_seeded(term, terms->seed);
    Term *known = key_table_find(&terms->table, hash, term);
    bool is_new = true;
    if (known != NULL) {
        is_new = see_known(terms, known, time);
    } else {
        known = key_table_add(&terms->table, hash, term);
        (void)begin_spell(known, time);
        const Term *freshest = AGE_LIST_OWNER(Term, age, terms->list.freshest);
        bool is_freshest = freshest == NULL || freshest->last <= time;
        age_list_insert(&terms->list, &known->age, is_freshest ? NULL : terms->list.stalest);
    }
    forget_old(terms, time);
    return is_new;
}

size_t known_terms_count(const KnownTerms *terms)
{
    return terms->table.count;
}

size_t known_terms_bytes(const KnownTerms *terms)
{
    return terms->table.bytes;
}

bool known_terms_evict(KnownTerms *terms)
{
    Term *term = stalest(terms);
    if (term == NULL) {
        return false;
    }
    age_list_remove(&terms->list, &term->age);
    key_table_remove(&terms->table, term);
    terms->evicted++;
    return true;
}

uint64_t known_terms_evicted(const KnownTerms *terms)
{
    return terms->evicted;
}

/* ---- on disk ---- */

/* "SHRKTERM", the version, then what the header says, numbers in the machine's order; then the terms, those seen longest ago first:
 * length, first, last, bytes; then a hash of all of it. */
#define MAGIC   STR("SHRKTERM")
#define VERSION 1
#define HASH    32

typedef struct Header {
    char magic[8];
    uint32_t version;
    uint32_t name_len;
    int64_t history_ns;
    uint64_t terms, bytes; /* behind the name, without the hash */
} Header;

typedef struct SavedTerm {
    uint64_t len;
    int64_t first, last;
} SavedTerm;

static void append_bytes(Buffer *out, const void *bytes, size_t len)
{
    buffer_append(out, (Str){bytes, len});
}

void known_terms_save(const KnownTerms *terms, Str name, Buffer *out)
{
    size_t start = out->len;
    Header header = {.version = VERSION,
                     .name_len = (uint32_t)name.len,
                     .history_ns = terms->history_ns,
                     .terms = terms->table.count};
    memcpy(header.magic, MAGIC.ptr, sizeof header.magic);
    append_bytes(out, &header, sizeof header);
    buffer_append(out, name);
    size_t body = out->len;
    for (AgeLink *link = terms->list.stalest; link != NULL; link = link->fresher) {
        const Term *term = AGE_LIST_OWNER(Term, age, link);
        Str key = key_table_key(&terms->table, term);
        SavedTerm saved = {key.len, term->first, term->last};
        append_bytes(out, &saved, sizeof saved);
        buffer_append(out, key);
    }
    header.bytes = out->len - body;
    memcpy(out->ptr + start, &header, sizeof header);
    Hex hash = hash_128_hex(str_slice(buffer_str(out), start, out->len));
    append_bytes(out, hash.text, HASH);
}

static bool refuse(Err *err)
{
    return err_set(err, ERR_CORRUPT, "this is no whole set of known terms");
}

static bool take_term(KnownTerms *terms, Str *rest, int64_t *before)
{
    SavedTerm saved;
    if (rest->len < sizeof saved) {
        return false;
    }
    memcpy(&saved, rest->ptr, sizeof saved);
    *rest = str_slice(*rest, sizeof saved, rest->len);
    if (saved.len > rest->len || saved.len > KNOWN_TERMS_MAX_TERM || saved.first > saved.last) {
        return false;
    }
    Str key = str_slice(*rest, 0, saved.len);
    *rest = str_slice(*rest, saved.len, rest->len);
    uint64_t hash = hash_bytes_seeded(key, terms->seed);
    if (saved.last < *before || key_table_find(&terms->table, hash, key) != NULL) {
        return false;
    }
    *before = saved.last;
    Term *term = key_table_add(&terms->table, hash, key);
    term->first = saved.first;
    term->last = saved.last;
    age_list_insert(&terms->list, &term->age, NULL);
    return true;
}

static bool take_terms(KnownTerms *terms, Str body, uint64_t count)
{
    int64_t before = INT64_MIN;
    for (uint64_t i = 0; i < count; i++) {
        if (!take_term(terms, &body, &before)) {
            return false;
        }
    }
    return body.len == 0;
}

bool known_terms_load(KnownTerms *terms, Str name, Str *bytes, bool *is_ours, Err *err)
{
    assert(terms->table.count == 0);
    Header header;
    if (bytes->len < sizeof header) {
        return refuse(err);
    }
    memcpy(&header, bytes->ptr, sizeof header);
    if (!str_equal((Str){header.magic, sizeof header.magic}, MAGIC)) {
        return refuse(err);
    }
    if (header.version != VERSION) {
        return err_set(err, ERR_CORRUPT, "known terms of version %u cannot be read",
                       header.version);
    }
    size_t left = bytes->len - sizeof header;
    if (header.name_len > left || header.bytes > left - header.name_len ||
        left - header.name_len - header.bytes < HASH) {
        return refuse(err);
    }
    size_t body = sizeof header + header.name_len;
    size_t end = body + header.bytes;
    Hex hash = hash_128_hex(str_slice(*bytes, 0, end));
    if (!str_equal(str_slice(*bytes, end, end + HASH), (Str){hash.text, HASH})) {
        return refuse(err);
    }
    *is_ours = str_equal(str_slice(*bytes, sizeof header, body), name) &&
               header.history_ns == terms->history_ns;
    if (*is_ours && !take_terms(terms, str_slice(*bytes, body, end), header.terms)) {
        return refuse(err);
    }
    *bytes = str_slice(*bytes, end + HASH, bytes->len);
    return true;
}
