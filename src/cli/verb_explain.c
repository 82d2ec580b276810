#include "cli/query.h"

#include "plan/explain.h"

static const OptionSpec OPTIONS[] = {OPTIONS_QUERY, OPTIONS_SCREEN};

static int explain_all(Run *run)
{
    const Str *arguments;
    Query query = {0};
    int code = EXIT_USAGE;
    if (options_arguments(run->options, &arguments) != 1) {
        return run_usage(run, "one query is needed");
    }
    if (!query_compile(run, arguments[0], &query, &code)) {
        return code;
    }
    Buffer out = {0};
    for (uint32_t i = 0; i < query.plan->query_count; i++) {
        explain_query(&out, query.plan, i);
    }
    write_out(&out);
    buffer_done(&out);
    query_tell_unasked(run, &query);
    query_done(&query);
    return EXIT_DONE;
}

static int run_explain(int argc, char **argv, const VerbSpec *verb)
{
    Run run;
    if (!run_begin(&run, verb, argc, argv)) {
        return run_end(&run, EXIT_USAGE);
    }
    return run_end(&run, explain_all(&run));
}

const VerbSpec VERB_EXPLAIN = {
    .name = "explain",
    .arguments = "'QUERY'",
    .summary = "Show how an EQL query is understood and how it will be computed.",
    .text =
        "QUERY is EQL; @FILE reads it from a file. Printed are the stages with their conditions,\n"
        "each with the way its events are found, the join keys, and the fields that are read.",
    .options = OPTIONS,
    .option_count = ARRAY_LEN(OPTIONS),
    .run = run_explain,
};
