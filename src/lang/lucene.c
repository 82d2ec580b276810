#include "lang/lucene.h"

#include "base/utf8.h"
#include "lang/lucene_token.h"

/* The first fault ends the reading: `failed` stays, nothing is read behind it. */
typedef struct Parser {
    Arena *arena;
    Str text;
    bool all;
    LuceneToken token; /* at hand */
    size_t end;        /* behind the last that was taken */
    uint32_t depth;
    bool failed;
    Diagnostics *diagnostics;
} Parser;

typedef struct Clauses {
    ARRAY(LuceneNode *) items;
    ARRAY(LuceneOccur) occurs;
} Clauses;

static LuceneNode *fail(Parser *parser, size_t at, const char *code, const char *message)
{
    if (!parser->failed) {
        diagnostic_add(parser->diagnostics, SEVERITY_ERROR, code, at, 0, "%s", message);
    }
    parser->failed = true;
    return NULL;
}

static bool peek(Parser *parser, size_t at, LuceneToken *token)
{
    Err err = {0};
    if (parser->failed || lucene_token_read(parser->arena, parser->text, at, token, &err)) {
        return !parser->failed;
    }
    fail(parser, err.at, LUCENE_CODE_SYNTAX, err.text);
    *token = (LuceneToken){.at = parser->text.len, .end = parser->text.len};
    return false;
}

static void advance(Parser *parser)
{
    parser->end = parser->token.end;
    (void)peek(parser, parser->end, &parser->token);
}

static bool at_kind(const Parser *parser, LuceneTokenKind kind)
{
    return !parser->failed && parser->token.kind == kind;
}

static bool accept(Parser *parser, LuceneTokenKind kind)
{
    if (!at_kind(parser, kind)) {
        return false;
    }
    advance(parser);
    return true;
}

static LuceneNode *node_new(Parser *parser, LuceneKind kind, const LuceneField *field, size_t at)
{
    LuceneNode *node = ARENA_NEW(parser->arena, LuceneNode);
    *node = (LuceneNode){
        .kind = kind, .field = field, .at = (uint32_t)at, .len = (uint32_t)(parser->end - at)};
    return node;
}

/* ---- what may stand behind a clause ---- */

/* ( "^" NUMBER )? */
static void boost(Parser *parser)
{
    double number = 0;
    if (at_kind(parser, LUCENE_TOKEN_BOOST)) {
        if (!str_to_double(parser->token.text, &number)) {
            fail(parser, parser->token.at, LUCENE_CODE_SYNTAX, "^ needs a number");
        }
        advance(parser);
    }
}

/* ( "~" NUMBER? )? : exactly as it stands is all that has one meaning. */
static void exactness(Parser *parser, const char *message)
{
    double number = 1;
    if (at_kind(parser, LUCENE_TOKEN_FUZZY)) {
        if (!str_to_double(parser->token.text, &number) || number > 0) {
            fail(parser, parser->token.at, LUCENE_CODE_UNSUPPORTED, message);
        }
        advance(parser);
    }
}

/* ---- ranges ---- */

static bool range_token(Parser *parser, size_t *at, LuceneToken *token)
{
    Err err = {0};
    if (!lucene_token_read_in_range(parser->arena, parser->text, *at, token, &err)) {
        fail(parser, err.at, LUCENE_CODE_SYNTAX, err.text);
        return false;
    }
    *at = token->end;
    return true;
}

static bool range_end(Parser *parser, size_t *at, LuceneEnd *end)
{
    LuceneToken token;
    if (!range_token(parser, at, &token)) {
        return false;
    }
    if (token.kind == LUCENE_TOKEN_CLOSE) {
        fail(parser, token.at, LUCENE_CODE_SYNTAX, "a range has two ends: [1 TO 5], [1 TO *]");
        return false;
    }
    Str written = str_slice(parser->text, token.at, token.end);
    end->at = (uint32_t)token.at;
    end->len = (uint32_t)(token.end - token.at);
    end->open = str_equal(written, STR("*"));
    end->text = end->open ? STR("") : token.text;
    return true;
}

