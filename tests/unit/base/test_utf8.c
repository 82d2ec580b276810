#include "unit.h"

#include "base/utf8.h"

#define FINE SIZE_MAX

TEST(only_shortest_forms_of_scalar_values_pass)
{
    static const struct {
        Str text;
        size_t bad_at;
    } CASES[] = {
        {STR_INIT(""), FINE},
        {{NULL, 0}, FINE},
        {STR_INIT("plain text, longer than one word\x7f"), FINE},
        {STR_INIT("\xc2\x80 \xdf\xbf"), FINE},
        {STR_INIT("\xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf"), FINE},
        {STR_INIT("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"), FINE},
        {STR_INIT("\0"), FINE},
        {STR_INIT("\x80"), 0},
        {STR_INIT("abcdefgh\xff"), 8},
        {STR_INIT("\xc0\x80"), 0},
        {STR_INIT("\xc1\xbf"), 0},
        {STR_INIT("a\xc2"), 1},
        {STR_INIT("a\xc2g"), 1},
        {STR_INIT("\xe0\x9f\xbf"), 0},
        {STR_INIT("\xed\xa0\x80"), 0},
        {STR_INIT("\xed\xbf\xbf"), 0},
        {STR_INIT("ab\xe2\x82"), 2},
        {STR_INIT("\xe2(\xa1"), 0},
        {STR_INIT("\xe2\x82("), 0},
        {STR_INIT("\xf0\x8f\xbf\xbf"), 0},
        {STR_INIT("\xf4\x90\x80\x80"), 0},
        {STR_INIT("\xf5\x80\x80\x80"), 0},
        {STR_INIT("\xf0\x9f\x90"), 0},
        {STR_INIT("\xf0\x9f(\xa7"), 0},
        {STR_INIT("\xf0\x9f\x90("), 0},
        {STR_INIT("\xfe"), 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        size_t bad_at = FINE;
        assert_int_equal(utf8_check(CASES[i].text, &bad_at), CASES[i].bad_at == FINE);
        assert_int_equal(bad_at, CASES[i].bad_at);
    }
}

TEST(an_invalid_byte_is_found_wherever_it_stands)
{
    char bytes[100];
    for (size_t len = 1; len <= sizeof bytes; len++) {
        for (size_t at = 0; at < len; at++) {
            Str text = {bytes, len};
            size_t bad_at = 0;
            memset(bytes, 'a', sizeof bytes);
            bytes[at] = '\x80';
            assert_int_equal(utf8_skip_ascii(text, 0), at);
            assert_false(utf8_check(text, &bad_at));
            assert_int_equal(bad_at, at);
            memcpy(bytes, "\xc3\xa4\xe2\x82\xac", at < 5 ? 0 : 5);
            assert_false(utf8_check(text, &bad_at));
            assert_int_equal(bad_at, at);
            bytes[at] = 'a';
            assert_true(utf8_check(text, &bad_at));
        }
    }
}

TEST(every_scalar_value_comes_back)
{
    for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
        if (code_point >= 0xd800 && code_point <= 0xdfff) {
            continue;
        }
        char text[4];
        Str encoded = {text, utf8_encode(code_point, text)};
        size_t at = 0;
        size_t bad_at = 0;
        assert_true(utf8_check(encoded, &bad_at));
        assert_int_equal(utf8_next(encoded, &at), code_point);
        assert_int_equal(at, encoded.len);
    }
}

TEST(each_invalid_byte_is_one_replacement)
{
    static const uint32_t EXPECTED[] = {0xfffd, 0xfffd, 'a', 0xfffd, 0xfffd, 0xfffd, 0xe9, 0xfffd};
    Str text = STR("\xf0\x9f"
                   "a\xed\xa0\x80\xc3\xa9\xff");
    size_t at = 0;
    for (size_t i = 0; i < ARRAY_LEN(EXPECTED); i++) {
        assert_int_equal(utf8_next(text, &at), EXPECTED[i]);
    }
    assert_int_equal(at, text.len);
}

