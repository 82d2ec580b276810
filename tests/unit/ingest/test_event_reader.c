#include "unit.h"

#include "base/buffer.h"
#include "ingest/event_reader.h"
#include "padded.h"

/* Some 3 MB, so made once. */
static const Schema *known_fields(void)
{
    static const Schema *schema;
    if (schema == NULL) {
        schema = schema_builtin(arena_new());
    }
    return schema;
}

/* What a reader of `fields` (one a line) finds in `text`: "field=raw" for each span, one a line, then
 * "_index=" and "_id=" if there are any; else "fault AT: TEXT". */
static Str read_with(Arena *arena, const EventReaderOptions *options, const char *fields, Str text)
{
    FieldTable *table = field_table_new(arena, known_fields());
    Str rest = str_from_c(fields);
    Str path;
    while (rest.len > 0 && str_split(&rest, '\n', &path)) {
        size_t at = 0;
        if (str_find_byte(path, '*', 0, &at)) {
            static const SchemaField UNKNOWN = {.type = FIELD_UNKNOWN};
            field_table_add_pattern(table, path, &UNKNOWN);
        } else {
            field_table_add(table, path, FIELD_USE_VALUE);
        }
    }
    EventReader *reader = event_reader_new(table, options);
    EventSpans spans;
    Err err = {0};
    Buffer out = {0};
    if (event_reader_read(reader, padded(arena, text), &spans, &err)) {
        for (uint32_t i = 0; i < spans.count; i++) {
            Str name = field_table_get(table, spans.items[i].field)->path;
            buffer_append_format(&out, "%.*s=%.*s\n", STR_ARG(name), (int)spans.items[i].len,
                                 spans.items[i].ptr);
        }
        if (spans.index.len > 0) {
            buffer_append_format(&out, "_index=%.*s\n", STR_ARG(spans.index));
        }
        if (spans.id.len > 0) {
            buffer_append_format(&out, "_id=%.*s\n", STR_ARG(spans.id));
        }
    } else {
        buffer_append_format(&out, "fault %zu: %s", err.at, err.text);
    }
    Str found = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    event_reader_free(reader);
    return found;
}

typedef struct Case {
    const char *fields;
    const char *text;
    const char *expected;
} Case;

static void check(const Case *cases, size_t count)
{
    Arena *arena = arena_new();
    for (size_t i = 0; i < count; i++) {
        Str found = read_with(arena, NULL, cases[i].fields, str_from_c(cases[i].text));
        assert_string_equal(str_to_c(arena, found), cases[i].expected);
    }
    arena_free(arena);
}

