#include "page/guide.h"

#include <cmark.h>

#include "page/html.h"

#define HEADING_DEEPER 1 /* "Investigation guide" is of the second level */
#define HEADING_MOST   6

static void replace(cmark_node *old, cmark_node *new)
{
    cmark_node_replace(old, new);
    cmark_node_free(old);
}

/* In a block of its own, line by line as it is written. */
static void show_html_block(cmark_node *node)
{
    cmark_node *block = cmark_node_new(CMARK_NODE_CODE_BLOCK);
    cmark_node_set_literal(block, cmark_node_get_literal(node));
    replace(node, block);
}

static void show_html_inline(cmark_node *node)
{
    cmark_node *text = cmark_node_new(CMARK_NODE_TEXT);
    cmark_node_set_literal(text, cmark_node_get_literal(node));
    replace(node, text);
}

static void check_link(cmark_node *node)
{
    const char *url = cmark_node_get_url(node);
    if (url == NULL || !html_url_is_safe(str_from_c(url))) {
        cmark_node_set_url(node, "");
    }
}

static void make_link(cmark_node *image)
{
    cmark_node *link = cmark_node_new(CMARK_NODE_LINK);
    cmark_node_set_url(link, cmark_node_get_url(image));
    check_link(link);
    for (cmark_node *child = cmark_node_first_child(image); child != NULL;
         child = cmark_node_first_child(image)) {
        cmark_node_append_child(link, child);
    }
    replace(image, link);
}

static void lower_heading(cmark_node *node)
{
    int level = cmark_node_get_heading_level(node) + HEADING_DEEPER;
    cmark_node_set_heading_level(node, level > HEADING_MOST ? HEADING_MOST : level);
}

/* Called when the node is left, so that it may be replaced. */
static void make_safe(cmark_node *node, cmark_event_type event)
{
    cmark_node_type type = cmark_node_get_type(node);
    bool left = event == CMARK_EVENT_EXIT;
    if (type == CMARK_NODE_HTML_BLOCK) {
        show_html_block(node);
    } else if (type == CMARK_NODE_HTML_INLINE) {
        show_html_inline(node);
    } else if (type == CMARK_NODE_IMAGE && left) {
        make_link(node);
    } else if (type == CMARK_NODE_LINK && left) {
        check_link(node);
    } else if (type == CMARK_NODE_HEADING && left) {
        lower_heading(node);
    }
}

static cmark_node *parse(Str markdown)
{
    cmark_node *document =
        cmark_parse_document(markdown.len > 0 ? markdown.ptr : "", markdown.len, CMARK_OPT_DEFAULT);
    cmark_iter *iterator = cmark_iter_new(document);
    cmark_event_type event = cmark_iter_next(iterator);
    while (event != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iterator);
        cmark_event_type this_event = event;
        event = cmark_iter_next(iterator); /* before `node` goes */
        make_safe(node, this_event);
    }
    cmark_iter_free(iterator);
    return document;
}

void guide_html(Buffer *out, Str markdown)
{
    if (markdown.len > GUIDE_MAX_BYTES) {
        buffer_append_c(out, "<pre>");
        html_text(out, markdown);
        buffer_append_c(out, "</pre>\n");
        return;
    }
    cmark_node *document = parse(markdown);
    char *html = cmark_render_html(document, CMARK_OPT_DEFAULT);
    buffer_append_c(out, html);
    free(html);
    cmark_node_free(document);
}

void guide_markdown(Buffer *out, Str markdown)
{
    if (markdown.len > GUIDE_MAX_BYTES) {
        Str line;
        while (str_split(&markdown, '\n', &line)) {
            buffer_append_c(out, "    ");
            buffer_append(out, line);
            buffer_append_byte(out, '\n');
        }
        return;
    }
    cmark_node *document = parse(markdown);
    char *text = cmark_render_commonmark(document, CMARK_OPT_DEFAULT, 0);
    buffer_append_c(out, text);
    free(text);
    cmark_node_free(document);
}
