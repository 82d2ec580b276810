#include "unit.h"

#include "base/buffer.h"
#include "ingest/document_cutter.h"
#include "padded.h"

/* All that is cut from `text` when it comes `piece` bytes at a time: "LINE:COLUMN text" for each document,
 * "LINE:COLUMN ! fault" for each fault, one behind another with "|" between. */
static Str cut_in_pieces(Arena *arena, Str text, size_t max_bytes, size_t piece, size_t *widest)
{
    DocumentCutter cutter;
    document_cutter_start(&cutter, max_bytes);
    Buffer out = {0};
    size_t from = 0;
    size_t to = 0;
    *widest = 0;
    for (Cut cut = {.kind = CUT_MORE}; cut.kind != CUT_END;) {
        from += cutter.at;
        document_cutter_shift(&cutter);
        bool is_last = to == text.len;
        to = to + piece < text.len ? to + piece : text.len;
        *widest = to - from > *widest ? to - from : *widest;
        Str window = padded(arena, str_slice(text, from, to));
        while (cut = document_cutter_next(&cutter, window, is_last),
               cut.kind == CUT_DOCUMENT || cut.kind == CUT_FAULT) {
            buffer_append_format(&out, "%s%llu:%llu ", out.len > 0 ? "|" : "",
                                 (unsigned long long)cut.line, (unsigned long long)cut.column);
            if (cut.kind == CUT_DOCUMENT) {
                buffer_append(&out, str_slice(window, cut.from, cut.to));
            } else {
                buffer_append_format(&out, "! %s", cut.what != NULL ? cut.what : "long");
            }
        }
        assert_true(cut.kind == CUT_END ? is_last : !is_last);
    }
    Str found = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return found;
}

typedef struct Case {
    const char *text;
    const char *expected;
    size_t max_bytes; /* 0: plenty */
} Case;

static void check(const Case *cases, size_t count)
{
    Arena *arena = arena_new();
    for (size_t i = 0; i < count; i++) {
        Str text = str_from_c(cases[i].text);
        size_t most = cases[i].max_bytes != 0 ? cases[i].max_bytes : 10000;
        for (size_t piece = 1; piece <= text.len + 1; piece++) {
            size_t widest = 0;
            Str found = cut_in_pieces(arena, text, most, piece, &widest);
            assert_string_equal(str_to_c(arena, found), cases[i].expected);
            arena_reset(arena);
        }
    }
    arena_free(arena);
}

