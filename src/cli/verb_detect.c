#include "cli/alert_output.h"
#include "cli/profile.h"
#include "cli/rule_source.h"
#include "cli/why_run.h"

#include "base/hash.h"
#include "base/timestamp.h"
#include "detect/detect.h"

#include <unistd.h>

static const OptionSpec OPTIONS[] = {
    OPTIONS_RULE_SOURCE,
    OPTIONS_EXCEPTIONS,
    OPTIONS_VALUE_LISTS,
    {"min-severity", 0, "low|medium|high|critical", false, "only alerts of at least this severity"},
    {"max-signals", 0, NULL, false,
     "apply each rule's max_signals (default: every alert is written)"},
    {"output", 'o', "table|ndjson|json|csv", false, "form of the alerts (default table)"},
    {"fail-on", 0, "low|medium|high|critical", false,
     "exit with 1 when there is an alert of at least this severity"},
    {"mapping", 0, "FILE", false, "Elasticsearch mapping that says the fields' types"},
    OPTION_MISSING_AT_END,
    OPTIONS_INPUT,
    OPTION_PROFILE,
    OPTION_WHY,
    {"now", 0, "TIME", false,
     "creation time of the alerts, and when exceptions expire (default: the clock)"},
    OPTIONS_CACHE,
    OPTIONS_SCREEN,
};

typedef struct DetectRun {
    Run run;
    RuleSource source;
    DetectOptions options;
    DetectStats stats;
    AlertOutput *output;
    AlertFormat format;
    bool has_min, has_fail_on;
    RuleSeverity min, fail_on;
    uint64_t by_severity[RULE_CRITICAL + 1];
    uint64_t *by_rule; /* alerts shown */
    uint64_t below;    /* under --min-severity */
    uint32_t dropped;  /* rules whose fields no event has */
    bool failed_on;
    Profile profile;
} DetectRun;

static bool take_alert(void *context, const Rule *rule, Str json, const AlertSummary *summary,
                       Err *err)
{
    (void)err;
    DetectRun *detect = context;
    if (detect->has_min && summary->severity < detect->min) {
        detect->below += !summary->in_group;
        return true;
    }
    if (!summary->in_group) {
        detect->by_severity[summary->severity]++;
        detect->by_rule[rule - detect->source.list.rules.items]++;
        detect->failed_on |= detect->has_fail_on && summary->severity >= detect->fail_on;
    }
    progress_clear(&detect->run.progress);
    alert_output_add(detect->output, rule, json, summary);
    return true;
}

static void take_drop(void *context, const RuleSkip *why)
{
    DetectRun *detect = context;
    detect->dropped++;
    progress_clear(&detect->run.progress);
    rule_source_tell_drop(&detect->source, why);
}

/* The run's id follows from its time and its rules, so that --now makes a run repeatable to the
 * byte. */
static Str execution_uuid(const DetectRun *detect, int64_t now_ns)
{
    Buffer text = {0};
    buffer_append_format(&text, "%lld", (long long)now_ns);
    for (uint32_t i = 0; i < detect->source.set->count; i++) {
        buffer_append(&text, detect->source.set->rules[i]->id);
    }
    Hex hex = hash_128_hex(buffer_str(&text));
    buffer_done(&text);
    const char *digits = hex.text;
    return str_format(detect->run.arena, "%.8s-%.4s-4%.3s-8%.3s-%.12s", digits, digits + 8,
                      digits + 13, digits + 17, digits + 20);
}

static bool fill_options(DetectRun *detect, Err *err)
{
    Run *run = &detect->run;
    int64_t now = 0;
    if (!rules_now(run, &now, err)) {
        return false;
    }
    Str least = options_text(run->options, "min-severity", STR(""));
    Str fail_on = options_text(run->options, "fail-on", STR(""));
    detect->has_min = rule_severity_parse(least, &detect->min);
    detect->has_fail_on = rule_severity_parse(fail_on, &detect->fail_on);
    detect->options = (DetectOptions){
        .scan = run->scan,
        .alert = {now, STR("default"), execution_uuid(detect, now)},
        .cap = options_has(run->options, "max-signals"),
        .take = take_alert,
        .drop = take_drop,
        .context = detect,
    };
    detect->stats.rules = ARENA_MANY(run->arena, DetectCount, detect->source.set->count);
    detect->by_rule = ARENA_MANY(run->arena, uint64_t, detect->source.list.rules.count);
    return true;
}

