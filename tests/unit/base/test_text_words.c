#include "base/text_words.h"
#include "unit.h"

TEST(texts_are_cut_at_word_boundaries)
{
    static const struct {
        const char *text, *words;
    } CASES[] = {
        {"", ""},
        {" - /\\ ", ""},
        {"One two", " one two "},
        {"a-b/c\\d", " a b c d "},
        {"[System.IO.File]::ReadAllBytes(", " system.io.file readallbytes "},
        {"Net.WebClient.", " net.webclient "},
        {"$env:TEMP", " env:temp "},
        {"can't 'quoted'", " can't quoted "},
        {"1,5 1.5 1;2 a,b", " 1,5 1.5 1;2 a b "},
        {"1:2 a.1 v1.2", " 1 2 a 1 v1.2 "},
        {"foo_bar __x __ _", " foo_bar __x "},
        {"-EncodedCommand", " encodedcommand "},
        {"\u00c4RGER stra\u00dfe", " \u00e4rger stra\u00dfe "},
        {"e\u0301a", " e\u0301a "},
        {"\u65e5\u672c\u3042\u30ab\u30bf", " \u65e5 \u672c \u3042 \u30ab\u30bf "},
        {"a\U0001F600b", " a b "},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        Str words = text_words_of(arena, str_from_c(CASES[i].text));
        assert_string_equal(str_to_c(arena, words), CASES[i].words);
        arena_free(arena);
    }
}

TEST(a_word_too_long_is_cut)
{
    Arena *arena = arena_new();
    char text[TEXT_WORDS_LONGEST + 10];
    memset(text, 'x', sizeof text);
    Str words = text_words_of(arena, (Str){text, sizeof text});
    size_t at = 0;
    Str word;
    assert_true(text_words_next(words, &at, &word));
    assert_int_equal(word.len, TEXT_WORDS_LONGEST);
    assert_true(text_words_next(words, &at, &word));
    assert_int_equal(word.len, 10);
    assert_false(text_words_next(words, &at, &word));
    arena_free(arena);
}

TEST(a_phrase_is_words_in_a_row)
{
    Arena *arena = arena_new();
    Str words = text_words_of(arena, STR("New-Object Net.WebClient; Start-Process x"));
    static const struct {
        const char *phrase;
        bool held;
    } CASES[] = {{"new object", true}, {"OBJECT net.webclient", true}, {"object new", false},
                 {"object", true},     {"webclient", false},           {"", false},
                 {"--", false},        {"new object net", false},      {"process x", true}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        assert_int_equal(text_words_hold(words, text_words_of(arena, str_from_c(CASES[i].phrase))),
                         CASES[i].held);
    }
    assert_false(text_words_hold(text_words_of(arena, STR("")), text_words_of(arena, STR("a"))));
    size_t at = 0;
    Str word;
    assert_false(text_words_next(text_words_of(arena, STR("")), &at, &word));
    arena_free(arena);
}

TEST(one_place_tells_whether_a_phrase_may_stand_there)
{
    static const struct {
        const char *text, *phrase, *word;
        size_t at;
        bool may;
    } CASES[] = {
        {"the su user", " su ", "su", 4, true},
        {"sudo", " su ", "su", 0, false},
        {"resu", " su ", "su", 2, false},
        {"su.exe", " su ", "su", 0, false},
        {"a.su", " su ", "su", 2, false},
        {"su.", " su ", "su", 0, true},
        {"1.su", " su ", "su", 2, true},
        {"su_", " su ", "su", 0, false},
        {"/bin/su", " su ", "su", 5, true},
        {"command not found", " command not found ", "command", 0, true},
        {"command: \"not\" found", " command not found ", "command", 0, true},
        {"command not there", " command not found ", "command", 0, false},
        {"command not", " command not found ", "command", 0, false},
        {"no such directory", " no such directory ", "directory", 8, true},
        {"non such directory", " on such directory ", "directory", 9,
         true}, /* the words will tell */
        {"such directory", " no such directory ", "directory", 5, false},
        {"command _ not found", " command not found ", "command", 0, true},
        {"such __ directory", " no such directory ", "directory", 8, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Str phrase = str_from_c(CASES[i].phrase);
        size_t at = 0;
        assert_true(str_find(phrase, str_from_c(CASES[i].word), 0, &at));
        Str word = str_slice(phrase, at, at + strlen(CASES[i].word));
        if (text_words_may_stand(str_from_c(CASES[i].text), CASES[i].at, phrase, word) !=
            CASES[i].may) {
            fail_msg("'%s' in '%s'", CASES[i].phrase, CASES[i].text);
        }
    }
}

RUN_TESTS(CASE(texts_are_cut_at_word_boundaries), CASE(a_word_too_long_is_cut),
          CASE(a_phrase_is_words_in_a_row), CASE(one_place_tells_whether_a_phrase_may_stand_there))
