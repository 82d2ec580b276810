/* Any bytes as rules in NDJSON, shown as pages. No page has an element, an attribute or an address that is not ours; what is
 * highlighted reads as the query; and Markdown, read by a Markdown reader, has no HTML, no picture, and no address that leads
 * anywhere but to the web or to another page. */
#include <cmark.h>

#include "page/coverage.h"
#include "page/highlight.h"
#include "page/html.h"
#include "page/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_known_element(Str name)
{
    static const char *const NAMES[] = {
        "a",  "b",    "body",   "br",      "blockquote", "code",   "dd",       "div",   "dl",
        "dt", "em",   "h1",     "h2",      "h3",         "h4",     "h5",       "h6",    "head",
        "hr", "html", "input",  "label",   "li",         "main",   "meta",     "nav",   "ol",
        "p",  "pre",  "script", "section", "span",       "strong", "style",    "table", "tbody",
        "td", "th",   "thead",  "title",   "tr",         "ul",     "!DOCTYPE",
    };
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(NAMES) && !known; i++) {
        known = str_equal(name, str_from_c(NAMES[i]));
    }
    return known;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '#';
}

static void check_address(Str url)
{
    bool local = true;
    for (size_t i = 0; i < url.len; i++) {
        local = local && is_name_byte(url.ptr[i]);
    }
    require(local || html_url_is_safe(url));
}

/* The text between < and >. */
static void check_tag(Str tag)
{
    static const char *const ATTRIBUTES[] = {
        "aria-label", "autocomplete", "charset",    "class",    "content", "for",  "hidden",
        "href",       "html",         "http-equiv", "id",       "lang",    "name", "rel",
        "role",       "scope",        "start",      "tabindex", "type"};
    bool end = str_starts_with(tag, STR("/"));
    size_t at = end;
    while (at < tag.len && tag.ptr[at] != ' ' && !(tag.ptr[at] == '/' && at > 0)) {
        at++;
    }
    require(is_known_element(str_slice(tag, end, at)));
    while (at < tag.len && tag.ptr[at] == ' ' && str_find_byte(tag, '=', at, &(size_t){0})) {
        size_t equals = 0;
        size_t from = at + 1;
        require(str_find_byte(tag, '=', from, &equals));
        Str name = str_slice(tag, from, equals);
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(ATTRIBUTES); i++) {
            known = known || str_equal(name, str_from_c(ATTRIBUTES[i]));
        }
        require(known);
        size_t close = 0;
        require(equals + 1 < tag.len && tag.ptr[equals + 1] == '"' &&
                str_find_byte(tag, '"', equals + 2, &close));
        if (str_equal(name, STR("href"))) {
            check_address(str_slice(tag, equals + 2, close));
        }
        at = close + 1;
    }
    Str rest = str_slice(tag, at, tag.len);
    require(rest.len == 0 || str_equal(rest, STR(" /")) || str_equal(rest, STR(" hidden")) ||
            str_equal(rest, STR(" html")));
}

/* Style and script are ours and hold no rule's words. */
static size_t skip_own(Str html, size_t at)
{
    static const struct {
        Str begin, end;
    } OWN[] = {{STR_INIT("<style>\n:root"), STR_INIT("</style>")},
               {STR_INIT("<script>\nconst box"), STR_INIT("</script>")}};
    for (size_t i = 0; i < ARRAY_LEN(OWN); i++) {
        if (str_starts_with(str_slice(html, at, html.len), OWN[i].begin)) {
            require(str_find(html, OWN[i].end, at, &at));
            return at;
        }
    }
    return at;
}

static uint32_t check_html(Str html)
{
    uint32_t scripts = 0;
    size_t at = 0;
    while (str_find_byte(html, '<', at, &at)) {
        size_t behind = skip_own(html, at);
        if (behind == at) {
            size_t close = 0;
            require(str_find_byte(html, '>', at, &close));
            Str tag = str_slice(html, at + 1, close);
            require(!str_starts_with(tag, STR("script")) && !str_starts_with(tag, STR("style")));
            check_tag(tag);
            behind = close;
        } else if (html.ptr[at + 2] == 'c') {
            scripts++;
        }
        at = html.ptr[behind] == '<' ? behind + 2 : behind + 1;
    }
    return scripts;
}

