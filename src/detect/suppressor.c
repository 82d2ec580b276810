#include "detect/suppressor.h"

#include "alert/ancestor.h"
#include "base/hash.h"
#include "base/heap.h"
#include "base/timestamp.h"
#include "detect/found.h"
#include "detect/kept_match.h"
#include "detect/suppressor_terms.h"
#include "match/key_table.h"
#include "rule/rule_suppression.h"

typedef struct Group Group;
struct Group {
    KeyRecord record;   /* key: the query's number, the values */
    Group *next;        /* of the query, in order of their beginnings */
    KeptMatch *match;   /* the first; its tuple: the values, as JSON */
    uint64_t number;    /* in order of beginnings, over all queries */
    uint64_t count;     /* matches */
    int64_t start, end; /* times of the earliest and the latest */
};

typedef struct RuleState {
    bool suppresses;
    RuleSuppression plan;
    SuppressorArrays arrays;
    Group *first, *last;
    size_t bytes;
    SuppressorCount count;
} RuleState;

struct Suppressor {
    SuppressorOptions options;
    Arena *lasting;
    Arena *arena; /* one match */
    MatchDocuments *documents;
    RuleState *rules; /* by query */
    KeyTable groups;
    uint64_t seed, begun;
    size_t bytes; /* of all rules' groups */
    Buffer key, terms;
};

static bool is_threshold(const RuleSet *rules, uint32_t query)
{
    return rules->plan->queries[query].finding.kind == FINDING_THRESHOLD;
}

/* A threshold's groups are suppressed by what makes them groups, perhaps nothing at all. */
static StrList group_fields(Arena *arena, const RuleSet *rules, uint32_t query)
{
    const FindingPlan *finding = &rules->plan->queries[query].finding;
    Str *names = ARENA_MANY(arena, Str, finding->field_count);
    for (uint32_t i = 0; i < finding->field_count; i++) {
        names[i] = field_table_get(rules->plan->fields, finding->fields[i])->path;
    }
    return (StrList){.items = names, .count = finding->field_count};
}

static SuppressorArrays arrays_of(const RuleSet *rules, uint32_t query)
{
    if (is_threshold(rules, query)) {
        return SUPPRESSOR_GROUP;
    }
    if (rules->plan->queries[query].kind != QUERY_EVENT) {
        return SUPPRESSOR_SHARED;
    }
    RuleType type = rules->rules[query]->type;
    return type == RULE_QUERY || type == RULE_SAVED_QUERY ? SUPPRESSOR_EACH : SUPPRESSOR_SORTED;
}

Suppressor *suppressor_new(const SuppressorOptions *options)
{
    Suppressor *made = HEAP_NEW(Suppressor);
    *made = (Suppressor){
        .options = *options,
        .lasting = arena_new(),
        .arena = arena_new(),
        .documents = match_documents_new_from(&options->documents),
        .groups = key_table_of(sizeof(Group)),
        .seed = hash_random_seed(),
    };
    made->options.budget = options->budget == 0 ? SUPPRESSOR_BUDGET : options->budget;
    made->rules = ARENA_MANY(made->lasting, RuleState, options->rules->count);
    for (uint32_t i = 0; i < options->rules->count; i++) {
        RuleState *state = &made->rules[i];
        state->suppresses =
            rule_suppression_get(made->lasting, options->rules->rules[i], &state->plan);
        state->arrays = arrays_of(options->rules, i);
        if (state->suppresses && state->arrays == SUPPRESSOR_GROUP) {
            state->plan.fields = group_fields(made->lasting, options->rules, i);
        } else {
            state->suppresses = state->suppresses && state->plan.fields.count > 0;
        }
    }
    return made;
}

void suppressor_free(Suppressor *suppressor)
{
    if (suppressor == NULL) {
        return;
    }
    for (uint32_t i = 0; i < suppressor->options.rules->count; i++) {
        for (Group *group = suppressor->rules[i].first; group != NULL; group = group->next) {
            kept_match_free(group->match);
        }
    }
    key_table_done(&suppressor->groups);
    buffer_done(&suppressor->key);
    buffer_done(&suppressor->terms);
    match_documents_free(suppressor->documents);
    arena_free(suppressor->arena);
    arena_free(suppressor->lasting);
    free(suppressor);
}

SuppressorCount suppressor_count(const Suppressor *suppressor, uint32_t query)
{
    return suppressor->rules[query].count;
}

/* ---- groups that go on ---- */

static void member_time(JsonWriter *out, const char *name, int64_t ns)
{
    char text[TIMESTAMP_TEXT];
    json_member_string(out, name, timestamp_print(ns, 3, text));
}

static Str hash_of(Suppressor *suppressor, const Rule *rule, Str words)
{
    Str text = str_format(suppressor->arena, "%.*s%.*s:%.*s", STR_ARG(words),
                          STR_ARG(suppressor->options.space), STR_ARG(rule->id));
    Hex hex = hash_sha256_hex(text);
    return str_copy(suppressor->arena, str_from_c(hex.text));
}

