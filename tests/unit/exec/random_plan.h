#pragma once
/* RandomPlan: random conditions over a few fields of every type, and small random events for them. Texts come from
 * few characters, so that conditions and values meet often. */

#include "base/buffer.h"
#include "plan/explain.h"
#include "plan/expr_build.h"
#include "random.h"

static const char RANDOM_PLAN_MAPPING[] =
    "{\"properties\":{\"k\":{\"type\":\"keyword\"},\"n\":{\"type\":\"long\"},"
    "\"f\":{\"type\":\"double\"},\"t\":{\"type\":\"date\"},\"i\":{\"type\":\"ip\"},"
    "\"b\":{\"type\":\"boolean\"},\"v\":{\"type\":\"version\"}}}";

/* u is in no mapping: each value keeps its own kind. */
static const char *const RANDOM_PLAN_FIELDS[] = {"k", "n", "f", "t", "i", "b", "v", "u", "_index"};

static inline const char *random_pick(Random *random, const char *const *texts, size_t count)
{
    return texts[random_below(random, (uint32_t)count)];
}

#define RANDOM_PICK(random, ...)                              \
    random_pick((random), (const char *const[]){__VA_ARGS__}, \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* Text of pieces; more often than not one that another text is, or begins or ends with. */
static inline Str random_text(Random *random, Arena *arena)
{
    Str text = STR("");
    uint32_t pieces = random_below(random, 5);
    for (uint32_t i = 0; i < pieces; i++) {
        const char *piece = RANDOM_PICK(
            random, "a", "A", "b", "cmd.exe", "CMD.EXE", "C:\\\\", "\xc3\x89" /* É */,
            "\xc3\xa9" /* é */, "\xc5\xbf" /* long s */, "s", "\xe2\x84\xaa" /* Kelvin */, "k",
            "\xf0\x9f\x98\x80", "\xf0\x90\x90\x80" /* Deseret, has a case */, "5", ".", "-", "*",
            "?", "true", " ");
        text = str_format(arena, "%.*s%s", STR_ARG(text), piece);
    }
    return text;
}

static inline Str random_special_text(Random *random)
{
    return str_from_c(RANDOM_PICK(
        random, "5", "5.0", "-5", "+5", "1e1", "10", "0", "-0.0", "true", "false", "TRUE", "null",
        "1970-01-01T00:00:00.005Z", "1970-01-01T00:00:10Z", "10.0.0.1", "10.0.0.0/8",
        "10.6.48.157/8", "::ffff:10.0.0.1", "fe80::1", "fe80::/10", "::/0", "0.0.0.0/0", "1.2.3",
        "1.2.3-rc.1", "1.10", "bad", "9223372036854775807", "9223372036854775808",
        "9223372036854775807.0", "5 ", "0x10", "logs-a-default",
        ".ds-logs-a-default-2024.05.06-000001", "west:logs-a-default"));
}

static inline Str random_any_text(Random *random, Arena *arena)
{
    return random_below(random, 3) == 0 ? random_special_text(random) : random_text(random, arena);
}

static inline Value random_number(Random *random)
{
    static const int64_t WHOLE[] = {0, 5, -5, 10, 10000, INT64_MAX, INT64_MIN, 1, 3};
    static const double BROKEN[] = {0, -0.0, 5, 5.5, 10, 0.5, -5, 0x1p63, 1e300, 5e-324};
    if (random_below(random, 2) == 0) {
        return value_int(WHOLE[random_below(random, ARRAY_LEN(WHOLE))]);
    }
    return value_double(BROKEN[random_below(random, ARRAY_LEN(BROKEN))]);
}

static inline Value random_value(Random *random, Arena *arena)
{
    switch (random_below(random, 8)) {
    case 0: return value_bool(random_below(random, 2) == 0);
    case 1:
    case 2: return random_number(random);
    case 3: return value_date((int64_t)random_below(random, 3) * 5 * 1000000);
    default: return value_string(random_any_text(random, arena));
    }
}

/* ---- expressions ---- */

static inline const Expr *random_field(Random *random, PlanBuilder *b)
{
    return build_field(b, RANDOM_PLAN_FIELDS[random_below(random, ARRAY_LEN(RANDOM_PLAN_FIELDS))]);
}

static inline Str random_wildcards(Random *random, Arena *arena)
{
    Str text = random_text(random, arena);
    uint32_t stars = random_below(random, 3);
    for (uint32_t i = 0; i < stars; i++) {
        size_t at = random_below(random, (uint32_t)text.len + 1);
        while (at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80) {
            at++;
        }
        Str front = str_slice(text, 0, at);
        Str back = str_slice(text, at, text.len);
        text = str_format(arena, "%.*s%c%.*s", STR_ARG(front),
                          random_below(random, 3) == 0 ? '?' : '*', STR_ARG(back));
    }
    return text;
}

static inline Str random_regex(Random *random, Arena *arena)
{
    Str text = STR("");
    uint32_t parts = 1 + random_below(random, 5);
    for (uint32_t i = 0; i < parts; i++) {
        const char *part =
            RANDOM_PICK(random, "a", "A", "b", ".*", ".", "[a-c]", "[^a]", "(a|b)", "cmd", "\\.",
                        "exe", "\\w", "5", "@", "<1-10>", "\xc3\x89", "s");
        text = str_format(arena, "%.*s%s%s", STR_ARG(text), part,
                          RANDOM_PICK(random, "", "", "", "*", "+", "?", "{2}", "|a"));
    }
    return text;
}

static inline const Expr *random_list(Random *random, PlanBuilder *b, ExprKind kind, const Expr *of)
{
    Arena *arena = plan_builder_arena(b);
    uint32_t count = 1 + random_below(random, 4);
    Value *items = ARENA_MANY(arena, Value, count);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = kind == EXPR_IN     ? random_value(random, arena)
                   : kind == EXPR_LIKE ? value_string(random_wildcards(random, arena))
                                       : value_string(random_regex(random, arena));
    }
    Expr *list = build_list(b, kind, of, random_below(random, 2) == 0, items, count);
    if (kind == EXPR_IN) {
        list->as =
            random_below(random, 4) != 0 ? COMPARE_AS_VALUE : (CompareAs)random_below(random, 4);
    }
    return list;
}

