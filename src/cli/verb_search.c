#include "cli/profile.h"
#include "cli/query.h"
#include "cli/search_output.h"
#include "cli/why_run.h"

#include "detect/detect.h"

#include <unistd.h>

static const OptionSpec OPTIONS[] = {
    {"size", 0, "N", false, "at most N results (default: all)"},
    {"result-position", 0, "head|tail", false,
     "which results --size keeps (default tail, the last)"},
    OPTIONS_QUERY,
    {"max-samples-per-key", 0, "N", false, "samples per join key (default 1)"},
    {"fields", 0, "FIELD,...", true, "fields to show (table) or to add (ndjson)"},
    {"count", 0, NULL, false, "print only how many results there are"},
    {"output", 'o', "table|ndjson", false, "form of the results (default table)"},
    OPTION_MISSING_AT_END,
    OPTIONS_INPUT,
    OPTION_PROFILE,
    OPTION_WHY,
    OPTIONS_SCREEN,
};

typedef struct SearchRun {
    Run run;
    Query query;
    bool refused;              /* the query, by the events */
    SearchOutput *output;      /* NULL with --count */
    MatchDocuments *documents; /* of one result */
    uint64_t results;
    Profile profile;
} SearchRun;

/* There is one "count" at most. */
static uint32_t count_terms(const SearchRun *search)
{
    const QueryPlan *query = &search->query.plan->queries[0];
    uint32_t terms = 0;
    for (uint32_t i = 0; i < query->pipe_count; i++) {
        terms = query->pipes[i].kind == PIPE_COUNT ? query->pipes[i].term_count : terms;
    }
    return terms;
}

static bool take_match(void *context, const Match *match, Err *err)
{
    SearchRun *search = context;
    search->results++;
    if (search->output == NULL) {
        return true;
    }
    progress_clear(&search->run.progress);
    if (match->event_count == 0) {
        search_output_count(search->output, match, count_terms(search));
        return true;
    }
    match_documents_set(search->documents, match->events, match->event_count);
    QueryPlanKind kind = search->query.plan->queries[match->query].kind;
    if (kind == QUERY_EVENT) {
        const Document *event = match_documents_get(search->documents, 0, err);
        if (event != NULL) {
            search_output_event(search->output, match, event);
        }
        return event != NULL;
    }
    SearchSequence sequence = {
        .match = match,
        .documents = search->documents,
        .sample = kind == QUERY_SAMPLE,
    };
    return search_output_sequence(search->output, &sequence, err);
}

/* With a mapping, a field that neither it nor any event has is an error, before any result. */
static bool check_fields(void *context, Err *err)
{
    SearchRun *search = context;
    if (!schema_is_strict(search->query.schema) ||
        query_tell_unmapped(&search->run, &search->query)) {
        return true;
    }
    search->refused = true;
    return err_set(err, ERR_SYNTAX, "the query is wrong");
}

/* --fields may be repeated, and each may be a list. */
static StrList field_list(Run *run)
{
    const Str *given;
    uint32_t count = options_list(run->options, run->arena, "fields", &given);
    ARRAY(Str) fields = {0};
    for (uint32_t i = 0; i < count; i++) {
        Str rest = given[i];
        Str field;
        while (str_split(&rest, ',', &field)) {
            if (str_trim(field).len > 0) {
                ARRAY_PUSH(run->arena, &fields, str_trim(field));
            }
        }
    }
    return (StrList){fields.items, fields.count};
}

static bool wants_ndjson(Run *run)
{
    return str_equal(options_text(run->options, "output", STR("table")), STR("ndjson"));
}

static SearchOutput *make_output(Run *run, const Schema *schema)
{
    StrList fields = field_list(run);
    SearchOutputOptions options = {
        .ndjson = wants_ndjson(run),
        .colour = run->colour,
        .width = terminal_width(STDOUT_FILENO),
        .fields = fields.items,
        .field_count = fields.count,
        .schema = schema,
        .timestamp_field = options_text(run->options, "timestamp-field", STR("@timestamp")),
    };
    return search_output_new(&options);
}

