#include "exec/list_search.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/text_words.h"
#include "exec/compare.h"
#include "exec/list_scan.h"

static bool has_text(const ValueListData *list, Str text)
{
    uint32_t mask = list->slot_count - 1;
    for (uint32_t at = (uint32_t)hash_bytes(text) & mask; list->slots[at] != 0;
         at = (at + 1) & mask) {
        if (str_equal(list->texts[list->slots[at] - 1], text)) {
            return true;
        }
    }
    return false;
}

static bool has_address(const ValueListData *list, Str text)
{
    IpAddress address;
    uint32_t low = 0;
    uint32_t high = list->address_count;
    if (!ip_address_parse(text, &address)) {
        return false;
    }
    while (low < high) { /* the first span that begins behind the address */
        uint32_t middle = low + (high - low) / 2;
        if (ip_address_compare(&list->addresses[middle].first, &address) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 && ip_address_compare(&address, &list->addresses[low - 1].last) <= 0;
}

static bool has_point(const ValueListData *list, const Value *point)
{
    uint32_t low = 0;
    uint32_t high = list->sorted_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (value_compare(&list->sorted[middle].first, point) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 && value_compare(point, &list->sorted[low - 1].last) <= 0;
}

/* What compares in its own way with each entry is held against each. */
static bool has_number(const ValueListData *list, const Value *value)
{
    Value number;
    switch (value->kind) {
    case VALUE_INT:
    case VALUE_DOUBLE: return has_point(list, value);
    case VALUE_STRING: return compare_number_of(value->text, &number) && has_point(list, &number);
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_DATE: break;
    }
    return list_scan_spans(list, value);
}

static bool has_date(const ValueListData *list, const Value *value)
{
    Value date = *value;
    if (value->kind == VALUE_BOOL) {
        return false;
    }
    return (value->kind == VALUE_DATE || compare_date_of(value, &date)) && has_point(list, &date);
}

static int by_number(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static bool holds_word(const ValueListData *list, uint32_t word, uint32_t entry)
{
    const uint32_t *first = &list->holders[list->firsts[word]];
    return bsearch(&entry, first, list->firsts[word + 1] - list->firsts[word], sizeof entry,
                   by_number) != NULL;
}

/* The value's words, each once; false when no entry has one of them. */
static bool find_words(const ValueListData *list, Str words, Arena *scratch, uint32_t **out,
                       uint32_t *count)
{
    ARRAY(uint32_t) ids = {0};
    size_t at = 0;
    for (Str word; text_words_next(words, &at, &word);) {
        uint32_t id = table_find(list->words, word);
        if (id == STR_NONE) {
            return false;
        }
        ARRAY_PUSH(scratch, &ids, id);
    }
    uint32_t kept = 0;
    if (ids.count > 0) {
        qsort(ids.items, ids.count, sizeof *ids.items, by_number);
    }
    for (uint32_t i = 0; i < ids.count; i++) {
        if (kept == 0 || ids.items[i] != ids.items[kept - 1]) {
            ids.items[kept++] = ids.items[i];
        }
    }
    *out = ids.items;
    *count = kept;
    return kept > 0;
}

/* Of the value's words the one that the fewest entries have says which entries to look at. */
static bool has_words(const ValueListData *list, Str text, Arena *scratch)
{
    uint32_t *ids = NULL;
    uint32_t count = 0;
    if (!find_words(list, text_words_of(scratch, text), scratch, &ids, &count)) {
        return false;
    }
    uint32_t rarest = ids[0];
    for (uint32_t i = 1; i < count; i++) {
        uint32_t holders = list->firsts[ids[i] + 1] - list->firsts[ids[i]];
        bool rarer = holders < list->firsts[rarest + 1] - list->firsts[rarest];
        rarest = rarer ? ids[i] : rarest;
    }
    for (uint32_t at = list->firsts[rarest]; at < list->firsts[rarest + 1]; at++) {
        uint32_t held = 0;
        while (held < count && holds_word(list, ids[held], list->holders[at])) {
            held++;
        }
        if (held == count) {
            return true;
        }
    }
    return false;
}

bool list_search(const ValueListData *list, const Value *value, Arena *scratch)
{
    switch (list->kind) {
    case VALUE_LIST_TEXT: return has_text(list, value_to_text(scratch, value));
    case VALUE_LIST_WORDS: return has_words(list, value_to_text(scratch, value), scratch);
    case VALUE_LIST_ADDRESS: return has_address(list, value_to_text(scratch, value));
    case VALUE_LIST_NUMBER: return has_number(list, value);
    case VALUE_LIST_DATE: return has_date(list, value);
    }
    return false;
}
