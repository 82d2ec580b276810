#include "rule/rule_finding.h"

#include "lang/date_math.h"
#include "rule/rule_check.h"

#define INDICATOR_PATH "threat.indicator"

bool rule_has_finding(const Rule *rule)
{
    return rule->type == RULE_THRESHOLD || rule->type == RULE_NEW_TERMS ||
           rule->type == RULE_THREAT_MATCH;
}

/* ---- what rules say ---- */

static Str text_of(const Json *object, const char *name)
{
    const Json *value = json_get(object, str_from_c(name));
    return value != NULL && value->kind == JSON_STRING ? value->text : STR("");
}

static int64_t number_of(const Json *object, const char *name)
{
    int64_t number = 0;
    const Json *value = json_get(object, str_from_c(name));
    return value != NULL && json_number_is_i64(value->text, &number) ? number : 0;
}

/* One text, or a list of texts; empty ones are none. */
static StrList texts_of(Arena *arena, const Json *value)
{
    StrList list = {0};
    if (value == NULL || (value->kind != JSON_STRING && value->kind != JSON_ARRAY)) {
        return list;
    }
    bool is_list = value->kind == JSON_ARRAY;
    Str *items = ARENA_MANY(arena, Str, is_list ? value->count : 1);
    const Json *item = is_list ? value->first : value;
    while (item != NULL) {
        if (item->kind == JSON_STRING && item->text.len > 0) {
            items[list.count++] = item->text;
        }
        item = is_list ? item->next : NULL;
    }
    list.items = items;
    return list;
}

static const Json *first_cardinality(const Json *threshold)
{
    const Json *list = json_get(threshold, STR("cardinality"));
    return list != NULL && list->kind == JSON_ARRAY ? list->first : NULL;
}

/* "now-9m" is 9 minutes, whenever now is. */
static bool fixed_offset(Str text, int64_t *before_ns, Err *err)
{
    static const char VARIES[] = "/|My";
    size_t at = 0;
    bool fixed = str_starts_with(text, STR("now"));
    for (size_t i = 0; VARIES[i] != '\0'; i++) {
        fixed = fixed && !str_find_byte(text, VARIES[i], 0, &at);
    }
    int64_t offset = 0;
    if (!fixed || !date_math_parse(text, 0, false, &offset, err) || offset == INT64_MIN) {
        return err_set(err, ERR_UNSUPPORTED,
                       "\"%.*s\" is no fixed time before now, as \"now-9m\" is",
                       STR_ARG(str_slice(text, 0, 60)));
    }
    *before_ns = -offset;
    return true;
}

/* ---- what is wrong ---- */

static uint32_t refuse(RuleList *list, const RuleText *where, const Json *at, const char *message)
{
    rule_problem_add(list, where, at->at, SEVERITY_ERROR, "schema", "%s", message);
    return 1;
}

static uint32_t check_threshold(RuleList *list, const RuleText *where, const Rule *rule)
{
    const Json *threshold = json_get(rule->source, STR("threshold"));
    const Json *cardinality = first_cardinality(threshold);
    if (cardinality == NULL) {
        return 0;
    }
    Str counted = text_of(cardinality, "field");
    StrList fields = texts_of(list->arena, json_get(threshold, STR("field")));
    for (uint32_t i = 0; i < fields.count; i++) {
        if (str_equal(fields.items[i], counted)) {
            return refuse(list, where, cardinality,
                          "threshold.cardinality[0].field is one of threshold.field: a group has "
                          "one value of it, always");
        }
    }
    if (cardinality->next != NULL) {
        rule_problem_add(list, where, cardinality->next->at, SEVERITY_WARNING, "schema",
                         "only the first of threshold.cardinality is looked at");
    }
    return 0;
}

static uint32_t check_new_terms(RuleList *list, const RuleText *where, const Rule *rule)
{
    Err err = {0};
    int64_t history = 0;
    int64_t from = 0;
    const Json *start = json_get(rule->source, STR("history_window_start"));
    bool known = fixed_offset(start->text, &history, &err) && fixed_offset(rule->from, &from, &err);
    return known && history <= from
               ? refuse(list, where, start, "history_window_start must be earlier than from")
               : 0;
}

