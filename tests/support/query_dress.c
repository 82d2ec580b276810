#include "query_dress.h"

#include "base/ip_address.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "lang/eql.h"

#define MAX_TEXT ((size_t)200)

/* What a constant is there for. */
typedef enum Use { USE_VALUE, USE_PATTERN, USE_REGEX, USE_BLOCK } Use;

typedef struct Dresser {
    Arena *arena;
    const Words *words;
    Dice *dice;
} Dresser;

static bool chance(Dresser *dresser, uint32_t one_in)
{
    return dice_below(dresser->dice, one_in) == 0;
}

/* --- fields --- */

static char kind_of(Str path)
{
    for (uint32_t i = 0; i < STORY_FIELDS; i++) {
        if (str_equal(path, str_from_c(STORY_FIELD[i].path))) {
            return STORY_FIELD[i].kind;
        }
    }
    return 'u';
}

/* The queries' variables are called so, and no field. */
static bool is_variable(const EqlNode *field)
{
    return str_starts_with(field->text, STR("each"));
}

static void dress_field(Dresser *dresser, EqlNode *field)
{
    if (is_variable(field)) {
        return;
    }
    if (!chance(dresser, 20)) { /* else it stays one that no event has */
        field->text = words_path(dresser->words, dresser->dice, kind_of(field->text));
    }
}

/* The first field in the node, dressed already. */
static const EqlNode *field_in(const EqlNode *node)
{
    if (node == NULL || node->kind == EQL_FIELD) {
        return node == NULL || is_variable(node) ? NULL : node;
    }
    const EqlNode *found = field_in(node->left);
    found = found == NULL ? field_in(node->right) : found;
    for (uint32_t i = 0; i < node->item_count && found == NULL; i++) {
        found = field_in(node->items[i]);
    }
    return found;
}

/* --- texts --- */

static size_t character_at(Str text, size_t at)
{
    while (at > 0 && at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80) {
        at--;
    }
    return at;
}

/* Mostly the whole text, else a part of it, perhaps in the other case. */
static Str piece_of(Dresser *dresser, Str text)
{
    text = str_slice(text, 0, character_at(text, text.len < MAX_TEXT ? text.len : MAX_TEXT));
    uint32_t way = dice_below(dresser->dice, 10);
    size_t one = character_at(text, dice_below(dresser->dice, (uint32_t)text.len + 1));
    size_t other = character_at(text, dice_below(dresser->dice, (uint32_t)text.len + 1));
    switch (way) {
    case 9: return str_slice(text, one, text.len);
    case 8: return str_slice(text, 0, one);
    case 7: return str_slice(text, one < other ? one : other, one < other ? other : one);
    case 6: return utf8_fold(dresser->arena, text);
    default: return text;
    }
}

/* The text with some of it, or its ends, left to the wildcards. */
static Str pattern_of(Dresser *dresser, Str text)
{
    Buffer out = {0};
    uint32_t often = 2 + dice_below(dresser->dice, 30);
    buffer_append_c(&out, chance(dresser, 2) ? "*" : "");
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        utf8_next(text, &at);
        if (!chance(dresser, often)) {
            buffer_append(&out, str_slice(text, from, at));
        } else if (chance(dresser, 2)) {
            buffer_append_byte(&out, '?');
        } else {
            buffer_append_byte(&out, '*');
            at = character_at(text, at + dice_below(dresser->dice, 20));
            at = at > text.len ? text.len : at;
        }
    }
    buffer_append_c(&out, chance(dresser, 2) ? "*" : "");
    Str pattern = str_copy(dresser->arena, buffer_str(&out));
    buffer_done(&out);
    return pattern;
}

static void append_regex_part(Dresser *dresser, Buffer *out, Str character)
{
    static const char *const LOOSE[] = {".", ".*", ".+", ".?", "(a|.)", "[^_]", "@", "~(zz)"};
    unsigned char byte = (unsigned char)character.ptr[0];
    if (chance(dresser, 12)) {
        buffer_append_c(out, LOOSE[dice_below(dresser->dice, ARRAY_LEN(LOOSE))]);
        return;
    }
    if (byte >= '0' && byte <= '9' && chance(dresser, 2)) {
        buffer_append_c(out, chance(dresser, 2) ? "[0-9]" : "\\d");
        return;
    }
    bool plain = byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                 (byte >= 'A' && byte <= 'Z');
    buffer_append_c(out, plain ? "" : "\\");
    buffer_append(out, character);
}

