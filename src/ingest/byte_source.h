#pragma once
/* ByteSource: the bytes of a file as they were before it was compressed. Plain, gzip (also of several
 * members) and zstd (also of several frames) are told apart by the first bytes, never by the name.
 *
 * Lifetimes    opened and closed for one file after another; buffers are kept in between.
 * Bounds       zstd windows up to 128 MiB (what its own program allows without being asked); all else is
 *              streamed. */

#include "base/err.h"

typedef struct ByteSource ByteSource;

ByteSource *byte_source_new(void);
void byte_source_free(ByteSource *source); /* NULL is fine; closes what is open */

bool byte_source_open(ByteSource *source, int fd,
                      Err *err) MUST_CHECK; /* takes over fd in any case */
void byte_source_close(ByteSource *source);

/* Up to `size` bytes, at least one, less only when no more are at hand; *got is 0 at the end. A stream that
 * is cut or broken gives what can be read first, then fails. */
bool byte_source_read(ByteSource *source, char *to, size_t size, size_t *got, Err *err) MUST_CHECK;

bool byte_source_is_plain(const ByteSource *source);
int byte_source_fd(const ByteSource *source);
uint64_t byte_source_taken(const ByteSource *source); /* bytes read from the file itself */
