#include "detect/finder_plain.h"

#include "base/array.h"
#include "base/heap.h"
#include "base/ip_address.h"
#include "base/table.h"
#include "detect/found.h"
#include "match/threat_join.h"
#include "match/threshold.h"

typedef ARRAY(Str) Strs;

typedef struct PlainEvent {
    EventPlace place;
    int64_t time;
    Strs groups, values; /* of a threshold */
    Values *of;          /* of an indicator: by item and entry, one after another */
} PlainEvent;

typedef ARRAY(int64_t) Times;

struct FinderPlain {
    FinderOptions options;
    const QueryPlan *query;
    const FindingPlan *plan;
    MatchDocuments *documents;
    Arena *arena; /* all that is kept */
    ARRAY(PlainEvent) events;
    Table *keys;        /* of groups that were told, or of terms */
    ARRAY(Times) times; /* by key: when it was told, or seen */
    bool has_run;
    int64_t run;
    Buffer found;
};

FinderPlain *finder_plain_new(const FinderOptions *options, const DocumentSource *source)
{
    FinderPlain *plain = HEAP_NEW(FinderPlain);
    plain->options = *options;
    plain->query = &options->plan->queries[options->query];
    plain->plan = &plain->query->finding;
    plain->documents = match_documents_new_from(source);
    plain->arena = arena_new();
    plain->keys = table_new(plain->arena);
    return plain;
}

void finder_plain_free(FinderPlain *plain)
{
    if (plain != NULL) {
        match_documents_free(plain->documents);
        arena_free(plain->arena);
        buffer_done(&plain->found);
        free(plain);
    }
}

/* ---- values ---- */

static bool read_values(FinderPlain *plain, FieldId field, Values *out, Err *err)
{
    return match_documents_values(plain->documents, 0,
                                  field_table_get(plain->options.plan->fields, field), plain->arena,
                                  out, err);
}

static void add_once(Arena *arena, Strs *list, Str text)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (str_equal(list->items[i], text)) {
            return;
        }
    }
    ARRAY_PUSH(arena, list, text);
}

/* Each combination so far with each value of the next field. */
static bool combine(FinderPlain *plain, const FieldId *fields, uint32_t count, Strs *out, Err *err)
{
    Strs so_far = {0};
    ARRAY_PUSH(plain->arena, &so_far, STR(""));
    for (uint32_t i = 0; i < count; i++) {
        Values values;
        Strs longer = {0};
        if (!read_values(plain, fields[i], &values, err)) {
            return false;
        }
        for (uint32_t prefix = 0; prefix < so_far.count; prefix++) {
            for (uint32_t value = 0;
                 value < values.count && longer.count < FINDER_MAX_TUPLES * FINDER_MAX_TUPLES;
                 value++) {
                Buffer key = {0};
                buffer_append(&key, so_far.items[prefix]);
                value_append_key(&key, &values.items[value]);
                Str text = str_copy(plain->arena, buffer_str(&key));
                buffer_done(&key);
                ARRAY_PUSH(plain->arena, &longer, text);
            }
        }
        so_far = longer;
    }
    for (uint32_t i = 0; i < so_far.count && i < FINDER_MAX_TUPLES; i++) {
        add_once(plain->arena, out, so_far.items[i]);
    }
    return true;
}

static Times *times_of(FinderPlain *plain, Str key)
{
    uint32_t at = table_add(plain->keys, key);
    if (at == plain->times.count) {
        Times none = {0};
        ARRAY_PUSH(plain->arena, &plain->times, none);
    }
    return &plain->times.items[at];
}

/* ---- threshold ---- */

/* One event in one group, in a run. */
typedef struct Member {
    Str key;
    const PlainEvent *event;
} Member;

static int by_key(const void *a, const void *b)
{
    const Member *left = a;
    const Member *right = b;
    int order = str_compare(left->key, right->key);
    return order != 0 ? order : (left->event > right->event) - (left->event < right->event);
}

static int by_text(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static uint64_t count_distinct(Arena *arena, const Member *members, uint32_t count)
{
    Strs all = {0};
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t value = 0; value < members[i].event->values.count; value++) {
            ARRAY_PUSH(arena, &all, members[i].event->values.items[value]);
        }
    }
    if (all.count > 0) {
        qsort(all.items, all.count, sizeof *all.items, by_text);
    }
    uint64_t distinct = 0;
    for (uint32_t i = 0; i < all.count; i++) {
        distinct += i == 0 || !str_equal(all.items[i], all.items[i - 1]);
    }
    return distinct;
}

static bool was_told_after(FinderPlain *plain, Str key, int64_t time)
{
    const Times *told = times_of(plain, key);
    return told->count > 0 && told->items[told->count - 1] >= time;
}

