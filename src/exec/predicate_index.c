#include "exec/predicate_index.h"

#include "base/utf8.h"
#include "exec/compare.h"
#include "exec/predicate_parts.h"
#include "plan/explain.h"

/* A KeySet while it is filled. */
typedef struct Keys {
    Table *table;
    size_t longest;
    ListPairs pairs;
} Keys;

typedef struct Building {
    Arena *arena;   /* of the index */
    Arena *scratch; /* for what only building needs */
    PredicateIndex *index;
    PredicateId predicate; /* the one that is being added */
    uint64_t *work;        /* left for deterministic automata */
    Keys texts, other_texts, folded, scalars, blocks;
    Table *pattern_names; /* tells equal patterns: kind, fold, text */
    ARRAY(Pattern) patterns;
    ListPairs pattern_predicates;
    Table *literals;
    ListPairs literal_patterns;
    ListPairs first, last, inside;
    ARRAY(uint32_t) always;
    ARRAY(RangeTest) ranges;
    ARRAY(ListTest) lists;
    ARRAY(uint32_t) computed;
    ARRAY(uint32_t) whole;
} Building;

/* ---- keys ---- */

Str scalar_key(ScalarKey kind, const Value *value, char out[SCALAR_KEY_BYTES])
{
    int64_t whole = value->kind == VALUE_BOOL ? value->boolean : value->integer;
    bool is_whole = value->kind != VALUE_DOUBLE;
    if (!is_whole && value->number >= -0x1p63 && value->number < 0x1p63) {
        whole = (int64_t)value->number;
        is_whole = (double)whole == value->number;
    }
    out[0] = (char)(kind * 2 + is_whole);
    if (is_whole) {
        memcpy(out + 1, &whole, sizeof whole);
    } else {
        memcpy(out + 1, &value->number, sizeof value->number);
    }
    return (Str){out, SCALAR_KEY_BYTES};
}

Str block_key(const IpBlock *block, char out[BLOCK_KEY_BYTES])
{
    out[0] = (char)block->bits;
    memcpy(out + 1, block->first.bytes, sizeof block->first.bytes);
    return (Str){out, BLOCK_KEY_BYTES};
}

static void add_key(Building *building, Keys *keys, Str key)
{
    uint32_t id = table_add(keys->table, key);
    keys->longest = key.len > keys->longest ? key.len : keys->longest;
    lists_push(building->scratch, &keys->pairs, id, building->predicate);
}

static KeySet keys_end(Building *building, Keys *keys)
{
    return (KeySet){keys->table, keys->longest,
                    lists_build(building->arena, &keys->pairs, table_count(keys->table))};
}

static void add_scalar(Building *building, ScalarKey kind, const Value *value)
{
    char key[SCALAR_KEY_BYTES];
    add_key(building, &building->scalars, scalar_key(kind, value, key));
    building->index->has_kind[kind] = true;
}

/* What COMPARE_AS_VALUE says of equality, as keys: one for values of the literal's own kind, one for each
 * kind that can meet it. A boolean meets the text "true" by its own text form, which needs no key. */
static void add_equal(Building *building, const Value *literal)
{
    Value converted;
    switch (literal->kind) {
    case VALUE_NULL: break;
    case VALUE_BOOL: add_scalar(building, KEY_BOOL, literal); break;
    case VALUE_INT:
    case VALUE_DOUBLE:
        add_scalar(building, KEY_NUMBER, literal);
        if (compare_date_of(literal, &converted)) {
            add_scalar(building, KEY_NUMBER_AS_DATE, &converted);
        }
        break;
    case VALUE_DATE: add_scalar(building, KEY_DATE, literal); break;
    case VALUE_STRING:
        add_key(building, &building->texts, literal->text);
        if (compare_number_of(literal->text, &converted)) {
            add_scalar(building, KEY_TEXT_AS_NUMBER, &converted);
        }
        if (compare_date_of(literal, &converted)) {
            add_scalar(building, KEY_TEXT_AS_DATE, &converted);
        }
        break;
    }
}

