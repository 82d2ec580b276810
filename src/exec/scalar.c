#include "exec/scalar.h"

#include "base/array.h"
#include "base/regex.h"
#include "base/table.h"
#include "base/text_words.h"
#include "base/utf8.h"
#include "exec/arithmetic.h"
#include "exec/compare.h"
#include "exec/functions.h"
#include "exec/index_name.h"
#include "exec/list_scan.h"
#include "exec/wildcard.h"

typedef struct Compiled {
    const Expr *expr;
    const Regex *const *items;
} Compiled;

struct ScalarPatterns {
    Arena *arena;
    const ValueList *lists; /* of the plan */
    ARRAY(Compiled) list;   /* sorted by the address of the expression */
};

/* ---- regular expressions ---- */

static const Regex *const *compile_items(Arena *arena, const Expr *expr)
{
    const Regex **items = ARENA_MANY(arena, const Regex *, expr->item_count);
    for (uint32_t i = 0; i < expr->item_count; i++) {
        Err err;
        items[i] = regex_compile(arena, expr->items[i].text, expr->fold, &err);
        assert(items[i] != NULL); /* checked when the query was compiled */
    }
    return items;
}

static void collect(ScalarPatterns *patterns, const Expr *expr)
{
    if (expr->kind == EXPR_REGEX) {
        Compiled compiled = {expr, compile_items(patterns->arena, expr)};
        ARRAY_PUSH(patterns->arena, &patterns->list, compiled);
    }
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        collect(patterns, expr->args[i]);
    }
}

static int by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const Compiled *)a)->expr;
    uintptr_t y = (uintptr_t)((const Compiled *)b)->expr;
    return (x > y) - (x < y);
}

ScalarPatterns *scalar_patterns_new(Arena *arena, const PlanSet *plan)
{
    ScalarPatterns *patterns = ARENA_NEW(arena, ScalarPatterns);
    patterns->arena = arena;
    patterns->lists = plan->lists;
    for (uint32_t i = 0; i < plan->predicate_count; i++) {
        collect(patterns, plan->predicates[i].expr);
    }
    for (uint32_t i = 0; i < plan->key_formula_count; i++) {
        collect(patterns, plan->key_formulas[i]->expr);
    }
    if (patterns->list.count > 0) {
        qsort(patterns->list.items, patterns->list.count, sizeof *patterns->list.items, by_address);
    }
    return patterns;
}

const Regex *const *scalar_patterns_of(const ScalarPatterns *patterns, const Expr *expr)
{
    assert(patterns->list.count > 0);
    Compiled wanted = {.expr = expr};
    const Compiled *found = bsearch(&wanted, patterns->list.items, patterns->list.count,
                                    sizeof *patterns->list.items, by_address);
    assert(found != NULL); /* an expression of another plan */
    return found->items;
}

/* ---- evaluation ---- */

/* What the variable of an array function stands for. */
typedef struct Bound {
    Value value;
    const struct Bound *outer;
} Bound;

typedef struct Evaluation {
    const ScalarPatterns *patterns;
    const Value *fields;  /* by slot: the values whose turn it is */
    const Values *arrays; /* by slot: all values */
    const Bound *bound;   /* of the nearest array function */
    uint32_t bodies_left; /* evaluations of array functions' conditions */
    Arena *scratch;
    size_t scratch_outside; /* bytes in scratch arenas of array functions around */
    bool overflowed;        /* SCALAR_MAX_SCRATCH or SCALAR_MAX_BODIES has bitten */
} Evaluation;

static Value evaluate(Evaluation *at, const Expr *expr);

/* Null, true or false. */
static Value truth_of(Value value)
{
    if (value.kind == VALUE_STRING) {
        return str_equal(value.text, STR("true"))    ? value_bool(true)
               : str_equal(value.text, STR("false")) ? value_bool(false)
                                                     : value_null();
    }
    return value.kind == VALUE_BOOL ? value : value_null();
}

static bool is_true(Value value)
{
    return value.kind == VALUE_BOOL && value.boolean;
}

static Str text_of(Evaluation *at, const Value *value, bool fold)
{
    Str text = value_to_text(at->scratch, value);
    return fold ? utf8_fold(at->scratch, text) : text;
}