static Str regex_of(Dresser *dresser, Str text)
{
    Buffer out = {0};
    buffer_append_c(&out, chance(dresser, 3) ? ".*" : "");
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        utf8_next(text, &at);
        append_regex_part(dresser, &out, str_slice(text, from, at));
    }
    static const char *const TAILS[] = {"", ".*", "&.*", "|x", "<0-99>*"};
    buffer_append_c(&out, TAILS[dice_below(dresser->dice, ARRAY_LEN(TAILS))]);
    Str regex = str_copy(dresser->arena, buffer_str(&out));
    buffer_done(&out);
    return regex;
}

static Str block_of(Dresser *dresser, Str text)
{
    IpAddress address;
    if (!ip_address_parse(text, &address)) {
        return chance(dresser, 2) ? STR("10.0.0.0/8") : STR("fe80::/10");
    }
    size_t colon;
    bool is_v6 = str_find_byte(text, ':', 0, &colon);
    uint32_t bits = dice_below(dresser->dice, is_v6 ? 129 : 33);
    return chance(dresser, 8) ? text : str_format(dresser->arena, "%.*s/%u", STR_ARG(text), bits);
}

/* --- constants --- */

static void be_text(Dresser *dresser, EqlNode *node, Str value, Use use)
{
    node->kind = EQL_STRING;
    node->raw = use != USE_VALUE && chance(dresser, 2);
    switch (use) {
    case USE_VALUE: node->text = piece_of(dresser, value); return;
    case USE_PATTERN: node->text = pattern_of(dresser, piece_of(dresser, value)); return;
    case USE_REGEX: node->text = regex_of(dresser, piece_of(dresser, value)); return;
    case USE_BLOCK: node->text = block_of(dresser, value); return;
    }
}

static void be_number(Dresser *dresser, EqlNode *node, Str value)
{
    int64_t whole;
    if (json_number_is_i64(value, &whole)) {
        static const int64_t NEAR[] = {0, 0, 0, 0, 1, -1};
        node->kind = EQL_INTEGER;
        if (__builtin_add_overflow(whole, NEAR[dice_below(dresser->dice, ARRAY_LEN(NEAR))],
                                   &node->integer)) {
            node->integer = whole;
        }
        if (chance(dresser, 8)) {
            node->kind = EQL_DECIMAL;
            node->decimal = (double)whole + (chance(dresser, 2) ? 0.0 : 0.5);
        }
    } else if (str_to_double(value, &node->decimal)) {
        node->kind = EQL_DECIMAL;
    }
}

/* `word`: the field it stands beside. */
static void dress_constant(Dresser *dresser, EqlNode *node, const Word *word, Use use)
{
    if (word == NULL || chance(dresser, 8)) {
        return;
    }
    const Json *value = word->values.items[dice_below(dresser->dice, word->values.count)];
    if (node->kind == EQL_STRING) {
        Str text = value->kind == JSON_STRING ? value->text : value->raw;
        be_text(dresser, node, text, use);
    } else if (value->kind == JSON_NUMBER) {
        be_number(dresser, node, value->raw);
    } else if (value->kind == JSON_BOOL) {
        node->kind = EQL_BOOLEAN;
        node->boolean = value->boolean;
    } else if (value->kind == JSON_STRING) {
        be_text(dresser, node, value->text, use);
    }
}

/* --- the tree --- */

static void dress(Dresser *dresser, EqlNode *node, const Word *word, Use use);

static void dress_fields(Dresser *dresser, EqlNode *node)
{
    if (node->kind == EQL_FIELD) {
        dress_field(dresser, node);
        return;
    }
    if (node->kind == EQL_LINEAGE) {
        dress_fields(dresser, node->subquery->condition);
    }
    if (node->left != NULL) {
        dress_fields(dresser, node->left);
    }
    if (node->right != NULL) {
        dress_fields(dresser, node->right);
    }
    for (uint32_t i = 0; i < node->item_count; i++) {
        dress_fields(dresser, node->items[i]);
    }
}

