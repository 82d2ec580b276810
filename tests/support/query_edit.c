#include "query_edit.h"

#include "base/timestamp.h"
#include "base/utf8.h"
#include "lang/eql.h"

/* Edits are met in order on the way through the tree; the one that is wanted is made. */
typedef struct Edit {
    Arena *arena;
    uint32_t wanted, met;
} Edit;

static bool chosen(Edit *edit)
{
    return edit->met++ == edit->wanted;
}

static EqlNode *truth(Edit *edit, bool value)
{
    EqlNode *node = ARENA_NEW(edit->arena, EqlNode);
    *node = (EqlNode){.kind = EQL_BOOLEAN, .boolean = value};
    return node;
}

static bool drop_node(Edit *edit, EqlNode **nodes, uint32_t *count, uint32_t least)
{
    for (uint32_t i = 0; i<*count && * count> least; i++) {
        if (chosen(edit)) {
            memmove(&nodes[i], &nodes[i + 1], (*count - i - 1) * sizeof(EqlNode *));
            --*count;
            return true;
        }
    }
    return false;
}

/* A half of it, or all but its first or last character. */
static bool cut_text(Edit *edit, Str *text)
{
    size_t first = 0;
    size_t last = text->len;
    if (text->len == 0) {
        return false;
    }
    utf8_next(*text, &first);
    do {
        last--;
    } while (last > 0 && ((unsigned char)text->ptr[last] & 0xc0) == 0x80);
    size_t middle = text->len / 2;
    while (middle > 0 && ((unsigned char)text->ptr[middle] & 0xc0) == 0x80) {
        middle--;
    }
    const struct {
        size_t from, to;
    } parts[] = {{0, middle}, {middle, text->len}, {first, text->len}, {0, last}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i].to - parts[i].from < text->len && chosen(edit)) {
            *text = str_slice(*text, parts[i].from, parts[i].to);
            return true;
        }
    }
    return false;
}

static bool edit_leaf(Edit *edit, EqlNode *node)
{
    switch (node->kind) {
    case EQL_STRING: return cut_text(edit, &node->text);
    case EQL_INTEGER:
        if (node->integer != 0 && chosen(edit)) {
            node->integer /= 2;
            return true;
        }
        return false;
    case EQL_DECIMAL:
        if (node->decimal < 1e6 && node->decimal > -1e6 && chosen(edit)) {
            node->kind = EQL_INTEGER;
            node->integer = (int64_t)node->decimal;
            return true;
        }
        return false;
    case EQL_FIELD:
        if (node->optional && chosen(edit)) {
            node->optional = false;
            return true;
        }
        return false;
    case EQL_NULL:
    case EQL_BOOLEAN:
    case EQL_CALL:
    case EQL_BINARY:
    case EQL_NEGATE:
    case EQL_NOT:
    case EQL_IN:
    case EQL_LIKE:
    case EQL_REGEX:
    case EQL_LINEAGE: return false;
    }
    return false;
}

static bool edit_stage(Edit *edit, EqlStage *stage);

static bool edit_subquery(Edit *edit, EqlNode *node)
{
    EqlStage *stage = ARENA_NEW(edit->arena, EqlStage);
    *stage = *node->subquery;
    node->subquery = stage;
    return edit_stage(edit, stage);
}

static bool replace(Edit *edit, EqlNode **at, EqlNode *part)
{
    if (part == NULL || !chosen(edit)) {
        return false;
    }
    *at = part;
    return true;
}

static bool replace_by_part(Edit *edit, EqlNode **at)
{
    const EqlNode *node = *at;
    if (replace(edit, at, node->left) || replace(edit, at, node->right)) {
        return true;
    }
    for (uint32_t i = 0; i < node->item_count && node->kind == EQL_CALL; i++) {
        if (replace(edit, at, node->items[i])) {
            return true;
        }
    }
    return false;
}

/* `truthy`: true or false may stand there. */
static bool edit_node(Edit *edit, EqlNode **at, bool truthy)
{
    EqlNode *node = *at;
    if (truthy && node->kind != EQL_BOOLEAN &&
        (replace(edit, at, truth(edit, true)) || replace(edit, at, truth(edit, false)))) {
        return true;
    }
    if (node->kind == EQL_LINEAGE) {
        return edit_subquery(edit, node);
    }
    bool is_call = node->kind == EQL_CALL;
    if (replace_by_part(edit, at) ||
        drop_node(edit, node->items, &node->item_count, is_call ? 0 : 1) || edit_leaf(edit, node)) {
        return true;
    }
    bool logic = node->kind == EQL_NOT ||
                 (node->kind == EQL_BINARY && (node->op == EQL_AND || node->op == EQL_OR));
    if ((node->left != NULL && edit_node(edit, &node->left, truthy && logic)) ||
        (node->right != NULL && edit_node(edit, &node->right, truthy && logic))) {
        return true;
    }
    for (uint32_t i = 0; i < node->item_count; i++) {
        if (edit_node(edit, &node->items[i], false)) {
            return true;
        }
    }
    return false;
}

