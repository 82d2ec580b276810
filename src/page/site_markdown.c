#include "page/markdown.h"
#include "page/site_forms.h"

static void append_name(Buffer *out, const SiteRule *rule)
{
    buffer_append_byte(out, '[');
    markdown_text(out, rule->rule->name);
    buffer_append_format(out, "](%.*s.md)", STR_ARG(rule->file));
}

void site_index_markdown(Buffer *out, const Site *site, bool has_changes)
{
    buffer_append_format(
        out, "# Detection rules\n\n%u rules. [What of ATT&amp;CK they cover](coverage.md).%s\n\n",
        site->count, has_changes ? " [Changes per release](changes.md)." : "");
    buffer_append_c(out, "| Rule | Severity | Type | Tags |\n|---|---|---|---|\n");
    for (uint32_t i = 0; i < site->count; i++) {
        const Rule *rule = site->rules[i].rule;
        buffer_append_c(out, "| ");
        append_name(out, &site->rules[i]);
        buffer_append_format(out, " | %s | %s | ", rule_severity_name(rule->severity),
                             rule_type_name(rule->type));
        for (uint32_t t = 0; t < rule->tags.count; t++) {
            buffer_append_c(out, t > 0 ? ", " : "");
            markdown_text(out, rule->tags.items[t]);
        }
        buffer_append_c(out, " |\n");
    }
}

void site_changes_markdown(Buffer *out, Arena *arena, const Releases *releases)
{
    buffer_append_c(out, "# Changes per release\n");
    for (uint32_t i = 0; i < releases->list.count; i++) {
        const Release *release = &releases->list.items[i];
        buffer_append_c(out, "\n## ");
        markdown_text(out, release->name);
        buffer_append_c(out, "\n\n");
        for (uint32_t j = 0; j < release->rules.count; j++) {
            const ReleaseRule *changed = &release->rules.items[j];
            buffer_append_c(out, "- ");
            append_name(out, changed->rule);
            buffer_append_c(out, ": ");
            markdown_text(out, release_words(arena, changed));
            buffer_append_byte(out, '\n');
        }
    }
}
