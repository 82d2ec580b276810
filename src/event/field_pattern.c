#include "event/field_pattern.h"

#include "event/schema_build.h"

#define NO_STAR SIZE_MAX

bool field_pattern_fits(Str pattern, Str path)
{
    size_t from = 0;
    size_t at = 0;
    size_t star = NO_STAR; /* the last one so far; behind it `tried` bytes are left to it */
    size_t tried = 0;
    while (at < path.len) {
        if (from < pattern.len && pattern.ptr[from] == '*') {
            star = from++;
            tried = at;
        } else if (from < pattern.len && pattern.ptr[from] == path.ptr[at]) {
            from++;
            at++;
        } else if (star != NO_STAR) {
            from = star + 1;
            at = ++tried;
        } else {
            return false;
        }
    }
    while (from < pattern.len && pattern.ptr[from] == '*') {
        from++;
    }
    return from == pattern.len;
}

bool field_pattern_leads_below(Str pattern, Str object)
{
    size_t stem = pattern.len;
    (void)str_find_byte(pattern, '*', 0, &stem);
    for (size_t i = 0; i < stem && i <= object.len; i++) {
        bool same = i == object.len ? pattern.ptr[i] == '.' : pattern.ptr[i] == object.ptr[i];
        if (object.len > 0 && !same) {
            return false;
        }
    }
    return true;
}

static void add_kind(Arena *arena, FieldKinds *kinds, const SchemaField *kind)
{
    for (uint32_t i = 0; i < kinds->count; i++) {
        if (schema_same_kind(&kinds->items[i], kind)) {
            return;
        }
    }
    ARRAY_PUSH(arena, kinds, *kind);
}

/* What schema_find gives for a path: what is listed, a keyword below an open object, the text that the built-in schema reads
 * a keyword as; or nothing. */
void field_pattern_kinds(Arena *arena, const Schema *schema, Str pattern, FieldKinds *out)
{
    static const SchemaField UNKNOWN = {.type = FIELD_UNKNOWN, .type_name = STR_INIT("unknown")};
    static const SchemaField KEYWORD = {.type = FIELD_KEYWORD, .type_name = STR_INIT("keyword")};
    static const SchemaField TEXT = {.type = FIELD_TEXT, .type_name = STR_INIT("text")};
    Str path;
    SchemaField field;
    add_kind(arena, out, &UNKNOWN);
    add_kind(arena, out, &KEYWORD);
    if (!schema_is_strict(schema)) {
        add_kind(arena, out, &TEXT);
    }
    for (uint32_t i = 0; schema_field_at(schema, i, &path, &field); i++) {
        if (field.type != FIELD_OBJECT && field_pattern_fits(pattern, path)) {
            add_kind(arena, out, &field);
        }
    }
}

/* A path that the mapping lacks, and that no index grows, is no field: nothing is looked for there. */
bool field_stands_for(const Field *field, Str path)
{
    SchemaField known = {.type = FIELD_UNKNOWN};
    SchemaField wanted = field_kind(field);
    if (path.len > FIELD_PATTERN_BYTES || !field_path_is_reachable(path) ||
        !field_pattern_fits(field->path, path)) {
        return false;
    }
    bool mapped = schema_find(field->schema, path, &known);
    if (known.type == FIELD_OBJECT && !schema_is_strict(field->schema)) {
        known = (SchemaField){.type = FIELD_UNKNOWN}; /* events may know better */
    }
    return schema_same_kind(&known, &wanted) && (mapped || schema_grows(field->schema, path));
}