static Value in(Evaluation *at, const Expr *expr, const Value *value)
{
    bool fold = expr->fold && expr->as == COMPARE_AS_VALUE; /* addresses have no case */
    Str folded = fold ? text_of(at, value, true) : STR("");
    for (uint32_t i = 0; i < expr->item_count; i++) {
        const Value *item = &expr->items[i];
        bool is_equal = fold && item->kind == VALUE_STRING ? str_equal(folded, item->text)
                                                           : compare_equal(value, item, expr->as);
        if (is_equal) {
            return value_bool(true);
        }
    }
    return value_bool(false);
}

static Value like(Evaluation *at, const Expr *expr, const Value *value)
{
    Str text = text_of(at, value, expr->fold);
    for (uint32_t i = 0; i < expr->item_count; i++) {
        if (wildcard_match(expr->items[i].text, text)) {
            return value_bool(true);
        }
    }
    return value_bool(false);
}

static Value regex(Evaluation *at, const Expr *expr, const Value *value)
{
    Str text = text_of(at, value, expr->fold);
    const Regex *const *items = scalar_patterns_of(at->patterns, expr);
    for (uint32_t i = 0; i < expr->item_count; i++) {
        if (regex_match(items[i], text, at->scratch)) {
            return value_bool(true);
        }
    }
    return value_bool(false);
}

static Value phrase(Evaluation *at, const Expr *expr, const Value *value)
{
    Str words = text_words_of(at->scratch, value_to_text(at->scratch, value));
    for (uint32_t i = 0; i < expr->item_count; i++) {
        if (text_words_hold(words, expr->items[i].text)) {
            return value_bool(true);
        }
    }
    return value_bool(false);
}

static Value word_like(Evaluation *at, const Expr *expr, const Value *value)
{
    Str words = text_words_of(at->scratch, value_to_text(at->scratch, value));
    Str word;
    for (size_t from = 0; text_words_next(words, &from, &word);) {
        for (uint32_t i = 0; i < expr->item_count; i++) {
            if (wildcard_match(expr->items[i].text, word)) {
                return value_bool(true);
            }
        }
    }
    return value_bool(false);
}

/* A query of 1 MiB can ask for half a million copies of a text of 1 MiB. */
static bool has_room(const Evaluation *at, const Expr *expr, const Value *args)
{
    size_t bytes = at->scratch_outside + arena_bytes(at->scratch);
    bool copies = expr->function == FUNCTION_CONCAT || expr->fold;
    for (uint32_t i = 0; i < expr->arg_count && copies; i++) {
        bytes += args[i].kind == VALUE_STRING ? args[i].text.len : 0;
    }
    return bytes <= SCALAR_MAX_SCRATCH;
}

static Value call(Evaluation *at, const Expr *expr)
{
    Value *args = ARENA_MANY(at->scratch, Value, expr->arg_count);
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        args[i] = evaluate(at, expr->args[i]);
    }
    if (!has_room(at, expr, args)) {
        at->overflowed = true;
        return value_null();
    }
    return function_apply(expr->function, expr->fold, args, expr->arg_count, at->scratch);
}

/* AND: the first false decides, else a null does. OR: the same with true. */
static Value combine(Evaluation *at, const Expr *expr, bool decisive)
{
    Value result = value_bool(!decisive);
    for (uint32_t i = 0; i < expr->arg_count; i++) {
        Value value = truth_of(evaluate(at, expr->args[i]));
        if (value.kind == VALUE_NULL) {
            result = value;
        } else if (value.boolean == decisive) {
            return value;
        }
    }
    return result;
}

static Value negate_truth(Value value)
{
    value = truth_of(value);
    return value.kind == VALUE_NULL ? value : value_bool(!value.boolean);
}

/* The kinds that look at one value and have nothing to say of null. */
static Value test(Evaluation *at, const Expr *expr)
{
    Value value = evaluate(at, expr->args[0]);
    if (value.kind == VALUE_NULL) {
        return value;
    }
    switch (expr->kind) {
    case EXPR_IN: return in(at, expr, &value);
    case EXPR_LIKE: return like(at, expr, &value);
    case EXPR_PHRASE: return phrase(at, expr, &value);
    case EXPR_WORD_LIKE: return word_like(at, expr, &value);
    case EXPR_IN_LIST:
        return value_bool(list_scan(at->patterns->lists[expr->list].data, &value, at->scratch));
    default: return regex(at, expr, &value);
    }
}

static Value index_test(Evaluation *at, const Expr *expr)
{
    Value value = evaluate(at, expr->args[0]);
    return value_bool(value.kind != VALUE_STRING ||
                      index_name_matches(value.text, expr->items, expr->item_count));
}

