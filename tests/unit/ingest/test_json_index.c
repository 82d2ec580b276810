#include "unit.h"

#include "ingest/json_index.h"
#include "padded.h"
#include "random.h"

typedef struct Case {
    const char *text;
    const char *tokens; /* a '^' under each, up to the end */
    const char *fault;
} Case;

TEST(tokens_are_where_values_and_keys_and_brackets_begin)
{
    static const Case CASES[] = {
        {"", "", NULL},
        {"   ", "", NULL},
        {"{\"a\": [1, -2.5], \"b\":null}", "^^    ^^  ^   ^  ^   ^   ^", NULL},
        {"{\"a\\\"{\":\"\\\\\"}", "^^      ^   ^", NULL},
        {"1 2,3\"x\"", "^ ^ ^^", NULL},
        {"\"x\"y", "^  ^", NULL},
        {"{\"a\":\"b", "^^", "string does not end"},
        {"[\"a\\q\", 1]", "^^", "unknown escape"},
        {"[\"a\nb\", 1]", "^^", "control character in a string"},
        {"[1,\v2]", "^^", "control character between tokens"},
        {"[1,\t\r\n2]", "^^    ^^", NULL},
        {"[\"\\u00zz\"]", "^^", "\\u needs four hex digits"},
    };
    Arena *arena = arena_new();
    JsonIndexerName known[JSON_INDEXERS];
    size_t count = json_indexers(known);
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        for (size_t k = 0; k < count; k++) {
            JsonIndex index = {0};
            known[k].build(&index, padded(arena, str_from_c(CASES[i].text)));
            size_t found = 0;
            for (size_t at = 0; CASES[i].tokens[at] != '\0'; at++) {
                if (CASES[i].tokens[at] == '^') {
                    assert_true(found < index.count && index.tokens[found] == at);
                    found++;
                }
            }
            assert_int_equal(index.count, found);
            for (size_t spare = 0; spare < JSON_INDEX_SPARE; spare++) {
                assert_int_equal(index.tokens[found + spare], index.end);
            }
            assert_true((index.fault == NULL) == (CASES[i].fault == NULL));
            if (index.fault != NULL) {
                assert_string_equal(index.fault, CASES[i].fault);
            }
            json_index_done(&index);
        }
    }
    arena_free(arena);
}

#define NO_OPINION SIZE_MAX

/* Byte by byte, as one would by hand. A backslash outside of strings is for the reader to refuse. */
static size_t find_tokens(Str text, uint32_t *out)
{
    size_t count = 0;
    bool inside = false;
    bool in_scalar = false;
    for (size_t at = 0; at < text.len; at++) {
        char byte = text.ptr[at];
        if (inside) {
            if (byte == '\\') {
                at++;
            }
            inside = byte != '"';
            continue;
        }
        if (byte == '\\') {
            return NO_OPINION;
        }
        bool is_bracket = strchr("{}[]", byte) != NULL;
        bool is_scalar = !is_bracket && strchr(":, \n\"", byte) == NULL;
        inside = byte == '"';
        if (is_bracket || inside || (is_scalar && !in_scalar)) {
            out[count++] = (uint32_t)at;
        }
        in_scalar = is_scalar;
    }
    return count;
}

TEST(all_instruction_sets_find_what_a_plain_loop_finds)
{
    static const char ALPHABET[] = "{}[]:, \"\"\"\"\\\"n1x";
    static uint32_t expected[2048];
    Arena *arena = arena_new();
    Random random = {.state = 7};
    JsonIndexerName known[JSON_INDEXERS];
    size_t count = json_indexers(known);
    size_t whole = 0;
    for (size_t round = 0; round < 20000; round++) {
        arena_reset(arena);
        uint32_t len = random_below(&random, 300);
        char *text = ARENA_MANY(arena, char, len + PADDING);
        for (uint32_t i = 0; i < len; i++) {
            text[i] = ALPHABET[random_below(&random, sizeof ALPHABET - 1)];
        }
        JsonIndex first = {0};
        for (size_t k = 0; k < count; k++) {
            JsonIndex index = {0};
            known[k].build(&index, padded(arena, (Str){text, len}));
            JsonIndex *same = k == 0 ? &index : &first;
            assert_int_equal(index.count, same->count);
            assert_int_equal(index.end, same->end);
            assert_ptr_equal(index.fault, same->fault);
            assert_memory_equal(index.tokens, same->tokens, index.count * sizeof *index.tokens);
            size_t wanted = find_tokens((Str){text, len}, expected);
            if (index.fault == NULL && wanted != NO_OPINION) {
                whole++;
                assert_int_equal(index.count, wanted);
                assert_memory_equal(index.tokens, expected, index.count * sizeof *expected);
            }
            if (k == 0) {
                first = index;
            } else {
                json_index_done(&index);
            }
        }
        json_index_done(&first);
    }
    assert_true(whole > 1000); /* or the alphabet tests nothing */
    arena_free(arena);
}

TEST(the_best_indexer_is_the_last_known)
{
    JsonIndexerName known[JSON_INDEXERS];
    size_t count = json_indexers(known);
    assert_ptr_equal(known[count - 1].build, json_indexer_best());
    assert_string_equal(known[0].name, "plain");
}

RUN_TESTS(CASE(tokens_are_where_values_and_keys_and_brackets_begin),
          CASE(all_instruction_sets_find_what_a_plain_loop_finds),
          CASE(the_best_indexer_is_the_last_known))
