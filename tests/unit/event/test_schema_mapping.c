#include "unit.h"

#include "event/schema.h"

static const Schema *read(Arena *arena, const char *text)
{
    Err err = {0};
    const Schema *schema = schema_read_mapping(arena, str_from_c(text), &err);
    if (schema == NULL) {
        fail_msg("%s: %s", text, err.text);
    }
    return schema;
}

static SchemaField find(const Schema *schema, const char *path)
{
    SchemaField field = {0};
    if (!schema_find(schema, str_from_c(path), &field)) {
        fail_msg("%s is not found", path);
    }
    return field;
}

TEST(every_type_has_its_class)
{
    static const struct {
        const char *name;
        FieldType type;
    } CASES[] = {
        {"keyword", FIELD_KEYWORD},   {"wildcard", FIELD_KEYWORD},
        {"text", FIELD_TEXT},         {"match_only_text", FIELD_TEXT},
        {"byte", FIELD_LONG},         {"unsigned_long", FIELD_LONG},
        {"half_float", FIELD_DOUBLE}, {"scaled_float", FIELD_DOUBLE},
        {"boolean", FIELD_BOOLEAN},   {"ip", FIELD_IP},
        {"date", FIELD_DATE},         {"date_nanos", FIELD_DATE_NANOS},
        {"version", FIELD_VERSION},   {"flattened", FIELD_FLATTENED},
        {"nested", FIELD_OTHER},      {"geo_shape", FIELD_OTHER},
        {"ip_range", FIELD_OTHER},    {"binary", FIELD_OTHER},
        {"object", FIELD_OBJECT},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Str text = str_format(arena, "{\"properties\":{\"a\":{\"type\":\"%s\"}}}", CASES[i].name);
        SchemaField field = find(read(arena, text.ptr), "a");
        assert_int_equal(field.type, CASES[i].type);
        assert_true(str_equal(field.type_name, str_from_c(CASES[i].name)));
    }
    arena_free(arena);
}

TEST(a_text_with_an_exact_reading_compares_as_a_keyword)
{
    Arena *arena = arena_new();
    const Schema *schema = read(
        arena,
        "{\"properties\":{\"h\":{\"type\":\"text\",\"fields\":{\"raw\":{\"type\":\"wildcard\"},"
        "\"en\":{\"type\":\"text\"}}},\"t\":{\"type\":\"text\",\"fields\":{\"en\":{\"type\":"
        "\"text\"}}},\"k\":{\"type\":\"keyword\",\"fields\":{\"text\":{\"type\":\"text\"}}}}}");
    assert_int_equal(find(schema, "h").type, FIELD_KEYWORD);
    assert_true(str_equal(find(schema, "h").type_name, STR("text")));
    assert_int_equal(find(schema, "h.raw").type, FIELD_KEYWORD);
    assert_true(str_equal(find(schema, "h.raw").path, STR("h")));
    assert_int_equal(find(schema, "h.en").type, FIELD_TEXT);
    assert_int_equal(find(schema, "t").type, FIELD_TEXT);
    assert_int_equal(find(schema, "k").type, FIELD_KEYWORD);
    arena_free(arena);
}

TEST(what_is_inside_a_nested_object_is_refused_later)
{
    Arena *arena = arena_new();
    const Schema *schema = read(
        arena, "{\"properties\":{\"n\":{\"type\":\"nested\",\"properties\":{\"o\":{\"properties\":"
               "{\"k\":{\"type\":\"keyword\"}}}}}}}");
    assert_int_equal(find(schema, "n").type, FIELD_OTHER);
    assert_int_equal(find(schema, "n.o.k").type, FIELD_OTHER);
    arena_free(arena);
}

TEST(all_forms_of_a_mapping_are_read)
{
    static const char *const TEXTS[] = {
        "{\"properties\":{\"a.b\":{\"type\":\"long\"}}}",
        "{\"mappings\":{\"properties\":{\"a\":{\"properties\":{\"b\":{\"type\":\"long\"}}}}}}",
        "{\"i1\":{\"mappings\":{\"properties\":{\"a\":{\"type\":\"object\",\"properties\":{\"b\":"
        "{\"type\":\"long\"}}}}}},\"i2\":{\"mappings\":{\"properties\":{\"a.b\":{\"type\":\"ip\"}}}"
        "},"
        "\"i3\":{\"mappings\":{}}}",
        "# a remark\n{\"properties\":{\n# {{{ "
        "more\n\"a\":{\"properties\":{\"b\":{\"type\":\"long\"}}}}}\n#",
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        const Schema *schema = read(arena, TEXTS[i]);
        assert_true(schema_is_strict(schema));
        assert_int_equal(find(schema, "a.b").type, FIELD_LONG);
        assert_int_equal(find(schema, "a").type, FIELD_OBJECT);
        assert_true(schema_lacks(schema, STR("a.c")));
    }
    arena_free(arena);
}