static void add_block(Building *building, const Value *text)
{
    IpBlock block;
    char key[BLOCK_KEY_BYTES];
    if (text->kind == VALUE_STRING && ip_block_parse(text->text, &block)) {
        add_key(building, &building->blocks, block_key(&block, key));
    }
}

/* ---- patterns ---- */

static uint32_t pattern_id(Building *building, const Pattern *pattern)
{
    char kind[] = {(char)('0' + (int)pattern->kind), pattern->fold ? 'f' : 'e'};
    Str parts[] = {{kind, sizeof kind}, pattern->text};
    Str name = str_join(building->scratch, parts, ARRAY_LEN(parts), STR(""));
    uint32_t id = table_add(building->pattern_names, name);
    if (id == building->patterns.count) {
        ARRAY_PUSH(building->arena, &building->patterns, *pattern);
    }
    return id;
}

static void add_byte(Building *building, ByteLists *lists, ListPairs *pairs, char byte,
                     uint32_t pattern)
{
    lists->is_used = true;
    lists->has[(uint8_t)byte] = true;
    lists_push(building->scratch, pairs, (uint8_t)byte, pattern);
}

/* How a new pattern will be found: by its longest text, else by one byte of it, else by trying. */
static void file_pattern(Building *building, uint32_t id)
{
    PredicateIndex *index = building->index;
    const Pattern *pattern = &building->patterns.items[id];
    Str literal = utf8_fold(building->scratch, pattern_literal(pattern));
    Str front = utf8_fold(building->scratch, pattern_front(pattern));
    Str back = utf8_fold(building->scratch, pattern_back(pattern));
    if (literal.len >= SHORTEST_LITERAL) {
        uint32_t literal_id = table_add(building->literals, str_slice(literal, 0, LITERAL_MAX));
        lists_push(building->scratch, &building->literal_patterns, literal_id, id);
    } else if (front.len > 0) {
        add_byte(building, &index->first, &building->first, front.ptr[0], id);
    } else if (back.len > 0) {
        add_byte(building, &index->last, &building->last, back.ptr[back.len - 1], id);
    } else if (literal.len > 0) {
        add_byte(building, &index->inside, &building->inside, literal.ptr[0], id);
    } else {
        ARRAY_PUSH(building->arena, &building->always, id);
    }
}

/* None may use up what is left for the others. */
static void determinize(Building *building, Pattern *pattern)
{
    if (pattern->kind == PATTERN_REGEX) {
        uint64_t share = *building->work / 4;
        uint64_t left = share;
        pattern->dfa = regex_dfa_new(building->arena, pattern->regex, &left);
        *building->work -= share - left;
    }
}

static void add_pattern(Building *building, const Pattern *pattern)
{
    uint32_t known = building->patterns.count;
    uint32_t id = pattern_id(building, pattern);
    if (id == known) {
        building->index->has_word_patterns |= pattern_is_of_words(pattern);
        determinize(building, &building->patterns.items[id]);
        file_pattern(building, id);
    }
    lists_push(building->scratch, &building->pattern_predicates, id, building->predicate);
}

static void add_text_test(Building *building, PatternKind kind, Str text, bool fold)
{
    Pattern pattern = {.kind = kind, .fold = fold, .text = text};
    if (fold) { /* a constant of the query need not be folded yet */
        pattern.text = str_copy(building->arena, utf8_fold(building->scratch, text));
    }
    add_pattern(building, &pattern);
}

/* ---- predicates ---- */

static void add_computed(Building *building)
{
    ARRAY_PUSH(building->arena, &building->computed, building->predicate);
}

static void add_items(Building *building, const Expr *expr)
{
    for (uint32_t i = 0; i < expr->item_count; i++) {
        const Value *item = &expr->items[i];
        if (expr->as == COMPARE_AS_IP) {
            add_block(building, item);
        } else if (expr->fold && item->kind == VALUE_STRING) {
            add_key(building, &building->folded, item->text);
        } else {
            add_equal(building, item);
        }
    }
}

static void add_like(Building *building, const Expr *expr)
{
    for (uint32_t i = 0; i < expr->item_count; i++) {
        Pattern pattern = pattern_of_wildcards(expr->items[i].text, expr->fold);
        if (pattern.kind != PATTERN_EXACT) {
            add_pattern(building, &pattern);
        } else if (pattern.fold) {
            add_key(building, &building->folded, pattern.text);
        } else {
            add_key(building, &building->texts, pattern.text);
            add_key(building, &building->other_texts, pattern.text);
        }
    }
}

