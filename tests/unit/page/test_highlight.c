#include "page_text.h"

#include "page/highlight.h"

#define K(w) "<span class=\"k\">" w "</span>"
#define S(w) "<span class=\"s\">&quot;" w "&quot;</span>"
#define N(w) "<span class=\"n\">" w "</span>"
#define C(w) "<span class=\"c\">" w "</span>"

TEST(words_are_marked_by_what_they_are)
{
    static const struct {
        const char *language, *query, *html;
    } CASES[] = {
        {"eql", "any where a == \"<b>\" and n > 1.5",
         K("any") " " K("where") " a == " S("&lt;b&gt;") " " K("and") " n &gt; " N("1.5")},
        {"eql", "any // note\nwhere true", K("any") C(" // note\n") K("where") " " K("true")},
        {"eql", "any /* open", K("any") " " C("/* open")},
        {"eql", "any where a == \"open", K("any") " " K("where") " a == &quot;open"},
        {"kuery", "a:\"x y\" AND not b : 12 or c:band*",
         "a:" S("x y") " " K("AND") " " K("not") " b : " N("12") " " K("or") " c:band*"},
        {"kuery", "a:\"open\\\"", "a:<span class=\"s\">&quot;open\\&quot;</span>"},
        {"kuery", "a\\\xc3\xa9:<x", "a\\\xc3\xa9:&lt;x"},
        {"kuery", "\\", "\\"},
        {"esql", "from a | where \"<\"", "from a | where &quot;&lt;&quot;"},
        {"", "", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Buffer out = {0};
        highlight_query(&out, str_from_c(CASES[i].language), str_from_c(CASES[i].query));
        expect_text(&out, CASES[i].html);
    }
}

RUN_TESTS(CASE(words_are_marked_by_what_they_are))
