#pragma once
/* The functions of EQL: one line each, first the 16 of Elasticsearch, then those that look through all values of a
 * field, which are ours alone. The compiler checks by it, the evaluator computes by it, explain prints by it.
 * Arguments' kinds: S string, N number, A any, I integer, B boolean, P ip (or text that is one), F a field, V the name
 * of a variable, C a condition; lower case = must be a constant. A list longer than the letters repeats the last.
 *
 * id, name, fewest arguments, most, has a case-insensitive form (~), kinds, result kind */

#include "base/str.h"

#define FUNCTION_MANY 1024 /* "any number", bounded */

#define FUNCTIONS(X)                                                        \
    X(FUNCTION_ADD, "add", 2, 2, false, "NN", 'N')                          \
    X(FUNCTION_BETWEEN, "between", 3, 4, true, "SSSb", 'S')                 \
    X(FUNCTION_CIDR_MATCH, "cidrMatch", 2, FUNCTION_MANY, false, "Ps", 'B') \
    X(FUNCTION_CONCAT, "concat", 1, FUNCTION_MANY, false, "A", 'S')         \
    X(FUNCTION_DIVIDE, "divide", 2, 2, false, "NN", 'N')                    \
    X(FUNCTION_ENDS_WITH, "endsWith", 2, 2, true, "SS", 'B')                \
    X(FUNCTION_INDEX_OF, "indexOf", 2, 3, true, "SSI", 'N')                 \
    X(FUNCTION_LENGTH, "length", 1, 1, false, "S", 'N')                     \
    X(FUNCTION_MODULO, "modulo", 2, 2, false, "NN", 'N')                    \
    X(FUNCTION_MULTIPLY, "multiply", 2, 2, false, "NN", 'N')                \
    X(FUNCTION_NUMBER, "number", 1, 2, false, "SI", 'N')                    \
    X(FUNCTION_STARTS_WITH, "startsWith", 2, 2, true, "SS", 'B')            \
    X(FUNCTION_STRING, "string", 1, 1, false, "A", 'S')                     \
    X(FUNCTION_STRING_CONTAINS, "stringContains", 2, 2, true, "SS", 'B')    \
    X(FUNCTION_SUBSTRING, "substring", 2, 3, false, "SII", 'S')             \
    X(FUNCTION_SUBTRACT, "subtract", 2, 2, false, "NN", 'N')

#define ARRAY_FUNCTIONS(X)                                                         \
    X(FUNCTION_ARRAY_CONTAINS, "arrayContains", 2, FUNCTION_MANY, true, "FA", 'B') \
    X(FUNCTION_ARRAY_COUNT, "arrayCount", 3, 3, false, "FVC", 'N')                 \
    X(FUNCTION_ARRAY_SEARCH, "arraySearch", 3, 3, false, "FVC", 'B')

typedef enum FunctionId {
#define FUNCTION_ENUM(id, name, fewest, most, tilde, kinds, result) id,
    FUNCTIONS(FUNCTION_ENUM) ARRAY_FUNCTIONS(FUNCTION_ENUM)
#undef FUNCTION_ENUM
        FUNCTION_COUNT,
} FunctionId;

typedef struct Function {
    Str name;
    uint32_t fewest, most;
    bool has_tilde;
    const char *kinds;
    char result;
} Function;

#define FUNCTION_FIRST_ARRAY FUNCTION_ARRAY_CONTAINS /* this and those behind it */

const Function *function_get(FunctionId id);
bool function_find(Str name, FunctionId *out); /* whatever its case */
