#pragma once
/* Files, with the errors said in words. A function that takes a path names it in err; one that takes
 * a descriptor leaves that to the caller (err_wrap). */

#include "base/buffer.h"
#include "base/err.h"

/* The whole file; refuses one larger than `limit` bytes with ERR_LIMIT. */
bool file_read(Arena *arena, const char *path, size_t limit, Str *out, Err *err) MUST_CHECK;
bool file_write_all(int fd, Str bytes, Err *err) MUST_CHECK; /* restarts short writes and EINTR */

/* All of it or an error: ERR_CORRUPT when the file ends before. */
bool file_pread(int fd, void *to, size_t size, uint64_t at, Err *err) MUST_CHECK;

/* A file without a name in $TMPDIR or /tmp, gone when closed. */
int file_open_temporary(Err *err) MUST_CHECK; /* -1 on failure */

typedef struct FileList {
    Str *paths; /* NUL-terminated each */
    uint32_t count;
} FileList;

/* All regular files below a folder, sorted by path bytes, links not followed out of caution against
 * circles; hidden files and folders are left out. */
bool file_list(Arena *arena, const char *folder, FileList *out, Err *err) MUST_CHECK;
bool file_is_folder(const char *path);