static void dress_parts(Dresser *dresser, const EqlNode *node, const Word *word, Use use)
{
    bool is_call = node->kind == EQL_CALL;
    bool is_block = is_call && str_equal_ascii_case(node->text, STR("cidrMatch"));
    Use use_of_items = node->kind == EQL_LIKE    ? USE_PATTERN
                       : node->kind == EQL_REGEX ? USE_REGEX
                       : is_block                ? USE_BLOCK
                                                 : use;
    if (node->left != NULL) {
        dress(dresser, node->left, word, use);
    }
    if (node->right != NULL) {
        dress(dresser, node->right, word, use);
    }
    for (uint32_t i = 0; i < node->item_count; i++) {
        /* Numbers in calls are places in a text. */
        if (!is_call || node->items[i]->kind != EQL_INTEGER) {
            dress(dresser, node->items[i], word, use_of_items);
        }
    }
}

/* Constants, by the first field of the comparison they stand in. */
static void dress(Dresser *dresser, EqlNode *node, const Word *word, Use use)
{
    switch (node->kind) {
    case EQL_STRING:
    case EQL_INTEGER:
    case EQL_DECIMAL:
    case EQL_BOOLEAN: dress_constant(dresser, node, word, use); return;
    case EQL_NULL:
    case EQL_FIELD: return;
    case EQL_LINEAGE: dress(dresser, node->subquery->condition, NULL, USE_VALUE); return;
    case EQL_CALL:
    case EQL_BINARY:
    case EQL_NEGATE:
    case EQL_NOT:
    case EQL_IN:
    case EQL_LIKE:
    case EQL_REGEX: break;
    }
    bool is_logic = node->kind == EQL_NOT ||
                    (node->kind == EQL_BINARY && (node->op == EQL_AND || node->op == EQL_OR));
    const EqlNode *field = is_logic ? NULL : field_in(node);
    if (field != NULL) { /* else it may be a variable: what is around it tells */
        word = words_find(dresser->words, field->text);
    }
    dress_parts(dresser, node, word, use);
}

static void dress_keys(Dresser *dresser, EqlNode **keys, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        dress_fields(dresser, keys[i]);
    }
}

static void dress_stage(Dresser *dresser, EqlStage *stage)
{
    dress_fields(dresser, stage->condition);
    dress(dresser, stage->condition, NULL, USE_VALUE);
    dress_keys(dresser, stage->keys, stage->key_count);
    const Word *word = words_find(dresser->words, STR("event.category"));
    if (!stage->any && word != NULL && !chance(dresser, 4)) {
        stage->category = word->values.items[dice_below(dresser->dice, word->values.count)]->text;
    }
}

/* As long as from one event to some other. */
static void dress_span(Dresser *dresser, EqlQuery *query)
{
    const Word *word = words_find(dresser->words, STR("@timestamp"));
    if (!query->has_maxspan || word == NULL) {
        return;
    }
    int64_t from;
    int64_t to;
    uint32_t count = word->values.count;
    if (timestamp_parse(word->values.items[dice_below(dresser->dice, count)]->text, &from) &&
        timestamp_parse(word->values.items[dice_below(dresser->dice, count)]->text, &to)) {
        int64_t span = (from < to ? to - from : from - to) / NS_PER_MS * NS_PER_MS;
        query->maxspan_ns = span > 0 ? span : NS_PER_MS;
    }
}

Str query_dress(Arena *arena, Str query, const Words *words, Dice *dice)
{
    Dresser dresser = {arena, words, dice};
    Diagnostics diagnostics = {.arena = arena};
    EqlQuery *tree = eql_parse(arena, str_copy(arena, query), &diagnostics);
    if (tree == NULL) {
        return str_copy(arena, query);
    }
    dress_keys(&dresser, tree->keys, tree->key_count);
    dress_span(&dresser, tree);
    for (uint32_t i = 0; i < tree->stage_count; i++) {
        dress_stage(&dresser, &tree->stages[i]);
    }
    if (tree->until != NULL) {
        dress_stage(&dresser, tree->until);
    }
    Buffer text = {0};
    eql_print(&text, tree);
    Str dressed = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return dressed;
}
