#include "lang/eql_parser.h"

#include "lang/eql_print.h"

#define LIST_FOLLOW (EQL_TOKEN_BIT(EQL_TOKEN_STRING) | EQL_TOKEN_BIT(EQL_TOKEN_INTEGER))

static EqlNode *binary(EqlParser *parser, EqlOp op, EqlNode *left, EqlNode *right, uint32_t at)
{
    EqlNode *node = eql_parser_node(parser, EQL_BINARY, at);
    node->op = op;
    node->left = left;
    node->right = right;
    return node;
}

/* One part of a path, without its backquotes. */
static Str identifier(EqlParser *parser)
{
    Str text = eql_parser_token_text(parser);
    if (eql_parser_accept(parser, EQL_TOKEN_IDENTIFIER)) {
        return text;
    }
    if (!eql_parser_accept(parser, EQL_TOKEN_QUOTED_IDENTIFIER)) {
        eql_parser_fail(parser);
        return (Str){0};
    }
    text = str_slice(text, 1, text.len - 1);
    size_t pair = 0;
    if (!str_find_byte(text, '`', 0, &pair)) {
        return text;
    }
    char *name = ARENA_MANY(parser->arena, char, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        name[len++] = text.ptr[i];
        i += text.ptr[i] == '`';
    }
    return (Str){name, len};
}

typedef struct PathPart {
    Str text;
    bool is_index;
} PathPart;

typedef ARRAY(PathPart) Path;

/* The canonical text of "a[0].b", which says where the indexes are. */
static Str indexed_path(EqlParser *parser, const Path *path)
{
    Buffer out = {0};
    for (uint32_t i = 0; i < path->count; i++) {
        Str part = path->items[i].text;
        if (path->items[i].is_index) {
            buffer_append_format(&out, "[%.*s]", STR_ARG(part));
        } else {
            buffer_append(&out, i == 0 ? STR("") : STR("."));
            eql_print_name(&out, part);
        }
    }
    Str copy = str_copy(parser->arena, buffer_str(&out));
    buffer_done(&out);
    return copy;
}

/* "events[N]." and a path without indexes. */
static bool is_of_event(const Path *path)
{
    const PathPart *parts = path->items;
    if (path->count < 3 || !str_equal(parts[0].text, STR("events")) || !parts[1].is_index) {
        return false;
    }
    for (uint32_t i = 2; i < path->count; i++) {
        if (parts[i].is_index) {
            return false;
        }
    }
    return true;
}

static void set_event(EqlParser *parser, const Path *path, EqlNode *node)
{
    int64_t number = 0;
    bool fits = str_to_i64(path->items[1].text, &number) && number < UINT32_MAX;
    Str *names = ARENA_MANY(parser->arena, Str, path->count - 2);
    for (uint32_t i = 2; i < path->count; i++) {
        names[i - 2] = path->items[i].text;
    }
    node->of_event = true;
    node->event = fits ? (uint32_t)number : UINT32_MAX;
    node->path = str_join(parser->arena, names, path->count - 2, STR("."));
}

/* The parts with dots between: the text itself, unless there are backquotes or blanks in it. */
static Str joined_path(EqlParser *parser, const Path *path, uint32_t at)
{
    Str span = str_slice(parser->text, at, parser->end);
    size_t len = path->count - 1;
    for (uint32_t i = 0; i < path->count; i++) {
        len += path->items[i].text.len;
    }
    if (len == span.len) {
        return span;
    }
    Str *texts = ARENA_MANY(parser->arena, Str, path->count);
    for (uint32_t i = 0; i < path->count; i++) {
        texts[i] = path->items[i].text;
    }
    return str_join(parser->arena, texts, path->count, STR("."));
}

/* Takes the next name or index, if there is one. */
static bool path_goes_on(EqlParser *parser, PathPart *part)
{
    if (eql_parser_accept(parser, EQL_TOKEN_DOT)) {
        *part = (PathPart){.text = identifier(parser)};
        return true;
    }
    if (!eql_parser_at(parser, EQL_TOKEN_LEFT_BRACKET) ||
        eql_parser_second(parser) != EQL_TOKEN_INTEGER) { /* behind a key, "[" begins a term */
        parser->expected |= EQL_TOKEN_BIT(EQL_TOKEN_LEFT_BRACKET);
        return false;
    }
    (void)eql_parser_accept(parser, EQL_TOKEN_LEFT_BRACKET);
    *part = (PathPart){.text = eql_parser_token_text(parser), .is_index = true};
    (void)eql_parser_accept(parser, EQL_TOKEN_INTEGER);
    eql_parser_expect(parser, EQL_TOKEN_RIGHT_BRACKET, 0);
    return true;
}

