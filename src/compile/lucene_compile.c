#include "compile/lucene_compile.h"

#include "compile/query_term.h"

typedef struct Compiler {
    QueryScope *scope;
    const LuceneContext *context;
} Compiler;

static const Str EVERYWHERE[] = {STR_INIT("*")};

static bool condition(const Compiler *compiler, const LuceneNode *node, NodeId *out);

static QuerySpan span(const Compiler *compiler, uint32_t at, uint32_t len)
{
    return compiler->context->no_places ? (QuerySpan){0} : (QuerySpan){at, len};
}

static QueryText text_of(const Compiler *compiler, const LuceneNode *node)
{
    return (QueryText){node->text, span(compiler, node->at, node->len)};
}

static QueryText end_text(const Compiler *compiler, const LuceneEnd *end)
{
    return (QueryText){end->text, span(compiler, end->at, end->len)};
}

static bool has_star(Str name)
{
    size_t at = 0;
    return str_find_byte(name, '*', 0, &at);
}

static bool is_star(Str text)
{
    return str_equal(text, STR("*"));
}

static bool is_everything(const LuceneNode *node)
{
    bool every_field = node->field == NULL || is_star(node->field->name);
    return node->kind == LUCENE_PATTERN && is_star(node->text) && every_field;
}

/* _exists_:name */
static bool asks_for_existence(const LuceneNode *node)
{
    return node->field != NULL && str_equal(node->field->name, STR("_exists_")) &&
           (node->kind == LUCENE_TEXT || node->kind == LUCENE_PHRASE ||
            node->kind == LUCENE_PATTERN);
}

static bool add_range(const Compiler *compiler, QueryTerm *term, const LuceneNode *node)
{
    QueryRange range = {0};
    if (node->low.open && node->high.open) {
        return query_term_add_any(compiler->scope, term);
    }
    if (!node->low.open) {
        range.low_op = node->low.inclusive ? OP_GREATER_EQUAL : OP_GREATER;
        range.low = end_text(compiler, &node->low);
    }
    if (!node->high.open) {
        range.high_op = node->high.inclusive ? OP_LESS_EQUAL : OP_LESS;
        range.high = end_text(compiler, &node->high);
    }
    return query_term_add_range(compiler->scope, term, &range);
}

static bool add_value(const Compiler *compiler, QueryTerm *term, const LuceneNode *node)
{
    QueryScope *scope = compiler->scope;
    QueryText text = text_of(compiler, node);
    switch (node->kind) {
    case LUCENE_TEXT:
        return compiler->context->all ? query_term_add_words(scope, term, text)
                                      : query_term_add_text(scope, term, text, false);
    case LUCENE_PHRASE: return query_term_add_text(scope, term, text, true);
    case LUCENE_PATTERN:
        return is_star(node->text)
                   ? query_term_add_any(scope, term)
                   : query_term_add_pattern(scope, term, &(QueryPattern){.pattern = text});
    case LUCENE_REGEX: return query_term_add_regex(scope, term, text, false);
    case LUCENE_RANGE: return add_range(compiler, term, node);
    case LUCENE_ALL:
    case LUCENE_CLAUSES: break;
    }
    assert(false); /* no leaf */
    return false;
}

/* A leaf, in each of the fields that it is looked for in. */
static bool add_leaf(const Compiler *compiler, QueryTerms *terms, const LuceneNode *node)
{
    const LuceneContext *context = compiler->context;
    bool existence = asks_for_existence(node);
    const Str *names = existence ? &node->text : node->field != NULL ? &node->field->name : NULL;
    uint32_t count = 1;
    if (names == NULL) {
        names = context->field_count > 0 ? context->fields : EVERYWHERE;
        count = context->field_count > 0 ? context->field_count : 1;
    }
    QuerySpan where = span(compiler, node->at, node->len);
    if (node->field != NULL && !existence) {
        where = span(compiler, node->field->at, node->field->len);
    }
    for (uint32_t i = 0; i < count; i++) {
        QueryTerm *term = query_terms_get(compiler->scope, terms, (QueryText){names[i], where},
                                          has_star(names[i]));
        if (term == NULL || !(existence ? query_term_add_any(compiler->scope, term)
                                        : add_value(compiler, term, node))) {
            return false;
        }
    }
    return true;
}

