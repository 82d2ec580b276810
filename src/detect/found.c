#include "detect/found.h"

static void append(Buffer *out, const void *bytes, size_t len)
{
    buffer_append(out, (Str){bytes, len});
}

static void take(Str *bytes, void *to, size_t len)
{
    assert(bytes->len >= len);
    memcpy(to, bytes->ptr, len);
    *bytes = str_slice(*bytes, len, bytes->len);
}

void found_append_threshold(Buffer *out, const FoundThreshold *found, Str key)
{
    append(out, found, sizeof *found);
    buffer_append(out, key);
}

FoundThreshold found_take_threshold(Str *bytes)
{
    FoundThreshold found;
    take(bytes, &found, sizeof found);
    return found;
}

void found_append_threat(Buffer *out, const FoundThreat *found)
{
    uint64_t len = found->value.len;
    append(out, &found->indicator, sizeof found->indicator);
    append(out, &found->item, sizeof found->item);
    append(out, &found->entry, sizeof found->entry);
    append(out, &len, sizeof len);
    buffer_append(out, found->value);
}

FoundThreat found_take_threat(Str *bytes)
{
    FoundThreat found;
    uint64_t len = 0;
    take(bytes, &found.indicator, sizeof found.indicator);
    take(bytes, &found.item, sizeof found.item);
    take(bytes, &found.entry, sizeof found.entry);
    take(bytes, &len, sizeof len);
    assert(bytes->len >= len);
    found.value = str_slice(*bytes, 0, len);
    *bytes = str_slice(*bytes, len, bytes->len);
    return found;
}