/* range := ( "[" | "{" ) end "TO" end ( "]" | "}" ) */
static LuceneNode *range(Parser *parser, const LuceneField *field)
{
    size_t from = parser->token.at;
    LuceneEnd low = {.inclusive = parser->text.ptr[parser->token.at] == '['};
    LuceneEnd high = {0};
    LuceneToken to;
    LuceneToken close;
    size_t at = parser->token.end;
    if (!range_end(parser, &at, &low) || !range_token(parser, &at, &to)) {
        return NULL;
    }
    if (!str_equal(str_slice(parser->text, to.at, to.end), STR("TO"))) {
        return fail(parser, to.at, LUCENE_CODE_SYNTAX, "expected TO");
    }
    if (!range_end(parser, &at, &high) || !range_token(parser, &at, &close)) {
        return NULL;
    }
    if (close.kind != LUCENE_TOKEN_CLOSE) {
        return fail(parser, close.at, LUCENE_CODE_SYNTAX, "expected ] or }");
    }
    high.inclusive = parser->text.ptr[close.at] == ']';
    parser->token.end = at;
    advance(parser);
    LuceneNode *node = node_new(parser, LUCENE_RANGE, field, from);
    node->low = low;
    node->high = high;
    return node;
}

/* ">5", "<=5": as Elasticsearch finds them in front of a term. */
static bool short_range(LuceneNode *node)
{
    Str text = node->text;
    bool less = text.len > 1 && text.ptr[0] == '<';
    if (!less && !(text.len > 1 && text.ptr[0] == '>')) {
        return false;
    }
    bool equal = text.len > 2 && text.ptr[1] == '=';
    LuceneEnd end = {.inclusive = equal,
                     .at = node->at,
                     .len = node->len,
                     .text = str_slice(text, 1 + (size_t)equal, text.len)};
    LuceneEnd open = {.open = true, .inclusive = true};
    node->kind = LUCENE_RANGE;
    node->text = (Str){0};
    node->low = less ? open : end;
    node->high = less ? end : open;
    return true;
}

/* ---- terms ---- */

/* Behind a term another one belongs to its text, unless something holds it apart. */
static bool continues(Parser *parser)
{
    LuceneToken behind;
    if (!at_kind(parser, LUCENE_TOKEN_TERM) || !peek(parser, parser->token.end, &behind)) {
        return false;
    }
    switch (behind.kind) {
    case LUCENE_TOKEN_COLON:
    case LUCENE_TOKEN_STAR:
    case LUCENE_TOKEN_FUZZY:
    case LUCENE_TOKEN_BOOST:
    case LUCENE_TOKEN_AND:
    case LUCENE_TOKEN_OR: return false;
    default: return true;
    }
}

/* words := TERM TERM+ : blanks are no operator. NULL when there are no two of them. */
static LuceneNode *words(Parser *parser, const LuceneField *field)
{
    size_t at = parser->token.at;
    LuceneToken first = parser->token;
    LuceneToken second;
    if (!at_kind(parser, LUCENE_TOKEN_TERM) || !peek(parser, first.end, &second) ||
        second.kind != LUCENE_TOKEN_TERM) {
        return NULL;
    }
    Parser before = *parser;
    ARRAY(Str) parts = {0};
    ARRAY_PUSH(parser->arena, &parts, first.text);
    advance(parser);
    while (continues(parser)) {
        ARRAY_PUSH(parser->arena, &parts, parser->token.text);
        advance(parser);
    }
    if (parts.count == 1) {
        before.failed = parser->failed;
        *parser = before;
        return NULL;
    }
    LuceneNode *node = node_new(parser, LUCENE_TEXT, field, at);
    node->text = str_join(parser->arena, parts.items, parts.count, STR(" "));
    (void)short_range(node);
    return node;
}

static LuceneNode *leaf(Parser *parser, LuceneKind kind, const LuceneField *field)
{
    size_t at = parser->token.at;
    Str text = parser->token.text;
    advance(parser);
    LuceneNode *node = node_new(parser, kind, field, at);
    node->text = text;
    return node;
}

