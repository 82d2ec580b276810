#include "compile/eql_compile.h"

#include "compile/eql_lineage.h"
#include "compile/eql_pipe.h"
#include "compile/eql_stage.h"
#include "compile/eql_value.h"
#include "compile/query_dsl.h"

/* What a key is, as far as its stages must agree. */
typedef struct KeyType {
    EqlType type; /* EQL_TYPE_NULL: not known yet */
    Str name, type_name;
} KeyType;

typedef struct QueryBuild {
    QueryScope *scope;
    const EqlQuery *tree;
    EqlCompileOptions options; /* with the defaults put in */
    uint32_t key_count;
    KeyType *key_types;
    JoinKey *global_keys; /* the first tree->key_count of every stage */
    bool refused;
} QueryBuild;

static Str or_default(Str name, Str fallback)
{
    return name.len > 0 ? name : fallback;
}

/* ---- join keys ---- */

static bool check_key_type(QueryScope *scope, const EqlValue *key, KeyType *first)
{
    Str type_name = key->type == EQL_TYPE_DATE ? STR("date") : key->type_name;
    Str name =
        key->node->kind == EQL_FIELD ? key->node->text : query_scope_source(scope, key->node);
    if (key->type == EQL_TYPE_ANY || key->type == EQL_TYPE_NULL) {
        return true;
    }
    if (first->type == EQL_TYPE_NULL) {
        *first = (KeyType){key->type, name, type_name};
        return true;
    }
    /* Without the events' own mapping the types are a guess, and values of two types never meet. */
    if (!scope->strict || eql_type_family(first->type) == eql_type_family(key->type)) {
        return true;
    }
    query_scope_refuse(
        scope, eql_span(key->node), QUERY_CODE_TYPE,
        "Sequence key [%.*s] type [%.*s] is incompatible with key [%.*s] type [%.*s]",
        STR_ARG(name), STR_ARG(type_name), STR_ARG(first->name), STR_ARG(first->type_name));
    return false;
}

static bool has_optional_field(const EqlNode *node)
{
    for (; node != NULL; node = node->left) {
        if (node->kind == EQL_FIELD && node->optional) {
            return true;
        }
        for (uint32_t i = 0; i < node->item_count; i++) {
            if (has_optional_field(node->items[i])) {
                return true;
            }
        }
        if (has_optional_field(node->right)) {
            return true;
        }
    }
    return false;
}

static bool computed_key(QueryScope *scope, const EqlValue *key, JoinKey *out)
{
    bool optional = has_optional_field(key->node);
    if (key->constant && !optional) {
        Str source = query_scope_source(scope, key->node);
        query_scope_refuse(scope, eql_span(key->node), QUERY_CODE_TYPE,
                           "Join key [%.*s] is the same in every event", STR_ARG(source));
        return false;
    }
    *out = plan_builder_key(scope->builder, key->expr, optional);
    return true;
}

static bool join_key(QueryScope *scope, EqlNode *node, KeyType *first, JoinKey *out)
{
    EqlValue key = eql_value(scope, node);
    if (eql_value_refused(&key) || !eql_check(scope, node, &key, (EqlWanted){.kind = 'X'}) ||
        !check_key_type(scope, &key, first)) {
        return false;
    }
    if (node->kind != EQL_FIELD) {
        return computed_key(scope, &key, out);
    }
    /* A key that the mapping lacks, but that may be missing, is null in every event. */
    FieldId field =
        field_table_add(plan_builder_fields(scope->builder), node->text, FIELD_USE_VALUE);
    *out = (JoinKey){.field = field, .optional = node->optional};
    return true;
}

static void build_global_keys(QueryBuild *build)
{
    build->global_keys = ARENA_MANY(build->scope->arena, JoinKey, build->tree->key_count);
    for (uint32_t i = 0; i < build->tree->key_count; i++) {
        if (!join_key(build->scope, build->tree->keys[i], &build->key_types[i],
                      &build->global_keys[i])) {
            build->refused = true;
        }
    }
}

/* ---- stages ---- */

static Stage stage_of(QueryBuild *build, const EqlStage *tree)
{
    QueryScope *scope = build->scope;
    NodeId node = 0;
    bool sound = eql_stage(scope, tree, &node);
    JoinKey *keys = ARENA_MANY(scope->arena, JoinKey, build->key_count);
    uint32_t global = build->tree->key_count;
    for (uint32_t i = 0; i < global; i++) {
        keys[i] = build->global_keys[i];
    }
    for (uint32_t i = global; i < build->key_count; i++) {
        sound = join_key(scope, tree->keys[i - global], &build->key_types[i], &keys[i]) && sound;
    }
    build->refused = build->refused || !sound;
    return (Stage){.node = node, .keys = keys, .missing = tree->missing};
}

