#include "base/regex_class.h"

#include "base/utf8.h"

/* No character behind it has a case (Adlam, U+1E900 to U+1E943, is the last script that has). */
#define LAST_CASED 0x1e943u

static int by_first(const void *a, const void *b)
{
    uint32_t x = ((const RegexRange *)a)->first;
    uint32_t y = ((const RegexRange *)b)->first;
    return (x > y) - (x < y);
}

void regex_ranges_normalize(RegexRanges *ranges)
{
    if (ranges->count == 0) {
        return;
    }
    qsort(ranges->items, ranges->count, sizeof *ranges->items, by_first);
    uint32_t last = 0;
    for (uint32_t i = 1; i < ranges->count; i++) {
        RegexRange *to = &ranges->items[last];
        RegexRange next = ranges->items[i];
        if (next.first > to->last && next.first - to->last > 1) {
            ranges->items[++last] = next;
        } else if (next.last > to->last) {
            to->last = next.last;
        }
    }
    ranges->count = last + 1;
}

void regex_ranges_complement(Arena *arena, RegexRanges *ranges)
{
    RegexRanges others = {0};
    uint32_t next = 0;
    for (uint32_t i = 0; i < ranges->count; i++) {
        RegexRange range = ranges->items[i];
        if (range.first > next) {
            ARRAY_PUSH(arena, &others, (RegexRange){next, range.first - 1});
        }
        next = range.last + 1;
    }
    if (next <= REGEX_LAST_CHARACTER) {
        ARRAY_PUSH(arena, &others, (RegexRange){next, REGEX_LAST_CHARACTER});
    }
    *ranges = others;
}

static void add_folded(Arena *arena, RegexRanges *ranges, uint32_t code_point)
{
    uint32_t folded = utf8_fold_one(code_point);
    if (folded == code_point) {
        return;
    }
    RegexRange *last = &ranges->items[ranges->count - 1];
    if (folded == last->last + 1) { /* alphabets fold in order */
        last->last = folded;
    } else {
        ARRAY_PUSH(arena, ranges, (RegexRange){folded, folded});
    }
}

bool regex_ranges_fold(Arena *arena, RegexRanges *ranges, RegexBudget *budget)
{
    uint32_t count = ranges->count;
    for (uint32_t i = 0; i < count; i++) {
        RegexRange range = ranges->items[i];
        uint32_t last = range.last < LAST_CASED ? range.last : LAST_CASED;
        if (range.first <= last && !regex_budget_take(budget, last - range.first + 1)) {
            return false;
        }
        for (uint32_t c = range.first; c <= last; c++) {
            add_folded(arena, ranges, c);
        }
    }
    return true;
}
