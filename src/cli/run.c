#include "cli/verb.h"

#include "base/file.h"
#include "base/timestamp.h"
#include "lang/date_math.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define MAX_JOBS        256
#define MAX_FAULTS_TOLD 20
#define MAX_MAPPING     ((size_t)64 << 20)

bool run_begin(Run *run, const VerbSpec *verb, int argc, char **argv)
{
    *run = (Run){.arena = arena_new(), .verb = verb, .started = timestamp_monotonic()};
    Err err = {0};
    run->options = options_parse(run->arena, verb, argc, argv, &err);
    if (run->options == NULL) {
        run_usage(run, err.text);
        return false;
    }
    Str mode = options_text(run->options, "color", STR("auto"));
    run->colour = terminal_colour(STDOUT_FILENO, mode);
    run->err_colour = terminal_colour(STDERR_FILENO, mode);
    run->quiet = options_has(run->options, "quiet");
    return true;
}

int run_end(Run *run, int code)
{
    progress_clear(&run->progress);
    input_close(run->input);
    arena_free(run->arena);
    return code;
}

int run_with(int argc, char **argv, const VerbSpec *verb, int (*all)(Run *run))
{
    Run run;
    if (!run_begin(&run, verb, argc, argv)) {
        return run_end(&run, EXIT_USAGE);
    }
    return run_end(&run, all(&run));
}

int run_error(Run *run, int code, const Err *err)
{
    progress_clear(&run->progress);
    fprintf(stderr, "%sshrike %s:%s %s\n", terminal_code(COLOUR_RED, run->err_colour),
            run->verb->name, terminal_plain(run->err_colour), err->text);
    return code;
}

int run_usage(Run *run, const char *text)
{
    fprintf(stderr, "shrike %s: %s\nSee: shrike help %s\n", run->verb->name, text, run->verb->name);
    return EXIT_USAGE;
}

void write_out(const Buffer *text)
{
    Err err = {0};
    if (text->len > 0 && !file_write_all(STDOUT_FILENO, buffer_str(text), &err)) {
        if (errno != EPIPE) {
            fprintf(stderr, "shrike: standard output: %s\n", err.text);
            exit(EXIT_INPUT);
        }
        exit(EXIT_DONE); /* the reader has seen enough, as with head(1) */
    }
}

static void tell_fault(void *context, const InputFault *fault, Str input)
{
    Run *run = context;
    if (run->scan.strict) {
        return; /* it comes back as the error that ends the scan */
    }
    if (run->faults_told++ >= MAX_FAULTS_TOLD) {
        return; /* counted in the summary */
    }
    progress_clear(&run->progress);
    Buffer line = {0};
    terminal_append_safe(&line, input, 0);
    if (fault->line > 0) {
        buffer_append_format(&line, ":%llu", (unsigned long long)fault->line);
    }
    if (fault->column > 0) {
        buffer_append_format(&line, ":%llu", (unsigned long long)fault->column);
    }
    buffer_append_c(&line, ": ");
    terminal_append_safe(&line, str_from_c(fault->text), 0);
    buffer_append_byte(&line, '\n');
    fwrite(line.ptr, 1, line.len, stderr);
    buffer_done(&line);
}

static void tell_progress(void *context, const ScanProgress *progress)
{
    Run *run = context;
    progress_draw(&run->progress, progress->events, progress->bytes, progress->done_bytes,
                  progress->total_bytes);
}

static bool read_time(Run *run, const char *name, bool round_up, bool *has, int64_t *ns, Err *err)
{
    Str text = options_text(run->options, name, STR(""));
    *has = options_has(run->options, name);
    if (!*has || date_math_parse(text, timestamp_now(), round_up, ns, err)) {
        return true;
    }
    return err_wrap(err, "--%s", name);
}

static ScanEval eval_mode(Str name)
{
    if (str_equal(name, STR("row"))) {
        return SCAN_ROW;
    }
    return str_equal(name, STR("both")) ? SCAN_BOTH : SCAN_VECTOR;
}

