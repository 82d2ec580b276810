#include "base/buffer.h"

#include <stdarg.h>

#include "base/heap.h"

#ifdef SHRIKE_TINY
#define BUFFER_FIRST ((size_t)1)
#else
#define BUFFER_FIRST ((size_t)256)
#endif

void buffer_done(Buffer *buffer)
{
    free(buffer->ptr);
    *buffer = (Buffer){.limit = buffer->limit};
}

void buffer_clear(Buffer *buffer)
{
    buffer->len = 0;
    buffer->overflowed = false;
}

static void grow(Buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity < BUFFER_FIRST ? BUFFER_FIRST : buffer->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    char *ptr = heap_resize(buffer->ptr, capacity, 1);
    buffer->ptr = ptr;
    buffer->capacity = capacity;
}

char *buffer_reserve(Buffer *buffer, size_t more)
{
    if (buffer->overflowed) {
        return NULL;
    }
    if (more > SIZE_MAX / 4 - buffer->len) {
        out_of_memory(more);
    }
    size_t needed = buffer->len + more;
    if (buffer->limit != 0 && needed > buffer->limit) {
        buffer->overflowed = true;
        return NULL;
    }
    if (needed > buffer->capacity || buffer->ptr == NULL) {
        grow(buffer, needed);
    }
    return buffer->ptr + buffer->len;
}

void buffer_append(Buffer *buffer, Str text)
{
    char *to = buffer_reserve(buffer, text.len);
    if (to != NULL && text.len > 0) {
        memcpy(to, text.ptr, text.len);
        buffer->len += text.len;
    }
}

void buffer_append_c(Buffer *buffer, const char *text)
{
    buffer_append(buffer, str_from_c(text));
}

void buffer_append_byte(Buffer *buffer, char byte)
{
    buffer_append(buffer, (Str){&byte, 1});
}

void buffer_append_format(Buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    char small[256];
    int len = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    assert(len >= 0);
    if ((size_t)len < sizeof small) {
        buffer_append(buffer, (Str){small, (size_t)len});
    } else {
        char *large = heap_bytes((size_t)len + 1);
        vsnprintf(large, (size_t)len + 1, format, again);
        buffer_append(buffer, (Str){large, (size_t)len});
        free(large);
    }
    va_end(again);
}
