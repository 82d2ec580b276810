#include "plan/value_list.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/text_words.h"

/* ---- addresses ---- */

static bool block_span(Str text, AddressSpan *out)
{
    IpBlock block;
    if (!ip_block_parse(text, &block)) {
        return false;
    }
    out->first = block.first;
    out->last = block.first;
    for (unsigned bit = block.bits; bit < 128; bit++) {
        out->last.bytes[bit / 8] |= (uint8_t)(0x80U >> bit % 8);
    }
    return true;
}

bool address_span_parse(Str text, AddressSpan *out)
{
    size_t dash = 0;
    if (!str_find_byte(text, '-', 0, &dash)) {
        return block_span(text, out);
    }
    return ip_address_parse(str_trim(str_slice(text, 0, dash)), &out->first) &&
           ip_address_parse(str_trim(str_slice(text, dash + 1, text.len)), &out->last) &&
           ip_address_compare(&out->first, &out->last) <= 0;
}

static int by_first_address(const void *a, const void *b)
{
    return ip_address_compare(&((const AddressSpan *)a)->first, &((const AddressSpan *)b)->first);
}

static void sort_addresses(Arena *arena, ValueListData *data)
{
    AddressSpan *spans = ARENA_MANY(arena, AddressSpan, data->count);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < data->count; i++) {
        bool fine = address_span_parse(data->texts[i], &spans[i]);
        assert(fine); /* checked when the list was read */
    }
    if (data->count > 0) {
        qsort(spans, data->count, sizeof *spans, by_first_address);
    }
    for (uint32_t i = 0; i < data->count; i++) {
        AddressSpan *before = kept == 0 ? NULL : &spans[kept - 1];
        if (before == NULL || ip_address_compare(&spans[i].first, &before->last) > 0) {
            spans[kept++] = spans[i];
        } else if (ip_address_compare(&spans[i].last, &before->last) > 0) {
            before->last = spans[i].last;
        }
    }
    data->addresses = spans;
    data->address_count = kept;
}

/* ---- numbers and dates ---- */

static int by_first_value(const void *a, const void *b)
{
    return value_compare(&((const ValueSpan *)a)->first, &((const ValueSpan *)b)->first);
}

static void sort_spans(Arena *arena, ValueListData *data)
{
    ValueSpan *spans = ARENA_MANY(arena, ValueSpan, data->count);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < data->count; i++) {
        spans[i] = data->spans[i];
    }
    if (data->count > 0) {
        qsort(spans, data->count, sizeof *spans, by_first_value);
    }
    for (uint32_t i = 0; i < data->count; i++) {
        ValueSpan *before = kept == 0 ? NULL : &spans[kept - 1];
        if (before == NULL || value_compare(&spans[i].first, &before->last) > 0) {
            spans[kept++] = spans[i];
        } else if (value_compare(&spans[i].last, &before->last) > 0) {
            before->last = spans[i].last;
        }
    }
    data->sorted = spans;
    data->sorted_count = kept;
}

/* ---- texts ---- */

static void hash_texts(Arena *arena, ValueListData *data)
{
    uint32_t room = 4;
    while (room < data->count * 2ULL && room < (1U << 31)) {
        room *= 2;
    }
    uint32_t *slots = ARENA_MANY(arena, uint32_t, room);
    for (uint32_t i = 0; i < data->count; i++) {
        uint32_t at = (uint32_t)hash_bytes(data->texts[i]) & (room - 1);
        while (slots[at] != 0 && !str_equal(data->texts[slots[at] - 1], data->texts[i])) {
            at = (at + 1) & (room - 1);
        }
        slots[at] = slots[at] == 0 ? i + 1 : slots[at];
    }
    data->slots = slots;
    data->slot_count = room;
}

/* ---- words ---- */

bool value_list_is_pattern(Str text)
{
    size_t at = 0;
    return str_find_byte(text, '*', 0, &at) || str_find_byte(text, '?', 0, &at);
}

typedef struct Pair {
    uint32_t word, text;
} Pair;

typedef struct Pairs {
    ARRAY(Pair) list;
    ARRAY(uint32_t) last; /* by word: the last text that had it, + 1 */
} Pairs;

/* A text that says a word twice is its holder once. */
static void add_words(Arena *arena, Table *table, Pairs *pairs, Str words, uint32_t text)
{
    size_t at = 0;
    for (Str word; text_words_next(words, &at, &word);) {
        Pair pair = {table_add(table, word), text};
        if (pair.word == pairs->last.count) {
            ARRAY_PUSH(arena, &pairs->last, 0);
        }
        assert(pairs->last.items != NULL);
        if (pairs->last.items[pair.word] != text + 1) {
            pairs->last.items[pair.word] = text + 1;
            ARRAY_PUSH(arena, &pairs->list, pair);
        }
    }
}

static void list_holders(Arena *arena, Arena *scratch, ValueListData *data, const Pairs *pairs)
{
    uint32_t words = table_count(data->words);
    uint32_t *firsts = ARENA_MANY(arena, uint32_t, (size_t)words + 1);
    uint32_t *holders = ARENA_MANY(arena, uint32_t, pairs->list.count);
    uint32_t *next = ARENA_MANY(scratch, uint32_t, (size_t)words + 1);
    for (uint32_t i = 0; i < pairs->list.count; i++) {
        firsts[pairs->list.items[i].word + 1]++;
    }
    for (uint32_t word = 0; word < words; word++) {
        firsts[word + 1] += firsts[word];
        next[word] = firsts[word];
    }
    for (uint32_t i = 0; i < pairs->list.count; i++) {
        const Pair *pair = &pairs->list.items[i];
        holders[next[pair->word]++] = pair->text;
    }
    data->firsts = firsts;
    data->holders = holders;
}

static void index_words(Arena *arena, ValueListData *data)
{
    Arena *scratch = arena_new();
    Arena *words = arena_new();
    Pairs pairs = {0};
    Table *table = table_new(arena);
    uint32_t *patterns = ARENA_MANY(arena, uint32_t, data->count);
    for (uint32_t i = 0; i < data->count; i++) {
        if (value_list_is_pattern(data->texts[i])) {
            patterns[data->pattern_count++] = i;
            continue;
        }
        arena_reset(words);
        add_words(scratch, table, &pairs, text_words_of(words, data->texts[i]), i);
    }
    data->words = table;
    data->patterns = patterns;
    list_holders(arena, scratch, data, &pairs);
    arena_free(words);
    arena_free(scratch);
}

const ValueListData *value_list_data_new(Arena *arena, ValueListKind kind, const Str *texts,
                                         uint32_t count, const ValueSpan *spans)
{
    ValueListData *data = ARENA_NEW(arena, ValueListData);
    *data = (ValueListData){.kind = kind, .texts = texts, .count = count, .spans = spans};
    switch (kind) {
    case VALUE_LIST_TEXT: hash_texts(arena, data); break;
    case VALUE_LIST_WORDS: index_words(arena, data); break;
    case VALUE_LIST_ADDRESS: sort_addresses(arena, data); break;
    case VALUE_LIST_NUMBER:
    case VALUE_LIST_DATE: sort_spans(arena, data); break;
    }
    return data;
}
