#pragma once
/* StrList: texts that somebody else owns, one behind the other. */

#include "base/str.h"

typedef struct StrList {
    const Str *items;
    uint32_t count;
} StrList;
