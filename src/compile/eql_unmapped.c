#include "compile/eql_unmapped.h"

#include "compile/query_scope.h"

#define SUGGESTIONS 5

/* Without a mapping a name that events have helps more than one that they could have. */
static Str did_you_mean(Arena *arena, const Schema *schema, const FieldWatch *seen, Str path)
{
    Similar known = schema_similar(schema, arena, path, SUGGESTIONS);
    if (seen == NULL) {
        return similar_did_you_mean(&known);
    }
    if (schema_is_strict(schema)) {
        field_watch_offer(seen, &known);
        return similar_did_you_mean(&known);
    }
    Similar met = {.arena = arena, .name = path, .least = known.least, .limit = SUGGESTIONS};
    field_watch_offer(seen, &met);
    return similar_did_you_mean(met.nearest.count > 0 ? &met : &known);
}

Str eql_unknown_column(Arena *arena, const Schema *schema, const FieldWatch *seen, Str path)
{
    Str hint = did_you_mean(arena, schema, seen, path);
    return str_format(arena, "Unknown column [%.*s]%.*s", STR_ARG(path), STR_ARG(hint));
}

static Str problem(Arena *arena, const Schema *schema, const FieldWatch *seen, Str path)
{
    if (field_watch_saw_below(seen, path)) {
        return str_format(arena, "Cannot use field [%.*s] type [object] only its subfields",
                          STR_ARG(path));
    }
    if (schema_is_strict(schema)) {
        return eql_unknown_column(arena, schema, seen, path);
    }
    Str hint = did_you_mean(arena, schema, seen, path);
    return str_format(arena, "no event has the field [%.*s]%.*s", STR_ARG(path), STR_ARG(hint));
}

/* The list without fields that were met before, and without those that were seen. */
static EqlUnmapped each_once(const EqlUnmapped *unmapped, const FieldTable *fields,
                             const FieldWatch *seen, Arena *arena)
{
    EqlUnmapped once = {0};
    bool *told = ARENA_MANY(arena, bool, field_table_count(fields));
    for (uint32_t i = 0; i < unmapped->list.count; i++) {
        EqlUnmappedField one = unmapped->list.items[i];
        if (!told[one.field] && (seen == NULL || !field_watch_saw(seen, one.field))) {
            told[one.field] = true;
            ARRAY_PUSH(arena, &once.list, one);
        }
    }
    return once;
}

void eql_unmapped_tell(const EqlUnmapped *unmapped, const FieldTable *fields,
                       const FieldWatch *seen, Diagnostics *diagnostics)
{
    const Schema *schema = field_table_schema(fields);
    Arena *arena = diagnostics->arena;
    bool strict = schema_is_strict(schema);
    EqlUnmapped told = strict ? *unmapped : each_once(unmapped, fields, seen, arena);
    QueryScope scope = {.arena = arena, .strict = strict, .diagnostics = diagnostics};
    for (uint32_t i = 0; i < told.list.count; i++) {
        const EqlUnmappedField *one = &told.list.items[i];
        if (field_watch_saw(seen, one->field)) {
            continue;
        }
        Str message = STR("");
        if (!query_scope_is_full(&scope, strict ? SEVERITY_ERROR : SEVERITY_WARNING)) {
            message = problem(arena, schema, seen, field_table_get(fields, one->field)->path);
        }
        (void)query_scope_doubt(&scope, (QuerySpan){one->at, one->len}, QUERY_CODE_FIELD, "%.*s",
                                STR_ARG(message));
    }
    query_scope_finish(&scope);
}

void eql_unmapped_tell_unasked(const EqlUnmapped *unmapped, const FieldTable *fields,
                               Diagnostics *diagnostics)
{
    if (!schema_is_strict(field_table_schema(fields))) {
        return;
    }
    EqlUnmapped once = each_once(unmapped, fields, NULL, diagnostics->arena);
    for (uint32_t i = 0; i < once.list.count && i < QUERY_MAX_PROBLEMS; i++) {
        const EqlUnmappedField *one = &once.list.items[i];
        Str path = field_table_get(fields, one->field)->path;
        diagnostic_add(diagnostics, SEVERITY_NOTE, QUERY_CODE_FIELD, one->at, one->len,
                       "the mapping lacks the field [%.*s]: an error unless some event has it",
                       STR_ARG(path));
    }
    QueryScope scope = {.diagnostics = diagnostics};
    scope.withheld =
        once.list.count > QUERY_MAX_PROBLEMS ? once.list.count - QUERY_MAX_PROBLEMS : 0;
    query_scope_finish(&scope);
}