static bool run_group(FinderPlain *plain, Arena *arena, const Member *members, uint32_t count,
                      const FinderEnd *end, Err *err)
{
    uint64_t values = count_distinct(arena, members, count);
    FoundThreshold found = {.run = plain->run,
                            .first = members[0].event->time,
                            .last = members[count - 1].event->time,
                            .count = count,
                            .values = values};
    if (count < plain->plan->least || values < plain->plan->least_distinct) {
        return true;
    }
    ARRAY_PUSH(plain->arena, times_of(plain, members[0].key), found.last);
    buffer_clear(&plain->found);
    found_append_threshold(&plain->found, &found, members[0].key);
    Match match = {.query = plain->options.query, .found = buffer_str(&plain->found)};
    return end->take(end->context, &match, err);
}

static int64_t window_begin(const FindingPlan *plan, int64_t run)
{
    int64_t by_window = run - plan->from_ns;
    int64_t run_before = run - plan->interval_ns;
    int64_t by_runs = run_before - plan->to_ns;
    return by_window < by_runs ? by_window : by_runs;
}

static bool run(FinderPlain *plain, const FinderEnd *end, Err *err)
{
    Arena *arena = arena_new();
    ARRAY(Member) members = {0};
    int64_t from = window_begin(plain->plan, plain->run);
    for (uint32_t i = plain->events.count; i-- > 0 && plain->events.items[i].time >= from;) {
        const PlainEvent *event = &plain->events.items[i];
        for (uint32_t group = 0; group < event->groups.count; group++) {
            Member member = {event->groups.items[group], event};
            if (!was_told_after(plain, member.key, event->time)) {
                ARRAY_PUSH(arena, &members, member);
            }
        }
    }
    if (members.count > 0) {
        qsort(members.items, members.count, sizeof *members.items, by_key);
    }
    bool ok = true;
    for (uint32_t at = 0, next = 0; at < members.count && ok; at = next) {
        while (next < members.count && str_equal(members.items[next].key, members.items[at].key)) {
            next++;
        }
        ok = run_group(plain, arena, &members.items[at], next - at, end, err);
    }
    arena_free(arena);
    plain->has_run = false;
    return ok;
}

/* Whether the run looks at what happened at that time. */
static bool reaches(const FindingPlan *plan, int64_t run, int64_t time)
{
    return run - plan->to_ns >= time;
}

static int64_t first_run(const FindingPlan *plan, int64_t time)
{
    time = time < THRESHOLD_LATEST ? time : THRESHOLD_LATEST;
    time = time > -THRESHOLD_LATEST ? time : -THRESHOLD_LATEST;
    int64_t run = (time + plan->to_ns) / plan->interval_ns * plan->interval_ns;
    run -= plan->interval_ns;
    while (!reaches(plan, run, time)) {
        run += plan->interval_ns;
    }
    return run;
}

static bool offer_threshold(FinderPlain *plain, PlainEvent *event, const FinderEnd *end, Err *err)
{
    const FindingPlan *plan = plain->plan;
    bool counts = plan->distinct != FIELD_NONE;
    if (!combine(plain, plan->fields, plan->field_count, &event->groups, err) ||
        (counts && !combine(plain, &plan->distinct, 1, &event->values, err))) {
        return false;
    }
    int64_t next = first_run(plan, event->time);
    if (plain->has_run && plain->run != next && !run(plain, end, err)) {
        return false;
    }
    plain->has_run = true;
    plain->run = next;
    ARRAY_PUSH(plain->arena, &plain->events, *event);
    return true;
}

/* ---- new terms ---- */

static bool give(const FinderPlain *plain, const PlainEvent *event, Str found, const FinderEnd *end,
                 Err *err)
{
    SequenceEvent of = {.place = event->place, .time = event->time};
    Match match = {.query = plain->options.query, .events = &of, .event_count = 1, .found = found};
    return end->take(end->context, &match, err);
}

static bool was_there(const FindingPlan *plan, const Times *times, int64_t time)
{
    for (uint32_t i = times->count; i-- > 0;) {
        int64_t age = 0;
        if (!__builtin_sub_overflow(time, times->items[i], &age) && age <= plan->history_ns) {
            return true;
        }
    }
    return false;
}

static bool offer_terms(FinderPlain *plain, const PlainEvent *event, const FinderEnd *end, Err *err)
{
    Strs keys = {0};
    const FinderOptions *options = &plain->options;
    if (!combine(plain, plain->plan->fields, plain->plan->field_count, &keys, err)) {
        return false;
    }
    bool ok = true;
    for (uint32_t i = 0; i < keys.count && ok; i++) {
        Times *times = times_of(plain, keys.items[i]);
        bool is_told = !was_there(plain->plan, times, event->time) &&
                       (!options->has_since || event->time >= options->since_ns);
        ARRAY_PUSH(plain->arena, times, event->time);
        ok = !is_told || give(plain, event, keys.items[i], end, err);
    }
    return ok;
}

