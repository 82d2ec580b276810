#include "plan/function.h"

static const Function TABLE[FUNCTION_COUNT] = {
#define FUNCTION_ROW(id, name, fewest, most, tilde, kinds, result) \
    [id] = {STR_INIT(name), fewest, most, tilde, kinds, result},
    FUNCTIONS(FUNCTION_ROW) ARRAY_FUNCTIONS(FUNCTION_ROW)
#undef FUNCTION_ROW
};

const Function *function_get(FunctionId id)
{
    assert(id < FUNCTION_COUNT);
    return &TABLE[id];
}

bool function_find(Str name, FunctionId *out)
{
    for (uint32_t id = 0; id < FUNCTION_COUNT; id++) {
        if (str_equal_ascii_case(TABLE[id].name, name)) {
            *out = (FunctionId)id;
            return true;
        }
    }
    return false;
}
