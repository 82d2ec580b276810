#include "unit.h"

#include "alert/ancestor.h"

static const char *ancestors(Arena *arena, const char *event)
{
    Document document = {0};
    Err err = {0};
    assert_true(document_parse(arena, str_from_c(event), &document, &err));
    Ancestors list = ancestors_of(arena, &document);
    Buffer text = {0};
    ancestors_print(&(JsonWriter){.out = &text}, &list);
    const char *copy = str_to_c(arena, buffer_str(&text));
    buffer_done(&text);
    return copy;
}

TEST(what_an_event_says_of_where_it_comes_from)
{
    static const char *const CASES[][2] = {
        {"{\"_id\":\"a\",\"_index\":\"i\",\"_source\":{\"x\":1}}",
         "[{\"id\":\"a\",\"type\":\"event\",\"index\":\"i\",\"depth\":0}]"},
        {"{\"_id\":\"a\",\"_index\":\"i\",\"_source\":{\"kibana.alert.uuid\":\"u\",\"kibana.alert."
         "rule.uuid\":"
         "[\"r\"]}}",
         "[{\"id\":\"a\",\"type\":\"signal\",\"index\":\"i\",\"depth\":1,\"rule\":\"r\"}]"},
        {"{\"_id\":\"a\",\"kibana.alert.depth\":7}",
         "[{\"id\":\"a\",\"type\":\"event\",\"index\":\"\",\"depth\":0}]"},
        {"{\"kibana.alert.uuid\":\"u\",\"kibana.alert.depth\":\"x\",\"kibana.alert.ancestors\":"
         "\"none\"}",
         "[{\"id\":\"u\",\"type\":\"signal\",\"index\":\".alerts-security.alerts-default\","
         "\"depth\":1}]"},
        {"{\"kibana.alert.uuid\":\"u\",\"kibana.alert.ancestors\":[5,{\"id\":6,\"depth\":-1}]}",
         "[{\"id\":\"\",\"type\":\"event\",\"index\":\"\",\"depth\":0},{\"id\":\"u\",\"type\":"
         "\"signal\","
         "\"index\":\".alerts-security.alerts-default\",\"depth\":1}]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        assert_string_equal(ancestors(arena, CASES[i][0]), CASES[i][1]);
        arena_free(arena);
    }
}

RUN_TESTS(CASE(what_an_event_says_of_where_it_comes_from))
