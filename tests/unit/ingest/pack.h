#pragma once
/* gzip and zstd, the other way round. */
#include <zlib.h>
#include <zstd.h>

#include "base/str.h"

static inline Str pack_gzip(Arena *arena, Str bytes)
{
    size_t room = bytes.len + bytes.len / 8 + 100;
    unsigned char *to = ARENA_MANY(arena, unsigned char, room);
    unsigned char *from = ARENA_MANY(arena, unsigned char, bytes.len + 1);
    z_stream stream = {.next_in = from,
                       .avail_in = (unsigned)bytes.len,
                       .next_out = to,
                       .avail_out = (unsigned)room};
    if (bytes.len > 0) {
        memcpy(from, bytes.ptr, bytes.len);
    }
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t len = stream.total_out;
    deflateEnd(&stream);
    return (Str){(const char *)to, len};
}

static inline Str pack_zstd(Arena *arena, Str bytes)
{
    size_t room = ZSTD_compressBound(bytes.len);
    char *to = ARENA_MANY(arena, char, room);
    size_t len = ZSTD_compress(to, room, bytes.ptr, bytes.len, 3);
    assert_false(ZSTD_isError(len));
    return (Str){to, len};
}
