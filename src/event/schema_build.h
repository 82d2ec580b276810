#pragma once
/* SchemaBuild: how the two makers of schemas (built-in table, Elasticsearch mapping) fill one. */

#include "event/schema.h"

#define SCHEMA_MAX_FIELDS 200000
#define SCHEMA_MAX_PATH   1024

Schema *schema_new(Arena *arena, bool strict);

/* False if `name` is no type of Elasticsearch. */
bool schema_type_named(Str name, FieldType *out);

/* Adds a field and, as objects, what lies above it. A field that is there stays as it is, unless it
 * was only an object. */
void schema_add(Schema *schema, Str path, const SchemaField *field);
/* Keys below are keywords, whatever they are called. */
void schema_open(Schema *schema, Str path);
/* The schema knows every field below this root. */
void schema_close_root(Schema *schema, Str root);
/* Another index begins. What it says of growing counts for itself: a field that one index may grow may
 * exist. */
void schema_begin_index(Schema *schema);
/* Whether the index may grow fields below an object (empty = the root); what is not said is as above,
 * and yes at the root. */
void schema_set_growth(Schema *schema, Str path, bool grows);
void schema_count_unknown_type(Schema *schema, Str name);
uint32_t schema_count(const Schema *schema);
bool schema_field_at(const Schema *schema, uint32_t at, Str *path, SchemaField *out);
