#include "lang/eql.h"

#include "base/similar.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "lang/eql_parser.h"

#define START_OF_EXPRESSION                                                    \
    (EQL_TOKEN_BIT(EQL_TOKEN_NOT) | EQL_TOKEN_BIT(EQL_TOKEN_NULL) |            \
     EQL_TOKEN_BIT(EQL_TOKEN_TRUE) | EQL_TOKEN_BIT(EQL_TOKEN_FALSE) |          \
     EQL_TOKEN_BIT(EQL_TOKEN_PLUS) | EQL_TOKEN_BIT(EQL_TOKEN_MINUS) |          \
     EQL_TOKEN_BIT(EQL_TOKEN_LEFT_PAREN) | EQL_TOKEN_BIT(EQL_TOKEN_OPTIONAL) | \
     EQL_TOKEN_BIT(EQL_TOKEN_STRING) | EQL_TOKEN_BIT(EQL_TOKEN_INTEGER) |      \
     EQL_TOKEN_BIT(EQL_TOKEN_DECIMAL) | EQL_TOKEN_BIT(EQL_TOKEN_IDENTIFIER) |  \
     EQL_TOKEN_BIT(EQL_TOKEN_QUOTED_IDENTIFIER) | EQL_TOKEN_BIT(EQL_TOKEN_TILDE_IDENTIFIER))
#define NUMBER (EQL_TOKEN_BIT(EQL_TOKEN_INTEGER) | EQL_TOKEN_BIT(EQL_TOKEN_DECIMAL))

typedef ARRAY(EqlStage) EqlStages;
typedef ARRAY(EqlPipe) EqlPipes;

/* What the terms of a query have in common, as far as it is known. */
typedef struct Terms {
    EqlQuery *query;
    EqlStages stages;
    uint32_t key_count; /* of the first term */
    uint32_t expanded;  /* stages, runs counted in */
} Terms;

/* filter := ( "any" | IDENTIFIER | STRING ) "where" expression */
static void filter(EqlParser *parser, EqlStage *stage)
{
    stage->category_at = parser->token.at;
    if (eql_parser_accept(parser, EQL_TOKEN_ANY)) {
        stage->any = true;
    } else if (eql_parser_at(parser, EQL_TOKEN_STRING)) {
        stage->category = eql_parser_string(parser);
    } else if (eql_parser_at(parser, EQL_TOKEN_IDENTIFIER)) {
        stage->category = eql_parser_token_text(parser);
        (void)eql_parser_accept(parser, EQL_TOKEN_IDENTIFIER);
    } else {
        eql_parser_fail_start(parser);
    }
    eql_parser_expect(parser, EQL_TOKEN_WHERE, START_OF_EXPRESSION);
    stage->condition = eql_parser_expression(parser);
}

/* subquery := ( "[" | "![" ) filter "]" */
static void subquery(EqlParser *parser, EqlStage *stage, bool with_missing)
{
    stage->at = parser->token.at;
    stage->runs = 1;
    stage->missing = with_missing && eql_parser_accept(parser, EQL_TOKEN_MISSING);
    if (!stage->missing && !eql_parser_accept(parser, EQL_TOKEN_LEFT_BRACKET)) {
        eql_parser_fail(parser);
    }
    filter(parser, stage);
    eql_parser_expect(parser, EQL_TOKEN_RIGHT_BRACKET, 0);
    stage->len = parser->end - stage->at;
}

const EqlStage *eql_parser_subquery(EqlParser *parser)
{
    EqlStage *stage = ARENA_NEW(parser->arena, EqlStage);
    subquery(parser, stage, true);
    return stage;
}

static bool all_fields(const EqlNodes *keys)
{
    for (uint32_t i = 0; i < keys->count; i++) {
        if (keys->items[i] == NULL || keys->items[i]->kind != EQL_FIELD) {
            return false;
        }
    }
    return true;
}

