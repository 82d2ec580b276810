#include "detect/carried.h"

void carried_append(Buffer *out, Str raw)
{
    uint64_t len = raw.len;
    buffer_append(out, (Str){(const char *)&len, sizeof len});
    buffer_append(out, raw);
}

Str carried_next(Str *carried)
{
    uint64_t len = 0;
    assert(carried->len >= sizeof len);
    memcpy(&len, carried->ptr, sizeof len);
    Str raw = str_slice(*carried, sizeof len, sizeof len + len);
    *carried = str_slice(*carried, sizeof len + len, carried->len);
    return raw;
}