TEST(null_values_are_kept_as_text)
{
    Arena *arena = arena_new();
    const Schema *schema = read(
        arena,
        "{\"properties\":{\"k\":{\"type\":\"keyword\",\"null_value\":\"NULL\"},\"l\":{\"type\":"
        "\"long\",\"null_value\":-1},\"b\":{\"type\":\"boolean\",\"null_value\":false},"
        "\"n\":{\"type\":\"long\",\"null_value\":null},\"al\":{\"type\":\"alias\",\"path\":\"k\"},"
        "\"g\":{\"type\":\"geo_point\",\"null_value\":[1,2]}}}");
    assert_true(str_equal(find(schema, "k").null_value, STR("NULL")));
    assert_true(str_equal(find(schema, "l").null_value, STR("-1")));
    assert_true(str_equal(find(schema, "b").null_value, STR("false")));
    assert_false(find(schema, "n").has_null_value);
    assert_true(find(schema, "al").has_null_value);
    arena_free(arena);
}

TEST(types_that_are_not_known_are_counted)
{
    static const struct {
        const char *text;
        uint32_t count;
        const char *first;
        FieldType type; /* of a */
    } CASES[] = {
        {"{\"properties\":{\"a\":{\"type\":\"lng\"},\"b\":{\"type\":\"[x]\"}}}", 2, "lng",
         FIELD_UNKNOWN},
        {"{\"properties\":{\"a\":{\"type\":\"text\",\"fields\":{\"b\":{\"type\":\"[x]\"}}}}}", 1,
         "[x]", FIELD_KEYWORD},
        {"{\"properties\":{\"a\":{\"type\":\"text\",\"fields\":{\"b\":{\"type\":\"token_count\"}}}}"
         "}",
         0, "", FIELD_TEXT},
        {"{\"properties\":{\"a\":{\"type\":\"long\"}}}", 0, "", FIELD_LONG},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        const Schema *schema = read(arena, CASES[i].text);
        Str first;
        assert_int_equal(schema_unknown_types(schema, &first), CASES[i].count);
        assert_true(str_equal(first, str_from_c(CASES[i].first)));
        assert_int_equal(find(schema, "a").type, CASES[i].type);
    }
    arena_free(arena);
}

TEST(a_mapping_grows_unless_it_says_not)
{
    static const struct {
        const char *text;
        const char *path;
        bool grows;
    } CASES[] = {
        {"{\"properties\":{}}", "x", true},
        {"{\"dynamic\":true,\"properties\":{}}", "x.y", true},
        {"{\"dynamic\":\"runtime\",\"properties\":{}}", "x", true},
        {"{\"dynamic\":false,\"properties\":{}}", "x", false},
        {"{\"dynamic\":\"false\",\"properties\":{}}", "x.y.z", false},
        {"{\"mappings\":{\"dynamic\":\"strict\",\"properties\":{}}}", "x", false},
        /* an object speaks for what is below it */
        {"{\"dynamic\":false,\"properties\":{\"o\":{\"dynamic\":true,\"properties\":{\"p\":{"
         "\"properties\":{}}}}}}",
         "o.p.x", true},
        {"{\"dynamic\":false,\"properties\":{\"o\":{\"dynamic\":true,\"properties\":{}}}}", "ox",
         false},
        {"{\"properties\":{\"o\":{\"dynamic\":\"strict\",\"properties\":{}}}}", "o.x.y", false},
        {"{\"properties\":{\"o\":{\"type\":\"object\",\"enabled\":false}}}", "o.x", false},
        {"{\"properties\":{\"o\":{\"type\":\"object\",\"enabled\":true}}}", "o.x", true},
        /* a value has no fields, unless nobody knows what it is */
        {"{\"properties\":{\"o\":{\"type\":\"keyword\"}}}", "o.x", false},
        {"{\"properties\":{\"o\":{\"type\":\"nested\"}}}", "o.x", false},
        {"{\"properties\":{\"o\":{\"type\":\"[plugin]\"}}}", "o.x", true},
        /* one index that takes it is enough */
        {"{\"i\":{\"mappings\":{\"dynamic\":false}},\"j\":{\"mappings\":{}}}", "x", true},
        {"{\"i\":{\"mappings\":{\"dynamic\":false}},\"j\":{\"mappings\":{\"dynamic\":\"strict\"}}}",
         "x", false},
        {"{\"i\":{\"mappings\":{\"properties\":{\"o\":{\"dynamic\":false,\"properties\":{}}}}},"
         "\"j\":{\"mappings\":{}}}",
         "o.x", true},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        if (schema_grows(read(arena, CASES[i].text), str_from_c(CASES[i].path)) != CASES[i].grows) {
            fail_msg("%s: %s", CASES[i].text, CASES[i].path);
        }
    }
    assert_true(schema_grows(schema_builtin(arena), STR("process.nme")));
    arena_free(arena);
}