static Value compare(Evaluation *at, const Expr *expr)
{
    Value left = evaluate(at, expr->args[0]);
    Value right = evaluate(at, expr->args[1]);
    bool has_text = left.kind == VALUE_STRING || right.kind == VALUE_STRING;
    if (!expr->fold || !has_text || left.kind == VALUE_NULL || right.kind == VALUE_NULL) {
        return compare_apply(expr->op, &left, &right, expr->as);
    }
    return value_bool(str_equal(text_of(at, &left, true), text_of(at, &right, true)));
}

static Value arithmetic(Evaluation *at, const Expr *expr)
{
    Value left = evaluate(at, expr->args[0]);
    Value right = evaluate(at, expr->args[1]);
    return arithmetic_apply(expr->op, &left, &right);
}

static Value variable(const Evaluation *at, uint32_t level)
{
    const Bound *bound = at->bound;
    for (; bound != NULL && level > 0; level--) {
        bound = bound->outer;
    }
    assert(bound != NULL); /* a variable stands inside of what binds it */
    return bound->value;
}

/* How many of the field's values make the condition true; no further than `most`. */
static uint32_t count_values(Evaluation *at, const Expr *expr, uint32_t most)
{
    const Values *array = &at->arrays[expr->slot];
    Bound bound = {.outer = at->bound};
    Evaluation inner = *at;
    uint32_t found = 0;
    /* What a condition makes is gone before the next: an array is as long as an event. */
    inner.scratch = arena_new();
    inner.scratch_outside += arena_bytes(at->scratch);
    inner.bound = &bound;
    for (uint32_t i = 0; i < array->count && found < most; i++) {
        if (inner.bodies_left == 0) {
            inner.overflowed = true;
            break;
        }
        inner.bodies_left--;
        bound.value = array->items[i];
        arena_reset(inner.scratch);
        found += is_true(truth_of(evaluate(&inner, expr->args[0])));
    }
    arena_free(inner.scratch);
    at->bodies_left = inner.bodies_left;
    at->overflowed = at->overflowed || inner.overflowed;
    return found;
}

static Value evaluate(Evaluation *at, const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_LITERAL: return expr->literal;
    case EXPR_FIELD: return at->fields[expr->slot];
    case EXPR_IS_NULL: return value_bool(evaluate(at, expr->args[0]).kind == VALUE_NULL);
    case EXPR_COMPARE: return compare(at, expr);
    case EXPR_ARITHMETIC: return arithmetic(at, expr);
    case EXPR_IN:
    case EXPR_LIKE:
    case EXPR_REGEX:
    case EXPR_PHRASE:
    case EXPR_WORD_LIKE:
    case EXPR_IN_LIST: return test(at, expr);
    case EXPR_CALL: return call(at, expr);
    case EXPR_NEGATE: {
        Value value = evaluate(at, expr->args[0]);
        return arithmetic_negate(&value);
    }
    case EXPR_AND: return combine(at, expr, false);
    case EXPR_OR: return combine(at, expr, true);
    case EXPR_NOT: return negate_truth(evaluate(at, expr->args[0]));
    case EXPR_INDEX: return index_test(at, expr);
    case EXPR_VARIABLE: return variable(at, expr->level);
    case EXPR_SEARCH: return value_bool(count_values(at, expr, 1) > 0);
    case EXPR_COUNT: return value_int(count_values(at, expr, UINT32_MAX));
    }
    assert(!"no such expression");
    return value_null();
}

Value scalar_evaluate(const ScalarPatterns *patterns, const Expr *expr, const Value *fields,
                      Arena *scratch)
{
    Evaluation at = {.patterns = patterns, .fields = fields, .scratch = scratch};
    return evaluate(&at, expr);
}

/* ---- combinations ---- */

#define FEW_FIELDS 8

typedef struct Combination {
    const Values *values; /* by slot */
    uint32_t count;
    uint32_t *turn; /* which value of each slot */
    Value *fields;
} Combination;

static void take_turn(Combination *combination, uint32_t slot, uint32_t turn)
{
    const Values *values = &combination->values[slot];
    combination->turn[slot] = turn;
    combination->fields[slot] = values->count > 0 ? values->items[turn] : value_null();
}

/* The next combination, the last field turning fastest. False after the last one. */
static bool advance(Combination *combination)
{
    for (uint32_t slot = combination->count; slot-- > 0;) {
        uint32_t turn = combination->turn[slot] + 1;
        if (turn < combination->values[slot].count) {
            take_turn(combination, slot, turn);
            return true;
        }
        take_turn(combination, slot, 0);
    }
    return false;
}

