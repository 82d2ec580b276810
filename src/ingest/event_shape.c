#include "ingest/event_shape.h"

#include "base/hash.h"
#include "base/heap.h"
#include "ingest/json_scalar.h"

#define FEWEST_TOKENS 4   /* {"a":1} */
#define FIRST_FORM    2   /* the first two are {" */
#define SAMPLES       8   /* tokens that a shape's mark is made of */
#define BUCKETS       512 /* by mark */
#define LOOKS         8   /* at so many shapes of a bucket, those found last first */

/* What is looked at: three bytes before a token, and its first. */
#define FORM_BYTES  4
#define FORM_BEFORE 3
/* So many are compared before the first difference counts. */
#define FORMS_AT_ONCE 32

/* Learning costs as much as some walks: so many are free, then one for each so many found, and one of so many
 * not found in any case, for what comes may get better. */
#define FREE_LESSONS      256
#define FOUND_FOR_ONE     4
#define NOT_FOUND_FOR_ONE 64

#define PIECE_BYTES 16

/* Sixteen bytes compared at once. */
typedef uint64_t Wide __attribute__((vector_size(PIECE_BYTES)));

/* A part of a key with its quotes and colon, which tell where it begins and ends. */
typedef struct KeyPiece {
    char expected[PIECE_BYTES];
    uint16_t token;
    uint8_t at;      /* in the key */
    uint8_t ignored; /* the last so many bytes */
} KeyPiece;
_Static_assert(EVENT_SHAPE_TOKENS <= UINT16_MAX, "a token's number fits");

/* A place by a token: `ahead` bytes behind its first. */
typedef struct TokenPlace {
    uint32_t token;
    int32_t ahead;
} TokenPlace;

/* What stands at a token and ends at a place. */
typedef struct TokenSpan {
    FieldId field;
    uint32_t token;
    TokenPlace to;
} TokenSpan;

typedef struct Shape Shape;
struct Shape {
    Shape *next;
    uint64_t mark;
    uint32_t token_count;
    /* By token, one more for the document's end, from FIRST_FORM on. */
    uint32_t *forms;
    uint32_t *form_masks;
    uint32_t piece_count, scalar_count, span_count;
    KeyPiece *pieces;
    TokenSpan *scalars;           /* other than strings */
    TokenSpan *spans;             /* what is asked for */
    TokenSpan names[EVENT_NAMES]; /* token 0: none */
    uint32_t source;              /* as in EventWalk */
    bool hinted;
};

struct EventShapes {
    Arena *arena;
    Shape *buckets[BUCKETS];
    FieldSpan *spans; /* of the document at hand */
    size_t span_capacity;
    uint64_t learned, found, not_found;
};

EventShapes *event_shapes_new(void)
{
    EventShapes *shapes = HEAP_NEW(EventShapes);
    shapes->arena = arena_new();
    return shapes;
}

void event_shapes_free(EventShapes *shapes)
{
    if (shapes == NULL) {
        return;
    }
    arena_free(shapes->arena);
    free(shapes->spans);
    free(shapes);
}

static inline Wide load_wide(const char *bytes)
{
    Wide wide;
    memcpy(&wide, bytes, sizeof wide);
    return wide;
}

/* All bits set but in the last so many bytes. */
static inline Wide all_but_last(size_t count)
{
    static const char ONES[2 * PIECE_BYTES] = {-1, -1, -1, -1, -1, -1, -1, -1,
                                               -1, -1, -1, -1, -1, -1, -1, -1};
    return load_wide(ONES + count);
}

static inline size_t place(const uint32_t *tokens, TokenPlace at)
{
    return tokens[at.token] + (size_t)(int64_t)at.ahead;
}

static inline Str raw_of(const char *text, const uint32_t *tokens, const TokenSpan *span)
{
    size_t from = tokens[span->token];
    return (Str){text + from, place(tokens, span->to) - from};
}

