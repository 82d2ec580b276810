#include "ingest/byte_source.h"

#include "base/heap.h"
#include <errno.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#ifdef SHRIKE_TINY
#define SOURCE_BUFFER ((size_t)16)
#else
#define SOURCE_BUFFER ((size_t)256 * 1024)
#endif
#define MAGIC_BYTES     4
#define ZSTD_WINDOW_LOG 27

typedef enum SourceKind { SOURCE_PLAIN, SOURCE_GZIP, SOURCE_ZSTD } SourceKind;

struct ByteSource {
    int fd; /* -1: nothing is open */
    SourceKind kind;
    uint64_t taken;
    bool at_end;       /* of the file */
    bool between;      /* no member or frame is begun */
    bool inflate_made; /* `inflate` is initialised */
    z_stream inflate;
    ZSTD_DCtx *zstd;
    size_t from, to; /* bytes of `buffer` not yet used */
    char buffer[SOURCE_BUFFER];
};

ByteSource *byte_source_new(void)
{
    ByteSource *source = HEAP_NEW(ByteSource);
    source->fd = -1;
    return source;
}

void byte_source_close(ByteSource *source)
{
    if (source->fd >= 0) {
        close(source->fd);
        source->fd = -1;
    }
}

void byte_source_free(ByteSource *source)
{
    if (source == NULL) {
        return;
    }
    byte_source_close(source);
    if (source->inflate_made) {
        inflateEnd(&source->inflate);
    }
    ZSTD_freeDCtx(source->zstd);
    free(source);
}

/* read(2), all interruptions behind it. */
static bool read_file(ByteSource *source, char *to, size_t size, size_t *got, Err *err)
{
    ssize_t count = 0;
    do {
        count = read(source->fd, to, size);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return err_set(err, ERR_IO, "cannot read: %s", strerror(errno));
    }
    source->taken += (uint64_t)count;
    source->at_end = count == 0;
    *got = (size_t)count;
    return true;
}

/* More bytes behind those in the buffer. */
static bool refill(ByteSource *source, Err *err)
{
    size_t got = 0;
    if (!read_file(source, source->buffer + source->to, SOURCE_BUFFER - source->to, &got, err)) {
        return false;
    }
    source->to += got;
    return true;
}

