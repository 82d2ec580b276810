#include "plan/explain.h"

#include "base/array.h"
#include "base/json_writer.h"
#include "base/timestamp.h"

/* ---- names and values ---- */

static bool is_plain_name(Str path)
{
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
        bool digit = c >= '0' && c <= '9' && i > 0 && path.ptr[i - 1] != '.';
        if (!letter && !digit && !(c == '@' && i == 0)) {
            return false;
        }
    }
    return path.len > 0;
}

static void print_path(Buffer *out, const FieldTable *fields, FieldId field)
{
    Str path = field_table_get(fields, field)->path;
    if (is_plain_name(path)) {
        buffer_append(out, path);
        return;
    }
    buffer_append_byte(out, '`');
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '`') {
            buffer_append_byte(out, '`');
        }
        buffer_append_byte(out, path.ptr[i]);
    }
    buffer_append_byte(out, '`');
}

static void print_text(Buffer *out, Str text)
{
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        switch (c) {
        case '"': buffer_append_c(out, "\\\""); break;
        case '\\': buffer_append_c(out, "\\\\"); break;
        case '\n': buffer_append_c(out, "\\n"); break;
        case '\r': buffer_append_c(out, "\\r"); break;
        case '\t': buffer_append_c(out, "\\t"); break;
        default:
            if ((unsigned char)c < ' ' || c == 0x7f) {
                buffer_append_format(out, "\\u{%02x}", (unsigned)(unsigned char)c);
            } else {
                buffer_append_byte(out, c);
            }
            break;
        }
    }
    buffer_append_byte(out, '"');
}

static void print_value(Buffer *out, const Value *value)
{
    char time[TIMESTAMP_TEXT];
    char digits[32];
    switch (value->kind) {
    case VALUE_NULL: buffer_append_c(out, "null"); break;
    case VALUE_BOOL: buffer_append_c(out, value->boolean ? "true" : "false"); break;
    case VALUE_INT: buffer_append_format(out, "%lld", (long long)value->integer); break;
    case VALUE_DOUBLE: buffer_append(out, json_print_double(value->number, digits)); break;
    case VALUE_DATE: print_text(out, timestamp_print(value->integer, 0, time)); break;
    case VALUE_STRING: print_text(out, value->text); break;
    }
}

/* ---- expressions ---- */

static const char *op_text(ExprOp op)
{
    switch (op) {
    case OP_EQUAL: return " == ";
    case OP_LESS: return " < ";
    case OP_LESS_EQUAL: return " <= ";
    case OP_GREATER: return " > ";
    case OP_GREATER_EQUAL: return " >= ";
    case OP_ADD: return " + ";
    case OP_SUBTRACT: return " - ";
    case OP_MULTIPLY: return " * ";
    case OP_DIVIDE: return " / ";
    case OP_MODULO: return " % ";
    case OP_NONE: break;
    }
    return " ? ";
}

static void print_expr(Buffer *out, const PlanSet *plan, const Expr *expr);

static bool stands_alone(const Expr *expr)
{
    return expr->kind == EXPR_LITERAL || expr->kind == EXPR_FIELD || expr->kind == EXPR_CALL;
}

static void print_operand(Buffer *out, const PlanSet *plan, const Expr *expr)
{
    bool brackets = !stands_alone(expr);
    buffer_append_c(out, brackets ? "(" : "");
    print_expr(out, plan, expr);
    buffer_append_c(out, brackets ? ")" : "");
}

static void print_operands(Buffer *out, const PlanSet *plan, const Expr *expr, const char *between)
{
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        buffer_append_c(out, i == 0 ? "" : between);
        print_operand(out, plan, expr->args[i]);
    }
}

static void print_list(Buffer *out, const PlanSet *plan, const Expr *expr, const char *word)
{
    print_operand(out, plan, expr->args[0]);
    buffer_append_format(out, " %s%s (", word, expr->fold ? "~" : "");
    for (uint32_t i = 0; i < expr->item_count; i++) {
        buffer_append_c(out, i == 0 ? "" : ", ");
        print_value(out, &expr->items[i]);
    }
    buffer_append_byte(out, ')');
}

static void print_call(Buffer *out, const PlanSet *plan, const Expr *expr)
{
    buffer_append(out, function_get(expr->function)->name);
    buffer_append_c(out, expr->fold ? "~(" : "(");
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        buffer_append_c(out, i == 0 ? "" : ", ");
        print_expr(out, plan, expr->args[i]);
    }
    buffer_append_byte(out, ')');
}

static void print_compare(Buffer *out, const PlanSet *plan, const Expr *expr)
{
    if (!expr->fold) {
        print_operands(out, plan, expr, op_text(expr->op));
        return;
    }
    print_operand(out, plan, expr->args[0]);
    buffer_append_c(out, " in~ (");
    print_expr(out, plan, expr->args[1]);
    buffer_append_byte(out, ')');
}

static void print_expr(Buffer *out, const PlanSet *plan, const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_LITERAL: print_value(out, &expr->literal); break;
    case EXPR_FIELD: print_path(out, plan->fields, expr->field); break;
    case EXPR_IS_NULL:
        print_operand(out, plan, expr->args[0]);
        buffer_append_c(out, " == null");
        break;
    case EXPR_COMPARE: print_compare(out, plan, expr); break;
    case EXPR_ARITHMETIC: print_operands(out, plan, expr, op_text(expr->op)); break;
    case EXPR_IN: print_list(out, plan, expr, "in"); break;
    case EXPR_LIKE: print_list(out, plan, expr, "like"); break;
    case EXPR_REGEX: print_list(out, plan, expr, "regex"); break;
    case EXPR_PHRASE: print_list(out, plan, expr, "holds phrase"); break;
    case EXPR_WORD_LIKE: print_list(out, plan, expr, "holds word like"); break;
    case EXPR_INDEX: print_list(out, plan, expr, "matches"); break;
    case EXPR_CALL: print_call(out, plan, expr); break;
    case EXPR_NEGATE:
        buffer_append_byte(out, '-');
        print_operand(out, plan, expr->args[0]);
        break;
    case EXPR_AND: print_operands(out, plan, expr, " and "); break;
    case EXPR_OR: print_operands(out, plan, expr, " or "); break;
    case EXPR_NOT:
        buffer_append_c(out, "not ");
        print_operand(out, plan, expr->args[0]);
        break;
    }
}

void explain_expr(Buffer *out, const PlanSet *plan, const Expr *expr)
{
    print_expr(out, plan, expr);
}

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
        buffer_append_format(out, "[%s] ", lookup_name(predicate_lookup(predicate)));
        print_expr(out, plan, predicate->expr);
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
        print_path(out, plan->fields, key->field);
    } else {
        print_operand(out, plan, key->computed->expr);
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
    read_field(&reads, query->timestamp);
    read_field(&reads, query->tiebreaker);
    buffer_append_c(out, "  reads\n");
    for (uint32_t i = 0; i < reads.list.count; i++) {
        FieldId field = reads.list.items[i];
        indent(out, 2);
        print_path(out, plan->fields, field);
        buffer_append_format(out, ": %s\n", type_name(field_table_get(plan->fields, field)->type));
    }
    arena_free(arena);
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
    for (uint32_t i = 0; i < wanted->pipe_count; i++) {
        buffer_append_format(out, "  %s %llu\n", wanted->pipes[i].tail ? "tail" : "head",
                             (unsigned long long)wanted->pipes[i].count);
    }
    print_reads(out, plan, wanted);
}
