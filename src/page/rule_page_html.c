#include "page/guide.h"
#include "page/highlight.h"
#include "page/html.h"
#include "page/site.h"
#include "rule/rule_fields.h"

typedef struct Page {
    Buffer *out;
    Arena *arena;
} Page;

static void item(Page *page, const PageFact *fact, Str text)
{
    buffer_append_c(page->out, "<li>");
    if (fact->is_links) {
        html_link(page->out, text, text);
    } else {
        html_text(page->out, text);
    }
    buffer_append_c(page->out, "</li>");
}

static void facts(Page *page, const SiteRule *rule)
{
    PageFacts all = page_facts(page->arena, rule);
    bool has_history = rule->history != NULL && rule->history->entries.count > 0;
    buffer_append_c(page->out, "<dl>\n");
    for (uint32_t i = 0; i < all.list.count; i++) {
        const PageFact *fact = &all.list.items[i];
        buffer_append_format(page->out, "<dt>%s</dt><dd>", fact->label);
        html_text(page->out, fact->text);
        buffer_append_c(page->out, fact->list.count > 0 ? "<ul>" : "");
        for (uint32_t j = 0; j < fact->list.count; j++) {
            item(page, fact, fact->list.items[j]);
        }
        buffer_append_c(page->out, fact->list.count > 0 ? "</ul>" : "");
        if (has_history && strcmp(fact->label, "Version") == 0) {
            buffer_append_c(page->out, " (<a href=\"#history\">version history</a>)");
        }
        buffer_append_c(page->out, "</dd>\n");
    }
    buffer_append_c(page->out, "</dl>\n");
}

static void list(Page *page, const char *heading, const StrList *texts)
{
    if (texts->count == 0) {
        return;
    }
    buffer_append_format(page->out, "<h2>%s</h2>\n<ul>\n", heading);
    for (uint32_t i = 0; i < texts->count; i++) {
        item(page, &(PageFact){0}, texts->items[i]);
    }
    buffer_append_c(page->out, "\n</ul>\n");
}

static void guide(Page *page, const char *heading, Str markdown)
{
    if (str_trim(markdown).len > 0) {
        buffer_append_format(page->out, "<h2>%s</h2>\n", heading);
        guide_html(page->out, markdown);
    }
}

static void query(Page *page, const char *heading, Str language, Str text)
{
    if (text.len > 0) {
        buffer_append_format(page->out, "%s<pre><code>", heading);
        highlight_query(page->out, language, text);
        buffer_append_c(page->out, "</code></pre>\n");
    }
}

static void filters(Page *page, const Rule *rule)
{
    if (rule->filters == NULL || rule->filters->count == 0) {
        return;
    }
    Buffer json = {0};
    rule_print_tree(&(JsonWriter){.out = &json}, rule->filters);
    buffer_append_c(page->out, "<h2>Rule filters</h2>\n<pre><code>");
    html_text(page->out, buffer_str(&json));
    buffer_append_c(page->out, "</code></pre>\n");
    buffer_done(&json);
}

/* "Ingress Tool Transfer (T1105)", leading there. */
static void mitre(Page *page, const char *kind, const Json *entry)
{
    Str words = str_format(page->arena, "%.*s (%.*s)", STR_ARG(json_get_text(entry, STR("name"))),
                           STR_ARG(json_get_text(entry, STR("id"))));
    buffer_append_format(page->out, "<li>%s: ", kind);
    html_link(page->out, json_get_text(entry, STR("reference")), words);
}

static void technique(Page *page, const Json *entry)
{
    mitre(page, "Technique", entry);
    const Json *sub = json_get_items(entry, STR("subtechnique"));
    buffer_append_c(page->out, sub != NULL ? "\n<ul>" : "");
    for (; sub != NULL; sub = sub->next) {
        mitre(page, "Sub-technique", sub);
        buffer_append_c(page->out, sub->next != NULL ? "</li>" : "</li></ul>");
    }
    buffer_append_c(page->out, "</li>\n");
}

static void threat(Page *page, const Json *threats)
{
    if (threats == NULL || threats->count == 0) {
        return;
    }
    buffer_append_c(page->out, "<h2>Threat mapping</h2>\n");
    for (const Json *entry = threats->first; entry != NULL; entry = entry->next) {
        buffer_append_c(page->out, "<p>Framework: ");
        html_text(page->out, json_get_text(entry, STR("framework")));
        buffer_append_c(page->out, "</p>\n<ul>\n");
        mitre(page, "Tactic", json_get(entry, STR("tactic")));
        const Json *first = json_get_items(entry, STR("technique"));
        buffer_append_c(page->out, first != NULL ? "\n<ul>\n" : "");
        for (const Json *one = first; one != NULL; one = one->next) {
            technique(page, one);
        }
        buffer_append_c(page->out, first != NULL ? "</ul>" : "");
        buffer_append_c(page->out, "</li>\n</ul>\n");
    }
}

static Str language_before(const RuleHistory *history, uint32_t entry)
{
    const RuleVersion *before = entry + 1 < history->entries.count
                                    ? history->entries.items[entry + 1].version
                                    : history->first;
    return json_get_text(before->json, STR("language"));
}

static void version(Page *page, const RuleHistory *history, uint32_t index)
{
    const RuleHistoryEntry *entry = &history->entries.items[index];
    StrList lines;
    rule_change_lines(page->arena, entry, &lines);
    buffer_append_c(page->out, "<dt>");
    html_text(page->out, rule_history_title(page->arena, entry->version));
    buffer_append_c(page->out, "</dt><dd><ul>");
    for (uint32_t i = 0; i < lines.count; i++) {
        buffer_append_c(page->out, "<li>");
        html_text(page->out, lines.items[i]);
        if (i == 0 && entry->change.query) {
            query(page, "\n", language_before(history, index), entry->change.old_query);
        }
        buffer_append_c(page->out, "</li>");
    }
    buffer_append_c(page->out, "</ul></dd>\n");
}

static void versions(Page *page, const RuleHistory *history)
{
    if (history == NULL || history->entries.count == 0) {
        return;
    }
    buffer_append_c(page->out, "<h2 id=\"history\">Rule version history</h2>\n<dl>\n");
    for (uint32_t i = 0; i < history->entries.count; i++) {
        version(page, history, i);
    }
    buffer_append_c(page->out, "</dl>\n");
}

void rule_page_html(Buffer *out, const SiteRule *site_rule)
{
    const Rule *rule = site_rule->rule;
    Page page = {.out = out, .arena = arena_new()};
    HtmlFrame frame = {.title = rule->name, .way_up = "index.html"};
    html_begin(out, &frame);
    buffer_append_c(out, "<p>");
    html_text(out, str_trim(rule->description));
    buffer_append_c(out, "</p>\n");
    facts(&page, site_rule);
    list(&page, "Potential false positives", &rule->false_positives);
    guide(&page, "Setup", rule->setup);
    guide(&page, "Investigation guide", rule->note);
    query(&page, "<h2>Rule query</h2>\n", rule->language, str_trim(rule->query));
    filters(&page, rule);
    threat(&page, rule->threat);
    versions(&page, site_rule->history);
    html_end(out, &frame);
    arena_free(page.arena);
}
