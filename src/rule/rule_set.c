#include "rule/rule_set.h"

#include "base/utf8.h"
#include "compile/eql_compile.h"
#include "compile/event_query.h"
#include "rule/rule_exceptions.h"
#include "rule/rule_finding.h"
#include "rule/rule_time.h"

typedef struct Builder {
    Arena *arena;
    PlanBuilder *plan;
    const Schema *schema;
    ARRAY(const Rule *) rules;
    ARRAY(EqlUnmapped) unmapped;
    ARRAY(RuleSkip) skipped;
    RuleSkips warnings;
    RuleExceptions *exceptions;
    int64_t now_ns; /* 0: not known */
    NowSpan now_span;
} Builder;

static bool name_fits(Arena *arena, const Rule *rule, Str wanted)
{
    if (str_equal_ascii_case(rule->rule_id, wanted) || str_equal_ascii_case(rule->id, wanted)) {
        return true;
    }
    size_t at = 0;
    return str_find(utf8_fold(arena, rule->name), utf8_fold(arena, wanted), 0, &at);
}

static bool names_fit(const RuleFilter *filter, const Rule *rule)
{
    Arena *arena = arena_new();
    bool fits = filter->names.count == 0;
    for (uint32_t i = 0; i < filter->names.count && !fits; i++) {
        fits = name_fits(arena, rule, filter->names.items[i]);
    }
    arena_free(arena);
    return fits;
}

static bool tags_fit(const RuleFilter *filter, const Rule *rule)
{
    for (uint32_t i = 0; i < filter->tags.count; i++) {
        for (uint32_t j = 0; j < rule->tags.count; j++) {
            if (utf8_equal_folded(filter->tags.items[i], rule->tags.items[j])) {
                return true;
            }
        }
    }
    return filter->tags.count == 0;
}

bool rule_filter_passes(const RuleFilter *filter, const Rule *rule)
{
    return (!filter->has_min_severity || rule->severity >= filter->min_severity) &&
           tags_fit(filter, rule) && names_fit(filter, rule);
}

/* Why the rule cannot run whatever its query says; NULL when it may. */
static const char *reason_to_skip(const Rule *rule)
{
    switch (rule->type) {
    case RULE_EQL:
    case RULE_QUERY:
    case RULE_THRESHOLD:
    case RULE_NEW_TERMS:
    case RULE_THREAT_MATCH: return NULL;
    case RULE_SAVED_QUERY:
        return rule->query.len > 0 ? NULL : "the rule's saved query is kept in Kibana";
    case RULE_ESQL: return "ES|QL is not supported yet";
    case RULE_MACHINE_LEARNING: return "machine_learning rules cannot run here";
    }
    return NULL;
}

static void skip(Builder *builder, const Rule *rule, const char *reason, Str detail)
{
    RuleSkip entry = {.rule = rule, .reason = reason, .detail = detail};
    ARRAY_PUSH(builder->arena, &builder->skipped, entry);
}

static void warn(Builder *builder, const Rule *rule, const char *reason, Str detail)
{
    RuleSkip entry = {.rule = rule, .reason = reason, .detail = detail};
    ARRAY_PUSH(builder->arena, &builder->warnings, entry);
}

/* What a rule asks for that only a running Kibana knows. */
static void warn_of_absent(Builder *builder, const Rule *rule)
{
    if (rule->data_view_id.len > 0) {
        warn(builder, rule, "data view is not known here",
             str_format(builder->arena, "%s instead of data view \"%.*s\"",
                        rule->index.count > 0 ? "the rule's index patterns are used"
                                              : "all events are read",
                        STR_ARG(rule->data_view_id)));
    }
}