/* For measuring and testing only (CONTRIBUTING.md): how much dictionaries remember. */
static bool read_dictionary_memory(DictionaryMemory *memory, Err *err)
{
    const char *word = getenv("SHRIKE_DICTIONARY");
    if (word == NULL || strcmp(word, "on") == 0) {
        *memory = DICTIONARY_ALL;
    } else if (strcmp(word, "one") == 0) {
        *memory = DICTIONARY_LAST;
    } else if (strcmp(word, "off") == 0) {
        *memory = DICTIONARY_NONE;
    } else {
        return err_set(err, ERR_SYNTAX, "SHRIKE_DICTIONARY must be on, one or off");
    }
    return true;
}

/* The same: with which instructions the reader finds tokens. */
static bool read_instructions(JsonIndexer **build, Err *err)
{
    const char *word = getenv("SHRIKE_INSTRUCTIONS");
    if (word == NULL) {
        return true;
    }
    JsonIndexerName known[JSON_INDEXERS];
    size_t count = json_indexers(known);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, known[i].name) == 0) {
            *build = known[i].build;
            return true;
        }
    }
    return err_set(err, ERR_SYNTAX,
                   "SHRIKE_INSTRUCTIONS must be plain, avx2 or avx512, and be here");
}

static bool fill_scan(Run *run, InputOptions *input, Err *err)
{
    ScanOptions *scan = &run->scan;
    uint64_t jobs = 0;
    uint64_t event_bytes = 0;
    OptionRange job_range = {1, MAX_JOBS, 0};
    OptionRange event_range = {16, (uint64_t)1 << 30, (uint64_t)1 << 20};
    if (!options_u64(run->options, "jobs", job_range, &jobs, err) ||
        !options_u64(run->options, "max-event-bytes", event_range, &event_bytes, err) ||
        !read_time(run, "since", false, &scan->has_since, &scan->since_ns, err) ||
        !read_time(run, "until", true, &scan->has_until, &scan->until_ns, err) ||
        !read_dictionary_memory(&scan->dictionary_memory, err) ||
        !read_instructions(&scan->build_index, err)) {
        return false;
    }
    input->max_event_bytes = event_bytes;
    scan->jobs = (unsigned)jobs;
    scan->strict = options_has(run->options, "strict");
    scan->index = options_text(run->options, "index", STR(""));
    scan->eval = eval_mode(options_text(run->options, "eval", STR("vector")));
    scan->matcher.wait_at_end = run_waits_at_end(run);
    scan->context = run;
    scan->fault = tell_fault;
    scan->progress = tell_progress;
    return true;
}

bool run_waits_at_end(const Run *run)
{
    return str_equal(options_text(run->options, "missing-at-end", STR("")), STR("wait"));
}

bool run_open_inputs(Run *run, uint32_t first, int *code)
{
    static const Str STDIN = STR_INIT("-");
    const Str *paths = NULL;
    uint32_t count = options_arguments(run->options, &paths);
    paths = count > first ? paths + first : &STDIN;
    count = count > first ? count - first : 1;
    if (paths == &STDIN && isatty(STDIN_FILENO)) {
        *code = run_usage(run, "no input given");
        return false;
    }
    signal(SIGPIPE, SIG_IGN); /* write_out tells a closed pipe by its error */
    InputOptions options = {0};
    Err err = {0};
    if (!fill_scan(run, &options, &err)) {
        *code = run_error(run, EXIT_USAGE, &err);
        return false;
    }
    run->input = input_open(paths, count, &options, &err);
    if (run->input == NULL) {
        *code = run_error(run, EXIT_INPUT, &err);
        return false;
    }
    progress_start(&run->progress, !run->quiet);
    return true;
}

static void tell_count(Run *run, uint64_t count, const char *what)
{
    if (count > 0) {
        Buffer line = {0};
        buffer_append_format(&line, "%sshrike %s:%s ",
                             terminal_code(COLOUR_YELLOW, run->err_colour), run->verb->name,
                             terminal_plain(run->err_colour));
        append_count(&line, count);
        buffer_append_format(&line, " %s\n", what);
        fwrite(line.ptr, 1, line.len, stderr);
        buffer_done(&line);
    }
}

