#include "rule/lint.h"

#include "base/table.h"
#include "base/utf8.h"
#include "lang/date_math.h"
#include "lang/eql.h"
#include "plan/function.h"
#include "rule/lint_wildcard.h"

/* What the search for covered items may cost over one query; the longest public one takes 0.3
 * million. */
#define COVER_STEPS ((size_t)20000000)

typedef struct Lint {
    Arena *arena;
    const Schema *schema;
    Diagnostics *findings;
    Table *told;          /* unknown fields, told once each */
    ARRAY(Str) variables; /* of the array functions around */
    size_t steps;
} Lint;

static bool has_wildcard(Str text)
{
    size_t at = 0;
    return str_find_byte(text, '*', 0, &at) || str_find_byte(text, '?', 0, &at);
}

/* --- unknown-field --- */

static bool is_variable(const Lint *lint, Str path)
{
    for (uint32_t i = 0; i < lint->variables.count; i++) {
        if (str_equal(lint->variables.items[i], path)) {
            return true;
        }
    }
    return false;
}

static void check_field(Lint *lint, const EqlNode *field)
{
    if (is_variable(lint, field->text)) {
        return;
    }
    /* "?" in front says that the author knows it may be missing */
    if (field->optional || !schema_lacks(lint->schema, field->text)) {
        return;
    }
    if (table_find(lint->told, field->text) != STR_NONE) {
        return;
    }
    table_add(lint->told, field->text);
    Similar like = schema_similar(lint->schema, lint->arena, field->text, 1);
    Str hint = like.nearest.count == 0 ? STR("")
                                       : str_format(lint->arena, ", did you mean \"%.*s\"?",
                                                    STR_ARG(like.nearest.items[0].name));
    diagnostic_add(lint->findings, SEVERITY_WARNING, "unknown-field", field->at, field->len,
                   "no known schema has the field \"%.*s\"%.*s", STR_ARG(field->text),
                   STR_ARG(hint));
}

/* --- wildcard-in-exact --- */

static void check_exact(Lint *lint, const EqlNode *left, const EqlNode *item, const char *op)
{
    if (left->kind == EQL_FIELD && item->kind == EQL_STRING && has_wildcard(item->text) &&
        lint_reads_as_pattern(left->text, item->text)) {
        diagnostic_add(
            lint->findings, SEVERITY_WARNING, "wildcard-in-exact", item->at, item->len,
            "%s takes * and ? as they stand: this text matches nothing else; \":\" or \"like\" "
            "would read it as a pattern",
            op);
    }
}

/* --- repeated-item --- */

typedef struct Item {
    const EqlNode *node;
    Str text; /* as it is compared */
    bool pattern;
    bool repeated;
} Item;

/* What two items must have in common to be the same; empty for what is not compared here. */
static Str compared_text(Lint *lint, const EqlNode *item, bool fold)
{
    switch (item->kind) {
    case EQL_STRING:
        return str_format(lint->arena, "s%.*s",
                          STR_ARG(fold ? utf8_fold(lint->arena, item->text) : item->text));
    case EQL_INTEGER: return str_format(lint->arena, "n%lld", (long long)item->integer);
    case EQL_BOOLEAN: return item->boolean ? STR("true") : STR("false");
    default: return STR("");
    }
}

static void tell_repeated(Lint *lint, const Item *item)
{
    diagnostic_add(lint->findings, SEVERITY_NOTE, "repeated-item", item->node->at, item->node->len,
                   "this item stands twice in its list");
}

static void find_repeated(Lint *lint, Item *items, uint32_t count)
{
    Table *seen = table_new(lint->arena);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t before = table_count(seen);
        items[i].repeated = items[i].text.len > 0 && table_add(seen, items[i].text) != before;
        if (items[i].repeated) {
            tell_repeated(lint, &items[i]);
        }
    }
}

/* The first pattern that covers the item, other than itself. */
static const Item *covering(Lint *lint, const Item *items, uint32_t count, uint32_t which)
{
    for (uint32_t i = 0; i < count && lint->steps > 0; i++) {
        if (i != which && items[i].pattern && !items[i].repeated &&
            lint_covers(items[i].text, items[which].text, &lint->steps)) {
            return &items[i];
        }
    }
    return NULL;
}

static void find_covered(Lint *lint, const Item *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].repeated || items[i].node->kind != EQL_STRING) {
            continue;
        }
        const Item *by = covering(lint, items, count, i);
        if (by != NULL) {
            diagnostic_add(lint->findings, SEVERITY_NOTE, "repeated-item", items[i].node->at,
                           items[i].node->len, "this item is covered by \"%.*s\" in the same list",
                           STR_ARG(by->node->text));
        }
    }
}

static void check_list(Lint *lint, const EqlNode *list)
{
    Item *items = ARENA_MANY(lint->arena, Item, list->item_count);
    bool patterns = false;
    for (uint32_t i = 0; i < list->item_count; i++) {
        const EqlNode *node = list->items[i];
        bool pattern =
            list->kind == EQL_LIKE && node->kind == EQL_STRING && has_wildcard(node->text);
        items[i] = (Item){.node = node,
                          .pattern = pattern,
                          .text = compared_text(lint, node, list->case_insensitive)};
        patterns = patterns || pattern;
    }
    find_repeated(lint, items, list->item_count);
    if (patterns) {
        find_covered(lint, items, list->item_count);
    }
}

