#include "plan/explain.h"

#include "base/array.h"
#include "base/timestamp.h"

/* ---- conditions ---- */

static void indent(Buffer *out, int level)
{
    for (int i = 0; i < level; i++) {
        buffer_append_c(out, "  ");
    }
}

void explain_leaf(Buffer *out, LineageLeaf leaf)
{
    static const char *const RELATIONS[] = {
        [LINEAGE_EVENT] = "event",
        [LINEAGE_CHILD] = "child",
        [LINEAGE_DESCENDANT] = "descendant",
    };
    buffer_append_format(out, "%s of source %u", RELATIONS[leaf.relation], leaf.source + 1u);
}

static void print_node(Buffer *out, const PlanSet *plan, NodeId id, int level)
{
    const PlanNode *node = &plan->nodes[id];
    indent(out, level);
    switch (node->kind) {
    case NODE_FALSE: buffer_append_c(out, "never\n"); break;
    case NODE_TRUE: buffer_append_c(out, "always\n"); break;
    case NODE_PREDICATE: {
        const Predicate *predicate = &plan->predicates[node->predicate];
        if (plan->pipe_fields == NULL) { /* pipes ask each match, one after another */
            buffer_append_format(out, "[%s] ", lookup_name(predicate_lookup(predicate)));
        }
        explain_expr(out, plan, predicate->expr);
        buffer_append_byte(out, '\n');
        break;
    }
    case NODE_AND: buffer_append_c(out, "and\n"); break;
    case NODE_OR: buffer_append_c(out, "or\n"); break;
    case NODE_NOT: buffer_append_c(out, "not\n"); break;
    case NODE_LINEAGE:
        buffer_append_c(out, "[lineage] ");
        explain_leaf(out, node->leaf);
        buffer_append_byte(out, '\n');
        break;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        print_node(out, plan, node->children[i], level + 1);
    }
}

void explain_condition(Buffer *out, const PlanSet *plan, NodeId node, int level)
{
    print_node(out, plan, node, level);
}

/* ---- stages ---- */

void explain_span(Buffer *out, int64_t ns)
{
    static const struct {
        int64_t ns;
        const char *name;
    } UNITS[] = {{86400 * NS_PER_SECOND, "d"},
                 {3600 * NS_PER_SECOND, "h"},
                 {60 * NS_PER_SECOND, "m"},
                 {NS_PER_SECOND, "s"},
                 {NS_PER_MS, "ms"}};
    for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
        if (ns % UNITS[i].ns == 0) {
            buffer_append_format(out, "%lld%s", (long long)(ns / UNITS[i].ns), UNITS[i].name);
            return;
        }
    }
    buffer_append_format(out, "%lldns", (long long)ns);
}

void explain_key(Buffer *out, const PlanSet *plan, const JoinKey *key)
{
    buffer_append_c(out, key->optional ? "?" : "");
    if (key->computed == NULL) {
        explain_path(out, plan->fields, key->field);
    } else {
        explain_operand(out, plan, key->computed->expr);
    }
}

static void print_keys(Buffer *out, const PlanSet *plan, const Stage *stage, uint32_t key_count)
{
    for (uint32_t i = 0; i < key_count; i++) {
        buffer_append_c(out, i == 0 ? " by " : ", ");
        explain_key(out, plan, &stage->keys[i]);
    }
}

static bool same_stage(const Stage *a, const Stage *b, uint32_t key_count)
{
    if (a->condition != b->condition || a->missing != b->missing) {
        return false;
    }
    for (uint32_t i = 0; i < key_count; i++) {
        if (!join_key_equal(&a->keys[i], &b->keys[i])) {
            return false;
        }
    }
    return true;
}

/* Equal stages in a row, as `with runs` makes them, are shown once. */
static void print_stages(Buffer *out, const PlanSet *plan, const QueryPlan *query)
{
    for (uint32_t from = 0, to; from < query->stage_count; from = to) {
        const Stage *stage = &query->stages[from];
        for (to = from + 1;
             to < query->stage_count && same_stage(stage, &query->stages[to], query->key_count);) {
            to++;
        }
        if (to - from > 1) {
            buffer_append_format(out, "  stages %u to %u", from + 1, to);
        } else {
            buffer_append_format(out, "  stage %u", from + 1);
        }
        buffer_append_c(out, stage->missing ? " missing" : "");
        print_keys(out, plan, stage, query->key_count);
        buffer_append_byte(out, '\n');
        print_node(out, plan, stage->condition, 2);
    }
    if (query->until != NULL) {
        buffer_append_c(out, "  until");
        print_keys(out, plan, query->until, query->key_count);
        buffer_append_byte(out, '\n');
        print_node(out, plan, query->until->condition, 2);
    }
}

static void print_sources(Buffer *out, const PlanSet *plan, const LineagePlan *lineage)
{
    for (uint32_t i = 0; i < lineage->source_count; i++) {
        buffer_append_format(out, "  source %u\n", i + 1);
        print_node(out, plan, lineage->sources[i].condition, 2);
    }
}

/* ---- fields ---- */

static const char *type_name(FieldType type)
{
    switch (type) {
    case FIELD_UNKNOWN: return "any type";
    case FIELD_KEYWORD: return "keyword";
    case FIELD_TEXT: return "text";
    case FIELD_LONG: return "long";
    case FIELD_DOUBLE: return "double";
    case FIELD_BOOLEAN: return "boolean";
    case FIELD_IP: return "ip";
    case FIELD_DATE: return "date";
    case FIELD_DATE_NANOS: return "date_nanos";
    case FIELD_VERSION: return "version";
    case FIELD_FLATTENED: return "flattened";
    case FIELD_OBJECT: return "object";
    case FIELD_OTHER: break;
    }
    return "unsupported type";
}

