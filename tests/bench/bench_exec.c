/* Measures the exec floor alone: literal sets (libhs beside them, where it is), the index of predicates by the kind of lookup, and the
 * evaluator over columns. Figures are CPU time of this thread, the best of some rounds; one line each:
 * what, how much, unit. */
#include <time.h>

#include "base/buffer.h"
#include "base/table.h"
#include "exec/evaluator.h"
#include "exec/literal_set.h"
#include "exec/predicate_index.h"
#if HAVE_HYPERSCAN
#include "hs_search.h"
#endif

#define ROUNDS 5
#define VALUES 20000u

typedef struct Dice {
    uint64_t state;
} Dice;

static uint32_t roll(Dice *dice, uint32_t sides)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(dice->state >> 33) % sides;
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void tell(const char *what, uint32_t count, double figure, const char *unit)
{
    printf("%-34s %6u  %10.1f %s\n", what, count, figure, unit);
}

/* ---- made-up texts ---- */

static const char *const WORDS[] = {
    "windows",    "system32", "program files", "users",    "public",   "appdata",   "local",
    "temp",       "cmd.exe",  "powershell",    "rundll32", "update",   "microsoft", "chrome",
    "office",     "service",  "host",          "net",      "config",   "run",       "schtasks",
    "create",     "enc",      "bypass",        "hidden",   "download", "invoke",    "http",
    "javascript", "dllhost",  "reg",           "add"};

static Str words(Dice *dice, Arena *arena, uint32_t count, const char *between)
{
    Buffer out = {0};
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(&out, i == 0 ? "" : between);
        buffer_append_c(&out, WORDS[roll(dice, (uint32_t)ARRAY_LEN(WORDS))]);
        if (roll(dice, 3) == 0) {
            buffer_append_format(&out, "%u", roll(dice, 1000));
        }
    }
    Str text = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return text;
}

static Str command_line(Dice *dice, Arena *arena)
{
    return words(dice, arena, 6 + roll(dice, 14), roll(dice, 4) == 0 ? " -" : "\\");
}

/* ---- literal sets ---- */

static void ignore(void *context, uint32_t literal, size_t end)
{
    uint64_t *sum = context;
    *sum += literal + end;
}

typedef struct LiteralBench {
    Arena *arena;
    Str *literals;
    uint32_t count;
    Buffer text;
} LiteralBench;

static LiteralBench literal_bench(uint32_t count)
{
    LiteralBench bench = {.arena = arena_new(), .count = count};
    Dice dice = {count};
    Table *table = table_new(bench.arena);
    while (table_count(table) < count) {
        table_add(table, words(&dice, bench.arena, 1 + roll(&dice, 2), "\\"));
    }
    bench.literals = ARENA_MANY(bench.arena, Str, count);
    for (uint32_t i = 0; i < count; i++) {
        bench.literals[i] = table_text(table, i);
    }
    while (bench.text.len < (1u << 20)) {
        buffer_append(&bench.text, command_line(&dice, bench.arena));
        buffer_append_byte(&bench.text, '\xff');
    }
    return bench;
}

static void tell_literals(const char *name, const LiteralBench *bench, double build, double scan)
{
    char what[64];
    snprintf(what, sizeof what, "literals, %s: build", name);
    tell(what, bench->count, build * 1e3, "ms");
    snprintf(what, sizeof what, "literals, %s: scan", name);
    tell(what, bench->count, (double)bench->text.len / scan / 1e6, "MB/s");
}

static void bench_own(const LiteralBench *bench)
{
    double build = 1e9;
    double scan = 1e9;
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        Arena *arena = arena_new();
        double start = cpu_seconds();
        LiteralSet *set = literal_set_new(arena, bench->literals, bench->count);
        double built = cpu_seconds();
        literal_set_scan(set, buffer_str(&bench->text), ignore, &sum);
        double end = cpu_seconds();
        build = built - start < build ? built - start : build;
        scan = end - built < scan ? end - built : scan;
        arena_free(arena);
    }
    tell_literals("own", bench, build, scan);
}

#if HAVE_HYPERSCAN
static void bench_hs(const LiteralBench *bench)
{
    double build = 1e9;
    double scan = 1e9;
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu_seconds();
        hs_database_t *database = hs_search_build(bench->literals, bench->count);
        double built = cpu_seconds();
        hs_search_scan(database, buffer_str(&bench->text), ignore, &sum);
        double end = cpu_seconds();
        build = built - start < build ? built - start : build;
        scan = end - built < scan ? end - built : scan;
        hs_free_database(database);
    }
    tell_literals("libhs", bench, build, scan);
}
#endif

