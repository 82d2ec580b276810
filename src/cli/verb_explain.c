#include "cli/query.h"
#include "cli/rule_source.h"

#include "plan/explain.h"
#include "plan/explain_witness.h"

static const OptionSpec OPTIONS[] = {OPTIONS_RULE_SOURCE, OPTIONS_EXCEPTIONS, OPTIONS_VALUE_LISTS,
                                     OPTIONS_QUERY,       OPTIONS_CACHE,      OPTIONS_SCREEN};

static int explain_rules(Run *run)
{
    RuleSource source = {0};
    int code = EXIT_DONE;
    if (!rule_source_load(&source, run, &code)) {
        return code;
    }
    Buffer out = {0};
    for (uint32_t i = 0; i < source.set->count; i++) {
        const Rule *rule = source.set->rules[i];
        buffer_append_c(&out, i > 0 ? "\n" : "");
        buffer_append_c(&out, terminal_code(COLOUR_BOLD, run->colour));
        terminal_append_safe(&out, rule->name, 0);
        buffer_append_format(&out, "%s (", terminal_plain(run->colour));
        terminal_append_safe(&out, rule->rule_id, 0);
        buffer_append_c(&out, ")\n");
        explain_query(&out, source.set->plan, i);
        explain_witnesses(&out, source.set->plan, i);
    }
    write_out(&out);
    buffer_done(&out);
    rule_source_tell_unasked(&source);
    return EXIT_DONE;
}

static int explain_one(Run *run, Str text)
{
    Query query = {0};
    int code = EXIT_USAGE;
    if (!query_compile(run, text, &query, &code)) {
        return code;
    }
    Buffer out = {0};
    for (uint32_t i = 0; i < query.plan->query_count; i++) {
        explain_query(&out, query.plan, i);
        explain_witnesses(&out, query.plan, i);
    }
    write_out(&out);
    buffer_done(&out);
    query_tell_unasked(run, &query);
    query_done(&query);
    return EXIT_DONE;
}

static int explain_all(Run *run)
{
    const Str *arguments;
    uint32_t count = options_arguments(run->options, &arguments);
    if (options_has(run->options, "rules")) {
        return count == 0 ? explain_rules(run)
                          : run_usage(run, "a query and --rules do not go together");
    }
    return count == 1 ? explain_one(run, arguments[0])
                      : run_usage(run, "one query is needed, or --rules PATH");
}

static int run_explain(int argc, char **argv, const VerbSpec *verb)
{
    return run_with(argc, argv, verb, explain_all);
}

const VerbSpec VERB_EXPLAIN = {
    .name = "explain",
    .arguments = "'QUERY' | --rules PATH",
    .summary = "Show how queries and rules are understood and will be computed.",
    .text =
        "QUERY is EQL, or as --language says; @FILE reads it from a file. Printed are the\n"
        "stages with their conditions, each with the way its events are found, the join keys, the\n"
        "fields that are read, and for each stage its witnesses: what must hold for it to hold at\n"
        "all. The rarest of them decides whether anything else is looked at; a stage without one\n"
        "is asked on every event.\n"
        "\n"
        "Examples:\n"
        "  shrike explain 'process where process.name : \"certutil.exe\"'\n"
        "  shrike explain --rules rules/ --rule certutil",
    .options = OPTIONS,
    .option_count = ARRAY_LEN(OPTIONS),
    .run = run_explain,
};
