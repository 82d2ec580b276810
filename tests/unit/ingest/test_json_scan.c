#include "unit.h"

#include "ingest/json_scan.h"
#include "padded.h"
#include "random.h"

typedef struct Case {
    const char *text;
    JsonScanResult result;
    size_t at;
} Case;

static const Case CASES[] = {
    {"{}", JSON_SCAN_DONE, 2},
    {"[1,[2,{}]] ]", JSON_SCAN_DONE, 10},
    {"{\"a\":\"}\"} x", JSON_SCAN_DONE, 9},
    {"{\"a\":\"\\\"}\"}", JSON_SCAN_DONE, 11},
    {"{\"a\":\"\\\\\"}\"}", JSON_SCAN_DONE, 10},
    {"{\"a\":[1", JSON_SCAN_MORE, 7},
    {"{\"a\":\"x", JSON_SCAN_MORE, 7},
    {"", JSON_SCAN_MORE, 0},
    {"{\"a\":\"x\ty\n}", JSON_SCAN_BROKEN, 9},
    {"{\n}", JSON_SCAN_DONE, 3},
    {"{\"a\":\"}\n\"}", JSON_SCAN_BROKEN, 7},
};

/* In pieces of every size, and at every place of the 64 bytes that are looked at at once. */
TEST(the_end_is_found_however_the_text_comes)
{
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        for (int shift = 0; shift < 70; shift++) {
            Str text = str_from_c(CASES[i].text);
            if (text.len > 0) {
                text = str_format(arena, "%c%*s%s", text.ptr[0], shift, "", text.ptr + 1);
            }
            size_t expected = CASES[i].at + (text.len > 0 ? (size_t)shift : 0);
            for (size_t piece = 1; piece <= text.len + 1; piece++) {
                JsonScan scan = {0};
                JsonScanResult result = JSON_SCAN_MORE;
                size_t at = 0;
                for (size_t end = piece; result == JSON_SCAN_MORE; end += piece) {
                    result = json_scan(&scan, padded(arena, str_slice(text, 0, end)), &at);
                    if (end >= text.len) {
                        break;
                    }
                }
                assert_int_equal(result, CASES[i].result);
                assert_int_equal(at, expected);
            }
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

TEST(a_scan_may_begin_inside)
{
    Arena *arena = arena_new();
    JsonScan scan = {.depth = 2};
    size_t at = 0;
    assert_int_equal(json_scan(&scan, padded(arena, STR(",\"x\":[]},\"y\":1} {")), &at),
                     JSON_SCAN_DONE);
    assert_int_equal(at, 15);
    arena_free(arena);
}

RUN_TESTS(CASE(the_end_is_found_however_the_text_comes), CASE(a_scan_may_begin_inside))
