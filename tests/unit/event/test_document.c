#include "unit.h"

#include "base/hash.h"
#include "event/document.h"

static Document parse(Arena *arena, const char *text)
{
    Document document;
    Err err = {0};
    if (!document_parse(arena, str_from_c(text), &document, &err)) {
        fail_msg("%s: %s", text, err.text);
    }
    return document;
}

TEST(a_wrapped_event_is_its_source)
{
    Arena *arena = arena_new();
    Document document = parse(
        arena, "{\"_index\":\"i\",\"_id\":\"1\",\"a\":1,\"_source\":{\"a\":2,\"_id\":\"x\"}}");
    assert_true(document.wrapped);
    assert_true(document.index_given && str_equal(document.index, STR("i")));
    assert_true(str_equal(document.id, STR("1")));
    Field field = {.path = STR("a"), .type = FIELD_LONG};
    assert_int_equal(document_values(arena, &document, &field).items[0].integer, 2);
    document = parse(arena, "{\"_source\":{\"event.dataset\":\"d\"}}");
    assert_true(!document.index_given && str_equal(document.index, STR("logs-d-default")));
    document = parse(
        arena,
        "{\"_source\":{\"_id\":\"1\"},\"_source\":{\"_id\":\"2\"},\"_source\":[{}],\"_source\":3}");
    assert_true(document.wrapped && str_equal(document.id, STR("2")));
    document = parse(arena, "{\"_index\":\"own\"}");
    assert_true(document.index_given && str_equal(document.index, STR("own")));
    arena_free(arena);
}

TEST(a_plain_event_has_the_hash_of_its_text_as_id)
{
    Arena *arena = arena_new();
    Document document = parse(arena, "{\"_source\":5}");
    assert_false(document.wrapped);
    assert_int_equal(document.index.len, 0);
    Hex hash = hash_128_hex(STR("{\"_source\":5}"));
    assert_true(str_equal(document.id, str_from_c(hash.text)));
    arena_free(arena);
}

TEST(nodes_are_found_through_dots_nesting_and_arrays)
{
    static const struct {
        const char *path;
        const char *found[5];
    } CASES[] = {
        {"a.b", {"1", "2", "[3,{\"b\":4}]", "5"}},
        {"a.b.b", {"4", "6"}},
        {"a", {"{\"b\":1}", "[{\"b\":2},[{\"b\":[3,{\"b\":4}]}]]"}},
        {"b", {NULL}},
        {"a.", {NULL}},
        {"", {NULL}},
    };
    Arena *arena = arena_new();
    Document document = parse(arena, "{\"a\":{\"b\":1},\"a\":[{\"b\":2},[{\"b\":[3,{\"b\":4}]}]],"
                                     "\"a.b\":5,\"a.b.b\":6}");
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        const Json *found[8];
        uint32_t count = document_find(&document, str_from_c(CASES[i].path), found, 8);
        for (uint32_t k = 0; k < 5; k++) {
            const char *expected = CASES[i].found[k];
            if (expected == NULL) {
                assert_int_equal(count, k);
                break;
            }
            assert_true(k < count);
            assert_true(str_equal(found[k]->raw, str_from_c(expected)));
        }
    }
    const Json *first;
    assert_int_equal(document_find(&document, STR("a.b"), &first, 1), 1);
    arena_free(arena);
}

TEST(what_is_no_object_is_no_event)
{
    Arena *arena = arena_new();
    static const char *const TEXTS[] = {"[{}]", "5", "", "{", "{\"a\":1}x"};
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        Document document;
        Err err = {0};
        assert_false(document_parse(arena, str_from_c(TEXTS[i]), &document, &err));
        assert_true(err.text[0] != '\0');
    }
    arena_free(arena);
}

RUN_TESTS(CASE(a_wrapped_event_is_its_source), CASE(a_plain_event_has_the_hash_of_its_text_as_id),
          CASE(nodes_are_found_through_dots_nesting_and_arrays),
          CASE(what_is_no_object_is_no_event))
