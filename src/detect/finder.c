#include "detect/finder.h"

#include "base/array.h"
#include "base/heap.h"
#include "base/table.h"
#include "detect/carried.h"
#include "detect/found.h"
#include "event/field_values.h"
#include "match/known_terms.h"
#include "match/threat_join.h"
#include "match/threshold.h"

struct Finder {
    FinderOptions options;
    const QueryPlan *query;
    const FindingPlan *plan;
    Threshold *threshold; /* by kind: one of the three */
    KnownTerms *terms;
    ThreatJoin *join;
    Arena *arena; /* of one hit */
    Str *carried; /* by the query's asked fields */
    Buffer key, found;
    uint64_t cut;
};

/* What a run of a threshold hands on. */
typedef struct Giving {
    Finder *finder;
    const FinderEnd *end;
} Giving;

Finder *finder_new(const FinderOptions *options)
{
    const QueryPlan *query = &options->plan->queries[options->query];
    Finder *finder = HEAP_NEW(Finder);
    finder->options = *options;
    finder->query = query;
    finder->plan = &query->finding;
    finder->arena = arena_new();
    finder->carried = HEAP_MANY(Str, query->asked_count + 1);
    switch (query->finding.kind) {
    case FINDING_EVENTS: assert(!"nothing to find"); break;
    case FINDING_THRESHOLD: finder->threshold = threshold_new(finder->plan); break;
    case FINDING_NEW_TERMS: finder->terms = known_terms_new(finder->plan->history_ns); break;
    case FINDING_THREATS: finder->join = threat_join_new(finder->plan); break;
    }
    return finder;
}

void finder_free(Finder *finder)
{
    if (finder == NULL) {
        return;
    }
    threshold_free(finder->threshold);
    known_terms_free(finder->terms);
    threat_join_free(finder->join);
    arena_free(finder->arena);
    buffer_done(&finder->key);
    buffer_done(&finder->found);
    free(finder->carried);
    free(finder);
}

/* ---- values ---- */

static void open_hit(Finder *finder, const Hit *hit)
{
    Str rest = hit->keys;
    arena_reset(finder->arena);
    for (uint32_t i = 0; i < finder->query->asked_count; i++) {
        finder->carried[i] = carried_next(&rest);
    }
}

static Values values_of(Finder *finder, FieldId id)
{
    uint32_t at = 0;
    while (finder->query->asked[at] != id) {
        at++;
    }
    Str raw = finder->carried[at];
    const Field *field = field_table_get(finder->options.plan->fields, id);
    return raw.len == 0 ? (Values){0} : field_values(finder->arena, field, raw);
}

typedef struct Keys {
    Str *items;
    uint32_t count;
} Keys;

static Str key_of(Finder *finder, const Values *values, const uint32_t *at, uint32_t count)
{
    buffer_clear(&finder->key);
    for (uint32_t i = 0; i < count; i++) {
        value_append_key(&finder->key, &values[i].items[at[i]]);
    }
    return str_copy(finder->arena, buffer_str(&finder->key));
}

/* The distinct combinations of the fields' values, the last field turning fastest; none when a field has no value. */
static Keys keys_of(Finder *finder, const FieldId *fields, uint32_t count)
{
    Values values[FINDING_MAX_FIELDS];
    uint32_t at[FINDING_MAX_FIELDS] = {0};
    uint64_t total = 1;
    for (uint32_t i = 0; i < count; i++) {
        values[i] = values_of(finder, fields[i]);
        if (values[i].count == 0) {
            return (Keys){0};
        }
        total = total > FINDER_MAX_TUPLES ? total : total * values[i].count;
    }
    finder->cut += total > FINDER_MAX_TUPLES;
    total = total > FINDER_MAX_TUPLES ? FINDER_MAX_TUPLES : total;
    Keys keys = {ARENA_MANY(finder->arena, Str, total), 0};
    Table *seen = total > 1 ? table_new(finder->arena) : NULL;
    for (uint64_t i = 0; i < total; i++) {
        Str key = key_of(finder, values, at, count);
        if (seen == NULL || table_add(seen, key) == keys.count) {
            keys.items[keys.count++] = key;
        }
        for (uint32_t field = count; field-- > 0;) {
            at[field] = (at[field] + 1) % values[field].count;
            if (at[field] != 0) {
                break;
            }
        }
    }
    return keys;
}

static ThreatTexts texts_of(Finder *finder, FieldId field)
{
    Values values = values_of(finder, field);
    Str *items = ARENA_MANY(finder->arena, Str, values.count);
    for (uint32_t i = 0; i < values.count; i++) {
        items[i] = value_to_text(finder->arena, &values.items[i]);
    }
    return (ThreatTexts){items, values.count};
}

