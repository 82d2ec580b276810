#include "event/field_pattern.h"
#include "unit.h"

TEST(a_star_is_any_run_of_characters)
{
    static const struct {
        const char *pattern, *path;
        bool fits;
    } CASES[] = {
        {"*", "", true},          {"*", "a.b", true},        {"a.*", "a.b", true},
        {"a.*", "a.", true},      {"a.*", "a", false},       {"*.b", "a.b", true},
        {"*.b", "a.b.c", false},  {"a*c", "abbc", true},     {"a*b*c", "abxc", true},
        {"a*b*c", "acbc", true},  {"a*b*c", "acc", false},   {"a**c", "ac", true},
        {"a?c", "abc", false},    {"a?c*", "a?cd", true},    {"*ab*ab", "abab", true},
        {"*ab*ab", "xab", false}, {"*aab", "aaaaaab", true}, {"a", "a", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_int_equal(
            field_pattern_fits(str_from_c(CASES[i].pattern), str_from_c(CASES[i].path)),
            CASES[i].fits);
    }
}

TEST(only_some_objects_lead_to_what_fits)
{
    static const struct {
        const char *pattern, *object;
        bool leads;
    } CASES[] = {
        {"a.b*", "", true},       {"a.b*", "a", true},    {"a.b*", "a.bc", true},
        {"a.b*", "a.b", true},    {"a.b*", "a.c", false}, {"a.b*", "ab", false},
        {"a.b*", "x", false},     {"*", "x", true},       {"a.b.*", "a.b.c.d", true},
        {"a.b.*", "a.bb", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_int_equal(
            field_pattern_leads_below(str_from_c(CASES[i].pattern), str_from_c(CASES[i].object)),
            CASES[i].leads);
    }
}

/* The field of a kind stands for the paths of that kind alone, and every path has a kind among those told. */
TEST(kinds_part_the_paths_that_fit)
{
    static const char MAPPING[] = "{\"properties\": {\"a\": {\"properties\": {\"n\": {\"type\": "
                                  "\"long\"}, \"m\": {\"type\": \"integer\"},"
                                  " \"d\": {\"type\": \"date\", \"format\": \"yyyy\"}, \"e\": "
                                  "{\"type\": \"date\"}, \"k\": {\"type\": \"keyword\","
                                  " \"null_value\": \"none\"}, \"f\": {\"type\": \"flattened\"}, "
                                  "\"o\": {\"type\": \"object\", \"dynamic\": false}}}}}";
    static const char *const PATHS[] = {"a.n", "a.m", "a.d", "a.e", "a.k", "a.f", "a.f.x", "a.new"};
    Arena *arena = arena_new();
    Err err = {0};
    const Schema *schema = schema_read_mapping(arena, str_from_c(MAPPING), &err);
    assert_non_null(schema);
    FieldTable *table = field_table_new(arena, schema);
    FieldKinds kinds = {0};
    field_pattern_kinds(arena, schema, STR("a.*"), &kinds);
    assert_int_equal(kinds.count,
                     7); /* unknown, keyword, long, two of dates, keyword with a null, flattened */
    for (uint32_t i = 0; i < kinds.count; i++) {
        FieldId id = field_table_add_pattern(table, STR("a.*"), &kinds.items[i]);
        assert_int_equal(id, i);
        assert_int_equal(field_table_add_pattern(table, STR("a.*"), &kinds.items[i]), id);
    }
    for (size_t path = 0; path < ARRAY_LEN(PATHS); path++) {
        uint32_t stand = 0;
        for (FieldId id = 0; id < kinds.count; id++) {
            stand += field_stands_for(field_table_get(table, id), str_from_c(PATHS[path]));
        }
        assert_int_equal(stand, 1);
    }
    for (FieldId id = 0; id < kinds.count; id++) {
        const Field *field = field_table_get(table, id);
        assert_false(field_stands_for(field, STR("a.o.x")));
        assert_false(field_stands_for(field, STR("a.o")));
        assert_false(field_stands_for(field, STR("b.n")));
        assert_false(field_stands_for(field, STR("a..n")));
    }
    arena_free(arena);
}

RUN_TESTS(CASE(a_star_is_any_run_of_characters), CASE(only_some_objects_lead_to_what_fits),
          CASE(kinds_part_the_paths_that_fit))
