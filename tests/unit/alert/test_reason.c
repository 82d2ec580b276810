#include "unit.h"

#include "alert/reason.h"

TEST(a_sentence_says_what_the_event_has)
{
    static const char *const CASES[][2] = {
        {"{}", "event created low alert R."},
        {"{\"event\":{\"category\":\"process\"}}", "process event created low alert R."},
        {"{\"event\":{\"category\":[\"process\",\"network\"]}}",
         "process, network event created low alert R."},
        {"{\"process\":{\"name\":\"sh\"}}", "event with process sh, created low alert R."},
        {"{\"process\":{\"parent\":{\"name\":\"vi\"}},\"file\":{\"name\":\"a.txt\"}}",
         "event with parent process vi, file a.txt, created low alert R."},
        {"{\"source\":{\"ip\":\"10.0.0.1\"},\"destination\":{\"ip\":\"10.0.0.2\"}}",
         "event with source 10.0.0.1 destination 10.0.0.2 created low alert R."},
        {"{\"source\":{\"ip\":\"10.0.0.1\",\"port\":80},\"destination\":{\"port\":443},\"user\":{"
         "\"name\":\"bob\"},"
         "\"host.name\":\"h1\"}",
         "event with source 10.0.0.1:80, by bob on h1 created low alert R."},
        {"{\"event.category\":\"network\",\"process.name\":\"a.exe\",\"process\":{\"parent.name\":"
         "\"b.exe\"},"
         "\"source.ip\":\"10.0.0.5\",\"source.port\":\"50011\",\"destination.ip\":\"10.0.0.6\","
         "\"destination.port\":[443],\"user.name\":\"bob\",\"host.name\":\"h1\"}",
         "network event with process a.exe, parent process b.exe, source 10.0.0.5:50011, "
         "destination "
         "10.0.0.6:443, by bob on h1 created low alert R."},
        {"{\"user\":{\"name\":\"-\"},\"host\":{\"name\":[\"-\",\"h1\"]},\"process\":{\"name\":\"-"
         "\"}}",
         "event on h1 created low alert R."},
        {"{\"process\":{\"name\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}}",
         "event with process 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, created low "
         "alert R."},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Document document = {0};
        Err err = {0};
        assert_true(document_parse(arena, str_from_c(CASES[i][0]), &document, &err));
        Str reason = reason_of(arena, &document, RULE_LOW, STR("R"));
        assert_string_equal(str_to_c(arena, reason), CASES[i][1]);
        arena_free(arena);
    }
}

RUN_TESTS(CASE(a_sentence_says_what_the_event_has))