/* keys := "by" expression ( "," expression )* ; Elasticsearch takes only fields */
static EqlNode **keys(EqlParser *parser, uint32_t *count)
{
    EqlNodes list = {0};
    uint32_t at = parser->token.at;
    if (eql_parser_accept(parser, EQL_TOKEN_BY)) {
        eql_parser_expressions(parser, &list);
        if (!parser->failed && parser->dialect == EQL_DIALECT_ELASTICSEARCH && !all_fields(&list)) {
            Str text = eql_parser_shown(parser, str_slice(parser->text, at, parser->end));
            eql_parser_complain(parser, at, parser->end - at, "Unsupported join key [%.*s]",
                                STR_ARG(text));
        }
    }
    *count = list.count;
    return list.items;
}

/* A number behind "=". False, with a complaint, unless it is an integer. */
static bool whole_number(EqlParser *parser, const char *what, int64_t *out)
{
    EqlToken token = parser->token;
    Str text = eql_parser_token_text(parser);
    Str shown = eql_parser_shown(parser, text);
    if (eql_parser_accept(parser, EQL_TOKEN_INTEGER)) {
        if (!str_to_i64(text, out)) {
            eql_parser_complain(parser, token.at, token.len, "The %s [%.*s] is too large", what,
                                STR_ARG(shown));
            return false;
        }
        return true;
    }
    if (!eql_parser_accept(parser, EQL_TOKEN_DECIMAL)) {
        eql_parser_fail(parser);
        return false;
    }
    eql_parser_complain(parser, token.at, token.len,
                        "Decimal %s [%.*s] not supported; please use an positive integer", what,
                        STR_ARG(shown));
    return false;
}

static int64_t unit_ns(Str unit)
{
    static const struct {
        Str name;
        int64_t ns;
    } UNITS[] = {{STR_INIT("ms"), NS_PER_MS},
                 {STR_INIT("s"), NS_PER_SECOND},
                 {STR_INIT("m"), 60 * NS_PER_SECOND},
                 {STR_INIT("h"), 3600 * NS_PER_SECOND},
                 {STR_INIT("d"), 86400 * NS_PER_SECOND}};
    for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
        if (str_equal(unit, UNITS[i].name)) {
            return UNITS[i].ns;
        }
    }
    return 0;
}

/* span := number unit? ; the unit is missed only after, with a better message */
static void span(EqlParser *parser, EqlQuery *query)
{
    EqlToken number = parser->token;
    EqlToken unit = {0};
    Str digits = eql_parser_token_text(parser);
    query->maxspan_at = number.at;
    int64_t value = 0;
    bool whole = whole_number(parser, "time interval", &value);
    Str name = eql_parser_token_text(parser);
    unit = parser->token;
    if (!eql_parser_accept(parser, EQL_TOKEN_IDENTIFIER)) {
        name = (Str){0};
    }
    if (!whole) {
        return;
    }
    digits = eql_parser_shown(parser, digits);
    Str shown = eql_parser_shown(parser, name);
    if (value <= 0) {
        eql_parser_complain(parser, number.at, number.len,
                            "A positive maxspan value is required; found [%lld]", (long long)value);
    } else if (name.len == 0) {
        eql_parser_complain(parser, number.at, number.len,
                            "No time unit specified, did you mean [s] as in [%.*ss]?",
                            STR_ARG(digits));
    } else if (unit_ns(name) == 0) {
        eql_parser_complain(
            parser, unit.at, unit.len,
            "Unrecognized time unit [%.*s] in [%.*s%.*s], please specify one of [ms, s, m, h, d]",
            STR_ARG(shown), STR_ARG(digits), STR_ARG(shown));
    } else if (__builtin_mul_overflow(value, unit_ns(name), &query->maxspan_ns)) {
        eql_parser_refuse(parser, number.at, unit.at + unit.len - number.at,
                          "The maxspan [%.*s%.*s] is longer than any time there is",
                          STR_ARG(digits), STR_ARG(shown));
    }
}

#define MATCHES STR("matches")

/* Looks only, and leaves no word of it: where it is not, Elasticsearch's words tell what could have come. */
static bool at_matches(const EqlParser *parser)
{
    return parser->dialect == EQL_DIALECT_EXTENDED &&
           str_equal(eql_parser_token_text(parser), MATCHES) &&
           eql_parser_second(parser) == EQL_TOKEN_ASSIGN;
}

