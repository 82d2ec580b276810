#include "page/html.h"

/* NULL: the byte stands for itself. */
static const char *instead_of(unsigned char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n':
    case '\t':
    case '\r': return NULL;
    default: return c < 0x20 || c == 0x7f ? "\xef\xbf\xbd" : NULL;
    }
}

void html_text(Buffer *out, Str text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *instead = instead_of((unsigned char)text.ptr[i]);
        if (instead != NULL) {
            buffer_append(out, str_slice(text, from, i));
            buffer_append_c(out, instead);
            from = i + 1;
        }
    }
    buffer_append(out, str_slice(text, from, text.len));
}

bool html_url_is_safe(Str url)
{
    static const Str SCHEMES[] = {STR_INIT("https://"), STR_INIT("http://"), STR_INIT("mailto:")};
    for (size_t i = 0; i < ARRAY_LEN(SCHEMES); i++) {
        if (str_equal_ascii_case(str_slice(url, 0, SCHEMES[i].len), SCHEMES[i])) {
            return true;
        }
    }
    return false;
}

void html_link(Buffer *out, Str url, Str words)
{
    if (!html_url_is_safe(url)) {
        html_text(out, words);
        return;
    }
    buffer_append_c(out, "<a rel=\"noreferrer noopener\" href=\"");
    html_text(out, url);
    buffer_append_c(out, "\">");
    html_text(out, words);
    buffer_append_c(out, "</a>");
}

static const char *const STYLE =
    ":root{color-scheme:light "
    "dark;--line:#8884;--quiet:#666;--k:#a0169a;--s:#166d3b;--n:#9a4b00;--c:#666}\n"
    "@media(prefers-color-scheme:dark){:root{--quiet:#aaa;--k:#e58cff;--s:#7fd99b;--n:#ffb168;--c:#"
    "aaa}}\n"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem}\n"
    "h1{line-height:1.2}h2{margin-top:2rem;border-bottom:1px solid var(--line)}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem "
    "1rem}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}\n"
    "dd ul{margin:0;padding-left:1.2rem}\n"
    "pre{overflow:auto;padding:.75rem;border:1px solid "
    "var(--line);border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "code,pre{font:14px/1.45 ui-monospace,monospace}\n"
    ".k{color:var(--k);font-weight:600}.s{color:var(--s)}.n{color:var(--n)}.c{color:var(--c);font-"
    "style:italic}\n"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:."
    "3rem .6rem;border-bottom:1px solid var(--line)}\n"
    "td{overflow-wrap:anywhere}.quiet{color:var(--quiet)}\n"
    "input{font:inherit;padding:.4rem;width:min(30rem,100%)}\n"
    "a:focus-visible,input:focus-visible{outline:3px solid #2a6fdb}\n"
    ".matrix{display:flex;gap:.4rem;overflow-x:auto;align-items:flex-start}\n"
    ".tactic{flex:0 0 11rem}.tactic ul{list-style:none;margin:0;padding:0}\n"
    ".tactic li{border:1px solid var(--line);border-radius:3px;padding:.2rem .4rem;margin:.2rem "
    "0;overflow-wrap:anywhere}\n"
    ".tactic li li{border:0;padding:0 0 0 .5rem;font-size:.85rem}.tactic "
    "h2{font-size:1rem;margin:0}\n"
    ".few{background:#2a6fdb22}.some{background:#2a6fdb44}.many{background:#2a6fdb77}\n";

void html_begin(Buffer *out, const HtmlFrame *frame)
{
    buffer_append_c(out,
                    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
    buffer_append_c(out, frame->script == NULL ? "" : "; script-src 'unsafe-inline'");
    buffer_append_c(
        out, "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    html_text(out, frame->title);
    buffer_append_format(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", STYLE);
    if (frame->way_up != NULL) {
        buffer_append_format(out, "<nav aria-label=\"Up\"><a href=\"%s\">All rules</a></nav>\n",
                             frame->way_up);
    }
    buffer_append_c(out, "<main>\n<h1>");
    html_text(out, frame->title);
    buffer_append_c(out, "</h1>\n");
}

void html_end(Buffer *out, const HtmlFrame *frame)
{
    buffer_append_c(out, "</main>\n");
    if (frame->script != NULL) {
        buffer_append_format(out, "<script>\n%s</script>\n", frame->script);
    }
    buffer_append_c(out, "</body>\n</html>\n");
}
