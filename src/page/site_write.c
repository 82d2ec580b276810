#include "page/coverage.h"
#include "page/site_forms.h"

Str release_words(Arena *arena, const ReleaseRule *changed)
{
    if (changed->entry == NULL) {
        return str_format(arena, "new, version %lld",
                          (long long)changed->rule->history->first->version);
    }
    StrList lines;
    rule_change_lines(arena, changed->entry, &lines);
    if (changed->entry->change.query) {
        Str *first = ARENA_MANY(arena, Str, lines.count);
        for (uint32_t i = 0; i < lines.count; i++) {
            first[i] = i == 0 ? STR("Updated query") : lines.items[i];
        }
        lines.items = first;
    }
    Str all = str_join(arena, lines.items, lines.count, STR("; "));
    return str_format(arena, "version %lld: %.*s", (long long)changed->entry->version->version,
                      STR_ARG(all));
}

typedef struct Writing {
    const Site *site;
    SiteForm form;
    SiteWrite *write;
    void *context;
    Arena *scratch;
    Err *err;
} Writing;

static bool put(Writing *writing, const char *name, Buffer *text)
{
    Str file =
        str_format(writing->scratch, "%s.%s", name, writing->form == SITE_HTML ? "html" : "md");
    bool fine = writing->write(writing->context, file, buffer_str(text), writing->err);
    buffer_clear(text);
    return fine;
}

static bool put_rules(Writing *writing, Buffer *text)
{
    bool fine = true;
    for (uint32_t i = 0; i < writing->site->count && fine; i++) {
        const SiteRule *rule = &writing->site->rules[i];
        arena_reset(writing->scratch);
        (writing->form == SITE_HTML ? rule_page_html : rule_page_markdown)(text, rule);
        fine = put(writing, str_to_c(writing->scratch, rule->file), text);
    }
    return fine;
}

static bool put_coverage(Writing *writing, Buffer *text)
{
    const Site *site = writing->site;
    const Rule **rules = ARENA_MANY(writing->scratch, const Rule *, site->count + 1);
    for (uint32_t i = 0; i < site->count; i++) {
        rules[i] = site->rules[i].rule;
    }
    const Coverage *coverage = coverage_count(writing->scratch, rules, site->count);
    if (writing->form == SITE_HTML) {
        coverage_html(text, coverage, "index.html");
    } else {
        coverage_markdown(text, coverage);
    }
    return put(writing, "coverage", text);
}

static bool put_overviews(Writing *writing, Buffer *text)
{
    bool html = writing->form == SITE_HTML;
    Releases releases = site_releases(writing->scratch, writing->site);
    bool has_changes = releases.list.count > 0;
    (html ? site_index_html : site_index_markdown)(text, writing->site, has_changes);
    bool fine = put(writing, "index", text);
    if (has_changes && fine) {
        (html ? site_changes_html : site_changes_markdown)(text, writing->scratch, &releases);
        fine = put(writing, "changes", text);
    }
    return fine;
}

bool site_write(const Site *site, SiteForm form, SiteWrite *write, void *context, Err *err)
{
    Buffer text = {0};
    Writing writing = {site, form, write, context, arena_new(), err};
    bool fine = put_rules(&writing, &text) && put_coverage(&writing, &text) &&
                put_overviews(&writing, &text);
    buffer_done(&text);
    arena_free(writing.scratch);
    return fine;
}