static void add_regex(Building *building, const Expr *expr)
{
    const Regex *const *compiled = scalar_patterns_of(building->index->scalar_patterns, expr);
    for (uint32_t i = 0; i < expr->item_count; i++) {
        Pattern pattern = {
            .kind = PATTERN_REGEX,
            .fold = expr->fold,
            .text = expr->items[i].text,
            .regex = compiled[i],
        };
        add_pattern(building, &pattern);
    }
}

static void add_words(Building *building, const Expr *expr)
{
    for (uint32_t i = 0; i < expr->item_count; i++) {
        Pattern pattern = {
            .kind = expr->kind == EXPR_PHRASE ? PATTERN_PHRASE : PATTERN_WORD,
            .text = expr->items[i].text,
        };
        add_pattern(building, &pattern);
    }
}

/* startsWith, endsWith, stringContains with a constant that is not empty. */
static void add_call(Building *building, const Expr *expr)
{
    PatternKind kind = expr->function == FUNCTION_STARTS_WITH ? PATTERN_PREFIX
                       : expr->function == FUNCTION_ENDS_WITH ? PATTERN_SUFFIX
                                                              : PATTERN_PART;
    add_text_test(building, kind, expr->args[1]->literal.text, expr->fold);
}

static void add_cidr(Building *building, const Expr *expr)
{
    if (expr->kind == EXPR_IN) {
        add_items(building, expr);
        return;
    }
    for (uint32_t i = 1; i < expr->arg_count; i++) {
        add_block(building, &expr->args[i]->literal);
    }
}

static void add_list(Building *building, const Expr *expr)
{
    const ValueListData *list = building->index->plan->lists[expr->list].data;
    ListTest test = {building->predicate, list};
    ARRAY_PUSH(building->arena, &building->lists, test);
    for (uint32_t i = 0; i < list->pattern_count; i++) {
        Str folded = utf8_fold(building->scratch, list->texts[list->patterns[i]]);
        Pattern pattern = pattern_of_wildcards(str_copy(building->arena, folded), true);
        assert(pattern.kind != PATTERN_EXACT); /* it has a wildcard */
        add_pattern(building, &pattern);
    }
}

static void add_predicate(Building *building, const Predicate *predicate)
{
    const Expr *expr = predicate->expr;
    switch (predicate_lookup(predicate)) {
    case LOOKUP_EXISTS: break; /* holds of no value; the missing ones have their own list */
    case LOOKUP_EQUAL:
        if (expr->kind == EXPR_IN) {
            add_items(building, expr);
        } else {
            add_equal(building, &expr->args[1]->literal);
        }
        break;
    case LOOKUP_FOLDED: add_items(building, expr); break;
    case LOOKUP_PATTERN:
        if (expr->kind == EXPR_LIKE) {
            add_like(building, expr);
        } else if (expr->kind == EXPR_PHRASE || expr->kind == EXPR_WORD_LIKE) {
            add_words(building, expr);
        } else {
            add_call(building, expr);
        }
        break;
    case LOOKUP_REGEX: add_regex(building, expr); break;
    case LOOKUP_CIDR: add_cidr(building, expr); break;
    case LOOKUP_LIST: add_list(building, expr); break;
    case LOOKUP_RANGE: {
        RangeTest test = {building->predicate, expr->op, &expr->args[1]->literal};
        ARRAY_PUSH(building->arena, &building->ranges, test);
        break;
    }
    case LOOKUP_VALUE: add_computed(building); break;
    case LOOKUP_ARRAY: ARRAY_PUSH(building->arena, &building->whole, building->predicate); break;
    case LOOKUP_CONSTANT:
    case LOOKUP_ROW: assert(!"not a predicate of one field");
    }
}

/* ---- putting together ---- */

