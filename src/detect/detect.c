#include "detect/detect.h"

#include "base/threads.h"
#include "detect/alert_line.h"
#include "detect/suppressor.h"

typedef struct Detect {
    const RuleSet *rules;
    const DetectOptions *options;
    DetectStats *stats;
    AlertLine *line;
    Suppressor *suppressor;
    uint64_t *pending; /* by query: matches that are in the line */
    FieldWatch *watch; /* NULL: no field is in doubt */
} Detect;

bool detect_recall(InputSet *input, const EventPlace *place, Str index, Arena *arena, Document *out,
                   Err *err)
{
    Buffer bytes = {0};
    bool read = input_recall(input, place, &bytes, err);
    Str text = read ? str_copy(arena, buffer_str(&bytes)) : STR("");
    buffer_done(&bytes);
    if (!read) {
        return false;
    }
    if (!document_parse(arena, text, out, err)) {
        Str name = input_name(input, place->input);
        return err_wrap(err, "%.*s:%llu: the event reads differently the second time",
                        STR_ARG(name), (unsigned long long)place->line);
    }
    if (!out->index_given && index.len > 0) {
        out->index = index;
    }
    return true;
}

static bool take_alert(void *context, uint32_t query, Str json, const AlertSummary *summary,
                       Err *err)
{
    const Detect *detect = context;
    const Rule *rule = detect->rules->rules[query];
    return detect->options->take(detect->options->context, rule, json, summary, err);
}

static void end_match(void *context, uint32_t query, bool loops)
{
    Detect *detect = context;
    DetectCount *count = &detect->stats->rules[query];
    count->loops += loops;
    count->alerts += !loops;
    detect->pending[query]--;
}

static bool is_capped(const Detect *detect, uint32_t query, uint64_t pending)
{
    uint64_t most = (uint64_t)detect->rules->rules[query]->max_signals;
    return detect->options->cap && detect->stats->rules[query].alerts + pending >= most;
}

static bool take_match(void *context, const Match *match, Err *err)
{
    const Detect *detect = context;
    return detect->stats->rules[match->query].dropped ||
           suppressor_offer(detect->suppressor, match, err);
}

/* One that becomes an alert, behind suppression. */
static bool tell_match(void *context, const Match *match, Err *err)
{
    Detect *detect = context;
    DetectCount *count = &detect->stats->rules[match->query];
    /* Those on their way may turn out to be no alerts. */
    if (is_capped(detect, match->query, detect->pending[match->query]) &&
        !alert_line_drain(detect->line, err)) {
        return false;
    }
    if (is_capped(detect, match->query, 0)) {
        count->held_back++;
        return true;
    }
    detect->pending[match->query]++;
    return alert_line_add(detect->line, match, err);
}

/* Under a mapping a rule whose fields neither it nor any event has is wrong, and the others are not. */
static bool drop_rules(void *context, Err *err)
{
    Detect *detect = context;
    uint32_t dropped = 0;
    for (uint32_t i = 0; i < detect->rules->count; i++) {
        RuleSkip why;
        if (rule_set_lacks(detect->rules, i, detect->watch, &why)) {
            detect->stats->rules[i].dropped = true;
            detect->options->drop(detect->options->context, &why);
            dropped++;
        }
    }
    return dropped < detect->rules->count ||
           err_set(err, ERR_SYNTAX, "no rule can run: the events lack fields of all %u", dropped);
}

static void count_suppressed(Detect *detect)
{
    for (uint32_t i = 0; i < detect->rules->count; i++) {
        SuppressorCount own = suppressor_count(detect->suppressor, i);
        detect->stats->rules[i].suppressed = own.suppressed;
        detect->stats->rules[i].suppressed_early = own.early;
        detect->stats->rules[i].suppression_cut = own.cut;
    }
}

bool detect_run(const RuleSet *rules, InputSet *input, const DetectOptions *options,
                DetectStats *stats, Err *err)
{
    Arena *arena = arena_new();
    Detect detect = {
        .rules = rules,
        .options = options,
        .stats = stats,
        .pending = ARENA_MANY(arena, uint64_t, rules->plan->query_count),
        .watch = rule_set_watch(rules),
    };
    ScanOptions scan = options->scan;
    scan.jobs = scan.jobs == 0 ? thread_cpu_count() : scan.jobs;
    detect.line = alert_line_new(&(AlertLineOptions){
        .maker = {rules, input, scan.index, &options->alert},
        .jobs = scan.profile == NULL ? scan.jobs : 1, /* whose clocks are of one thread */
        .take = take_alert,
        .done = end_match,
        .context = &detect,
    });
    InputDocuments documents = {input, scan.index};
    detect.suppressor = suppressor_new(&(SuppressorOptions){
        .rules = rules,
        .documents = input_documents_source(&documents),
        .space = options->alert.space,
        .take = tell_match,
        .context = &detect,
    });
    scan.take = take_match;
    scan.take_context = &detect;
    scan.watch = detect.watch;
    scan.before_take = detect.watch == NULL ? NULL : drop_rules;
    bool done = scan_run(rules->plan, input, &scan, &stats->scan, err) &&
                suppressor_finish(detect.suppressor, err) && alert_line_drain(detect.line, err);
    count_suppressed(&detect);
    suppressor_free(detect.suppressor);
    alert_line_free(detect.line);
    field_watch_free(detect.watch);
    arena_free(arena);
    return done;
}
