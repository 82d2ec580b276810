#include "../unit.h"

#include "../random.h"
#include "detect/pipe_sort.h"
#include "detect/pipe_tally.h"
#include "detect/pipe_tuple.h"
#include "detect/pipes.h"
#include "exec/version.h"

static Str number_text(char text[24], uint64_t number)
{
    int len = snprintf(text, 24, "%08llu", (unsigned long long)number);
    return (Str){text, (size_t)len};
}

static Match match_at(SequenceEvent *event, uint64_t offset)
{
    *event = (SequenceEvent){.place.offset = offset};
    return (Match){.events = event, .event_count = 1};
}

/* ---- tuples ---- */

static Values values_of(Value *items, uint32_t count)
{
    return (Values){items, count};
}

TEST(a_set_has_neither_order_nor_repeats)
{
    Value one[] = {value_string(STR("b")), value_int(3), value_string(STR("a"))};
    Value other[] = {value_string(STR("a")), value_double(3), value_string(STR("b")), value_int(3)};
    Value fewer[] = {value_string(STR("a")), value_string(STR("b"))};
    Buffer a = {0};
    Buffer b = {0};
    Buffer c = {0};
    Values values = values_of(one, 3);
    pipe_tuple_append_set(&a, &values, COMPARE_AS_VALUE);
    values = values_of(other, 4);
    pipe_tuple_append_set(&b, &values, COMPARE_AS_VALUE);
    values = values_of(fewer, 2);
    pipe_tuple_append_set(&c, &values, COMPARE_AS_VALUE);
    assert_true(str_equal(buffer_str(&a), buffer_str(&b)));
    assert_false(str_equal(buffer_str(&a), buffer_str(&c)));
    Arena *arena = arena_new();
    Str rest = buffer_str(&a);
    values = pipe_tuple_next(arena, &rest);
    assert_int_equal(rest.len, 0);
    assert_int_equal(values.count, 3);
    assert_int_equal(values.items[0].integer, 3);
    assert_true(str_equal(values.items[2].text, STR("b")));
    arena_free(arena);
    buffer_done(&a);
    buffer_done(&b);
    buffer_done(&c);
}

/* Each comes before the next, as sort has it. */
static void expect_ascending(Value *items, uint32_t count, CompareAs as)
{
    Buffer before = {0};
    for (uint32_t i = 0; i <= count; i++) {
        Buffer tuple = {0};
        Values values = values_of(&items[i], i < count); /* the last: no value */
        pipe_tuple_append_least(&tuple, &values, as);
        assert_true(str_compare(buffer_str(&before), buffer_str(&tuple)) < 0);
        buffer_done(&before);
        before = tuple;
    }
    buffer_done(&before);
}

