#pragma once
/* QueryDifferential: made-up queries about made-up events, in every way the engine has. The first difference ends the run: query and
 * events are printed with their seed. */

#include "base/buffer.h"
#include "dice.h"

/* Of each kind of field a name, and values that are alike enough to meet. Values stand in JSON as they do in queries. */
typedef struct FieldWords {
    const char *name, *type;
    const char *values[8];
} FieldWords;

const FieldWords *query_any_field(Dice *dice);
const char *query_any_value(Dice *dice, const FieldWords *field);

typedef struct QueryMaker {
    Str language;                            /* as event_query_compile has it */
    void (*append)(Buffer *out, Dice *dice); /* a query that is well formed */
} QueryMaker;

/* PROGRAM [--rounds N] [--seed S]; what `main` is to return. */
int query_differential(const QueryMaker *maker, int argc, char **argv);
