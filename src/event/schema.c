#include "event/schema_build.h"

#include "base/array.h"
#include "base/table.h"

typedef struct Known {
    SchemaField field;
    bool open;
} Known;

struct Schema {
    Arena *arena;
    bool strict;
    Table *paths;
    ARRAY(Known) known; /* same index */
    Table *closed_roots;
};

Schema *schema_new(Arena *arena, bool strict)
{
    Schema *schema = ARENA_NEW(arena, Schema);
    schema->arena = arena;
    schema->strict = strict;
    schema->paths = table_new(arena);
    schema->closed_roots = table_new(arena);
    return schema;
}

bool schema_type_named(Str name, FieldType *out)
{
    static const struct {
        Str name;
        FieldType type;
    } TYPES[] = {
        {STR_INIT("keyword"), FIELD_KEYWORD},
        {STR_INIT("constant_keyword"), FIELD_KEYWORD},
        {STR_INIT("counted_keyword"), FIELD_KEYWORD},
        {STR_INIT("wildcard"), FIELD_KEYWORD},
        {STR_INIT("text"), FIELD_TEXT},
        {STR_INIT("match_only_text"), FIELD_TEXT},
        {STR_INIT("annotated_text"), FIELD_TEXT},
        {STR_INIT("pattern_text"), FIELD_TEXT},
        {STR_INIT("search_as_you_type"), FIELD_TEXT},
        {STR_INIT("long"), FIELD_LONG},
        {STR_INIT("integer"), FIELD_LONG},
        {STR_INIT("short"), FIELD_LONG},
        {STR_INIT("byte"), FIELD_LONG},
        {STR_INIT("unsigned_long"), FIELD_LONG},
        {STR_INIT("token_count"), FIELD_LONG},
        {STR_INIT("double"), FIELD_DOUBLE},
        {STR_INIT("float"), FIELD_DOUBLE},
        {STR_INIT("half_float"), FIELD_DOUBLE},
        {STR_INIT("scaled_float"), FIELD_DOUBLE},
        {STR_INIT("boolean"), FIELD_BOOLEAN},
        {STR_INIT("ip"), FIELD_IP},
        {STR_INIT("date"), FIELD_DATE},
        {STR_INIT("date_nanos"), FIELD_DATE_NANOS},
        {STR_INIT("version"), FIELD_VERSION},
        {STR_INIT("flattened"), FIELD_FLATTENED},
        {STR_INIT("object"), FIELD_OBJECT},
        {STR_INIT("passthrough"), FIELD_OBJECT},
        {STR_INIT("nested"), FIELD_OTHER},
        {STR_INIT("binary"), FIELD_OTHER},
        {STR_INIT("geo_point"), FIELD_OTHER},
        {STR_INIT("geo_shape"), FIELD_OTHER},
        {STR_INIT("point"), FIELD_OTHER},
        {STR_INIT("shape"), FIELD_OTHER},
        {STR_INIT("integer_range"), FIELD_OTHER},
        {STR_INIT("long_range"), FIELD_OTHER},
        {STR_INIT("float_range"), FIELD_OTHER},
        {STR_INIT("double_range"), FIELD_OTHER},
        {STR_INIT("date_range"), FIELD_OTHER},
        {STR_INIT("ip_range"), FIELD_OTHER},
        {STR_INIT("completion"), FIELD_OTHER},
        {STR_INIT("histogram"), FIELD_OTHER},
        {STR_INIT("exponential_histogram"), FIELD_OTHER},
        {STR_INIT("aggregate_metric_double"), FIELD_OTHER},
        {STR_INIT("dense_vector"), FIELD_OTHER},
        {STR_INIT("sparse_vector"), FIELD_OTHER},
        {STR_INIT("rank_vectors"), FIELD_OTHER},
        {STR_INIT("rank_feature"), FIELD_OTHER},
        {STR_INIT("rank_features"), FIELD_OTHER},
        {STR_INIT("semantic_text"), FIELD_OTHER},
        {STR_INIT("join"), FIELD_OTHER},
        {STR_INIT("percolator"), FIELD_OTHER},
        {STR_INIT("murmur3"), FIELD_OTHER},
    };
    for (size_t i = 0; i < ARRAY_LEN(TYPES); i++) {
        if (str_equal(TYPES[i].name, name)) {
            *out = TYPES[i].type;
            return true;
        }
    }
    return false;
}