/* The alert of an event that is in several groups is told apart by these, too. */
static Str id_of(Suppressor *suppressor, const RuleState *state, const Rule *rule,
                 const Group *group)
{
    if (state->arrays != SUPPRESSOR_EACH) {
        return STR("");
    }
    Str words =
        str_format(suppressor->arena, "%.*s%lld %lld ", STR_ARG(kept_match_tuple(group->match)),
                   (long long)group->start, (long long)group->end);
    return hash_of(suppressor, rule, words);
}

static bool tell(Suppressor *suppressor, const RuleState *state, const Group *group, Err *err)
{
    Match match = kept_match_get(group->match);
    const Rule *rule = suppressor->options.rules->rules[match.query];
    Buffer members = {0};
    JsonWriter out = {.out = &members};
    json_member_string(&out, "kibana.alert.instance.id",
                       hash_of(suppressor, rule, kept_match_tuple(group->match)));
    json_key(&out, STR("kibana.alert.suppression.terms"));
    json_raw(&out, kept_match_tuple(group->match));
    member_time(&out, "kibana.alert.suppression.start", group->start);
    member_time(&out, "kibana.alert.suppression.end", group->end);
    json_member_i64(&out, "kibana.alert.suppression.docs_count", (int64_t)group->count - 1);
    match.tuple = STR("");
    match.suppression = buffer_str(&members);
    match.suppression_id = id_of(suppressor, state, rule, group);
    bool taken = suppressor->options.take(suppressor->options.context, &match, err);
    buffer_done(&members);
    return taken;
}

static size_t bytes_of(const Group *group)
{
    return kept_match_bytes(group->match) + key_block_bytes(sizeof *group + group->record.len);
}

/* The oldest of the query. */
static Group *take_first(Suppressor *suppressor, RuleState *state)
{
    Group *group = state->first;
    state->first = group->next;
    state->last = state->first == NULL ? NULL : state->last;
    state->bytes -= bytes_of(group);
    suppressor->bytes -= bytes_of(group);
    return group;
}

static void forget(Suppressor *suppressor, Group *group)
{
    kept_match_free(group->match);
    key_table_remove(&suppressor->groups, group);
}

static bool let_go(Suppressor *suppressor, RuleState *state, Err *err)
{
    Group *group = take_first(suppressor, state);
    bool taken = tell(suppressor, state, group, err);
    forget(suppressor, group);
    return taken;
}

static bool is_over(const RuleState *state, const Group *group, int64_t time)
{
    int64_t last = 0;
    bool ends = state->plan.has_duration &&
                !__builtin_add_overflow(group->start, state->plan.duration_ns, &last);
    return ends && time > last;
}

static bool let_go_all_over(Suppressor *suppressor, RuleState *state, int64_t time, Err *err)
{
    bool taken = true;
    while (taken && state->first != NULL && is_over(state, state->first, time)) {
        taken = let_go(suppressor, state, err);
    }
    return taken;
}

static RuleState *find_most(Suppressor *suppressor)
{
    RuleState *most = &suppressor->rules[0];
    for (uint32_t i = 1; i < suppressor->options.rules->count; i++) {
        most = suppressor->rules[i].bytes > most->bytes ? &suppressor->rules[i] : most;
    }
    return most;
}

static bool make_room(Suppressor *suppressor, Err *err)
{
    bool taken = true;
    while (taken && suppressor->bytes > suppressor->options.budget) {
        RuleState *most = find_most(suppressor);
        most->count.early++;
        taken = let_go(suppressor, most, err);
    }
    return taken;
}

/* ---- matches that come ---- */

static void begin(Suppressor *suppressor, RuleState *state, const Match *match, int64_t time,
                  uint64_t hash)
{
    Group *group = key_table_add(&suppressor->groups, hash, buffer_str(&suppressor->key));
    group->match = kept_match_new(match, buffer_str(&suppressor->terms));
    group->number = suppressor->begun++;
    group->count = 1;
    group->start = group->end = time;
    if (state->last == NULL) {
        state->first = group;
    } else {
        state->last->next = group;
    }
    state->last = group;
    state->bytes += bytes_of(group);
    suppressor->bytes += bytes_of(group);
}

static void join(RuleState *state, Group *group, int64_t time)
{
    group->count++;
    group->start = time < group->start ? time : group->start;
    group->end = time > group->end ? time : group->end;
    state->count.suppressed++;
}

typedef struct Offer {
    Suppressor *suppressor;
    RuleState *state;
    const Match *match;
    int64_t time;
} Offer;

/* One combination of values. */
static void put(void *context, const SuppressorTerm *terms, uint32_t count)
{
    const Offer *offer = context;
    Suppressor *suppressor = offer->suppressor;
    uint32_t query = offer->match->query;
    buffer_clear(&suppressor->key);
    buffer_clear(&suppressor->terms);
    buffer_append(&suppressor->key, (Str){(const char *)&query, sizeof query});
    suppressor_terms_append_key(&suppressor->key, terms, count);
    uint64_t hash = hash_bytes_seeded(buffer_str(&suppressor->key), suppressor->seed);
    Group *group = key_table_find(&suppressor->groups, hash, buffer_str(&suppressor->key));
    if (group != NULL) {
        join(offer->state, group, offer->time);
        return;
    }
    suppressor_terms_append_json(&suppressor->terms, terms, count, offer->state->arrays);
    begin(suppressor, offer->state, offer->match, offer->time, hash);
}