/* field := "?"? identifier ( "." identifier | "[" integer "]" )* */
static EqlNode *field(EqlParser *parser)
{
    Path path = {0};
    uint32_t start = parser->token.at;
    bool optional = eql_parser_accept(parser, EQL_TOKEN_OPTIONAL);
    uint32_t at = parser->token.at;
    bool indexed = false;
    PathPart part = {.text = identifier(parser)};
    do {
        ARRAY_PUSH(parser->arena, &path, part);
        indexed = indexed || part.is_index;
    } while (path_goes_on(parser, &part));
    EqlNode *node = eql_parser_node(parser, EQL_FIELD, start);
    node->optional = optional;
    node->indexed = indexed;
    node->text = indexed ? indexed_path(parser, &path) : joined_path(parser, &path, at);
    if (indexed && is_of_event(&path)) {
        set_event(parser, &path, node);
    }
    if (node->text.len > EQL_MAX_NAME) {
        eql_parser_refuse(parser, node->at, node->len,
                          "The field's name is too long, more than [%d] bytes", EQL_MAX_NAME);
    }
    return node;
}

void eql_parser_expressions(EqlParser *parser, EqlNodes *to)
{
    do {
        ARRAY_PUSH(parser->arena, to, eql_parser_expression(parser));
    } while (eql_parser_accept(parser, EQL_TOKEN_COMMA));
}

/* call := name "(" expressions? ")" */
static EqlNode *call(EqlParser *parser)
{
    uint32_t at = parser->token.at;
    Str name = eql_parser_token_text(parser);
    bool insensitive = eql_parser_accept(parser, EQL_TOKEN_TILDE_IDENTIFIER);
    if (!insensitive) {
        (void)eql_parser_accept(parser, EQL_TOKEN_IDENTIFIER);
    }
    EqlNodes arguments = {0};
    eql_parser_expect(parser, EQL_TOKEN_LEFT_PAREN, 0);
    if (!eql_parser_accept(parser, EQL_TOKEN_RIGHT_PAREN)) {
        eql_parser_expressions(parser, &arguments);
        eql_parser_expect(parser, EQL_TOKEN_RIGHT_PAREN, 0);
    }
    EqlNode *node = eql_parser_node(parser, EQL_CALL, at);
    node->text = insensitive ? str_slice(name, 0, name.len - 1) : name;
    node->case_insensitive = insensitive;
    node->items = arguments.items;
    node->item_count = arguments.count;
    return node;
}

/* primary := constant | call | field | "(" expression ")" */
static EqlNode *primary(EqlParser *parser)
{
    switch (parser->token.kind) {
    case EQL_TOKEN_TILDE_IDENTIFIER: return call(parser);
    case EQL_TOKEN_IDENTIFIER:
        return eql_parser_second(parser) == EQL_TOKEN_LEFT_PAREN ? call(parser) : field(parser);
    case EQL_TOKEN_QUOTED_IDENTIFIER:
    case EQL_TOKEN_OPTIONAL: return field(parser);
    default: break;
    }
    if (!eql_parser_accept(parser, EQL_TOKEN_LEFT_PAREN)) {
        return eql_parser_constant(parser);
    }
    EqlNode *inner = eql_parser_expression(parser);
    eql_parser_expect(parser, EQL_TOKEN_RIGHT_PAREN, 0);
    return inner;
}

/* in := "not"? ( "in" | "in~" ) "(" expressions ")" */
static EqlNode *in(EqlParser *parser, EqlNode *left, uint32_t at)
{
    bool negated = eql_parser_accept(parser, EQL_TOKEN_NOT);
    bool insensitive = eql_parser_accept(parser, EQL_TOKEN_IN_INSENSITIVE);
    if (!insensitive) {
        eql_parser_expect(parser, EQL_TOKEN_IN, 0);
    }
    EqlNodes items = {0};
    eql_parser_expect(parser, EQL_TOKEN_LEFT_PAREN, LIST_FOLLOW);
    eql_parser_expressions(parser, &items);
    eql_parser_expect(parser, EQL_TOKEN_RIGHT_PAREN, 0);
    EqlNode *node = eql_parser_node(parser, EQL_IN, at);
    node->left = left;
    node->negated = negated;
    node->case_insensitive = insensitive;
    node->items = items.items;
    node->item_count = items.count;
    return node;
}

/* operand := constant | call | field ; the last two only behind ":", and only in the extended dialect */
static EqlNode *operand(EqlParser *parser, EqlTokenKind word)
{
    EqlTokenKind kind = parser->token.kind;
    bool is_value = kind == EQL_TOKEN_IDENTIFIER || kind == EQL_TOKEN_TILDE_IDENTIFIER ||
                    kind == EQL_TOKEN_QUOTED_IDENTIFIER || kind == EQL_TOKEN_OPTIONAL;
    if (!is_value || parser->dialect == EQL_DIALECT_ELASTICSEARCH) {
        return eql_parser_constant(parser);
    }
    EqlNode *node = primary(parser);
    if (word != EQL_TOKEN_COLON && !parser->failed) {
        Str text =
            eql_parser_shown(parser, str_slice(parser->text, node->at, node->at + node->len));
        eql_parser_complain(parser, node->at, node->len,
                            "A pattern must be a constant, found [%.*s]", STR_ARG(text));
    }
    return node;
}

