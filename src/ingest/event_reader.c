#include "ingest/event_reader.h"

#include "base/heap.h"
#include "base/json.h"
#include "ingest/event_shape.h"
#include "ingest/field_finder.h"
#include "ingest/field_trie.h"
#include "ingest/json_scalar.h"

#define DEFAULT_DEPTH 64
#define DEFAULT_SPANS 65536
#define FIRST_SPANS   256

#define INLINE      static inline __attribute__((always_inline))
#define OUT_OF_LINE static __attribute__((noinline))

/* An object or array that is open. */
typedef struct Frame {
    FieldKey
        *key; /* of an object: the last key, its guess is for the next; NULL: no field is in it.
                      Of an array with objects: its own key, which is theirs and that of the scalars beside
                      them. NULL: no field is in it, or it was taken whole */
    uint32_t node; /* of an object's keys */
    bool is_array;
} Frame;

/* Where the walk is. A local of `walk` alone, of which no pointer is ever given to a function that is not
 * inlined, so that it stays in registers: through memory the walk takes twice as long. */
typedef struct Cursor {
    EventReader *reader;
    const char *text;
    const uint32_t *end; /* of the tokens */
    FieldKey *none;      /* the key that no field has */

    const uint32_t *token;
    Frame *frame;  /* the innermost */
    FieldKey *key; /* of the value at `token`, when that is an opening bracket */
    FieldSpan *span;
    FieldSpan *spans_end;
    uint32_t *asked; /* where the next key goes that is compared */
} Cursor;

/* What the cursor stands before. */
typedef enum Next { NEXT_FAULT, NEXT_INSIDE, NEXT_OPEN, NEXT_CLOSE, NEXT_END } Next;

struct EventReader {
    Arena *arena; /* the trie */
    FieldTrie *trie;
    FieldFinder *finder; /* NULL: no patterns */
    JsonIndexer *build_index;
    JsonIndex index;
    Arena *scratch; /* what had to be unescaped since the last read */
    bool scratch_used;
    FieldSpan *spans;
    FieldSpan *spans_end;
    uint32_t max_spans;
    uint32_t max_depth;
    Frame *frames; /* the first stands for what is around the document */
    EventShapes *shapes;
    uint32_t *asked; /* tokens: the keys that the walk compared */
    size_t asked_capacity;

    /* Of the document that is being read. */
    const char *text;
    const uint32_t *end; /* of the tokens */
    EventWalk found;
    Err *err;
};

EventReader *event_reader_new(const FieldTable *fields, const EventReaderOptions *options)
{
    EventReader *reader = HEAP_NEW(EventReader);
    reader->max_depth =
        options != NULL && options->max_depth != 0 ? options->max_depth : DEFAULT_DEPTH;
    reader->max_spans =
        options != NULL && options->max_spans != 0 ? options->max_spans : DEFAULT_SPANS;
    reader->arena = arena_new();
    reader->scratch = arena_new();
    reader->trie = field_trie_new(reader->arena, fields);
    reader->finder = field_finder_new(fields);
    reader->build_index = options != NULL && options->build_index != NULL ? options->build_index
                                                                          : json_indexer_best();
    reader->frames = heap_zeroed(reader->max_depth + (size_t)1, sizeof *reader->frames);
    uint32_t spans = reader->max_spans < FIRST_SPANS ? reader->max_spans : FIRST_SPANS;
    reader->spans = heap_zeroed(spans, sizeof *reader->spans);
    reader->spans_end = reader->spans + spans;
    reader->shapes = event_shapes_new();
    return reader;
}

void event_reader_free(EventReader *reader)
{
    if (reader == NULL) {
        return;
    }
    json_index_done(&reader->index);
    arena_free(reader->arena);
    arena_free(reader->scratch);
    free(reader->frames);
    free(reader->spans);
    field_finder_free(reader->finder);
    event_shapes_free(reader->shapes);
    free(reader->asked);
    free(reader);
}

