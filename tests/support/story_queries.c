#include "story.h"

#define PICK(dice, list) ((list)[dice_below((dice), ARRAY_LEN(list))])

static void boolean(Dice *dice, Buffer *out, int depth);

static void append_literal(Buffer *out, Str text)
{
    buffer_append_byte(out, '"');
    for (size_t at = 0; at < text.len; at++) {
        unsigned char byte = (unsigned char)text.ptr[at];
        if (byte < 0x20) {
            buffer_append_format(out, "\\u{%02x}", byte);
            continue;
        }
        if (byte == '"' || byte == '\\') {
            buffer_append_byte(out, '\\');
        }
        buffer_append_byte(out, (char)byte);
    }
    buffer_append_byte(out, '"');
}

static void text_literal(Dice *dice, Buffer *out)
{
    append_literal(out, story_text(dice));
}

static void number_literal(Dice *dice, Buffer *out)
{
    static const char *const NUMBERS[] = {"5",
                                          "0",
                                          "1",
                                          "-1",
                                          "2",
                                          "7",
                                          "5.0",
                                          "5.5",
                                          "0.1",
                                          "1e3",
                                          "9007199254740993",
                                          "9223372036854775807",
                                          "1e19",
                                          "-9223372036854775808"};
    buffer_append_c(out, PICK(dice, NUMBERS));
}

static void date_literal(Dice *dice, Buffer *out)
{
    static const char *const DATES[] = {"\"2024-05-06T07:08:09Z\"", "1714979289000",
                                        "\"2024-05-06\"", "\"2024-05-06T07:08:09.0009Z\""};
    buffer_append_c(out, PICK(dice, DATES));
}

static void ip_literal(Dice *dice, Buffer *out)
{
    static const char *const IPS[] = {"\"10.0.0.1\"", "\"10.1.2.3\"", "\"fd00::1\"",
                                      "\"10.0.0.0/8\"", "\"::ffff:10.0.0.1\""};
    buffer_append_c(out, PICK(dice, IPS));
}

static void version_literal(Dice *dice, Buffer *out)
{
    static const char *const VERSIONS[] = {"\"1.2.3\"", "\"1.9\"", "\"1.2.3-rc1\"", "\"y\""};
    buffer_append_c(out, PICK(dice, VERSIONS));
}

static void literal(Dice *dice, Buffer *out, char kind)
{
    switch (kind) {
    case 's': text_literal(dice, out); return;
    case 'n': number_literal(dice, out); return;
    case 'b': buffer_append_c(out, dice_below(dice, 2) == 0 ? "true" : "false"); return;
    case 'c': buffer_append_c(out, dice_below(dice, 2) == 0 ? "\"process\"" : "\"file\""); return;
    case 'd': date_literal(dice, out); return;
    case 'i': ip_literal(dice, out); return;
    case 'v': version_literal(dice, out); return;
    default: literal(dice, out, PICK(dice, ((const char[]){'s', 'n', 's', 'b', 'd'}))); return;
    }
}

/* A field of that kind or of the unknown one. */
static const StoryField *field_of(Dice *dice, char kind)
{
    for (uint32_t i = 0, at = dice_below(dice, STORY_FIELDS); i < STORY_FIELDS; i++) {
        const StoryField *field = &STORY_FIELD[(at + i) % STORY_FIELDS];
        if (field->kind == kind || field->kind == 'u') {
            return field;
        }
    }
    return &STORY_FIELD[1];
}

static void append_field(Dice *dice, Buffer *out, const StoryField *field)
{
    buffer_append_format(out, "%s%s", dice_below(dice, 5) == 4 ? "?" : "", field->path);
}

static void pattern(Dice *dice, Buffer *out)
{
    static const Str PIECES[] = {STR_INIT("*"),   STR_INIT("a"),        STR_INIT("?"),
                                 STR_INIT("b"),   STR_INIT("ab"),       STR_INIT(".exe"),
                                 STR_INIT("A"),   STR_INIT("\xc3\xa9"), STR_INIT("\\"),
                                 STR_INIT("CMD"), STR_INIT("k")};
    Buffer text = {0};
    for (uint32_t i = 0, count = dice_below(dice, 5); i < count; i++) {
        buffer_append(&text, PICK(dice, PIECES));
    }
    append_literal(out, buffer_str(&text));
    buffer_done(&text);
}

