#pragma once
/* Json: a whole JSON text as a tree of spans, for documents that are few: rule files, mappings,
 * events that matched. The reader for many events is ingest/event_reader.
 *
 * Lifetimes    nodes live in the arena and borrow the text; keys and strings with escapes are
 *              unescaped into the arena, all others point into the text.
 * Bounds       nesting (JSON_MAX_DEPTH) and the text's own length; both refused with ERR_LIMIT.
 * Strictness   RFC 8259 whole: UTF-8, escapes (a lone surrogate is refused), numbers, one value and
 *              nothing behind it. A key that occurs twice is kept twice, in order. */

#include "base/err.h"
#include "base/str.h"

#define JSON_MAX_DEPTH 64

typedef enum JsonKind {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
} JsonKind;

typedef struct Json Json;
struct Json {
    JsonKind kind;
    bool boolean;   /* JSON_BOOL */
    Str raw;        /* the value's own bytes, quotes and brackets included */
    Str text;       /* JSON_STRING: unescaped; JSON_NUMBER: raw */
    Str key;        /* unescaped; empty outside an object */
    size_t at;      /* byte offset of `raw` in the text */
    uint32_t count; /* children */
    Json *first;    /* children in order: first, first->next, ... */
    Json *next;
};

/* NULL on failure: err->at is the byte offset of the fault, err->text says what is wrong there. */
Json *json_parse(Arena *arena, Str text, Err *err) MUST_CHECK;

/* The last child of that key, which is the one that counts, or NULL. */
const Json *json_get(const Json *object, Str key);

/* The text of a member that is one; else empty. */
Str json_get_text(const Json *object, Str key);
/* The first item of a member that is a list; NULL: it has none. */
const Json *json_get_items(const Json *object, Str key);

/* The bytes between the quotes of a JSON string, unescaped; `raw` itself when it has no backslash.
 * The caller has validated it. */
Str json_unescape(Arena *arena, Str raw);

/* The first byte at or behind `at` that does not stand for itself in a JSON string: a quote, a backslash, or a control
 * character. The end if there is none. */
size_t json_skip_plain(Str text, size_t at);

/* The number in `text` (a valid JSON number): int64 when it is written as a whole number, without
 * fraction and exponent, and in range. */
bool json_number_is_i64(Str text, int64_t *out);

/* Line and column (both from 1, column in bytes) of a byte offset. */
void json_position(Str text, size_t at, size_t *line, size_t *column);