/* A token at or behind the index's end is no token of the text: what is wrong there is said by the index,
 * or the text is cut. */
OUT_OF_LINE Next fault_at(EventReader *reader, size_t at, const char *what)
{
    const JsonIndex *index = &reader->index;
    if (at >= index->end) {
        at = index->end;
        what = index->fault != NULL ? index->fault : "the document ends too early";
    }
    reader->err->at = at;
    err_set(reader->err, ERR_SYNTAX, "%s", what);
    return NEXT_FAULT;
}

OUT_OF_LINE Next limit_at(EventReader *reader, size_t at, const char *what, uint32_t limit)
{
    reader->err->at = at;
    err_set(reader->err, ERR_LIMIT, "more than %u %s", limit, what);
    return NEXT_FAULT;
}

/* Makes room for more spans behind those there are, which fill it. NULL when there may be no more. */
OUT_OF_LINE FieldSpan *grow(EventReader *reader, size_t from)
{
    size_t count = (size_t)(reader->spans_end - reader->spans);
    if (count == reader->max_spans) {
        limit_at(reader, from, "values of fields asked for", reader->max_spans);
        return NULL;
    }
    size_t wanted = count > reader->max_spans / 2 ? reader->max_spans : count * 2;
    reader->spans = heap_resize(reader->spans, wanted, sizeof *reader->spans);
    reader->spans_end = reader->spans + wanted;
    return reader->spans + count;
}

/* Keeps what the document says about itself: the first string that is not empty counts. */
static void take_name(EventWalk *found, EventName which, Str raw)
{
    if (raw.ptr[0] == '"' && found->names[which].len == 0) {
        found->names[which] = (Str){raw.ptr + 1, raw.len - 2};
        found->has_empty_name |= raw.len == 2;
    }
}

/* What a key stands for that is no plain field: the field to hand out, if there is one. */
OUT_OF_LINE FieldId take_special(EventReader *reader, bool is_beside, FieldId field, Str raw)
{
    if (field >= FIELD_KEY_INDEX) {
        uint32_t which = is_beside ? EVENT_NAME_INDEX : EVENT_NAME_SOURCE_INDEX;
        which += field == FIELD_KEY_INDEX ? 0 : EVENT_NAME_ID;
        take_name(&reader->found, which, raw);
        return FIELD_KEY_NONE;
    }
    reader->found.hinted = true;
    return field == FIELD_KEY_PAST ? FIELD_KEY_NONE : field & ~FIELD_KEY_HINT;
}

/* Hands out the value of a key if it is wanted. */
INLINE bool take(Cursor *at, FieldId field, size_t from, size_t to)
{
    if (field >= FIELD_KEY_SPECIAL && field != FIELD_KEY_NONE) {
        bool is_beside = at->frame == at->reader->frames + 1;
        field = take_special(at->reader, is_beside, field, (Str){at->text + from, to - from});
    }
    if (field < FIELD_KEY_SPECIAL) {
        if (__builtin_expect(at->span == at->spans_end, 0)) {
            at->span = grow(at->reader, from);
            at->spans_end = at->reader->spans_end;
            if (at->span == NULL) {
                return false;
            }
        }
        *at->span++ =
            (FieldSpan){.field = field, .len = (uint32_t)(to - from), .ptr = at->text + from};
    }
    return true;
}

/* '[' or '{'. */
INLINE bool is_opening(char byte)
{
    return (byte | 0x20) == '{';
}

INLINE bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Few other bytes are no more than a blank: which it is matters where they are looked at one by one. */
INLINE bool may_be_blank(char byte)
{
    return __builtin_expect((unsigned char)byte <= ' ', 0);
}

/* The end of what stands before the blanks before `to`; something does. */
INLINE size_t trim(const char *text, size_t to)
{
    while (is_blank(text[to - 1])) {
        to--;
    }
    return to;
}