static void bench_literals(uint32_t count)
{
    LiteralBench bench = literal_bench(count);
    bench_own(&bench);
#if HAVE_HYPERSCAN
    bench_hs(&bench);
#endif
    buffer_done(&bench.text);
    arena_free(bench.arena);
}

/* ---- plans ---- */

static const Expr *field_expr(PlanBuilder *builder, const char *path)
{
    Expr *expr = ARENA_NEW(plan_builder_arena(builder), Expr);
    expr->kind = EXPR_FIELD;
    expr->field = field_table_add(plan_builder_fields(builder), str_from_c(path), FIELD_USE_VALUE);
    return expr;
}

static Expr *list_expr(PlanBuilder *builder, ExprKind kind, const char *path, Value item)
{
    Arena *arena = plan_builder_arena(builder);
    Expr *expr = ARENA_NEW(arena, Expr);
    const Expr **args = ARENA_NEW(arena, const Expr *);
    Value *items = ARENA_NEW(arena, Value);
    *args = field_expr(builder, path);
    *items = item;
    *expr = (Expr){
        .kind = kind, .args = args, .arg_count = 1, .items = items, .item_count = 1, .fold = true};
    return expr;
}

static Expr *binary_expr(PlanBuilder *builder, ExprKind kind, const char *path, Value right)
{
    Arena *arena = plan_builder_arena(builder);
    Expr *literal = ARENA_NEW(arena, Expr);
    *literal = (Expr){.kind = EXPR_LITERAL, .literal = right};
    const Expr **args = ARENA_MANY(arena, const Expr *, 2);
    args[0] = field_expr(builder, path);
    args[1] = literal;
    Expr *expr = ARENA_NEW(arena, Expr);
    *expr = (Expr){.kind = kind, .args = args, .arg_count = 2};
    return expr;
}

typedef enum Made {
    MADE_EQUAL,
    MADE_FOLDED,
    MADE_PART,
    MADE_WILD,
    MADE_SHORT,
    MADE_REGEX,
    MADE_CIDR,
    MADE_RANGE,
    MADE_VALUE,
    MADE_KINDS
} Made;

static const char *const MADE_NAMES[] = {
    [MADE_EQUAL] = "equal",       [MADE_FOLDED] = "folded",     [MADE_PART] = "part (*x*)",
    [MADE_WILD] = "wild (*x*y*)", [MADE_SHORT] = "short (-x*)", [MADE_REGEX] = "regex",
    [MADE_CIDR] = "cidr",         [MADE_RANGE] = "range",       [MADE_VALUE] = "value (length)"};

static const Expr *made_expr(PlanBuilder *builder, Dice *dice, Made kind, const char *path)
{
    Arena *arena = plan_builder_arena(builder);
    Str one = words(dice, arena, 2, "\\");
    Str two = words(dice, arena, 1, "");
    switch (kind) {
    case MADE_EQUAL: {
        Expr *expr = binary_expr(builder, EXPR_COMPARE, path, value_string(one));
        expr->op = OP_EQUAL;
        return expr;
    }
    case MADE_FOLDED: return list_expr(builder, EXPR_IN, path, value_string(one));
    case MADE_PART:
        return list_expr(builder, EXPR_LIKE, path,
                         value_string(str_format(arena, "*%.*s*", STR_ARG(one))));
    case MADE_WILD:
        return list_expr(
            builder, EXPR_LIKE, path,
            value_string(str_format(arena, "*%.*s*%.*s*", STR_ARG(one), STR_ARG(two))));
    case MADE_SHORT:
        return list_expr(builder, EXPR_LIKE, path,
                         value_string(str_format(arena, "%c%u*%c?", 'a' + (int)roll(dice, 26),
                                                 roll(dice, 10), 'a' + (int)roll(dice, 26))));
    case MADE_REGEX:
        return list_expr(builder, EXPR_REGEX, path,
                         value_string(str_format(arena, ".*%.*s[a-z]+[0-9]{2,4}.*", STR_ARG(two))));
    case MADE_CIDR: {
        Expr *expr = binary_expr(builder, EXPR_CALL, path,
                                 value_string(str_format(arena, "10.%u.%u.0/%u", roll(dice, 256),
                                                         roll(dice, 256), 16 + roll(dice, 9))));
        expr->function = FUNCTION_CIDR_MATCH;
        return expr;
    }
    case MADE_RANGE: {
        Expr *expr = binary_expr(builder, EXPR_COMPARE, path, value_int(roll(dice, 1u << 30)));
        expr->op = OP_GREATER;
        return expr;
    }
    case MADE_VALUE: {
        Expr *expr = binary_expr(builder, EXPR_COMPARE, path, value_int(roll(dice, 1u << 30)));
        expr->op = OP_EQUAL;
        Expr *length = ARENA_NEW(arena, Expr);
        *length = (Expr){.kind = EXPR_CALL,
                         .function = FUNCTION_LENGTH,
                         .args = ARENA_NEW(arena, const Expr *),
                         .arg_count = 1};
        length->args[0] = expr->args[0];
        expr->args[0] = length;
        return expr;
    }
    case MADE_KINDS: break;
    }
    abort();
}

