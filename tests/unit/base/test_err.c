#include "unit.h"

#include "base/err.h"
#include "base/str.h"

TEST(context_comes_before_cause)
{
    Err err = {0};
    assert_false(err_set(&err, ERR_SYNTAX, "expected %s", "'where'"));
    assert_false(err_wrap(&err, "rule '%.*s'", STR_ARG(STR("r1"))));
    assert_string_equal(err.text, "rule 'r1': expected 'where'");
    assert_int_equal(err.code, ERR_SYNTAX);
}

TEST(cut_text_ends_in_dots)
{
    Err err = {0};
    err_set(&err, ERR_IO, "%0*d", 200, 7);
    err_wrap(&err, "%0*d", 100, 7);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_string_equal(err.text + sizeof err.text - 4, "...");
}

TEST(text_that_is_cut_when_set_ends_in_dots_too)
{
    Err err = {0};
    err_set(&err, ERR_IO, "%0*d", 500, 7);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_string_equal(err.text + sizeof err.text - 4, "...");
    err_wrap(&err, "%0*d", 500, 7);
    assert_string_equal(err.text + sizeof err.text - 4, "...");
}

/* Whatever the offset of the cut, no half of a character is left before the dots. */
TEST(cut_falls_between_characters)
{
    for (int before = 0; before < 4; before++) {
        Err err = {0};
        char text[400];
        for (size_t i = 0; i < sizeof text; i += 4) {
            memcpy(text + i, "\xf0\x9f\x90\xa7", 4);
        }
        err_set(&err, ERR_IO, "%.*s%.*s", before, "abc", (int)sizeof text, text);
        size_t len = strlen(err.text);
        assert_string_equal(err.text + len - 3, "...");
        assert_int_equal((len - 3 - (size_t)before) % 4, 0);
        assert_true(len > sizeof err.text - 6);
    }
}

RUN_TESTS(CASE(context_comes_before_cause), CASE(cut_text_ends_in_dots),
          CASE(text_that_is_cut_when_set_ends_in_dots_too), CASE(cut_falls_between_characters))
