#include "base/heap.h"
#include "base/ip_address.h"
#include "base/text_words.h"
#include "base/utf8.h"
#include "exec/compare.h"
#include "exec/list_search.h"
#include "exec/predicate_parts.h"

/* Texts are searched together, as many as make a worthwhile scan; a byte that no UTF-8 text has lies between them, so
 * that no literal is found across two. */
#ifdef SHRIKE_TINY
#define SCAN_BYTES ((size_t)16)
#else
#define SCAN_BYTES ((size_t)64 * 1024)
#endif
#define SEPARATOR '\xff'

/* A text that waits for the scan. */
typedef struct Waiting {
    uint32_t value; /* place in the list that is judged */
    Str text;
    size_t from, to; /* the folded text in `scanned` */
    Str words;       /* of the text, once they are asked for */
    bool has_words;
    bool is_ascii;
} Waiting;

struct PredicateJudge {
    Arena *texts;   /* folded and text forms, until the scan is done */
    Arena *scratch; /* of one test */
    Buffer scanned;
    Waiting *waiting;
    size_t waiting_count, waiting_capacity;
    PredicateHit *hits;
    size_t hit_count, hit_capacity;
    uint64_t *seen; /* by literal: the last text in which it was found */
    size_t seen_capacity;
    uint64_t serial; /* of the last text, over all scans */
    uint64_t base;   /* serial of the first waiting text */
    size_t current;  /* the waiting text in which the last literal was found */
    const PredicateIndex *index;
    PredicateMarks marks;
    PredicateGroup group;
    uint64_t *cut; /* of the present call */
};

PredicateJudge *predicate_judge_new(void)
{
    PredicateJudge *judge = HEAP_NEW(PredicateJudge);
    judge->texts = arena_new();
    judge->scratch = arena_new();
    judge->group.arena = arena_new();
    return judge;
}

void predicate_judge_free(PredicateJudge *judge)
{
    if (judge == NULL) {
        return;
    }
    arena_free(judge->texts);
    arena_free(judge->scratch);
    arena_free(judge->group.arena);
    buffer_done(&judge->scanned);
    free(judge->waiting);
    free(judge->hits);
    free(judge->seen);
    free(judge->marks.serials);
    free(judge);
}

PredicateMarks *predicate_judge_marks(PredicateJudge *judge)
{
    return &judge->marks;
}

PredicateGroup *predicate_judge_group(PredicateJudge *judge)
{
    return &judge->group;
}

void predicate_judge_fit(PredicateJudge *judge, const PredicateIndex *index)
{
    size_t had = judge->seen_capacity;
    if (index->literal_count > had) {
        judge->seen = heap_grow(judge->seen, &judge->seen_capacity, index->literal_count,
                                sizeof *judge->seen);
        memset(judge->seen + had, 0, (judge->seen_capacity - had) * sizeof *judge->seen);
    }
}

/* ---- hits ---- */

static void hit(PredicateJudge *judge, uint32_t value, PredicateId predicate)
{
    if (judge->hit_count == judge->hit_capacity) {
        judge->hits =
            heap_grow(judge->hits, &judge->hit_capacity, judge->hit_count + 1, sizeof *judge->hits);
    }
    judge->hits[judge->hit_count++] = (PredicateHit){value, predicate};
}

static void hit_all(PredicateJudge *judge, uint32_t value, const Lists *lists, uint32_t key)
{
    List list = lists_get(lists, key);
    for (uint32_t i = 0; i < list.count; i++) {
        hit(judge, value, list.items[i]);
    }
}

static void look_up(PredicateJudge *judge, uint32_t value, const KeySet *set, Str key)
{
    if (set->predicates.keys == 0 || key.len > set->longest) {
        return;
    }
    uint32_t id = table_find(set->keys, key);
    if (id != STR_NONE) {
        hit_all(judge, value, &set->predicates, id);
    }
}

/* ---- scalars ---- */

static void look_up_scalar(PredicateJudge *judge, uint32_t value, ScalarKey kind,
                           const Value *scalar)
{
    char key[SCALAR_KEY_BYTES];
    if (judge->index->has_kind[kind]) {
        look_up(judge, value, &judge->index->scalars, scalar_key(kind, scalar, key));
    }
}

static void judge_number(PredicateJudge *judge, uint32_t value, const Value *number)
{
    Value date;
    look_up_scalar(judge, value, KEY_NUMBER, number);
    look_up_scalar(judge, value, KEY_TEXT_AS_NUMBER, number);
    if (judge->index->has_kind[KEY_DATE] && compare_date_of(number, &date)) {
        look_up_scalar(judge, value, KEY_DATE, &date);
    }
}

static void judge_bool(PredicateJudge *judge, uint32_t value, const Value *boolean)
{
    look_up_scalar(judge, value, KEY_BOOL, boolean);
    look_up(judge, value, &judge->index->texts, boolean->boolean ? STR("true") : STR("false"));
}

static void judge_date(PredicateJudge *judge, uint32_t value, const Value *date)
{
    look_up_scalar(judge, value, KEY_DATE, date);
    look_up_scalar(judge, value, KEY_TEXT_AS_DATE, date);
    look_up_scalar(judge, value, KEY_NUMBER_AS_DATE, date);
}