TEST(faults_are_told_by_line_and_column)
{
    static const struct {
        const char *text;
        ErrCode code;
        const char *message;
    } CASES[] = {
        {"{\"dynamic\":\"maybe\",\"properties\":{}}", ERR_SYNTAX,
         "line 1, column 12: [dynamic] is true, false, \"strict\" or \"runtime\""},
        {"{\"properties\":{\"a\":{\"dynamic\":1}}}", ERR_SYNTAX,
         "line 1, column 31: [dynamic] is "},
        {"#\n#\n{\"properties\" {", ERR_SYNTAX, "line 3, column 15: "},
        {"{\"properties\":{\"a\":5}}", ERR_SYNTAX, "line 1, column 20: a field is an object"},
        {"{\"properties\":[]}", ERR_SYNTAX, "line 1, column 15: [properties] is an object"},
        {"{\"properties\":{\"a\":{\"type\":5}}}", ERR_SYNTAX,
         "line 1, column 28: [type] is a text"},
        {"{\"properties\":{\"a\":{\"index\":true}}}", ERR_SYNTAX,
         "line 1, column 20: a field needs a [type] or [properties]"},
        {"{\"properties\":{\"a\":{\"type\":\"alias\"}}}", ERR_SYNTAX,
         "line 1, column 20: an alias needs a [path]"},
        {"{\"properties\":{\"a\":{\"type\":\"alias\",\"path\":\"b\"}}}", ERR_SYNTAX,
         "line 1, column 43: an alias of a field that is not there"},
        {"{\"properties\":{\"a\":{\"type\":\"alias\",\"path\":\"o\"},\"o\":{\"type\":\"object\"}}}",
         ERR_SYNTAX, "line 1, column 43: an alias of an object"},
        {"{\"runtime\":{\"r\":{\"type\":\"long\"}}}", ERR_UNSUPPORTED,
         "line 1, column 12: runtime fields are not supported"},
        {"{\"properties\":{\"a\":{\"type\":\"long\",\"null_value\":[1]}}}", ERR_SYNTAX,
         "line 1, column 48: [null_value] is a single value"},
        {"{\"properties\":{\"a\":{\"type\":\"date\",\"format\":1}}}", ERR_SYNTAX,
         "line 1, column 44: [format] is a text"},
        {"{\"properties\":{\"a\":{\"type\":\"text\",\"fields\":{\"k\":1}}}}", ERR_SYNTAX,
         "line 1, column 49: a field is an object"},
        {"{\"properties\":{\"\":{\"type\":\"long\"}}}", ERR_LIMIT, "line 1, column 19: "},
        {"{\"i\":{}}", ERR_SYNTAX, "line 1, column 6: expected [properties] or [mappings]"},
        {"{}", ERR_SYNTAX, "line 1, column 1: expected [properties] or [mappings]"},
        {"[]", ERR_SYNTAX, "line 1, column 1: a mapping is an object"},
        {"", ERR_SYNTAX, "line 1, column 1: "},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Err err = {0};
        assert_null(schema_read_mapping(arena, str_from_c(CASES[i].text), &err));
        if (err.code != CASES[i].code ||
            strncmp(err.text, CASES[i].message, strlen(CASES[i].message)) != 0) {
            fail_msg("%s: '%s'", CASES[i].text, err.text);
        }
    }
    arena_free(arena);
}

TEST(a_date_is_written_as_any_index_says)
{
    static const char TEXT[] =
        "{\"i\":{\"mappings\":{\"properties\":{\"a\":{\"type\":\"date\",\"format\":\"dd-MM-yyyy\"},"
        "\"b\":{\"type\":\"date\"},\"c\":{\"type\":\"keyword\",\"format\":\"x\"}}}},"
        "\"j\":{\"mappings\":{\"properties\":{\"a\":{\"type\":\"date\",\"format\":\"yyyy\"},"
        "\"b\":{\"type\":\"date_nanos\",\"format\":\"epoch_second\"}}}},"
        "\"k\":{\"mappings\":{\"properties\":{\"a\":{\"type\":\"date\"}}}}}";
    Arena *arena = arena_new();
    Err err = {0};
    const Schema *schema = schema_read_mapping(arena, str_from_c(TEXT), &err);
    assert_non_null(schema);
    const char *const expected[][2] = {{"a", "dd-MM-yyyy||yyyy"}, {"b", "epoch_second"}, {"c", ""}};
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        SchemaField field;
        assert_true(schema_find(schema, str_from_c(expected[i][0]), &field));
        assert_true(str_equal(field.date_format, str_from_c(expected[i][1])));
    }
    arena_free(arena);
}

TEST(long_names_are_refused)
{
    Arena *arena = arena_new();
    Str text = str_format(arena, "{\"properties\":{\"%01100d\":{\"type\":\"long\"}}}", 0);
    Err err = {0};
    assert_null(schema_read_mapping(arena, text, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    arena_free(arena);
}

RUN_TESTS(CASE(every_type_has_its_class), CASE(a_text_with_an_exact_reading_compares_as_a_keyword),
          CASE(what_is_inside_a_nested_object_is_refused_later),
          CASE(all_forms_of_a_mapping_are_read), CASE(null_values_are_kept_as_text),
          CASE(types_that_are_not_known_are_counted), CASE(a_mapping_grows_unless_it_says_not),
          CASE(faults_are_told_by_line_and_column), CASE(long_names_are_refused),
          CASE(a_date_is_written_as_any_index_says))
