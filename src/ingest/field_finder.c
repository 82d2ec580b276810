#include "ingest/field_finder.h"

#include "base/heap.h"
#include "base/json.h"
#include "base/table.h"
#include "event/field_pattern.h"
#include "ingest/json_scalar.h"

/* Which fields a path's values go to: those of `ids` from `first` on. */
typedef struct Fitting {
    uint32_t first, count;
} Fitting;

struct FieldFinder {
    const FieldTable *fields;
    Arena *memory;
    ARRAY(FieldId) patterns;
    Table *paths; /* index in `fitting` */
    size_t path_bytes;
    ARRAY(Fitting) fitting;
    ARRAY(FieldId) ids;
    ARRAY(FieldId) others; /* of a path that is not kept */
    Buffer path;           /* to where the walk is */
    Arena *scratch;        /* keys with escapes */
    FieldSpan *spans;
    size_t span_capacity;

    /* Of the walk. */
    const char *text;
    const uint32_t *token;
    uint32_t limit;
    FoundFields found;
};

FieldFinder *field_finder_new(const FieldTable *fields)
{
    if (!field_table_has_patterns(fields)) {
        return NULL;
    }
    FieldFinder *finder = HEAP_NEW(FieldFinder);
    finder->fields = fields;
    finder->memory = arena_new();
    finder->scratch = arena_new();
    finder->paths = table_new(finder->memory);
    for (FieldId id = 0; id < field_table_count(fields); id++) {
        if (field_table_get(fields, id)->is_pattern) {
            ARRAY_PUSH(finder->memory, &finder->patterns, id);
        }
    }
    return finder;
}

void field_finder_free(FieldFinder *finder)
{
    if (finder == NULL) {
        return;
    }
    arena_free(finder->memory);
    arena_free(finder->scratch);
    buffer_done(&finder->path);
    free(finder->spans);
    free(finder);
}

/* ---- what fits ---- */

static const FieldId *fit_anew(FieldFinder *finder, Str path, uint32_t *count)
{
    finder->others.count = 0;
    for (uint32_t i = 0; i < finder->patterns.count; i++) {
        FieldId id = finder->patterns.items[i];
        if (field_stands_for(field_table_get(finder->fields, id), path)) {
            ARRAY_PUSH(finder->memory, &finder->others, id);
        }
    }
    *count = finder->others.count;
    return finder->others.items;
}

static const FieldId *fit(FieldFinder *finder, Str path, uint32_t *count)
{
    uint32_t known = table_find(finder->paths, path);
    if (known != STR_NONE) {
        const Fitting *fitting = &finder->fitting.items[known];
        *count = fitting->count;
        return fitting->count == 0 ? NULL : finder->ids.items + fitting->first;
    }
    const FieldId *ids = fit_anew(finder, path, count);
    if (finder->fitting.count == FIELD_FINDER_PATHS ||
        finder->path_bytes + path.len > FIELD_FINDER_BYTES) {
        return ids;
    }
    Fitting fitting = {finder->ids.count, *count};
    for (uint32_t i = 0; i < *count; i++) {
        ARRAY_PUSH(finder->memory, &finder->ids, ids[i]);
    }
    finder->path_bytes += path.len;
    (void)table_add(finder->paths, path);
    ARRAY_PUSH(finder->memory, &finder->fitting, fitting);
    return ids;
}

static bool may_lead_below(const FieldFinder *finder, Str path)
{
    bool leads = false;
    for (uint32_t i = 0; i < finder->patterns.count && !leads; i++) {
        const Field *field = field_table_get(finder->fields, finder->patterns.items[i]);
        leads = field_pattern_leads_below(field->path, path);
    }
    return leads && path.len <= FIELD_PATTERN_BYTES;
}

/* ---- the walk ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The end of what stands before `to`, without blanks. */
static size_t trim(const char *text, size_t to)
{
    while (is_blank(text[to - 1])) {
        to--;
    }
    return to;
}

static void take(FieldFinder *finder, size_t from, size_t to)
{
    uint32_t count = 0;
    const FieldId *ids = fit(finder, buffer_str(&finder->path), &count);
    for (uint32_t i = 0; i < count; i++) {
        if (finder->found.count == finder->limit) {
            finder->found.beyond = finder->found.beyond == 0 ? from : finder->found.beyond;
            return;
        }
        if (finder->found.count == finder->span_capacity) {
            finder->spans = heap_grow(finder->spans, &finder->span_capacity,
                                      (size_t)finder->found.count + 1, sizeof *finder->spans);
        }
        finder->spans[finder->found.count++] =
            (FieldSpan){.field = ids[i], .len = (uint32_t)(to - from), .ptr = finder->text + from};
    }
}

static bool is_opening(char c)
{
    return c == '{' || c == '[';
}

/* Behind the bracket that closes the one here. */
static void skip(FieldFinder *finder)
{
    size_t open = 0;
    do {
        char c = finder->text[*finder->token++];
        open += is_opening(c);
        open -= c == '}' || c == ']';
    } while (open > 0);
}

static void object(FieldFinder *finder, bool is_top);

/* Behind the value here, whose path is the finder's. */
static void value(FieldFinder *finder)
{
    const char *text = finder->text;
    char c = text[*finder->token];
    if (c == '{') {
        if (may_lead_below(finder, buffer_str(&finder->path))) {
            object(finder, false);
        } else {
            skip(finder);
        }
    } else if (c == '[') {
        finder->token++;
        while (text[*finder->token] != ']') {
            value(finder);
        }
        finder->token++;
    } else {
        size_t to = trim(text, finder->token[1]);
        take(finder, *finder->token, text[to - 1] == ',' ? trim(text, to - 1) : to);
        finder->token++;
    }
}

static Str key_at(FieldFinder *finder)
{
    const char *text = finder->text;
    size_t open = finder->token[0];
    size_t colon = trim(text, finder->token[1]) - 1;
    Str key = {text + open + 1, trim(text, colon) - open - 2};
    return json_has_escape(key) ? json_unescape(finder->scratch, key) : key;
}

/* Behind the object here. */
static void object(FieldFinder *finder, bool is_top)
{
    size_t above = finder->path.len;
    finder->token++;
    while (finder->text[*finder->token] != '}') {
        buffer_append_c(&finder->path, is_top ? "" : ".");
        buffer_append(&finder->path, key_at(finder));
        finder->token++;
        value(finder);
        finder->path.len = above;
    }
    finder->token++;
}

FoundFields field_finder_walk(FieldFinder *finder, const char *text, const uint32_t *token,
                              uint32_t limit)
{
    arena_reset(finder->scratch);
    buffer_clear(&finder->path);
    finder->text = text;
    finder->token = token;
    finder->limit = limit;
    finder->found = (FoundFields){0};
    object(finder, true);
    finder->found.items = finder->spans;
    return finder->found;
}