static void find_missing(Building *building, const PredicateId *predicates, uint32_t count)
{
    PredicateIndex *index = building->index;
    PredicateId *missing = ARENA_MANY(building->arena, PredicateId, count);
    Arena *scratch = arena_new();
    Values none = {0};
    uint64_t cut = 0; /* one combination is never too many */
    for (uint32_t i = 0; i < count; i++) {
        const Predicate *predicate = &index->plan->predicates[predicates[i]];
        if (scalar_holds(index->scalar_patterns, predicate, &none, scratch, &cut)) {
            missing[index->missing_count++] = predicates[i];
        }
    }
    arena_free(scratch);
    index->missing = missing;
}

static void keys_begin(Building *building, Keys *keys)
{
    keys->table = table_new(building->arena);
}

static void end_blocks(Building *building)
{
    PredicateIndex *index = building->index;
    index->blocks = keys_end(building, &building->blocks);
    bool occurs[129] = {0};
    for (uint32_t i = 0; i < table_count(building->blocks.table); i++) {
        uint8_t bits = (uint8_t)table_text(building->blocks.table, i).ptr[0];
        if (!occurs[bits]) {
            occurs[bits] = true;
            index->block_bits[index->block_bits_count++] = bits;
        }
    }
}

static void end_patterns(Building *building)
{
    PredicateIndex *index = building->index;
    Arena *arena = building->arena;
    index->patterns = building->patterns.items;
    index->pattern_count = building->patterns.count;
    index->pattern_predicates =
        lists_build(arena, &building->pattern_predicates, index->pattern_count);
    index->literal_count = table_count(building->literals);
    index->literal_patterns = lists_build(arena, &building->literal_patterns, index->literal_count);
    index->first.patterns = lists_build(arena, &building->first, 256);
    index->last.patterns = lists_build(arena, &building->last, 256);
    index->inside.patterns = lists_build(arena, &building->inside, 256);
    index->always = (List){building->always.items, building->always.count};
    if (index->literal_count > 0) {
        Str *literals = ARENA_MANY(building->scratch, Str, index->literal_count);
        for (uint32_t i = 0; i < index->literal_count; i++) {
            literals[i] = table_text(building->literals, i);
        }
        index->literals = literal_set_new(arena, literals, index->literal_count);
    }
}

static void end_index(Building *building)
{
    PredicateIndex *index = building->index;
    index->texts = keys_end(building, &building->texts);
    index->other_texts = keys_end(building, &building->other_texts);
    index->folded = keys_end(building, &building->folded);
    index->scalars = keys_end(building, &building->scalars);
    end_blocks(building);
    end_patterns(building);
    index->lists = building->lists.items;
    index->list_count = building->lists.count;
    index->ranges = building->ranges.items;
    index->range_count = building->ranges.count;
    index->computed = (List){building->computed.items, building->computed.count};
    index->whole = (List){building->whole.items, building->whole.count};
    index->needs_folded = table_count(building->folded.table) > 0 || index->pattern_count > 0;
    index->needs_text = index->needs_folded || table_count(building->other_texts.table) > 0 ||
                        table_count(building->blocks.table) > 0;
}

PredicateIndex *predicate_index_new(Arena *arena, const PlanSet *plan,
                                    const ScalarPatterns *patterns, const PredicateId *predicates,
                                    uint32_t count, uint64_t *work)
{
    PredicateIndex *index = ARENA_NEW(arena, PredicateIndex);
    index->plan = plan;
    index->scalar_patterns = patterns;
    Building building = {.arena = arena, .scratch = arena_new(), .index = index};
    building.work = work;
    keys_begin(&building, &building.texts);
    keys_begin(&building, &building.other_texts);
    keys_begin(&building, &building.folded);
    keys_begin(&building, &building.scalars);
    keys_begin(&building, &building.blocks);
    building.pattern_names = table_new(building.scratch);
    building.literals = table_new(building.scratch);
    for (uint32_t i = 0; i < count; i++) {
        building.predicate = predicates[i];
        add_predicate(&building, &plan->predicates[predicates[i]]);
    }
    find_missing(&building, predicates, count);
    end_index(&building);
    arena_free(building.scratch);
    return index;
}

const PredicateId *predicate_index_missing(const PredicateIndex *index, uint32_t *count)
{
    *count = index->missing_count;
    return index->missing;
}
