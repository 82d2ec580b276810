#include "base/regex_parse.h"

#include "base/regex.h"
#include "base/regex_class.h"
#include "base/utf8.h"

#define MAX_REPEAT  10000u /* a count far above it cannot stay within REGEX_MAX_STATES */
#define MAX_STACKED 10u    /* a{2}{3}: repetitions of repetitions, each a level of the tree */
#define MAX_TEXT    ((size_t)64 * 1024)

typedef struct Parser {
    Arena *arena;
    Str text;
    size_t at;
    bool fold;
    unsigned depth;
    RegexBudget *budget;
    Err *err;
} Parser;

typedef ARRAY(RegexNode *) Nodes;

static RegexNode *choice(Parser *parser);

/* Returns NULL, so that a failing branch is one line. */
static RegexNode *fail(Parser *parser, ErrCode code, size_t at, const char *what)
{
    parser->err->at = at;
    err_set(parser->err, code, "%s", what);
    return NULL;
}

static RegexNode *too_dear(Parser *parser)
{
    return fail(parser, ERR_LIMIT, 0, "regular expression takes too much work to prepare");
}

static bool more(const Parser *parser)
{
    return parser->at < parser->text.len;
}

static bool peek(const Parser *parser, char c)
{
    return more(parser) && parser->text.ptr[parser->at] == c;
}