static bool edit_keys(Edit *edit, EqlNode **keys, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (edit_node(edit, &keys[i], false)) {
            return true;
        }
    }
    return false;
}

static bool edit_stage(Edit *edit, EqlStage *stage)
{
    if (stage->missing && chosen(edit)) {
        stage->missing = false;
        return true;
    }
    if (stage->runs > 1 && chosen(edit)) {
        stage->runs--;
        return true;
    }
    if (!stage->any && chosen(edit)) {
        stage->any = true;
        return true;
    }
    return edit_node(edit, &stage->condition, true) ||
           edit_keys(edit, stage->keys, stage->key_count);
}

static bool drop_stage(Edit *edit, EqlQuery *query)
{
    for (uint32_t i = 0; i < query->stage_count && query->stage_count > 2; i++) {
        if (chosen(edit)) {
            memmove(&query->stages[i], &query->stages[i + 1],
                    (query->stage_count - i - 1) * sizeof(EqlStage));
            query->stage_count--;
            return true;
        }
    }
    return false;
}

/* The query becomes one about single events, those of one of its stages. */
static bool make_event_query(Edit *edit, EqlQuery *query)
{
    for (uint32_t i = 0; i < query->stage_count && query->kind != EQL_QUERY_EVENT; i++) {
        if (chosen(edit)) {
            query->kind = EQL_QUERY_EVENT;
            query->stages[0] = query->stages[i];
            query->stage_count = 1;
            return true;
        }
    }
    return false;
}

/* A key of one stage goes with those of all the others. */
static bool drop_keys(Edit *edit, EqlQuery *query)
{
    if (drop_node(edit, query->keys, &query->key_count, 0)) {
        return true;
    }
    for (uint32_t i = 0; query->kind != EQL_QUERY_EVENT && i < query->stages[0].key_count; i++) {
        if (!chosen(edit)) {
            continue;
        }
        for (uint32_t stage = 0; stage <= query->stage_count; stage++) {
            EqlStage *of = stage < query->stage_count ? &query->stages[stage] : query->until;
            if (of != NULL && i < of->key_count) {
                memmove(&of->keys[i], &of->keys[i + 1],
                        (of->key_count - i - 1) * sizeof(EqlNode *));
                of->key_count--;
            }
        }
        return true;
    }
    return false;
}

static bool drop_pipe(Edit *edit, EqlQuery *query)
{
    for (uint32_t i = 0; i < query->pipe_count; i++) {
        if (chosen(edit)) {
            memmove(&query->pipes[i], &query->pipes[i + 1],
                    (query->pipe_count - i - 1) * sizeof(EqlPipe));
            query->pipe_count--;
            return true;
        }
    }
    return false;
}

static bool edit_query(Edit *edit, EqlQuery *query)
{
    if (make_event_query(edit, query) || drop_stage(edit, query) || drop_pipe(edit, query)) {
        return true;
    }
    if (query->until != NULL && chosen(edit)) {
        query->until = NULL;
        return true;
    }
    if (query->has_maxspan && chosen(edit)) {
        query->has_maxspan = false;
        return true;
    }
    if (query->matches != EQL_MATCHES_LATEST && chosen(edit)) {
        query->matches = EQL_MATCHES_LATEST;
        return true;
    }
    int64_t half = query->maxspan_ns / 2 / NS_PER_MS * NS_PER_MS;
    if (query->has_maxspan && half > 0 && chosen(edit)) {
        query->maxspan_ns = half;
        return true;
    }
    if (drop_keys(edit, query) || edit_keys(edit, query->keys, query->key_count)) {
        return true;
    }
    for (uint32_t i = 0; i < query->stage_count; i++) {
        if (edit_stage(edit, &query->stages[i])) {
            return true;
        }
    }
    for (uint32_t i = 0; i < query->pipe_count; i++) {
        for (uint32_t k = 0; k < query->pipes[i].argument_count; k++) {
            if (edit_node(edit, &query->pipes[i].arguments[k], false)) {
                return true;
            }
        }
    }
    return query->until != NULL && edit_stage(edit, query->until);
}

bool query_edit(Arena *arena, Str query, uint32_t number, Str *out)
{
    Diagnostics diagnostics = {.arena = arena};
    Edit edit = {.arena = arena, .wanted = number};
    EqlQuery *tree = eql_parse(arena, query, &diagnostics);
    if (tree == NULL || !edit_query(&edit, tree)) {
        return false;
    }
    Buffer text = {0};
    eql_print(&text, tree);
    *out = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return true;
}