/* What follows a value: blanks, at most one comma. `to` becomes the end of the value itself. */
OUT_OF_LINE bool comma_somewhere_before(const char *text, size_t token, size_t *to)
{
    size_t at = trim(text, token);
    bool comma = text[at - 1] == ',';
    *to = comma ? trim(text, at - 1) : at;
    return comma;
}

/* The same; most events have no blanks. */
INLINE bool comma_before(const char *text, size_t token, size_t *to)
{
    bool comma = text[token - 1] == ',';
    *to = token - comma;
    return may_be_blank(text[*to - 1]) ? comma_somewhere_before(text, token, to) : comma;
}

/* The two bytes before `at`. */
INLINE bool pair_before(const char *text, size_t at, const char pair[2])
{
    return memcmp(text + at - 2, pair, 2) == 0;
}

/* The key at `token`, by lookup; NULL when it is no key. It becomes the guess of the one before it, which is NULL
 * where no field is. */
OUT_OF_LINE FieldKey *find(EventReader *reader, uint32_t node, FieldKey *before,
                           const uint32_t *token)
{
    const char *text = reader->text;
    size_t open = token[0];
    size_t colon = trim(text, token[1]) - 1;
    size_t quote = trim(text, colon) - 1;
    if (text[open] != '"') {
        fault_at(reader, open, "expected a key in double quotes");
        return NULL;
    }
    if (text[colon] != ':' || text[quote] != '"') {
        fault_at(reader, colon, "expected ':' behind a key");
        return NULL;
    }
    FieldKey *none = reader->trie->keys;
    if (before == NULL) {
        return none;
    }
    Str spelling = {text + open + 1, quote - open - 1};
    bool has_escape = json_has_escape(spelling);
    if (has_escape) {
        reader->scratch_used = true;
        spelling = json_unescape(reader->scratch, spelling);
    }
    FieldKey *key = field_trie_find(reader->trie, node, spelling);
    if (key == none && !has_escape) {
        FieldKey *learned = field_trie_learn(reader->trie, node, spelling);
        key = learned != NULL ? learned : none;
    }
    if (key == none && field_trie_leads_past(reader->trie, node, spelling)) {
        return &reader->trie->past;
    }
    if (key != none && before != &reader->trie->past) { /* which is a key of many nodes */
        before->next = key;
    }
    return key;
}

/* True when `guess` is the key at the cursor. */
INLINE bool is_guessed(const Cursor *at, const FieldKey *guess)
{
    size_t open = at->token[0];
    size_t value = at->token[1];
    size_t room = value - open;
    return field_key_matches(at->reader->trie, guess, at->text + open, room) &&
           (room == guess->size || trim(at->text, value) - open == guess->size);
}

/* True when a key stands at the cursor, as it is usually spelled. */
INLINE bool is_key(const Cursor *at)
{
    return at->text[at->token[0]] == '"' && pair_before(at->text, at->token[1], "\":");
}

/* No key and value are left. */
OUT_OF_LINE Next member_fault(EventReader *reader, const uint32_t *token)
{
    bool is_key = token < reader->end && reader->text[*token] == '"';
    return fault_at(reader, is_key ? reader->index.end : *token, "expected a key in double quotes");
}

/* What is between `token` and the next one is no scalar, or more than one. */
OUT_OF_LINE Next scalar_fault(EventReader *reader, const uint32_t *token)
{
    const char *text = reader->text;
    size_t from = token[0];
    if (token + 1 >= reader->end && reader->index.fault != NULL) {
        return fault_at(reader, reader->index.end, ""); /* it is in the scalar */
    }
    size_t to = text[from] == '"' ? token[1] : from;
    while (text[from] == '"' && text[to - 1] != '"') {
        to--;
    }
    while (to < token[1] && !is_blank(text[to]) && text[to] != ',' && text[to] != ':') {
        to++;
    }
    if (to == from || !json_scalar_check(text + from, text + to)) {
        return fault_at(reader, from, json_scalar_fault(text[from]));
    }
    return fault_at(reader, trim(text, token[1]) - 1, "expected ',' or a closing bracket");
}