static int more_alerts(const void *a, const void *b, void *context)
{
    const uint64_t *counts = context;
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    if (counts[left] != counts[right]) {
        return counts[left] > counts[right] ? -1 : 1;
    }
    return left < right ? -1 : left > right;
}

static void append_rule_counts(DetectRun *detect, Buffer *out, bool colour)
{
    uint32_t count = 0;
    uint32_t *order = ARENA_MANY(detect->run.arena, uint32_t, detect->source.list.rules.count + 1);
    for (uint32_t i = 0; i < detect->source.list.rules.count; i++) {
        if (detect->by_rule[i] > 0) {
            order[count++] = i;
        }
    }
    qsort_r(order, count, sizeof *order, more_alerts, detect->by_rule);
    for (uint32_t i = 0; i < count; i++) {
        const Rule *rule = &detect->source.list.rules.items[order[i]];
        buffer_append_format(out, "%10llu  %s%-8s%s  ",
                             (unsigned long long)detect->by_rule[order[i]],
                             severity_code(rule->severity, colour),
                             rule_severity_name(rule->severity), terminal_plain(colour));
        terminal_append_safe(out, rule->name, 0);
        buffer_append_byte(out, '\n');
    }
}

static void append_suppressed(Buffer *out, const DetectCount *count, const Rule *rule)
{
    const struct {
        uint64_t count;
        const char *words;
    } lines[] = {
        {count->suppressed, " more matches suppressed, their alerts count them: "},
        {count->suppressed_early, " suppressed alerts told early, for want of memory: "},
        {count->suppression_cut,
         " combinations of an event's values not looked at by suppression: "},
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        if (lines[i].count > 0) {
            append_count(out, lines[i].count);
            buffer_append_c(out, lines[i].words);
            terminal_append_safe(out, rule->name, 0);
            buffer_append_byte(out, '\n');
        }
    }
}

static void append_held_back(DetectRun *detect, Buffer *out)
{
    for (uint32_t i = 0; i < detect->source.set->count; i++) {
        const DetectCount *count = &detect->stats.rules[i];
        const Rule *rule = detect->source.set->rules[i];
        if (count->held_back > 0) {
            append_count(out, count->held_back);
            buffer_append_format(
                out, " more alerts held back by max_signals %lld: ", (long long)rule->max_signals);
            terminal_append_safe(out, rule->name, 0);
            buffer_append_byte(out, '\n');
        }
        append_suppressed(out, count, rule);
        if (count->loops > 0) {
            append_count(out, count->loops);
            buffer_append_c(out, " alerts not made, the rule met its own: ");
            terminal_append_safe(out, rule->name, 0);
            buffer_append_byte(out, '\n');
        }
    }
    if (detect->below > 0) {
        append_count(out, detect->below);
        buffer_append_c(out, " alerts below --min-severity\n");
    }
}

static void tell_summary(DetectRun *detect)
{
    bool on_stdout = detect->format == ALERT_TABLE;
    bool colour = on_stdout ? detect->run.colour : detect->run.err_colour;
    Buffer out = {0};
    uint64_t total = 0;
    for (int severity = RULE_LOW; severity <= RULE_CRITICAL; severity++) {
        total += detect->by_severity[severity];
    }
    buffer_append_c(&out, "\n");
    append_rule_counts(detect, &out, colour);
    buffer_append_format(&out, "%s", total > 0 ? "\n" : "");
    append_count(&out, total);
    buffer_append_format(&out, " alert%s (", total == 1 ? "" : "s");
    for (int severity = RULE_CRITICAL; severity >= RULE_LOW; severity--) {
        append_count(&out, detect->by_severity[severity]);
        buffer_append_format(&out, " %s%s", rule_severity_name((RuleSeverity)severity),
                             severity == RULE_LOW ? ") from " : ", ");
    }
    buffer_append_format(&out, "%u rules\n", detect->source.set->count - detect->dropped);
    append_held_back(detect, &out);
    detect->run.stats = detect->stats.scan;
    run_print_rates(&detect->run, &out);
    if (on_stdout) {
        write_out(&out);
    } else {
        fwrite(out.ptr, 1, out.len, stderr);
    }
    buffer_done(&out);
}