static void build_stages(QueryBuild *build, QueryPlan *plan)
{
    const EqlQuery *tree = build->tree;
    Arena *arena = build->scope->arena;
    for (uint32_t i = 0; i < tree->stage_count; i++) {
        plan->stage_count += tree->stages[i].runs;
    }
    Stage *stages = ARENA_MANY(arena, Stage, plan->stage_count);
    for (uint32_t i = 0, at = 0; i < tree->stage_count; i++) {
        Stage stage = stage_of(build, &tree->stages[i]);
        for (uint32_t run = 0; run < tree->stages[i].runs; run++) {
            stages[at++] = stage;
        }
    }
    plan->stages = stages;
    if (tree->until != NULL) {
        Stage *until = ARENA_NEW(arena, Stage);
        *until = stage_of(build, tree->until);
        plan->until = until;
    }
}

/* ---- the query ---- */

static FieldId order_field(QueryBuild *build, Str path)
{
    if (build->tree->kind == EQL_QUERY_SAMPLE) {
        /* Samples have no order: the field may be missing, and a window of time is all that asks for it. */
        return field_table_add(plan_builder_fields(build->scope->builder), path, FIELD_USE_SPAN);
    }
    FieldId field = FIELD_NONE;
    QuerySpan where = {build->tree->at, 1};
    build->refused =
        !eql_field_add(build->scope, path, where, FIELD_USE_SPAN, &field) || build->refused;
    return field;
}

static QueryPlanKind plan_kind(QueryBuild *build)
{
    switch (build->tree->kind) {
    case EQL_QUERY_EVENT: return QUERY_EVENT;
    case EQL_QUERY_SEQUENCE: return QUERY_SEQUENCE;
    case EQL_QUERY_SAMPLE: return QUERY_SAMPLE;
    case EQL_QUERY_JOIN: break;
    }
    QuerySpan where = {build->tree->at, (uint32_t)strlen("join")};
    query_scope_refuse(build->scope, where, QUERY_CODE_UNSUPPORTED, "join is not supported");
    build->refused = true;
    return QUERY_SEQUENCE;
}

static SequenceMatches matches_of(EqlMatches matches)
{
    switch (matches) {
    case EQL_MATCHES_LATEST: break;
    case EQL_MATCHES_STARTS: return SEQUENCE_STARTS;
    case EQL_MATCHES_ALL: return SEQUENCE_ALL;
    }
    return SEQUENCE_LATEST;
}

bool eql_compile(PlanBuilder *builder, const EqlQuery *tree, const EqlCompileOptions *options,
                 Diagnostics *diagnostics, uint32_t *query)
{
    assert(options->dialect == EQL_DIALECT_EXTENDED || !tree->has_matches); /* it was read in it */
    const Schema *schema = field_table_schema(plan_builder_fields(builder));
    QueryScope scope = {.builder = builder,
                        .arena = plan_builder_arena(builder),
                        .schema = schema,
                        .strict = schema_is_strict(schema),
                        .text = tree->text,
                        .dialect = options->dialect,
                        .unmapped = options->unmapped,
                        .events_only = options->events_only,
                        .diagnostics = diagnostics};
    QueryBuild build = {.scope = &scope, .tree = tree, .options = *options};
    scope.options = &build.options;
    scope.has_order = tree->kind != EQL_QUERY_SAMPLE;
    scope.sources = (EqlSources){.process = FIELD_NONE, .parent = FIELD_NONE};
    build.options.timestamp_field = or_default(options->timestamp_field, STR("@timestamp"));
    build.options.event_category_field =
        or_default(options->event_category_field, STR("event.category"));
    build.key_count = tree->key_count + tree->stages[0].key_count;
    build.key_types = ARENA_MANY(scope.arena, KeyType, build.key_count);
    QueryPlan plan = {.kind = plan_kind(&build),
                      .key_count = build.key_count,
                      .maxspan_ns = tree->maxspan_ns,
                      .matches = matches_of(tree->matches),
                      .tiebreaker = FIELD_NONE};
    plan.timestamp = order_field(&build, build.options.timestamp_field);
    if (options->tiebreaker_field.len > 0 && plan.kind != QUERY_SAMPLE) {
        plan.tiebreaker = order_field(&build, options->tiebreaker_field);
    }
    build.refused = !query_dsl_filters(&scope, options->filters, &scope.filter) || build.refused;
    if (options->seen != NULL) {
        NodeId both[] = {scope.filter, *options->seen};
        scope.filter = plan_builder_and(builder, both, ARRAY_LEN(both));
    }
    build_global_keys(&build);
    build_stages(&build, &plan);
    plan.lineage = eql_lineage_plan(&scope);
    build.refused = !eql_pipes(&scope, tree, &plan) || build.refused;
    query_scope_finish(&scope);
    if (build.refused) {
        return false;
    }
    *query = plan_builder_add_query(builder, &plan);
    return true;
}
