#include "base/array.h"
#include "base/json.h"
#include "event/schema_build.h"

typedef struct Alias {
    Str path, target;
    size_t at; /* in the text */
} Alias;

typedef struct Reader {
    Schema *schema;
    Arena *arena;
    Str text;
    Err *err;
    ARRAY(Alias) aliases; /* resolved when all fields are known */
} Reader;

/* Where a property stands: what its name is below, and whether it is inside a nested object. */
typedef struct Place {
    Str path; /* empty at the root */
    bool nested;
} Place;

static bool fail(Reader *reader, size_t at, ErrCode code, const char *what)
{
    size_t line, column;
    json_position(reader->text, at, &line, &column);
    reader->err->at = at;
    return err_set(reader->err, code, "line %zu, column %zu: %s", line, column, what);
}

static bool read_properties(Reader *reader, const Json *properties, Place place);

static bool check_object(Reader *reader, const Json *node, const char *what)
{
    return node->kind == JSON_OBJECT || fail(reader, node->at, ERR_SYNTAX, what);
}

static bool type_of(Reader *reader, const Json *property, Str *name, FieldType *type)
{
    const Json *word = json_get(property, STR("type"));
    if (word == NULL) {
        *name = STR("object");
        *type = FIELD_OBJECT;
        return json_get(property, STR("properties")) != NULL || property->count == 0 ||
               json_get(property, STR("enabled")) != NULL ||
               json_get(property, STR("dynamic")) != NULL ||
               fail(reader, property->at, ERR_SYNTAX, "a field needs a [type] or [properties]");
    }
    if (word->kind != JSON_STRING) {
        return fail(reader, word->at, ERR_SYNTAX, "[type] is a text");
    }
    *name = word->text;
    if (!schema_type_named(word->text, type)) {
        schema_count_unknown_type(reader->schema, word->text);
        *type = FIELD_UNKNOWN;
    }
    return true;
}

static bool read_null_value(Reader *reader, const Json *property, SchemaField *field)
{
    const Json *value = json_get(property, STR("null_value"));
    if (value == NULL || value->kind == JSON_NULL) {
        return true;
    }
    if (value->kind == JSON_ARRAY || value->kind == JSON_OBJECT) {
        return field->type == FIELD_OTHER ||
               fail(reader, value->at, ERR_SYNTAX, "[null_value] is a single value");
    }
    field->has_null_value = true;
    field->null_value = value->kind == JSON_BOOL ? value->raw : value->text;
    return true;
}

/* Of a date: how it is written. */
static bool read_date_format(Reader *reader, const Json *property, SchemaField *field)
{
    const Json *format = json_get(property, STR("format"));
    if (format == NULL || (field->type != FIELD_DATE && field->type != FIELD_DATE_NANOS)) {
        return true;
    }
    if (format->kind != JSON_STRING) {
        return fail(reader, format->at, ERR_SYNTAX, "[format] is a text");
    }
    field->date_format = format->text;
    return true;
}

static Str path_below(Reader *reader, Str above, Str name)
{
    Str parts[] = {above, name};
    return above.len == 0 ? name : str_join(reader->arena, parts, ARRAY_LEN(parts), STR("."));
}

/* Elasticsearch takes true and "true" for the same. */
static Str word_of(const Json *node)
{
    return node->kind == JSON_BOOL ? node->raw : node->text;
}

/* The words that Elasticsearch and OpenSearch have. "runtime" fields are made of what events have, and
 * templates are not read: both may have any field. */
static bool growth_of(const Json *word, bool *grows)
{
    static const struct {
        Str word;
        bool grows;
    } WORDS[] = {{STR_INIT("true"), true},
                 {STR_INIT("false"), false},
                 {STR_INIT("strict"), false},
                 {STR_INIT("runtime"), true},
                 {STR_INIT("strict_allow_templates"), true},
                 {STR_INIT("false_allow_templates"), true}};
    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
        if (str_equal(word_of(word), WORDS[i].word)) {
            *grows = WORDS[i].grows;
            return true;
        }
    }
    return false;
}