static bool accept(Parser *parser, char c)
{
    bool is_there = peek(parser, c);
    parser->at += is_there;
    return is_there;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- nodes ---- */

static RegexNode *node_new(Parser *parser, RegexNode node)
{
    RegexNode *made = ARENA_NEW(parser->arena, RegexNode);
    *made = node;
    return made;
}

static RegexNode *group(Parser *parser, RegexKind kind, const Nodes *nodes)
{
    return node_new(
        parser, (RegexNode){.kind = kind, .children = nodes->items, .child_count = nodes->count});
}

static RegexNode *single(Parser *parser, RegexKind kind, RegexNode *child)
{
    Nodes nodes = {0};
    ARRAY_PUSH(parser->arena, &nodes, child);
    return group(parser, kind, &nodes);
}

static RegexNode *repeat(Parser *parser, RegexNode *child, uint32_t min, uint32_t max)
{
    RegexNode *node = single(parser, REGEX_REPEAT, child);
    node->min = min;
    node->max = max;
    return node;
}

static RegexNode *empty_text(Parser *parser)
{
    return group(parser, REGEX_SEQUENCE, &(Nodes){0});
}

static RegexNode *class_of(Parser *parser, RegexRanges *ranges)
{
    regex_ranges_normalize(ranges);
    return node_new(parser, (RegexNode){.kind = ranges->count == 0 ? REGEX_NOTHING : REGEX_CLASS,
                                        .ranges = ranges->items,
                                        .range_count = ranges->count});
}

static RegexNode *range(Parser *parser, uint32_t first, uint32_t last)
{
    RegexRange *one = ARENA_NEW(parser->arena, RegexRange);
    *one = (RegexRange){first, last};
    return node_new(parser, (RegexNode){.kind = REGEX_CLASS, .ranges = one, .range_count = 1});
}

static RegexNode *character(Parser *parser, uint32_t code_point)
{
    uint32_t one = parser->fold ? utf8_fold_one(code_point) : code_point;
    return range(parser, one, one);
}

static RegexNode *any_text(Parser *parser)
{
    return repeat(parser, range(parser, 0, REGEX_LAST_CHARACTER), 0, REGEX_UNBOUNDED);
}

/* ---- numbers between < and > ---- */

#define MAX_DIGITS 18u /* of <n-m>: fits int64 */

typedef struct Decimals {
    char low[MAX_DIGITS + 1];
    char high[MAX_DIGITS + 1];
    uint32_t digits;
} Decimals;

static RegexNode *digit_range(Parser *parser, unsigned first, unsigned last)
{
    return range(parser, '0' + first, '0' + last);
}

/* The texts of `digits - from` digits that lie between the rests of low and high, where `above` means that low
 * bounds no longer, `below` that high does not. */
static RegexNode *decimals_from(Parser *parser, const Decimals *bounds, uint32_t from, bool above,
                                bool below)
{
    if (from == bounds->digits) {
        return empty_text(parser);
    }
    if (above && below) {
        uint32_t left = bounds->digits - from;
        return repeat(parser, digit_range(parser, 0, 9), left, left);
    }
    unsigned low = above ? 0 : (unsigned)(bounds->low[from] - '0');
    unsigned high = below ? 9 : (unsigned)(bounds->high[from] - '0');
    Nodes choices = {0};
    for (unsigned first = low, last; first <= high; first = last + 1) {
        bool at_low = !above && first == low;
        bool at_high = !below && first == high;
        last = at_low || at_high ? first : below ? high : high - 1;
        Nodes parts = {0};
        ARRAY_PUSH(parser->arena, &parts, digit_range(parser, first, last));
        ARRAY_PUSH(parser->arena, &parts,
                   decimals_from(parser, bounds, from + 1, !at_low, !at_high));
        ARRAY_PUSH(parser->arena, &choices, group(parser, REGEX_SEQUENCE, &parts));
    }
    return group(parser, REGEX_CHOICE, &choices);
}

static RegexNode *decimals(Parser *parser, uint64_t low, uint64_t high, uint32_t digits)
{
    Decimals bounds = {.digits = digits};
    snprintf(bounds.low, sizeof bounds.low, "%0*llu", (int)digits, (unsigned long long)low);
    snprintf(bounds.high, sizeof bounds.high, "%0*llu", (int)digits, (unsigned long long)high);
    return decimals_from(parser, &bounds, 0, false, false);
}

/* Any number of zeros, then the number without any: one choice for each length. */
static RegexNode *interval(Parser *parser, uint64_t low, uint64_t high)
{
    Nodes lengths = {0};
    uint64_t first = 0; /* the least number of `digits` digits; 0 has one */
    uint64_t end = 10;
    for (uint32_t digits = 1; digits <= MAX_DIGITS; digits++, first = end, end *= 10) {
        uint64_t from = low > first ? low : first;
        uint64_t to = high < end - 1 ? high : end - 1;
        if (from <= to) {
            ARRAY_PUSH(parser->arena, &lengths, decimals(parser, from, to, digits));
        }
    }
    Nodes parts = {0};
    ARRAY_PUSH(parser->arena, &parts,
               repeat(parser, digit_range(parser, 0, 0), 0, REGEX_UNBOUNDED));
    ARRAY_PUSH(parser->arena, &parts, group(parser, REGEX_CHOICE, &lengths));
    return group(parser, REGEX_SEQUENCE, &parts);
}

static bool decimal(Str text, uint64_t *out)
{
    return text.len > 0 && text.len <= MAX_DIGITS && is_digit(text.ptr[0]) && str_to_u64(text, out);
}

/* interval := "<" digits "-" digits ">" ; of one length: the numbers of just that length */
static RegexNode *number_range(Parser *parser, size_t start)
{
    size_t end = 0;
    size_t dash = 0;
    uint64_t low = 0;
    uint64_t high = 0;
    if (!str_find_byte(parser->text, '>', parser->at, &end)) {
        return fail(parser, ERR_SYNTAX, start, "'<' without '>'");
    }
    if (!str_find_byte(parser->text, '-', parser->at, &dash) || dash > end ||
        !decimal(str_slice(parser->text, parser->at, dash), &low) ||
        !decimal(str_slice(parser->text, dash + 1, end), &high)) {
        return fail(parser, ERR_SYNTAX, start,
                    "expected two numbers of at most 18 digits, as in <1-99>");
    }
    size_t low_digits = dash - parser->at;
    size_t high_digits = end - dash - 1;
    parser->at = end + 1;
    if (low > high) {
        uint64_t swapped = low;
        low = high;
        high = swapped;
    }
    return low_digits == high_digits ? decimals(parser, low, high, (uint32_t)low_digits)
                                     : interval(parser, low, high);
}

/* ---- classes ---- */

static const RegexRange DIGITS[] = {{'0', '9'}};
static const RegexRange WORDS[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
static const RegexRange BLANKS[] = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};

/* \d and its like: adds its characters to `positive`, those of \D to `negative`, which is not folded any more:
 * what \W excludes are characters, and they have excluded their folded forms already. */
static bool accept_named_class(Parser *parser, RegexRanges *positive, RegexRanges *negative)
{
    static const struct {
        char name;
        const RegexRange *ranges;
        size_t count;
    } NAMED[] = {{'d', DIGITS, ARRAY_LEN(DIGITS)},
                 {'w', WORDS, ARRAY_LEN(WORDS)},
                 {'s', BLANKS, ARRAY_LEN(BLANKS)}};
    if (!peek(parser, '\\') || parser->at + 1 == parser->text.len) {
        return false;
    }
    char name = parser->text.ptr[parser->at + 1];
    for (size_t i = 0; i < ARRAY_LEN(NAMED); i++) {
        bool negated = name == NAMED[i].name - 'a' + 'A';
        if (name != NAMED[i].name && !negated) {
            continue;
        }
        RegexRanges ranges = {0};
        for (size_t r = 0; r < NAMED[i].count; r++) {
            ARRAY_PUSH(parser->arena, &ranges, NAMED[i].ranges[r]);
        }
        if (negated) {
            regex_ranges_complement(parser->arena, &ranges);
        }
        RegexRanges *to = negated ? negative : positive;
        for (uint32_t r = 0; r < ranges.count; r++) {
            ARRAY_PUSH(parser->arena, to, ranges.items[r]);
        }
        parser->at += 2;
        return true;
    }
    return false;
}

/* charexp := ["\"] character */
static bool next_character(Parser *parser, uint32_t *out)
{
    size_t start = parser->at;
    bool escaped = accept(parser, '\\');
    if (!more(parser)) {
        fail(parser, ERR_SYNTAX, start,
             escaped ? "'\\' with nothing behind it" : "regular expression ends too early");
        return false;
    }
    if (escaped && is_letter(parser->text.ptr[parser->at])) {
        fail(parser, ERR_SYNTAX, start, "'\\' before a letter that means nothing special");
        return false;
    }
    *out = utf8_next(parser->text, &parser->at);
    return true;
}

/* charclass := named | charexp [ "-" charexp ] */
static bool class_item(Parser *parser, RegexRanges *positive, RegexRanges *negative)
{
    if (accept_named_class(parser, positive, negative)) {
        return true;
    }
    size_t start = parser->at;
    uint32_t first = 0;
    if (!next_character(parser, &first)) {
        return false;
    }
    uint32_t last = first;
    if (accept(parser, '-') && !next_character(parser, &last)) {
        return false;
    }
    if (first > last) {
        fail(parser, ERR_SYNTAX, start, "range of a class runs backwards");
        return false;
    }
    ARRAY_PUSH(parser->arena, positive, (RegexRange){first, last});
    return true;
}

/* class := "[" ["^"] charclass { charclass } "]" */
static RegexNode *bracketed(Parser *parser, size_t start)
{
    bool negated = accept(parser, '^');
    RegexRanges positive = {0};
    RegexRanges negative = {0};
    do {
        if (!class_item(parser, &positive, &negative)) {
            return NULL;
        }
    } while (more(parser) && !peek(parser, ']'));
    if (!accept(parser, ']')) {
        return fail(parser, ERR_SYNTAX, start, "'[' without ']'");
    }
    if (parser->fold && !regex_ranges_fold(parser->arena, &positive, parser->budget)) {
        return too_dear(parser);
    }
    for (uint32_t i = 0; i < negative.count; i++) {
        ARRAY_PUSH(parser->arena, &positive, negative.items[i]);
    }
    if (negated) {
        regex_ranges_normalize(&positive);
        regex_ranges_complement(parser->arena, &positive);
    }
    return class_of(parser, &positive);
}

/* ---- the grammar ---- */

static RegexNode *quoted(Parser *parser, size_t start)
{
    Nodes characters = {0};
    while (more(parser) && !peek(parser, '"')) {
        uint32_t code_point = utf8_next(parser->text, &parser->at);
        ARRAY_PUSH(parser->arena, &characters, character(parser, code_point));
    }
    if (!accept(parser, '"')) {
        return fail(parser, ERR_SYNTAX, start, "'\"' without a second one");
    }
    return group(parser, REGEX_SEQUENCE, &characters);
}

static RegexNode *grouped(Parser *parser, size_t start)
{
    if (accept(parser, ')')) {
        return empty_text(parser);
    }
    if (parser->depth == REGEX_MAX_DEPTH) {
        return fail(parser, ERR_LIMIT, start, "regular expression is nested too deeply");
    }
    parser->depth++;
    RegexNode *inner = choice(parser);
    parser->depth--;
    if (inner != NULL && !accept(parser, ')')) {
        return fail(parser, ERR_SYNTAX, start, "'(' without ')'");
    }
    return inner;
}

static RegexNode *named_or_character(Parser *parser)
{
    RegexRanges ranges = {0};
    if (accept_named_class(parser, &ranges, &ranges)) {
        /* \D needs no folding, \d and \s have no letters, and \w holds its own folded forms but for
         * the long s and the Kelvin sign, whose folded forms are in it. */
        return class_of(parser, &ranges);
    }
    uint32_t code_point = 0;
    return next_character(parser, &code_point) ? character(parser, code_point) : NULL;
}

/* simple := "." | "#" | "@" | quoted | "(" [ choice ] ")" | interval | class | named | charexp */
static RegexNode *simple(Parser *parser)
{
    size_t start = parser->at;
    if (accept(parser, '.')) {
        return range(parser, 0, REGEX_LAST_CHARACTER);
    }
    if (accept(parser, '#')) {
        return node_new(parser, (RegexNode){.kind = REGEX_NOTHING});
    }
    if (accept(parser, '@')) {
        return any_text(parser);
    }
    if (accept(parser, '"')) {
        return quoted(parser, start);
    }
    if (accept(parser, '(')) {
        return grouped(parser, start);
    }
    if (accept(parser, '<')) {
        return number_range(parser, start);
    }
    if (accept(parser, '[')) {
        return bracketed(parser, start);
    }
    return named_or_character(parser);
}

/* complement := { "~" } simple ; an even number of them is none */
static RegexNode *complement(Parser *parser)
{
    bool negated = false;
    while (accept(parser, '~')) {
        negated = !negated;
    }
    RegexNode *inner = simple(parser);
    return inner != NULL && negated ? single(parser, REGEX_NOT, inner) : inner;
}

static bool count(Parser *parser, uint32_t *out)
{
    size_t start = parser->at;
    uint64_t value = 0;
    while (more(parser) && is_digit(parser->text.ptr[parser->at])) {
        value = value * 10 + (uint64_t)(parser->text.ptr[parser->at++] - '0');
        if (value > MAX_REPEAT) {
            fail(parser, ERR_LIMIT, start, "more than 10000 repetitions");
            return false;
        }
    }
    if (parser->at == start) {
        fail(parser, ERR_SYNTAX, start, "expected a number of repetitions");
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* counts := "{" digits [ "," [ digits ] ] "}" */
static RegexNode *counted(Parser *parser, RegexNode *inner)
{
    size_t start = parser->at - 1;
    uint32_t min = 0;
    if (!count(parser, &min)) {
        return NULL;
    }
    uint32_t max = min;
    if (accept(parser, ',')) {
        max = REGEX_UNBOUNDED;
        if (!peek(parser, '}') && !count(parser, &max)) {
            return NULL;
        }
    }
    if (!accept(parser, '}')) {
        return fail(parser, ERR_SYNTAX, start, "'{' without '}'");
    }
    if (min > max) {
        return fail(parser, ERR_SYNTAX, start, "more repetitions at least than at most");
    }
    return repeat(parser, inner, min, max);
}

/* repeated := complement { "?" | "*" | "+" | counts } */
static RegexNode *repeated(Parser *parser)
{
    RegexNode *node = complement(parser);
    unsigned levels = 0; /* each is one level of the tree */
    while (node != NULL && more(parser)) {
        size_t start = parser->at;
        if (accept(parser, '?')) {
            node = repeat(parser, node, 0, 1);
        } else if (accept(parser, '*')) {
            node = repeat(parser, node, 0, REGEX_UNBOUNDED);
        } else if (accept(parser, '+')) {
            node = repeat(parser, node, 1, REGEX_UNBOUNDED);
        } else if (accept(parser, '{')) {
            node = counted(parser, node);
        } else {
            break;
        }
        if (++levels > MAX_STACKED) {
            return fail(parser, ERR_LIMIT, start, "too many repetitions of repetitions");
        }
    }
    return node;
}

/* sequence := repeated { repeated } */
static RegexNode *sequence(Parser *parser)
{
    Nodes parts = {0};
    do {
        RegexNode *part = repeated(parser);
        if (part == NULL) {
            return NULL;
        }
        ARRAY_PUSH(parser->arena, &parts, part);
    } while (more(parser) && !peek(parser, ')') && !peek(parser, '|') && !peek(parser, '&'));
    return parts.count == 1 ? parts.items[0] : group(parser, REGEX_SEQUENCE, &parts);
}

static RegexNode *listed(Parser *parser, RegexKind kind, char separator,
                         RegexNode *(*item)(Parser *))
{
    Nodes items = {0};
    do {
        RegexNode *one = item(parser);
        if (one == NULL) {
            return NULL;
        }
        ARRAY_PUSH(parser->arena, &items, one);
    } while (accept(parser, separator));
    return items.count == 1 ? items.items[0] : group(parser, kind, &items);
}

static RegexNode *negated_sequence(Parser *parser)
{
    RegexNode *node = sequence(parser);
    return node == NULL ? NULL : single(parser, REGEX_NOT, node);
}

/* both := sequence { "&" sequence } ; x & y is ~(~x | ~y) */
static RegexNode *both(Parser *parser)
{
    RegexNode *node = listed(parser, REGEX_CHOICE, '&', negated_sequence);
    if (node == NULL) {
        return NULL;
    }
    bool is_one = node->kind == REGEX_NOT;
    return is_one ? node->children[0] : single(parser, REGEX_NOT, node);
}

/* choice := both { "|" both } */
static RegexNode *choice(Parser *parser)
{
    return listed(parser, REGEX_CHOICE, '|', both);
}

RegexNode *regex_parse(Arena *arena, Str pattern, bool fold, RegexBudget *budget, Err *err)
{
    Parser parser = {.arena = arena, .text = pattern, .fold = fold, .budget = budget, .err = err};
    if (pattern.len == 0) {
        return empty_text(&parser);
    }
    if (pattern.len > MAX_TEXT) {
        return fail(&parser, ERR_LIMIT, 0, "regular expression is longer than 64 KiB");
    }
    RegexNode *node = choice(&parser);
    if (node != NULL && more(&parser)) { /* only ')' ends a choice early */
        return fail(&parser, ERR_SYNTAX, parser.at, "')' without '('");
    }
    return node;
}