TEST(folding_is_simple_and_of_no_language)
{
    static const struct {
        uint32_t from;
        uint32_t to;
    } CASES[] = {
        {'A', 'a'},         {'Z', 'z'},           {'a', 'a'},           {'@', '@'},
        {'[', '['},         {0xb5, 0x3bc},    /* micro sign */
        {0xc4, 0xe4},                         /* A with diaeresis */
        {0xd7, 0xd7},                         /* multiplication sign */
        {0xdf, 0xdf},                         /* small sharp s stays one letter */
        {0x1e9e, 0xdf},                       /* capital sharp s */
        {0x130, 0x130},                       /* capital I with dot: Turkish, left alone */
        {0x131, 0x131},                       /* small dotless i */
        {'I', 'i'},         {0x149, 0x149},   /* n after apostrophe: only full folding changes it */
        {0x17f, 's'},                         /* long s */
        {0x1c4, 0x1c6},                       /* DZ with caron */
        {0x1c5, 0x1c6},                       /* its title case */
        {0x345, 0x3b9},                       /* combining iota below */
        {0x3a3, 0x3c3},                       /* capital sigma */
        {0x3c2, 0x3c3},                       /* final sigma */
        {0x3d0, 0x3b2},                       /* beta symbol */
        {0x410, 0x430},                       /* Cyrillic A */
        {0x13a0, 0x13a0},                     /* Cherokee folds to capitals */
        {0xab70, 0x13a0},   {0x1e9b, 0x1e61}, /* long s with dot */
        {0x1f88, 0x1f80}, /* alpha with iota adscript: several letters in full folding */
        {0x1fb3, 0x1fb3},   {0x2126, 0x3c9}, /* ohm sign */
        {0x212a, 'k'},                       /* Kelvin sign */
        {0x212b, 0xe5},                      /* Angstrom sign */
        {0x2160, 0x2170},                    /* Roman numeral one */
        {0x24b6, 0x24d0},                    /* circled A */
        {0xfb00, 0xfb00},                    /* ligature ff stays one */
        {0xff21, 0xff41},                    /* full width A */
        {0x10400, 0x10428},                  /* Deseret */
        {0xac00, 0xac00},                    /* Hangul is not taken apart */
        {0xfffd, 0xfffd},   {0x10ffff, 0x10ffff}, {0x110000, 0x110000}, {UINT32_MAX, UINT32_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_int_equal(utf8_fold_one(CASES[i].from), CASES[i].to);
    }
}

TEST(what_is_folded_folds_to_itself)
{
    for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
        uint32_t folded = utf8_fold_one(code_point);
        assert_int_equal(utf8_fold_one(folded), folded);
    }
}

TEST(folded_texts_and_folding_comparison_agree)
{
    static const struct {
        Str left;
        Str right;
        bool equal;
    } CASES[] = {
        {STR_INIT(""), STR_INIT(""), true},
        {{NULL, 0}, STR_INIT(""), true},
        {STR_INIT("CMD.exe"), STR_INIT("cmd.EXE"), true},
        {STR_INIT("cmd"), STR_INIT("cmd2"), false},
        {STR_INIT("cmd2"), STR_INIT("cmd"), false},
        {STR_INIT("\xc3\x84X"), STR_INIT("\xc3\xa4x"), true},
        {STR_INIT("\xe2\x84\xaa"), STR_INIT("K"), true}, /* 3 bytes and 1 */
        {STR_INIT("\xc8\xba\xc8\xba"), STR_INIT("\xe2\xb1\xa5\xe2\xb1\xa5"), true}, /* grows */
        {STR_INIT("\xce\xa3"), STR_INIT("\xcf\x82"), true},
        {STR_INIT("\xe1\xba\x9e"), STR_INIT("ss"), false},
        {STR_INIT("\xff"
                  "A"),
         STR_INIT("\xff"
                  "a"),
         true},
        {STR_INIT("\xff"), STR_INIT("\xfe"), false},
        {STR_INIT("\xff"), STR_INIT("\xef\xbf\xbd"), false},
        {STR_INIT("I"), STR_INIT("\xc4\xb0"), false},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Str left = utf8_fold(arena, CASES[i].left);
        Str right = utf8_fold(arena, CASES[i].right);
        assert_int_equal(utf8_equal_folded(CASES[i].left, CASES[i].right), CASES[i].equal);
        assert_int_equal(str_equal(left, right), CASES[i].equal);
    }
    arena_free(arena);
}

TEST(text_without_capitals_is_returned_as_it_is)
{
    Arena *arena = arena_new();
    Str text = STR("c:\\windows\\\xc3\xa9\xff");
    assert_ptr_equal(utf8_fold(arena, text).ptr, text.ptr);
    assert_true(str_equal(utf8_fold(arena, STR("\xff\xfeQ\xc3")), STR("\xff\xfeq\xc3")));
    arena_free(arena);
}

TEST(places_are_counted_in_utf16_units)
{
    Str text = STR("a\xc3\xa9\xf0\x9f\x90\xa7z\xff"); /* 1 + 1 + 2 + 1 + 1 units */
    static const size_t OFFSETS[] = {0, 1, 3, 3, 7, 8, 9, 9};
    assert_int_equal(utf8_length_utf16(text), 6);
    for (size_t units = 0; units < ARRAY_LEN(OFFSETS); units++) {
        assert_int_equal(utf8_offset_of_utf16(text, units), OFFSETS[units]);
    }
    assert_int_equal(utf8_length_utf16((Str){NULL, 0}), 0);
    assert_int_equal(utf8_length_utf16(STR("more than eight")), 15);
}

RUN_TESTS(CASE(only_shortest_forms_of_scalar_values_pass),
          CASE(an_invalid_byte_is_found_wherever_it_stands), CASE(every_scalar_value_comes_back),
          CASE(each_invalid_byte_is_one_replacement), CASE(folding_is_simple_and_of_no_language),
          CASE(what_is_folded_folds_to_itself), CASE(folded_texts_and_folding_comparison_agree),
          CASE(text_without_capitals_is_returned_as_it_is), CASE(places_are_counted_in_utf16_units))