/* "file:line:column: message", and how many more there are. */
static Str describe(Arena *arena, const Rule *rule, const Diagnostic *first, uint32_t more)
{
    size_t line = 0;
    size_t column = 0;
    bool of_file = rule_query_position(rule, first->at, &line, &column);
    Str place = of_file ? str_format(arena, "%.*s:%zu:%zu", STR_ARG(rule->file), line, column)
                        : str_format(arena, "%.*s:%zu: query, line %zu, column %zu",
                                     STR_ARG(rule->file), rule->line, line, column);
    Str others = more == 0 ? STR("") : str_format(arena, " (and %u more)", more);
    return str_format(arena, "%.*s: %.*s%.*s", STR_ARG(place), STR_ARG(first->message),
                      STR_ARG(others));
}

static Str describe_errors(Arena *arena, const Rule *rule, const Diagnostics *diagnostics)
{
    const Diagnostic *first = NULL;
    for (uint32_t i = 0; i < diagnostics->list.count && first == NULL; i++) {
        const Diagnostic *diagnostic = &diagnostics->list.items[i];
        first = diagnostic->severity == SEVERITY_ERROR ? diagnostic : NULL;
    }
    assert(first != NULL);
    return describe(arena, rule, first, diagnostics->errors - 1);
}

static bool is_unsupported(const Diagnostics *diagnostics)
{
    for (uint32_t i = 0; i < diagnostics->list.count; i++) {
        const Diagnostic *diagnostic = &diagnostics->list.items[i];
        if (diagnostic->severity == SEVERITY_ERROR &&
            strcmp(diagnostic->code, "unsupported") != 0) {
            return false;
        }
    }
    return true;
}

/* timestamp_override chooses the window, not the order: in files the window is the whole input. */
static bool compile_eql(Builder *builder, const Rule *rule, NodeId seen, EqlUnmapped *unmapped,
                        Diagnostics *diagnostics, uint32_t *query)
{
    EqlCompileOptions options = {
        .unmapped = schema_is_strict(builder->schema) ? unmapped : NULL,
        .timestamp_field = rule->timestamp_field,
        .event_category_field = rule->event_category_override,
        .tiebreaker_field = rule->tiebreaker_field,
        .index_patterns = rule->index.items,
        .index_pattern_count = rule->index.count,
        .filters = rule->filters,
        .seen = &seen,
        .events_only = true,
    };
    EqlQuery *tree = eql_parse(builder->arena, rule->query, diagnostics);
    return tree != NULL && eql_compile(builder->plan, tree, &options, diagnostics, query);
}

static bool compile_event_query(Builder *builder, const Rule *rule, NodeId seen,
                                Diagnostics *diagnostics, RuleSkip *why, uint32_t *query)
{
    EventQueryOptions options = {
        .index_patterns = rule->index.items,
        .index_pattern_count = rule->index.count,
        .filters = rule->filters,
        .seen = &seen,
        .has_now = builder->now_ns != 0,
        .now_ns = builder->now_ns,
        .now_span = &builder->now_span,
    };
    if (rule_has_finding(rule)) {
        return rule_finding_compile(builder->plan, rule, &options, diagnostics, why, query);
    }
    return event_query_compile(builder->plan, rule->language, rule->query, &options, diagnostics,
                               query);
}

static void add(Builder *builder, const Rule *rule)
{
    const char *reason = reason_to_skip(rule);
    if (reason != NULL) {
        skip(builder, rule, reason, STR(""));
        return;
    }
    Diagnostics diagnostics = {.arena = builder->arena};
    EqlUnmapped unmapped = {0};
    RuleSkip why = {0};
    uint32_t query = 0;
    uint32_t warnings = builder->warnings.count;
    NodeId seen = rule_exceptions_seen(builder->exceptions, rule, &builder->warnings);
    seen = rule_time_seen(builder->plan, rule, seen);
    bool compiled = rule->type == RULE_EQL
                        ? compile_eql(builder, rule, seen, &unmapped, &diagnostics, &query)
                        : compile_event_query(builder, rule, seen, &diagnostics, &why, &query);
    if (!compiled) {
        builder->warnings.count = warnings; /* they are of rules that run */
    }
    if (!compiled && why.reason != NULL) {
        skip(builder, rule, why.reason, why.detail);
        return;
    }
    if (!compiled) {
        skip(builder, rule,
             is_unsupported(&diagnostics) ? "the query uses what is not supported yet"
                                          : "query error",
             describe_errors(builder->arena, rule, &diagnostics));
        return;
    }
    assert(query == builder->rules.count); /* rules[i] is query i */
    ARRAY_PUSH(builder->arena, &builder->rules, rule);
    ARRAY_PUSH(builder->arena, &builder->unmapped, unmapped);
    warn_of_absent(builder, rule);
}