static inline const Expr *random_expr(Random *random, PlanBuilder *b, int depth);

static inline const Expr *random_compare(Random *random, PlanBuilder *b, const Expr *left,
                                         int depth)
{
    static const ExprOp OPS[] = {OP_EQUAL,      OP_EQUAL,   OP_LESS,
                                 OP_LESS_EQUAL, OP_GREATER, OP_GREATER_EQUAL};
    Expr *compare = build_compare(b, left, OPS[random_below(random, ARRAY_LEN(OPS))],
                                  random_value(random, plan_builder_arena(b)));
    compare->as =
        random_below(random, 3) != 0 ? COMPARE_AS_VALUE : (CompareAs)random_below(random, 4);
    compare->fold = compare->op == OP_EQUAL && random_below(random, 4) == 0;
    if (depth > 0 && random_below(random, 4) == 0) {
        const Expr **args = ARENA_MANY(plan_builder_arena(b), const Expr *, 2);
        args[0] = left;
        args[1] = random_expr(random, b, depth - 1);
        compare->args = args;
    }
    return compare;
}

static inline const Expr *random_call(Random *random, PlanBuilder *b, const Expr *first, int depth)
{
    FunctionId id = (FunctionId)random_below(random, FUNCTION_FIRST_ARRAY);
    const Function *function = function_get(id);
    uint32_t most = function->most > 4 ? 4 : function->most;
    uint32_t count = function->fewest + random_below(random, most - function->fewest + 1);
    Arena *arena = plan_builder_arena(b);
    const Expr **args = ARENA_MANY(arena, const Expr *, count);
    args[0] = first;
    for (uint32_t i = 1; i < count; i++) {
        args[i] = depth > 0 && random_below(random, 6) == 0
                      ? random_expr(random, b, depth - 1)
                      : build_literal(b, random_value(random, arena));
    }
    Expr *call = ARENA_NEW(arena, Expr);
    *call = (Expr){.kind = EXPR_CALL,
                   .function = id,
                   .fold = function->has_tilde && random_below(random, 2) == 0,
                   .args = args,
                   .arg_count = count};
    return call;
}