void run_tell_stats(Run *run)
{
    progress_clear(&run->progress);
    const ScanStats *stats = &run->stats;
    if (run->faults_told > MAX_FAULTS_TOLD) {
        tell_count(run, run->faults_told - MAX_FAULTS_TOLD, "more faults like these");
    }
    tell_count(run, stats->bad, "events or stretches of input could not be read");
    tell_count(run, stats->without_time, "hits were dropped: their event has no usable time");
    tell_count(run, stats->keys_cut,
               "events had more join keys (1,024) or process ids (64 KiB) than are followed");
    tell_count(run, stats->combinations_cut,
               "conditions met more values together, or made longer texts, than are looked at");
    tell_count(run, stats->sequences_evicted,
               "unfinished sequences, or times of missing events, gave way: matches may be wrong");
    tell_count(run, run->quiet ? 0 : stats->sequences_undecided,
               "sequences wait: what must be missing behind them may still come");
    tell_count(run, stats->processes_evicted,
               "processes that lineage knew gave way: matches may be wrong");
    tell_count(run, stats->found.events_lost,
               "events that thresholds counted gave way: groups may be missing");
    tell_count(run, stats->found.terms_lost,
               "known terms gave way: they will seem new when they come again");
    tell_count(run, stats->found.indicators_lost,
               "indicators were left out: more than can be held");
    tell_count(run, stats->found.cut,
               "events had more values, or met more indicators (200), than are followed");
    tell_count(run, stats->pipes.tail_cut,
               "matches of a sort, a tail or --size gave way to others: more than can be held");
    tell_count(run, stats->pipes.others,
               "matches are counted together as others: more kinds of them than can be held");
    tell_count(run, stats->pipes.unfollowed,
               "matches passed unique unremembered, repeats among them: more than can be held");
}

void run_print_rates(Run *run, Buffer *out)
{
    double seconds = (double)(timestamp_monotonic() - run->started) / NS_PER_SECOND;
    append_count(out, run->stats.events);
    buffer_append_c(out, " events, ");
    append_bytes(out, run->stats.bytes);
    buffer_append_format(out, " in %.2f s: ", seconds);
    append_count(out, (uint64_t)((double)run->stats.events / (seconds > 0 ? seconds : 1)));
    buffer_append_format(out, " events/s, %.2f GB/s\n",
                         (double)run->stats.bytes / (seconds > 0 ? seconds : 1) / 1e9);
}

static void tell_unknown_types(Run *run, const Schema *schema, Str path)
{
    Str type;
    uint32_t count = schema_unknown_types(schema, &type);
    if (count == 0 || run->quiet) {
        return;
    }
    Buffer line = {0};
    buffer_append_format(&line, "shrike %s: ", run->verb->name);
    terminal_append_safe(&line, path, 0);
    buffer_append_format(&line, ": %u field%s of a type that is not known, as [", count,
                         count == 1 ? "" : "s");
    terminal_append_safe(&line, str_slice(type, 0, 80), 0);
    buffer_append_c(&line, "]: their values go by their own kind\n");
    fwrite(line.ptr, 1, line.len, stderr);
    buffer_done(&line);
}

bool run_schema(Run *run, const Schema **schema, Err *err)
{
    Str path = options_text(run->options, "mapping", STR(""));
    if (path.len == 0) {
        *schema = schema_builtin(run->arena);
        return true;
    }
    if (!file_read(run->arena, path.ptr, MAX_MAPPING, &run->mapping, err)) {
        return false;
    }
    *schema = schema_read_mapping(run->arena, run->mapping, err);
    if (*schema == NULL) {
        return err_wrap(err, "%.*s", STR_ARG(path));
    }
    tell_unknown_types(run, *schema, path);
    return true;
}