/* matches := "matches" "=" NAME */
static void matches(EqlParser *parser, EqlQuery *query)
{
    static const Str NAMES[] = {
#define MATCHES_NAME(kind, name) [kind] = STR_INIT(#name),
        EQL_MATCHES(MATCHES_NAME)
#undef MATCHES_NAME
    };
    (void)eql_parser_accept(parser, EQL_TOKEN_IDENTIFIER);
    (void)eql_parser_accept(parser, EQL_TOKEN_ASSIGN);
    EqlToken value = parser->token;
    Str text = eql_parser_token_text(parser);
    eql_parser_expect(parser, EQL_TOKEN_IDENTIFIER, 0);
    query->has_matches = true;
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        if (str_equal(text, NAMES[i])) {
            query->matches = (EqlMatches)i;
            return;
        }
    }
    Str shown = eql_parser_shown(parser, text);
    Str all = str_join(parser->arena, NAMES, ARRAY_LEN(NAMES), STR(", "));
    Str hint = similar_hint(parser->arena, text, NAMES, ARRAY_LEN(NAMES));
    eql_parser_complain(parser, value.at, value.len,
                        "Unrecognized value [%.*s] of [matches], expecting one of [%.*s]%.*s",
                        STR_ARG(shown), STR_ARG(all), STR_ARG(hint));
}

/* param := "maxspan" "=" span | matches */
static void param(EqlParser *parser, EqlQuery *query)
{
    EqlToken name = parser->token;
    Str text = eql_parser_token_text(parser);
    bool again;
    if (at_matches(parser)) {
        again = query->has_matches;
        matches(parser, query);
    } else {
        again = query->has_maxspan;
        eql_parser_expect(parser, EQL_TOKEN_MAXSPAN, EQL_TOKEN_BIT(EQL_TOKEN_ASSIGN));
        eql_parser_expect(parser, EQL_TOKEN_ASSIGN, NUMBER);
        query->has_maxspan = true;
        span(parser, query);
    }
    if (again) {
        eql_parser_complain(parser, name.at, name.len, "[%.*s] is given more than once",
                            STR_ARG(text));
    }
}

/* As at_matches. */
static bool at_another_param(const EqlParser *parser)
{
    EqlToken comma = parser->token;
    if (parser->dialect != EQL_DIALECT_EXTENDED || comma.kind != EQL_TOKEN_COMMA) {
        return false;
    }
    EqlToken next = eql_token_next(parser->text, comma.at + comma.len);
    Str text = str_slice(parser->text, next.at, next.at + next.len);
    return next.kind == EQL_TOKEN_MAXSPAN || str_equal(text, MATCHES);
}

/* params := "with" param ( "," param )* */
static bool params(EqlParser *parser, EqlQuery *query)
{
    if (!eql_parser_accept(parser, EQL_TOKEN_WITH)) {
        return false;
    }
    param(parser, query);
    while (at_another_param(parser)) {
        (void)eql_parser_accept(parser, EQL_TOKEN_COMMA);
        param(parser, query);
    }
    return true;
}

/* runs := "with" IDENTIFIER "=" number */
static void runs(EqlParser *parser, EqlStage *stage)
{
    if (!eql_parser_accept(parser, EQL_TOKEN_WITH)) {
        return;
    }
    EqlToken option = parser->token;
    Str name = eql_parser_token_text(parser);
    eql_parser_expect(parser, EQL_TOKEN_IDENTIFIER, EQL_TOKEN_BIT(EQL_TOKEN_ASSIGN));
    eql_parser_expect(parser, EQL_TOKEN_ASSIGN, NUMBER);
    EqlToken number = parser->token;
    int64_t value = 0;
    bool whole = whole_number(parser, "runs value", &value);
    if (!parser->failed && !str_equal(name, STR("runs"))) {
        Str shown = eql_parser_shown(parser, name);
        eql_parser_complain(parser, option.at, option.len,
                            "Unrecognized option [%.*s], expecting [runs]", STR_ARG(shown));
    } else if (whole && value < 1) {
        eql_parser_complain(parser, number.at, number.len,
                            "A positive runs value is required; found [%lld]", (long long)value);
    } else if (whole && value > EQL_MAX_RUNS) {
        eql_parser_complain(parser, number.at, number.len,
                            "A query cannot be repeated more than %d times; found [%lld]",
                            EQL_MAX_RUNS, (long long)value);
    } else if (whole) {
        stage->runs = (uint32_t)value;
        stage->runs_at = number.at;
    }
}

