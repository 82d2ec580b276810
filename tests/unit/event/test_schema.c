#include "unit.h"

#include "base/buffer.h"
#include "event/field.h"
#include "event/schema.h"

typedef struct Known {
    const char *path;
    FieldType type;
    const char *real; /* NULL: the path itself */
} Known;

static void check(const Schema *schema, const Known *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        SchemaField field;
        if (!schema_find(schema, str_from_c(cases[i].path), &field)) {
            fail_msg("%s is not found", cases[i].path);
        }
        const char *real = cases[i].real == NULL ? cases[i].path : cases[i].real;
        if (field.type != cases[i].type || !str_equal(field.path, str_from_c(real))) {
            fail_msg("%s is %.*s, a %.*s", cases[i].path, STR_ARG(field.path),
                     STR_ARG(field.type_name));
        }
    }
}

TEST(reused_groups_stand_at_all_their_places)
{
    static const Known CASES[] = {
        {"@timestamp", FIELD_DATE, NULL},
        {"process.parent.code_signature.trusted", FIELD_BOOLEAN, NULL},
        {"process.entry_leader.parent.session_leader.pid", FIELD_LONG, NULL},
        {"destination.as.number", FIELD_LONG, NULL},
        {"source.ip", FIELD_IP, NULL},
        {"source.geo.location", FIELD_OTHER, NULL},
        {"user.target.group.id", FIELD_KEYWORD, NULL},
        {"file.x509.issuer.common_name", FIELD_KEYWORD, NULL},
        {"dll.pe.imports", FIELD_FLATTENED, NULL},
        {"dll.pe.imports.kernel32", FIELD_KEYWORD, NULL},
        {"process.parent", FIELD_OBJECT, NULL},
        {"file.pe.sections", FIELD_OTHER, NULL},
        {"file.pe.sections.name", FIELD_KEYWORD, NULL},
        {"event.risk_score", FIELD_DOUBLE, NULL},
        {"message", FIELD_TEXT, NULL},
        {"labels.anything.at_all", FIELD_KEYWORD, NULL},
        {"winlog.event_data.NeverSeen", FIELD_KEYWORD, NULL},
        {"dll.Ext.relative_file_creation_time", FIELD_DOUBLE, NULL},
        {"process.thread.Ext.call_stack_final_user_module.hash.sha256", FIELD_KEYWORD, NULL},
        {"process.name.text", FIELD_TEXT, "process.name"},
        {"process.name.caseless", FIELD_KEYWORD, "process.name"},
    };
    Arena *arena = arena_new();
    const Schema *schema = schema_builtin(arena);
    assert_false(schema_is_strict(schema));
    check(schema, CASES, ARRAY_LEN(CASES));
    static const char *const MISSING[] = {
        "",         ".",          "process.", "process.parent.parent.name", "process.pid.text",
        "aws.user", "process.nme"};
    for (size_t i = 0; i < ARRAY_LEN(MISSING); i++) {
        SchemaField field;
        assert_false(schema_find(schema, str_from_c(MISSING[i]), &field));
    }
    arena_free(arena);
}

TEST(only_what_a_whole_root_does_not_have_is_lacking)
{
    static const struct {
        const char *path;
        bool lacks;
    } CASES[] = {
        {"process.name", false},
        {"process.nme", true},
        {"process.parent.exe.name", true},
        {"host.os.Extra", true},
        {"process.Ext.new_thing", false},
        {"process.parent.Ext", false},
        {"labels.x", false},
        {"winlog.event_data.X", false},
        {"winlog.x", false},
        {"okta.actor.id", false},
        {"x", false},
        {"process", false},
        {"dll.pe.imports.x", false},
        {"network.extra", true},
    };
    Arena *arena = arena_new();
    const Schema *schema = schema_builtin(arena);
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        if (schema_lacks(schema, str_from_c(CASES[i].path)) != CASES[i].lacks) {
            fail_msg("%s", CASES[i].path);
        }
    }
    arena_free(arena);
}

static const char *suggestions(Arena *arena, const Schema *schema, const char *path, uint32_t limit)
{
    Similar similar = schema_similar(schema, arena, str_from_c(path), limit);
    Buffer names = {0};
    for (uint32_t i = 0; i < similar.nearest.count; i++) {
        buffer_append_format(&names, "%s%.*s", i > 0 ? " " : "",
                             STR_ARG(similar.nearest.items[i].name));
    }
    const char *text = str_to_c(arena, buffer_str(&names));
    buffer_done(&names);
    return text;
}

