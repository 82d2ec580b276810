#include "base/similar.h"

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein's distance, one row of the table at a time; past `most` it does not matter how far. */
static size_t distance(Str a, Str b, size_t most)
{
    size_t row[SIMILAR_MAX_BYTES + 1];
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 0; i < a.len; i++) {
        size_t diagonal = row[0];
        size_t nearest = row[0] = i + 1;
        for (size_t j = 0; j < b.len; j++) {
            size_t replaced = diagonal + (a.ptr[i] != b.ptr[j]);
            diagonal = row[j + 1];
            row[j + 1] = smallest(replaced, row[j] + 1, diagonal + 1);
            nearest = row[j + 1] < nearest ? row[j + 1] : nearest;
        }
        if (nearest > most) {
            return nearest; /* the rows below only grow */
        }
    }
    return row[b.len];
}

static double alike(Str a, Str b, double least)
{
    size_t longer = a.len > b.len ? a.len : b.len;
    size_t shorter = a.len > b.len ? b.len : a.len;
    if (longer == 0) {
        return 0;
    }
    if (str_equal(a, b)) {
        return 1;
    }
    if (longer > SIMILAR_MAX_BYTES || (double)shorter / (double)longer < least) {
        return 0; /* so many edits the lengths alone need */
    }
    size_t most =
        (size_t)((1 - least) * (double)longer) + 1; /* one more: a product may round down */
    return 1 - (double)distance(a, b, most) / (double)longer;
}

static bool is_kept(const Similar *similar, Str known)
{
    for (uint32_t i = 0; i < similar->nearest.count; i++) {
        if (str_equal(similar->nearest.items[i].name, known)) {
            return true;
        }
    }
    return false;
}

void similar_offer(Similar *similar, Str known)
{
    SimilarName new = {known, alike(similar->name, known, similar->least)};
    if (new.alike < similar->least || is_kept(similar, known)) {
        return;
    }
    uint32_t at = similar->nearest.count;
    while (at > 0 && similar->nearest.items[at - 1].alike < new.alike) {
        at--;
    }
    if (similar->limit == 0 || similar->nearest.count < similar->limit) {
        ARRAY_PUSH(similar->arena, &similar->nearest, new);
    } else if (at == similar->limit) {
        return;
    }
    SimilarName *items = similar->nearest.items;
    memmove(items + at + 1, items + at, (similar->nearest.count - 1 - at) * sizeof *items);
    items[at] = new;
}

Str similar_did_you_mean(const Similar *similar)
{
    uint32_t count = similar->nearest.count;
    if (count == 0) {
        return STR("");
    }
    Str *names = ARENA_MANY(similar->arena, Str, count);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = similar->nearest.items[i].name;
    }
    Str list = str_join(similar->arena, names, count, STR(", "));
    return str_format(similar->arena, ", did you mean %s[%.*s]?", count == 1 ? "" : "any of ",
                      STR_ARG(list));
}

Str similar_hint(Arena *arena, Str name, const Str *known, size_t count)
{
    Similar similar = {.arena = arena, .name = name, .least = SIMILAR_LEAST};
    for (size_t i = 0; i < count; i++) {
        similar_offer(&similar, known[i]);
    }
    return similar_did_you_mean(&similar);
}