static void check_markdown(Str text)
{
    cmark_node *document = cmark_parse_document(text.ptr, text.len, CMARK_OPT_DEFAULT);
    cmark_iter *iterator = cmark_iter_new(document);
    while (cmark_iter_next(iterator) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iterator);
        cmark_node_type type = cmark_node_get_type(node);
        require(type != CMARK_NODE_HTML_BLOCK && type != CMARK_NODE_HTML_INLINE &&
                type != CMARK_NODE_IMAGE);
        if (type == CMARK_NODE_LINK) {
            check_address(str_from_c(cmark_node_get_url(node)));
        }
    }
    cmark_iter_free(iterator);
    cmark_node_free(document);
}

/* Without its tags and with its entities it is the query. */
static void check_highlight(Str language, Str query)
{
    static const struct {
        Str entity;
        char c;
    } ENTITIES[] = {{STR_INIT("&amp;"), '&'},
                    {STR_INIT("&lt;"), '<'},
                    {STR_INIT("&gt;"), '>'},
                    {STR_INIT("&quot;"), '"'},
                    {STR_INIT("&#39;"), '\''}};
    Buffer marked = {0};
    highlight_query(&marked, language, query);
    Str html = buffer_str(&marked);
    Buffer plain = {0};
    for (size_t at = 0; at < html.len; at++) {
        char c = html.ptr[at];
        if (c == '<') {
            require(str_find_byte(html, '>', at, &at));
            continue;
        }
        for (size_t i = 0; i < ARRAY_LEN(ENTITIES); i++) {
            if (str_starts_with(str_slice(html, at, html.len), ENTITIES[i].entity)) {
                c = ENTITIES[i].c;
                at += ENTITIES[i].entity.len - 1;
                break;
            }
        }
        buffer_append_byte(&plain, c);
    }
    Buffer expected = {0};
    for (size_t at = 0; at < query.len; at++) { /* as html_text shows control characters */
        unsigned char c = (unsigned char)query.ptr[at];
        bool control = (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f;
        buffer_append(&expected, control ? STR("\xef\xbf\xbd") : (Str){query.ptr + at, 1});
    }
    require(str_equal(buffer_str(&plain), buffer_str(&expected)));
    buffer_done(&marked);
    buffer_done(&plain);
    buffer_done(&expected);
}

static bool check_file(void *context, Str name, Str text, Err *err)
{
    (void)err;
    bool html = str_ends_with(name, STR(".html"));
    check_address(name);
    require(str_ends_with(name, html ? STR(".html") : STR(".md")));
    if (html) {
        require(check_html(text) == str_equal(name, STR("index.html")));
    } else {
        check_markdown(text);
    }
    *(uint32_t *)context += 1;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    RuleList list = {.arena = arena};
    rule_read_json(&list, STR("fuzz"), (Str){(const char *)data, size});
    SiteRule *rules = ARENA_MANY(arena, SiteRule, list.rules.count + 1);
    for (uint32_t i = 0; i < list.rules.count; i++) {
        rules[i].rule = &list.rules.items[i];
        check_highlight(rules[i].rule->language, rules[i].rule->query);
        check_highlight(STR("eql"), rules[i].rule->query);
        check_highlight(STR("kuery"), rules[i].rule->query);
    }
    const Site *site = site_new(arena, rules, list.rules.count);
    Err err = {0};
    uint32_t files = 0;
    require(site_write(site, SITE_HTML, check_file, &files, &err) && files == list.rules.count + 2);
    require(site_write(site, SITE_MARKDOWN, check_file, &files, &err) &&
            files == 2 * (list.rules.count + 2));
    arena_free(arena);
    return 0;
}