static bool tell_profile(DetectRun *detect, Err *err)
{
    const RuleSet *set = detect->source.set;
    Str *names = ARENA_MANY(detect->run.arena, Str, set->count);
    Str *ids = ARENA_MANY(detect->run.arena, Str, set->count);
    for (uint32_t i = 0; i < set->count; i++) {
        names[i] = set->rules[i]->name;
        ids[i] = set->rules[i]->rule_id;
    }
    return profile_end(&detect->profile, &detect->run, names, ids, err);
}

static int tell_why(DetectRun *detect)
{
    const RuleSet *set = detect->source.set;
    if (set->count == 1) {
        return why_tell(&detect->run, set->plan, set->rules[0]->name);
    }
    Str text = str_format(detect->run.arena,
                          "--why asks about one rule, and %u are chosen: --rule NAME", set->count);
    return run_usage(&detect->run, text.ptr);
}

static int detect_all(DetectRun *detect)
{
    Run *run = &detect->run;
    Err err = {0};
    int code = EXIT_DONE;
    if (!rule_source_load(&detect->source, run, &code) || !run_open_inputs(run, 0, &code) ||
        !profile_begin(&detect->profile, run, detect->source.set->plan, &code)) {
        return code;
    }
    if (options_has(run->options, "why")) {
        return tell_why(detect);
    }
    if (!fill_options(detect, &err)) {
        return run_error(run, EXIT_USAGE, &err);
    }
    alert_format_parse(options_text(run->options, "output", STR("table")), &detect->format);
    detect->output = alert_output_new(detect->format, run->colour, terminal_width(STDOUT_FILENO));
    bool done = detect_run(detect->source.set, run->input, &detect->options, &detect->stats, &err);
    progress_clear(&run->progress);
    alert_output_end(detect->output);
    alert_output_free(detect->output);
    run->stats = detect->stats.scan;
    run_tell_stats(run);
    if (!done) {
        return run_error(run, EXIT_INPUT, &err);
    }
    if (!run->quiet) {
        tell_summary(detect);
    }
    if (!tell_profile(detect, &err)) {
        return run_error(run, EXIT_INPUT, &err);
    }
    return detect->failed_on ? EXIT_FOUND : EXIT_DONE;
}

static int run_detect(int argc, char **argv, const VerbSpec *verb)
{
    DetectRun detect = {0};
    if (!run_begin(&detect.run, verb, argc, argv)) {
        return run_end(&detect.run, EXIT_USAGE);
    }
    return run_end(&detect.run, detect_all(&detect));
}

const VerbSpec VERB_DETECT = {
    .name = "detect",
    .arguments = "--rules PATH [INPUT...]",
    .summary = "Run detection rules over event files and write alerts.",
    .text =
        "INPUT is a file, a folder, or - (standard input, also when no INPUT is given): NDJSON,\n"
        "JSON arrays or exported hits, plain, gzip or zstd. All inputs are one body of events;\n"
        "alerts come out in order of time.\n"
        "\n"
        "Examples:\n"
        "  shrike detect --rules rules/ logs/*.ndjson.zst\n"
        "  shrike detect -r rules/ -o ndjson --min-severity high events.ndjson > alerts.ndjson\n"
        "  zcat events.gz | shrike detect -r my-rule.toml --fail-on high",
    .options = OPTIONS,
    .option_count = ARRAY_LEN(OPTIONS),
    .run = run_detect,
};