typedef struct Reads {
    const PlanSet *plan;
    bool *seen; /* by field */
    ARRAY(FieldId) list;
    Arena *arena;
} Reads;

static void read_field(Reads *reads, FieldId field)
{
    if (field != FIELD_NONE && !reads->seen[field]) {
        reads->seen[field] = true;
        ARRAY_PUSH(reads->arena, &reads->list, field);
    }
}

static void read_formula(Reads *reads, const Formula *formula)
{
    for (uint32_t i = 0; formula != NULL && i < formula->field_count; i++) {
        read_field(reads, formula->fields[i]);
    }
}

static void read_node(Reads *reads, NodeId id)
{
    const PlanNode *node = &reads->plan->nodes[id];
    if (node->kind == NODE_PREDICATE) {
        read_formula(reads, &reads->plan->predicates[node->predicate]);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        read_node(reads, node->children[i]);
    }
}

static void read_stage(Reads *reads, const Stage *stage, uint32_t key_count)
{
    read_node(reads, stage->condition);
    for (uint32_t i = 0; i < key_count; i++) {
        read_field(reads, stage->keys[i].field);
        read_formula(reads, stage->keys[i].computed);
    }
}

static void print_reads(Buffer *out, const PlanSet *plan, const QueryPlan *query)
{
    Arena *arena = arena_new();
    Reads reads = {.plan = plan, .arena = arena};
    reads.seen = ARENA_MANY(arena, bool, field_table_count(plan->fields));
    for (uint32_t i = 0; i < query->stage_count; i++) {
        /* A repeated stage reads nothing new. */
        if (i == 0 || !same_stage(&query->stages[i], &query->stages[i - 1], query->key_count)) {
            read_stage(&reads, &query->stages[i], query->key_count);
        }
    }
    if (query->until != NULL) {
        read_stage(&reads, query->until, query->key_count);
    }
    for (uint32_t i = 0; i < query->lineage.source_count; i++) {
        read_stage(&reads, &query->lineage.sources[i], 0);
    }
    if (query->lineage.source_count > 0) {
        read_field(&reads, query->lineage.process);
        read_field(&reads, query->lineage.parent);
    }
    for (uint32_t i = 0; i < query->asked_count; i++) {
        read_field(&reads, query->asked[i]);
    }
    read_field(&reads, query->timestamp);
    read_field(&reads, query->tiebreaker);
    buffer_append_c(out, "  reads\n");
    for (uint32_t i = 0; i < reads.list.count; i++) {
        FieldId field = reads.list.items[i];
        indent(out, 2);
        explain_path(out, plan->fields, field);
        buffer_append_format(out, ": %s\n", type_name(field_table_get(plan->fields, field)->type));
    }
    arena_free(arena);
}

static const char *pipe_name(PipeKind kind)
{
    static const char *const NAMES[] = {
#define PIPE_NAME(kind, name) [kind] = (name),
        PIPE_KINDS(PIPE_NAME)
#undef PIPE_NAME
    };
    return NAMES[kind];
}

void explain_pipe(Buffer *out, const PlanSet *plan, const Pipe *pipe)
{
    const PlanSet *pipes = plan->pipes;
    buffer_append_c(out, pipe_name(pipe->kind));
    if (pipe->kind == PIPE_HEAD || pipe->kind == PIPE_TAIL) {
        buffer_append_format(out, " %llu", (unsigned long long)pipe->count);
    }
    for (uint32_t i = 0; i < pipe->term_count; i++) {
        buffer_append_c(out, i == 0 ? " " : ", ");
        explain_expr(out, pipes, pipes->predicates[pipe->terms[i].value].expr);
    }
}

static void print_pipe(Buffer *out, const PlanSet *plan, const Pipe *pipe)
{
    buffer_append_c(out, "  ");
    explain_pipe(out, plan, pipe);
    buffer_append_byte(out, '\n');
    if (pipe->kind == PIPE_FILTER) {
        print_node(out, plan->pipes, pipe->node, 2);
    }
}

static const char *query_kind_name(QueryPlanKind kind)
{
    switch (kind) {
    case QUERY_EVENT: return "event";
    case QUERY_SEQUENCE: return "sequence";
    case QUERY_SAMPLE: break;
    }
    return "sample";
}

static const char *matches_words(SequenceMatches matches)
{
    switch (matches) {
    case SEQUENCE_LATEST: break;
    case SEQUENCE_STARTS: return ", matches of each start";
    case SEQUENCE_ALL: return ", all matches";
    }
    return "";
}

void explain_query(Buffer *out, const PlanSet *plan, uint32_t query)
{
    assert(query < plan->query_count);
    const QueryPlan *wanted = &plan->queries[query];
    buffer_append_c(out, query_kind_name(wanted->kind));
    if (wanted->maxspan_ns > 0) {
        buffer_append_c(out, " with maxspan=");
        explain_span(out, wanted->maxspan_ns);
    }
    buffer_append_c(out, matches_words(wanted->matches));
    buffer_append_byte(out, '\n');
    if (wanted->kind == QUERY_EVENT) {
        print_node(out, plan, wanted->stages[0].condition, 1);
    } else {
        print_stages(out, plan, wanted);
    }
    print_sources(out, plan, &wanted->lineage);
    explain_finding(out, plan, wanted);
    for (uint32_t i = 0; i < wanted->pipe_count; i++) {
        print_pipe(out, plan, &wanted->pipes[i]);
    }
    print_reads(out, plan, wanted);
}
