#include "lang/kql.h"

#include "base/utf8.h"
#include "lang/kql_word.h"

/* The first fault ends the reading: `failed` stays, nothing is read behind it. */
typedef struct Parser {
    Arena *arena;
    Str text;
    size_t at; /* behind blanks, but where a keyword has to have one in front */
    uint32_t depth;
    bool failed;
    Diagnostics *diagnostics;
} Parser;

typedef ARRAY(KqlNode *) Nodes;

static KqlNode *fail(Parser *parser, size_t at, const char *code, const char *message)
{
    if (!parser->failed) {
        diagnostic_add(parser->diagnostics, SEVERITY_ERROR, code, at, 0, "%s", message);
    }
    parser->failed = true;
    return NULL;
}

static bool at_char(const Parser *parser, char c)
{
    return parser->at < parser->text.len && parser->text.ptr[parser->at] == c;
}

static bool accept(Parser *parser, char c)
{
    if (!at_char(parser, c)) {
        return false;
    }
    parser->at = kql_skip_blanks(parser->text, parser->at + 1);
    return true;
}

/* Behind an operand: blanks, the keyword, blanks. */
static bool accept_between(Parser *parser, Str keyword)
{
    size_t at = kql_skip_blanks(parser->text, parser->at);
    if (parser->failed || at == parser->at || !kql_keyword_at(parser->text, at, keyword)) {
        return false;
    }
    parser->at = kql_skip_blanks(parser->text, at + keyword.len);
    return true;
}

/* To `end`, behind the last that was read. */
static KqlNode *node_new(const Parser *parser, KqlKind kind, size_t at)
{
    KqlNode *node = ARENA_NEW(parser->arena, KqlNode);
    *node = (KqlNode){.kind = kind, .at = (uint32_t)at, .len = (uint32_t)(parser->at - at)};
    return node;
}

static KqlNode *with_items(Parser *parser, KqlKind kind, size_t at, const Nodes *items)
{
    if (parser->failed) {
        return NULL;
    }
    if (items->count == 1 && (kind == KQL_OR || kind == KQL_AND)) {
        return items->items[0];
    }
    KqlNode *node = node_new(parser, kind, at);
    node->items = items->items;
    node->item_count = items->count;
    return node;
}

static KqlNode *with_item(Parser *parser, KqlKind kind, size_t at, KqlNode *item)
{
    Nodes items = {0};
    ARRAY_PUSH(parser->arena, &items, item);
    return with_items(parser, kind, at, &items);
}

static KqlWord *word(Parser *parser)
{
    Err err = {0};
    size_t at = parser->at;
    KqlWord *read = parser->failed ? NULL : kql_word_read(parser->arena, parser->text, &at, &err);
    if (read == NULL) {
        fail(parser, err.at, KQL_CODE_SYNTAX, err.text);
        return NULL;
    }
    parser->at = at;
    return read;
}

/* Between brackets that open at `at`; the closing one may have blanks in front. */
static bool close(Parser *parser, char bracket, size_t open_at)
{
    size_t at = kql_skip_blanks(parser->text, parser->at);
    if (parser->failed) {
        return false;
    }
    if (at < parser->text.len && parser->text.ptr[at] == bracket) {
        parser->at = at + 1;
        return true;
    }
    if (at == parser->text.len) {
        fail(parser, open_at, KQL_CODE_SYNTAX, "the bracket is never closed");
    } else {
        fail(parser, at, KQL_CODE_SYNTAX,
             "expected \"and\", \"or\" (with blanks around) or the closing bracket");
    }
    return false;
}

/* or := and ( "or" and )* ; and := not ( "and" not )* ; not := "not"? operand. What an operand is depends on where this stands:
 * in a list of values of `field`, or (NULL) in a query. */
static KqlNode *operand(Parser *parser, const KqlWord *field);

static KqlNode *negation(Parser *parser, const KqlWord *field)
{
    size_t at = parser->at;
    if (!kql_keyword_at(parser->text, parser->at, STR("not"))) {
        return operand(parser, field);
    }
    parser->at = kql_skip_blanks(parser->text, parser->at + strlen("not"));
    KqlNode *item = operand(parser, field);
    return item == NULL ? NULL : with_item(parser, KQL_NOT, at, item);
}

static KqlNode *conjunction(Parser *parser, const KqlWord *field)
{
    size_t at = parser->at;
    Nodes items = {0};
    do {
        ARRAY_PUSH(parser->arena, &items, negation(parser, field));
    } while (accept_between(parser, STR("and")));
    return with_items(parser, KQL_AND, at, &items);
}

static KqlNode *disjunction(Parser *parser, const KqlWord *field)
{
    size_t at = parser->at;
    Nodes items = {0};
    do {
        ARRAY_PUSH(parser->arena, &items, conjunction(parser, field));
    } while (accept_between(parser, STR("or")));
    return with_items(parser, KQL_OR, at, &items);
}