static SourceKind kind_of(const char *magic, size_t len)
{
    unsigned char bytes[MAGIC_BYTES] = {0};
    memcpy(bytes, magic, len < MAGIC_BYTES ? len : MAGIC_BYTES);
    if (len >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b) {
        return SOURCE_GZIP;
    }
    uint32_t word = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                    (uint32_t)bytes[3] << 24;
    bool is_skippable = (word & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
    return word == ZSTD_MAGICNUMBER || is_skippable ? SOURCE_ZSTD : SOURCE_PLAIN;
}

static void start_gzip(ByteSource *source)
{
    if (source->inflate_made) {
        inflateReset(&source->inflate);
        return;
    }
    if (inflateInit2(&source->inflate, 16 + MAX_WBITS) != Z_OK) { /* 16: gzip's header, no other */
        out_of_memory(sizeof source->inflate);
    }
    source->inflate_made = true;
}

static void start_zstd(ByteSource *source)
{
    if (source->zstd == NULL) {
        source->zstd = ZSTD_createDCtx();
        if (source->zstd == NULL || ZSTD_isError(ZSTD_DCtx_setParameter(
                                        source->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG))) {
            out_of_memory(SOURCE_BUFFER);
        }
    }
    ZSTD_DCtx_reset(source->zstd, ZSTD_reset_session_only);
}

bool byte_source_open(ByteSource *source, int fd, Err *err)
{
    assert(source->fd < 0);
    source->fd = fd;
    source->taken = 0;
    source->from = source->to = 0;
    source->at_end = false;
    source->between = true;
    while (source->to < MAGIC_BYTES && !source->at_end) {
        if (!refill(source, err)) {
            byte_source_close(source);
            return false;
        }
    }
    source->kind = kind_of(source->buffer, source->to);
    if (source->kind == SOURCE_GZIP) {
        start_gzip(source);
    } else if (source->kind == SOURCE_ZSTD) {
        start_zstd(source);
    }
    return true;
}

static bool read_plain(ByteSource *source, char *to, size_t size, size_t *got, Err *err)
{
    size_t held = source->to - source->from;
    if (held > 0) {
        *got = held < size ? held : size;
        memcpy(to, source->buffer + source->from, *got);
        source->from += *got;
        return true;
    }
    *got = 0;
    return source->at_end || read_file(source, to, size, got, err);
}

/* Unpacks from the buffer; *got may be 0 while there is more to come. */
static bool step_gzip(ByteSource *source, void *to, size_t size, size_t *got, Err *err)
{
    z_stream *stream = &source->inflate;
    if (source->between) {
        while (source->from < source->to && source->buffer[source->from] == 0) {
            source->from++; /* tapes and block devices pad with zeros */
        }
        if (source->from == source->to) {
            return true;
        }
        inflateReset(stream);
        source->between = false;
    }
    stream->next_in = (unsigned char *)source->buffer + source->from;
    stream->avail_in = (unsigned)(source->to - source->from);
    stream->next_out = to;
    stream->avail_out = size > UINT32_MAX ? UINT32_MAX : (unsigned)size;
    unsigned room = stream->avail_out;
    int result = inflate(stream, Z_NO_FLUSH);
    source->from = source->to - stream->avail_in;
    *got = room - stream->avail_out;
    if (result == Z_MEM_ERROR) {
        out_of_memory(size);
    }
    if (result == Z_STREAM_END) {
        source->between = true;
    } else if (result != Z_OK && result != Z_BUF_ERROR && *got == 0) {
        return err_set(err, ERR_CORRUPT, "broken gzip stream: %s",
                       stream->msg != NULL ? stream->msg : "it needs a dictionary");
    }
    return true;
}

static bool step_zstd(ByteSource *source, void *to, size_t size, size_t *got, Err *err)
{
    ZSTD_inBuffer in = {source->buffer, source->to, source->from};
    /* A call that meets an error loses what it unpacked before: let that be little. */
    ZSTD_outBuffer out = {to, size < ZSTD_BLOCKSIZE_MAX ? size : ZSTD_BLOCKSIZE_MAX, 0};
    size_t result = ZSTD_decompressStream(source->zstd, &out, &in);
    if (ZSTD_isError(result)) {
        return err_set(err, ERR_CORRUPT, "broken zstd stream: %s", ZSTD_getErrorName(result));
    }
    bool moved = in.pos != source->from || out.pos != 0;
    source->between = moved ? result == 0 : source->between;
    source->from = in.pos;
    *got = out.pos;
    return true;
}

static bool read_packed(ByteSource *source, char *to, size_t size, size_t *got, Err *err)
{
    for (;;) {
        bool is_gzip = source->kind == SOURCE_GZIP;
        *got = 0;
        if (is_gzip ? !step_gzip(source, to, size, got, err)
                    : !step_zstd(source, to, size, got, err)) {
            return false;
        }
        if (*got > 0) {
            return true;
        }
        if (source->from < source->to) {
            continue; /* a frame ended */
        }
        source->from = source->to = 0;
        if (source->at_end) {
            return source->between || err_set(err, ERR_CORRUPT, "the %s stream is cut short",
                                              is_gzip ? "gzip" : "zstd");
        }
        if (!refill(source, err)) {
            return false;
        }
    }
}

bool byte_source_read(ByteSource *source, char *to, size_t size, size_t *got, Err *err)
{
    assert(source->fd >= 0 && size > 0);
    return source->kind == SOURCE_PLAIN ? read_plain(source, to, size, got, err)
                                        : read_packed(source, to, size, got, err);
}

bool byte_source_is_plain(const ByteSource *source)
{
    return source->kind == SOURCE_PLAIN;
}

int byte_source_fd(const ByteSource *source)
{
    return source->fd;
}

uint64_t byte_source_taken(const ByteSource *source)
{
    return source->taken;
}