static Known *known_at(Schema *schema, Str path)
{
    uint32_t at = table_add(schema->paths, path);
    if (at == schema->known.count) {
        Known object = {.field = {.path = table_text(schema->paths, at),
                                  .type = FIELD_OBJECT,
                                  .type_name = STR("object")}};
        ARRAY_PUSH(schema->arena, &schema->known, object);
    }
    return &schema->known.items[at];
}

static void add_objects_above(Schema *schema, Str path)
{
    uint32_t old = 0;
    for (size_t end = path.len; end > 0 && old != STR_NONE; end--) {
        if (path.ptr[end - 1] == '.') {
            Str above = str_slice(path, 0, end - 1);
            old = table_find(schema->paths, above) == STR_NONE ? 0 : STR_NONE;
            known_at(schema, above);
        }
    }
}

void schema_add(Schema *schema, Str path, const SchemaField *field)
{
    add_objects_above(schema, path);
    Known *known = known_at(schema, path);
    if (known->field.type == FIELD_OBJECT) {
        known->field = *field;
    }
}

void schema_open(Schema *schema, Str path)
{
    add_objects_above(schema, path);
    known_at(schema, path)->open = true;
}

void schema_close_root(Schema *schema, Str root)
{
    table_add(schema->closed_roots, root);
}

uint32_t schema_count(const Schema *schema)
{
    return schema->known.count;
}

bool schema_field_at(const Schema *schema, uint32_t at, Str *path, SchemaField *out)
{
    if (at >= schema->known.count) {
        return false;
    }
    *path = table_text(schema->paths, at);
    *out = schema->known.items[at].field;
    return true;
}

static const Known *find(const Schema *schema, Str path)
{
    uint32_t at = table_find(schema->paths, path);
    return at == STR_NONE ? NULL : &schema->known.items[at];
}

/* The nearest known name above a path. */
static const Known *find_above(const Schema *schema, Str path)
{
    const Known *known = NULL;
    for (size_t end = path.len; end > 0 && known == NULL; end--) {
        known = path.ptr[end - 1] == '.' ? find(schema, str_slice(path, 0, end - 1)) : NULL;
    }
    return known;
}

/* The other readings that ECS (.text) and Endpoint (.caseless) give their keywords. */
static bool find_reading(const Schema *schema, Str path, SchemaField *out)
{
    bool text = str_ends_with(path, STR(".text"));
    if (schema->strict || !(text || str_ends_with(path, STR(".caseless")))) {
        return false;
    }
    size_t end = path.len - (text ? strlen(".text") : strlen(".caseless"));
    const Known *known = find(schema, str_slice(path, 0, end));
    if (known == NULL || known->field.type != FIELD_KEYWORD) {
        return false;
    }
    *out = known->field;
    if (text) {
        out->type = FIELD_TEXT;
        out->type_name = STR("match_only_text");
    }
    return true;
}

bool schema_find(const Schema *schema, Str path, SchemaField *out)
{
    const Known *known = find(schema, path);
    if (known != NULL) {
        *out = known->field;
        return true;
    }
    if (find_reading(schema, path, out)) {
        return true;
    }
    known = find_above(schema, path);
    if (known == NULL || !(known->open || known->field.type == FIELD_FLATTENED)) {
        return false;
    }
    *out = (SchemaField){.path = path, .type = FIELD_KEYWORD, .type_name = STR("keyword")};
    return true;
}

bool schema_is_strict(const Schema *schema)
{
    return schema->strict;
}

/* Where a vendor's own extensions begin: nobody knows them all. */
static bool is_extension(Str path)
{
    Str part;
    while (str_split(&path, '.', &part)) {
        if (str_equal(part, STR("Ext"))) {
            return true;
        }
    }
    return false;
}

bool schema_lacks(const Schema *schema, Str path)
{
    SchemaField field;
    if (schema_find(schema, path, &field)) {
        return false;
    }
    if (schema->strict) {
        return true;
    }
    Str rest = path;
    Str root;
    str_split(&rest, '.', &root);
    return table_find(schema->closed_roots, root) != STR_NONE && !is_extension(path);
}
