#include "event/field.h"

#include "base/array.h"
#include "base/table.h"

struct FieldTable {
    Arena *arena;
    const Schema *schema;
    Table *paths; /* real paths; index = FieldId */
    ARRAY(Field) fields;
    bool has_patterns;
};

FieldTable *field_table_new(Arena *arena, const Schema *schema)
{
    FieldTable *table = ARENA_NEW(arena, FieldTable);
    table->arena = arena;
    table->schema = schema;
    table->paths = table_new(arena);
    return table;
}

/* A multi-field is another reading of a value that stands in the event once: its column holds the value as
 * the field itself has it. */
static SchemaField describe(const FieldTable *table, Str path)
{
    SchemaField known;
    if (!schema_find(table->schema, path, &known)) {
        return (SchemaField){.path = path, .type = FIELD_UNKNOWN};
    }
    SchemaField real;
    return schema_find(table->schema, known.path, &real) ? real : known;
}

static FieldId add(FieldTable *table, Str path, FieldUse use)
{
    SchemaField known = describe(table, path);
    FieldId id = table_add(table->paths, known.path);
    if (id == table->fields.count) {
        Field field = {
            .path = table_text(table->paths, id),
            .type = known.type,
            .has_null_value = known.has_null_value,
            .null_value = known.null_value,
            .date_format = known.date_format,
        };
        ARRAY_PUSH(table->arena, &table->fields, field);
    }
    table->fields.items[id].uses |= use;
    return id;
}

SchemaField field_kind(const Field *field)
{
    return (SchemaField){.path = field->path,
                         .type = field->type,
                         .has_null_value = field->has_null_value,
                         .null_value = field->null_value,
                         .date_format = field->date_format};
}

/* Its entry among the paths is no text, so that no query can name it. */
FieldId field_table_add_pattern(FieldTable *table, Str pattern, const SchemaField *kind)
{
    for (FieldId id = 0; table->has_patterns && id < table->fields.count; id++) {
        const Field *known = &table->fields.items[id];
        SchemaField known_kind = field_kind(known);
        if (known->is_pattern && str_equal(known->path, pattern) &&
            schema_same_kind(&known_kind, kind)) {
            return id;
        }
    }
    Field field = {
        .path = str_copy(table->arena, pattern),
        .type = kind->type,
        .uses = FIELD_USE_VALUE,
        .has_null_value = kind->has_null_value,
        .null_value = kind->null_value,
        .date_format = kind->date_format,
        .is_pattern = true,
        .schema = table->schema,
    };
    FieldId id = table->fields.count;
    uint32_t added = table_add(table->paths, str_format(table->arena, "\xff%u", id));
    assert(added == id);
    ARRAY_PUSH(table->arena, &table->fields, field);
    table->has_patterns = true;
    return id;
}

bool field_table_has_patterns(const FieldTable *table)
{
    return table->has_patterns;
}

bool field_path_is_reachable(Str path)
{
    size_t parts = 0;
    Str rest = path;
    Str part;
    while (str_split(&rest, '.', &part)) {
        parts++;
        if (part.len == 0 || parts > FIELD_MAX_PARTS) {
            return false;
        }
    }
    return path.len <= FIELD_MAX_BYTES && !str_equal(path, STR(FIELD_INDEX_PATH)) &&
           !str_equal(path, STR(FIELD_ID_PATH));
}

FieldId field_table_add(FieldTable *table, Str path, FieldUse use)
{
    FieldId id = add(table, path, use);
    if (str_equal(path, STR(FIELD_INDEX_PATH))) {
#define ADD_HINT(name, hint) add(table, STR(hint), FIELD_USE_VALUE);
        INDEX_HINTS(ADD_HINT)
#undef ADD_HINT
    }
    return id;
}

uint32_t field_table_count(const FieldTable *table)
{
    return table->fields.count;
}

const Field *field_table_get(const FieldTable *table, FieldId id)
{
    assert(id < table->fields.count);
    return &table->fields.items[id];
}

bool field_table_find(const FieldTable *table, Str path, FieldId *out)
{
    uint32_t id = table_find(table->paths, describe(table, path).path);
    if (id == STR_NONE) {
        return false;
    }
    *out = id;
    return true;
}

const Schema *field_table_schema(const FieldTable *table)
{
    return table->schema;
}
