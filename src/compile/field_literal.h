#pragma once
/* FieldLiteral: a literal brought into the type of the field that it is compared with. */

#include "plan/plan.h"

typedef struct FieldLiteral {
    Value low, high; /* different only for dates that leave parts out: the whole span they name */
    CompareAs as;
    bool fits;
} FieldLiteral;

FieldLiteral field_literal(Arena *arena, FieldType field, Value literal, ExprOp op);
