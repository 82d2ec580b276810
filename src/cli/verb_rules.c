#include "cli/alert_output.h"
#include "cli/rule_source.h"

#include "rule/exceptions_show.h"
#include "rule/lint.h"
#include "rule/lint_exceptions.h"
#include "rule/rule_set.h"
#include "rule/rule_show.h"

#include <unistd.h>

/* Rules are given as arguments or by --rules, as detect takes them. */
#define OPTIONS_RULES                                                                         \
    {"rules", 'r', "PATH", true, "rule file or folder (as an argument is)"},                  \
        {"rule", 0, "NAME", true, "only rules with this rule_id, id, or part of their name"}, \
    {                                                                                         \
        "tag", 0, "TAG", true, "only rules with this tag"                                     \
    }

#define OPTION_NOW                                                             \
    {                                                                          \
        "now", 0, "TIME", false, "when exceptions expire (default: the clock)" \
    }

static const OptionSpec LIST_OPTIONS[] = {
    OPTIONS_RULES,
    OPTIONS_EXCEPTIONS,
    OPTIONS_VALUE_LISTS,
    OPTION_NOW,
    {"output", 'o', "table|ndjson", false, "form of the list (default table)"},
    {"mapping", 0, "FILE", false, "Elasticsearch mapping that says the fields' types"},
    OPTIONS_CACHE,
    OPTIONS_SCREEN,
};
static const OptionSpec SHOW_OPTIONS[] = {
    OPTIONS_RULES, OPTIONS_EXCEPTIONS,
    OPTION_NOW,    {"output", 'o', "text|ndjson", false, "form of the rules (default text)"},
    OPTIONS_CACHE, OPTIONS_SCREEN,
};
static const OptionSpec LINT_OPTIONS[] = {
    OPTIONS_RULES,
    OPTIONS_EXCEPTIONS,
    OPTION_NOW,
    {"mapping", 0, "FILE", false, "Elasticsearch mapping that says the fields' types"},
    OPTIONS_SCREEN,
};

typedef struct RulesRun {
    Run run;
    RuleList list;
    RuleFilter filter;
    RuleSet *set;
    const Schema *schema;
} RulesRun;

/* What the command line asks for. */
static bool find_paths(RulesRun *rules, StrList *paths, int *code)
{
    Run *run = &rules->run;
    paths->count = options_list(run->options, run->arena, "rules", &paths->items);
    if (paths->count == 0) {
        paths->count = options_arguments(run->options, &paths->items);
    }
    if (paths->count == 0) {
        *code = run_usage(run, "no rules given");
        return false;
    }
    StrList *names = &rules->filter.names;
    StrList *tags = &rules->filter.tags;
    names->count = options_list(run->options, run->arena, "rule", &names->items);
    tags->count = options_list(run->options, run->arena, "tag", &tags->items);
    return true;
}

static bool load(RulesRun *rules, int *code)
{
    StrList paths;
    return find_paths(rules, &paths, code) &&
           rules_load(&rules->run, &paths, &rules->filter, &rules->list, &rules->set, code);
}

/* What is wrong with rules is not for a cache to say. */
static bool read_anew(RulesRun *rules, int *code)
{
    Err err = {0};
    StrList paths;
    rules->list.arena = rules->run.arena;
    if (!find_paths(rules, &paths, code)) {
        return false;
    }
    if (!run_schema(&rules->run, &rules->schema, &err) ||
        !rule_read(&rules->list, paths.items, paths.count, &err) ||
        !rules_read_exceptions(&rules->run, &rules->list, &err) ||
        !rules_now(&rules->run, &rules->list.exceptions.now_ns, &err)) {
        *code = run_error(&rules->run, EXIT_INPUT, &err);
        return false;
    }
    return true;
}

static uint32_t print_problems(RulesRun *rules, Buffer *out, bool colour)
{
    uint32_t errors = 0;
    for (uint32_t i = 0; i < rules->list.problems.count; i++) {
        const RuleProblem *problem = &rules->list.problems.items[i];
        bool error = problem->severity == SEVERITY_ERROR;
        errors += error;
        terminal_append_safe(out, problem->file, 0);
        if (problem->line > 0) {
            buffer_append_format(out, ":%zu", problem->line);
        }
        if (problem->column > 0) {
            buffer_append_format(out, ":%zu", problem->column);
        }
        buffer_append_format(out, ": %s%s:%s ",
                             terminal_code(error ? COLOUR_RED : COLOUR_YELLOW, colour),
                             error ? "error" : "warning", terminal_plain(colour));
        terminal_append_safe(out, problem->message, 0);
        buffer_append_byte(out, '\n');
    }
    return errors;
}

static void tell_problems(RulesRun *rules)
{
    Buffer out = {0};
    (void)print_problems(rules, &out, rules->run.err_colour);
    fwrite(out.ptr, 1, out.len, stderr);
    buffer_done(&out);
}

static const RuleSkip *find_skip(const RuleSet *set, const Rule *rule)
{
    for (uint32_t i = 0; i < set->skipped_count; i++) {
        if (set->skipped[i].rule == rule) {
            return &set->skipped[i];
        }
    }
    return NULL;
}