static bool fill_matcher(Run *run, Err *err)
{
    MatcherOptions *matcher = &run->scan.matcher;
    OptionRange range = {0, UINT32_MAX, 0};
    matcher->has_size = options_has(run->options, "size");
    matcher->head =
        str_equal(options_text(run->options, "result-position", STR("tail")), STR("head"));
    OptionRange samples = {1, 10000, 1};
    return options_u64(run->options, "size", range, &matcher->size, err) &&
           options_u64(run->options, "max-samples-per-key", samples, &matcher->max_samples_per_key,
                       err);
}

static void tell_results(SearchRun *search)
{
    Buffer out = {0};
    append_count(&out, search->results);
    buffer_append_format(&out, " result%s from ", search->results == 1 ? "" : "s");
    run_print_rates(&search->run, &out);
    fwrite(out.ptr, 1, out.len, stderr);
    buffer_done(&out);
}

/* After a scan that went well. */
static int tell_all(SearchRun *search)
{
    Run *run = &search->run;
    Err err = {0};
    if (!schema_is_strict(search->query.schema) && !run->quiet) {
        (void)query_tell_unmapped(run, &search->query); /* warnings */
    }
    if (options_has(run->options, "count")) {
        printf("%llu\n", (unsigned long long)search->results);
    } else if (!run->quiet) {
        tell_results(search);
    }
    return profile_end(&search->profile, run, &search->query.name, NULL, &err)
               ? EXIT_DONE
               : run_error(run, EXIT_INPUT, &err);
}

static int search_all(SearchRun *search)
{
    Run *run = &search->run;
    const Str *arguments;
    Err err = {0};
    int code = EXIT_USAGE;
    if (options_arguments(run->options, &arguments) == 0) {
        return run_usage(run, "no query given");
    }
    if (run_waits_at_end(run) &&
        str_equal(options_text(run->options, "dialect", STR("")), STR("elasticsearch"))) {
        return run_usage(run, "--missing-at-end wait is not Elasticsearch's way, but ours alone");
    }
    search->query.json_errors = wants_ndjson(run);
    if (!query_compile(run, arguments[0], &search->query, &code) ||
        !run_open_inputs(run, 1, &code) ||
        !profile_begin(&search->profile, run, search->query.plan, &code)) {
        return code;
    }
    if (!fill_matcher(run, &err)) {
        return run_error(run, EXIT_USAGE, &err);
    }
    run->scan.timestamp_field = options_text(run->options, "timestamp-field", STR(""));
    if (options_has(run->options, "why")) {
        return why_tell(run, search->query.plan, STR(""));
    }
    search->output =
        options_has(run->options, "count") ? NULL : make_output(run, search->query.schema);
    search->documents = match_documents_new(run->input, run->scan.index);
    run->scan.take = take_match;
    run->scan.take_context = search;
    run->scan.before_take = check_fields;
    run->scan.watch = search->query.watch;
    bool done = scan_run(search->query.plan, run->input, &run->scan, &run->stats, &err);
    progress_clear(&run->progress);
    if (search->output != NULL) {
        search_output_end(search->output);
    }
    search_output_free(search->output);
    match_documents_free(search->documents);
    run_tell_stats(run);
    if (search->refused) {
        return EXIT_USAGE;
    }
    return done ? tell_all(search) : run_error(run, EXIT_INPUT, &err);
}

static int run_search(int argc, char **argv, const VerbSpec *verb)
{
    SearchRun search = {0};
    if (!run_begin(&search.run, verb, argc, argv)) {
        return run_end(&search.run, EXIT_USAGE);
    }
    int code = search_all(&search);
    query_done(&search.query);
    return run_end(&search.run, code);
}

const VerbSpec VERB_SEARCH = {
    .name = "search",
    .arguments = "'QUERY' [INPUT...]",
    .summary = "Find what an EQL, KQL or Lucene query finds.",
    .text =
        "QUERY is EQL, or as --language says; @FILE reads it from a file. INPUT is as for\n"
        "detect. Results come in order of time, a sequence by its last event; samples in order\n"
        "of their keys.\n"
        "\n"
        "Examples:\n"
        "  shrike search 'process where process.name : \"certutil.exe\"' events.ndjson\n"
        "  shrike search 'process where true | count process.name | sort -count' logs/\n"
        "  shrike search --size 5 --result-position head -o ndjson \\\n"
        "    'sequence by process.entity_id [process where true] [network where true]' logs/",
    .options = OPTIONS,
    .option_count = ARRAY_LEN(OPTIONS),
    .run = run_search,
};
