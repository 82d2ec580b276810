#pragma once
/* What the verbs share: the option tables' common lines, and the steps that each of them takes:
 * read the command line, open the inputs, fill in a scan's options, tell errors and faults. */

#include "cli/options.h"
#include "cli/terminal.h"
#include "detect/scan.h"
#include "event/schema.h"

/* Exit codes, the same for every verb (and in the manual). */
typedef enum ExitCode {
    EXIT_DONE = 0,
    EXIT_FOUND = 1, /* what --fail-on or lint looks for is there */
    EXIT_USAGE = 2, /* the command line or a query is wrong */
    EXIT_INPUT = 3, /* something could not be read, or --strict met a bad event */
} ExitCode;

extern const VerbSpec VERB_DETECT, VERB_SEARCH, VERB_EXPLAIN, VERB_RULES_LIST, VERB_RULES_SHOW,
    VERB_RULES_LINT, VERB_RULES_IMPORT, VERB_RULES_EXPORT, VERB_RULES_HISTORY, VERB_RULES_DIFF,
    VERB_RULES_ROLLBACK, VERB_RULES_DOCS, VERB_RULES_COVERAGE, VERB_HELP, VERB_COMPLETION,
    VERB_VERSION;
extern const VerbSpec *const VERBS[];
extern const uint32_t VERB_COUNT;

const VerbSpec *verb_find(Str name); /* NULL if there is none */

/* Options that verbs over inputs have in common. */
#define OPTIONS_INPUT                                                                       \
    {"index", 0, "NAME", false,                                                             \
     "index of events that name none (default: told from what they say)"},                  \
        {"since", 0, "TIME", false,                                                         \
         "only events at or after TIME (date math: 2024-05-06, now-1d/d)"},                 \
        {"until", 0, "TIME", false, "only events at or before TIME"},                       \
        {"strict", 0, NULL, false, "stop at the first event that cannot be read"},          \
        {"max-event-bytes", 0, "N", false, "largest event that is read (default 1048576)"}, \
        {"jobs", 'j', "N", false, "threads that work (default: one per processor)"},        \
    {                                                                                       \
        "eval", 0, "vector|row|both", false,                                                \
            "how conditions are computed: by columns (default), an event at a time,\n"      \
            "or both, compared"                                                             \
    }
#define OPTION_MISSING_AT_END                                                   \
    {                                                                           \
        "missing-at-end", 0, "report|wait", false,                              \
            "sequences that end with ![..], when the input ends before their\n" \
            "time has passed: report them (default), or let them wait, counted" \
    }
#define OPTIONS_SCREEN                                                                         \
    {"color", 0, "auto|always|never", false, "colours (default: on a terminal)"},              \
    {                                                                                          \
        "quiet", 'q', NULL, false, "no progress, no summary; faults and errors are still told" \
    }

typedef struct Run { /* one run of a verb */
    Arena *arena;
    const VerbSpec *verb;
    Options *options;
    bool colour;     /* of stdout */
    bool err_colour; /* of stderr */
    bool quiet;
    Str mapping; /* the text that run_schema read; empty without --mapping */
    Progress progress;
    uint64_t faults_told;
    InputSet *input;
    ScanOptions scan;
    ScanStats stats;
    int64_t started; /* monotonic */
} Run;

/* Reads the command line; tells what is wrong with it. False: return run->exit code EXIT_USAGE. */
bool run_begin(Run *run, const VerbSpec *verb, int argc, char **argv);
int run_end(Run *run, int code); /* gives everything back */
/* All of a run: begin, `all`, whose result is the exit code, end. */
int run_with(int argc, char **argv, const VerbSpec *verb, int (*all)(Run *run));

/* "shrike detect: TEXT" on stderr; gives `code` back. */
int run_error(Run *run, int code, const Err *err);
int run_usage(Run *run, const char *text);

bool run_waits_at_end(const Run *run); /* --missing-at-end wait */
/* Opens the inputs from argument `first` on ("-" without any, unless stdin is a terminal), and
 * fills run->scan. */
bool run_open_inputs(Run *run, uint32_t first, int *code);
/* After a scan: what was bounded, cut or bad, on stderr. */
void run_tell_stats(Run *run);
void run_print_rates(Run *run,
                     Buffer *out); /* "650,000 events, 1.95 GB in 3.1 s: ... events/s, ... GB/s" */

/* The schema to compile by: --mapping FILE, else the built-in one. */
bool run_schema(Run *run, const Schema **schema, Err *err);

void write_out(
    const Buffer *text); /* all of it to stdout; a closed pipe ends the program quietly */