static bool has_forms(const Shape *shape, const char *text, const uint32_t *tokens)
{
    uint32_t end = shape->token_count + 1;
    for (uint32_t from = FIRST_FORM; from < end; from += FORMS_AT_ONCE) {
        uint32_t to = from + FORMS_AT_ONCE < end ? from + FORMS_AT_ONCE : end;
        uint32_t other = 0;
        for (uint32_t i = from; i < to; i++) {
            uint32_t form;
            memcpy(&form, text + tokens[i] - FORM_BEFORE, sizeof form);
            other |= (form ^ shape->forms[i]) & shape->form_masks[i];
        }
        if (other != 0) {
            return false;
        }
    }
    return true;
}

static bool has_keys(const Shape *shape, const char *text, const uint32_t *tokens)
{
    Wide other = {0};
    for (uint32_t i = 0; i < shape->piece_count; i++) {
        const KeyPiece *piece = &shape->pieces[i];
        Wide found = load_wide(text + tokens[piece->token] + piece->at);
        other |= (found ^ load_wide(piece->expected)) & all_but_last(piece->ignored);
    }
    return (other[0] | other[1]) == 0;
}

static bool has_scalars(const Shape *shape, const char *text, const uint32_t *tokens)
{
    for (uint32_t i = 0; i < shape->scalar_count; i++) {
        Str raw = raw_of(text, tokens, &shape->scalars[i]);
        if (*raw.ptr == '"' || !json_scalar_check(raw.ptr, raw.ptr + raw.len)) {
            return false;
        }
    }
    return true;
}

/* False when one is empty, which might not count. */
static bool take_names(const Shape *shape, const char *text, const uint32_t *tokens, EventWalk *out)
{
    for (uint32_t i = 0; i < EVENT_NAMES; i++) {
        const TokenSpan *name = &shape->names[i];
        Str raw = name->token == 0 ? STR("\"\"") : raw_of(text, tokens, name);
        if (name->token != 0 && raw.len == 2) {
            return false;
        }
        out->names[i] = (Str){raw.ptr + 1, raw.len - 2};
    }
    return true;
}

static void take_spans(EventShapes *shapes, const Shape *shape, const char *text,
                       const uint32_t *tokens, EventWalk *out)
{
    for (uint32_t i = 0; i < shape->span_count; i++) {
        const TokenSpan *span = &shape->spans[i];
        Str raw = raw_of(text, tokens, span);
        shapes->spans[i] =
            (FieldSpan){.field = span->field, .len = (uint32_t)raw.len, .ptr = raw.ptr};
    }
    out->spans = shapes->spans;
    out->span_count = shape->span_count;
    out->source = shape->source;
    out->hinted = shape->hinted;
}

/* By which most shapes are told apart without looking at them: some of their tokens, and what stands before these.
 * What differs within a shape is left out. */
static uint64_t mark_of(const char *text, const JsonIndex *index)
{
    static const unsigned char KINDS[UINT8_MAX + 1] = {
        ['{'] = 1, ['}'] = 2, ['['] = 3, [']'] = 4, ['"'] = 5, [':'] = 6, [','] = 7, [' '] = 8};
    uint64_t mark = index->count;
    for (uint64_t i = 1; i <= SAMPLES; i++) {
        const char *at = text + index->tokens[1 + i * (index->count - 2) / SAMPLES];
        uint64_t kinds = KINDS[(unsigned char)at[0]] | (uint64_t)KINDS[(unsigned char)at[-1]] << 4;
        mark = (mark << 7 | mark >> 57) ^ kinds;
    }
    return hash_mix(mark, index->count);
}

static bool has_shape(const Shape *shape, const char *text, const JsonIndex *index)
{
    return shape->token_count == index->count && has_forms(shape, text, index->tokens) &&
           has_keys(shape, text, index->tokens) && has_scalars(shape, text, index->tokens);
}

