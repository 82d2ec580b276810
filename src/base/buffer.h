#pragma once
/* Buffer: bytes that grow at the end, up to a limit given at the start.
 *
 * Lifetimes    on the heap; buffer_done gives the bytes back, buffer_clear keeps them for reuse.
 * Bounds       an append that would pass `limit` sets `overflowed`, appends nothing, and later
 *              appends do nothing either; check it once at the end. Limit 0 = no limit. */

#include "base/str.h"

typedef struct Buffer {
    char *ptr; /* NULL until the first append; not NUL-terminated */
    size_t len;
    size_t capacity;
    size_t limit;
    bool overflowed;
} Buffer;

void buffer_done(Buffer *buffer);
void buffer_clear(Buffer *buffer);
/* Room for `more` bytes after len, NULL past the limit. What is used of it the caller adds to len. */
char *buffer_reserve(Buffer *buffer, size_t more);
void buffer_append(Buffer *buffer, Str text);
void buffer_append_c(Buffer *buffer, const char *text);
void buffer_append_byte(Buffer *buffer, char byte);
void buffer_append_format(Buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

static inline Str buffer_str(const Buffer *buffer)
{
    return (Str){buffer->ptr, buffer->len};
}
