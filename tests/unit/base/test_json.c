#include "unit.h"

#include "base/json.h"

#ifdef HAVE_SIMDJSON
#include "simdjson_oracle.h"
#endif

static const Str GOOD[] = {
    STR_INIT("null"),
    STR_INIT(" \t\r\n true \n"),
    STR_INIT("false"),
    STR_INIT("0"),
    STR_INIT("-0"),
    STR_INIT("-0.0e-0"),
    STR_INIT("10"),
    STR_INIT("1.5E+3"),
    STR_INIT("123456789012345678"),
    STR_INIT("\"\""),
    STR_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
    STR_INIT("\"\\u0000\\u00e9\\uD83D\\uDC27\""),
    STR_INIT("\"\x7f\xc3\xa9\xf0\x9f\x90\xa7\""),
    STR_INIT("[]"),
    STR_INIT("[ ]"),
    STR_INIT("{}"),
    STR_INIT("{ }"),
    STR_INIT("[[],{},[1]]"),
    STR_INIT("{\"\":0}"),
    STR_INIT("{\"a\" : [ 1 , 2 ] , \"b\" : { \"c\" : null } }"),
    STR_INIT("{\"a\":1,\"a\":2}"),
};

static const struct {
    Str text;
    size_t at;
    const char *reason;
} BAD[] = {
    {STR_INIT(""), 0, "expected a value"},
    {{NULL, 0}, 0, "expected a value"},
    {STR_INIT("  "), 2, "expected a value"},
    {STR_INIT("nul"), 0, "expected a value"},
    {STR_INIT("nulL"), 0, "expected a value"},
    {STR_INIT("True"), 0, "expected a value"},
    {STR_INIT("truex"), 4, "expected nothing more after the value"},
    {STR_INIT("1 2"), 2, "expected nothing more after the value"},
    {STR_INIT("1\0"), 1, "expected nothing more after the value"},
    {STR_INIT("\0"), 0, "expected a value"},
    {STR_INIT("01"), 0, "a number may not start with 0"},
    {STR_INIT("-01"), 1, "a number may not start with 0"},
    {STR_INIT("-"), 1, "expected a digit"},
    {STR_INIT("+1"), 0, "expected a value"},
    {STR_INIT(".5"), 0, "expected a value"},
    {STR_INIT("1."), 2, "expected a digit after the decimal point"},
    {STR_INIT("1.e5"), 2, "expected a digit after the decimal point"},
    {STR_INIT("1e"), 2, "expected a digit in the exponent"},
    {STR_INIT("1e+-1"), 3, "expected a digit in the exponent"},
    {STR_INIT("0x1"), 1, "expected nothing more after the value"},
    {STR_INIT("NaN"), 0, "expected a value"},
    {STR_INIT("-Infinity"), 1, "expected a digit"},
    {STR_INIT("\"abc"), 0, "string without an end"},
    {STR_INIT("[\"abc\\\"]"), 1, "string without an end"},
    {STR_INIT("\"a\nb\""), 2, "control character in a string"},
    {STR_INIT("\"a\0b\""), 2, "control character in a string"},
    {STR_INIT("\"a\\"), 2, "invalid escape"},
    {STR_INIT("\"\\x41\""), 1, "invalid escape"},
    {STR_INIT("\"\\\0\""), 1, "invalid escape"},
    {STR_INIT("\"\\u12"), 1, "invalid \\u escape or half of a surrogate pair"},
    {STR_INIT("\"\\u12g4\""), 1, "invalid \\u escape or half of a surrogate pair"},
    {STR_INIT("\"\\uD83D\""), 1, "invalid \\u escape or half of a surrogate pair"},
    {STR_INIT("\"\\uDC27\""), 1, "invalid \\u escape or half of a surrogate pair"},
    {STR_INIT("\"\\uD83D\\u0041\""), 1, "invalid \\u escape or half of a surrogate pair"},
    {STR_INIT("\"\\uD83Dxxxxxx\""), 1, "invalid \\u escape or half of a surrogate pair"},
    {STR_INIT("\"\\uD83D\\uD83D\""), 1, "invalid \\u escape or half of a surrogate pair"},
    {STR_INIT("\"\\uD83D\\nDC27\""), 1, "invalid \\u escape or half of a surrogate pair"},
    {STR_INIT("\"\xff\""), 1, "invalid UTF-8"},
    {STR_INIT("\"\xed\xa0\x80\""), 1, "invalid UTF-8"},
    {STR_INIT("\xef\xbb\xbf{}"), 0, "expected a value"},
    {STR_INIT("'a'"), 0, "expected a value"},
    {STR_INIT("["), 1, "expected a value"},
    {STR_INIT("[1"), 2, "expected ',' or ']'"},
    {STR_INIT("[1,"), 3, "expected a value"},
    {STR_INIT("[1,]"), 3, "expected a value"},
    {STR_INIT("[,1]"), 1, "expected a value"},
    {STR_INIT("[1 2]"), 3, "expected ',' or ']'"},
    {STR_INIT("[1}"), 2, "expected ',' or ']'"},
    {STR_INIT("]"), 0, "expected a value"},
    {STR_INIT("{"), 1, "expected a key in quotes"},
    {STR_INIT("{a:1}"), 1, "expected a key in quotes"},
    {STR_INIT("{\"a"), 1, "string without an end"},
    {STR_INIT("{\"a\"}"), 4, "expected ':'"},
    {STR_INIT("{\"a\":}"), 5, "expected a value"},
    {STR_INIT("{\"a\":1,}"), 7, "expected a key in quotes"},
    {STR_INIT("{\"a\":1 \"b\":2}"), 7, "expected ',' or '}'"},
    {STR_INIT("{\"a\":1]"), 6, "expected ',' or '}'"},
    {STR_INIT("[1] // no"), 4, "expected nothing more after the value"},
};