static const ThreatTexts *const *side_of(Finder *finder, bool of_indicator)
{
    const FindingPlan *plan = finder->plan;
    const ThreatTexts **side = ARENA_MANY(finder->arena, const ThreatTexts *, plan->item_count);
    for (uint32_t i = 0; i < plan->item_count; i++) {
        const ThreatItem *item = &plan->items[i];
        ThreatTexts *texts = ARENA_MANY(finder->arena, ThreatTexts, item->entry_count);
        for (uint32_t entry = 0; entry < item->entry_count; entry++) {
            const ThreatEntry *of = &item->entries[entry];
            texts[entry] = texts_of(finder, of_indicator ? of->indicator : of->event);
        }
        side[i] = texts;
    }
    return side;
}

/* ---- the three kinds ---- */

static bool give(const Finder *finder, const Hit *hit, Str found, const FinderEnd *end, Err *err)
{
    SequenceEvent event = {.place = hit->place, .time = hit->time};
    Match match = {
        .query = finder->options.query, .events = &event, .event_count = 1, .found = found};
    return end->take(end->context, &match, err);
}

static bool give_group(void *context, const ThresholdFound *found, Err *err)
{
    const Giving *giving = context;
    Finder *finder = giving->finder;
    FoundThreshold told = {found->run, found->first, found->last, found->count, found->values};
    buffer_clear(&finder->found);
    found_append_threshold(&finder->found, &told, found->key);
    Match match = {.query = finder->options.query, .found = buffer_str(&finder->found)};
    return giving->end->take(giving->end->context, &match, err);
}

static bool offer_threshold(Finder *finder, const Hit *hit, const FinderEnd *end, Err *err)
{
    const FindingPlan *plan = finder->plan;
    Giving giving = {finder, end};
    Keys groups = keys_of(finder, plan->fields, plan->field_count);
    Keys values = {0};
    if (plan->distinct != FIELD_NONE) {
        values = keys_of(finder, &plan->distinct, 1);
    }
    ThresholdEvent event = {.time = hit->time,
                            .groups = groups.items,
                            .group_count = groups.count,
                            .values = values.items,
                            .value_count = values.count};
    return threshold_add(finder->threshold, &event, give_group, &giving, err);
}

static bool offer_terms(Finder *finder, const Hit *hit, const FinderEnd *end, Err *err)
{
    const FinderOptions *options = &finder->options;
    bool is_history = options->has_since && hit->time < options->since_ns;
    Keys keys = keys_of(finder, finder->plan->fields, finder->plan->field_count);
    bool ok = true;
    for (uint32_t i = 0; i < keys.count && ok; i++) {
        bool is_new = known_terms_see(finder->terms, keys.items[i], hit->time);
        ok = !is_new || is_history || give(finder, hit, keys.items[i], end, err);
    }
    return ok;
}

static bool offer_threats(Finder *finder, const Hit *hit, const FinderEnd *end, Err *err)
{
    if (hit->stage == FINDING_STAGE_INDICATORS) {
        threat_join_add(finder->join, &hit->place, side_of(finder, true));
        return true;
    }
    uint32_t count = 0;
    const ThreatMatch *matches = threat_join_find(finder->join, side_of(finder, false), &count);
    buffer_clear(&finder->found);
    for (uint32_t i = 0; i < count; i++) {
        FoundThreat threat = {.indicator = *threat_join_place(finder->join, matches[i].indicator),
                              .item = matches[i].item,
                              .entry = matches[i].entry,
                              .value = matches[i].value};
        found_append_threat(&finder->found, &threat);
    }
    return count == 0 || give(finder, hit, buffer_str(&finder->found), end, err);
}

bool finder_offer(Finder *finder, const Hit *hit, const FinderEnd *end, Err *err)
{
    open_hit(finder, hit);
    if (finder->threshold != NULL) {
        return offer_threshold(finder, hit, end, err);
    }
    return finder->terms != NULL ? offer_terms(finder, hit, end, err)
                                 : offer_threats(finder, hit, end, err);
}

bool finder_finish(Finder *finder, const FinderEnd *end, Err *err)
{
    Giving giving = {finder, end};
    return finder->threshold == NULL ||
           threshold_finish(finder->threshold, give_group, &giving, err);
}

/* ---- bounds ---- */

size_t finder_bytes(const Finder *finder)
{
    return finder->threshold != NULL ? threshold_bytes(finder->threshold)
           : finder->terms != NULL   ? known_terms_bytes(finder->terms)
                                     : threat_join_bytes(finder->join);
}

bool finder_give_way(Finder *finder)
{
    return finder->threshold != NULL ? threshold_evict(finder->threshold)
           : finder->terms != NULL   ? known_terms_evict(finder->terms)
                                     : threat_join_evict(finder->join);
}

FinderStats finder_stats(const Finder *finder)
{
    FinderStats stats = {.cut = finder->cut};
    if (finder->threshold != NULL) {
        stats.events_lost = threshold_evicted(finder->threshold);
    } else if (finder->terms != NULL) {
        stats.terms_lost = known_terms_evicted(finder->terms);
    } else {
        ThreatStats of_join = threat_join_stats(finder->join);
        stats.indicators_lost = of_join.refused;
        stats.cut += of_join.cut;
    }
    return stats;
}