static void judge_text(PredicateJudge *judge, uint32_t value, const Value *text)
{
    const PredicateIndex *index = judge->index;
    Value converted;
    look_up(judge, value, &index->texts, text->text);
    if (index->has_kind[KEY_NUMBER] && compare_number_of(text->text, &converted)) {
        look_up_scalar(judge, value, KEY_NUMBER, &converted);
    }
    if (index->has_kind[KEY_DATE] && compare_date_of(text, &converted)) {
        look_up_scalar(judge, value, KEY_DATE, &converted);
    }
    bool is_true = str_equal(text->text, STR("true"));
    if (is_true || str_equal(text->text, STR("false"))) {
        converted = value_bool(is_true);
        look_up_scalar(judge, value, KEY_BOOL, &converted);
    }
}

static void judge_by_kind(PredicateJudge *judge, uint32_t value, const Value *scalar)
{
    switch (scalar->kind) {
    case VALUE_NULL: break;
    case VALUE_BOOL: judge_bool(judge, value, scalar); break;
    case VALUE_INT:
    case VALUE_DOUBLE: judge_number(judge, value, scalar); break;
    case VALUE_DATE: judge_date(judge, value, scalar); break;
    case VALUE_STRING: judge_text(judge, value, scalar); break;
    }
}

/* ---- one by one ---- */

static void judge_ranges(PredicateJudge *judge, uint32_t value, const Value *scalar)
{
    for (uint32_t i = 0; i < judge->index->range_count; i++) {
        const RangeTest *test = &judge->index->ranges[i];
        Value holds = compare_apply(test->op, scalar, test->bound, COMPARE_AS_VALUE);
        if (holds.kind == VALUE_BOOL && holds.boolean) {
            hit(judge, value, test->predicate);
        }
    }
}

static void judge_lists(PredicateJudge *judge, uint32_t value, const Value *scalar)
{
    for (uint32_t i = 0; i < judge->index->list_count; i++) {
        const ListTest *test = &judge->index->lists[i];
        arena_reset(judge->scratch);
        if (list_search(test->list, scalar, judge->scratch)) {
            hit(judge, value, test->predicate);
        }
    }
}

static void judge_computed(PredicateJudge *judge, uint32_t value, const List *predicates,
                           const Values *values)
{
    const PredicateIndex *index = judge->index;
    for (uint32_t i = 0; i < predicates->count; i++) {
        PredicateId id = predicates->items[i];
        if (scalar_holds(index->scalar_patterns, &index->plan->predicates[id], values,
                         judge->scratch, judge->cut)) {
            hit(judge, value, id);
        }
    }
}

static void judge_address(PredicateJudge *judge, uint32_t value, Str text)
{
    const PredicateIndex *index = judge->index;
    IpAddress address;
    if (index->block_bits_count == 0 || !ip_address_parse(text, &address)) {
        return;
    }
    for (uint32_t i = 0; i < index->block_bits_count; i++) {
        uint8_t bits = index->block_bits[i];
        IpBlock block = {ip_address_mask(address, bits), bits};
        char key[BLOCK_KEY_BYTES];
        look_up(judge, value, &index->blocks, block_key(&block, key));
    }
}

/* ---- patterns ---- */

static bool words_fit(PredicateJudge *judge, Waiting *waiting, const Pattern *pattern, Str folded)
{
    if (!waiting->has_words) {
        if (waiting->is_ascii && !pattern_may_fit_ascii(pattern, folded)) {
            return false;
        }
        waiting->words = text_words_of(judge->texts, waiting->text);
        waiting->has_words = true;
    }
    return pattern_fits_words(pattern, waiting->words);
}

static void try_pattern(PredicateJudge *judge, Waiting *waiting, uint32_t id)
{
    const PredicateIndex *index = judge->index;
    const Pattern *pattern = &index->patterns[id];
    Str folded = str_slice(buffer_str(&judge->scanned), waiting->from, waiting->to);
    if (pattern_is_of_words(pattern)
            ? words_fit(judge, waiting, pattern, folded)
            : pattern_fits(pattern, waiting->text, folded, judge->scratch)) {
        hit_all(judge, waiting->value, &index->pattern_predicates, id);
    }
    if (pattern->kind == PATTERN_REGEX) {
        arena_reset(judge->scratch);
    }
}

static void try_list(PredicateJudge *judge, Waiting *waiting, List list)
{
    for (uint32_t i = 0; i < list.count; i++) {
        try_pattern(judge, waiting, list.items[i]);
    }
}