/* The last event's, as of the alert; what has no order in time has what its events say. */
static bool time_of(Suppressor *suppressor, const Match *match, int64_t *time, Err *err)
{
    const QueryPlan *plan = &suppressor->options.rules->plan->queries[match->query];
    Field field = {.path = STR("@timestamp"), .type = FIELD_DATE_NANOS};
    *time = INT64_MIN;
    for (uint32_t i = 0; i < match->event_count; i++) {
        Values values = {0};
        if (match->events[i].missing) {
            continue;
        }
        if (plan->kind == QUERY_SAMPLE &&
            !match_documents_values(suppressor->documents, i, &field, suppressor->arena, &values,
                                    err)) {
            return false;
        }
        int64_t own = plan->kind != QUERY_SAMPLE ? match->events[i].time
                      : values.count > 0 && values.items[0].kind == VALUE_DATE
                          ? values.items[0].integer
                          : 0;
        *time = own > *time ? own : *time;
    }
    return true;
}

/* An alert of the rule itself begins no group: it would be none (alert.h). */
static bool loops(Suppressor *suppressor, const Match *match, bool *out, Err *err)
{
    const Rule *rule = suppressor->options.rules->rules[match->query];
    for (uint32_t i = 0; i < match->event_count && !*out; i++) {
        if (match->events[i].missing) {
            continue;
        }
        const Document *event = match_documents_get(suppressor->documents, i, err);
        if (event == NULL) {
            return false;
        }
        Ancestors ancestors = ancestors_of(suppressor->arena, event);
        *out = ancestors_have_rule(&ancestors, rule->id);
    }
    return true;
}

/* What the match is suppressed by, and whether it is to be an alert of its own. */
static bool read_events(Offer *offer, SuppressorTerms *terms, bool *alone, Err *err)
{
    Suppressor *suppressor = offer->suppressor;
    const Match *match = offer->match;
    match_documents_set(suppressor->documents, match->events, match->event_count);
    if (!loops(suppressor, match, alone, err) || !time_of(suppressor, match, &offer->time, err) ||
        !suppressor_terms_read(terms, suppressor->documents, match, &offer->state->plan.fields,
                               suppressor->arena, err)) {
        return false;
    }
    *alone = *alone || (offer->state->plan.missing_apart && suppressor_terms_lack(terms));
    return true;
}

/* A group's time is that of the run which found it: so they come in order. */
static void read_group(Offer *offer, SuppressorTerms *terms)
{
    Str bytes = offer->match->found;
    offer->time = found_take_threshold(&bytes).run;
    suppressor_terms_of_group(terms, &offer->state->plan.fields, bytes, offer->suppressor->arena);
}

bool suppressor_offer(Suppressor *suppressor, const Match *match, Err *err)
{
    RuleState *state = &suppressor->rules[match->query];
    bool is_group = state->arrays == SUPPRESSOR_GROUP;
    if (!state->suppresses || (match->event_count == 0 && !is_group)) {
        return suppressor->options.take(suppressor->options.context, match, err);
    }
    Offer offer = {suppressor, state, match, 0};
    SuppressorTerms terms;
    bool alone = false;
    arena_reset(suppressor->arena);
    if (is_group) {
        read_group(&offer, &terms);
    } else if (!read_events(&offer, &terms, &alone, err)) {
        return false;
    }
    if (alone) {
        return suppressor->options.take(suppressor->options.context, match, err);
    }
    if (!let_go_all_over(suppressor, state, offer.time, err)) {
        return false;
    }
    state->count.cut += suppressor_terms_each(&terms, state->arrays, put, &offer);
    return make_room(suppressor, err);
}

/* ---- the end ---- */

static int by_beginning(const void *a, const void *b)
{
    const Group *left = *(Group *const *)a;
    const Group *right = *(Group *const *)b;
    if (left->start != right->start) {
        return left->start < right->start ? -1 : 1;
    }
    return left->number < right->number ? -1 : 1;
}

bool suppressor_finish(Suppressor *suppressor, Err *err)
{
    size_t count = 0;
    bool taken = true;
    Group **all = heap_zeroed(suppressor->groups.count + 1, sizeof(Group *));
    for (uint32_t i = 0; i < suppressor->options.rules->count; i++) {
        for (Group *group = suppressor->rules[i].first; group != NULL; group = group->next) {
            all[count++] = group;
        }
    }
    qsort(all, count, sizeof(Group *), by_beginning);
    for (size_t i = 0; i < count && taken; i++) {
        arena_reset(suppressor->arena);
        taken =
            tell(suppressor, &suppressor->rules[kept_match_get(all[i]->match).query], all[i], err);
    }
    free(all);
    return taken;
}
