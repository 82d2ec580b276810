/* The verbs that tell of rules in pages and sums: docs and coverage. */
#include "cli/rule_source.h"

#include "base/whole_file.h"
#include "page/coverage.h"
#include "page/site.h"
#include "rule/rule_store.h"

#include <errno.h>
#include <sys/stat.h>

static const OptionSpec DOCS_OPTIONS[] = {
    OPTIONS_RULE_SOURCE,
    OPTION_STORE,
    {"html", 0, "DIR", false, "write HTML pages there"},
    {"markdown", 0, "DIR", false, "write Markdown pages there"},
    OPTIONS_SCREEN,
};
static const OptionSpec COVERAGE_OPTIONS[] = {
    OPTIONS_RULE_SOURCE,
    OPTION_STORE,
    {"output", 'o', "table|json|html|navigator", false,
     "form: a table (default), JSON, an HTML matrix, or a layer for the\nATT&CK Navigator"},
    OPTIONS_SCREEN,
};

typedef struct Chosen {
    Run *run;
    Str store; /* empty: none */
    RuleList list;
    const Rule **rules; /* that the filter lets pass */
    uint32_t count;
} Chosen;

/* Rules come from --rules or the arguments; without either, from the store. */
static bool choose_paths(Chosen *chosen, StrList *paths, int *code)
{
    Run *run = chosen->run;
    *paths = rules_option(run, "rules");
    if (paths->count == 0) {
        paths->count = options_arguments(run->options, &paths->items);
    }
    chosen->store = options_text(run->options, "store", STR(""));
    if (paths->count == 0 && chosen->store.len > 0) {
        *paths = (StrList){&chosen->store, 1};
    }
    if (paths->count == 0) {
        *code = run_usage(run, "no rules given");
    }
    return paths->count > 0;
}

static bool choose(Chosen *chosen, Run *run, int *code)
{
    Err err = {0};
    StrList paths;
    *chosen = (Chosen){.run = run, .list = {.arena = run->arena}};
    if (!choose_paths(chosen, &paths, code)) {
        return false;
    }
    if (!rule_read(&chosen->list, paths.items, paths.count, &err)) {
        *code = run_error(run, EXIT_INPUT, &err);
        return false;
    }
    (void)rules_tell_problems(run, &chosen->list);
    if (chosen->store.len == 0 && paths.count == 1 && database_is_file(paths.items[0].ptr)) {
        chosen->store = paths.items[0];
    }
    RuleFilter filter = {.names = rules_option(run, "rule"), .tags = rules_option(run, "tag")};
    chosen->rules = ARENA_MANY(run->arena, const Rule *, chosen->list.rules.count + 1);
    for (uint32_t i = 0; i < chosen->list.rules.count; i++) {
        if (rule_filter_passes(&filter, &chosen->list.rules.items[i])) {
            chosen->rules[chosen->count++] = &chosen->list.rules.items[i];
        }
    }
    return true;
}

/* ---- docs ---- */

static bool add_histories(Chosen *chosen, SiteRule *rules, Err *err)
{
    Arena *arena = chosen->run->arena;
    const Schema *schema = schema_builtin(arena);
    RuleStore *store = rule_store_open(chosen->store.ptr, false, err);
    bool fine = store != NULL;
    for (uint32_t i = 0; i < chosen->count && fine; i++) {
        RuleVersionList versions = {0};
        fine = rule_store_versions(store, arena, rules[i].rule->rule_id, &versions, err);
        if (fine && versions.list.count > 0) {
            RuleHistory *history = ARENA_NEW(arena, RuleHistory);
            *history = rule_history(arena, schema, &versions);
            rules[i].history = history;
        }
    }
    rule_store_close(store);
    return fine;
}

typedef struct Folder {
    Str path;
    uint64_t files;
} Folder;

static bool write_page(void *context, Str name, Str text, Err *err)
{
    Folder *folder = context;
    Arena *arena = arena_new();
    Str path = str_format(arena, "%.*s/%.*s", STR_ARG(folder->path), STR_ARG(name));
    bool fine = whole_file_write(arena, path, text, err);
    folder->files += fine;
    arena_free(arena);
    return fine;
}

static bool write_site(const Site *site, SiteForm form, Folder *folder, Err *err)
{
    if (mkdir(folder->path.ptr, 0777) != 0 && errno != EEXIST) {
        return err_set(err, ERR_IO, "%s: %m", folder->path.ptr);
    }
    return site_write(site, form, write_page, folder, err);
}