/* What stands in brackets of that kind, which open here. */
static KqlNode *bracketed(Parser *parser, char closing, const KqlWord *field)
{
    size_t at = parser->at;
    if (parser->depth == KQL_MAX_DEPTH) {
        return fail(parser, at, KQL_CODE_LIMIT, "the query is nested too deeply");
    }
    parser->depth++;
    parser->at = kql_skip_blanks(parser->text, at + 1);
    KqlNode *inside = disjunction(parser, field);
    bool closed = close(parser, closing, at);
    parser->depth--;
    return closed ? inside : NULL;
}

static KqlNode *is_node(Parser *parser, const KqlWord *field, size_t at, const KqlWord *value)
{
    if (value == NULL) {
        return NULL;
    }
    KqlNode *node = node_new(parser, KQL_IS, at);
    node->field = field;
    node->value = value;
    return node;
}

/* Behind "field :". */
static KqlNode *values(Parser *parser, const KqlWord *field, size_t at)
{
    if (at_char(parser, '{')) {
        KqlNode *inside = bracketed(parser, '}', NULL);
        KqlNode *node = inside == NULL ? NULL : with_item(parser, KQL_NESTED, at, inside);
        if (node != NULL) {
            node->field = field;
        }
        return node;
    }
    return at_char(parser, '(') ? bracketed(parser, ')', field)
                                : is_node(parser, field, at, word(parser));
}

static bool accept_range(Parser *parser, KqlOp *op)
{
    bool less = at_char(parser, '<');
    if (!less && !at_char(parser, '>')) {
        return false;
    }
    parser->at++;
    bool equal = at_char(parser, '=');
    parser->at = kql_skip_blanks(parser->text, parser->at + equal);
    *op = less ? (equal ? KQL_LESS_EQUAL : KQL_LESS) : (equal ? KQL_GREATER_EQUAL : KQL_GREATER);
    return true;
}

/* expression := field ":" values | field ( "<" | "<=" | ">" | ">=" ) value | value */
static KqlNode *expression(Parser *parser)
{
    size_t at = parser->at;
    const KqlWord *first = word(parser);
    if (first == NULL) {
        return NULL;
    }
    size_t end = parser->at;
    KqlOp op = KQL_LESS;
    parser->at = kql_skip_blanks(parser->text, end);
    if (accept(parser, ':')) {
        return values(parser, first, at);
    }
    if (!accept_range(parser, &op)) {
        parser->at = end;
        return is_node(parser, NULL, at, first);
    }
    const KqlWord *value = word(parser);
    KqlNode *node = is_node(parser, first, at, value);
    if (node == NULL) {
        return NULL;
    }
    if (kql_word_has_wildcard(value)) {
        return fail(parser, value->at, KQL_CODE_SYNTAX, "a range needs a value without wildcards");
    }
    node->kind = KQL_RANGE;
    node->op = op;
    return node;
}

static KqlNode *operand(Parser *parser, const KqlWord *field)
{
    if (parser->failed) {
        return NULL;
    }
    if (kql_keyword_at(parser->text, parser->at, STR("not"))) {
        return fail(parser, parser->at, KQL_CODE_SYNTAX, "\"not\" stands twice");
    }
    if (at_char(parser, '(')) {
        return bracketed(parser, ')', field);
    }
    return field == NULL ? expression(parser) : is_node(parser, field, parser->at, word(parser));
}

static bool check_text(Str text, Diagnostics *diagnostics)
{
    size_t bad_at = 0;
    if (text.len > KQL_MAX_TEXT) {
        diagnostic_add(diagnostics, SEVERITY_ERROR, KQL_CODE_LIMIT, 0, 0,
                       "the query is too long: %zu bytes, allowed are %zu", text.len, KQL_MAX_TEXT);
        return false;
    }
    if (!utf8_check(text, &bad_at)) {
        diagnostic_add(diagnostics, SEVERITY_ERROR, KQL_CODE_SYNTAX, bad_at, 0,
                       "the query is not valid UTF-8");
        return false;
    }
    return true;
}

KqlNode *kql_parse(Arena *arena, Str text, Diagnostics *diagnostics)
{
    Parser parser = {.arena = arena, .text = text, .diagnostics = diagnostics};
    if (!check_text(text, diagnostics)) {
        return NULL;
    }
    parser.at = kql_skip_blanks(text, 0);
    if (parser.at == text.len) {
        return node_new(&parser, KQL_ALL, parser.at);
    }
    KqlNode *node = disjunction(&parser, NULL);
    size_t end = kql_skip_blanks(text, parser.at);
    if (!parser.failed && end != text.len) {
        fail(&parser, end, KQL_CODE_SYNTAX,
             "expected \"and\" or \"or\" (with blanks around) or the end of the query");
    }
    return parser.failed ? NULL : node;
}

bool kql_word_is_any(const KqlWord *word)
{
    for (uint32_t i = 0; i < word->part_count; i++) {
        if (word->parts[i].len != 0) {
            return false;
        }
    }
    return kql_word_has_wildcard(word);
}