/* What an object, or the root, says of fields that are not mapped. */
static bool read_growth(Reader *reader, const Json *object, Str path)
{
    const Json *enabled = json_get(object, STR("enabled"));
    const Json *dynamic = json_get(object, STR("dynamic"));
    bool grows = true;
    if (dynamic != NULL && !growth_of(dynamic, &grows)) {
        return fail(reader, dynamic->at, ERR_SYNTAX,
                    "[dynamic] is true, false, \"strict\" or \"runtime\"");
    }
    if (enabled != NULL && str_equal(word_of(enabled), STR("false"))) {
        schema_set_growth(reader->schema, path, false); /* kept, but never indexed */
    } else if (dynamic != NULL) {
        schema_set_growth(reader->schema, path, grows);
    }
    return true;
}

/* Multi-fields: other readings of the same value. With an exact one a text can be compared; one of a
 * type that is not known may be exact. */
static bool read_sub_fields(Reader *reader, const Json *property, SchemaField *field)
{
    const Json *subs = json_get(property, STR("fields"));
    if (subs == NULL) {
        return true;
    }
    if (!check_object(reader, subs, "[fields] is an object")) {
        return false;
    }
    for (const Json *sub = subs->first; sub != NULL; sub = sub->next) {
        SchemaField reading = {.path = field->path};
        if (!check_object(reader, sub, "a field is an object") ||
            !type_of(reader, sub, &reading.type_name, &reading.type)) {
            return false;
        }
        if (field->type == FIELD_TEXT &&
            (reading.type == FIELD_KEYWORD || reading.type == FIELD_UNKNOWN)) {
            field->type = FIELD_KEYWORD;
        }
        reading.has_null_value = field->has_null_value;
        reading.null_value = field->null_value;
        schema_add(reader->schema, path_below(reader, field->path, sub->key), &reading);
    }
    return true;
}

static bool read_alias(Reader *reader, const Json *property, Str path)
{
    const Json *target = json_get(property, STR("path"));
    if (target == NULL || target->kind != JSON_STRING) {
        return fail(reader, property->at, ERR_SYNTAX, "an alias needs a [path]");
    }
    Alias alias = {path, target->text, target->at};
    ARRAY_PUSH(reader->arena, &reader->aliases, alias);
    return true;
}

static bool is_alias(const Json *property)
{
    const Json *word = json_get(property, STR("type"));
    return word != NULL && str_equal(word->text, STR("alias"));
}

static bool read_property(Reader *reader, const Json *property, Place place)
{
    if (!check_object(reader, property, "a field is an object")) {
        return false;
    }
    if (is_alias(property)) {
        return read_alias(reader, property, place.path);
    }
    SchemaField field = {.path = place.path};
    if (!type_of(reader, property, &field.type_name, &field.type) ||
        !read_null_value(reader, property, &field) || !read_date_format(reader, property, &field) ||
        !read_growth(reader, property, place.path)) {
        return false;
    }
    bool nested = place.nested || str_equal(field.type_name, STR("nested"));
    if (nested) {
        field.type = FIELD_OTHER;
    } else if (!read_sub_fields(reader, property, &field)) {
        return false;
    }
    schema_add(reader->schema, place.path, &field);
    const Json *below = json_get(property, STR("properties"));
    return below == NULL || read_properties(reader, below, (Place){place.path, nested});
}

