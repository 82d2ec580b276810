#include "lang/similar.h"

#include "base/array.h"

/* Longer names are not compared: the work grows with the square. */
#define MAX_LEN ((size_t)128)

typedef struct Scored {
    Str name;
    double score;
} Scored;

/* Levenshtein's distance, one row of the table at a time. */
static size_t distance(Str a, Str b)
{
    size_t row[MAX_LEN + 1];
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            size_t shorter = row[j] < row[j - 1] ? row[j] : row[j - 1];
            diagonal = row[j];
            row[j] = replaced < shorter + 1 ? replaced : shorter + 1;
        }
    }
    return row[b.len];
}

static double score(Str a, Str b)
{
    size_t longer = a.len > b.len ? a.len : b.len;
    if (longer == 0 || longer > MAX_LEN) {
        return 0;
    }
    return 1 - (double)distance(a, b) / (double)longer;
}

Str similar_hint(Arena *arena, Str name, const Str *known, size_t count)
{
    ARRAY(Scored) found = {0};
    for (size_t i = 0; i < count; i++) {
        Scored new = {known[i], score(name, known[i])};
        if (new.score < 0.5) {
            continue;
        }
        ARRAY_PUSH(arena, &found, new);
        uint32_t at = found.count - 1;
        for (; at > 0 && found.items[at - 1].score < new.score; at--) {
            found.items[at] = found.items[at - 1];
        }
        found.items[at] = new;
    }
    if (found.count == 0) {
        return STR("");
    }
    Str *names = ARENA_MANY(arena, Str, found.count);
    for (uint32_t i = 0; i < found.count; i++) {
        names[i] = found.items[i].name;
    }
    Str list = str_join(arena, names, found.count, STR(", "));
    return str_format(arena, ", did you mean %s[%.*s]?", found.count == 1 ? "" : "any of ",
                      STR_ARG(list));
}
