#include "page_text.h"

#include "page/markdown.h"

TEST(text_stands_for_itself)
{
    static const struct {
        const char *text, *markdown;
    } CASES[] = {
        {"plain words", "plain words"},
        {"<script>&", "&lt;script&gt;&amp;"},
        {"# a\n- b | [c](d) `e` *f*", "\\# a \\- b \\| \\[c\\]\\(d\\) \\`e\\` \\*f\\*"},
        {"\x1b[0m", " \\[0m"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Buffer out = {0};
        markdown_text(&out, str_from_c(CASES[i].text));
        expect_text(&out, CASES[i].markdown);
    }
}

TEST(an_address_cannot_leave_its_brackets)
{
    Buffer out = {0};
    markdown_link(&out, STR("https://a/> <b>\\|\n)`"), STR("w]"));
    expect_text(&out, "[w\\]](<https://a/%3E%20%3Cb%3E%5C%7C%0A%29%60>)");
    markdown_link(&out, STR("javascript:x"), STR("w"));
    expect_text(&out, "w");
}

TEST(code_cannot_close_its_fence)
{
    Buffer out = {0};
    markdown_code(&out, STR("eql"), STR("a\r\n````\nb"), "  ");
    expect_text(&out, "  `````eql\n  a\n  ````\n  b\n  `````\n");
}

RUN_TESTS(CASE(text_stands_for_itself), CASE(an_address_cannot_leave_its_brackets),
          CASE(code_cannot_close_its_fence))
