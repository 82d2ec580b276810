#pragma once
/* RereadFiles: documents of plain files, read again where they stand. A few files are held open, the one not
 * used for longest is closed for another: inputs may be many thousands.
 *
 * Threads      one at a time. */

#include <sys/stat.h>

#include "event/batch.h"

/* By which a file is known to be the one that was read. */
typedef struct FileIdentity {
    dev_t device;
    ino_t inode;
    off_t bytes;
    struct timespec modified;
} FileIdentity;

FileIdentity file_identity(const struct stat *status);

typedef struct RereadFiles RereadFiles;

RereadFiles *reread_files_new(void);
void reread_files_free(RereadFiles *files);

/* Appends to `out`. Fails when the file is another by now, or has changed in another way than by growing. The
 * path is not named in err. */
bool reread_files_read(RereadFiles *files, const char *path, const FileIdentity *identity,
                       const EventPlace *place, Buffer *out, Err *err) MUST_CHECK;
