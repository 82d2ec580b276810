#pragma once
/* EqlUnmapped: the fields that a query names and its schema lacks. Whether they exist is for the events
 * to say: a mapping that grows has what some event has, and so has the built-in schema. */

#include "base/diagnostic.h"
#include "event/field_watch.h"

typedef struct EqlUnmappedField {
    FieldId field;
    uint32_t at, len; /* in the query's text */
} EqlUnmappedField;

typedef struct EqlUnmapped {
    ARRAY(EqlUnmappedField)
    list; /* in order of compilation; optional fields (?x) are not among them */
} EqlUnmapped;

/* Elasticsearch's words for a field that is not there. `seen`: NULL, or what the events have. */
Str eql_unknown_column(Arena *arena, const Schema *schema, const FieldWatch *seen, Str path);

/* Tells of each field that no event has: under a mapping it is an error wherever it stands, else one
 * warning a field. */
void eql_unmapped_tell(const EqlUnmapped *unmapped, const FieldTable *fields,
                       const FieldWatch *seen, Diagnostics *diagnostics);
/* The same where no events are asked: a note a field, under a mapping. */
void eql_unmapped_tell_unasked(const EqlUnmapped *unmapped, const FieldTable *fields,
                               Diagnostics *diagnostics);