static void check_key_count(EqlParser *parser, uint32_t expected, const EqlStage *stage,
                            uint32_t keys_at)
{
    if (stage->key_count != expected) {
        uint32_t at = stage->key_count > 0 ? keys_at : stage->at;
        eql_parser_complain(
            parser, at, stage->at + stage->len - at,
            "Inconsistent number of join keys specified; expected [%u] but found [%u]", expected,
            stage->key_count);
    }
}

/* term := subquery keys? runs? */
static EqlStage term(EqlParser *parser, const Terms *terms)
{
    bool in_sequence = terms->query->kind == EQL_QUERY_SEQUENCE;
    EqlStage stage = {0};
    subquery(parser, &stage, in_sequence);
    uint32_t keys_at = parser->token.at;
    stage.keys = keys(parser, &stage.key_count);
    if (in_sequence) {
        runs(parser, &stage);
    }
    stage.len = parser->end - stage.at;
    if (terms->expanded > 0) {
        check_key_count(parser, terms->key_count, &stage, keys_at);
    }
    return stage;
}

/* Looks only, but leaves word that a term could have come. */
static bool starts_term(EqlParser *parser, bool in_sequence)
{
    if (eql_parser_at(parser, EQL_TOKEN_LEFT_BRACKET) ||
        (in_sequence && eql_parser_at(parser, EQL_TOKEN_MISSING))) {
        return true;
    }
    parser->expected |= EQL_TOKEN_BIT(EQL_TOKEN_LEFT_BRACKET);
    parser->expected |= in_sequence ? EQL_TOKEN_BIT(EQL_TOKEN_MISSING) : 0;
    return false;
}

/* terms := term term* */
static void all_terms(EqlParser *parser, Terms *terms)
{
    EqlQuery *query = terms->query;
    do {
        EqlStage stage = term(parser, terms);
        terms->key_count = terms->expanded == 0 ? stage.key_count : terms->key_count;
        terms->expanded += stage.runs;
        if (terms->expanded > EQL_MAX_STAGES) {
            eql_parser_refuse(parser, stage.at, stage.len,
                              "The query has too many terms, more than [%d], runs counted in",
                              EQL_MAX_STAGES);
            return;
        }
        ARRAY_PUSH(parser->arena, &terms->stages, stage);
    } while (starts_term(parser, query->kind == EQL_QUERY_SEQUENCE));
    query->stages = terms->stages.items;
    query->stage_count = terms->stages.count;
}

/* until := "until" term */
static void until(EqlParser *parser, const Terms *terms)
{
    if (!eql_parser_accept(parser, EQL_TOKEN_UNTIL)) {
        return;
    }
    EqlStage *stage = ARENA_NEW(parser->arena, EqlStage);
    *stage = term(parser, terms);
    terms->query->until = stage;
    if (stage->missing) {
        eql_parser_complain(parser, stage->at, stage->len,
                            "[until] does not support missing events queries");
    } else if (stage->runs > 1) {
        eql_parser_complain(parser, stage->runs_at, 0, "[until] does not support [with runs]");
    }
}