static inline const Expr *random_index(Random *random, PlanBuilder *b)
{
    static const char *const PATTERNS[] = {"logs-*", "-logs-a*", "*:logs-*", "logs-a-default", "*"};
    uint32_t count = 1 + random_below(random, 2);
    Value *items = ARENA_MANY(plan_builder_arena(b), Value, count);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = value_string(str_from_c(random_pick(random, PATTERNS, ARRAY_LEN(PATTERNS))));
    }
    return build_list(b, EXPR_INDEX, build_field(b, FIELD_INDEX_PATH), false, items, count);
}

/* A copy in which half of the fields are the variable of an array function `level` further out. */
static inline const Expr *random_bind(Random *random, PlanBuilder *b, const Expr *expr,
                                      uint32_t level)
{
    Arena *arena = plan_builder_arena(b);
    Expr *copy = ARENA_NEW(arena, Expr);
    *copy = *expr;
    bool is_index = expr->kind == EXPR_INDEX; /* looks at nothing but its field */
    if (expr->kind == EXPR_FIELD && random_below(random, 2) == 0) {
        *copy = (Expr){.kind = EXPR_VARIABLE, .level = level};
    } else if (expr->arg_count > 0 && !is_index) {
        bool is_array = expr->kind == EXPR_SEARCH || expr->kind == EXPR_COUNT;
        const Expr **args = ARENA_MANY(arena, const Expr *, expr->arg_count);
        for (uint32_t i = 0; i < expr->arg_count; i++) {
            args[i] = random_bind(random, b, expr->args[i], level + is_array);
        }
        copy->args = args;
    }
    return copy;
}

static inline const Expr *random_array(Random *random, PlanBuilder *b, int depth)
{
    const Expr *body = random_bind(random, b, random_expr(random, b, depth - 1), 0);
    bool counts = random_below(random, 2) == 0;
    Expr *array = build_expr(b, counts ? EXPR_COUNT : EXPR_SEARCH, body, NULL);
    array->field = random_field(random, b)->field;
    return counts ? build_compare(b, array, (ExprOp)(OP_EQUAL + random_below(random, 5)),
                                  value_int(random_below(random, 3)))
                  : array;
}

static inline ValueSpan random_span(Random *random, bool date)
{
    Value ends[2];
    for (int i = 0; i < 2; i++) {
        ends[i] = date ? value_date((int64_t)random_below(random, 3) * 5 * 1000000)
                       : random_number(random);
    }
    bool turned = value_compare(&ends[0], &ends[1]) > 0;
    return (ValueSpan){ends[turned], ends[!turned]};
}

static inline const Expr *random_value_list(Random *random, PlanBuilder *b, const Expr *of)
{
    static const char *const ADDRESSES[] = {"10.0.0.1",  "10.0.0.0/8", "10.6.48.0-10.6.49.0",
                                            "fe80::/10", "fe80::1",    "::/0"};
    Arena *arena = plan_builder_arena(b);
    ValueListKind kind = (ValueListKind)random_below(random, VALUE_LIST_DATE + 1);
    uint32_t count = random_below(random, 5);
    Str *texts = ARENA_MANY(arena, Str, count);
    ValueSpan *spans = ARENA_MANY(arena, ValueSpan, count);
    for (uint32_t i = 0; i < count; i++) {
        texts[i] = kind == VALUE_LIST_ADDRESS
                       ? str_from_c(random_pick(random, ADDRESSES, ARRAY_LEN(ADDRESSES)))
                       : random_any_text(random, arena);
        spans[i] = random_span(random, kind == VALUE_LIST_DATE);
    }
    ValueList list = {.id = str_format(arena, "%llu", (unsigned long long)random_next(random)),
                      .data = value_list_data_new(arena, kind, texts, count, spans)};
    Expr *expr = build_expr(b, EXPR_IN_LIST, of, NULL);
    expr->list = plan_builder_list(b, &list);
    return expr;
}