/* What a rule that runs does not do as written; `index` is its place in the set. */
static uint32_t find_warnings(const RuleSet *set, uint32_t index, const RuleSkip **out)
{
    RuleSkip *found = ARENA_MANY(set->arena, RuleSkip, set->warning_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < set->warning_count; i++) {
        if (set->warnings[i].rule == set->rules[index]) {
            found[count++] = set->warnings[i];
        }
    }
    count += rule_set_lacks(set, index, NULL, &found[count]);
    *out = found;
    return count;
}

static void append_padded(Buffer *out, Str text, size_t width)
{
    terminal_append_safe(out, text, width);
    for (size_t shown = terminal_columns(text); shown < width; shown++) {
        buffer_append_byte(out, ' ');
    }
    buffer_append_byte(out, ' ');
}

/* A rule of the list: it runs, perhaps with warnings, or is skipped. */
typedef struct Listed {
    const Rule *rule;
    const RuleSkip *skip; /* NULL: it runs */
    const RuleSkip *warnings;
    uint32_t warning_count;
} Listed;

static void list_row(RulesRun *rules, Buffer *out, const Listed *listed)
{
    const Rule *rule = listed->rule;
    bool colour = rules->run.colour;
    buffer_append_c(out, severity_code(rule->severity, colour));
    append_padded(out, str_from_c(rule_severity_name(rule->severity)), 8);
    buffer_append_format(out, "%s%4lld %-16s ", terminal_plain(colour), (long long)rule->risk_score,
                         rule_type_name(rule->type));
    append_padded(out, rule->rule_id, 36);
    append_padded(out, rule->name, 64);
    bool yellow = colour && (listed->skip != NULL || listed->warning_count > 0);
    buffer_append_format(out, "%s%s", terminal_code(COLOUR_YELLOW, yellow),
                         listed->skip == NULL ? "runs" : listed->skip->reason);
    for (uint32_t i = 0; i < listed->warning_count; i++) {
        buffer_append_format(out, ", but %s", listed->warnings[i].reason);
    }
    buffer_append_format(out, "%s\n", terminal_plain(yellow));
}

static void list_json(Buffer *out, const Listed *listed)
{
    const Rule *rule = listed->rule;
    JsonWriter json = {.out = out};
    json_begin_object(&json);
    json_member_string(&json, "rule_id", rule->rule_id);
    json_member_string(&json, "name", rule->name);
    json_member_string(&json, "type", str_from_c(rule_type_name(rule->type)));
    json_member_string(&json, "severity", str_from_c(rule_severity_name(rule->severity)));
    json_member_i64(&json, "risk_score", rule->risk_score);
    json_member_i64(&json, "version", rule->version);
    json_member_string(&json, "file", rule->file);
    json_member_bool(&json, "runs", listed->skip == NULL);
    if (listed->skip != NULL) {
        json_member_string(&json, "reason", str_from_c(listed->skip->reason));
        json_member_string(&json, "detail", listed->skip->detail);
    }
    if (listed->warning_count > 0) {
        json_key(&json, STR("warnings"));
        json_begin_array(&json);
        for (uint32_t i = 0; i < listed->warning_count; i++) {
            json_begin_object(&json);
            json_member_string(&json, "reason", str_from_c(listed->warnings[i].reason));
            json_member_string(&json, "detail", listed->warnings[i].detail);
            json_end_object(&json);
        }
        json_end_array(&json);
    }
    json_end_object(&json);
    buffer_append_byte(out, '\n');
}

/* How many can run, and the others by reason, most first come. */
static void list_totals(const RuleSet *set, Buffer *out)
{
    buffer_append_format(out, "\n%u rules: %u can run\n", set->count + set->skipped_count,
                         set->count);
    for (uint32_t i = 0; i < set->skipped_count; i++) {
        uint32_t count = 0;
        bool first = true;
        for (uint32_t j = 0; j < set->skipped_count; j++) {
            bool same = strcmp(set->skipped[j].reason, set->skipped[i].reason) == 0;
            first = first && !(same && j < i);
            count += same;
        }
        if (first) {
            buffer_append_format(out, "%6u  %s\n", count, set->skipped[i].reason);
        }
    }
}

static int list_all(RulesRun *rules)
{
    int code = EXIT_DONE;
    if (!load(rules, &code)) {
        return code;
    }
    tell_problems(rules);
    Run *run = &rules->run;
    const RuleSet *set = rules->set;
    bool ndjson = str_equal(options_text(run->options, "output", STR("table")), STR("ndjson"));
    Buffer out = {0};
    uint32_t next = 0;
    for (uint32_t i = 0; i < rules->list.rules.count; i++) {
        Listed listed = {.rule = &rules->list.rules.items[i]};
        bool runs = next < set->count && set->rules[next] == listed.rule;
        if (runs) {
            listed.warning_count = find_warnings(set, next++, &listed.warnings);
        } else {
            listed.skip = find_skip(set, listed.rule);
        }
        if (!runs && listed.skip == NULL) {
            continue; /* the filter left it out */
        }
        if (ndjson) {
            list_json(&out, &listed);
        } else {
            list_row(rules, &out, &listed);
        }
    }
    if (!ndjson && !run->quiet) {
        list_totals(set, &out);
    }
    write_out(&out);
    buffer_done(&out);
    return EXIT_DONE;
}

