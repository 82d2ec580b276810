#include "page/html.h"
#include "page/site_forms.h"

/* Rows whose words hold all that is typed; without it all rows are there. */
static const char *const SEARCH =
    "const box=document.getElementById('search'),told=document.getElementById('told');\n"
    "const rows=[...document.querySelectorAll('tbody "
    "tr')].map(r=>[r,r.textContent.toLowerCase()]);\n"
    "function show(){const words=box.value.toLowerCase().split(/\\s+/).filter(Boolean);let n=0;\n"
    "for(const [row,text] of rows){const "
    "fits=words.every(w=>text.includes(w));row.hidden=!fits;n+=fits}\n"
    "told.textContent=n+' of '+rows.length+' rules'}\n"
    "box.addEventListener('input',show);document.getElementById('finder').hidden=false;show();\n";

static void append_tags(Buffer *out, const Rule *rule)
{
    for (uint32_t i = 0; i < rule->tags.count; i++) {
        buffer_append_c(out, i > 0 ? ", " : "");
        html_text(out, rule->tags.items[i]);
    }
}

/* Ids of tactics and techniques, to be found by. */
static void append_threat(Buffer *out, const Rule *rule)
{
    const char *between = "";
    for (const Json *entry = rule->threat == NULL ? NULL : rule->threat->first; entry != NULL;
         entry = entry->next) {
        const Json *tactic = json_get(entry, STR("tactic"));
        buffer_append_c(out, between);
        html_text(out, tactic == NULL ? STR("") : json_get_text(tactic, STR("id")));
        between = " ";
        for (const Json *one = json_get_items(entry, STR("technique")); one != NULL;
             one = one->next) {
            buffer_append_c(out, between);
            html_text(out, json_get_text(one, STR("id")));
        }
    }
}

static void append_row(Buffer *out, const SiteRule *rule)
{
    buffer_append_format(out, "<tr><th scope=\"row\"><a href=\"%.*s.html\">", STR_ARG(rule->file));
    html_text(out, rule->rule->name);
    buffer_append_format(out, "</a></th><td>%s</td><td>%s</td><td>",
                         rule_severity_name(rule->rule->severity),
                         rule_type_name(rule->rule->type));
    append_tags(out, rule->rule);
    buffer_append_c(out, "</td><td>");
    append_threat(out, rule->rule);
    buffer_append_c(out, "</td></tr>\n");
}

void site_index_html(Buffer *out, const Site *site, bool has_changes)
{
    HtmlFrame frame = {.title = STR("Detection rules"), .script = SEARCH};
    html_begin(out, &frame);
    buffer_append_c(out,
                    "<p id=\"finder\" hidden><label for=\"search\">Search in names, tags, types, "
                    "severities, techniques</label><br>\n<input id=\"search\" type=\"search\" "
                    "autocomplete=\"off\"> <span id=\"told\" role=\"status\"></span></p>\n<p>");
    buffer_append_format(out, "%u rules.", site->count);
    buffer_append_c(out, " <a href=\"coverage.html\">What of ATT&amp;CK they cover</a>.");
    buffer_append_c(out, has_changes ? " <a href=\"changes.html\">Changes per release</a>." : "");
    buffer_append_c(out, "</p>\n<table>\n<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">"
                         "Severity</th><th scope=\"col\">Type</th><th scope=\"col\">Tags</th>"
                         "<th scope=\"col\">Tactics and techniques</th></tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < site->count; i++) {
        append_row(out, &site->rules[i]);
    }
    buffer_append_c(out, "</tbody>\n</table>\n");
    html_end(out, &frame);
}

static void append_change(Buffer *out, Arena *arena, const ReleaseRule *changed)
{
    buffer_append_format(out, "<li><a href=\"%.*s.html\">", STR_ARG(changed->rule->file));
    html_text(out, changed->rule->rule->name);
    buffer_append_c(out, "</a>: ");
    html_text(out, release_words(arena, changed));
    buffer_append_c(out, "</li>\n");
}

void site_changes_html(Buffer *out, Arena *arena, const Releases *releases)
{
    HtmlFrame frame = {.title = STR("Changes per release"), .way_up = "index.html"};
    html_begin(out, &frame);
    for (uint32_t i = 0; i < releases->list.count; i++) {
        const Release *release = &releases->list.items[i];
        buffer_append_c(out, "<h2>");
        html_text(out, release->name);
        buffer_append_c(out, "</h2>\n<ul>\n");
        for (uint32_t j = 0; j < release->rules.count; j++) {
            append_change(out, arena, &release->rules.items[j]);
        }
        buffer_append_c(out, "</ul>\n");
    }
    html_end(out, &frame);
}