TEST(a_line_is_a_document)
{
    static const Case CASES[] = {
        {"", "", 0},
        {"\n \r\n\t\n", "", 0},
        {"{\"a\":1}\n{\"b\":2}\n", "1:1 {\"a\":1}|2:1 {\"b\":2}", 0},
        {"{\"a\":1}\r\n\r\n  {\"b\":2}\t \r\n{\"c\":3}",
         "1:1 {\"a\":1}|3:3 {\"b\":2}|4:1 {\"c\":3}", 0},
        {"\n\n {\"a\":1}", "3:2 {\"a\":1}", 0},
        {"\xEF\xBB\xBF{\"a\":1}\n{\"b\":2}", "1:1 {\"a\":1}|2:1 {\"b\":2}", 0},
        {"{\"a\":1}\nx\n{\"b\":\n{\"c\":3}\n", "1:1 {\"a\":1}|2:1 x|3:1 {\"b\":|4:1 {\"c\":3}", 0},
        {"5\n\"x\"\n", "1:1 5|2:1 \"x\"", 0},
        {"#\n{\"a\":1}", "1:1 #|2:1 {\"a\":1}", 0},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(a_first_line_that_is_cut_does_not_swallow_the_rest)
{
    static const Case CASES[] = {
        {"{\"a\":\"x\n{\"b\":1}\n", "1:1 {\"a\":\"x|2:1 {\"b\":1}", 0},
        {"{\"a\":{\"b\":1\n{\"c\":1}\n", "1:1 {\"a\":{\"b\":1|2:1 {\"c\":1}", 0},
        {"{\"a\":tru\n{\"c\":1}\n", "1:1 {\"a\":tru|2:1 {\"c\":1}", 0},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(a_line_too_long_is_skipped)
{
    static const Case CASES[] = {
        {"{\"a\":1}\n{\"a\":11}\n{\"b\":2}", "1:1 {\"a\":1}|2:1 ! long|3:1 {\"b\":2}", 7},
        {"{\"a\":1}\r\n{\"b\":2}\r\n", "1:1 {\"a\":1}|2:1 {\"b\":2}", 7},
        {"{\"a\":1} \n{\"b\":2}", "1:1 ! long|2:1 {\"b\":2}", 7},
        {"{\"a\":\"0123456789012345678901234567890123456789", "1:1 ! long", 7},
        {"{\"a\":\"0123456789012345678901234567890123456789\"}\n\n{\"b\":2}",
         "1:1 ! long|3:1 {\"b\":2}", 7},
        {"12345678", "1:1 ! long", 7},
        {"1234567", "1:1 1234567", 7},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(objects_may_span_lines)
{
    static const Case CASES[] = {
        {"{\n \"a\": {\"b\": 1}\n}\n", "1:1 {\n \"a\": {\"b\": 1}\n}", 0},
        {"{\n\"a\":1}\n\n  {\"b\":\n2} {\"c\":3}{\"d\":[\n]}",
         "1:1 {\n\"a\":1}|4:3 {\"b\":\n2}|5:4 {\"c\":3}|5:11 {\"d\":[\n]}", 0},
        {"{\"a\":1} {\"b\":2}\n{\"c\":3}", "1:1 {\"a\":1}|1:9 {\"b\":2}|2:1 {\"c\":3}", 0},
        {"{\"a\":[\n{\"b\":1},\n{\"b\":2}]}", "1:1 {\"a\":[\n{\"b\":1},\n{\"b\":2}]}", 0},
        {"{ \"a\": 1\n, \"b\": \"}\" }", "1:1 { \"a\": 1\n, \"b\": \"}\" }", 0},
        {"{\n\"a\":1", "1:1 ! the document does not end", 0},
        {"{\n}\n{\n\"a\":12345678}\n{\"b\":1}", "1:1 {\n}|3:1 ! long|5:1 {\"b\":1}", 8},
        {"{\n\"a\":1}\nx\n{\"b\":2}",
         "1:1 {\n\"a\":1}|3:1 ! expected an object; skipped up to the next line "
         "that begins with one|4:1 {\"b\":2}",
         0},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(elements_of_an_array_are_documents)
{
    static const Case CASES[] = {
        {"[]", "", 0},
        {" [ ] \n", "", 0},
        {"[{\"a\":1},{\"b\":[\"]\"]} ,\n {\"c\":\n3}]",
         "1:2 {\"a\":1}|1:10 {\"b\":[\"]\"]}|2:2 {\"c\":\n3}", 0},
        {"[1, \"x,]\\\"\" ,null\n,[2,[3]]]", "1:2 1|1:5 \"x,]\\\"\"|1:14 null|2:2 [2,[3]]", 0},
        {"[{\"a\":1}]\n[{\"b\":2}]", "1:2 {\"a\":1}|2:2 {\"b\":2}", 0},
        {"[,{\"a\":1},]", "1:2 ! expected a value|1:3 {\"a\":1}|1:11 ! expected a value behind ','",
         0},
        {"[{\"a\":1} {\"b\":2}]", "1:2 {\"a\":1}|1:10 ! expected ',' or ']'|1:10 {\"b\":2}", 0},
        {"[{\"a\":1}", "1:2 {\"a\":1}|1:9 ! the array does not end", 0},
        {"[{\"a\":1},{\"b\":", "1:2 {\"a\":1}|1:10 ! the document does not end", 0},
        {"[{\"a\":1}] x",
         "1:2 {\"a\":1}|1:11 ! text behind the array; the rest of the input is skipped", 0},
        {"[{\"a\":12345},{\"b\":2},12345678,\n{\"c\":3}]",
         "1:2 ! long|1:14 {\"b\":2}|1:22 ! long|2:1 {\"c\":3}", 7},
    };
    check(CASES, ARRAY_LEN(CASES));
}

#define BROKEN "a string of this document does not end on its line"

TEST(after_a_broken_string_the_next_document_that_looks_alike_is_found)
{
    static const Case CASES[] = {
        {"[\n  {\"a\":\"x\n  },\n  {\"b\":2},\n {\"c\":3}\n]\n",
         "2:3 ! " BROKEN "|4:3 {\"b\":2}|5:2 {\"c\":3}", 0},
        {"[\n{\"a\":{\n  \"x\": {\n\"y\n}}},\n   {\"no\":1}\n\t\n{\"b\":2}]",
         "2:1 ! " BROKEN "|8:1 {\"b\":2}", 0},
        {"{\n\"a\":\"x\n}\n{\n\"b\":2}\n", "1:1 ! " BROKEN "|4:1 {\n\"b\":2}", 0},
        {"{\n\"a\":\"x\n}\n   {\"b\":2}\n", "1:1 ! " BROKEN, 0},
        {"[{\"a\":\"x\n},\n{\"b\":2}]", "1:2 ! " BROKEN "; the rest of the input is skipped", 0},
        {"[\n\"x\n,\n\"y\"]", "2:1 ! " BROKEN "|4:1 \"y\"", 0},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(the_hits_of_a_search_response_are_documents)
{
    static const Case CASES[] = {
        {"{\"took\":1,\"hits\":{\"total\":{\"value\":2},\"hits\":[{\"_id\":\"1\"},\n{\"_id\":\"2\"}"
         "]}}",
         "1:47 {\"_id\":\"1\"}|2:1 {\"_id\":\"2\"}", 0},
        {"{\n \"hits\" : {\n  \"hits\" : [\n {\"a\":1}\n ]},\"x\":\"}\"\n}\n{\"b\":1}\n",
         "4:2 {\"a\":1}|7:1 {\"b\":1}", 0},
        {"{\"hits\":{\"hits\":[]}}\n{\"hits\":{\"hits\":[{\"a\":1}]}}", "2:18 {\"a\":1}", 0},
        {"{\"hits\":{\"hits\":[{\"a\":1}]",
         "1:18 {\"a\":1}|1:26 ! the search response does not end", 0},
        {"{\"hits\":{\"total\":1},\"a\":{\"hits\":[{\"b\":1}]}}\n",
         "1:1 {\"hits\":{\"total\":1},\"a\":{\"hits\":[{\"b\":1}]}}", 0},
        {"{\"a\":\"hits\",\"hits\":[1],\"b\":{\"hits\":[2]}}",
         "1:1 {\"a\":\"hits\",\"hits\":[1],\"b\":{\"hits\":[2]}}", 0},
        {"{\"a\\\"\":{\"hits\":{\"hits\":[1]}}}", "1:1 {\"a\\\"\":{\"hits\":{\"hits\":[1]}}}", 0},
    };
    check(CASES, ARRAY_LEN(CASES));
}

TEST(what_is_no_json_text_is_one_fault)
{
    Arena *arena = arena_new();
    size_t widest = 0;
    static const struct {
        Str text;
        const char *expected;
    } CASES[] = {
        {STR_INIT("\xFF\xFE{\0\n\0"), "1:1 ! the text is UTF-16, events are UTF-8"},
        {STR_INIT("\xFE\xFF\0{\0\n"), "1:1 ! the text is UTF-16, events are UTF-8"},
        {STR_INIT("Elf\0le\n\n\n"), "1:1 ! binary data, no JSON"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        for (size_t piece = 1; piece < 10; piece++) {
            Str found = cut_in_pieces(arena, CASES[i].text, 100, piece, &widest);
            assert_string_equal(found.ptr, CASES[i].expected);
        }
    }
    arena_free(arena);
}

static void append_many(Buffer *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        buffer_append_c(out, text);
    }
}

/* Whatever comes, no more than a document's bound and a little is held. */
TEST(a_window_need_not_be_wide)
{
    static const struct {
        const char *head, *body, *tail;
        const char *expected;
    } CASES[] = {
        {"{\"a\":\"", "x", "\"}\n{\"b\":1}", "1:1 ! long|2:1 {\"b\":1}"},
        {"[{\"a\":\"", "x", "\"},{\"b\":1}]", NULL},
        {"[", "1", ",2]", NULL},
        {"", " ", "{\"a\":1}", NULL},
        {"", "\n", "{\"a\":1}", NULL},
        {"{\n\"a\":[", "1,", "1]}\n{\"b\":1}", NULL},
        {"[\n{\"a\":\"\n", " ", "\n{\"b\":1}]", NULL},
        {"{\"hits\":{\"hits\":[],\"a\":[", "1,\n", "1]}}", ""},
        {"{\n\"hits\":{\"a\":[", "1,", "1],\"hits\":[{\"c\":1}]}}", NULL},
        {"[{\"a\":1}]", "x", "", NULL},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Buffer text = {0};
        buffer_append_c(&text, CASES[i].head);
        append_many(&text, CASES[i].body, (size_t)200 * 1000);
        buffer_append_c(&text, CASES[i].tail);
        size_t widest = 0;
        size_t widest_of_one = 0;
        Str pieces = cut_in_pieces(arena, buffer_str(&text), 1000, 4096, &widest);
        assert_true(widest <= 1000 + CUTTER_SLACK + (size_t)3 * 4096);
        Str at_once = cut_in_pieces(arena, buffer_str(&text), 1000, text.len, &widest_of_one);
        assert_true(str_equal(pieces, at_once));
        if (CASES[i].expected != NULL) {
            assert_true(str_equal(pieces, str_from_c(CASES[i].expected)));
        }
        arena_reset(arena);
        buffer_done(&text);
    }
    arena_free(arena);
}

RUN_TESTS(CASE(a_line_is_a_document), CASE(a_first_line_that_is_cut_does_not_swallow_the_rest),
          CASE(a_line_too_long_is_skipped), CASE(objects_may_span_lines),
          CASE(elements_of_an_array_are_documents),
          CASE(after_a_broken_string_the_next_document_that_looks_alike_is_found),
          CASE(the_hits_of_a_search_response_are_documents),
          CASE(what_is_no_json_text_is_one_fault), CASE(a_window_need_not_be_wide))