/* operands := operand | "(" operand ( "," operand )* ")" */
static void operands(EqlParser *parser, EqlTokenKind word, EqlNodes *to)
{
    if (!eql_parser_accept(parser, EQL_TOKEN_LEFT_PAREN)) {
        ARRAY_PUSH(parser->arena, to, operand(parser, word));
        return;
    }
    do {
        ARRAY_PUSH(parser->arena, to, operand(parser, word));
    } while (eql_parser_accept(parser, EQL_TOKEN_COMMA));
    eql_parser_expect(parser, EQL_TOKEN_RIGHT_PAREN, 0);
}

static EqlNode *pattern(EqlParser *parser, EqlKind kind, EqlNode *left, uint32_t at)
{
    EqlTokenKind word = parser->token.kind;
    (void)eql_parser_accept(parser, word);
    EqlNodes items = {0};
    operands(parser, word, &items);
    EqlNode *node = eql_parser_node(parser, kind, at);
    node->left = left;
    node->colon = word == EQL_TOKEN_COLON;
    node->case_insensitive = word != EQL_TOKEN_LIKE && word != EQL_TOKEN_REGEX;
    node->items = items.items;
    node->item_count = items.count;
    return node;
}

/* predicate := primary ( in | ( ":" | "like" | "like~" | "regex" | "regex~" ) operands )? */
static EqlNode *predicate(EqlParser *parser)
{
    static const uint64_t KINDS =
        EQL_TOKEN_BIT(EQL_TOKEN_NOT) | EQL_TOKEN_BIT(EQL_TOKEN_IN) |
        EQL_TOKEN_BIT(EQL_TOKEN_IN_INSENSITIVE) | EQL_TOKEN_BIT(EQL_TOKEN_COLON) |
        EQL_TOKEN_BIT(EQL_TOKEN_LIKE) | EQL_TOKEN_BIT(EQL_TOKEN_LIKE_INSENSITIVE) |
        EQL_TOKEN_BIT(EQL_TOKEN_REGEX) | EQL_TOKEN_BIT(EQL_TOKEN_REGEX_INSENSITIVE);
    uint32_t at = parser->token.at;
    EqlNode *left = primary(parser);
    switch (parser->token.kind) {
    case EQL_TOKEN_NOT:
    case EQL_TOKEN_IN:
    case EQL_TOKEN_IN_INSENSITIVE: return in(parser, left, at);
    case EQL_TOKEN_COLON:
    case EQL_TOKEN_LIKE:
    case EQL_TOKEN_LIKE_INSENSITIVE: return pattern(parser, EQL_LIKE, left, at);
    case EQL_TOKEN_REGEX:
    case EQL_TOKEN_REGEX_INSENSITIVE: return pattern(parser, EQL_REGEX, left, at);
    default: parser->expected |= KINDS; return left;
    }
}

/* unary := predicate | ( "-" | "+" ) unary */
static EqlNode *unary(EqlParser *parser)
{
    uint32_t at = parser->token.at;
    bool minus = eql_parser_accept(parser, EQL_TOKEN_MINUS);
    if (!minus && !eql_parser_accept(parser, EQL_TOKEN_PLUS)) {
        return predicate(parser);
    }
    if (!eql_parser_enter(parser)) {
        return NULL;
    }
    EqlNode *operand = unary(parser);
    eql_parser_leave(parser);
    if (operand == NULL || !minus) {
        return operand;
    }
    if (operand->kind == EQL_INTEGER || operand->kind == EQL_DECIMAL) {
        eql_parser_negate(parser, operand);
        operand->at = at;
        operand->len = parser->end - at;
        return operand;
    }
    EqlNode *node = eql_parser_node(parser, EQL_NEGATE, at);
    node->left = operand;
    return node;
}

typedef struct BinaryToken {
    EqlTokenKind token;
    EqlOp op;
} BinaryToken;

static const BinaryToken PRODUCTS[] = {
    {EQL_TOKEN_STAR, EQL_MULTIPLY}, {EQL_TOKEN_SLASH, EQL_DIVIDE}, {EQL_TOKEN_PERCENT, EQL_MODULO}};
