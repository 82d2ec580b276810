#include "rule/rule_show.h"

#include "lang/date_math.h"

#define LABEL "\x1b[1m"
#define PLAIN "\x1b[0m"

typedef struct Page {
    Buffer *out;
    Arena *arena;
    bool colour;
} Page;

static bool drives_terminal(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

void rule_show_append(Buffer *out, Str text, const char *indent)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool c1 =
            (unsigned char)c == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0;
        if (c == '\n') {
            buffer_append_byte(out, '\n');
            buffer_append_c(out, i + 1 < text.len && text.ptr[i + 1] != '\n' ? indent : "");
        } else if (c1 || (drives_terminal(c) && c != '\r')) {
            buffer_append_byte(out, '?');
            i += c1;
        } else if (c != '\r') {
            buffer_append_byte(out, c);
        }
    }
}

void rule_show_label(Buffer *out, const char *name, bool colour)
{
    buffer_append_format(out, "%s%s:%s", colour ? LABEL : "", name, colour ? PLAIN : "");
}

static void append_text(Page *page, Str text, const char *indent)
{
    rule_show_append(page->out, text, indent);
}

static void label(Page *page, const char *name)
{
    rule_show_label(page->out, name, page->colour);
}

static void line(Page *page, const char *name, Str value)
{
    if (value.len > 0) {
        label(page, name);
        buffer_append_byte(page->out, ' ');
        append_text(page, value, "  ");
        buffer_append_byte(page->out, '\n');
    }
}

static void list(Page *page, const char *name, const StrList *values)
{
    if (values->count == 0) {
        return;
    }
    label(page, name);
    buffer_append_byte(page->out, '\n');
    for (uint32_t i = 0; i < values->count; i++) {
        buffer_append_c(page->out, "  - ");
        append_text(page, values->items[i], "    ");
        buffer_append_byte(page->out, '\n');
    }
}

static void block(Page *page, const char *name, Str text)
{
    text = str_trim(text);
    if (text.len > 0) {
        buffer_append_byte(page->out, '\n');
        label(page, name);
        buffer_append_c(page->out, "\n  ");
        append_text(page, text, "  ");
        buffer_append_byte(page->out, '\n');
    }
}

/* "T1105 Ingress Tool Transfer (https://...)" */
static void mitre_line(Page *page, const char *indent, const Json *entry)
{
    Str reference = json_get_text(entry, STR("reference"));
    buffer_append_c(page->out, indent);
    append_text(page, json_get_text(entry, STR("id")), "");
    buffer_append_byte(page->out, ' ');
    append_text(page, json_get_text(entry, STR("name")), "");
    if (reference.len > 0) {
        buffer_append_c(page->out, " (");
        append_text(page, reference, "");
        buffer_append_byte(page->out, ')');
    }
    buffer_append_byte(page->out, '\n');
}

static void threat(Page *page, const Json *threats)
{
    if (threats == NULL || threats->count == 0) {
        return;
    }
    buffer_append_byte(page->out, '\n');
    label(page, "Threat mapping");
    buffer_append_byte(page->out, '\n');
    for (const Json *entry = threats->first; entry != NULL; entry = entry->next) {
        buffer_append_c(page->out, "  ");
        append_text(page, json_get_text(entry, STR("framework")), "");
        buffer_append_byte(page->out, '\n');
        mitre_line(page, "    ", json_get(entry, STR("tactic")));
        for (const Json *technique = json_get_items(entry, STR("technique")); technique != NULL;
             technique = technique->next) {
            mitre_line(page, "      ", technique);
            for (const Json *sub = json_get_items(technique, STR("subtechnique")); sub != NULL;
                 sub = sub->next) {
                mitre_line(page, "        ", sub);
            }
        }
    }
}

/* How far a run looks back beyond its interval, which is what late events are given. */
static void look_back(Page *page, const Rule *rule)
{
    int64_t from = 0;
    Err err = {0};
    int64_t now = 0;
    line(page, "Searches indices from", rule->from);
    if (!str_equal(rule->to, STR("now"))) {
        line(page, "Searches indices to", rule->to);
    } else if (date_math_parse(rule->from, now, false, &from, &err) &&
               now - from > rule->interval_ns) {
        line(page, "Additional look-back",
             interval_words(page->arena, now - from - rule->interval_ns));
    }
}

static void head(Page *page, const Rule *rule)
{
    buffer_append_c(page->out, page->colour ? LABEL : "");
    append_text(page, rule->name, "  ");
    buffer_append_c(page->out, page->colour ? PLAIN "\n\n" : "\n\n");
    append_text(page, str_trim(rule->description), "");
    buffer_append_c(page->out, "\n\n");
    line(page, "Rule type", str_from_c(rule_type_name(rule->type)));
    line(page, "Rule id", rule->rule_id);
    if (rule->building_block_type.len > 0) {
        line(page, "Building block", STR("yes: its alerts are hidden unless asked for"));
    }
    list(page, "Rule indices", &rule->index);
    line(page, "Severity", str_from_c(rule_severity_name(rule->severity)));
    line(page, "Risk score", str_format(page->arena, "%lld", (long long)rule->risk_score));
    line(page, "Runs every", interval_words(page->arena, rule->interval_ns));
    look_back(page, rule);
    line(page, "Maximum alerts per execution",
         str_format(page->arena, "%lld", (long long)rule->max_signals));
}

void rule_show(Buffer *out, const Rule *rule, bool colour)
{
    Page page = {.out = out, .arena = arena_new(), .colour = colour};
    head(&page, rule);
    list(&page, "References", &rule->references);
    list(&page, "Tags", &rule->tags);
    line(&page, "Version", str_format(page.arena, "%lld", (long long)rule->version));
    line(&page, "Maturity", rule->maturity);
    line(&page, "Rule authors",
         str_join(page.arena, rule->author.items, rule->author.count, STR(", ")));
    line(&page, "Rule license", rule->license);
    line(&page, "File", str_format(page.arena, "%.*s:%zu", STR_ARG(rule->file), rule->line));
    list(&page, "Potential false positives", &rule->false_positives);
    block(&page, "Investigation guide", rule->note);
    block(&page, "Setup", rule->setup);
    block(&page, "Rule query", rule->query);
    threat(&page, rule->threat);
    arena_free(page.arena);
}
