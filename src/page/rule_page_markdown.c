#include "page/guide.h"
#include "page/markdown.h"
#include "page/site.h"
#include "rule/rule_fields.h"

typedef struct Page {
    Buffer *out;
    Arena *arena;
} Page;

static void facts(Page *page, const SiteRule *rule)
{
    PageFacts all = page_facts(page->arena, rule);
    for (uint32_t i = 0; i < all.list.count; i++) {
        const PageFact *fact = &all.list.items[i];
        buffer_append_format(page->out, "- **%s**: ", fact->label);
        markdown_text(page->out, fact->text);
        buffer_append_byte(page->out, '\n');
        for (uint32_t j = 0; j < fact->list.count; j++) {
            buffer_append_c(page->out, "  - ");
            if (fact->is_links) {
                markdown_link(page->out, fact->list.items[j], fact->list.items[j]);
            } else {
                markdown_text(page->out, fact->list.items[j]);
            }
            buffer_append_byte(page->out, '\n');
        }
    }
}

static void list(Page *page, const char *heading, const StrList *texts)
{
    if (texts->count > 0) {
        buffer_append_format(page->out, "\n## %s\n\n", heading);
    }
    for (uint32_t i = 0; i < texts->count; i++) {
        buffer_append_c(page->out, "- ");
        markdown_text(page->out, texts->items[i]);
        buffer_append_byte(page->out, '\n');
    }
}

static void guide(Page *page, const char *heading, Str markdown)
{
    if (str_trim(markdown).len > 0) {
        buffer_append_format(page->out, "\n## %s\n\n", heading);
        guide_markdown(page->out, markdown);
    }
}

static void query(Page *page, const Rule *rule)
{
    Str text = str_trim(rule->query);
    if (text.len > 0) {
        buffer_append_c(page->out, "\n## Rule query\n\n");
        markdown_code(page->out, rule->language, text, "");
    }
    if (rule->filters != NULL && rule->filters->count > 0) {
        Buffer json = {0};
        rule_print_tree(&(JsonWriter){.out = &json}, rule->filters);
        buffer_append_c(page->out, "\n## Rule filters\n\n");
        markdown_code(page->out, STR("json"), buffer_str(&json), "");
        buffer_done(&json);
    }
}

static void mitre(Page *page, const char *before, const Json *entry)
{
    Str words = str_format(page->arena, "%.*s (%.*s)", STR_ARG(json_get_text(entry, STR("name"))),
                           STR_ARG(json_get_text(entry, STR("id"))));
    buffer_append_c(page->out, before);
    markdown_link(page->out, json_get_text(entry, STR("reference")), words);
    buffer_append_byte(page->out, '\n');
}

static void threat(Page *page, const Json *threats)
{
    if (threats == NULL || threats->count == 0) {
        return;
    }
    buffer_append_c(page->out, "\n## Threat mapping\n\n");
    for (const Json *entry = threats->first; entry != NULL; entry = entry->next) {
        buffer_append_c(page->out, "- Framework: ");
        markdown_text(page->out, json_get_text(entry, STR("framework")));
        buffer_append_byte(page->out, '\n');
        mitre(page, "  - Tactic: ", json_get(entry, STR("tactic")));
        for (const Json *one = json_get_items(entry, STR("technique")); one != NULL;
             one = one->next) {
            mitre(page, "    - Technique: ", one);
            for (const Json *sub = json_get_items(one, STR("subtechnique")); sub != NULL;
                 sub = sub->next) {
                mitre(page, "      - Sub-technique: ", sub);
            }
        }
    }
}

static void version(Page *page, const RuleHistoryEntry *entry)
{
    StrList lines;
    rule_change_lines(page->arena, entry, &lines);
    buffer_append_c(page->out, "- ");
    markdown_text(page->out, rule_history_title(page->arena, entry->version));
    buffer_append_byte(page->out, '\n');
    for (uint32_t i = 0; i < lines.count; i++) {
        buffer_append_c(page->out, "  - ");
        markdown_text(page->out, lines.items[i]);
        buffer_append_byte(page->out, '\n');
        if (i == 0 && entry->change.query) {
            buffer_append_byte(page->out, '\n');
            markdown_code(page->out, STR(""), entry->change.old_query, "    ");
        }
    }
}

void rule_page_markdown(Buffer *out, const SiteRule *site_rule)
{
    const Rule *rule = site_rule->rule;
    const RuleHistory *history = site_rule->history;
    Page page = {.out = out, .arena = arena_new()};
    buffer_append_c(out, "# ");
    markdown_text(out, rule->name);
    buffer_append_c(out, "\n\n");
    markdown_text(out, str_trim(rule->description));
    buffer_append_c(out, "\n\n");
    facts(&page, site_rule);
    list(&page, "Potential false positives", &rule->false_positives);
    guide(&page, "Setup", rule->setup);
    guide(&page, "Investigation guide", rule->note);
    query(&page, rule);
    threat(&page, rule->threat);
    if (history != NULL && history->entries.count > 0) {
        buffer_append_c(out, "\n## Rule version history\n\n");
        for (uint32_t i = 0; i < history->entries.count; i++) {
            version(&page, &history->entries.items[i]);
        }
    }
    arena_free(page.arena);
}