static LuceneNode *term(Parser *parser, const LuceneField *field)
{
    static const char FUZZY[] = "a term that is only like another (~) is not supported";
    LuceneNode *node = NULL;
    switch (parser->token.kind) {
    case LUCENE_TOKEN_TERM:
    case LUCENE_TOKEN_SIGN:
        node = leaf(parser, LUCENE_TEXT, field);
        (void)short_range(node);
        exactness(parser, FUZZY);
        break;
    case LUCENE_TOKEN_STAR:
    case LUCENE_TOKEN_WILD: node = leaf(parser, LUCENE_PATTERN, field); break;
    case LUCENE_TOKEN_REGEX: node = leaf(parser, LUCENE_REGEX, field); break;
    case LUCENE_TOKEN_QUOTED:
        node = leaf(parser, LUCENE_PHRASE, field);
        exactness(parser, "a phrase whose words may stand apart (~) is not supported");
        break;
    case LUCENE_TOKEN_RANGE: node = range(parser, field); break;
    case LUCENE_TOKEN_PLUS:
    case LUCENE_TOKEN_MINUS:
    case LUCENE_TOKEN_NOT:
        return fail(parser, parser->token.at, LUCENE_CODE_SYNTAX,
                    "a value that begins with +, - or ! is written with a backslash, or in quotes");
    default: return fail(parser, parser->token.at, LUCENE_CODE_SYNTAX, "a value is missing here");
    }
    boost(parser);
    return node;
}

static LuceneNode *clauses(Parser *parser, const LuceneField *field);

static LuceneNode *group(Parser *parser, const LuceneField *field)
{
    size_t at = parser->token.at;
    if (parser->depth == LUCENE_MAX_DEPTH) {
        return fail(parser, at, LUCENE_CODE_LIMIT, "the query is nested too deeply");
    }
    parser->depth++;
    advance(parser);
    LuceneNode *inside = clauses(parser, field);
    parser->depth--;
    if (!parser->failed && !at_kind(parser, LUCENE_TOKEN_CLOSE)) {
        return fail(parser, at, LUCENE_CODE_SYNTAX, "the bracket is never closed");
    }
    advance(parser);
    boost(parser);
    return inside;
}

/* ( ( TERM | "*" ) ":" )? : the field of what follows, else that of the group around it. */
static const LuceneField *own_field(Parser *parser, const LuceneField *field)
{
    LuceneToken colon;
    LuceneToken name = parser->token;
    bool is_name = name.kind == LUCENE_TOKEN_TERM || name.kind == LUCENE_TOKEN_STAR;
    bool is_wild = name.kind == LUCENE_TOKEN_WILD;
    if ((!is_name && !is_wild) || !peek(parser, name.end, &colon) ||
        colon.kind != LUCENE_TOKEN_COLON) {
        return field;
    }
    if (is_wild) {
        fail(parser, name.at, LUCENE_CODE_SYNTAX, "a * in a field's name is written \\*");
        return NULL;
    }
    advance(parser);
    advance(parser);
    LuceneField *own = ARENA_NEW(parser->arena, LuceneField);
    *own = (LuceneField){(uint32_t)name.at, (uint32_t)(name.end - name.at), name.text};
    return own;
}

/* clause := field? ( group | term ) */
static LuceneNode *clause(Parser *parser, const LuceneField *outer)
{
    const LuceneField *field = own_field(parser, outer);
    return at_kind(parser, LUCENE_TOKEN_OPEN) ? group(parser, field) : term(parser, field);
}

/* ---- clauses ---- */

typedef enum Joint { JOINT_NONE, JOINT_AND, JOINT_OR } Joint;

static Joint accept_joint(Parser *parser)
{
    return accept(parser, LUCENE_TOKEN_AND)  ? JOINT_AND
           : accept(parser, LUCENE_TOKEN_OR) ? JOINT_OR
                                             : JOINT_NONE;
}

