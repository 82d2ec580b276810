#include "page/markdown.h"

#include "page/html.h"

void markdown_text(Buffer *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '<' || c == '>' || c == '&') {
            html_text(out, str_slice(text, i, i + 1));
        } else if (c < 0x20 || c == 0x7f) {
            buffer_append_byte(out, ' ');
        } else if (strchr("\\`*_{}[]()#+-.!|~:@", c) != NULL) {
            buffer_append_byte(out, '\\');
            buffer_append_byte(out, (char)c);
        } else {
            buffer_append_byte(out, (char)c);
        }
    }
}

/* Percent-encoded is what is no letter of an address or means something to Markdown. */
static void append_address(Buffer *out, Str url)
{
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (c <= 0x20 || c >= 0x7f || strchr("<>\\\"|`'()[]{}^*", c) != NULL) {
            buffer_append_format(out, "%%%02X", c);
        } else {
            buffer_append_byte(out, (char)c);
        }
    }
}

void markdown_link(Buffer *out, Str url, Str words)
{
    if (!html_url_is_safe(url)) {
        markdown_text(out, words);
        return;
    }
    buffer_append_byte(out, '[');
    markdown_text(out, words);
    buffer_append_c(out, "](<");
    append_address(out, url);
    buffer_append_c(out, ">)");
}

static size_t longest_run(Str text, char wanted)
{
    size_t longest = 0;
    size_t run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == wanted ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void fence(Buffer *out, size_t len, Str language, const char *indent)
{
    buffer_append_c(out, indent);
    for (size_t i = 0; i < len; i++) {
        buffer_append_byte(out, '`');
    }
    buffer_append(out, language);
    buffer_append_byte(out, '\n');
}

void markdown_code(Buffer *out, Str language, Str text, const char *indent)
{
    size_t run = longest_run(text, '`');
    size_t len = run < 3 ? 3 : run + 1;
    Str line;
    fence(out, len, language, indent);
    while (str_split(&text, '\n', &line)) {
        buffer_append_c(out, indent);
        buffer_append(out,
                      str_ends_with(line, STR("\r")) ? str_slice(line, 0, line.len - 1) : line);
        buffer_append_byte(out, '\n');
    }
    fence(out, len, STR(""), indent);
}