static void try_byte_lists(PredicateJudge *judge, Waiting *waiting)
{
    const PredicateIndex *index = judge->index;
    Str folded = str_slice(buffer_str(&judge->scanned), waiting->from, waiting->to);
    if (folded.len == 0) {
        return;
    }
    try_list(judge, waiting, lists_get(&index->first.patterns, (uint8_t)folded.ptr[0]));
    try_list(judge, waiting, lists_get(&index->last.patterns, (uint8_t)folded.ptr[folded.len - 1]));
    if (!index->inside.is_used) {
        return;
    }
    bool met[256] = {0};
    for (size_t i = 0; i < folded.len; i++) {
        uint8_t byte = (uint8_t)folded.ptr[i];
        if (index->inside.has[byte] && !met[byte]) {
            met[byte] = true;
            try_list(judge, waiting, lists_get(&index->inside.patterns, byte));
        }
    }
}

static bool is_in(const Waiting *waiting, size_t end)
{
    return end > waiting->from && end <= waiting->to;
}

/* The waiting text that ends at or behind `end` first. */
static size_t find_waiting(const PredicateJudge *judge, size_t end)
{
    size_t low = 0;
    size_t high = judge->waiting_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (judge->waiting[middle].to < end) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void on_literal(void *context, uint32_t literal, size_t end)
{
    PredicateJudge *judge = context;
    /* Literals are found in order: mostly it is the same text again, or the next. */
    if (!is_in(&judge->waiting[judge->current], end)) {
        judge->current = find_waiting(judge, end);
    }
    uint64_t serial = judge->base + judge->current;
    if (judge->seen[literal] == serial) {
        return;
    }
    judge->seen[literal] = serial;
    try_list(judge, &judge->waiting[judge->current],
             lists_get(&judge->index->literal_patterns, literal));
}

static void scan_waiting(PredicateJudge *judge)
{
    const PredicateIndex *index = judge->index;
    if (judge->waiting_count == 0) {
        return;
    }
    judge->base = judge->serial + 1;
    judge->serial += judge->waiting_count;
    judge->current = 0;
    if (index->literals != NULL) {
        literal_set_scan(index->literals, buffer_str(&judge->scanned), on_literal, judge);
    }
    for (size_t i = 0; i < judge->waiting_count; i++) {
        try_byte_lists(judge, &judge->waiting[i]);
        try_list(judge, &judge->waiting[i], index->always);
    }
    judge->waiting_count = 0;
    buffer_clear(&judge->scanned);
    arena_reset(judge->texts);
}

/* Its folded text stands at the end of `scanned` already. */
static void wait_for_scan(PredicateJudge *judge, uint32_t value, Str text, size_t from)
{
    if (judge->waiting_count == judge->waiting_capacity) {
        judge->waiting = heap_grow(judge->waiting, &judge->waiting_capacity,
                                   judge->waiting_count + 1, sizeof *judge->waiting);
    }
    judge->waiting[judge->waiting_count++] = (Waiting){
        .value = value,
        .text = text,
        .from = from,
        .to = judge->scanned.len,
        .is_ascii = judge->index->has_word_patterns && utf8_skip_ascii(text, 0) == text.len,
    };
    buffer_append_byte(&judge->scanned, SEPARATOR);
    if (judge->scanned.len >= SCAN_BYTES) {
        scan_waiting(judge);
    }
}

/* ---- values ---- */

static void judge_as_text(PredicateJudge *judge, uint32_t value, const Value *scalar)
{
    const PredicateIndex *index = judge->index;
    Str text = value_to_text(judge->texts, scalar);
    judge_address(judge, value, text);
    if (scalar->kind != VALUE_STRING) {
        look_up(judge, value, &index->other_texts, text);
    }
    if (index->needs_folded) {
        size_t from = judge->scanned.len;
        char *folded = buffer_reserve(&judge->scanned, UTF8_FOLDED_MAX(text.len));
        judge->scanned.len += utf8_fold_to(folded, text);
        look_up(judge, value, &index->folded,
                str_slice(buffer_str(&judge->scanned), from, judge->scanned.len));
        if (index->pattern_count > 0) {
            wait_for_scan(judge, value, text, from);
            return;
        }
        judge->scanned.len = from;
    }
    arena_reset(judge->texts);
}

static void judge_scalar(PredicateJudge *judge, uint32_t value, Value *scalar)
{
    judge_by_kind(judge, value, scalar);
    judge_ranges(judge, value, scalar);
    judge_lists(judge, value, scalar);
    judge_computed(judge, value, &judge->index->computed, &(Values){scalar, 1});
    if (judge->index->needs_text) {
        judge_as_text(judge, value, scalar);
    }
}

const PredicateHit *predicate_judge_values(PredicateJudge *judge, const PredicateIndex *index,
                                           const Values *values, uint32_t count, size_t *hit_count,
                                           uint64_t *cut)
{
    judge->index = index;
    judge->cut = cut;
    judge->hit_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        Values looked_at = values[i];
        if (looked_at.count > SCALAR_MAX_VALUES) {
            looked_at.count = SCALAR_MAX_VALUES;
            ++*cut;
        }
        for (uint32_t k = 0; k < looked_at.count; k++) {
            judge_scalar(judge, i, &looked_at.items[k]);
        }
        if (looked_at.count > 0) { /* the missing ones have their own list */
            judge_computed(judge, i, &index->whole, &looked_at);
        }
    }
    scan_waiting(judge);
    *hit_count = judge->hit_count;
    return judge->hits;
}