static LuceneOccur accept_sign(Parser *parser)
{
    bool must = accept(parser, LUCENE_TOKEN_PLUS);
    bool must_not =
        !must && (accept(parser, LUCENE_TOKEN_MINUS) || accept(parser, LUCENE_TOKEN_NOT));
    return must ? LUCENE_MUST : must_not ? LUCENE_MUST_NOT : LUCENE_MAY;
}

/* As Lucene does: "and" makes the clauses on both sides such that must hold; where all must by default, "or" frees them. */
static void add(Parser *parser, Clauses *to, Joint joint, LuceneOccur sign, LuceneNode *node)
{
    LuceneOccur *last = to->occurs.count == 0 ? NULL : &to->occurs.items[to->occurs.count - 1];
    if (last != NULL && *last != LUCENE_MUST_NOT) {
        *last = joint == JOINT_AND                 ? LUCENE_MUST
                : parser->all && joint == JOINT_OR ? LUCENE_MAY
                                                   : *last;
    }
    bool must = parser->all ? joint != JOINT_OR : joint == JOINT_AND;
    ARRAY_PUSH(parser->arena, &to->items, node);
    ARRAY_PUSH(parser->arena, &to->occurs, sign == LUCENE_MAY && must ? LUCENE_MUST : sign);
}

static bool at_end(const Parser *parser)
{
    return parser->failed || parser->token.kind == LUCENE_TOKEN_END ||
           parser->token.kind == LUCENE_TOKEN_CLOSE;
}

/* clauses := ( words | sign? clause ) ( words | ( "AND" | "OR" )? sign? clause )* */
static LuceneNode *clauses(Parser *parser, const LuceneField *field)
{
    size_t at = parser->token.at;
    Clauses list = {0};
    do {
        LuceneNode *text = words(parser, field);
        if (text != NULL) {
            add(parser, &list, JOINT_NONE, LUCENE_MAY, text);
            continue;
        }
        Joint joint = list.items.count == 0 ? JOINT_NONE : accept_joint(parser);
        LuceneOccur sign = accept_sign(parser);
        LuceneNode *item = parser->failed ? NULL : clause(parser, field);
        if (item != NULL) {
            add(parser, &list, joint, sign, item);
        }
    } while (!at_end(parser));
    if (parser->failed) {
        return NULL;
    }
    if (list.items.count == 1 && list.occurs.items[0] != LUCENE_MUST_NOT) {
        return list.items.items[0];
    }
    LuceneNode *node = node_new(parser, LUCENE_CLAUSES, NULL, at);
    node->items = list.items.items;
    node->occurs = list.occurs.items;
    node->item_count = list.items.count;
    return node;
}

static bool check_text(Str text, Diagnostics *diagnostics)
{
    size_t bad_at = 0;
    if (text.len > LUCENE_MAX_TEXT) {
        diagnostic_add(diagnostics, SEVERITY_ERROR, LUCENE_CODE_LIMIT, 0, 0,
                       "the query is too long: %zu bytes, allowed are %zu", text.len,
                       LUCENE_MAX_TEXT);
        return false;
    }
    if (!utf8_check(text, &bad_at)) {
        diagnostic_add(diagnostics, SEVERITY_ERROR, LUCENE_CODE_SYNTAX, bad_at, 0,
                       "the query is not valid UTF-8");
        return false;
    }
    return true;
}

LuceneNode *lucene_parse(Arena *arena, Str text, bool all, Diagnostics *diagnostics)
{
    Parser parser = {.arena = arena, .text = text, .all = all, .diagnostics = diagnostics};
    if (!check_text(text, diagnostics) || !peek(&parser, 0, &parser.token)) {
        return NULL;
    }
    if (parser.token.kind == LUCENE_TOKEN_END) {
        return node_new(&parser, LUCENE_ALL, NULL, 0);
    }
    LuceneNode *node = clauses(&parser, NULL);
    if (!parser.failed && parser.token.kind != LUCENE_TOKEN_END) {
        fail(&parser, parser.token.at, LUCENE_CODE_SYNTAX, "the bracket was never opened");
    }
    return parser.failed ? NULL : node;
}