/* The key at the cursor, NULL when it is none. In most events it is the one that came next last time. */
INLINE FieldKey *key_at(const Cursor *at, FieldKey *before, bool wanted)
{
    FieldKey *key = wanted ? before->next : at->none;
    if (wanted ? is_guessed(at, key) : is_key(at)) {
        return key;
    }
    return find(at->reader, at->frame->node, before, at->token);
}

/* member := string ":" value. Runs on until an object or array opens or this one closes. */
INLINE Next members(Cursor *at, bool wanted)
{
    const char *text = at->text;
    const uint32_t *last = at->end - 1;
    FieldKey *before = wanted ? at->frame->key : NULL;
    for (;; at->token += 2) {
        if (at->token >= last) {
            return member_fault(at->reader, at->token);
        }
        FieldKey *key = key_at(at, before, wanted);
        if (key == NULL) {
            return NEXT_FAULT;
        }
        if (wanted) {
            *at->asked++ = (uint32_t)(at->token - at->reader->index.tokens);
        }
        before = key != at->none ? key : before;
        size_t from = at->token[1];
        size_t to = at->token[2] - (size_t)1;
        bool comma = true;
        if (text[from] != '"' || !pair_before(text, to + 1, "\",")) {
            if (is_opening(text[from])) {
                at->token++;
                at->key = key;
                at->frame->key = before;
                return NEXT_OPEN;
            }
            comma = comma_before(text, to + 1, &to);
            if (!json_scalar_check(text + from, text + to)) {
                return scalar_fault(at->reader, at->token + 1);
            }
        }
        if (wanted && !take(at, key->field, from, to)) {
            return NEXT_FAULT;
        }
        if (!comma) {
            at->token += 2;
            return NEXT_CLOSE;
        }
    }
}

/* Values of an array, as members. */
INLINE Next elements(Cursor *at)
{
    const char *text = at->text;
    FieldKey *key = at->frame->key;
    for (;; at->token++) {
        size_t from = at->token[0];
        if (at->token >= at->end) {
            return fault_at(at->reader, from, "");
        }
        if (is_opening(text[from])) {
            at->key = key;
            return NEXT_OPEN;
        }
        size_t to = 0;
        bool comma = comma_before(text, at->token[1], &to);
        if (!json_scalar_check(text + from, text + to)) {
            return scalar_fault(at->reader, at->token);
        }
        if (!take(at, key->field, from, to)) {
            return NEXT_FAULT;
        }
        if (!comma) {
            at->token++;
            return NEXT_CLOSE;
        }
    }
}

/* Where the array that begins at token `first` ends, when it holds no object; else, or when it does not
 * end, 0. The arrays in it hold none either. */
OUT_OF_LINE size_t end_of_plain_array(const char *text, const uint32_t *first, const uint32_t *end)
{
    size_t open = 0;
    for (const uint32_t *token = first; token < end; token++) {
        switch (text[*token]) {
        case '[': open++; break;
        case '{': return 0;
        case ']':
            if (--open == 0) {
                return *token + (size_t)1;
            }
            break;
        default: break;
        }
    }
    return 0;
}

/* The key that the values in an array count for: the array's own when there are objects among them;
 * none when the array is a value itself and has been handed out whole. */
INLINE bool take_array(Cursor *at)
{
    if (at->key->node == FIELD_NODE_NONE || at->frame->is_array) {
        return true;
    }
    size_t end = end_of_plain_array(at->text, at->token, at->end);
    FieldId field = at->key->field;
    /* What the wrapper says is in objects and strings, never in arrays, which it does not take either. */
    if (end != 0 || at->key->node < FIELD_NODES) {
        at->key = at->none;
    }
    return end == 0 || take(at, field, *at->token, end);
}