static uint32_t most_turns(const Combination *combination)
{
    uint32_t most = SCALAR_MAX_COMBINATIONS;
    for (uint32_t slot = 0; slot < combination->count; slot++) {
        uint32_t values = combination->values[slot].count;
        most = values > most ? values : most;
    }
    return most < SCALAR_MAX_VALUES ? most : SCALAR_MAX_VALUES;
}

/* One expression, tried with one combination after another. */
typedef struct Trial {
    Evaluation at;
    const Expr *expr;
    Combination combination;
    uint32_t left; /* combinations that may still be tried */
    bool begun, is_cut;
    uint32_t few_turns[FEW_FIELDS];
    Value few_fields[FEW_FIELDS];
    Arena *many; /* instead of these */
} Trial;

static void trial_begin(Trial *trial, const ScalarPatterns *patterns, const Formula *formula,
                        const Values *values, Arena *scratch)
{
    /* The few fields stay as they are: to clear them would cost more than most expressions do. */
    trial->at = (Evaluation){.patterns = patterns,
                             .arrays = values,
                             .bodies_left = SCALAR_MAX_BODIES,
                             .scratch = scratch};
    trial->expr = formula->expr;
    trial->begun = false;
    trial->is_cut = false;
    trial->many = NULL;
    Combination *combination = &trial->combination;
    *combination = (Combination){values, formula->field_count - formula->whole_count,
                                 trial->few_turns, trial->few_fields};
    if (combination->count > FEW_FIELDS) {
        trial->many = arena_new();
        combination->turn = ARENA_MANY(trial->many, uint32_t, combination->count);
        combination->fields = ARENA_MANY(trial->many, Value, combination->count);
    }
    for (uint32_t slot = 0; slot < combination->count; slot++) {
        take_turn(combination, slot, 0);
    }
    trial->at.fields = combination->fields;
    trial->left = most_turns(combination);
}

/* What the next combination gives. False when all have been tried, or too many. */
static bool trial_next(Trial *trial, Value *out)
{
    if (trial->begun && !advance(&trial->combination)) {
        return false;
    }
    trial->begun = true;
    trial->is_cut = trial->left == 0;
    if (trial->is_cut) {
        return false;
    }
    trial->left--;
    arena_reset(trial->at.scratch);
    *out = evaluate(&trial->at, trial->expr);
    return true;
}

static void trial_end(Trial *trial, uint64_t *cut)
{
    *cut += trial->is_cut || trial->at.overflowed;
    arena_free(trial->many);
}

bool scalar_holds(const ScalarPatterns *patterns, const Predicate *predicate, const Values *values,
                  Arena *scratch, uint64_t *cut)
{
    Trial trial;
    Value value;
    bool holds = false;
    trial_begin(&trial, patterns, predicate, values, scratch);
    while (!holds && trial_next(&trial, &value)) {
        holds = is_true(truth_of(value));
    }
    trial_end(&trial, cut);
    return holds;
}

/* ---- distinct values ---- */

typedef struct Results {
    Arena *arena;
    Table *keys; /* of the values so far */
    ARRAY(Value) list;
    size_t bytes;
    Buffer key;
} Results;

/* False when there is no room for it. */
static bool keep(Results *results, const Value *value)
{
    buffer_clear(&results->key);
    value_append_key(&results->key, value);
    Str key = buffer_str(&results->key);
    if (results->bytes + key.len > SCALAR_MAX_RESULT_BYTES ||
        results->list.count == SCALAR_MAX_RESULTS) {
        return table_find(results->keys, key) != STR_NONE;
    }
    if (table_add(results->keys, key) == results->list.count) {
        Value copy = *value;
        if (value->kind == VALUE_STRING) {
            copy.text = str_copy(results->arena, value->text);
        }
        ARRAY_PUSH(results->arena, &results->list, copy);
        results->bytes += key.len;
    }
    return true;
}

Values scalar_values(const ScalarPatterns *patterns, const Formula *formula, const Values *values,
                     Arena *arena, Arena *scratch, uint64_t *cut)
{
    Results results = {.arena = arena, .keys = table_new(arena)};
    Trial trial;
    Value value;
    trial_begin(&trial, patterns, formula, values, scratch);
    while (!trial.is_cut && trial_next(&trial, &value)) {
        trial.is_cut = value.kind != VALUE_NULL && !keep(&results, &value);
    }
    trial_end(&trial, cut);
    buffer_done(&results.key);
    return (Values){results.list.items, results.list.count};
}
