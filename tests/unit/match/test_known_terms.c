#include "unit.h"

#include "match/known_terms.h"
#include "random.h"

static bool see(KnownTerms *terms, const char *term, int64_t time)
{
    return known_terms_see(terms, str_from_c(term), time);
}

TEST(a_term_is_new_when_the_history_does_not_have_it)
{
    static const struct {
        const char *term;
        int64_t time;
        bool is_new;
    } STEPS[] = {{"a", 0, true},   {"a", 0, false}, {"b", 1, true},  {"a", 10, false},
                 {"a", 20, false}, {"b", 20, true}, {"a", 31, true}, {"", 31, true},
                 {"", 31, false},  {"a", 41, false}};
    KnownTerms *terms = known_terms_new(10);
    for (size_t i = 0; i < ARRAY_LEN(STEPS); i++) {
        assert_int_equal(see(terms, STEPS[i].term, STEPS[i].time), STEPS[i].is_new);
    }
    known_terms_free(terms);
}

TEST(what_the_history_has_passed_is_forgotten)
{
    KnownTerms *terms = known_terms_new(10);
    for (int64_t i = 0; i < 1000; i++) {
        char term[16];
        snprintf(term, sizeof term, "%lld", (long long)i);
        assert_true(see(terms, term, i));
        assert_true(known_terms_count(terms) <= 11);
    }
    size_t bytes = known_terms_bytes(terms);
    assert_true(known_terms_evict(terms));
    assert_true(known_terms_bytes(terms) < bytes);
    assert_int_equal(known_terms_evicted(terms), 1);
    while (known_terms_evict(terms)) {
    }
    assert_int_equal(known_terms_bytes(terms), 0);
    known_terms_free(terms);
}

TEST(times_at_both_ends_are_times)
{
    KnownTerms *terms = known_terms_new(INT64_MAX / 8 - 1);
    assert_true(see(terms, "a", INT64_MIN + 1));
    assert_true(see(terms, "a", 0));
    assert_true(see(terms, "a", INT64_MAX));
    assert_false(see(terms, "a", INT64_MAX));
    known_terms_free(terms);
}

/* Against all times of each term. */
TEST(it_knows_what_a_list_of_all_times_knows)
{
    enum { TERMS = 5, STEPS = 4000 };
    static int64_t seen[STEPS];
    static uint32_t which[STEPS];
    Random random = {.state = 7};
    KnownTerms *terms = known_terms_new(20);
    int64_t now = 0;
    for (uint32_t i = 0; i < STEPS; i++) {
        now += random_below(&random, 3) == 0 ? random_below(&random, 30) : 0;
        seen[i] = now;
        which[i] = random_below(&random, TERMS);
        bool is_new = true;
        for (uint32_t j = 0; j < i; j++) {
            is_new = is_new && (which[j] != which[i] || now - seen[j] > 20);
        }
        char term[2] = {(char)('a' + which[i]), '\0'};
        assert_int_equal(see(terms, term, now), is_new);
    }
    known_terms_free(terms);
}

static KnownTerms *again(const KnownTerms *terms, int64_t history, Buffer *bytes)
{
    Err err = {0};
    bool is_ours = false;
    buffer_clear(bytes);
    known_terms_save(terms, STR("rule"), bytes);
    Str rest = buffer_str(bytes);
    KnownTerms *loaded = known_terms_new(history);
    assert_true(known_terms_load(loaded, STR("rule"), &rest, &is_ours, &err));
    assert_true(is_ours);
    assert_int_equal(rest.len, 0);
    assert_int_equal(known_terms_count(loaded), known_terms_count(terms));
    return loaded;
}

TEST(what_was_saved_is_known_again_and_the_same_events_give_the_same_answers)
{
    Buffer bytes = {0};
    KnownTerms *terms = known_terms_new(10);
    assert_true(see(terms, "a", 0));
    assert_false(see(terms, "a", 5));
    assert_true(see(terms, "b", 7));
    KnownTerms *loaded = again(terms, 10, &bytes);
    assert_true(see(loaded, "a", 0)); /* again: the event that began the spell */
    assert_false(see(loaded, "a", 0));
    assert_false(see(loaded, "a", 5));
    assert_true(see(loaded, "b", 6)); /* late: earlier than was known */
    assert_false(see(loaded, "b", 7));
    assert_false(see(loaded, "a", 15));
    assert_true(see(loaded, "c", 15));
    known_terms_free(loaded);
    known_terms_free(terms);
    buffer_done(&bytes);
}

TEST(what_is_not_whole_is_refused)
{
    Buffer bytes = {0};
    KnownTerms *terms = known_terms_new(10);
    see(terms, "alpha", 1);
    see(terms, "beta", 2);
    known_terms_save(terms, STR("rule"), &bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        Err err = {0};
        bool is_ours = false;
        KnownTerms *loaded = known_terms_new(10);
        Str cut = str_slice(buffer_str(&bytes), 0, i);
        assert_false(known_terms_load(loaded, STR("rule"), &cut, &is_ours, &err));
        assert_int_equal(err.code, ERR_CORRUPT);
        bytes.ptr[i] ^= 0x41;
        Str changed = buffer_str(&bytes);
        assert_false(known_terms_load(loaded, STR("rule"), &changed, &is_ours, &err));
        bytes.ptr[i] ^= 0x41;
        assert_int_equal(known_terms_count(loaded), 0);
        known_terms_free(loaded);
    }
    known_terms_free(terms);
    buffer_done(&bytes);
}

TEST(terms_of_another_rule_or_history_are_passed_over)
{
    Buffer bytes = {0};
    Err err = {0};
    bool is_ours = true;
    KnownTerms *terms = known_terms_new(10);
    see(terms, "alpha", 1);
    known_terms_save(terms, STR("rule"), &bytes);
    known_terms_save(terms, STR("other"), &bytes);
    KnownTerms *longer = known_terms_new(11);
    Str rest = buffer_str(&bytes);
    assert_true(known_terms_load(longer, STR("rule"), &rest, &is_ours, &err));
    assert_false(is_ours);
    known_terms_free(longer);
    KnownTerms *other = known_terms_new(10);
    assert_true(known_terms_load(other, STR("other"), &rest, &is_ours, &err));
    assert_true(is_ours);
    assert_int_equal(rest.len, 0);
    assert_false(see(other, "alpha", 2));
    known_terms_free(other);
    known_terms_free(terms);
    buffer_done(&bytes);
}

RUN_TESTS(CASE(a_term_is_new_when_the_history_does_not_have_it),
          CASE(what_the_history_has_passed_is_forgotten), CASE(times_at_both_ends_are_times),
          CASE(it_knows_what_a_list_of_all_times_knows),
          CASE(what_was_saved_is_known_again_and_the_same_events_give_the_same_answers),
          CASE(what_is_not_whole_is_refused),
          CASE(terms_of_another_rule_or_history_are_passed_over))