TEST(every_form_of_the_standard_is_read)
{
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(GOOD); i++) {
        Err err = {.code = ERR_NONE};
        const Json *json = json_parse(arena, GOOD[i], &err);
        assert_non_null(json);
        assert_int_equal(err.code, ERR_NONE);
        assert_true(str_equal(json->raw, str_trim(GOOD[i])));
    }
    arena_free(arena);
}

TEST(everything_else_is_refused_at_its_place)
{
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
        Err err = {.code = ERR_NONE};
        assert_null(json_parse(arena, BAD[i].text, &err));
        assert_int_equal(err.code, ERR_SYNTAX);
        assert_string_equal(err.text, BAD[i].reason);
        assert_int_equal(err.at, BAD[i].at);
    }
    arena_free(arena);
}

TEST(simdjson_is_of_the_same_opinion)
{
#ifdef HAVE_SIMDJSON
    for (size_t i = 0; i < ARRAY_LEN(GOOD); i++) {
        assert_true(simdjson_oracle_accepts(GOOD[i].ptr, GOOD[i].len));
    }
    for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
        assert_false(simdjson_oracle_accepts(BAD[i].text.ptr, BAD[i].text.len));
    }
#else
    skip();
#endif
}

TEST(a_tree_has_kinds_keys_texts_and_places)
{
    Arena *arena = arena_new();
    Err err;
    Str text = STR(" {\"a\\n\": \"x\\u0041\", \"b\":[true, false ,null,-1.5e2]} ");
    const Json *root = json_parse(arena, text, &err);
    assert_non_null(root);
    assert_int_equal(root->kind, JSON_OBJECT);
    assert_int_equal(root->count, 2);
    assert_int_equal(root->at, 1);

    const Json *a = root->first;
    assert_int_equal(a->kind, JSON_STRING);
    assert_true(str_equal(a->key, STR("a\n")));
    assert_true(str_equal(a->text, STR("xA")));
    assert_true(str_equal(a->raw, STR("\"x\\u0041\"")));

    const Json *b = a->next;
    assert_null(b->next);
    assert_int_equal(b->kind, JSON_ARRAY);
    assert_int_equal(b->count, 4);
    assert_true(str_equal(b->key, STR("b")));
    assert_true(str_equal(b->raw, STR("[true, false ,null,-1.5e2]")));

    static const struct {
        JsonKind kind;
        bool boolean;
        Str raw;
    } ITEMS[] = {{JSON_BOOL, true, STR_INIT("true")},
                 {JSON_BOOL, false, STR_INIT("false")},
                 {JSON_NULL, false, STR_INIT("null")},
                 {JSON_NUMBER, false, STR_INIT("-1.5e2")}};
    const Json *item = b->first;
    for (size_t i = 0; i < ARRAY_LEN(ITEMS); i++, item = item->next) {
        assert_int_equal(item->kind, ITEMS[i].kind);
        assert_int_equal(item->boolean, ITEMS[i].boolean);
        assert_true(str_equal(item->raw, ITEMS[i].raw));
        assert_int_equal(item->key.len, 0);
        assert_ptr_equal(item->raw.ptr, text.ptr + item->at);
    }
    assert_null(item);
    assert_true(str_equal(b->first->next->next->next->text, STR("-1.5e2")));
    arena_free(arena);
}

TEST(of_equal_keys_the_last_one_counts)
{
    Arena *arena = arena_new();
    Err err;
    const Json *root = json_parse(arena, STR("{\"a\":1,\"b\":2,\"\\u0061\":3}"), &err);
    assert_non_null(root);
    assert_int_equal(root->count, 3);
    assert_true(str_equal(json_get(root, STR("a"))->raw, STR("3")));
    assert_null(json_get(root, STR("c")));
    assert_null(json_get(root->first, STR("a")));
    arena_free(arena);
}

