#include "event/schema_build.h"

/* How alike two names are: 1 - edits / length of the longer. From a half on Elasticsearch suggests
 * a name; of the thousands of the built-in schema only the very near help. */
#define ALIKE_STRICT  0.5
#define ALIKE_BUILTIN 0.75

typedef struct Similar {
    Str path;
    double alike;
} Similar;

static uint32_t smallest(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein's distance; `row` has room for b.len + 1. */
static uint32_t edits(Str a, Str b, uint32_t *row)
{
    for (uint32_t i = 0; i <= b.len; i++) {
        row[i] = i;
    }
    for (uint32_t i = 0; i < a.len; i++) {
        uint32_t diagonal = row[0];
        row[0] = i + 1;
        for (uint32_t j = 0; j < b.len; j++) {
            uint32_t changed = diagonal + (a.ptr[i] != b.ptr[j]);
            diagonal = row[j + 1];
            row[j + 1] = smallest(changed, row[j] + 1, diagonal + 1);
        }
    }
    return row[b.len];
}

static double likeness(Str a, Str b, double least, uint32_t *row)
{
    double longer = (double)(a.len > b.len ? a.len : b.len);
    double shorter = (double)(a.len > b.len ? b.len : a.len);
    if (longer == 0 || shorter / longer < least) {
        return 0; /* so many edits the lengths alone need */
    }
    return 1 - edits(a, b, row) / longer;
}

/* Keeps the list sorted, best first; of equals the earlier stays before. */
static uint32_t insert(Similar *list, uint32_t count, uint32_t limit, Similar similar)
{
    uint32_t at = count;
    while (at > 0 && list[at - 1].alike < similar.alike) {
        at--;
    }
    if (at == limit) {
        return count;
    }
    uint32_t last = count < limit ? count : limit - 1;
    memmove(list + at + 1, list + at, (last - at) * sizeof *list);
    list[at] = similar;
    return last + 1;
}

uint32_t schema_suggest(const Schema *schema, Arena *arena, Str path, Str *out, uint32_t limit)
{
    if (path.len > SCHEMA_MAX_PATH || limit == 0) {
        return 0;
    }
    double least = schema_is_strict(schema) ? ALIKE_STRICT : ALIKE_BUILTIN;
    uint32_t row[SCHEMA_MAX_PATH + 1];
    Similar *list = ARENA_MANY(arena, Similar, limit);
    uint32_t count = 0;
    Str name;
    SchemaField field;
    for (uint32_t i = 0; schema_field_at(schema, i, &name, &field); i++) {
        double alike = field.type == FIELD_OBJECT ? 0 : likeness(path, name, least, row);
        if (alike >= least) {
            count = insert(list, count, limit, (Similar){name, alike});
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        out[i] = list[i].path;
    }
    return count;
}