static void regex(Dice *dice, Buffer *out)
{
    static const char *const REGEXES[] = {
        ".*",     "a.*",     "[a-z]+", "(a|b)*",    ".*\\\\.exe", "a{2,60}b?", "[^a]+",
        "~(a.*)", "a.*&.*b", "<1-9>",  "@",         "#",          "\\\"q\\\"", "cmd.*|.*exe",
        "a?b+",   "\u00e9",  ".",      "(ab){1,2}", "",
    };
    buffer_append_format(out, "\"%s\"", PICK(dice, REGEXES));
}

static void list(Dice *dice, Buffer *out, void (*item)(Dice *dice, Buffer *out))
{
    uint32_t count = 1 + dice_below(dice, 4);
    buffer_append_byte(out, '(');
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(out, i == 0 ? "" : ", ");
        item(dice, out);
    }
    buffer_append_byte(out, ')');
}

static void number(Dice *dice, Buffer *out, int depth);
static void text(Dice *dice, Buffer *out, int depth);

static void text_item(Dice *dice, Buffer *out)
{
    if (dice_below(dice, 6) == 5) {
        text(dice, out, 1);
    } else {
        text_literal(dice, out);
    }
}

static void number_item(Dice *dice, Buffer *out)
{
    if (dice_below(dice, 6) == 5) {
        number(dice, out, 1);
    } else {
        number_literal(dice, out);
    }
}

static void pattern_item(Dice *dice, Buffer *out)
{
    if (dice_below(dice, 4) == 3) {
        text(dice, out, 1);
    } else {
        pattern(dice, out);
    }
}

/* An expression that gives text. */
static void text(Dice *dice, Buffer *out, int depth)
{
    uint32_t way = depth == 0 ? 0 : dice_below(dice, 8);
    static const char *const HEADS[] = {"",        "",           "",         "",
                                        "concat(", "substring(", "between(", "between~("};
    buffer_append_c(out, HEADS[way]);
    if (way < 4) {
        append_field(dice, out, field_of(dice, 's'));
        return;
    }
    text(dice, out, depth - 1);
    if (way == 4) {
        buffer_append_c(out, ", ");
        literal(dice, out, 'u');
    } else if (way == 5) {
        buffer_append_format(out, ", %d", (int)dice_below(dice, 5) - 2);
        if (dice_below(dice, 2) == 1) {
            buffer_append_format(out, ", %d", (int)dice_below(dice, 7) - 3);
        }
    } else {
        buffer_append_c(out, ", ");
        text_literal(dice, out);
        buffer_append_c(out, ", ");
        text_literal(dice, out);
        buffer_append_c(out, dice_below(dice, 3) == 2 ? ", true" : "");
    }
    buffer_append_byte(out, ')');
}

/* An expression that gives a number. */
static void number(Dice *dice, Buffer *out, int depth)
{
    static const char *const OPERATORS[] = {"+", "-", "*", "/", "%"};
    switch (depth == 0 ? 0 : dice_below(dice, 8)) {
    case 7:
        buffer_append_byte(out, '(');
        number(dice, out, depth - 1);
        buffer_append_format(out, " %s ", PICK(dice, OPERATORS));
        number(dice, out, depth - 1);
        buffer_append_byte(out, ')');
        return;
    case 6:
        buffer_append_c(out, "length(");
        text(dice, out, depth - 1);
        buffer_append_byte(out, ')');
        return;
    case 5:
        buffer_append_format(out, "indexOf%s(", dice_below(dice, 2) == 0 ? "" : "~");
        text(dice, out, depth - 1);
        buffer_append_c(out, ", ");
        text_literal(dice, out);
        buffer_append_byte(out, ')');
        return;
    case 4: number_literal(dice, out); return;
    case 3:
        buffer_append_c(out, "-(");
        number(dice, out, depth - 1);
        buffer_append_byte(out, ')');
        return;
    default: append_field(dice, out, field_of(dice, 'n')); return;
    }
}

