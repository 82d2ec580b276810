#include "page_text.h"

#include "page/html.h"

TEST(what_a_rule_says_is_text)
{
    static const struct {
        const char *text, *html;
    } CASES[] = {
        {"", ""},
        {"plain", "plain"},
        {"<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
        {"a & \"b\"", "a &amp; &quot;b&quot;"},
        {"\x01\x1b[31m\x7f\n\t", "\xef\xbf\xbd\xef\xbf\xbd[31m\xef\xbf\xbd\n\t"},
        {"\xc3\xa9", "\xc3\xa9"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Buffer out = {0};
        html_text(&out, str_from_c(CASES[i].text));
        expect_text(&out, CASES[i].html);
    }
}

TEST(a_link_leads_to_the_web_or_nowhere)
{
    static const struct {
        const char *url;
        bool safe;
    } CASES[] = {
        {"https://example.org/a", true},
        {"HTTP://example.org", true},
        {"mailto:a@example.org", true},
        {"javascript:alert(1)", false},
        {" https://a", false},
        {"data:text/html,x", false},
        {"//example.org", false},
        {"file:///etc/passwd", false},
        {"http:/x", false},
        {"", false},
        {"java\nscript:x", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Buffer out = {0};
        html_link(&out, str_from_c(CASES[i].url), STR("<w>"));
        assert_int_equal(html_url_is_safe(str_from_c(CASES[i].url)), CASES[i].safe);
        if (CASES[i].safe) {
            expect_part(&out, "<a rel=\"noreferrer noopener\" href=\"");
            expect_part(&out, "\">&lt;w&gt;</a>");
            buffer_done(&out);
        } else {
            expect_text(&out, "&lt;w&gt;");
        }
    }
    Buffer out = {0};
    html_link(&out, STR("https://a/\"onclick=\"x"), STR("w"));
    expect_text(&out,
                "<a rel=\"noreferrer noopener\" href=\"https://a/&quot;onclick=&quot;x\">w</a>");
}

TEST(a_page_without_a_script_of_ours_lets_none_run)
{
    Buffer out = {0};
    HtmlFrame frame = {.title = STR("<b>")};
    html_begin(&out, &frame);
    html_end(&out, &frame);
    expect_part(&out, "default-src 'none'");
    expect_part(&out, "<title>&lt;b&gt;</title>");
    expect_no_part(&out, "script");
    expect_no_part(&out, "All rules");
    buffer_done(&out);
    frame = (HtmlFrame){.title = STR("t"), .script = "show();\n", .way_up = "index.html"};
    html_begin(&out, &frame);
    html_end(&out, &frame);
    expect_part(&out, "script-src 'unsafe-inline'");
    expect_part(&out, "<script>\nshow();\n</script>");
    expect_part(&out, "<a href=\"index.html\">All rules</a>");
    buffer_done(&out);
}

RUN_TESTS(CASE(what_a_rule_says_is_text), CASE(a_link_leads_to_the_web_or_nowhere),
          CASE(a_page_without_a_script_of_ours_lets_none_run))