static bool is_negated(const Json *entry)
{
    const Json *negate = json_get(entry, STR("negate"));
    return negate != NULL && negate->kind == JSON_BOOL && negate->boolean;
}

static bool same_fields(const Json *a, const Json *b)
{
    return str_equal(text_of(a, "field"), text_of(b, "field")) &&
           str_equal(text_of(a, "value"), text_of(b, "value"));
}

static uint32_t check_item(RuleList *list, const RuleText *where, const Json *item)
{
    const Json *entries = json_get(item, STR("entries"));
    bool has_match = false;
    for (const Json *entry = entries->first; entry != NULL; entry = entry->next) {
        has_match = has_match || !is_negated(entry);
        for (const Json *other = entry->next; other != NULL; other = other->next) {
            if (same_fields(entry, other) && is_negated(entry) != is_negated(other)) {
                return refuse(list, where, other,
                              "threat_mapping: the same field cannot match and not match the same "
                              "value");
            }
        }
    }
    return has_match ? 0
                     : refuse(list, where, item,
                              "threat_mapping: an item needs an entry that is not negated");
}

static uint32_t check_threats(RuleList *list, const RuleText *where, const Rule *rule)
{
    uint32_t errors = 0;
    const Json *mapping = json_get(rule->source, STR("threat_mapping"));
    for (const Json *item = mapping->first; item != NULL; item = item->next) {
        errors += check_item(list, where, item);
    }
    return errors;
}

uint32_t rule_finding_check(RuleList *list, const RuleText *where, const Rule *rule)
{
    switch (rule->type) {
    case RULE_THRESHOLD: return check_threshold(list, where, rule);
    case RULE_NEW_TERMS: return check_new_terms(list, where, rule);
    case RULE_THREAT_MATCH: return check_threats(list, where, rule);
    case RULE_EQL:
    case RULE_QUERY:
    case RULE_SAVED_QUERY:
    case RULE_MACHINE_LEARNING:
    case RULE_ESQL: break;
    }
    return 0;
}

/* ---- the plan's words ---- */

static bool threshold_words(Arena *arena, const Rule *rule, FindingWords *words, Err *err)
{
    const Json *threshold = json_get(rule->source, STR("threshold"));
    const Json *cardinality = first_cardinality(threshold);
    StrList fields = texts_of(arena, json_get(threshold, STR("field")));
    *words = (FindingWords){
        .kind = FINDING_THRESHOLD,
        .fields = fields.items,
        .field_count = fields.count,
        .least = (uint64_t)number_of(threshold, "value"),
        .interval_ns = rule->interval_ns,
    };
    if (cardinality != NULL) {
        words->distinct = text_of(cardinality, "field");
        words->least_distinct = (uint64_t)number_of(cardinality, "value");
    }
    if (!fixed_offset(rule->from, &words->from_ns, err)) {
        return err_wrap(err, "from");
    }
    if (!fixed_offset(rule->to, &words->to_ns, err)) {
        return err_wrap(err, "to");
    }
    return words->from_ns > words->to_ns || err_set(err, ERR_UNSUPPORTED, "from is not before to");
}

static bool new_terms_words(Arena *arena, const Rule *rule, FindingWords *words, Err *err)
{
    StrList fields = texts_of(arena, json_get(rule->source, STR("new_terms_fields")));
    *words = (FindingWords){
        .kind = FINDING_NEW_TERMS, .fields = fields.items, .field_count = fields.count};
    if (!fixed_offset(text_of(rule->source, "history_window_start"), &words->history_ns, err)) {
        return err_wrap(err, "history_window_start");
    }
    if (fields.count == 0) {
        return err_set(err, ERR_UNSUPPORTED, "new_terms_fields names no field");
    }
    return words->history_ns > 0 ||
           err_set(err, ERR_UNSUPPORTED, "history_window_start is not before now");
}

static FindingItem item_of(Arena *arena, const Json *item)
{
    const Json *list = json_get(item, STR("entries"));
    FindingEntry *entries = ARENA_MANY(arena, FindingEntry, list->count);
    uint32_t count = 0;
    for (const Json *entry = list->first; entry != NULL; entry = entry->next) {
        entries[count++] = (FindingEntry){.event = text_of(entry, "field"),
                                          .indicator = text_of(entry, "value"),
                                          .negated = is_negated(entry)};
    }
    return (FindingItem){entries, count};
}

