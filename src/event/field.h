#pragma once
/* FieldTable: the fields that some rule or query asks for. The reader touches no others.
 *
 * Lifetimes    filled while rules are compiled, then immutable and shared by all threads.
 * Ids          dense from 0, in order of first asking. */

#include "event/schema.h"

typedef uint32_t FieldId;

/* How a field is used, which decides how the reader keeps it (bits). */
typedef enum FieldUse {
    FIELD_USE_VALUE = 1, /* conditions, join keys: dictionary-coded column */
    FIELD_USE_SPAN = 2,  /* times, tiebreakers: the raw bytes per row, read only where a row hits */
} FieldUse;

typedef struct Field {
    Str path; /* as events spell it (behind an alias), dots between parts */
    FieldType type;
    uint32_t uses; /* FieldUse bits */
    bool has_null_value;
    Str null_value;
    Str date_format;      /* empty: as usual (date_format.h) */
    bool is_pattern;      /* `path` is one: stands for many fields (field_pattern.h) */
    const Schema *schema; /* of a pattern: tells which those are */
} Field;

/* Elasticsearch maps at most 20 parts; each costs an entry in every node above it (ingest/field_trie.h). */
#define FIELD_MAX_PARTS 32
#define FIELD_MAX_BYTES 4096

/* Not in the document but about it. An event without one of its own gets `_index` from what it says:
 * to ask for it is to ask for INDEX_HINTS too. */
#define FIELD_INDEX_PATH "_index"
#define FIELD_ID_PATH    "_id"

/* What tells the index of an event that does not name it: see index_from_hints. */
#define INDEX_HINTS(X)                           \
    X(alert_uuid, "kibana.alert.uuid")           \
    X(alert_space, "kibana.space_ids")           \
    X(stream_type, "data_stream.type")           \
    X(stream_dataset, "data_stream.dataset")     \
    X(stream_namespace, "data_stream.namespace") \
    X(agent_type, "agent.type")                  \
    X(agent_version, "agent.version")            \
    X(event_dataset, "event.dataset")

typedef struct FieldTable FieldTable;

FieldTable *field_table_new(Arena *arena, const Schema *schema);
FieldId field_table_add(FieldTable *table, Str path,
                        FieldUse use); /* resolves aliases; joins the uses */
uint32_t field_table_count(const FieldTable *table);
const Field *field_table_get(const FieldTable *table, FieldId id);
/* One more that stands for the fields of a kind whose paths fit a pattern; an old one when an equal one exists. */
FieldId field_table_add_pattern(FieldTable *table, Str pattern, const SchemaField *kind);
SchemaField field_kind(const Field *field);
bool field_table_has_patterns(const FieldTable *table);
bool field_table_find(const FieldTable *table, Str path, FieldId *out);
const Schema *field_table_schema(const FieldTable *table);

/* A path whose parts can be those of an event's keys: none is empty, there are not too many, and it is not one that stands
 * beside the event. */
bool field_path_is_reachable(Str path);
