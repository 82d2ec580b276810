/* kql_differential [--rounds N] [--seed S]: made-up KQL queries (query_differential.h). */
#include "query_differential.h"

#define DEPTH 3

/* Names with '*', and none at all: what fits is told by the events. */
static const char *const PATTERNS[] = {"n*", "*a*",  "*.name", "deep.*", "deep.*.n*",
                                       "*",  "d*.*", "*i*",    NULL};

/* A piece of one of the field's values between wildcards. */
static void append_pattern(Buffer *out, Dice *dice, const FieldWords *field)
{
    Str value = str_from_c(query_any_value(dice, field));
    size_t from = dice_below(dice, (uint32_t)value.len);
    Str piece = str_trim(str_slice(value, from, from + 1 + dice_below(dice, 5)));
    buffer_append_c(out, dice_below(dice, 2) == 0 ? "" : "*");
    for (size_t i = 0; i < piece.len; i++) {
        bool is_special = strchr("\\():<>\"*{}", piece.ptr[i]) != NULL;
        buffer_append_c(out, is_special ? "\\" : "");
        buffer_append_byte(out, piece.ptr[i]);
    }
    buffer_append_c(out, piece.len > 0 && dice_below(dice, 3) == 0 ? "" : "*");
}

static void append_value(Buffer *out, Dice *dice, const FieldWords *field)
{
    switch (dice_below(dice, 6)) {
    case 0: buffer_append_c(out, "*"); return;
    case 1:
    case 2: append_pattern(out, dice, field); return;
    default: buffer_append_c(out, query_any_value(dice, field)); return;
    }
}

static void append_list(Buffer *out, Dice *dice, const FieldWords *field)
{
    uint32_t count = 1 + dice_below(dice, 5);
    buffer_append_byte(out, '(');
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(out, i == 0 ? "" : dice_below(dice, 4) == 0 ? " and " : " or ");
        buffer_append_c(out, dice_below(dice, 6) == 0 ? "not " : "");
        append_value(out, dice, field);
    }
    buffer_append_byte(out, ')');
}

static void append_leaf(Buffer *out, Dice *dice)
{
    static const char *const OPS[] = {" < ", " <= ", " > ", " >= "};
    const FieldWords *field = query_any_field(dice);
    const char *name = field->name;
    if (dice_below(dice, 6) == 0) {
        name = PATTERNS[dice_below(dice, ARRAY_LEN(PATTERNS))];
    }
    if (name == NULL) {
        append_value(out, dice, field);
        return;
    }
    buffer_append_c(out, name);
    switch (dice_below(dice, 4)) {
    case 0:
        buffer_append_c(out, OPS[dice_below(dice, ARRAY_LEN(OPS))]);
        buffer_append_c(out, query_any_value(dice, field));
        return;
    case 1:
        buffer_append_c(out, " : ");
        append_list(out, dice, field);
        return;
    default: buffer_append_c(out, " : "); append_value(out, dice, field);
    }
}

static void append_condition(Buffer *out, Dice *dice, uint32_t depth)
{
    if (depth == 0 || dice_below(dice, 3) == 0) {
        append_leaf(out, dice);
        return;
    }
    uint32_t count = 2 + dice_below(dice, 2);
    const char *between = dice_below(dice, 2) == 0 ? " and " : " or ";
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(out, i == 0 ? "" : between);
        buffer_append_c(out, dice_below(dice, 4) == 0 ? "not (" : "(");
        append_condition(out, dice, depth - 1);
        buffer_append_byte(out, ')');
    }
}

static void append_query(Buffer *out, Dice *dice)
{
    append_condition(out, dice, DEPTH);
}

int main(int argc, char **argv)
{
    return query_differential(&(QueryMaker){STR_INIT("kuery"), append_query}, argc, argv);
}
