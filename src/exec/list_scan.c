#include "exec/list_scan.h"

#include "base/text_words.h"
#include "base/utf8.h"
#include "exec/compare.h"
#include "exec/wildcard.h"

static bool is_true(Value value)
{
    return value.kind == VALUE_BOOL && value.boolean;
}

bool list_scan_spans(const ValueListData *list, const Value *value)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const ValueSpan *span = &list->spans[i];
        if (is_true(compare_apply(OP_GREATER_EQUAL, value, &span->first, COMPARE_AS_VALUE)) &&
            is_true(compare_apply(OP_LESS_EQUAL, value, &span->last, COMPARE_AS_VALUE))) {
            return true;
        }
    }
    return false;
}

/* Each of `words` is among `entry`; there is at least one. Both as text_words_of gives them. */
static bool have_words(Str words, Str entry)
{
    size_t at = 0;
    size_t count = 0;
    for (Str word; text_words_next(words, &at, &word); count++) {
        size_t from = 0;
        Str own;
        bool found = false;
        while (!found && text_words_next(entry, &from, &own)) {
            found = str_equal(own, word);
        }
        if (!found) {
            return false;
        }
    }
    return count > 0;
}

static bool scan_addresses(const ValueListData *list, Str text)
{
    IpAddress address;
    AddressSpan span;
    bool found = false;
    if (!ip_address_parse(text, &address)) {
        return false;
    }
    for (uint32_t i = 0; i < list->count && !found; i++) {
        found = address_span_parse(list->texts[i], &span) &&
                ip_address_compare(&span.first, &address) <= 0 &&
                ip_address_compare(&address, &span.last) <= 0;
    }
    return found;
}

static bool scan_texts(const ValueListData *list, Str text)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (str_equal(list->texts[i], text)) {
            return true;
        }
    }
    return false;
}

static bool scan_words(const ValueListData *list, Str text, Arena *scratch)
{
    Str words = text_words_of(scratch, text);
    Str folded = utf8_fold(scratch, text);
    for (uint32_t i = 0; i < list->count; i++) {
        bool fits = value_list_is_pattern(list->texts[i])
                        ? wildcard_match(utf8_fold(scratch, list->texts[i]), folded)
                        : have_words(words, text_words_of(scratch, list->texts[i]));
        if (fits) {
            return true;
        }
    }
    return false;
}

bool list_scan(const ValueListData *list, const Value *value, Arena *scratch)
{
    switch (list->kind) {
    case VALUE_LIST_TEXT: return scan_texts(list, value_to_text(scratch, value));
    case VALUE_LIST_WORDS: return scan_words(list, value_to_text(scratch, value), scratch);
    case VALUE_LIST_ADDRESS: return scan_addresses(list, value_to_text(scratch, value));
    case VALUE_LIST_NUMBER:
    case VALUE_LIST_DATE: break;
    }
    return list_scan_spans(list, value);
}