static void comparison(Dice *dice, Buffer *out)
{
    static const char *const OPERATORS[] = {"==", "!=", "<", "<=", ">", ">="};
    const StoryField *field = &STORY_FIELD[dice_below(dice, STORY_FIELDS)];
    const char *operator= PICK(dice, OPERATORS);
    switch (dice_below(dice, 8)) {
    case 7:
    case 6:
        append_field(dice, out, field);
        buffer_append_format(out, " %s ", operator);
        append_field(dice, out, field_of(dice, field->kind));
        return;
    case 4:
        literal(dice, out, field->kind);
        buffer_append_format(out, " %s ", operator);
        append_field(dice, out, field);
        return;
    case 3:
        append_field(dice, out, field);
        buffer_append_c(out, dice_below(dice, 2) == 0 ? " == null" : " != null");
        return;
    default:
        append_field(dice, out, field);
        buffer_append_format(out, " %s ", operator);
        literal(dice, out, field->kind);
        return;
    }
}

static void membership(Dice *dice, Buffer *out)
{
    static const char *const TEXT_WORDS[] = {" in ", " in~ ", " not in ", " not in~ "};
    static const char *const NUMBER_WORDS[] = {" in ", " not in "};
    if (dice_below(dice, 3) == 2) {
        number(dice, out, 1);
        buffer_append_c(out, PICK(dice, NUMBER_WORDS));
        list(dice, out, number_item);
    } else {
        text(dice, out, 1);
        buffer_append_c(out, PICK(dice, TEXT_WORDS));
        list(dice, out, text_item);
    }
}

static void likeness(Dice *dice, Buffer *out)
{
    static const char *const WORDS[] = {" : ", " like ", " like~ ", " regex ", " regex~ "};
    uint32_t word = dice_below(dice, ARRAY_LEN(WORDS));
    void (*item)(Dice * dice, Buffer * out) = word == 0 ? pattern_item : word < 3 ? pattern : regex;
    text(dice, out, (int)dice_below(dice, 2));
    buffer_append_c(out, WORDS[word]);
    if (dice_below(dice, 2) == 0) {
        item(dice, out);
    } else {
        list(dice, out, item);
    }
}

static void call(Dice *dice, Buffer *out)
{
    static const char *const NAMES[] = {"startsWith",  "endsWith",  "stringContains",
                                        "startsWith~", "endsWith~", "stringContains~"};
    if (dice_below(dice, 5) == 4) {
        static const char *const BLOCKS[] = {"10.0.0.0/8", "0.0.0.0/0", "fd00::/16", "10.1.2.3"};
        buffer_append_c(out, "cidrMatch(");
        append_field(dice, out, field_of(dice, 'i'));
        buffer_append_format(out, ", \"%s\", \"%s\")", PICK(dice, BLOCKS), PICK(dice, BLOCKS));
        return;
    }
    buffer_append_format(out, "%s(", PICK(dice, NAMES));
    text(dice, out, 1);
    buffer_append_c(out, ", ");
    if (dice_below(dice, 3) == 2) {
        text(dice, out, 0);
    } else {
        text_literal(dice, out);
    }
    buffer_append_byte(out, ')');
}

/* A comparison of computed values, or of a comparison with null. */
static void computed(Dice *dice, Buffer *out)
{
    static const char *const OPERATORS[] = {" == ", " != ", " < ", " >= "};
    switch (dice_below(dice, 4)) {
    case 3:
        buffer_append_c(out, "null == (");
        comparison(dice, out);
        buffer_append_byte(out, ')');
        return;
    case 2:
        text(dice, out, 2);
        buffer_append_c(out, PICK(dice, OPERATORS));
        text_item(dice, out);
        return;
    default:
        number(dice, out, 2);
        buffer_append_c(out, PICK(dice, OPERATORS));
        number_item(dice, out);
        return;
    }
}

