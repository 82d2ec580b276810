#include "page_text.h"

#include "page/guide.h"

TEST(markdown_becomes_html_that_does_no_harm)
{
    static const struct {
        const char *markdown, *html;
    } CASES[] = {
        {"## Look\n\nat *this*", "<h3>Look</h3>\n<p>at <em>this</em></p>\n"},
        {"###### deep", "<h6>deep</h6>\n"},
        {"a <script>alert(1)</script> b", "<p>a &lt;script&gt;alert(1)&lt;/script&gt; b</p>\n"},
        {"<script>\nalert(1)\n</script>\n",
         "<pre><code>&lt;script&gt;\nalert(1)\n&lt;/script&gt;\n</code></pre>\n"},
        {"[x](javascript:alert(1))", "<p><a href=\"\">x</a></p>\n"},
        {"[x](https://example.org/?a=1&b=\"2\")",
         "<p><a href=\"https://example.org/?a=1&amp;b=%222%22\">x</a></p>\n"},
        {"![pic *a*](https://example.org/p.png)",
         "<p><a href=\"https://example.org/p.png\">pic <em>a</em></a></p>\n"},
        {"![p](data:image/png;base64,x)", "<p><a href=\"\">p</a></p>\n"},
        {"![![in](https://a.example/i)](https://b.example/o)",
         "<p><a href=\"https://b.example/o\"><a href=\"https://a.example/i\">in</a></a></p>\n"},
        {"```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>\n"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Buffer out = {0};
        guide_html(&out, str_from_c(CASES[i].markdown));
        expect_text(&out, CASES[i].html);
    }
}

TEST(markdown_stays_markdown_and_loses_its_html)
{
    Buffer out = {0};
    guide_markdown(&out, STR("# A <b>x</b>\n\n![p](javascript:x)\n\n<div>\nx\n</div>\n"));
    expect_text(&out, "## A \\<b\\>x\\</b\\>\n\n[p]()\n\n``` \n<div>\nx\n</div>\n```\n");
}

TEST(a_text_past_the_bound_is_shown_as_it_is)
{
    Buffer text = {0};
    while (text.len <= GUIDE_MAX_BYTES) {
        buffer_append_c(&text, "[a](<b> ");
    }
    Buffer out = {0};
    guide_html(&out, buffer_str(&text));
    expect_part(&out, "<pre>[a](&lt;b&gt; [a]");
    buffer_done(&out);
    guide_markdown(&out, buffer_str(&text));
    assert_true(str_starts_with(buffer_str(&out), STR("    [a](<b> ")));
    buffer_done(&out);
    buffer_done(&text);
}

RUN_TESTS(CASE(markdown_becomes_html_that_does_no_harm),
          CASE(markdown_stays_markdown_and_loses_its_html),
          CASE(a_text_past_the_bound_is_shown_as_it_is))