static inline const Expr *random_expr(Random *random, PlanBuilder *b, int depth)
{
    if (depth > 0 && random_below(random, 6) == 0) {
        return random_array(random, b, depth);
    }
    const Expr *first = depth > 0 && random_below(random, 3) == 0
                            ? random_expr(random, b, depth - 1)
                            : random_field(random, b);
    switch (random_below(random, 16)) {
    case 0:
    case 1: return random_compare(random, b, first, depth);
    case 2:
    case 3: return random_list(random, b, EXPR_IN, first);
    case 4:
    case 5: return random_list(random, b, EXPR_LIKE, first);
    case 6: return random_list(random, b, EXPR_REGEX, first);
    case 7:
    case 8:
    case 9: return random_call(random, b, first, depth);
    case 10: return build_expr(b, EXPR_IS_NULL, first, NULL);
    case 11: return random_index(random, b);
    case 13:
    case 14: return random_value_list(random, b, first);
    case 12: {
        Expr *sum = build_expr(b, EXPR_ARITHMETIC, first, build_literal(b, random_number(random)));
        sum->op = (ExprOp)(OP_ADD + random_below(random, 5));
        return random_compare(random, b, sum, 0);
    }
    default:
        if (depth == 0) {
            return random_compare(random, b, first, 0);
        }
        return build_expr(b, (ExprKind)(EXPR_AND + random_below(random, 2)), first,
                          random_expr(random, b, depth - 1));
    }
}

/* Predicates, then nodes over nodes. */
static inline const PlanSet *random_plan(Random *random, Arena *arena, uint32_t predicates,
                                         uint32_t nodes)
{
    Err err;
    const Schema *schema = schema_read_mapping(arena, str_from_c(RANDOM_PLAN_MAPPING), &err);
    PlanBuilder *b = plan_builder_new(arena, schema);
    NodeId *made = ARENA_MANY(arena, NodeId, predicates + nodes);
    uint32_t count = 0;
    while (count < predicates) {
        made[count++] = plan_builder_predicate(b, random_expr(random, b, 2));
    }
    while (count < predicates + nodes) {
        NodeId children[4];
        uint32_t wanted = 2 + random_below(random, 3);
        for (uint32_t i = 0; i < wanted; i++) {
            children[i] = made[random_below(random, count)];
        }
        uint32_t kind = random_below(random, 3);
        made[count++] = kind == 0   ? plan_builder_and(b, children, wanted)
                        : kind == 1 ? plan_builder_or(b, children, wanted)
                                    : plan_builder_not(b, children[0]);
    }
    return plan_builder_finish(b);
}

/* ---- events ---- */

static inline void random_json_string(Buffer *out, Str text)
{
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') {
            buffer_append_byte(out, '\\');
        }
        buffer_append_byte(out, text.ptr[i]);
    }
    buffer_append_byte(out, '"');
}

static inline void random_json_scalar(Random *random, Arena *arena, Buffer *out)
{
    switch (random_below(random, 6)) {
    case 0:
        buffer_append_c(out, RANDOM_PICK(random, "null", "true", "false", "{}", "{\"x\":1}"));
        break;
    case 1:
        buffer_append_c(out, RANDOM_PICK(random, "5", "5.0", "-5", "0", "-0.0", "10", "5.5", "1e1",
                                         "9223372036854775807", "9223372036854775808", "1e300",
                                         "10000"));
        break;
    default: random_json_string(out, random_any_text(random, arena));
    }
}

static inline void random_json_value(Random *random, Arena *arena, Buffer *out)
{
    if (random_below(random, 4) != 0) {
        random_json_scalar(random, arena, out);
        return;
    }
    uint32_t count = random_below(random, 4);
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(out, i == 0 ? "" : ",");
        random_json_scalar(random, arena, out);
    }
    buffer_append_byte(out, ']');
}

static inline Str random_document(Random *random, Arena *arena)
{
    Buffer out = {0};
    const char *separator = "";
    buffer_append_byte(&out, '{');
    for (size_t i = 0; i < ARRAY_LEN(RANDOM_PLAN_FIELDS); i++) {
        if (random_below(random, 3) == 0) {
            continue;
        }
        buffer_append_format(&out, "%s\"%s\":", separator, RANDOM_PLAN_FIELDS[i]);
        separator = ",";
        if (str_equal(str_from_c(RANDOM_PLAN_FIELDS[i]), STR(FIELD_INDEX_PATH))) {
            random_json_string(&out, random_special_text(random));
        } else {
            random_json_value(random, arena, &out);
        }
    }
    buffer_append_byte(&out, '}');
    Str text = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return text;
}