bool event_shapes_find(EventShapes *shapes, const char *text, const JsonIndex *index,
                       EventWalk *out)
{
    if (index->count < FEWEST_TOKENS || memcmp(text, "{\"", 2) != 0) {
        return false;
    }
    uint64_t mark = mark_of(text, index);
    Shape **first = &shapes->buckets[mark % BUCKETS];
    Shape **link = first;
    for (uint32_t looks = 0; looks < LOOKS && *link != NULL; looks++, link = &(*link)->next) {
        Shape *shape = *link;
        if (shape->mark == mark && has_shape(shape, text, index) &&
            take_names(shape, text, index->tokens, out)) {
            *link = shape->next;
            shape->next = *first;
            *first = shape;
            take_spans(shapes, shape, text, index->tokens, out);
            shapes->found++;
            return true;
        }
    }
    shapes->not_found++;
    return false;
}

static bool may_learn(const EventShapes *shapes, const JsonIndex *index, const EventWalk *walk)
{
    bool pays = shapes->learned <= shapes->found / FOUND_FOR_ONE + FREE_LESSONS ||
                shapes->not_found % NOT_FOUND_FOR_ONE == 0;
    return pays && index->count >= FEWEST_TOKENS && index->count <= EVENT_SHAPE_TOKENS &&
           !walk->has_empty_name;
}

static bool is_bracket(char byte)
{
    char folded = (char)(byte | 0x20);
    return folded == '{' || folded == '}';
}

static uint32_t count_pieces(const uint32_t *tokens, const EventWalk *walk)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < walk->key_count; i++) {
        uint32_t key = walk->keys[i];
        count += (tokens[key + 1] - tokens[key] + PIECE_BYTES - 1) / PIECE_BYTES;
    }
    return count;
}

static uint32_t count_scalars(const char *text, const JsonIndex *index)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < index->count; i++) {
        char first = text[index->tokens[i]];
        count += first != '"' && !is_bracket(first);
    }
    return count;
}

/* Room for the shape of a document. */
static Shape *make_room(EventShapes *shapes, const char *text, const JsonIndex *index,
                        const EventWalk *walk)
{
    if (arena_bytes(shapes->arena) > EVENT_SHAPES_BYTES) {
        arena_reset(shapes->arena);
        memset(shapes->buckets, 0, sizeof shapes->buckets);
    }
    if (walk->span_count > shapes->span_capacity) {
        shapes->spans = heap_grow(shapes->spans, &shapes->span_capacity, walk->span_count,
                                  sizeof *shapes->spans);
    }
    Shape *shape = ARENA_NEW(shapes->arena, Shape);
    shape->token_count = index->count;
    shape->forms = ARENA_MANY(shapes->arena, uint32_t, index->count + 1);
    shape->form_masks = ARENA_MANY(shapes->arena, uint32_t, index->count + 1);
    shape->pieces = ARENA_MANY(shapes->arena, KeyPiece, count_pieces(index->tokens, walk));
    shape->scalars = ARENA_MANY(shapes->arena, TokenSpan, count_scalars(text, index));
    shape->spans = ARENA_MANY(shapes->arena, TokenSpan, walk->span_count);
    return shape;
}

static bool is_between(char byte)
{
    return byte == ',' || byte == ':' || byte == ' ' || byte == '\t' || byte == '\r' ||
           byte == '\n';
}

/* How many bytes before `at` are between tokens; one that is not stands before them. */
static size_t gap_before(const char *at)
{
    size_t gap = 0;
    while (is_between(at[-1 - (ptrdiff_t)gap])) {
        gap++;
    }
    return gap;
}

/* What stands before token `i`, which may be the end: the last byte of the token before it, unless that is a
 * scalar other than a string, and what is between them. False when that is more than is looked at. */