static bool read_properties(Reader *reader, const Json *properties, Place place)
{
    if (!check_object(reader, properties, "[properties] is an object")) {
        return false;
    }
    for (const Json *property = properties->first; property != NULL; property = property->next) {
        if (property->key.len == 0 || place.path.len + property->key.len >= SCHEMA_MAX_PATH) {
            return fail(reader, property->at, ERR_LIMIT, "a field's name is empty or too long");
        }
        if (schema_count(reader->schema) >= SCHEMA_MAX_FIELDS) {
            return fail(reader, property->at, ERR_LIMIT, "too many fields");
        }
        Place below = {path_below(reader, place.path, property->key), place.nested};
        if (!read_property(reader, property, below)) {
            return false;
        }
    }
    return true;
}

static bool resolve_aliases(Reader *reader)
{
    for (uint32_t i = 0; i < reader->aliases.count; i++) {
        const Alias *alias = &reader->aliases.items[i];
        SchemaField target;
        if (!schema_find(reader->schema, alias->target, &target)) {
            return fail(reader, alias->at, ERR_SYNTAX, "an alias of a field that is not there");
        }
        if (target.type == FIELD_OBJECT) {
            return fail(reader, alias->at, ERR_SYNTAX, "an alias of an object");
        }
        schema_add(reader->schema, alias->path, &target);
    }
    return true;
}

static bool read_mapping(Reader *reader, const Json *mapping)
{
    const Json *runtime = json_get(mapping, STR("runtime"));
    if (runtime != NULL && runtime->count > 0) {
        return fail(reader, runtime->at, ERR_UNSUPPORTED, "runtime fields are not supported");
    }
    schema_begin_index(reader->schema);
    if (!read_growth(reader, mapping, STR(""))) {
        return false;
    }
    const Json *properties = json_get(mapping, STR("properties"));
    return properties == NULL || read_properties(reader, properties, (Place){0});
}

/* root := mapping | {"mappings": mapping} | {INDEX: {"mappings": mapping}, ...} */
static bool read_root(Reader *reader, const Json *root)
{
    if (!check_object(reader, root, "a mapping is an object")) {
        return false;
    }
    const Json *mappings = json_get(root, STR("mappings"));
    if (mappings != NULL) {
        return check_object(reader, mappings, "[mappings] is an object") &&
               read_mapping(reader, mappings);
    }
    if (json_get(root, STR("properties")) != NULL || json_get(root, STR("runtime")) != NULL) {
        return read_mapping(reader, root);
    }
    for (const Json *index = root->first; index != NULL; index = index->next) {
        mappings = index->kind == JSON_OBJECT ? json_get(index, STR("mappings")) : NULL;
        if (mappings == NULL) {
            return fail(reader, index->at, ERR_SYNTAX, "expected [properties] or [mappings]");
        }
        if (!check_object(reader, mappings, "[mappings] is an object") ||
            !read_mapping(reader, mappings)) {
            return false;
        }
    }
    return root->count > 0 ||
           fail(reader, root->at, ERR_SYNTAX, "expected [properties] or [mappings]");
}

/* Lines that begin with '#' become blanks, so that all places stay what they are in the file. */
static Str without_comments(Arena *arena, Str text)
{
    char *copy = ARENA_MANY(arena, char, text.len + 1);
    size_t at = 0;
    Str line;
    for (Str rest = text; str_split(&rest, '\n', &line); at += line.len + 1) {
        if (line.len > 0 && line.ptr[0] == '#') {
            memset(copy + at, ' ', line.len);
        } else if (line.len > 0) {
            memcpy(copy + at, line.ptr, line.len);
        }
        copy[at + line.len] = '\n';
    }
    return (Str){copy, text.len};
}

const Schema *schema_read_mapping(Arena *arena, Str json, Err *err)
{
    Reader reader = {.schema = schema_new(arena, true), .arena = arena, .err = err};
    reader.text = without_comments(arena, json);
    Err fault = {0};
    const Json *root = json_parse(arena, reader.text, &fault);
    if (root == NULL) {
        fail(&reader, fault.at, fault.code, fault.text);
        return NULL;
    }
    return read_root(&reader, root) && resolve_aliases(&reader) ? reader.schema : NULL;
}