static void check_sequence(EqlParser *parser, const Terms *terms)
{
    const EqlQuery *query = terms->query;
    uint32_t len = parser->end - query->at;
    uint32_t missing = 0;
    for (uint32_t i = 0; i < query->stage_count; i++) {
        missing += query->stages[i].missing;
    }
    if (terms->expanded < 2) {
        eql_parser_complain(parser, query->at, len,
                            "A sequence requires a minimum of 2 queries, found [%u]",
                            terms->expanded);
    }
    if (missing > 0 && !query->has_maxspan) {
        eql_parser_complain(
            parser, query->at, len,
            "[maxspan] is required for sequences with missing events queries; found none");
    }
    if (query->matches == EQL_MATCHES_ALL && !query->has_maxspan) {
        eql_parser_complain(parser, query->at, len,
                            "[maxspan] is required for sequences with [matches=all]; found none");
    }
    if (missing == query->stage_count) {
        eql_parser_complain(parser, query->at, len,
                            "A sequence requires at least one positive event query; found none");
    }
}

/* sequence := "sequence" ( keys params? | params )? terms until? */
static void sequence(EqlParser *parser, Terms *terms)
{
    EqlQuery *query = terms->query;
    query->keys = keys(parser, &query->key_count);
    if (params(parser, query) && query->key_count == 0) {
        query->keys = keys(parser, &query->key_count);
        if (query->key_count > 0) {
            eql_parser_complain(parser, query->at, 0,
                                "Please specify sequence [by] before [with] not after");
        }
    }
    all_terms(parser, terms);
    until(parser, terms);
    if (!parser->failed) {
        check_sequence(parser, terms);
    }
}

/* join := "join" keys? terms until? */
static void join(EqlParser *parser, Terms *terms)
{
    terms->query->keys = keys(parser, &terms->query->key_count);
    all_terms(parser, terms);
    until(parser, terms);
}

/* sample := "sample" keys? terms */
static void sample(EqlParser *parser, Terms *terms)
{
    EqlQuery *query = terms->query;
    query->keys = keys(parser, &query->key_count);
    all_terms(parser, terms);
    if (query->key_count + terms->key_count == 0) {
        eql_parser_complain(parser, query->at, parser->end - query->at,
                            "A sample must have at least one join key");
    }
}

/* head and tail take one integer that is not negative. */
static void check_limit(EqlParser *parser, const EqlPipe *pipe)
{
    if (pipe->argument_count != 1) {
        eql_parser_complain(parser, pipe->at, pipe->len,
                            "Pipe [%.*s] expects exactly one argument but found [%u]",
                            STR_ARG(pipe->name), pipe->argument_count);
        return;
    }
    const EqlNode *limit = pipe->arguments[0];
    if (limit->kind != EQL_INTEGER || limit->integer < 0) {
        Str text =
            eql_parser_shown(parser, str_slice(parser->text, limit->at, limit->at + limit->len));
        eql_parser_complain(parser, limit->at, limit->len,
                            "Pipe [%.*s] expects a positive integer but found [%.*s]",
                            STR_ARG(pipe->name), STR_ARG(text));
    }
}

static void check_pipe(EqlParser *parser, const EqlPipe *pipe)
{
    static const Str NAMES[] = {STR_INIT("count"),       STR_INIT("filter"), STR_INIT("head"),
                                STR_INIT("sort"),        STR_INIT("tail"),   STR_INIT("unique"),
                                STR_INIT("unique_count")};
    if (str_equal(pipe->name, STR("head")) || str_equal(pipe->name, STR("tail"))) {
        check_limit(parser, pipe);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        if (str_equal(pipe->name, NAMES[i])) {
            return;
        }
    }
    Str shown = eql_parser_shown(parser, pipe->name);
    Str hint = similar_hint(parser->arena, pipe->name, NAMES, ARRAY_LEN(NAMES));
    eql_parser_complain(parser, pipe->at, (uint32_t)pipe->name.len, "Unrecognized pipe [%.*s]%.*s",
                        STR_ARG(shown), STR_ARG(hint));
}

/* pipe := IDENTIFIER ( expression ( "," expression )* )? */
static EqlPipe pipe(EqlParser *parser)
{
    EqlPipe result = {.at = parser->token.at, .name = eql_parser_token_text(parser)};
    EqlNodes arguments = {0};
    eql_parser_expect(parser, EQL_TOKEN_IDENTIFIER, 0);
    if (!eql_parser_at(parser, EQL_TOKEN_PIPE) && !eql_parser_at(parser, EQL_TOKEN_END)) {
        eql_parser_expressions(parser, &arguments);
    }
    result.len = parser->end - result.at;
    result.arguments = arguments.items;
    result.argument_count = arguments.count;
    if (!parser->failed) {
        check_pipe(parser, &result);
    }
    return result;
}