/* ---- the index ---- */

static Value made_value(Dice *dice, Arena *arena, Made kind)
{
    if (kind == MADE_CIDR) {
        return value_string(
            str_format(arena, "10.%u.%u.%u", roll(dice, 256), roll(dice, 256), roll(dice, 256)));
    }
    return kind == MADE_RANGE ? value_int(roll(dice, 1u << 30))
                              : value_string(command_line(dice, arena));
}

static void bench_index(Made kind, uint32_t count)
{
    Arena *arena = arena_new();
    Dice dice = {kind + 1};
    PlanBuilder *builder = plan_builder_new(arena, schema_builtin(arena));
    for (uint32_t i = 0; i < count; i++) {
        plan_builder_predicate(builder, made_expr(builder, &dice, kind, "x"));
    }
    const PlanSet *plan = plan_builder_finish(builder);
    ScalarPatterns *patterns = scalar_patterns_new(arena, plan);
    PredicateId *ids = ARENA_MANY(arena, PredicateId, plan->predicate_count);
    for (uint32_t i = 0; i < plan->predicate_count; i++) {
        ids[i] = i;
    }
    Values *values = ARENA_MANY(arena, Values, VALUES);
    for (uint32_t i = 0; i < VALUES; i++) {
        values[i] = (Values){ARENA_NEW(arena, Value), 1};
        values[i].items[0] = made_value(&dice, arena, kind);
    }
    double build = cpu_seconds();
    uint64_t work = PREDICATE_INDEX_WORK;
    PredicateIndex *index =
        predicate_index_new(arena, plan, patterns, ids, plan->predicate_count, &work);
    build = cpu_seconds() - build;
    PredicateJudge *judge = predicate_judge_new();
    predicate_judge_fit(judge, index);
    double best = 1e9;
    size_t hits = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t cut = 0;
        double start = cpu_seconds();
        predicate_judge_values(judge, index, values, VALUES, &hits, &cut);
        double took = cpu_seconds() - start;
        best = took < best ? took : best;
    }
    char what[64];
    snprintf(what, sizeof what, "index, %s: build", MADE_NAMES[kind]);
    tell(what, plan->predicate_count, build * 1e3, "ms");
    snprintf(what, sizeof what, "index, %s: judge", MADE_NAMES[kind]);
    tell(what, plan->predicate_count, best / VALUES * 1e9, "ns/value");
    snprintf(what, sizeof what, "index, %s: hits", MADE_NAMES[kind]);
    tell(what, plan->predicate_count, (double)hits / VALUES, "/value");
    predicate_judge_free(judge);
    arena_free(arena);
}

/* ---- the evaluator ---- */

#define FIELDS 20

typedef struct Columns {
    Arena *arena;
    PlanBuilder *builder;
    char names[FIELDS][8];
    Batch *batch;
} Columns;

/* Rules of two positive conditions, one of them a list, and an exception. */
static void add_rules(Columns *columns, Dice *dice, uint32_t predicates)
{
    static const Made KINDS[] = {MADE_FOLDED, MADE_PART, MADE_WILD, MADE_EQUAL};
    NodeId parts[3];
    for (uint32_t i = 0; i < predicates; i++) {
        parts[i % 3] = plan_builder_predicate(
            columns->builder,
            made_expr(columns->builder, dice, KINDS[roll(dice, (uint32_t)ARRAY_LEN(KINDS))],
                      columns->names[roll(dice, FIELDS)]));
        if (i % 3 == 2) {
            parts[2] = plan_builder_not(columns->builder, parts[2]);
            plan_builder_and(columns->builder, parts, 3);
        }
    }
}