static int docs(Run *run)
{
    Chosen chosen;
    int code = EXIT_DONE;
    Err err = {0};
    Folder html = {.path = options_text(run->options, "html", STR(""))};
    Folder markdown = {.path = options_text(run->options, "markdown", STR(""))};
    if (html.path.len == 0 && markdown.path.len == 0) {
        return run_usage(run, "needed is --html DIR or --markdown DIR");
    }
    if (!choose(&chosen, run, &code)) {
        return code;
    }
    SiteRule *rules = ARENA_MANY(run->arena, SiteRule, chosen.count + 1);
    for (uint32_t i = 0; i < chosen.count; i++) {
        rules[i].rule = chosen.rules[i];
    }
    if (chosen.store.len > 0 && !add_histories(&chosen, rules, &err)) {
        return run_error(run, EXIT_INPUT, &err);
    }
    const Site *site = site_new(run->arena, rules, chosen.count);
    if ((html.path.len > 0 && !write_site(site, SITE_HTML, &html, &err)) ||
        (markdown.path.len > 0 && !write_site(site, SITE_MARKDOWN, &markdown, &err))) {
        return run_error(run, EXIT_INPUT, &err);
    }
    if (!run->quiet) {
        Buffer out = {0};
        append_count(&out, html.files + markdown.files);
        buffer_append_format(&out, " pages of %u rules\n", chosen.count);
        write_out(&out);
        buffer_done(&out);
    }
    return EXIT_DONE;
}

/* ---- coverage ---- */

static void print_technique(Buffer *out, const CoverageTechnique *technique)
{
    buffer_append_format(out, "%6u  %s", technique->rules, technique->sub ? "    " : "  ");
    terminal_append_safe(out, technique->id, 16);
    for (size_t shown = terminal_columns(technique->id); shown < (technique->sub ? 11U : 13U);
         shown++) {
        buffer_append_byte(out, ' ');
    }
    buffer_append_byte(out, ' ');
    terminal_append_safe(out, technique->name, 60);
    buffer_append_byte(out, '\n');
}

static void print_table(Buffer *out, const Coverage *coverage, bool colour)
{
    for (uint32_t i = 0; i < coverage->tactics.count; i++) {
        const CoverageTactic *tactic = &coverage->tactics.items[i];
        buffer_append_format(out, "%6u  %s", tactic->rules, terminal_code(COLOUR_BOLD, colour));
        terminal_append_safe(out, tactic->id, 16);
        buffer_append_byte(out, ' ');
        terminal_append_safe(out, tactic->name, 60);
        buffer_append_format(out, "%s\n", terminal_plain(colour));
        for (uint32_t j = 0; j < tactic->techniques.count; j++) {
            print_technique(out, &tactic->techniques.items[j]);
        }
    }
}

static int coverage(Run *run)
{
    Chosen chosen;
    int code = EXIT_DONE;
    if (!choose(&chosen, run, &code)) {
        return code;
    }
    const Coverage *counted = coverage_count(run->arena, chosen.rules, chosen.count);
    Str form = options_text(run->options, "output", STR("table"));
    Buffer out = {0};
    if (str_equal(form, STR("json"))) {
        coverage_json(&out, counted);
    } else if (str_equal(form, STR("html"))) {
        coverage_html(&out, counted, NULL);
    } else if (str_equal(form, STR("navigator"))) {
        coverage_navigator(&out, counted);
    } else {
        print_table(&out, counted, run->colour);
        if (!run->quiet) {
            buffer_append_format(&out, "\n%u rules: %u techniques; %u name no tactic\n",
                                 counted->rules, counted->techniques, counted->unmapped);
        }
    }
    write_out(&out);
    buffer_done(&out);
    return EXIT_DONE;
}

static int run_docs(int argc, char **argv, const VerbSpec *verb)
{
    return run_with(argc, argv, verb, docs);
}

static int run_coverage(int argc, char **argv, const VerbSpec *verb)
{
    return run_with(argc, argv, verb, coverage);
}

const VerbSpec VERB_RULES_DOCS = {
    .name = "rules docs",
    .arguments = "--html DIR | --markdown DIR PATH...",
    .summary = "Write a page for each rule, an index with search, and changes per release.",
    .text =
        "PATH is a rule file, a folder, or a store. With a store (also --store beside other "
        "rules)\n"
        "pages have each rule's version history. HTML pages load nothing from anywhere and open\n"
        "from a disk. Files in DIR that have the name of a page are written anew.\n"
        "\n"
        "Example:\n"
        "  shrike rules docs --html site rules.db",
    .options = DOCS_OPTIONS,
    .option_count = ARRAY_LEN(DOCS_OPTIONS),
    .run = run_docs,
};

const VerbSpec VERB_RULES_COVERAGE = {
    .name = "rules coverage",
    .arguments = "PATH...",
    .summary = "Count rules for each tactic and technique of MITRE ATT&CK.",
    .text =
        "A rule counts once for each tactic, technique and sub-technique that it names, and for\n"
        "the technique of each sub-technique.\n"
        "\n"
        "Examples:\n"
        "  shrike rules coverage rules/\n"
        "  shrike rules coverage -o navigator rules/ > layer.json",
    .options = COVERAGE_OPTIONS,
    .option_count = ARRAY_LEN(COVERAGE_OPTIONS),
    .run = run_coverage,
};