/* About one value, which is called each1, or each2 in an array function within another. */
static void about_value(Dice *dice, Buffer *out, char kind, int level, int depth)
{
    static const char *const WORDS[] = {" : ", " like ", " like~ ", " != ", " == "};
    static const char *const OPERATORS[] = {" == ", " != ", " < ", " <= ", " > ", " >= "};
    const char *outer = level > 1 && dice_below(dice, 2) == 0 ? "each1" : "each2";
    const char *name = level > 1 ? outer : "each1";
    switch (dice_below(dice, depth == 0 ? 5 : 8)) {
    case 7:
    case 6:
        about_value(dice, out, kind, level, depth - 1);
        buffer_append_c(out, dice_below(dice, 2) == 0 ? " and " : " or ");
        about_value(dice, out, kind, level, 0);
        return;
    case 5:
        buffer_append_c(out, "not (");
        about_value(dice, out, kind, level, depth - 1);
        buffer_append_byte(out, ')');
        return;
    case 4:
        buffer_append_format(out, "length(string(%s)) %s ", name, PICK(dice, OPERATORS));
        number_item(dice, out);
        return;
    case 3:
        buffer_append_format(out, "%s%s", name, PICK(dice, OPERATORS));
        append_field(dice, out, field_of(dice, kind));
        return;
    case 2:
        if (kind == 's') {
            buffer_append_format(out, "%s%s", name, PICK(dice, WORDS));
            pattern(dice, out);
            return;
        }
        buffer_append_format(out, "%s%s= null", name, dice_below(dice, 2) == 0 ? "=" : "!");
        return;
    default:
        buffer_append_format(out, "%s%s", name, PICK(dice, OPERATORS));
        literal(dice, out, kind);
        return;
    }
}

static void array_call(Dice *dice, Buffer *out, int level)
{
    static const char *const COUNTS[] = {" == ", " < ", " >= ", " != "};
    const StoryField *field = &STORY_FIELD[dice_below(dice, STORY_FIELDS)];
    uint32_t way = dice_below(dice, 5);
    if (way == 0) {
        buffer_append_format(out, "arrayContains%s(", dice_below(dice, 3) == 0 ? "~" : "");
        append_field(dice, out, field);
        for (uint32_t i = 0, count = 1 + dice_below(dice, 3); i < count; i++) {
            buffer_append_c(out, ", ");
            literal(dice, out, field->kind);
        }
        buffer_append_byte(out, ')');
        return;
    }
    buffer_append_c(out, way < 3 ? "arrayCount(" : "arraySearch(");
    append_field(dice, out, field);
    buffer_append_format(out, ", each%d, ", level);
    if (level == 1 && dice_below(dice, 4) == 3) {
        array_call(dice, out, 2);
    } else {
        about_value(dice, out, field->kind, level, 2);
    }
    buffer_append_byte(out, ')');
    if (way == 1) {
        buffer_append_c(out, PICK(dice, COUNTS));
        number(dice, out, 1);
    } else if (way == 2) {
        buffer_append_format(out, "%s%u", PICK(dice, COUNTS), dice_below(dice, 3));
    }
}

static void array(Dice *dice, Buffer *out)
{
    array_call(dice, out, 1);
}

static void group(Dice *dice, Buffer *out, int depth)
{
    buffer_append_c(out, dice_below(dice, 3) == 2 ? "not (" : "(");
    for (uint32_t i = 0, count = 2 + dice_below(dice, 2); i < count; i++) {
        buffer_append_c(out, i == 0 ? "" : dice_below(dice, 2) == 0 ? " and " : " or ");
        boolean(dice, out, depth - 1);
    }
    buffer_append_byte(out, ')');
}

static void boolean(Dice *dice, Buffer *out, int depth)
{
    uint32_t way = dice_below(dice, depth == 0 ? 13 : 19);
    if (way >= 13) {
        group(dice, out, depth);
    } else if (way == 12) {
        array(dice, out);
    } else if (way == 11) {
        buffer_append_c(out, dice_below(dice, 2) == 0 ? "true" : "false");
    } else if (way == 10) {
        append_field(dice, out, field_of(dice, 'b'));
    } else if (way == 9) {
        buffer_append_c(out, "not ");
        boolean(dice, out, 0);
    } else {
        static void (*const LEAVES[])(Dice * dice, Buffer * out) = {
            comparison, comparison, comparison, membership, likeness,
            likeness,   call,       computed,   computed};
        LEAVES[way](dice, out);
    }
}