static void fill(Columns *columns, const PlanSet *plan, Dice *dice)
{
    columns->batch = batch_new(plan->fields, (size_t)256 << 20);
    while (!batch_full(columns->batch)) {
        FieldSpan spans[FIELDS];
        for (uint32_t f = 0; f < FIELDS; f++) {
            /* half of the rows have one of a few values, as events have */
            Dice common = {roll(dice, 50)};
            Str text = command_line(roll(dice, 10) == 0 ? dice : &common, columns->arena);
            Buffer raw = {0};
            buffer_append_byte(&raw, '"');
            for (size_t i = 0; i < text.len; i++) {
                buffer_append_c(&raw, text.ptr[i] == '\\' ? "\\" : "");
                buffer_append_byte(&raw, text.ptr[i]);
            }
            buffer_append_byte(&raw, '"');
            Str kept = str_copy(columns->arena, buffer_str(&raw));
            buffer_done(&raw);
            FieldId field = 0;
            if (!field_table_find(plan->fields, str_from_c(columns->names[f]), &field)) {
                abort();
            }
            spans[f] = (FieldSpan){field, (uint32_t)kept.len, kept.ptr};
        }
        batch_add_row(columns->batch, &(EventPlace){0}, STR("{}"), spans, FIELDS,
                      (EventNames){STR("i"), STR("i")});
    }
    batch_encode(columns->batch);
}

static uint64_t ask_all(Evaluator *evaluator, const PlanSet *plan, uint32_t rows)
{
    uint64_t found = 0;
    for (NodeId node = 0; node < plan->node_count; node++) {
        if (plan->nodes[node].kind == NODE_AND) {
            const Word *bits = evaluator_rows(evaluator, node);
            found += bits == NULL ? 0 : bitmap_count(bits, rows);
        }
    }
    return found;
}

static void bench_evaluator(uint32_t predicates)
{
    Columns columns = {.arena = arena_new()};
    columns.builder = plan_builder_new(columns.arena, schema_builtin(columns.arena));
    Dice dice = {predicates};
    for (uint32_t f = 0; f < FIELDS; f++) {
        snprintf(columns.names[f], sizeof columns.names[f], "f%u", f);
        field_expr(columns.builder, columns.names[f]);
    }
    add_rules(&columns, &dice, predicates);
    const PlanSet *plan = plan_builder_finish(columns.builder);
    fill(&columns, plan, &dice);
    uint32_t rows = batch_rows(columns.batch);
    double start = cpu_seconds();
    EvaluatorShared *shared = evaluator_shared_new(plan);
    tell("evaluator: build", predicates, (cpu_seconds() - start) * 1e3, "ms");
    Evaluator *evaluator = evaluator_new(shared);
    double best = 1e9;
    for (int round = 0; round <= ROUNDS; round++) {
        start = cpu_seconds();
        evaluator_run(evaluator, columns.batch, NULL);
        ask_all(evaluator, plan, rows);
        double took = cpu_seconds() - start;
        if (round == 0) {
            tell("evaluator: new values", predicates, took / rows * 1e9, "ns/row");
        } else {
            best = took < best ? took : best;
        }
    }
    tell("evaluator: known values", predicates, best / rows * 1e9, "ns/row");
    evaluator_free(evaluator);
    evaluator_shared_free(shared);
    batch_free(columns.batch);
    arena_free(columns.arena);
}

int main(void)
{
    static const uint32_t LITERALS[] = {8, 64, 256, 1024, 4096};
    for (size_t i = 0; i < ARRAY_LEN(LITERALS); i++) {
        bench_literals(LITERALS[i]);
    }
    for (Made kind = 0; kind < MADE_KINDS; kind++) {
        bench_index(kind, kind == MADE_REGEX || kind == MADE_VALUE ? 20 : 1000);
    }
    static const uint32_t PREDICATES[] = {30, 300, 3000, 6000};
    for (size_t i = 0; i < ARRAY_LEN(PREDICATES); i++) {
        bench_evaluator(PREDICATES[i]);
    }
    return EXIT_SUCCESS;
}