static void threat_words(Arena *arena, const Rule *rule, FindingWords *words)
{
    const Json *mapping = json_get(rule->source, STR("threat_mapping"));
    FindingItem *items = ARENA_MANY(arena, FindingItem, mapping->count);
    uint32_t count = 0;
    for (const Json *item = mapping->first; item != NULL; item = item->next) {
        items[count++] = item_of(arena, item);
    }
    *words = (FindingWords){.kind = FINDING_THREATS, .items = items, .item_count = count};
}

static bool words_of(Arena *arena, const Rule *rule, FindingWords *words, Err *err)
{
    assert(rule_has_finding(rule));
    if (rule->type == RULE_THRESHOLD) {
        return threshold_words(arena, rule, words, err);
    }
    if (rule->type == RULE_NEW_TERMS) {
        return new_terms_words(arena, rule, words, err);
    }
    threat_words(arena, rule, words);
    return true;
}

Str rule_indicator_path(const Rule *rule)
{
    Str path = text_of(rule->source, "threat_indicator_path");
    return path.len > 0 ? path : STR(INDICATOR_PATH);
}

/* ---- the plan ---- */

typedef struct Compiling {
    PlanBuilder *plan;
    Arena *arena;
    const Rule *rule;
    const EventQueryOptions *options;
    RuleSkip *why;
} Compiling;

static bool skip(const Compiling *compiling, const char *reason, Str detail)
{
    const Rule *rule = compiling->rule;
    *compiling->why =
        (RuleSkip){.rule = rule,
                   .reason = reason,
                   .detail = str_format(compiling->arena, "%.*s:%zu: %.*s", STR_ARG(rule->file),
                                        rule->line, STR_ARG(detail))};
    return false;
}

static bool skip_indicators(const Compiling *compiling, Str query, const Diagnostics *diagnostics)
{
    const Diagnostic *first = diagnostics->list.items;
    while (first->severity != SEVERITY_ERROR) {
        first++; /* there is one */
    }
    size_t line = 0;
    size_t column = 0;
    json_position(query, first->at, &line, &column);
    return skip(compiling, "query error",
                str_format(compiling->arena, "threat_query, line %zu, column %zu: %.*s", line,
                           column, STR_ARG(first->message)));
}

static bool compile_indicators(const Compiling *compiling, NodeId *node)
{
    const Json *source = compiling->rule->source;
    const Json *filters = json_get(source, STR("threat_filters"));
    StrList index = texts_of(compiling->arena, json_get(source, STR("threat_index")));
    Str query = text_of(source, "threat_query");
    EventQueryOptions options = {
        .index_patterns = index.items,
        .index_pattern_count = index.count,
        .filters = filters != NULL && filters->kind == JSON_ARRAY ? filters : NULL,
        .has_now = compiling->options->has_now,
        .now_ns = compiling->options->now_ns,
        .now_span = compiling->options->now_span,
    };
    options.condition = node;
    Diagnostics diagnostics = {.arena = compiling->arena};
    uint32_t none = 0;
    return event_query_compile(compiling->plan, text_of(source, "threat_language"), query, &options,
                               &diagnostics, &none) ||
           skip_indicators(compiling, query, &diagnostics);
}

bool rule_finding_compile(PlanBuilder *plan, const Rule *rule, const EventQueryOptions *options,
                          Diagnostics *diagnostics, RuleSkip *why, uint32_t *query)
{
    Err err = {0};
    FindingWords words;
    NodeId events = 0;
    NodeId indicators = 0;
    Compiling compiling = {plan, diagnostics->arena, rule, options, why};
    *why = (RuleSkip){0};
    if (!words_of(compiling.arena, rule, &words, &err)) {
        return skip(&compiling, "its window cannot be kept to", str_from_c(err.text));
    }
    EventQueryOptions of_events = *options;
    of_events.condition = &events;
    if (!event_query_compile(plan, rule->language, rule->query, &of_events, diagnostics, query) ||
        (words.kind == FINDING_THREATS && !compile_indicators(&compiling, &indicators))) {
        return false;
    }
    *query = finding_compile(plan, &words, events, indicators, STR("@timestamp"));
    return true;
}