static void category(Dice *dice, Buffer *out)
{
    static const char *const CATEGORIES[] = {"any", "any", "process", "file"};
    buffer_append_format(out, "%s where ", PICK(dice, CATEGORIES));
}

/* What needs no order of time. */
static void timeless_condition(Dice *dice, Buffer *out)
{
    category(dice, out);
    boolean(dice, out, (int)dice_below(dice, 3));
}

static void condition_above(Dice *dice, Buffer *out, int depth);

/* A few relations of lineage, among other conditions. */
static void lineage(Dice *dice, Buffer *out, int depth)
{
    static const char *const RELATIONS[] = {"event", "child", "descendant", "descendant"};
    for (uint32_t i = 0, count = 1 + dice_below(dice, 3); i < count; i++) {
        buffer_append_c(out, i == 0 ? "" : dice_below(dice, 2) == 0 ? " and " : " or ");
        buffer_append_c(out, dice_below(dice, 4) == 3 ? "not (" : "(");
        if (i == 0 || dice_below(dice, 2) == 0) {
            buffer_append_format(out, "%s of [", PICK(dice, RELATIONS));
            condition_above(dice, out, depth - 1);
            buffer_append_byte(out, ']');
        } else {
            boolean(dice, out, 1);
        }
        buffer_append_byte(out, ')');
    }
}

static void condition_above(Dice *dice, Buffer *out, int depth)
{
    category(dice, out);
    if (depth > 0 && dice_below(dice, 3) == 2) {
        lineage(dice, out, depth);
    } else {
        boolean(dice, out, (int)dice_below(dice, 3));
    }
}

static void condition(Dice *dice, Buffer *out)
{
    condition_above(dice, out, 3);
}

static void key(Dice *dice, Buffer *out)
{
    switch (dice_below(dice, 10)) {
    case 9: text(dice, out, 2); return;
    case 8: number(dice, out, 2); return;
    case 7: comparison(dice, out); return;
    default: append_field(dice, out, &STORY_FIELD[dice_below(dice, STORY_FIELDS)]); return;
    }
}

static void keys(Dice *dice, Buffer *out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(out, i == 0 ? " by " : ", ");
        key(dice, out);
    }
}

static void sequence(Dice *dice, Buffer *out)
{
    uint32_t stages = 2 + dice_below(dice, 3);
    uint32_t own_keys = dice_below(dice, 4) == 3;
    bool has_maxspan = dice_below(dice, 2) == 1;
    bool may_miss = has_maxspan && dice_below(dice, 2) == 1;
    buffer_append_c(out, "sequence");
    keys(dice, out, dice_below(dice, 3));
    if (has_maxspan) {
        buffer_append_format(out, " with maxspan=%ums", 1 + dice_below(dice, 20));
    }
    if (dice_below(dice, 3) == 2) {
        static const char *const MATCHES[] = {"latest", "starts", "all"};
        buffer_append_format(out, "%smatches=%s", has_maxspan ? ", " : " with ",
                             MATCHES[dice_below(dice, has_maxspan ? 3 : 2)]);
    }
    for (uint32_t i = 0; i < stages; i++) {
        buffer_append_c(out, may_miss && dice_below(dice, 2) == 1 ? " ![" : " [");
        condition(dice, out);
        buffer_append_byte(out, ']');
        keys(dice, out, own_keys);
        if (dice_below(dice, 6) == 5) {
            buffer_append_c(out, " with runs=2");
        }
    }
    if (dice_below(dice, 4) == 3) {
        buffer_append_c(out, " until [");
        condition(dice, out);
        buffer_append_byte(out, ']');
        keys(dice, out, own_keys);
    }
}