static int show_all(RulesRun *rules)
{
    int code = EXIT_DONE;
    if (!load(rules, &code)) {
        return code;
    }
    tell_problems(rules);
    Run *run = &rules->run;
    bool ndjson = str_equal(options_text(run->options, "output", STR("text")), STR("ndjson"));
    Buffer out = {0};
    JsonWriter json = {.out = &out};
    uint32_t shown = 0;
    RuleExceptions *exceptions = rule_exceptions_index(run->arena, &rules->list);
    for (uint32_t i = 0; i < rules->list.rules.count; i++) {
        const Rule *rule = &rules->list.rules.items[i];
        if (!rule_filter_passes(&rules->filter, rule)) {
            continue;
        }
        shown++;
        if (ndjson) {
            rule_print_json(&json, rule);
            json.need_comma = false;
        } else {
            rule_show(&out, rule, run->colour);
            exceptions_show(&out, &rules->list, exceptions, rule, run->colour);
        }
        buffer_append_byte(&out, '\n');
    }
    write_out(&out);
    buffer_done(&out);
    if (shown > 0) {
        return EXIT_DONE;
    }
    Err err = {0};
    err_set(&err, ERR_SYNTAX, "no such rule");
    return run_error(run, EXIT_INPUT, &err);
}

static int lint_all(RulesRun *rules)
{
    int code = EXIT_DONE;
    if (!read_anew(rules, &code)) {
        return code;
    }
    Run *run = &rules->run;
    Buffer out = {0};
    uint32_t findings = lint_exceptions(&rules->list);
    findings += print_problems(rules, &out, run->colour);
    uint32_t checked = 0;
    for (uint32_t i = 0; i < rules->list.rules.count; i++) {
        const Rule *rule = &rules->list.rules.items[i];
        if (!rule_filter_passes(&rules->filter, rule)) {
            continue;
        }
        checked++;
        Diagnostics diagnostics = {.arena = run->arena};
        lint_rule(rule, rules->schema, &diagnostics);
        for (uint32_t d = 0; d < diagnostics.list.count; d++) {
            diagnostic_print(&out, &diagnostics.list.items[d], rule->file, rule->query_text,
                             rule->query_line > 0 ? rule->query_line : 1, run->colour);
        }
        findings += diagnostics.list.count;
    }
    if (!run->quiet) {
        buffer_append_format(&out, "%u rules checked, %u findings\n", checked, findings);
    }
    write_out(&out);
    buffer_done(&out);
    return findings > 0 ? EXIT_FOUND : EXIT_DONE;
}

static int run_rules(int argc, char **argv, const VerbSpec *verb, int (*all)(RulesRun *rules))
{
    RulesRun rules = {0};
    if (!run_begin(&rules.run, verb, argc, argv)) {
        return run_end(&rules.run, EXIT_USAGE);
    }
    return run_end(&rules.run, all(&rules));
}

static int run_list(int argc, char **argv, const VerbSpec *verb)
{
    return run_rules(argc, argv, verb, list_all);
}

static int run_show(int argc, char **argv, const VerbSpec *verb)
{
    return run_rules(argc, argv, verb, show_all);
}

static int run_lint(int argc, char **argv, const VerbSpec *verb)
{
    return run_rules(argc, argv, verb, lint_all);
}

const VerbSpec VERB_RULES_LIST = {
    .name = "rules list",
    .arguments = "PATH...",
    .summary = "List rules, and for each whether it can run, or why not.",
    .text = "A rule may run with less than it asks for: \"runs, but ...\" says what is left out.",
    .options = LIST_OPTIONS,
    .option_count = ARRAY_LEN(LIST_OPTIONS),
    .run = run_list,
};

const VerbSpec VERB_RULES_SHOW = {
    .name = "rules show",
    .arguments = "PATH...",
    .summary = "Show rules whole: query, schedule, severity, ATT&CK mapping.",
    .text = "",
    .options = SHOW_OPTIONS,
    .option_count = ARRAY_LEN(SHOW_OPTIONS),
    .run = run_show,
};

const VerbSpec VERB_RULES_LINT = {
    .name = "rules lint",
    .arguments = "PATH...",
    .summary = "Check rules: what is wrong, and what can be read but cannot be meant.",
    .text = "Exits with 1 when there is a finding.\n"
            "\n"
            "  wildcard-in-exact  * or ? where == and in compare exactly\n"
            "  maxspan-lookback   a sequence may span more time than the rule looks back\n"
            "  unknown-field      no known schema has the field\n"
            "  repeated-item      a list item that another one makes superfluous\n"
            "  exception-wildcard * or ? in an exception that compares exactly\n"
            "  exception-never    an exception that no event can meet\n"
            "  exception-expired  an exception that does nothing any more\n"
            "  exception-list     a rule names an exception list that is in no file",
    .options = LINT_OPTIONS,
    .option_count = ARRAY_LEN(LINT_OPTIONS),
    .run = run_lint,
};
