#include "event/schema_build.h"

#include "base/table.h"

typedef struct Known {
    SchemaField field;
    bool open;
} Known;

/* What an index says of fields that it does not map. */
typedef struct Growth {
    Table *objects;
    ARRAY(bool) grows; /* same index */
} Growth;

struct Schema {
    Arena *arena;
    bool strict;
    Table *paths;
    ARRAY(Known) known; /* same index */
    Table *closed_roots;
    ARRAY(Growth) indices; /* of a mapping */
    uint32_t unknown_types;
    Str first_unknown_type;
};

/* From a half on Elasticsearch suggests a name; of the thousands of the built-in schema only the very
 * near help. */
#define ALIKE_BUILTIN 0.75

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

static bool is_date(FieldType type)
{
    return type == FIELD_DATE || type == FIELD_DATE_NANOS;
}

/* Another index writes its dates in another way: either may be met. Without a format it is the usual one, which is tried when
 * no other fits. */
static void join_date_formats(Schema *schema, SchemaField *known, Str other)
{
    if (other.len == 0 || str_equal(known->date_format, other)) {
        return;
    }
    Str both[] = {known->date_format, other};
    known->date_format =
        known->date_format.len == 0 ? other : str_join(schema->arena, both, 2, STR("||"));
}

void schema_add(Schema *schema, Str path, const SchemaField *field)
{
    add_objects_above(schema, path);
    Known *known = known_at(schema, path);
    if (known->field.type == FIELD_OBJECT) {
        known->field = *field;
    } else if (is_date(known->field.type) && is_date(field->type)) {
        join_date_formats(schema, &known->field, field->date_format);
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

void schema_begin_index(Schema *schema)
{
    Growth growth = {.objects = table_new(schema->arena)};
    ARRAY_PUSH(schema->arena, &schema->indices, growth);
}

void schema_set_growth(Schema *schema, Str path, bool grows)
{
    Growth *growth = &schema->indices.items[schema->indices.count - 1];
    uint32_t at = table_add(growth->objects, path);
    if (at == growth->grows.count) {
        ARRAY_PUSH(schema->arena, &growth->grows, grows);
    }
}

void schema_count_unknown_type(Schema *schema, Str name)
{
    schema->first_unknown_type = schema->unknown_types == 0 ? name : schema->first_unknown_type;
    schema->unknown_types++;
}

uint32_t schema_unknown_types(const Schema *schema, Str *first)
{
    *first = schema->first_unknown_type;
    return schema->unknown_types;
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

bool schema_same_kind(const SchemaField *a, const SchemaField *b)
{
    return a->type == b->type && a->has_null_value == b->has_null_value &&
           str_equal(a->null_value, b->null_value) && str_equal(a->date_format, b->date_format);
}

bool schema_is_strict(const Schema *schema)
{
    return schema->strict;
}

/* What the nearest object above says. */
static bool index_grows(const Growth *growth, Str path)
{
    for (size_t end = path.len; end > 0; end--) {
        if (end > 1 && path.ptr[end - 1] != '.') {
            continue;
        }
        uint32_t at = table_find(growth->objects, str_slice(path, 0, end - 1));
        if (at != STR_NONE) {
            return growth->grows.items[at];
        }
    }
    return true;
}

bool schema_grows(const Schema *schema, Str path)
{
    if (!schema->strict) {
        return true;
    }
    const Known *above = find_above(schema, path);
    if (above != NULL && above->field.type != FIELD_OBJECT && above->field.type != FIELD_UNKNOWN) {
        return false; /* a value has no fields */
    }
    for (uint32_t i = 0; i < schema->indices.count; i++) {
        if (index_grows(&schema->indices.items[i], path)) {
            return true;
        }
    }
    return false;
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

Similar schema_similar(const Schema *schema, Arena *arena, Str path, uint32_t limit)
{
    Similar similar = {.arena = arena,
                       .name = path,
                       .least = schema->strict ? SIMILAR_LEAST : ALIKE_BUILTIN,
                       .limit = limit};
    for (uint32_t i = 0; i < schema->known.count; i++) {
        if (schema->known.items[i].field.type != FIELD_OBJECT) {
            similar_offer(&similar, table_text(schema->paths, i));
        }
    }
    return similar;
}