static bool is_leaf(const LuceneNode *node)
{
    return node->kind != LUCENE_ALL && node->kind != LUCENE_CLAUSES && !is_everything(node);
}

/* The clauses of a kind, joined by "or". */
static bool either(const Compiler *compiler, const LuceneNode *node, LuceneOccur occur, NodeId *out)
{
    QueryTerms terms = {0};
    for (uint32_t i = 0; i < node->item_count; i++) {
        const LuceneNode *item = node->items[i];
        NodeId other = 0;
        if (node->occurs[i] != occur) {
            continue;
        }
        if (is_leaf(item)) {
            if (!add_leaf(compiler, &terms, item)) {
                return false;
            }
        } else if (condition(compiler, item, &other)) {
            ARRAY_PUSH(compiler->scope->arena, &terms.nodes, other);
        } else {
            return false;
        }
    }
    *out = query_terms_finish(compiler->scope, &terms);
    return true;
}

static uint32_t count(const LuceneNode *node, LuceneOccur occur)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < node->item_count; i++) {
        found += node->occurs[i] == occur;
    }
    return found;
}

/* Where some clause must hold, those that only may change nothing: whoever wrote them is likely to think otherwise. */
static void warn_of_idle(const Compiler *compiler, const LuceneNode *node)
{
    for (uint32_t i = 0; i < node->item_count; i++) {
        if (node->occurs[i] == LUCENE_MAY) {
            const LuceneNode *item = node->items[i];
            QuerySpan where = span(compiler, item->at, item->len);
            query_scope_warn(compiler->scope, where, "idle-clause",
                             "this clause changes nothing: another beside it must hold; brackets "
                             "around what belongs together help");
            return;
        }
    }
}

static bool all(const Compiler *compiler, const LuceneNode *node, NodeId *out)
{
    PlanBuilder *builder = compiler->scope->builder;
    QueryNodes nodes = {0};
    NodeId part = 0;
    for (uint32_t i = 0; i < node->item_count; i++) {
        if (node->occurs[i] == LUCENE_MUST) {
            if (!condition(compiler, node->items[i], &part)) {
                return false;
            }
            ARRAY_PUSH(compiler->scope->arena, &nodes, part);
        }
    }
    bool must = nodes.count > 0;
    if (count(node, LUCENE_MAY) > 0) {
        if (!either(compiler, node, LUCENE_MAY, &part)) {
            return false;
        }
        if (must) {
            warn_of_idle(compiler, node);
        } else {
            ARRAY_PUSH(compiler->scope->arena, &nodes, part);
        }
    }
    if (count(node, LUCENE_MUST_NOT) > 0) {
        if (!either(compiler, node, LUCENE_MUST_NOT, &part)) {
            return false;
        }
        ARRAY_PUSH(compiler->scope->arena, &nodes, plan_builder_not(builder, part));
    }
    *out = plan_builder_and(builder, nodes.items, nodes.count);
    return true;
}

static bool condition(const Compiler *compiler, const LuceneNode *node, NodeId *out)
{
    QueryTerms terms = {0};
    if (node->kind == LUCENE_CLAUSES) {
        return all(compiler, node, out);
    }
    if (!is_leaf(node)) {
        *out = plan_builder_constant(compiler->scope->builder, true);
        return true;
    }
    if (!add_leaf(compiler, &terms, node)) {
        return false;
    }
    *out = query_terms_finish(compiler->scope, &terms);
    return true;
}

bool lucene_condition(QueryScope *scope, const LuceneNode *tree, const LuceneContext *context,
                      NodeId *out)
{
    return condition(&(Compiler){scope, context}, tree, out);
}

bool lucene_compile(PlanBuilder *builder, Str text, const LuceneNode *tree,
                    const EventQueryOptions *options, Diagnostics *diagnostics, uint32_t *query)
{
    QueryScope scope = event_query_scope(builder, text, options, diagnostics);
    NodeId node = 0;
    bool sound = lucene_condition(&scope, tree, &(LuceneContext){0}, &node);
    return event_query_add(&scope, node, sound, options, query);
}
