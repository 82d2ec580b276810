#include "lang/eql.h"

static bool stages_equal(const EqlStage *a, const EqlStage *b);
static bool nodes_equal(const EqlNode *a, const EqlNode *b);

static bool lists_equal(EqlNode *const *a, uint32_t a_count, EqlNode *const *b, uint32_t b_count)
{
    if (a_count != b_count) {
        return false;
    }
    for (uint32_t i = 0; i < a_count; i++) {
        if (!nodes_equal(a[i], b[i])) {
            return false;
        }
    }
    return true;
}

/* Everything but the operands. How a string was quoted does not matter. */
static bool heads_equal(const EqlNode *a, const EqlNode *b)
{
    return a->kind == b->kind && a->op == b->op && a->negated == b->negated &&
           a->case_insensitive == b->case_insensitive && a->colon == b->colon &&
           a->optional == b->optional && a->indexed == b->indexed && a->boolean == b->boolean &&
           a->integer == b->integer && a->decimal == b->decimal && str_equal(a->text, b->text);
}

/* Down the left sides by a loop: a chain is as deep as the text is long. */
static bool nodes_equal(const EqlNode *a, const EqlNode *b)
{
    while (a != NULL && b != NULL) {
        if (!heads_equal(a, b) || !nodes_equal(a->right, b->right) ||
            !lists_equal(a->items, a->item_count, b->items, b->item_count)) {
            return false;
        }
        if (a->kind == EQL_LINEAGE && !stages_equal(a->subquery, b->subquery)) {
            return false;
        }
        a = a->left;
        b = b->left;
    }
    return a == b;
}

static bool stages_equal(const EqlStage *a, const EqlStage *b)
{
    return a->any == b->any && a->missing == b->missing && a->runs == b->runs &&
           str_equal(a->category, b->category) && nodes_equal(a->condition, b->condition) &&
           lists_equal(a->keys, a->key_count, b->keys, b->key_count);
}

static bool pipes_equal(const EqlPipe *a, const EqlPipe *b)
{
    return str_equal(a->name, b->name) &&
           lists_equal(a->arguments, a->argument_count, b->arguments, b->argument_count);
}

static bool heads_of_queries_equal(const EqlQuery *a, const EqlQuery *b)
{
    return a->kind == b->kind && a->stage_count == b->stage_count &&
           a->pipe_count == b->pipe_count && (a->until == NULL) == (b->until == NULL) &&
           a->has_maxspan == b->has_maxspan && a->maxspan_ns == b->maxspan_ns &&
           a->matches == b->matches && lists_equal(a->keys, a->key_count, b->keys, b->key_count);
}

bool eql_equal(const EqlQuery *a, const EqlQuery *b)
{
    if (!heads_of_queries_equal(a, b)) {
        return false;
    }
    for (uint32_t i = 0; i < a->stage_count; i++) {
        if (!stages_equal(&a->stages[i], &b->stages[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < a->pipe_count; i++) {
        if (!pipes_equal(&a->pipes[i], &b->pipes[i])) {
            return false;
        }
    }
    return a->until == NULL || stages_equal(a->until, b->until);
}
