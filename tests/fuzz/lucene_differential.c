/* lucene_differential [--rounds N] [--seed S]: made-up query strings (query_differential.h). */
#include "query_differential.h"

#define DEPTH 3

/* Fields by a pattern, and none. */
static const char *const PATTERNS[] = {
    "n\\*:", "\\*a\\*:", "deep.\\*.n\\*:", "*:", "d\\*.\\*:", "", ""};

static bool is_special(char c)
{
    return strchr("+-!():^[]\"{}~*?\\/ <>&|", c) != NULL;
}

static void append_escaped(Buffer *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        buffer_append_c(out, is_special(text.ptr[i]) ? "\\" : "");
        buffer_append_byte(out, text.ptr[i]);
    }
}

/* A piece of one of the field's values between wildcards. */
static void append_pattern(Buffer *out, Dice *dice, const FieldWords *field)
{
    static const char *const WILD[] = {"*", "?", "*?", "\\**"};
    Str value = str_from_c(query_any_value(dice, field));
    size_t from = dice_below(dice, (uint32_t)value.len);
    Str piece = str_trim(str_slice(value, from, from + 1 + dice_below(dice, 5)));
    buffer_append_c(out, dice_below(dice, 2) == 0 ? "" : WILD[dice_below(dice, ARRAY_LEN(WILD))]);
    append_escaped(out, piece);
    buffer_append_c(out, piece.len > 0 && dice_below(dice, 3) == 0
                             ? ""
                             : WILD[dice_below(dice, ARRAY_LEN(WILD))]);
}

static void append_end(Buffer *out, Dice *dice, const FieldWords *field)
{
    buffer_append_c(out, dice_below(dice, 4) == 0 ? "*" : query_any_value(dice, field));
}

static void append_range(Buffer *out, Dice *dice, const FieldWords *field)
{
    buffer_append_c(out, dice_below(dice, 2) == 0 ? "[" : "{");
    append_end(out, dice, field);
    buffer_append_c(out, " TO ");
    append_end(out, dice, field);
    buffer_append_c(out, dice_below(dice, 2) == 0 ? "]" : "}");
}

/* Without quotes and blanks: words that are not one text. */
static void append_words(Buffer *out, Dice *dice, const FieldWords *field)
{
    Str value = str_from_c(query_any_value(dice, field));
    bool any = false;
    for (size_t i = 0; i < value.len; i++) {
        bool plain = value.ptr[i] == ' ' || !is_special(value.ptr[i]);
        buffer_append(out, plain ? str_slice(value, i, i + 1) : STR(""));
        any = any || (plain && value.ptr[i] != ' ');
    }
    buffer_append_c(out, any ? "" : "x");
}

static void append_value(Buffer *out, Dice *dice, const FieldWords *field)
{
    static const char *const SHORT[] = {"<", "<=", ">", ">="};
    const char *value;
    switch (dice_below(dice, 9)) {
    case 0: buffer_append_c(out, "*"); return;
    case 1:
    case 2: append_pattern(out, dice, field); return;
    case 3: append_range(out, dice, field); return;
    case 4:
        buffer_append_c(out, SHORT[dice_below(dice, ARRAY_LEN(SHORT))]);
        append_escaped(out, STR("2024"));
        return;
    case 5: buffer_append_c(out, "/.*[a-e].*/"); return;
    case 6:
        buffer_append_byte(out, '(');
        append_words(out, dice, field);
        buffer_append_byte(out, ')');
        return;
    default:
        value = query_any_value(dice, field);
        buffer_append_c(out, value[0] == '-' ? "\\" : "");
        buffer_append_c(out, value);
        return;
    }
}

static void append_leaf(Buffer *out, Dice *dice)
{
    const FieldWords *field = query_any_field(dice);
    uint32_t way = dice_below(dice, 8);
    if (way == 0) {
        buffer_append_c(out, PATTERNS[dice_below(dice, ARRAY_LEN(PATTERNS))]);
    } else {
        buffer_append_c(out, way == 1 ? "_exists_:" : "");
        buffer_append_format(out, "%s%s", field->name, way == 1 ? "" : ":");
    }
    if (way != 1) {
        append_value(out, dice, field);
    }
}

static void append_clauses(Buffer *out, Dice *dice, uint32_t depth)
{
    static const char *const JOINTS[] = {" ", " OR ", " AND ", " || ", " && "};
    static const char *const SIGNS[] = {"", "", "", "+", "-", "NOT ", "!"};
    uint32_t count = 1 + dice_below(dice, 3);
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(out, i == 0 ? "" : JOINTS[dice_below(dice, ARRAY_LEN(JOINTS))]);
        buffer_append_c(out, SIGNS[dice_below(dice, ARRAY_LEN(SIGNS))]);
        if (depth == 0 || dice_below(dice, 3) == 0) {
            append_leaf(out, dice);
            continue;
        }
        buffer_append_byte(out, '(');
        append_clauses(out, dice, depth - 1);
        buffer_append_byte(out, ')');
    }
}

static void append_query(Buffer *out, Dice *dice)
{
    append_clauses(out, dice, DEPTH);
}

int main(int argc, char **argv)
{
    return query_differential(&(QueryMaker){STR_INIT("lucene"), append_query}, argc, argv);
}
