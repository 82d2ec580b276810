#include "detect/detect.h"

#include "detect/match_documents.h"

typedef struct Detect {
    const RuleSet *rules;
    InputSet *input;
    const DetectOptions *options;
    DetectStats *stats;
    AlertBuilder *builder;
    MatchDocuments *documents;
    FieldWatch *watch; /* NULL: no field is in doubt */
    Arena *arena;      /* one match */
    const Rule *rule;
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

static bool pass_on(void *context, Str json, const AlertSummary *summary, Err *err)
{
    Detect *detect = context;
    return detect->options->take(detect->options->context, detect->rule, json, summary, err);
}

/* The events of a match that there are: an alert tells of what there was. */
typedef struct Present {
    MatchDocuments *documents;
    uint32_t *numbers;
} Present;

static const Document *get_present(void *context, uint32_t index, Err *err)
{
    const Present *present = context;
    return match_documents_get(present->documents, present->numbers[index], err);
}

static bool build_sequence(Detect *detect, const Match *match, const AlertTaker *taker, Err *err)
{
    Present present = {detect->documents, ARENA_MANY(detect->arena, uint32_t, match->event_count)};
    AlertEvents events = {.get = get_present, .context = &present};
    for (uint32_t i = 0; i < match->event_count; i++) {
        if (!match->events[i].missing) {
            present.numbers[events.count++] = i;
        }
    }
    return alert_build_sequence(detect->builder, detect->rule, &events, taker, err);
}

static bool build(Detect *detect, const Match *match, Err *err)
{
    AlertTaker taker = {pass_on, detect};
    match_documents_set(detect->documents, match->events, match->event_count);
    if (detect->rules->plan->queries[match->query].kind != QUERY_EVENT) {
        return build_sequence(detect, match, &taker, err);
    }
    const Document *event = match_documents_get(detect->documents, 0, err);
    return event != NULL && alert_build_event(detect->builder, detect->rule, event, &taker, err);
}

static bool take_match(void *context, const Match *match, Err *err)
{
    Detect *detect = context;
    DetectCount *count = &detect->stats->rules[match->query];
    if (count->dropped) {
        return true;
    }
    detect->rule = detect->rules->rules[match->query];
    if (detect->options->cap && count->alerts >= (uint64_t)detect->rule->max_signals) {
        count->held_back++;
        return true;
    }
    uint64_t loops = alert_builder_loops(detect->builder);
    arena_reset(detect->arena);
    if (!build(detect, match, err)) {
        return false;
    }
    uint64_t looped = alert_builder_loops(detect->builder) - loops;
    count->loops += looped;
    count->alerts += looped == 0;
    return true;
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

bool detect_run(const RuleSet *rules, InputSet *input, const DetectOptions *options,
                DetectStats *stats, Err *err)
{
    Detect detect = {.rules = rules, .input = input, .options = options, .stats = stats};
    detect.arena = arena_new();
    detect.watch = rule_set_watch(rules);
    detect.documents = match_documents_new(input, options->scan.index);
    detect.builder = alert_builder_new(&options->alert);
    ScanOptions scan = options->scan;
    scan.take = take_match;
    scan.take_context = &detect;
    scan.watch = detect.watch;
    scan.before_take = detect.watch == NULL ? NULL : drop_rules;
    bool done = scan_run(rules->plan, input, &scan, &stats->scan, err);
    alert_builder_free(detect.builder);
    match_documents_free(detect.documents);
    field_watch_free(detect.watch);
    arena_free(detect.arena);
    return done;
}