TEST(keys_may_be_nested_or_dotted_or_both)
{
    static const Case CASES[] = {
        {"p.q.r", "{\"p\":{\"q\":{\"r\":1}}}", "p.q.r=1\n"},
        {"p.q.r", "{\"p.q.r\":1}", "p.q.r=1\n"},
        {"p.q.r", "{\"p.q\":{\"r\":1}}", "p.q.r=1\n"},
        {"p.q.r", "{\"p\":{\"q.r\":1}}", "p.q.r=1\n"},
        {"p.q.r", "{\"p\":{\"q.r\":1,\"q\":{\"r\":2}},\"p.q.r\":3}", "p.q.r=1\np.q.r=2\np.q.r=3\n"},
        {"p.q.r", "{\"p\":{\"r\":1},\"q\":{\"r\":1},\"p.q\":1,\"q.r\":1,\"p.q.r.s\":1}", ""},
        {"p.q", "{\"p..q\":1,\".p.q\":1,\"p.q.\":1,\"\":{\"p.q\":1},\"p\":{\"\":{\"q\":1}}}", ""},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(fields_that_fit_a_pattern_are_found_however_they_are_spelled)
{
    static const Case CASES[] = {
        {"p.*", "{\"p\":{\"q\":{\"r\":1},\"s\":\"x,\" , \"t\": null},\"q\":2}",
         "p.*=1\np.*=\"x,\"\np.*=null\n"},
        {"p.*", "{\"p\":[{\"q\":[1,[2,{\"r\":3}]]},{\"q\":{}},4],\"p.q.r\":5}",
         "p.*=1\np.*=2\np.*=3\np.*=5\n"},
        {"p.*", "{\"p\":1}", ""},
        {"p.*.r", "{\"p.q\":{\"r\":1},\"\\u0070.\\u0071.r\":2,\"p.q.s\":3,\"p.r\":4,\"pq.q.r\":5}",
         "p.*.r=1\np.*.r=2\n"},
        {"p.q.*.s", "{\"p\":{\"q.r\":{\"s\":1}},\"p.q\":{\"r.s\":2},\"p.q.r.s\":[3,4]}",
         "p.q.*.s=1\np.q.*.s=2\np.q.*.s=3\np.q.*.s=4\n"},
        {"*q",
         "{\"p\":{\"q\":1},\"q\":2,\"pq\":3,\"_id\":\"q\",\"q.\":4,\"\":{\"q\":5},\"p..q\":6}",
         "*q=1\n*q=2\n*q=3\n_id=q\n"},
        /* A pattern beside fields of their own. */
        {"p.q.r\np.q.*\np.*r\np", "{\"p\":{\"q\":{\"r\":1}}}", "p.q.r=1\np.q.*=1\np.*r=1\n"},
        {"p.q.r\np.q.*", "{\"p.q.r\":[1]}", "p.q.r=[1]\np.q.*=1\n"},
        {"p.q.r\np.q.*", "{\"p\":{\"q.r\":{\"s\":1},\"q.r\":2}}", "p.q.r=2\np.q.*=1\np.q.*=2\n"},
        /* Only of the event's own object. */
        {"p.*", "{\"p\":{\"q\":1},\"_source\":{\"p\":{\"q\":2},\"p.q\":3}}", "p.*=2\np.*=3\n"},
        {"*", "{\"_source\":{\"p\":1},\"_source\":{\"q\":2}}", "*=2\n"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

/* Past the keys that are learned and the paths that are kept, each is worked out anew. */
TEST(patterns_are_found_among_many_keys)
{
    Arena *arena = arena_new();
    Buffer text = {0};
    buffer_append_c(&text, "{");
    for (int i = 0; i < 20000; i++) {
        buffer_append_format(&text, "\"p.k%d.n\":1,\"q.k%d.n\":{\"p\":1},", i, i);
    }
    buffer_append_c(&text, "\"p\":{\"n\":2}}");
    Str found = read_with(arena, NULL, "p.*.n", buffer_str(&text));
    assert_int_equal(found.len, 20000 * strlen("p.*.n=1\n"));
    found = read_with(arena, &(EventReaderOptions){.max_spans = 19999}, "p.*.n", buffer_str(&text));
    assert_true(str_ends_with(found, STR(": more than 19999 values of fields asked for")));
    buffer_done(&text);
    arena_free(arena);
}

TEST(a_field_may_stand_above_another)
{
    static const Case CASES[] = {
        {"p\np.q", "{\"p\":{\"q\":1}}", "p.q=1\n"},
        {"p\np.q", "{\"p\":1,\"p.q\":2}", "p=1\np.q=2\n"},
        {"p.q\np", "{\"p\":\"x\"}", "p=\"x\"\n"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(every_scalar_is_a_span_and_an_object_none)
{
    static const Case CASES[] = {
        {"a\nb\nc\nd\ne\nf",
         "{\"a\":\"x\\n\",\"b\":-1.5e3,\"c\":true,\"d\":false,\"e\":null,\"f\":{\"g\":1}}",
         "a=\"x\\n\"\nb=-1.5e3\nc=true\nd=false\ne=null\n"},
        {"a\nb", " { \"a\" : 1 ,\n\t\"b\"\r:\"x\" }\n", "a=1\nb=\"x\"\n"},
        {"a", "{\"a\":1,\"a\":2}", "a=1\na=2\n"},
        {"", "{\"a\":1}", ""},
        {"a", "{}", ""},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(an_array_without_objects_is_one_span)
{
    static const Case CASES[] = {
        {"a", "{\"a\":[]}", "a=[]\n"},
        {"a", "{\"a\":[ 1, \"x]\", [null, []] ]}", "a=[ 1, \"x]\", [null, []] ]\n"},
        {"a.b", "{\"a\":[1,2]}", ""},
        {"a.b", "{\"a\":{\"b\":[1]},\"a.b\":[2]}", "a.b=[1]\na.b=[2]\n"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(in_an_array_with_objects_all_are_looked_at)
{
    static const Case CASES[] = {
        {"a.b", "{\"a\":[{\"b\":1},{\"c\":2},{\"b\":[3,4]}]}", "a.b=1\na.b=[3,4]\n"},
        {"a\na.b", "{\"a\":[0,{\"b\":1},[2,[3]],null]}", "a=0\na.b=1\na=2\na=3\na=null\n"},
        {"a\na.b", "{\"a\":[[1],[{\"b\":2}]]}", "a=1\na.b=2\n"},
        {"a.b.c", "{\"a\":[{\"b\":[{\"c\":1},{\"c\":2}]},{\"b.c\":3}]}",
         "a.b.c=1\na.b.c=2\na.b.c=3\n"},
        {"a", "{\"a\":[{},[]]}", ""},
        {"a", "{\"b\":[{\"a\":1}]}", ""},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(a_source_object_takes_over)
{
    static const Case CASES[] = {
        {"a", "{\"_index\":\"i\",\"_id\":\"7\",\"_source\":{\"a\":1}}", "a=1\n_index=i\n_id=7\n"},
        {"a\nb", "{\"a\":0,\"_source\":{\"a\":1},\"b\":2,\"_index\":\"i\"}", "a=1\n_index=i\n"},
        {"a", "{\"_source\":{\"a\":1,\"_index\":\"in\",\"_id\":\"n\"},\"_id\":\"by\"}",
         "a=1\n_index=in\n_id=by\n"},
        {"a", "{\"_source\":\"x\",\"a\":1}", "a=1\n"},
        {"a", "{\"_source\":{\"a\":1},\"_source\":{\"a\":2},\"_source\":[{\"a\":3}],\"_source\":4}",
         "a=2\n"},
        {"a", "{\"_source\":[{\"a\":1}],\"a\":2}", "a=2\n"},
        {"a", "{\"b\":{\"_source\":{\"a\":1}}}", ""},
        {"a", "{\"_source\":{\"_source\":{\"a\":1},\"a\":2}}", "a=2\n"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(names_come_from_plain_events_too_and_are_no_spans)
{
    static const Case CASES[] = {
        {"_id\n_index\na", "{\"_index\":\"i\",\"a\":1,\"_id\":\"7\"}", "a=1\n_index=i\n_id=7\n"},
        {"", "{\"_index\":\"a\\u0062\\\"c\",\"_id\":7}", "_index=ab\"c\n"},
        {"", "{\"_index\":\"\",\"_index\":\"first\",\"_index\":\"second\"}", "_index=first\n"},
        {"", "{\"a\":{\"_index\":\"i\"},\"_id\":[\"7\"],\"_index\":{\"_index\":\"i\"}}", ""},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(keys_with_escapes_match)
{
    static const Case CASES[] = {
        {"a.b", "{\"\\u0061\":{\"\\u0062\":1}}", "a.b=1\n"},
        {"a.b", "{\"a\\u002eb\":1}", "a.b=1\n"},
        {"a\"b\na\\b\na\\\\b", "{\"a\\\"b\":1,\"a\\\\b\":2,\"a\\\\\\\\b\":3}",
         "a\"b=1\na\\b=2\na\\\\b=3\n"},
        {"a\\b", "{\"a\\b\":1}", ""},
        {"\xc3\xa4", "{\"\\u00e4\":1,\"\xc3\xa4\":2}", "\xc3\xa4=1\n\xc3\xa4=2\n"},
        {"", "{\"\\u005findex\":\"i\"}", "_index=i\n"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

/* All lengths around those at which keys are compared another way. */
TEST(keys_of_every_length_match_and_no_others)
{
    Arena *arena = arena_new();
    for (size_t len = 1; len <= 80; len++) {
        Buffer key = {0};
        for (size_t i = 0; i < len; i++) {
            buffer_append_byte(&key, (char)('a' + i % 26));
        }
        const char *field = str_to_c(arena, buffer_str(&key));
        Str text = str_format(arena, "{\"%s\":1,\"%sx\":2,\"%s\":3,\"%s\" :4}", field, field,
                              field + 1, field);
        Str expected = str_format(arena, "%s=1\n%s=4\n", field, field);
        assert_string_equal(read_with(arena, NULL, field, text).ptr, expected.ptr);
        for (size_t i = 0; i < len; i++) {
            key.ptr[i] ^= 1;
            text = str_format(arena, "{\"%.*s\":1}", (int)len, key.ptr);
            assert_int_equal(read_with(arena, NULL, field, text).len, 0);
            key.ptr[i] ^= 1;
        }
        buffer_done(&key);
    }
    arena_free(arena);
}

TEST(faults_are_told_with_their_place)
{
    static const Case CASES[] = {
        {"a", "", "fault 0: the document ends too early"},
        {"a", "[1]", "fault 0: an event must be an object"},
        {"a", "x{}", "fault 0: an event must be an object"},
        {"a", ",{}", "fault 1: an event must be an object"},
        {"a", "{\"a\":1", "fault 6: the document ends too early"},
        {"a", "{\"a\":", "fault 5: the document ends too early"},
        {"a", "{\"a\"", "fault 4: the document ends too early"},
        {"a", "{\"a\":[1,2", "fault 9: the document ends too early"},
        {"a", "{\"a\":\"b", "fault 5: string does not end"},
        {"a", "{\"a\":1}}", "fault 7: text behind the document"},
        {"a", "{\"a\":1},", "fault 7: text behind the document"},
        {"a", "{\"a\":1} 2", "fault 8: text behind the document"},
        {"a", "{\"a\":1,}", "fault 7: expected a key in double quotes"},
        {"a", "{,}", "fault 1: expected a key"},
        {"a", "{1:2}", "fault 1: expected a key in double quotes"},
        {"a", "{\"a\" 1}", "fault 3: expected ':' behind a key"},
        {"a", "{\"a\"::1}", "fault 5: expected ':' behind a key"},
        {"a", "{\"a\":}", "fault 5: expected a value"},
        {"a", "{\"a\":,1}", "fault 5: expected ':' behind a key"},
        {"a", "{\"a\":1 \"b\":2}", "fault 7: expected ',' or '}'"},
        {"a", "{\"a\":[1}", "fault 7: expected ',' or ']'"},
        {"a", "{\"a\":[,1]}", "fault 6: expected a value"},
        {"a", "{\"a\":[1,]}", "fault 8: expected a value"},
        {"a", "{\"a\":[1,,2]}", "fault 8: expected ',' or a closing bracket"},
        {"a", "{\"a\":{}:1}", "fault 7: expected ',' or a closing bracket"},
        {"a", "{\"a\":\"x\":1}", "fault 8: expected ',' or a closing bracket"},
        {"a", "{\"a\":1 : 2}", "fault 7: expected ',' or a closing bracket"},
        {"a", "{\"a\":01}", "fault 5: malformed number"},
        {"a", "{\"a\":-}", "fault 5: malformed number"},
        {"a", "{\"a\":nil}", "fault 5: expected a value"},
        {"a", "{\"a\":truer}", "fault 5: expected a value"},
        {"a", "{\"a\":'x'}", "fault 5: expected a value"},
        {"a", "{\"a\":\"\\x\"}", "fault 7: unknown escape"},
        {"a", "{\"a\":\"\\u12g4\"}", "fault 7: \\u needs four hex digits"},
        {"a", "{\"a\":\"\\ud800\"}", "fault 7: half of a surrogate pair"},
        {"a", "{\"a\":\"\\ud800\\u0041\"}", "fault 7: half of a surrogate pair"},
        {"a", "{\"a\":\"\\udc00\"}", "fault 7: half of a surrogate pair"},
        {"a", "{\"a\":\"x\ty\"}", "fault 7: control character in a string"},
        {"a", "{\"a\":1\x0c}", "fault 6: control character between tokens"},
        {"a", "{\"a\":\"\xc3\x28\"}", "fault 6: bytes that are no UTF-8"},
        {"a", "{\"a\":\"\xed\xa0\x80\"}", "fault 6: bytes that are no UTF-8"},
        {"a", "{\"a\":\"\xc3\"}", "fault 6: bytes that are no UTF-8"},
        {"a", "{\"a\":1,\xc3\xa4}", "fault 7: expected a key in double quotes"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(the_first_of_several_faults_is_told)
{
    static const Case CASES[] = {
        {"a", "{\"a\":tru,\"b\":\"\\x\"}", "fault 5: expected a value"},
        {"a", "{\"a\":\"\\x\",\"b\":tru}", "fault 7: unknown escape"},
        {"a", "{\"a\":\"b\"c\",\"d\":1}", "fault 8: expected ',' or '}'"},
        {"a", "{\"a\":\"\xff\",\"b\":\"", "fault 6: bytes that are no UTF-8"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(numbers_of_any_size_are_accepted)
{
    static const Case CASES[] = {
        {"a", "{\"a\":123456789012345678901234567890}", "a=123456789012345678901234567890\n"},
        {"a", "{\"a\":-1e99999}", "a=-1e99999\n"},
        {"a", "{\"a\":0.0e-0}", "a=0.0e-0\n"},
    };
    check(CASES, ARRAY_LEN(CASES));
}

/* {"a":{"a": .. 1 .. }} */
static Str nest(Arena *arena, uint32_t levels, char open, char close)
{
    Buffer text = {0};
    buffer_append_c(&text, "{\"a\":");
    for (uint32_t i = 1; i < levels; i++) {
        buffer_append_c(&text, open == '{' ? "{\"a\":" : "[");
    }
    buffer_append_c(&text, "1");
    for (uint32_t i = 1; i < levels; i++) {
        buffer_append_byte(&text, close);
    }
    buffer_append_c(&text, "}");
    Str copy = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return copy;
}

TEST(nesting_is_bounded)
{
    Arena *arena = arena_new();
    EventReaderOptions options = {.max_depth = 3};
    assert_string_equal(read_with(arena, &options, "a", nest(arena, 3, '[', ']')).ptr, "a=[[1]]\n");
    assert_string_equal(read_with(arena, &options, "a.a.a", nest(arena, 3, '{', '}')).ptr,
                        "a.a.a=1\n");
    assert_string_equal(read_with(arena, &options, "a", nest(arena, 4, '[', ']')).ptr,
                        "fault 7: more than 3 levels of nesting");
    assert_string_equal(read_with(arena, &options, "b", nest(arena, 4, '{', '}')).ptr,
                        "fault 15: more than 3 levels of nesting");
    assert_int_equal(read_with(arena, NULL, "b", nest(arena, 64, '[', ']')).len, 0);
    assert_true(
        str_starts_with(read_with(arena, NULL, "b", nest(arena, 65, '{', '}')), STR("fault")));
    arena_free(arena);
}

TEST(spans_are_bounded)
{
    Arena *arena = arena_new();
    EventReaderOptions options = {.max_spans = 3};
    Str three = STR("{\"a\":1,\"b\":2,\"a\":3,\"c\":[1,2,3,4,5]}");
    Str four = STR("{\"a\":1,\"b\":2,\"a\":3,\"a\":4}");
    assert_string_equal(read_with(arena, &options, "a\nb", three).ptr, "a=1\nb=2\na=3\n");
    assert_string_equal(read_with(arena, &options, "a\nb", four).ptr,
                        "fault 23: more than 3 values of fields asked for");
    Buffer many = {0};
    buffer_append_c(&many, "{\"a\":[{}");
    for (size_t i = 0; i < 70000; i++) {
        buffer_append_c(&many, ",1");
    }
    buffer_append_c(&many, "]}");
    assert_int_equal(
        read_with(arena, &(EventReaderOptions){.max_spans = 70000}, "a", buffer_str(&many)).len,
        4 * 70000);
    assert_true(
        str_starts_with(read_with(arena, NULL, "a", buffer_str(&many)), STR("fault 131081")));
    buffer_done(&many);
    arena_free(arena);
}

/* A reader guesses keys from the event before: whatever that was, the result is the same. */
TEST(one_event_does_not_change_the_next)
{
    Arena *arena = arena_new();
    static const char *const TEXTS[] = {
        "{\"p\":{\"a\":1,\"b\":2,\"c\":3}}",
        "{\"p\":{\"c\":1,\"b\":2,\"a\":3}}",
        "{\"p\":{\"x\":0,\"a\":1,\"x\":0,\"b\":2}}",
        "{\"p.b\":1,\"p\":{\"a\":2},\"q\":3}",
        "{\"q\":1,\"_source\":{\"p\":{\"a\":1}}}",
        "{\"p\":[{\"a\":1},{\"b\":2},{\"a\":3,\"b\":4}]}",
        "{\"p\":{\"a\":1,\"b\":tru}}",
        "{ \"p\" : {\"a\" :1, \"b\": 2} }",
    };
    FieldTable *table = field_table_new(arena, known_fields());
    const char *fields[] = {"p.a", "p.b", "p.c", "q"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        field_table_add(table, str_from_c(fields[i]), FIELD_USE_VALUE);
    }
    for (size_t i = 0; i < ARRAY_LEN(TEXTS) * ARRAY_LEN(TEXTS); i++) {
        EventReader *used = event_reader_new(table, NULL);
        EventReader *fresh = event_reader_new(table, NULL);
        Str first = padded(arena, str_from_c(TEXTS[i / ARRAY_LEN(TEXTS)]));
        Str second = padded(arena, str_from_c(TEXTS[i % ARRAY_LEN(TEXTS)]));
        EventSpans spans, expected;
        Err err = {0};
        bool warm = event_reader_read(used, first, &spans, &err);
        bool accepted = event_reader_read(fresh, second, &expected, &err);
        assert_true(warm || err.text[0] != '\0');
        assert_int_equal(event_reader_read(used, second, &spans, &err), accepted);
        if (accepted) {
            assert_int_equal(spans.count, expected.count);
            for (uint32_t k = 0; k < spans.count; k++) {
                assert_int_equal(spans.items[k].field, expected.items[k].field);
                assert_ptr_equal(spans.items[k].ptr, expected.items[k].ptr);
                assert_int_equal(spans.items[k].len, expected.items[k].len);
            }
        }
        event_reader_free(used);
        event_reader_free(fresh);
    }
    arena_free(arena);
}

/* Quotes, backslashes and brackets at every place of the 64 bytes that are looked at at once. */
TEST(what_lies_across_blocks_is_read_as_elsewhere)
{
    Arena *arena = arena_new();
    for (int shift = 0; shift < 130; shift++) {
        Str text = str_format(
            arena, "{\"x\":\"%0*d\",\"a\":\"\\\\\\\"\\u00e4\\\\\",\"b\":[1,{\"c\":\"}\"}]}", shift,
            0);
        assert_string_equal(read_with(arena, NULL, "a\nb.c", text).ptr,
                            "a=\"\\\\\\\"\\u00e4\\\\\"\nb.c=\"}\"\n");
        text = str_format(arena,
                          "{\"x\":\"%0*d\",\"a\":\"\\ud83d\\ude00\",\"b\":\"\xf0\x9f\x98\x80\"}",
                          shift, 0);
        assert_string_equal(read_with(arena, NULL, "a\nb", text).ptr,
                            "a=\"\\ud83d\\ude00\"\nb=\"\xf0\x9f\x98\x80\"\n");
        text = str_format(arena, "{\"x\":\"%0*d\",\"a\":\"\\ude00\"}", shift, 0);
        assert_true(str_starts_with(read_with(arena, NULL, "a\nb", text), STR("fault")));
    }
    arena_free(arena);
}

TEST(fields_that_no_event_can_have_are_never_found)
{
    static const Case CASES[] = {
        {"a..b", "{\"a..b\":1,\"a\":{\".b\":1}}", ""},
        {".a", "{\".a\":1,\"\":{\"a\":1}}", ""},
        {"a.", "{\"a.\":1,\"a\":{\"\":1}}", ""},
    };
    check(CASES, ARRAY_LEN(CASES));
}

RUN_TESTS(CASE(fields_that_fit_a_pattern_are_found_however_they_are_spelled),
          CASE(patterns_are_found_among_many_keys), CASE(keys_may_be_nested_or_dotted_or_both),
          CASE(a_field_may_stand_above_another), CASE(every_scalar_is_a_span_and_an_object_none),
          CASE(an_array_without_objects_is_one_span),
          CASE(in_an_array_with_objects_all_are_looked_at), CASE(a_source_object_takes_over),
          CASE(names_come_from_plain_events_too_and_are_no_spans), CASE(keys_with_escapes_match),
          CASE(keys_of_every_length_match_and_no_others), CASE(faults_are_told_with_their_place),
          CASE(the_first_of_several_faults_is_told), CASE(numbers_of_any_size_are_accepted),
          CASE(nesting_is_bounded), CASE(spans_are_bounded),
          CASE(one_event_does_not_change_the_next),
          CASE(what_lies_across_blocks_is_read_as_elsewhere),
          CASE(fields_that_no_event_can_have_are_never_found))
