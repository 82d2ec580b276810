#pragma once
/* Schema: what is known about fields before any event is read: their types.
 *
 * The built-in one is the Elastic Common Schema with the fields that Winlogbeat and Elastic Endpoint
 * add; an Elasticsearch mapping (--mapping) replaces it. A field no schema knows is FIELD_UNKNOWN:
 * then each value's own JSON type counts.
 *
 * Lifetimes    in the arena; immutable, shared by all threads. */

#include "base/err.h"
#include "base/str.h"

typedef enum FieldType {
    FIELD_UNKNOWN,
    FIELD_KEYWORD, /* keyword, constant_keyword, wildcard; text with an exact sub-field */
    FIELD_TEXT,    /* analysed only */
    FIELD_LONG,    /* every integer type; unsigned_long as far as int64 goes */
    FIELD_DOUBLE,  /* every floating type */
    FIELD_BOOLEAN,
    FIELD_IP,
    FIELD_DATE,       /* compares and orders by the millisecond */
    FIELD_DATE_NANOS, /* by the nanosecond */
    FIELD_VERSION,
    FIELD_FLATTENED, /* any sub-key is a keyword */
    FIELD_OBJECT,    /* holds other fields; not a value itself */
    FIELD_OTHER,     /* nested, geo, range, binary: EQL refuses them */
} FieldType;

typedef struct SchemaField {
    Str path; /* the real path (behind an alias) */
    FieldType type;
    Str type_name; /* Elasticsearch's word, for messages: "keyword", "long", ... */
    bool has_null_value;
    Str null_value; /* what an explicit null counts as (text form) */
} SchemaField;

typedef struct Schema Schema;

const Schema *schema_builtin(Arena *arena);
/* {"properties":{..}} or {"mappings":{"properties":..}} or {"INDEX":{"mappings":..}}; lines that begin
 * with '#' are skipped. Several indices' mappings merge: a field exists if any maps it. */
const Schema *schema_read_mapping(Arena *arena, Str json, Err *err) MUST_CHECK;

bool schema_find(const Schema *schema, Str path, SchemaField *out);
/* A strict schema (a mapping) calls a field it lacks an error; the built-in one does not. */
bool schema_is_strict(const Schema *schema);
/* True when no event can be expected to have it: its root is one that the schema describes whole
 * (process, file, host, ...) and the path is not there. For the linter: no false alarms. */
bool schema_lacks(const Schema *schema, Str path);
/* Up to `limit` names like `path`, best first (for "did you mean"). */
uint32_t schema_suggest(const Schema *schema, Arena *arena, Str path, Str *out, uint32_t limit);