/* --- the walk --- */

static void check_node(Lint *lint, const EqlNode *node);
static void check_stage(Lint *lint, const EqlStage *stage);

static void check_equality(Lint *lint, const EqlNode *node)
{
    if (node->op == EQL_EQUAL || node->op == EQL_NOT_EQUAL) {
        const char *op = node->op == EQL_EQUAL ? "==" : "!=";
        check_exact(lint, node->left, node->right, op);
        check_exact(lint, node->right, node->left, op);
    }
}

static void check_items(Lint *lint, const EqlNode *node)
{
    for (uint32_t i = 0; i < node->item_count; i++) {
        if (node->kind == EQL_IN) {
            check_exact(lint, node->left, node->items[i], node->case_insensitive ? "in~" : "in");
        }
        check_node(lint, node->items[i]);
    }
    if (node->kind == EQL_IN || node->kind == EQL_LIKE || node->kind == EQL_REGEX) {
        check_list(lint, node);
    }
}

/* arraySearch(field, name, condition): within the condition the name is no field. */
static bool binds_name(const EqlNode *node)
{
    FunctionId id = FUNCTION_COUNT;
    return node->kind == EQL_CALL && node->item_count == 3 && function_find(node->text, &id) &&
           (id == FUNCTION_ARRAY_SEARCH || id == FUNCTION_ARRAY_COUNT);
}

static void check_binding(Lint *lint, const EqlNode *node)
{
    check_node(lint, node->items[0]);
    ARRAY_PUSH(lint->arena, &lint->variables, node->items[1]->text);
    check_node(lint, node->items[2]);
    lint->variables.count--;
}

static void check_node(Lint *lint, const EqlNode *node)
{
    /* a chain of and/or leans to the left, as long as the text: by a loop, not by calls */
    for (; node != NULL && node->kind == EQL_BINARY; node = node->left) {
        check_equality(lint, node);
        check_node(lint, node->right);
    }
    if (node == NULL) {
        return;
    }
    if (node->kind == EQL_FIELD) {
        check_field(lint, node);
    }
    if (node->kind == EQL_LINEAGE) {
        check_stage(lint, node->subquery);
        return;
    }
    if (binds_name(node)) {
        check_binding(lint, node);
        return;
    }
    check_node(lint, node->left);
    check_items(lint, node);
}

static int by_place(const void *a, const void *b)
{
    const Diagnostic *left = a;
    const Diagnostic *right = b;
    return (left->at > right->at) - (left->at < right->at);
}

static void check_stage(Lint *lint, const EqlStage *stage)
{
    check_node(lint, stage->condition);
    for (uint32_t i = 0; i < stage->key_count; i++) {
        check_node(lint, stage->keys[i]);
    }
}

/* --- maxspan-lookback --- */

/* How far [from, to] reaches, where that is the same at any time: rounding, fixed dates and
 * months make it vary. */
static bool fixed_span(const Rule *rule, int64_t *ns)
{
    static const char VARIES[] = "/|My";
    Str ends[] = {rule->from, rule->to};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        for (size_t c = 0; VARIES[c] != '\0'; c++) {
            size_t at = 0;
            if (!str_starts_with(ends[i], STR("now")) ||
                str_find_byte(ends[i], VARIES[c], 0, &at)) {
                return false;
            }
        }
    }
    Err err = {0};
    int64_t from = 0;
    int64_t to = 0;
    return date_math_parse(rule->from, 0, false, &from, &err) &&
           date_math_parse(rule->to, 0, false, &to, &err) && !__builtin_sub_overflow(to, from, ns);
}

static void check_span(Lint *lint, const Rule *rule, const EqlQuery *query)
{
    int64_t span = 0;
    if (!query->has_maxspan || !fixed_span(rule, &span) || query->maxspan_ns <= span) {
        return;
    }
    Str maxspan = interval_words(lint->arena, query->maxspan_ns);
    Str window = span > 0 ? interval_words(lint->arena, span) : STR("nothing");
    diagnostic_add(
        lint->findings, SEVERITY_WARNING, "maxspan-lookback", query->maxspan_at, 0,
        "maxspan is %.*s, but the rule looks back over %.*s only: longer sequences are never found",
        STR_ARG(maxspan), STR_ARG(window));
}

void lint_rule(const Rule *rule, const Schema *schema, Diagnostics *findings)
{
    if (rule->type != RULE_EQL) {
        return;
    }
    Arena *arena = arena_new();
    uint32_t first = findings->list.count;
    Lint lint = {.arena = arena,
                 .schema = schema,
                 .findings = findings,
                 .told = table_new(arena),
                 .steps = COVER_STEPS};
    Diagnostics faults = {.arena = arena};
    const EqlQuery *query = eql_parse(arena, rule->query, &faults);
    if (query != NULL) { /* a query that does not parse is told when the rule set is built */
        for (uint32_t i = 0; i < query->key_count; i++) {
            check_node(&lint, query->keys[i]);
        }
        for (uint32_t i = 0; i < query->stage_count; i++) {
            check_stage(&lint, &query->stages[i]);
        }
        if (query->until != NULL) {
            check_stage(&lint, query->until);
        }
        check_span(&lint, rule, query);
    }
    if (findings->list.count > first) {
        qsort(findings->list.items + first, findings->list.count - first, sizeof(Diagnostic),
              by_place);
    }
    arena_free(arena);
}