static void narrow_lifetime(RuleSet *set, const NowSpan *span)
{
    int64_t above = span->from_ns == INT64_MIN ? INT64_MIN : span->from_ns - 1;
    set->now_above_ns = set->now_above_ns > above ? set->now_above_ns : above;
    set->now_upto_ns = set->now_upto_ns < span->until_ns ? set->now_upto_ns : span->until_ns;
}

RuleSet *rule_set_build(Arena *arena, const RuleList *list, const Schema *schema,
                        const RuleFilter *filter)
{
    Builder builder = {.arena = arena,
                       .plan = plan_builder_new(arena, schema),
                       .schema = schema,
                       .now_ns = list->exceptions.now_ns,
                       .now_span = {INT64_MIN, INT64_MAX}};
    builder.exceptions = rule_exceptions_new(builder.plan, list);
    for (uint32_t i = 0; i < list->rules.count; i++) {
        if (rule_filter_passes(filter, &list->rules.items[i])) {
            add(&builder, &list->rules.items[i]);
        }
    }
    RuleSet *set = ARENA_NEW(arena, RuleSet);
    *set = (RuleSet){
        .arena = arena,
        .plan = plan_builder_finish(builder.plan),
        .rules = builder.rules.items,
        .count = builder.rules.count,
        .unmapped = schema_is_strict(schema) ? builder.unmapped.items : NULL,
        .skipped = builder.skipped.items,
        .skipped_count = builder.skipped.count,
        .warnings = builder.warnings.items,
        .warning_count = builder.warnings.count,
    };
    exceptions_lifetime(&list->exceptions, &set->now_above_ns, &set->now_upto_ns);
    narrow_lifetime(set, &builder.now_span);
    return set;
}

FieldWatch *rule_set_watch(const RuleSet *set)
{
    ARRAY(FieldId) ids = {0};
    for (uint32_t rule = 0; rule < set->count && set->unmapped != NULL; rule++) {
        for (uint32_t i = 0; i < set->unmapped[rule].list.count; i++) {
            ARRAY_PUSH(set->arena, &ids, set->unmapped[rule].list.items[i].field);
        }
    }
    return ids.count == 0 ? NULL : field_watch_new(set->plan->fields, ids.items, ids.count);
}

/* Only the first of the fields is told in words: to look for names like it takes its time. */
bool rule_set_lacks(const RuleSet *set, uint32_t rule, const FieldWatch *seen, RuleSkip *why)
{
    EqlUnmapped first = {0};
    uint32_t more = 0;
    for (uint32_t i = 0; set->unmapped != NULL && i < set->unmapped[rule].list.count; i++) {
        const EqlUnmappedField *one = &set->unmapped[rule].list.items[i];
        if (seen != NULL && field_watch_saw(seen, one->field)) {
            continue;
        }
        if (first.list.count == 0) {
            ARRAY_PUSH(set->arena, &first.list, *one);
        } else {
            more++;
        }
    }
    if (first.list.count == 0) {
        return false;
    }
    Diagnostics diagnostics = {.arena = set->arena};
    if (seen == NULL) {
        eql_unmapped_tell_unasked(&first, set->plan->fields, &diagnostics);
    } else {
        eql_unmapped_tell(&first, set->plan->fields, seen, &diagnostics);
    }
    *why = (RuleSkip){
        .rule = set->rules[rule],
        .reason = seen == NULL ? "the mapping lacks a field" : "no event has a field it names",
        .detail = describe(set->arena, set->rules[rule], &diagnostics.list.items[0], more),
    };
    return true;
}
