#pragma once
/* Schema: what is known about fields before any event is read: their types.
 *
 * The built-in one is the Elastic Common Schema with the fields that Winlogbeat and Elastic Endpoint
 * add; an Elasticsearch mapping (--mapping) replaces it. A field no schema knows is FIELD_UNKNOWN:
 * then each value's own JSON type counts.
 *
 * Lifetimes    in the arena; immutable, shared by all threads. */

#include "base/err.h"
#include "base/similar.h"

typedef enum FieldType {
    FIELD_UNKNOWN, /* no schema knows it, or its mapping names a type we do not */
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
    Str date_format; /* how the mapping says that its dates are written; empty: as usual (date_format.h) */
} SchemaField;

typedef struct Schema Schema;

const Schema *schema_builtin(Arena *arena);
/* {"properties":{..}} or {"mappings":{"properties":..}} or {"INDEX":{"mappings":..}}; lines that begin
 * with '#' are skipped. Several indices' mappings merge: a field exists if any maps it. A type that is
 * not known (a plugin's) makes its field FIELD_UNKNOWN. */
const Schema *schema_read_mapping(Arena *arena, Str json, Err *err) MUST_CHECK;
/* How many fields of a mapping have a type that is not known; *first is such a type. */
uint32_t schema_unknown_types(const Schema *schema, Str *first);

bool schema_find(const Schema *schema, Str path, SchemaField *out);
/* True when values of both are read alike: type, what null means, how dates are written. */
bool schema_same_kind(const SchemaField *a, const SchemaField *b);
/* A strict schema (a mapping) says what the events' fields are; the built-in one only what they should
 * be. */
bool schema_is_strict(const Schema *schema);
/* True when events may have a field that the schema lacks: always with the built-in one; with a mapping
 * unless it says "dynamic": false or "strict" of where the field would stand. */
bool schema_grows(const Schema *schema, Str path);
/* True when no event can be expected to have it: its root is one that the schema describes whole
 * (process, file, host, ...) and the path is not there. For the linter: no false alarms. */
bool schema_lacks(const Schema *schema, Str path);
/* The names like `path`, at most `limit`, for "did you mean". More names may be offered. */
Similar schema_similar(const Schema *schema, Arena *arena, Str path, uint32_t limit);
