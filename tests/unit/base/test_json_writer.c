#include "unit.h"

#include <math.h>

#include "base/json.h"
#include "base/json_writer.h"

TEST(commas_come_by_themselves)
{
    Buffer out = {0};
    JsonWriter writer = {.out = &out};
    json_begin_object(&writer);
    json_key(&writer, STR("list"));
    json_begin_array(&writer);
    json_i64(&writer, INT64_MIN);
    json_begin_object(&writer);
    json_end_object(&writer);
    json_begin_array(&writer);
    json_end_array(&writer);
    json_null(&writer);
    json_end_array(&writer);
    json_member_string(&writer, "s", STR("x"));
    json_member_i64(&writer, "i", 7);
    json_member_bool(&writer, "b", true);
    json_key(&writer, STR("raw"));
    json_raw(&writer, STR("{\"a\": 1}"));
    json_key(&writer, STR("d"));
    json_double(&writer, 2.0);
    json_end_object(&writer);
    assert_true(str_equal(buffer_str(&out),
                          STR("{\"list\":[-9223372036854775808,{},[],null],\"s\":\"x\",\"i\":7,"
                              "\"b\":true,\"raw\":{\"a\": 1},\"d\":2.0}")));
    buffer_done(&out);
}

TEST(a_raw_value_stays_on_its_line)
{
    Buffer out = {0};
    JsonWriter writer = {.out = &out};
    json_begin_array(&writer);
    json_raw(&writer, STR("{\n\"a\\n\":\r\n1}"));
    json_end_array(&writer);
    assert_true(str_equal(buffer_str(&out), STR("[{ \"a\\n\":  1}]")));
    buffer_done(&out);
}

TEST(strings_escape_only_what_they_must)
{
    static const struct {
        Str text;
        Str json;
    } CASES[] = {
        {{NULL, 0}, STR_INIT("\"\"")},
        {STR_INIT("plain \x7f/\xc3\xa9"), STR_INIT("\"plain \x7f/\xc3\xa9\"")},
        {STR_INIT("\"a\\"), STR_INIT("\"\\\"a\\\\\"")},
        {STR_INIT("\b\f\n\r\t"), STR_INIT("\"\\b\\f\\n\\r\\t\"")},
        {STR_INIT("x\0\x1f"), STR_INIT("\"x\\u0000\\u001f\"")},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Buffer out = {0};
        json_append_escaped(&out, CASES[i].text);
        assert_true(str_equal(buffer_str(&out), CASES[i].json));
        buffer_done(&out);
    }
}

TEST(every_byte_below_128_reads_back)
{
    char text[128];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)i;
    }
    Arena *arena = arena_new();
    Buffer out = {0};
    Err err;
    json_append_escaped(&out, (Str){text, sizeof text});
    const Json *json = json_parse(arena, buffer_str(&out), &err);
    assert_non_null(json);
    assert_true(str_equal(json->text, (Str){text, sizeof text}));
    buffer_done(&out);
    arena_free(arena);
}

TEST(doubles_print_short_and_read_back)
{
    static const struct {
        double value;
        const char *text;
    } CASES[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-1500.0, "-1500.0"},
        {0.1, "0.1"},
        {1.0 / 3.0, "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e22, "1e+22"},
        {1e-7, "1e-07"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {9007199254740993.0, "9007199254740992.0"},
        {(double)INFINITY, "null"},
        {(double)NAN, "null"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        char out[32];
        Str text = json_print_double(CASES[i].value, out);
        assert_string_equal(out, CASES[i].text);
        assert_int_equal(text.len, strlen(CASES[i].text));
    }
}

TEST(random_bit_patterns_read_back_the_same)
{
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 100000; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        double value;
        memcpy(&value, &seed, sizeof value);
        if (!isfinite(value)) {
            continue;
        }
        char out[32];
        double back = 0;
        assert_true(str_to_double(json_print_double(value, out), &back));
        assert_memory_equal(&back, &value, sizeof value);
    }
}

RUN_TESTS(CASE(commas_come_by_themselves), CASE(a_raw_value_stays_on_its_line),
          CASE(strings_escape_only_what_they_must), CASE(every_byte_below_128_reads_back),
          CASE(doubles_print_short_and_read_back), CASE(random_bit_patterns_read_back_the_same))