TEST(the_nearest_names_are_suggested_first)
{
    Arena *arena = arena_new();
    Err err = {0};
    const Schema *schema = schema_read_mapping(
        arena,
        STR("{\"properties\":{\"alpha\":{\"type\":\"long\"},\"alphb\":{\"type\":\"long\"},"
            "\"alp\":{\"type\":\"long\"},\"zeta\":{\"properties\":{\"x\":{\"type\":\"ip\"}}}}}"),
        &err);
    assert_non_null(schema);
    assert_string_equal(suggestions(arena, schema, "alphc", 5), "alpha alphb alp");
    assert_string_equal(suggestions(arena, schema, "alphc", 2), "alpha alphb");
    assert_string_equal(suggestions(arena, schema, "alphb", 1), "alphb");
    assert_string_equal(suggestions(arena, schema, "alphb", 0), "alphb alpha alp");
    assert_string_equal(suggestions(arena, schema, "zeta", 5), "zeta.x");
    assert_string_equal(suggestions(arena, schema, "", 5), "");
    schema = schema_builtin(arena);
    assert_string_equal(suggestions(arena, schema, "process.nme", 1), "process.name");
    assert_string_equal(suggestions(arena, schema, "something.else.entirely", 5), "");
    arena_free(arena);
}

TEST(a_table_joins_uses_and_resolves_aliases)
{
    Arena *arena = arena_new();
    Err err = {0};
    const Schema *schema =
        schema_read_mapping(arena,
                            STR("{\"properties\":{\"a\":{\"type\":\"long\",\"null_value\":-1},"
                                "\"b\":{\"type\":\"alias\",\"path\":\"a\"}}}"),
                            &err);
    assert_non_null(schema);
    FieldTable *table = field_table_new(arena, schema);
    FieldId a = field_table_add(table, STR("b"), FIELD_USE_SPAN);
    assert_int_equal(field_table_add(table, STR("a"), FIELD_USE_VALUE), a);
    FieldId other = field_table_add(table, STR("c"), FIELD_USE_VALUE);
    assert_int_not_equal(other, a);
    const Field *field = field_table_get(table, a);
    assert_true(str_equal(field->path, STR("a")));
    assert_int_equal(field->uses, FIELD_USE_SPAN | FIELD_USE_VALUE);
    assert_int_equal(field->type, FIELD_LONG);
    assert_true(field->has_null_value && str_equal(field->null_value, STR("-1")));
    FieldId found;
    assert_true(field_table_find(table, STR("b"), &found));
    assert_int_equal(found, a);
    assert_false(field_table_find(table, STR("d"), &found));
    assert_int_equal(field_table_get(table, other)->type, FIELD_UNKNOWN);
    assert_int_equal(field_table_count(table), 2);
    field_table_add(table, STR("_index"), FIELD_USE_SPAN);
    assert_true(field_table_find(table, STR("data_stream.dataset"), &found));
    assert_int_equal(field_table_get(table, found)->uses, FIELD_USE_VALUE);
    arena_free(arena);
}

TEST(a_multi_field_shares_the_column_of_its_field)
{
    Arena *arena = arena_new();
    Err err = {0};
    const Schema *schema = schema_read_mapping(
        arena,
        STR("{\"properties\":{\"n\":{\"type\":\"long\",\"fields\":{\"raw\":{"
            "\"type\":\"keyword\"}}},\"al\":{\"type\":\"alias\",\"path\":\"n\"}}}"),
        &err);
    assert_non_null(schema);
    FieldTable *table = field_table_new(arena, schema);
    FieldId raw = field_table_add(table, STR("n.raw"), FIELD_USE_VALUE);
    assert_int_equal(field_table_add(table, STR("n"), FIELD_USE_VALUE), raw);
    assert_int_equal(field_table_add(table, STR("al"), FIELD_USE_VALUE), raw);
    assert_int_equal(field_table_get(table, raw)->type, FIELD_LONG);
    assert_true(str_equal(field_table_get(table, raw)->path, STR("n")));
    arena_free(arena);
}

RUN_TESTS(CASE(a_multi_field_shares_the_column_of_its_field),
          CASE(reused_groups_stand_at_all_their_places),
          CASE(only_what_a_whole_root_does_not_have_is_lacking),
          CASE(the_nearest_names_are_suggested_first),
          CASE(a_table_joins_uses_and_resolves_aliases))