/* ---- threats ---- */

static bool read_side(FinderPlain *plain, bool of_indicator, Values **out, Err *err)
{
    ARRAY(Values) all = {0};
    for (uint32_t i = 0; i < plain->plan->item_count; i++) {
        const ThreatItem *item = &plain->plan->items[i];
        for (uint32_t entry = 0; entry < item->entry_count; entry++) {
            const ThreatEntry *of = &item->entries[entry];
            Values values;
            if (!read_values(plain, of_indicator ? of->indicator : of->event, &values, err)) {
                return false;
            }
            ARRAY_PUSH(plain->arena, &all, values);
        }
    }
    *out = all.items;
    return true;
}

static bool is_met(const ThreatEntry *entry, Str indicator, Str event)
{
    IpBlock block;
    IpAddress address;
    return entry->is_ip ? ip_address_parse(event, &address) && ip_block_parse(indicator, &block) &&
                              ip_block_contains(&block, &address)
                        : str_equal(indicator, event);
}

/* The least of the event's values that is one of the indicator's. */
static bool least_met(FinderPlain *plain, const ThreatEntry *entry, const Values *indicator,
                      const Values *event, Str *out)
{
    assert(event != NULL);
    bool found = false;
    for (uint32_t i = 0; i < event->count; i++) {
        Str own = value_to_text(plain->arena, &event->items[i]);
        for (uint32_t j = 0; j < indicator->count; j++) {
            Str other = value_to_text(plain->arena, &indicator->items[j]);
            if (is_met(entry, other, own) && (!found || str_compare(own, *out) < 0)) {
                *out = own;
                found = true;
            }
        }
    }
    return found;
}

/* Appends what is met; false when the item does not hold. */
static bool item_holds(FinderPlain *plain, uint32_t item, const PlainEvent *indicator,
                       const Values *event, Buffer *out)
{
    const ThreatItem *of = &plain->plan->items[item];
    uint32_t before = 0;
    for (uint32_t i = 0; i < item; i++) {
        before += plain->plan->items[i].entry_count;
    }
    for (uint32_t i = 0; i < of->entry_count; i++) {
        Str value = {0};
        bool met = least_met(plain, &of->entries[i], &indicator->of[before + i], &event[before + i],
                             &value);
        if (met == of->entries[i].negated) {
            return false;
        }
        if (met) {
            FoundThreat threat = {indicator->place, item, i, value};
            found_append_threat(out, &threat);
        }
    }
    return true;
}

/* The first so many of what was found. */
static Str first_threats(Str found, uint32_t most)
{
    Str rest = found;
    for (uint32_t i = 0; i < most && rest.len > 0; i++) {
        (void)found_take_threat(&rest);
    }
    return str_slice(found, 0, found.len - rest.len);
}

static bool offer_threats(FinderPlain *plain, const Hit *hit, PlainEvent *event,
                          const FinderEnd *end, Err *err)
{
    bool is_indicator = hit->stage == FINDING_STAGE_INDICATORS;
    if (!read_side(plain, is_indicator, &event->of, err)) {
        return false;
    }
    if (is_indicator) {
        ARRAY_PUSH(plain->arena, &plain->events, *event);
        return true;
    }
    buffer_clear(&plain->found);
    for (uint32_t i = 0; i < plain->events.count; i++) {
        for (uint32_t item = 0; item < plain->plan->item_count; item++) {
            size_t before = plain->found.len;
            if (!item_holds(plain, item, &plain->events.items[i], event->of, &plain->found)) {
                plain->found.len = before;
            }
        }
    }
    Str found = first_threats(buffer_str(&plain->found), THREAT_MAX_MATCHES);
    return found.len == 0 || give(plain, event, found, end, err);
}

bool finder_plain_offer(FinderPlain *plain, const Hit *hit, const FinderEnd *end, Err *err)
{
    SequenceEvent of = {.place = hit->place, .time = hit->time};
    PlainEvent event = {.place = hit->place, .time = hit->time};
    match_documents_set(plain->documents, &of, 1);
    switch (plain->plan->kind) {
    case FINDING_EVENTS: break;
    case FINDING_THRESHOLD: return offer_threshold(plain, &event, end, err);
    case FINDING_NEW_TERMS: return offer_terms(plain, &event, end, err);
    case FINDING_THREATS: return offer_threats(plain, hit, &event, end, err);
    }
    assert(!"nothing to find");
    return false;
}

bool finder_plain_finish(FinderPlain *plain, const FinderEnd *end, Err *err)
{
    return !plain->has_run || run(plain, end, err);
}
