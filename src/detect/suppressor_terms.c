#include "detect/suppressor_terms.h"

#include "base/json_writer.h"
#include "detect/suppressor.h"

static bool holds(Arena *arena, const Values *values, const Value *wanted)
{
    Str text = value_to_text(arena, wanted);
    for (uint32_t i = 0; i < values->count; i++) {
        if (str_equal(value_to_text(arena, &values->items[i]), text)) {
            return true;
        }
    }
    return false;
}

static void keep_shared(Arena *arena, Values *values, const Values *others)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < values->count; i++) {
        if (holds(arena, others, &values->items[i])) {
            values->items[kept++] = values->items[i];
        }
    }
    values->count = kept;
}

bool suppressor_terms_read(SuppressorTerms *terms, MatchDocuments *documents, const Match *match,
                           const StrList *fields, Arena *arena, Err *err)
{
    *terms = (SuppressorTerms){.arena = arena, .count = fields->count};
    terms->items = ARENA_MANY(arena, SuppressorTerm, fields->count);
    bool first = true;
    for (uint32_t i = 0; i < match->event_count; i++) {
        if (match->events[i].missing) {
            continue;
        }
        for (uint32_t k = 0; k < fields->count; k++) {
            Field field = {.path = fields->items[k], .type = FIELD_UNKNOWN};
            Values values = {0};
            if (!match_documents_values(documents, i, &field, arena, &values, err)) {
                return false;
            }
            terms->items[k].field = field.path;
            if (first) {
                terms->items[k].values = values;
            } else {
                keep_shared(arena, &terms->items[k].values, &values);
            }
        }
        first = false;
    }
    return true;
}

void suppressor_terms_of_group(SuppressorTerms *terms, const StrList *fields, Str key, Arena *arena)
{
    *terms = (SuppressorTerms){.arena = arena, .count = fields->count};
    terms->items = ARENA_MANY(arena, SuppressorTerm, fields->count);
    Value *values = ARENA_MANY(arena, Value, fields->count);
    for (uint32_t i = 0; i < fields->count; i++) {
        values[i] = value_read_key(arena, &key);
        terms->items[i] = (SuppressorTerm){fields->items[i], {&values[i], 1}};
    }
}

bool suppressor_terms_lack(const SuppressorTerms *terms)
{
    for (uint32_t i = 0; i < terms->count; i++) {
        if (terms->items[i].values.count == 0) {
            return true;
        }
    }
    return false;
}

static int by_value(const void *a, const void *b)
{
    return value_compare(a, b);
}

/* The next combination, the last field turning fastest; false behind the last. */
static bool turn(const SuppressorTerms *terms, SuppressorTerm *one, uint32_t *turns)
{
    for (uint32_t i = terms->count; i-- > 0;) {
        const Values *values = &terms->items[i].values;
        bool more = turns[i] + 1 < values->count;
        turns[i] = more ? turns[i] + 1 : 0;
        one[i].values.items = values->count == 0 ? NULL : &values->items[turns[i]];
        if (more) {
            return true;
        }
    }
    return false;
}

static uint64_t put_each(SuppressorTerms *terms, SuppressorPut *put, void *context)
{
    SuppressorTerm *one = ARENA_MANY(terms->arena, SuppressorTerm, terms->count);
    uint32_t *turns = ARENA_MANY(terms->arena, uint32_t, terms->count);
    uint64_t all = 1;
    uint64_t done = 0;
    for (uint32_t i = 0; i < terms->count; i++) {
        const SuppressorTerm *term = &terms->items[i];
        one[i] = *term;
        one[i].values.count = term->values.count == 0 ? 0 : 1;
        if (term->values.count > 1 && __builtin_mul_overflow(all, term->values.count, &all)) {
            all = UINT64_MAX;
        }
    }
    do {
        put(context, one, terms->count);
        done++;
    } while (done < SUPPRESSOR_MAX_GROUPS && turn(terms, one, turns));
    return all - done;
}

uint64_t suppressor_terms_each(SuppressorTerms *terms, SuppressorArrays arrays, SuppressorPut *put,
                               void *context)
{
    switch (arrays) {
    case SUPPRESSOR_EACH: return put_each(terms, put, context);
    case SUPPRESSOR_SORTED:
        for (uint32_t i = 0; i < terms->count; i++) {
            Values *values = &terms->items[i].values;
            if (values->count > 1) {
                qsort(values->items, values->count, sizeof *values->items, by_value);
            }
        }
        break;
    case SUPPRESSOR_SHARED:
    case SUPPRESSOR_GROUP: break;
    }
    put(context, terms->items, terms->count);
    return 0;
}

void suppressor_terms_append_key(Buffer *out, const SuppressorTerm *terms, uint32_t count)
{
    Arena *scratch = arena_new();
    for (uint32_t i = 0; i < count; i++) {
        const Values *values = &terms[i].values;
        buffer_append(out, (Str){(const char *)&values->count, sizeof values->count});
        for (uint32_t k = 0; k < values->count; k++) {
            Value text = value_string(value_to_text(scratch, &values->items[k]));
            value_append_key(out, &text);
        }
    }
    arena_free(scratch);
}

static void append_value(JsonWriter *out, const Value *value)
{
    switch (value->kind) {
    case VALUE_NULL: json_null(out); return;
    case VALUE_BOOL: json_bool(out, value->boolean); return;
    case VALUE_INT: json_i64(out, value->integer); return;
    case VALUE_DOUBLE: json_double(out, value->number); return;
    case VALUE_DATE: /* a field of no type has none */
    case VALUE_STRING: json_string(out, value->text); return;
    }
}

static void append_values(JsonWriter *out, const Values *values, SuppressorArrays arrays)
{
    if (values->count == 0) {
        json_null(out);
        return;
    }
    if (arrays == SUPPRESSOR_EACH || arrays == SUPPRESSOR_GROUP) {
        append_value(out, &values->items[0]);
        return;
    }
    json_begin_array(out);
    for (uint32_t i = 0; i < values->count; i++) {
        append_value(out, &values->items[i]);
    }
    json_end_array(out);
}

void suppressor_terms_append_json(Buffer *out, const SuppressorTerm *terms, uint32_t count,
                                  SuppressorArrays arrays)
{
    JsonWriter json = {.out = out};
    json_begin_array(&json);
    for (uint32_t i = 0; i < count; i++) {
        json_begin_object(&json);
        json_member_string(&json, "field", terms[i].field);
        json_key(&json, STR("value"));
        append_values(&json, &terms[i].values, arrays);
        json_end_object(&json);
    }
    json_end_array(&json);
}