static bool learn_form(Shape *shape, const char *text, const uint32_t *tokens, uint32_t i)
{
    const char *at = text + tokens[i];
    const char *before = text + tokens[i - 1];
    size_t gap = gap_before(at);
    if (gap > EVENT_SHAPE_GAP) {
        return false;
    }
    unsigned char mask[FORM_BYTES] = {0};
    bool is_scalar = *before != '"' && !is_bracket(*before);
    size_t counts = is_scalar ? gap : gap + 1;
    memset(mask + FORM_BEFORE - counts, UINT8_MAX, counts);
    if (i < shape->token_count && (*at == '"' || is_bracket(*at))) {
        mask[FORM_BEFORE] = UINT8_MAX;
    }
    memcpy(&shape->forms[i], at - FORM_BEFORE, FORM_BYTES);
    memcpy(&shape->form_masks[i], mask, FORM_BYTES);
    if (is_scalar) {
        shape->scalars[shape->scalar_count++] =
            (TokenSpan){.token = i - 1, .to = {i, -(int32_t)gap}};
    }
    return true;
}

static bool learn_key(Shape *shape, const char *text, const uint32_t *tokens, uint32_t key)
{
    size_t size = tokens[key + 1] - tokens[key];
    if (size > EVENT_SHAPE_KEY) {
        return false;
    }
    for (size_t at = 0; at < size; at += PIECE_BYTES) {
        size_t len = size - at < PIECE_BYTES ? size - at : PIECE_BYTES;
        KeyPiece *piece = &shape->pieces[shape->piece_count++];
        *piece = (KeyPiece){
            .token = (uint16_t)key, .at = (uint8_t)at, .ignored = (uint8_t)(PIECE_BYTES - len)};
        memcpy(piece->expected, text + tokens[key] + at, len);
    }
    return true;
}

/* What begins at a token at or behind *token, which becomes that, and ends before, at or behind another. */
static TokenSpan span_of(const char *text, const uint32_t *tokens, uint32_t *token, Str raw)
{
    size_t from = (size_t)(raw.ptr - text);
    while (tokens[*token] < from) {
        ++*token;
    }
    uint32_t end = *token + 1;
    if (*raw.ptr == '[') {
        while (tokens[end] < from + raw.len) {
            end++;
        }
        end--;
    }
    return (TokenSpan){.token = *token,
                       .to = {end, (int32_t)((int64_t)(from + raw.len) - tokens[end])}};
}

static void learn_spans(Shape *shape, const char *text, const uint32_t *tokens,
                        const EventWalk *walk)
{
    uint32_t token = 0;
    for (uint32_t i = 0; i < walk->span_count; i++) {
        const FieldSpan *span = &walk->spans[i];
        shape->spans[i] = span_of(text, tokens, &token, (Str){span->ptr, span->len});
        shape->spans[i].field = span->field;
    }
    shape->span_count = walk->span_count;
    shape->source = walk->source;
    shape->hinted = walk->hinted;
    for (uint32_t i = 0; i < EVENT_NAMES; i++) {
        Str name = walk->names[i];
        token = 0;
        if (name.len > 0) {
            shape->names[i] = span_of(text, tokens, &token, (Str){name.ptr - 1, name.len + 2});
        }
    }
}

void event_shapes_learn(EventShapes *shapes, const char *text, const JsonIndex *index,
                        const EventWalk *walk)
{
    if (!may_learn(shapes, index, walk) || memcmp(text, "{\"", 2) != 0) {
        return;
    }
    shapes->learned++;
    Shape *shape = make_room(shapes, text, index, walk);
    for (uint32_t i = FIRST_FORM; i <= index->count; i++) {
        if (!learn_form(shape, text, index->tokens, i)) {
            return;
        }
    }
    for (uint32_t i = 0; i < walk->key_count; i++) {
        if (!learn_key(shape, text, index->tokens, walk->keys[i])) {
            return;
        }
    }
    learn_spans(shape, text, index->tokens, walk);
    shape->mark = mark_of(text, index);
    Shape **first = &shapes->buckets[shape->mark % BUCKETS];
    shape->next = *first;
    *first = shape;
}