static const BinaryToken SUMS[] = {{EQL_TOKEN_PLUS, EQL_ADD}, {EQL_TOKEN_MINUS, EQL_SUBTRACT}};
static const BinaryToken COMPARISONS[] = {
    {EQL_TOKEN_EQUAL, EQL_EQUAL},     {EQL_TOKEN_NOT_EQUAL, EQL_NOT_EQUAL},
    {EQL_TOKEN_LESS, EQL_LESS},       {EQL_TOKEN_LESS_EQUAL, EQL_LESS_EQUAL},
    {EQL_TOKEN_GREATER, EQL_GREATER}, {EQL_TOKEN_GREATER_EQUAL, EQL_GREATER_EQUAL}};

static bool accept_binary(EqlParser *parser, const BinaryToken *tokens, size_t count, EqlOp *op)
{
    for (size_t i = 0; i < count; i++) {
        if (eql_parser_accept(parser, tokens[i].token)) {
            *op = tokens[i].op;
            return true;
        }
    }
    return false;
}

/* product := unary ( ( "*" | "/" | "%" ) unary )* */
static EqlNode *product(EqlParser *parser)
{
    uint32_t at = parser->token.at;
    EqlNode *left = unary(parser);
    EqlOp op = EQL_MULTIPLY;
    while (accept_binary(parser, PRODUCTS, ARRAY_LEN(PRODUCTS), &op)) {
        EqlNode *right = unary(parser);
        left = binary(parser, op, left, right, at);
    }
    return left;
}

/* sum := product ( ( "+" | "-" ) product )* */
static EqlNode *sum(EqlParser *parser)
{
    uint32_t at = parser->token.at;
    EqlNode *left = product(parser);
    EqlOp op = EQL_ADD;
    while (accept_binary(parser, SUMS, ARRAY_LEN(SUMS), &op)) {
        EqlNode *right = product(parser);
        left = binary(parser, op, left, right, at);
    }
    return left;
}

/* comparison := sum ( ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) sum )? */
static EqlNode *comparison(EqlParser *parser)
{
    uint32_t at = parser->token.at;
    bool outermost = parser->operand == EQL_NO_OPERAND;
    parser->operand = outermost ? at : parser->operand;
    EqlNode *left = sum(parser);
    parser->operand = outermost ? EQL_NO_OPERAND : parser->operand;
    EqlOp op = EQL_EQUAL;
    if (!accept_binary(parser, COMPARISONS, ARRAY_LEN(COMPARISONS), &op)) {
        return left;
    }
    EqlNode *right = sum(parser);
    return binary(parser, op, left, right, at);
}

/* lineage := identifier "of" subquery */
static EqlNode *lineage(EqlParser *parser)
{
    uint32_t at = parser->token.at;
    Str relation = eql_parser_token_text(parser);
    (void)eql_parser_accept(parser, EQL_TOKEN_IDENTIFIER);
    (void)eql_parser_accept(parser, EQL_TOKEN_OF);
    if (!eql_parser_enter(parser)) {
        return NULL;
    }
    const EqlStage *subquery = eql_parser_subquery(parser);
    eql_parser_leave(parser);
    EqlNode *node = eql_parser_node(parser, EQL_LINEAGE, at);
    node->text = relation;
    node->subquery = subquery;
    return node;
}

/* negation := "not" negation | lineage | comparison */
static EqlNode *negation(EqlParser *parser)
{
    uint32_t at = parser->token.at;
    if (eql_parser_at(parser, EQL_TOKEN_IDENTIFIER) && eql_parser_second(parser) == EQL_TOKEN_OF) {
        return lineage(parser);
    }
    if (!eql_parser_accept(parser, EQL_TOKEN_NOT)) {
        return comparison(parser);
    }
    if (!eql_parser_enter(parser)) {
        return NULL;
    }
    EqlNode *operand = negation(parser);
    eql_parser_leave(parser);
    EqlNode *node = eql_parser_node(parser, EQL_NOT, at);
    node->left = operand;
    return node;
}

/* conjunction := negation ( "and" negation )* */
static EqlNode *conjunction(EqlParser *parser)
{
    uint32_t at = parser->token.at;
    EqlNode *left = negation(parser);
    while (eql_parser_accept(parser, EQL_TOKEN_AND)) {
        EqlNode *right = negation(parser);
        left = binary(parser, EQL_AND, left, right, at);
    }
    return left;
}

/* expression := conjunction ( "or" conjunction )* */
EqlNode *eql_parser_expression(EqlParser *parser)
{
    if (!eql_parser_enter(parser)) {
        return NULL;
    }
    uint32_t at = parser->token.at;
    EqlNode *left = conjunction(parser);
    while (eql_parser_accept(parser, EQL_TOKEN_OR)) {
        EqlNode *right = conjunction(parser);
        left = binary(parser, EQL_OR, left, right, at);
    }
    eql_parser_leave(parser);
    return left;
}
