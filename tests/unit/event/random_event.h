#pragma once
/* RandomEvent: small JSON events of few names, so that paths meet in every way: nested, dotted,
 * both, twice, in arrays of objects; values of every kind. And a reader of spans that is plain to
 * see through. */

#include "base/array.h"
#include "base/json.h"
#include "event/batch.h"
#include "random.h"

static inline void random_event_string(Random *random, Buffer *out)
{
    static const char *const TEXTS[] = {
        "\"\"",         "\"a\"",      "\"A\"",
        "\"\\u0061\"",  "\"x\\\"y\"", "\"5\"",
        "\"5.5\"",      "\"true\"",   "\"2024-01-02T03:04:05.678901Z\"",
        "\"10.0.0.1\"", "\"logs\"",   "\"caf\\u00e9\"",
        "\"[1,2]\"",
    };
    buffer_append_c(out, TEXTS[random_below(random, ARRAY_LEN(TEXTS))]);
}

static inline void random_event_scalar(Random *random, Buffer *out)
{
    static const char *const SCALARS[] = {
        "null", "true", "false", "0", "5", "-0.0", "5.0", "1e2", "5.75", "1e999", "1714979289123"};
    if (random_below(random, 2) == 0) {
        random_event_string(random, out);
    } else {
        buffer_append_c(out, SCALARS[random_below(random, ARRAY_LEN(SCALARS))]);
    }
}

static inline void random_event_object(Random *random, Buffer *out, int depth);

static inline void random_event_value(Random *random, Buffer *out, int depth)
{
    uint32_t kind = depth == 0 ? 0 : random_below(random, 8);
    if (kind < 4) {
        random_event_scalar(random, out);
    } else if (kind < 6) {
        random_event_object(random, out, depth - 1);
    } else {
        uint32_t count = random_below(random, 4);
        buffer_append_byte(out, '[');
        for (uint32_t i = 0; i < count; i++) {
            buffer_append_c(out, i == 0 ? " " : ",\n");
            random_event_value(random, out, depth - 1);
        }
        buffer_append_byte(out, ']');
    }
}

static inline void random_event_object(Random *random, Buffer *out, int depth)
{
    static const char *const KEYS[] = {"a",       "b",          "c",   "a.b",   "b.c",
                                       "a.b.c",   "",           "a.a", "a.b.b", "_index",
                                       "\\u0061", "agent.type", "_id"};
    uint32_t count = random_below(random, 6);
    buffer_append_byte(out, '{');
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_format(out, "%s\"%s\" : ", i == 0 ? "" : ", ",
                             KEYS[random_below(random, ARRAY_LEN(KEYS))]);
        random_event_value(random, out, depth);
    }
    buffer_append_byte(out, '}');
}

typedef ARRAY(FieldSpan) RandomEventSpans;

static inline void random_event_walk(Arena *arena, const FieldTable *fields, const Json *node,
                                     Str path, RandomEventSpans *spans)
{
    for (const Json *child = node->first; child != NULL; child = child->next) {
        Str below = path;
        if (node->kind == JSON_OBJECT) {
            below = path.ptr != NULL
                        ? str_format(arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(child->key))
                        : child->key;
            for (FieldId id = 0; id < field_table_count(fields); id++) {
                if (str_equal(field_table_get(fields, id)->path, below)) {
                    FieldSpan span = {id, (uint32_t)child->raw.len, child->raw.ptr};
                    ARRAY_PUSH(arena, spans, span);
                }
            }
        }
        random_event_walk(arena, fields, child, below, spans);
    }
}
