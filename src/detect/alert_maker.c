#include "detect/alert_maker.h"

#include "base/heap.h"
#include "detect/found_alert.h"
#include "detect/match_documents.h"

struct AlertMaker {
    const RuleSet *rules;
    AlertBuilder *builder;
    MatchDocuments *documents;
    InputDocuments indicators;
    Arena *arena; /* one match */
};

AlertMaker *alert_maker_new(const AlertMakerOptions *options)
{
    AlertMaker *maker = HEAP_NEW(AlertMaker);
    maker->rules = options->rules;
    maker->builder = alert_builder_new(options->context);
    maker->documents = match_documents_new(options->input, options->index);
    maker->indicators = (InputDocuments){options->input, options->index};
    maker->arena = arena_new();
    return maker;
}

void alert_maker_free(AlertMaker *maker)
{
    if (maker != NULL) {
        alert_builder_free(maker->builder);
        match_documents_free(maker->documents);
        arena_free(maker->arena);
        free(maker);
    }
}

void alert_maker_print_to(AlertMaker *maker, Buffer *out)
{
    alert_builder_print_to(maker->builder, out);
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

static bool make_of_sequence(AlertMaker *maker, const Match *match, const AlertTaker *taker,
                             Err *err)
{
    Present present = {maker->documents, ARENA_MANY(maker->arena, uint32_t, match->event_count)};
    AlertEvents events = {.get = get_present, .context = &present};
    for (uint32_t i = 0; i < match->event_count; i++) {
        if (!match->events[i].missing) {
            present.numbers[events.count++] = i;
        }
    }
    const Rule *rule = maker->rules->rules[match->query];
    return alert_build_sequence(maker->builder, rule, &events, taker, err);
}

static bool make_of_finding(AlertMaker *maker, const Match *match, const AlertTaker *taker,
                            Err *err)
{
    FoundAlert about = {.plan = maker->rules->plan,
                        .rule = maker->rules->rules[match->query],
                        .builder = maker->builder,
                        .documents = maker->documents,
                        .source = input_documents_source(&maker->indicators)};
    return found_alert_build(&about, match, maker->arena, taker, err);
}

static bool make(AlertMaker *maker, const Match *match, const AlertTaker *taker, Err *err)
{
    AlertSuppression suppression = {match->suppression, match->suppression_id};
    alert_builder_suppress(maker->builder, &suppression);
    match_documents_set(maker->documents, match->events, match->event_count);
    if (maker->rules->plan->queries[match->query].finding.kind != FINDING_EVENTS) {
        return make_of_finding(maker, match, taker, err);
    }
    if (maker->rules->plan->queries[match->query].kind != QUERY_EVENT) {
        return make_of_sequence(maker, match, taker, err);
    }
    const Document *event = match_documents_get(maker->documents, 0, err);
    return event != NULL &&
           alert_build_event(maker->builder, maker->rules->rules[match->query], event, taker, err);
}

bool alert_maker_make(AlertMaker *maker, const Match *match, const AlertTaker *taker, bool *loops,
                      Err *err)
{
    uint64_t before = alert_builder_loops(maker->builder);
    arena_reset(maker->arena);
    bool made = make(maker, match, taker, err);
    *loops = alert_builder_loops(maker->builder) > before;
    return made;
}