TEST(values_of_all_kinds_have_an_order)
{
    Value values[] = {value_bool(false),
                      value_bool(true),
                      value_double(-1e300),
                      value_int(INT64_MIN),
                      value_double(0.5),
                      value_int(7),
                      value_date(-5),
                      value_date(1000),
                      value_string(STR("")),
                      value_string(STR("10")),
                      value_string(STR("9")),
                      value_string(STR("A")),
                      value_string(STR("a\0b")),
                      value_string(STR("ab"))};
    expect_ascending(values, ARRAY_LEN(values), COMPARE_AS_VALUE);
    Value addresses[] = {value_string(STR("9.0.0.1")),  value_string(STR("::ffff:10.0.0.1")),
                         value_string(STR("10.0.0.2")), value_string(STR("fd00::1")),
                         value_string(STR("")),         value_string(STR("1.2.3.4.5"))};
    expect_ascending(addresses, ARRAY_LEN(addresses), COMPARE_AS_IP);
    Value versions[] = {value_string(STR("1.9")),    value_string(STR("1.10-rc")),
                        value_string(STR("1.10")),   value_string(STR("1.10+b")),
                        value_string(STR("1.10.0")), value_string(STR("01"))};
    expect_ascending(versions, ARRAY_LEN(versions), COMPARE_AS_VERSION);
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static Str random_version(Random *random, char text[64])
{
    static const char *const PARTS[] = {"0",  "1",  "9",  "10", "123456789012", ".",
                                        ".",  "-",  "rc", "a",  "A1",           "+",
                                        "b7", "-1", ".2", ".0", "00",           "x"};
    size_t len = 1;
    text[0] = (char)('1' + random_below(random, 2));
    for (uint32_t i = 0, count = random_below(random, 5); i < count; i++) {
        const char *part = PARTS[random_below(random, ARRAY_LEN(PARTS))];
        memcpy(text + len, part, strlen(part));
        len += strlen(part);
    }
    return (Str){text, len};
}

TEST(the_bytes_of_versions_have_their_order)
{
    Random random = {.state = 7};
    uint32_t valid = 0;
    for (int i = 0; i < 40000; i++) {
        char texts[2][64];
        Str a = random_version(&random, texts[0]);
        Str b = random_version(&random, texts[1]);
        if (!version_is_valid(a) || !version_is_valid(b)) {
            continue;
        }
        valid++;
        Buffer x = {0};
        Buffer y = {0};
        version_append_order(&x, a);
        version_append_order(&y, b);
        int order = sign(str_compare(buffer_str(&x), buffer_str(&y)));
        if (order != sign(version_compare(a, b))) {
            fail_msg("%.*s and %.*s", STR_ARG(a), STR_ARG(b));
        }
        buffer_done(&x);
        buffer_done(&y);
    }
    assert_true(valid > 100);
}

/* ---- sort ---- */

typedef struct SortCase {
    const char *keys; /* of the matches, a letter each */
    uint64_t limit;
    bool keep_last;
    const char *wanted; /* places in `keys` */
} SortCase;

TEST(equal_ones_come_out_as_they_came)
{
    static const SortCase CASES[] = {
        {"", UINT64_MAX, false, ""},
        {"cab", UINT64_MAX, false, "120"},
        {"baba", UINT64_MAX, false, "1302"},
        {"baba", 3, false, "130"},
        {"baba", 3, true, "302"},
        {"baba", 1, false, "1"},
        {"baba", 1, true, "2"},
        {"baba", 0, false, ""},
        {"aaaa", 2, false, "01"},
        {"aaaa", 2, true, "23"},
        {"dcbadcba", 4, false, "3726"},
        {"dcbadcba", 4, true, "1504"},
        {"abcdefgh", 3, true, "567"},
        {"hgfedcba", 3, false, "765"},
        {"abcdefgh", UINT64_MAX, true, "01234567"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        const SortCase *one = &CASES[i];
        PipeSort *sort = pipe_sort_new(one->limit, one->keep_last);
        for (size_t at = 0; at < strlen(one->keys); at++) {
            SequenceEvent event;
            Match match = match_at(&event, at);
            pipe_sort_add(sort, &match, (Str){&one->keys[at], 1});
        }
        char found[16] = "";
        size_t len = 0;
        for (KeptMatch *kept; (kept = pipe_sort_take(sort)) != NULL;) {
            found[len++] = (char)('0' + kept_match_get(kept).events[0].place.offset);
            kept_match_free(kept);
        }
        assert_string_equal(found, one->wanted);
        assert_int_equal(pipe_sort_bytes(sort), 0);
        assert_false(pipe_sort_drop(sort));
        pipe_sort_free(sort);
    }
}

TEST(a_sort_lets_go_of_what_is_last)
{
    Random random = {.state = 1};
    for (int keep_last = 0; keep_last < 2; keep_last++) {
        PipeSort *sort = pipe_sort_new(UINT64_MAX, keep_last != 0);
        for (uint64_t i = 0; i < 1000; i++) {
            SequenceEvent event;
            char text[24];
            uint64_t key = random_next(&random) % 100000000;
            Match match = match_at(&event, key);
            pipe_sort_add(sort, &match, number_text(text, key));
        }
        size_t full = pipe_sort_bytes(sort);
        PipeSort *rest = sort;
        for (int i = 0; i < 900; i++) {
            assert_true(pipe_sort_drop(rest));
        }
        assert_true(pipe_sort_bytes(rest) <= full / 10 + 100);
        uint64_t before = 0;
        uint32_t count = 0;
        for (KeptMatch *kept; (kept = pipe_sort_take(rest)) != NULL; count++) {
            uint64_t key = kept_match_get(kept).events[0].place.offset;
            assert_true(key >= before);
            /* A tenth of them, at one end: some 10,000,000 of 100,000,000. */
            assert_true(keep_last ? key > 80000000 : key < 20000000);
            before = key;
            kept_match_free(kept);
        }
        assert_int_equal(count, 100);
        pipe_sort_free(rest);
    }
}

/* ---- tally ---- */

TEST(what_is_counted_is_counted_right_however_little_room_there_is)
{
    PipeTally *tally = pipe_tally_new();
    SequenceEvent event;
    char text[24];
    for (uint64_t i = 0; i < 3000; i++) {
        Match match = match_at(&event, i);
        TallyAnswer answer = pipe_tally_add(tally, number_text(text, i % 1000), &match);
        assert_int_equal(answer, i < 1000 ? TALLY_NEW : TALLY_KNOWN);
    }
    size_t full = pipe_tally_bytes(tally);
    for (int i = 0; i < 900; i++) {
        assert_true(pipe_tally_drop(tally));
    }
    assert_true(pipe_tally_bytes(tally) < full / 5);
    for (uint64_t i = 0; i < 2000; i++) {
        Match match = match_at(&event, i);
        TallyAnswer answer = pipe_tally_add(tally, number_text(text, i % 1000), &match);
        assert_int_equal(answer, i % 1000 < 100 ? TALLY_KNOWN : TALLY_NO_ROOM);
    }
    assert_int_equal(pipe_tally_total(tally), 5000);
    assert_int_equal(pipe_tally_others(tally), 900 * 5);
    uint64_t count;
    KeptMatch *first;
    for (uint64_t i = 0; i < 100; i++) {
        assert_true(pipe_tally_take(tally, &count, &first));
        assert_int_equal(count, 5);
        assert_int_equal(kept_match_get(first).events[0].place.offset, i);
        kept_match_free(first);
    }
    assert_false(pipe_tally_take(tally, &count, &first));
    pipe_tally_free(tally);
}

TEST(the_rarest_come_first)
{
    static const char KEYS[] = "abacbadaab";
    PipeTally *tally = pipe_tally_new();
    for (size_t i = 0; i < strlen(KEYS); i++) {
        SequenceEvent event;
        Match match = match_at(&event, i);
        (void)pipe_tally_add(tally, (Str){&KEYS[i], 1}, i % 2 == 0 ? &match : NULL);
    }
    static const struct {
        uint64_t count;
        int first; /* -1: none was kept */
    } WANTED[] = {{1, -1}, {1, 6}, {3, -1}, {5, 0}};
    for (size_t i = 0; i < ARRAY_LEN(WANTED); i++) {
        uint64_t count;
        KeptMatch *first;
        assert_true(pipe_tally_take(tally, &count, &first));
        assert_int_equal(count, WANTED[i].count);
        int found = first == NULL ? -1 : (int)kept_match_get(first).events[0].place.offset;
        assert_int_equal(found, WANTED[i].first);
        kept_match_free(first);
    }
    pipe_tally_free(tally);
}

RUN_TESTS(CASE(a_set_has_neither_order_nor_repeats), CASE(values_of_all_kinds_have_an_order),
          CASE(the_bytes_of_versions_have_their_order), CASE(equal_ones_come_out_as_they_came),
          CASE(a_sort_lets_go_of_what_is_last),
          CASE(what_is_counted_is_counted_right_however_little_room_there_is),
          CASE(the_rarest_come_first))
