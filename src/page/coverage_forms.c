#include "page/coverage.h"

#include "base/utf8.h"
#include "page/html.h"
#include "page/markdown.h"

void coverage_json(Buffer *out, const Coverage *coverage)
{
    JsonWriter json = {.out = out};
    json_begin_object(&json);
    json_member_i64(&json, "rules", coverage->rules);
    json_member_i64(&json, "unmapped", coverage->unmapped);
    json_member_i64(&json, "techniques", coverage->techniques);
    json_key(&json, STR("tactics"));
    json_begin_array(&json);
    for (uint32_t i = 0; i < coverage->tactics.count; i++) {
        const CoverageTactic *tactic = &coverage->tactics.items[i];
        json_begin_object(&json);
        json_member_string(&json, "id", tactic->id);
        json_member_string(&json, "name", tactic->name);
        json_member_i64(&json, "rules", tactic->rules);
        json_key(&json, STR("techniques"));
        json_begin_array(&json);
        for (uint32_t j = 0; j < tactic->techniques.count; j++) {
            json_begin_object(&json);
            json_member_string(&json, "id", tactic->techniques.items[j].id);
            json_member_string(&json, "name", tactic->techniques.items[j].name);
            json_member_i64(&json, "rules", tactic->techniques.items[j].rules);
            json_end_object(&json);
        }
        json_end_array(&json);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_end_object(&json);
    buffer_append_byte(out, '\n');
}

static const char *shade(uint32_t rules)
{
    return rules >= 10 ? "many" : rules >= 3 ? "some" : "few";
}

static void append_technique(Buffer *out, const CoverageTechnique *technique)
{
    buffer_append_format(out, "<li class=\"%s\"><b>", shade(technique->rules));
    html_text(out, technique->id);
    buffer_append_c(out, "</b> ");
    html_text(out, technique->name);
    buffer_append_format(out, " <span class=\"quiet\">(%u rule%s)</span>", technique->rules,
                         technique->rules == 1 ? "" : "s");
}

/* Sub-techniques stand below the technique before them. */
static void append_tactic(Buffer *out, const CoverageTactic *tactic)
{
    buffer_append_c(out, "<section class=\"tactic\">\n<h2>");
    html_text(out, tactic->name);
    buffer_append_c(out, "</h2>\n<p class=\"quiet\">");
    html_text(out, tactic->id);
    buffer_append_format(out, ", %u rule%s</p>\n<ul>\n", tactic->rules,
                         tactic->rules == 1 ? "" : "s");
    bool open = false;  /* an item */
    bool below = false; /* a list of sub-techniques in it */
    for (uint32_t i = 0; i < tactic->techniques.count; i++) {
        const CoverageTechnique *technique = &tactic->techniques.items[i];
        bool inside = technique->sub && open;
        if (inside && !below) {
            buffer_append_c(out, "<ul>");
        } else if (!inside && open) {
            buffer_append_c(out, below ? "</ul></li>\n" : "</li>\n");
        }
        below = inside;
        append_technique(out, technique);
        buffer_append_c(out, inside ? "</li>" : "");
        open = true;
    }
    buffer_append_c(out, below ? "</ul>" : "");
    buffer_append_c(out, open ? "</li>\n" : "");
    buffer_append_c(out, "</ul>\n</section>\n");
}

void coverage_html(Buffer *out, const Coverage *coverage, const char *way_up)
{
    HtmlFrame frame = {.title = STR("ATT&CK coverage"), .way_up = way_up};
    html_begin(out, &frame);
    buffer_append_format(out, "<p>%u rules, %u techniques; %u rules name no tactic.</p>\n",
                         coverage->rules, coverage->techniques, coverage->unmapped);
    buffer_append_c(out, "<div class=\"matrix\" tabindex=\"0\" role=\"region\" "
                         "aria-label=\"Tactics and techniques\">\n");
    for (uint32_t i = 0; i < coverage->tactics.count; i++) {
        append_tactic(out, &coverage->tactics.items[i]);
    }
    buffer_append_c(out, "</div>\n");
    html_end(out, &frame);
}

void coverage_markdown(Buffer *out, const Coverage *coverage)
{
    buffer_append_format(
        out, "# ATT&amp;CK coverage\n\n%u rules, %u techniques; %u rules name no tactic.\n",
        coverage->rules, coverage->techniques, coverage->unmapped);
    for (uint32_t i = 0; i < coverage->tactics.count; i++) {
        const CoverageTactic *tactic = &coverage->tactics.items[i];
        buffer_append_c(out, "\n## ");
        markdown_text(out, tactic->name);
        buffer_append_c(out, " (");
        markdown_text(out, tactic->id);
        buffer_append_format(out, "): %u\n\n| Technique | Name | Rules |\n|---|---|---:|\n",
                             tactic->rules);
        for (uint32_t j = 0; j < tactic->techniques.count; j++) {
            const CoverageTechnique *technique = &tactic->techniques.items[j];
            buffer_append_c(out, "| ");
            markdown_text(out, technique->id);
            buffer_append_c(out, " | ");
            markdown_text(out, technique->name);
            buffer_append_format(out, " | %u |\n", technique->rules);
        }
    }
}

/* "Command and Control" is command-and-control to the Navigator. */
static void append_short_name(JsonWriter *json, Str name)
{
    Arena *arena = arena_new();
    Str folded = utf8_fold(arena, name);
    char *out = ARENA_MANY(arena, char, folded.len + 1);
    for (size_t i = 0; i < folded.len; i++) {
        out[i] = folded.ptr[i];
        if (out[i] == ' ') {
            out[i] = '-';
        }
    }
    json_string(json, (Str){out, folded.len});
    arena_free(arena);
}

static void append_score(JsonWriter *json, const CoverageTactic *tactic,
                         const CoverageTechnique *technique)
{
    char comment[32];
    int len = snprintf(comment, sizeof comment, "%u rule%s", technique->rules,
                       technique->rules == 1 ? "" : "s");
    assert(len > 0 && (size_t)len < sizeof comment);
    json_begin_object(json);
    json_member_string(json, "techniqueID", technique->id);
    json_key(json, STR("tactic"));
    append_short_name(json, tactic->name);
    json_member_i64(json, "score", technique->rules);
    json_member_string(json, "comment", str_from_c(comment));
    json_member_bool(json, "enabled", true);
    json_member_bool(json, "showSubtechniques", false);
    json_end_object(json);
}

static void append_gradient(JsonWriter *json, uint32_t most)
{
    json_key(json, STR("gradient"));
    json_begin_object(json);
    json_key(json, STR("colors"));
    json_begin_array(json);
    json_string(json, STR("#dbe8fb"));
    json_string(json, STR("#2a6fdb"));
    json_end_array(json);
    json_member_i64(json, "minValue", 1);
    json_member_i64(json, "maxValue", most > 1 ? most : 2);
    json_end_object(json);
}

void coverage_navigator(Buffer *out, const Coverage *coverage)
{
    JsonWriter json = {.out = out};
    uint32_t most = 0;
    json_begin_object(&json);
    json_member_string(&json, "name", STR("Detection rules"));
    json_key(&json, STR("versions"));
    json_begin_object(&json);
    json_member_string(&json, "navigator", STR("4.9.1"));
    json_member_string(&json, "layer", STR("4.5"));
    json_end_object(&json);
    json_member_string(&json, "domain", STR("enterprise-attack"));
    json_member_string(&json, "description", STR("How many rules are mapped to each technique"));
    json_key(&json, STR("techniques"));
    json_begin_array(&json);
    for (uint32_t i = 0; i < coverage->tactics.count; i++) {
        const CoverageTactic *tactic = &coverage->tactics.items[i];
        for (uint32_t j = 0; j < tactic->techniques.count; j++) {
            append_score(&json, tactic, &tactic->techniques.items[j]);
            most =
                tactic->techniques.items[j].rules > most ? tactic->techniques.items[j].rules : most;
        }
    }
    json_end_array(&json);
    append_gradient(&json, most);
    json_end_object(&json);
    buffer_append_byte(out, '\n');
}