/* pipes := ( "|" pipe )* */
static void pipes(EqlParser *parser, EqlQuery *query)
{
    EqlPipes list = {0};
    query->pipes_at = parser->token.at;
    while (eql_parser_accept(parser, EQL_TOKEN_PIPE)) {
        ARRAY_PUSH(parser->arena, &list, pipe(parser));
    }
    query->pipes = list.items;
    query->pipe_count = list.count;
}

static void event(EqlParser *parser, Terms *terms)
{
    EqlStage stage = {.at = parser->token.at, .runs = 1};
    filter(parser, &stage);
    stage.len = parser->end - stage.at;
    ARRAY_PUSH(parser->arena, &terms->stages, stage);
    terms->query->stages = terms->stages.items;
    terms->query->stage_count = 1;
}

/* query := sequence | join | sample | filter */
static void query_of_any_kind(EqlParser *parser, EqlQuery *query)
{
    Terms terms = {.query = query};
    query->at = parser->token.at;
    if (eql_parser_accept(parser, EQL_TOKEN_SEQUENCE)) {
        query->kind = EQL_QUERY_SEQUENCE;
        sequence(parser, &terms);
    } else if (eql_parser_accept(parser, EQL_TOKEN_JOIN)) {
        query->kind = EQL_QUERY_JOIN;
        join(parser, &terms);
    } else if (eql_parser_accept(parser, EQL_TOKEN_SAMPLE)) {
        query->kind = EQL_QUERY_SAMPLE;
        sample(parser, &terms);
    } else {
        query->kind = EQL_QUERY_EVENT;
        event(parser, &terms);
    }
}

/* statement := query pipes END */
EqlQuery *eql_parse_dialect(Arena *arena, Str text, EqlDialect dialect, Diagnostics *diagnostics)
{
    EqlParser parser;
    if (!eql_parser_init(&parser, arena, text, diagnostics)) {
        return NULL;
    }
    parser.dialect = dialect;
    EqlQuery *query = ARENA_NEW(arena, EqlQuery);
    query->text = text;
    query_of_any_kind(&parser, query);
    pipes(&parser, query);
    return eql_parser_finish(&parser) ? query : NULL;
}

EqlQuery *eql_parse(Arena *arena, Str text, Diagnostics *diagnostics)
{
    return eql_parse_dialect(arena, text, EQL_DIALECT_EXTENDED, diagnostics);
}

EqlNode *eql_parse_expression(Arena *arena, Str text, Diagnostics *diagnostics)
{
    EqlParser parser;
    if (!eql_parser_init(&parser, arena, text, diagnostics)) {
        return NULL;
    }
    EqlNode *node = eql_parser_expression(&parser);
    return eql_parser_finish(&parser) ? node : NULL;
}

void eql_position(Str text, const Diagnostic *diagnostic, size_t *line, size_t *column)
{
    bool counts_from_two = strcmp(diagnostic->code, EQL_CODE_PARSE) == 0;
    *line = 1;
    *column = counts_from_two ? 2 : 1;
    for (size_t at = 0; at < diagnostic->at && at < text.len;) {
        (*column)++;
        if (utf8_next(text, &at) == '\n') {
            (*line)++;
            *column = counts_from_two ? 2 : 1;
        }
    }
}

static bool is_operator(const EqlNode *node, EqlOp op)
{
    return node->kind == EQL_BINARY && node->op == op;
}

void eql_operands(Arena *arena, EqlNode *node, EqlOp op, EqlNode ***operands, uint32_t *count)
{
    uint32_t left = 1;
    for (const EqlNode *at = node; is_operator(at, op); at = at->left) {
        left++;
    }
    *count = left;
    *operands = ARENA_MANY(arena, EqlNode *, left);
    for (; left > 1; node = node->left) {
        (*operands)[--left] = node->right;
    }
    (*operands)[0] = node;
}