/* At an opening bracket: into the object or array. */
INLINE Next open(Cursor *at)
{
    EventReader *reader = at->reader;
    const char *text = at->text;
    size_t behind = *at->token + (size_t)1;
    bool is_array = text[behind - 1] == '[';
    if (at->frame == reader->frames + reader->max_depth) {
        return limit_at(reader, *at->token, "levels of nesting", reader->max_depth);
    }
    if (is_array) {
        if (!take_array(at)) {
            return NEXT_FAULT;
        }
        *++at->frame = (Frame){.key = at->key, .is_array = true};
    } else {
        if (__builtin_expect(reader->trie->hints != NULL, 0)) {
            reader->found.hinted |=
                reader->trie->hints[at->key->node] || at->key->field == FIELD_KEY_PAST;
        }
        if (at->key->node == FIELD_NODE_SOURCE) {
            reader->found.source = (uint32_t)(at->token - reader->index.tokens);
            reader->found.names[EVENT_NAME_SOURCE_INDEX] = (Str){0};
            reader->found.names[EVENT_NAME_SOURCE_ID] = (Str){0};
            at->span = reader->spans;
            at->frame->node = FIELD_NODE_WRAPPER;
            at->frame->key = &reader->trie->starts[FIELD_NODE_WRAPPER];
        }
        *++at->frame = (Frame){.key = at->key->below, .node = at->key->node};
    }
    at->token++;
    if (*at->token != behind && trim(text, *at->token) != behind) {
        return fault_at(reader, behind, is_array ? "expected a value" : "expected a key");
    }
    return text[*at->token] == (is_array ? ']' : '}') ? NEXT_CLOSE : NEXT_INSIDE;
}

/* Where the innermost object or array should end: out of it. */
INLINE Next close(Cursor *at)
{
    EventReader *reader = at->reader;
    const char *text = at->text;
    size_t behind = *at->token + (size_t)1;
    bool is_array = at->frame->is_array;
    if (at->token >= at->end || text[behind - 1] != (is_array ? ']' : '}')) {
        return fault_at(reader, behind - 1,
                        is_array ? "expected ',' or ']'" : "expected ',' or '}'");
    }
    at->token++;
    at->frame--;
    size_t to = 0;
    bool comma = comma_before(text, *at->token, &to);
    if (to != behind) {
        return fault_at(reader, behind, "expected ',' or a closing bracket");
    }
    if (at->frame == reader->frames) {
        return comma ? fault_at(reader, behind, "text behind the document") : NEXT_END;
    }
    return comma ? NEXT_INSIDE : NEXT_CLOSE;
}

INLINE Next inside(Cursor *at)
{
    if (at->frame->is_array) {
        return elements(at);
    }
    return at->frame->key != NULL ? members(at, true) : members(at, false);
}

/* Nothing but blanks before the first token. */
static bool starts_blank(const EventReader *reader, size_t first)
{
    for (size_t at = 0; at < first; at++) {
        if (!is_blank(reader->text[at])) {
            return false;
        }
    }
    return true;
}

static bool walk(EventReader *reader)
{
    FieldTrie *trie = reader->trie;
    FieldKey document = {.node = FIELD_NODE_TOP, .below = &trie->starts[FIELD_NODE_TOP]};
    Cursor at = {.reader = reader,
                 .text = reader->text,
                 .end = reader->end,
                 .none = trie->keys,
                 .token = reader->index.tokens,
                 .frame = reader->frames,
                 .key = &document,
                 .span = reader->spans,
                 .spans_end = reader->spans_end,
                 .asked = reader->asked};
    size_t first = *at.token;
    if (at.token == at.end || at.text[first] != '{' || !starts_blank(reader, first)) {
        fault_at(reader, first, "an event must be an object");
        return false;
    }
    Next next = NEXT_OPEN;
    do {
        if (next == NEXT_OPEN) {
            next = open(&at);
        }
        while (next == NEXT_CLOSE) {
            next = close(&at);
        }
        if (next == NEXT_INSIDE) {
            next = inside(&at);
        }
    } while (next != NEXT_END && next != NEXT_FAULT);
    reader->found.spans = reader->spans;
    reader->found.span_count = (uint32_t)(at.span - reader->spans);
    reader->found.keys = reader->asked;
    reader->found.key_count = (uint32_t)(at.asked - reader->asked);
    if (next == NEXT_END && (at.token != at.end || reader->index.fault != NULL)) {
        next = fault_at(reader, *at.token, "text behind the document");
    }
    return next == NEXT_END;
}

