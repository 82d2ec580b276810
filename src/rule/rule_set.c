#include "rule/rule_set.h"

#include "base/utf8.h"
#include "compile/eql_compile.h"

typedef struct Builder {
    Arena *arena;
    PlanBuilder *plan;
    ARRAY(const Rule *) rules;
    ARRAY(RuleSkip) skipped;
    ARRAY(RuleSkip) warnings;
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

/* A filter that is switched off (meta.disabled) changes nothing. */
static bool has_filters(const Rule *rule)
{
    if (rule->filters == NULL) {
        return false;
    }
    for (const Json *filter = rule->filters->first; filter != NULL; filter = filter->next) {
        const Json *meta = json_get(filter, STR("meta"));
        const Json *disabled = meta == NULL ? NULL : json_get(meta, STR("disabled"));
        if (disabled == NULL || disabled->kind != JSON_BOOL || !disabled->boolean) {
            return true;
        }
    }
    return false;
}

/* Why the rule cannot run whatever its query says; NULL when it may. */
static const char *reason_to_skip(const Rule *rule)
{
    bool lucene = str_equal(rule->language, STR("lucene"));
    switch (rule->type) {
    case RULE_EQL: return has_filters(rule) ? "filters are not supported yet" : NULL;
    case RULE_QUERY:
        return lucene ? "lucene rules are not supported yet" : "kuery rules are not supported yet";
    case RULE_SAVED_QUERY: return "saved_query rules are not supported yet";
    case RULE_THRESHOLD: return "threshold rules are not supported yet";
    case RULE_THREAT_MATCH: return "threat_match rules are not supported yet";
    case RULE_NEW_TERMS: return "new_terms rules are not supported yet";
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
    if (rule->exceptions_list != NULL && rule->exceptions_list->count > 0) {
        warn(builder, rule, "exceptions are not applied",
             str_format(
                 builder->arena, "the rule names %u exception list%s, which rule files do not hold",
                 rule->exceptions_list->count, rule->exceptions_list->count == 1 ? "" : "s"));
    }
    if (rule->data_view_id.len > 0) {
        warn(builder, rule, "data view is not known here",
             str_format(builder->arena, "%s instead of data view \"%.*s\"",
                        rule->index.count > 0 ? "the rule's index patterns are used"
                                              : "all events are read",
                        STR_ARG(rule->data_view_id)));
    }
}

/* "file:line:column: message" of the first error, and how many more there are. */
static Str describe(Arena *arena, const Rule *rule, const Diagnostics *diagnostics)
{
    const Diagnostic *first = NULL;
    for (uint32_t i = 0; i < diagnostics->list.count && first == NULL; i++) {
        const Diagnostic *diagnostic = &diagnostics->list.items[i];
        first = diagnostic->severity == SEVERITY_ERROR ? diagnostic : NULL;
    }
    assert(first != NULL);
    size_t line = 0;
    size_t column = 0;
    bool of_file = rule_query_position(rule, first->at, &line, &column);
    Str place = of_file ? str_format(arena, "%.*s:%zu:%zu", STR_ARG(rule->file), line, column)
                        : str_format(arena, "%.*s:%zu: query, line %zu, column %zu",
                                     STR_ARG(rule->file), rule->line, line, column);
    Str more = diagnostics->errors < 2
                   ? STR("")
                   : str_format(arena, " (and %u more)", diagnostics->errors - 1);
    return str_format(arena, "%.*s: %.*s%.*s", STR_ARG(place), STR_ARG(first->message),
                      STR_ARG(more));
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

static void add(Builder *builder, const Rule *rule)
{
    const char *reason = reason_to_skip(rule);
    if (reason != NULL) {
        skip(builder, rule, reason, STR(""));
        return;
    }
    Diagnostics diagnostics = {.arena = builder->arena};
    EqlQuery *tree = eql_parse(builder->arena, rule->query, &diagnostics);
    if (tree == NULL) {
        skip(builder, rule, "query error", describe(builder->arena, rule, &diagnostics));
        return;
    }
    /* timestamp_override chooses the window, not the order: in files the window is the whole
     * input. */
    EqlCompileOptions options = {
        .timestamp_field = rule->timestamp_field,
        .event_category_field = rule->event_category_override,
        .tiebreaker_field = rule->tiebreaker_field,
        .index_patterns = rule->index.items,
        .index_pattern_count = rule->index.count,
    };
    uint32_t query = 0;
    if (!eql_compile(builder->plan, tree, &options, &diagnostics, &query)) {
        skip(builder, rule,
             is_unsupported(&diagnostics) ? "the query uses what is not supported yet"
                                          : "query error",
             describe(builder->arena, rule, &diagnostics));
        return;
    }
    assert(query == builder->rules.count); /* rules[i] is query i */
    ARRAY_PUSH(builder->arena, &builder->rules, rule);
    warn_of_absent(builder, rule);
}

RuleSet *rule_set_build(Arena *arena, const RuleList *list, const Schema *schema,
                        const RuleFilter *filter)
{
    Builder builder = {.arena = arena, .plan = plan_builder_new(arena, schema)};
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
        .skipped = builder.skipped.items,
        .skipped_count = builder.skipped.count,
        .warnings = builder.warnings.items,
        .warning_count = builder.warnings.count,
    };
    return set;
}