TEST(nesting_ends_at_its_bound)
{
    char text[2 * JSON_MAX_DEPTH + 2];
    Arena *arena = arena_new();
    for (size_t depth = JSON_MAX_DEPTH; depth <= JSON_MAX_DEPTH + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        Err err = {.code = ERR_NONE};
        const Json *json = json_parse(arena, (Str){text, 2 * depth}, &err);
        if (depth == JSON_MAX_DEPTH) {
            assert_non_null(json);
        } else {
            assert_null(json);
            assert_int_equal(err.code, ERR_LIMIT);
            assert_int_equal(err.at, JSON_MAX_DEPTH);
        }
    }
    arena_free(arena);
}

TEST(a_text_of_more_than_4_gib_is_refused_unread)
{
    Arena *arena = arena_new();
    Err err = {.code = ERR_NONE};
    assert_null(json_parse(arena, (Str){"1", (size_t)UINT32_MAX + 1}, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    arena_free(arena);
}

TEST(unescaping_gives_back_what_has_no_escape)
{
    static const struct {
        Str raw;
        Str text;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("")},
        {STR_INIT("plain"), STR_INIT("plain")},
        {STR_INIT("a\\\\b"), STR_INIT("a\\b")},
        {STR_INIT("\\\"\\/\\b\\f\\n\\r\\t"), STR_INIT("\"/\b\f\n\r\t")},
        {STR_INIT("\\u0000x\\u00E9\\u20ac\\ud83d\\udc27!"),
         STR_INIT("\0x\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7!")},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_true(str_equal(json_unescape(arena, CASES[i].raw), CASES[i].text));
    }
    assert_ptr_equal(json_unescape(arena, CASES[1].raw).ptr, CASES[1].raw.ptr);
    arena_free(arena);
}

TEST(whole_numbers_are_told_from_the_others)
{
    int64_t value = 42;
    assert_false(json_number_is_i64(STR("1.0"), &value));
    assert_false(json_number_is_i64(STR("1e3"), &value));
    assert_false(json_number_is_i64(STR("9223372036854775808"), &value));
    assert_int_equal(value, 42);
    assert_true(json_number_is_i64(STR("-9223372036854775808"), &value));
    assert_int_equal(value, INT64_MIN);
}

TEST(positions_are_lines_and_byte_columns)
{
    static const struct {
        size_t at;
        size_t line;
        size_t column;
    } CASES[] = {{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {4, 3, 1}, {6, 3, 3}, {7, 4, 1}, {99, 4, 1}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        size_t line = 0;
        size_t column = 0;
        json_position(STR("ab\n\n\xc3\xa9\n"), CASES[i].at, &line, &column);
        assert_int_equal(line, CASES[i].line);
        assert_int_equal(column, CASES[i].column);
    }
}

TEST(bytes_that_stand_for_themselves_are_skipped_up_to_the_first_that_does_not)
{
    static const unsigned char SPECIAL[] = {'"', '\\', 0, 1, 0x1f};
    static const unsigned char PLAIN[] = {' ',  '!',  '#',  '[',  ']', 'a',
                                          0x7f, 0x80, 0xa0, 0xdc, 0xff};
    char text[24];
    for (size_t plain = 0; plain < ARRAY_LEN(PLAIN); plain++) {
        memset(text, PLAIN[plain], sizeof text);
        assert_int_equal(json_skip_plain((Str){text, sizeof text}, 0), sizeof text);
        assert_int_equal(json_skip_plain((Str){text, sizeof text}, sizeof text), sizeof text);
        for (size_t at = 0; at < sizeof text * ARRAY_LEN(SPECIAL); at++) {
            size_t place = at % sizeof text;
            text[place] = (char)SPECIAL[at / sizeof text];
            for (size_t from = 0; from <= place; from++) {
                assert_int_equal(json_skip_plain((Str){text, sizeof text}, from), place);
            }
            text[place] = (char)PLAIN[plain];
        }
    }
}

RUN_TESTS(CASE(bytes_that_stand_for_themselves_are_skipped_up_to_the_first_that_does_not),
          CASE(every_form_of_the_standard_is_read), CASE(everything_else_is_refused_at_its_place),
          CASE(simdjson_is_of_the_same_opinion), CASE(a_tree_has_kinds_keys_texts_and_places),
          CASE(of_equal_keys_the_last_one_counts), CASE(nesting_ends_at_its_bound),
          CASE(a_text_of_more_than_4_gib_is_refused_unread),
          CASE(unescaping_gives_back_what_has_no_escape),
          CASE(whole_numbers_are_told_from_the_others), CASE(positions_are_lines_and_byte_columns))