static void sample(Dice *dice, Buffer *out)
{
    uint32_t own_keys = dice_below(dice, 4) == 3;
    buffer_append_c(out, "sample");
    keys(dice, out, 1 - own_keys + dice_below(dice, 2));
    for (uint32_t i = 0, stages = 2 + dice_below(dice, 2); i < stages; i++) {
        buffer_append_c(out, " [");
        if (dice_below(dice, 2) == 0) {
            timeless_condition(dice, out);
        } else {
            buffer_append_c(out, "any where true");
        }
        buffer_append_byte(out, ']');
        keys(dice, out, own_keys);
    }
}

/* ---- pipes ---- */

/* What is drawn of a query's pipes: how many events a match has at least, and what came before. */
typedef struct Pipes {
    uint32_t events;
    bool counted, counts_only;
} Pipes;

static void pipe_term(Dice *dice, Buffer *out, const Pipes *pipes)
{
    uint32_t way = dice_below(dice, 8);
    if (way == 7) {
        text(dice, out, 1);
    } else if (way == 6) {
        number(dice, out, 1);
    } else if (way == 5) {
        comparison(dice, out);
    } else {
        const char *path = STORY_FIELD[dice_below(dice, STORY_FIELDS)].path;
        buffer_append_c(out, dice_below(dice, 5) == 4 ? "?" : "");
        if (way == 4) {
            buffer_append_format(out, "events[%u].", dice_below(dice, pipes->events));
        }
        buffer_append_c(out, path);
    }
}

static void counted_condition(Dice *dice, Buffer *out)
{
    static const char *const CONDITIONS[] = {"count > 1", "count < 2", "percent >= 0.5",
                                             "percent < .4 or count == 3", "percent == null"};
    buffer_append_c(out, PICK(dice, CONDITIONS));
}

static void filter(Dice *dice, Buffer *out, const Pipes *pipes)
{
    uint32_t way = dice_below(dice, 3);
    if (pipes->counts_only || (pipes->counted && way == 2)) {
        counted_condition(dice, out);
        return;
    }
    if (way == 1) {
        buffer_append_format(out, "events[%u].%s %s null and ", dice_below(dice, pipes->events),
                             STORY_FIELD[dice_below(dice, STORY_FIELDS)].path,
                             dice_below(dice, 2) == 0 ? "==" : "!=");
    }
    boolean(dice, out, 1);
}

static void pipe_terms(Dice *dice, Buffer *out, const Pipes *pipes)
{
    static const char *const COUNTED[] = {"count", "-count", "-percent", "count % 2"};
    for (uint32_t i = 0, count = 1 + dice_below(dice, 2); i < count; i++) {
        buffer_append_c(out, i == 0 ? "" : ", ");
        if (pipes->counts_only || (pipes->counted && dice_below(dice, 3) == 2)) {
            buffer_append_c(out, PICK(dice, COUNTED));
        } else {
            pipe_term(dice, out, pipes);
        }
    }
}

static void pipe(Dice *dice, Buffer *out, Pipes *pipes)
{
    static const char *const NAMES[] = {"head",   "tail",         "sort", "filter",
                                        "unique", "unique_count", "count"};
    uint32_t way = dice_below(dice, pipes->counts_only ? 4 : ARRAY_LEN(NAMES));
    buffer_append_format(out, " | %s ", NAMES[way]);
    if (way < 2) {
        buffer_append_format(out, "%u", dice_below(dice, 9));
    } else if (way == 3) {
        filter(dice, out, pipes);
    } else if (way != 6 || dice_below(dice, 3) > 0) {
        pipe_terms(dice, out, pipes);
    }
    pipes->counted = pipes->counted || way >= 5;
    pipes->counts_only = pipes->counts_only || way == 6;
}

void story_add_query(Dice *dice, Buffer *out)
{
    Pipes pipes = {.events = 2};
    switch (dice_below(dice, 5)) {
    case 0:
    case 1:
        condition(dice, out);
        pipes.events = 1;
        break;
    case 2:
    case 3: sequence(dice, out); break;
    default: sample(dice, out); break;
    }
    for (uint32_t i = 0, count = dice_below(dice, 3) == 2 ? 1 + dice_below(dice, 3) : 0; i < count;
         i++) {
        pipe(dice, out, &pipes);
    }
}