/* By the document's shape, or by a walk, from which the shape is learned. */
static bool find_all(EventReader *reader)
{
    const JsonIndex *index = &reader->index;
    reader->found = (EventWalk){0};
    if (index->fault == NULL &&
        event_shapes_find(reader->shapes, reader->text, index, &reader->found)) {
        return true;
    }
    if (index->count > reader->asked_capacity) {
        reader->asked =
            heap_grow(reader->asked, &reader->asked_capacity, index->count, sizeof *reader->asked);
    }
    if (!walk(reader)) {
        return false;
    }
    event_shapes_learn(reader->shapes, reader->text, index, &reader->found);
    return true;
}

/* The values of patterns' fields, behind all others. */
static bool find_patterns(EventReader *reader)
{
    EventWalk *found = &reader->found;
    const uint32_t *source = reader->index.tokens + found->source;
    uint32_t most = reader->max_spans - found->span_count;
    FoundFields more = field_finder_walk(reader->finder, reader->text, source, most);
    if (more.beyond != 0) {
        limit_at(reader, more.beyond, "values of fields asked for", reader->max_spans);
        return false;
    }
    while ((size_t)(reader->spans_end - reader->spans) < found->span_count + (size_t)more.count) {
        bool is_own = found->spans == reader->spans;
        (void)grow(reader, 0);
        found->spans = is_own ? reader->spans : found->spans;
    }
    if (found->spans != reader->spans && found->span_count > 0) {
        memcpy(reader->spans, found->spans, found->span_count * sizeof *found->spans);
    }
    if (more.count > 0) {
        memcpy(reader->spans + found->span_count, more.items, more.count * sizeof *more.items);
    }
    found->spans = reader->spans;
    found->span_count += more.count;
    return true;
}

static Str unescape_name(EventReader *reader, EventName beside, EventName in_source)
{
    const Str *names = reader->found.names;
    Str raw = names[beside].len != 0 ? names[beside] : names[in_source];
    if (raw.len == 0 || !json_has_escape(raw)) {
        return raw;
    }
    reader->scratch_used = true;
    return json_unescape(reader->scratch, raw);
}

bool event_reader_read(EventReader *reader, Str text, EventSpans *out, Err *err)
{
    if (text.len > JSON_INDEX_MAX_TEXT) {
        err->at = 0;
        return err_set(err, ERR_LIMIT, "the document is larger than %zu bytes",
                       JSON_INDEX_MAX_TEXT);
    }
    if (reader->scratch_used) {
        arena_reset(reader->scratch);
        reader->scratch_used = false;
    }
    reader->build_index(&reader->index, text);
    reader->text = text.ptr;
    reader->end = reader->index.tokens + reader->index.count;
    reader->err = err;
    if (!find_all(reader) || (reader->found.hinted && !find_patterns(reader))) {
        return false;
    }
    *out = (EventSpans){.items = reader->found.spans,
                        .count = reader->found.span_count,
                        .index = unescape_name(reader, EVENT_NAME_INDEX, EVENT_NAME_SOURCE_INDEX),
                        .id = unescape_name(reader, EVENT_NAME_ID, EVENT_NAME_SOURCE_ID)};
    return true;
}
