#include "ingest/reread_files.h"

#include "base/heap.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"

#ifdef SHRIKE_TINY
#define OPEN_FILES 2
#else
#define OPEN_FILES 16
#endif

typedef struct OpenFile {
    int fd; /* -1: none */
    uint32_t input;
    uint64_t used; /* when, in reads */
} OpenFile;

struct RereadFiles {
    OpenFile files[OPEN_FILES];
    uint64_t reads;
};

FileIdentity file_identity(const struct stat *status)
{
    return (FileIdentity){status->st_dev, status->st_ino, status->st_size, status->st_mtim};
}

RereadFiles *reread_files_new(void)
{
    RereadFiles *files = HEAP_NEW(RereadFiles);
    for (size_t i = 0; i < OPEN_FILES; i++) {
        files->files[i].fd = -1;
    }
    return files;
}

void reread_files_free(RereadFiles *files)
{
    if (files == NULL) {
        return;
    }
    for (size_t i = 0; i < OPEN_FILES; i++) {
        if (files->files[i].fd >= 0) {
            close(files->files[i].fd);
        }
    }
    free(files);
}

/* The input's file if it is open, else the one to give way. */
static OpenFile *find(RereadFiles *files, uint32_t input)
{
    OpenFile *oldest = &files->files[0];
    for (size_t i = 0; i < OPEN_FILES; i++) {
        OpenFile *file = &files->files[i];
        if (file->fd >= 0 && file->input == input) {
            return file;
        }
        oldest = file->used < oldest->used ? file : oldest;
    }
    return oldest;
}

static int open_file(RereadFiles *files, const char *path, uint32_t input, Err *err)
{
    OpenFile *file = find(files, input);
    if (file->fd < 0 || file->input != input) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            err_set(err, ERR_IO, "cannot read again: %s", strerror(errno));
            return -1;
        }
        if (file->fd >= 0) {
            close(file->fd);
        }
        *file = (OpenFile){.fd = fd, .input = input};
    }
    file->used = ++files->reads;
    return file->fd;
}

/* A log that is still written to grows, and what was read stands where it stood. */
static bool is_unchanged(const FileIdentity *was, const FileIdentity *is)
{
    if (was->device != is->device || was->inode != is->inode || is->bytes < was->bytes) {
        return false;
    }
    bool is_same_time = was->modified.tv_sec == is->modified.tv_sec &&
                        was->modified.tv_nsec == is->modified.tv_nsec;
    return is_same_time || is->bytes > was->bytes;
}

bool reread_files_read(RereadFiles *files, const char *path, const FileIdentity *identity,
                       const EventPlace *place, Buffer *out, Err *err)
{
    int fd = open_file(files, path, place->input, err);
    struct stat status;
    if (fd < 0) {
        return false;
    }
    if (fstat(fd, &status) != 0) {
        return err_set(err, ERR_IO, "cannot read again: %s", strerror(errno));
    }
    FileIdentity now = file_identity(&status);
    char *to = buffer_reserve(out, place->len);
    if (to == NULL) {
        return err_set(err, ERR_LIMIT, "the event has %u bytes, more than there is room for",
                       place->len);
    }
    if (!is_unchanged(identity, &now)) {
        return err_set(err, ERR_IO, "the file has changed since it was read");
    }
    if (!file_pread(fd, to, place->len, place->offset, err)) {
        return err_wrap(err, "cannot read again");
    }
    out->len += place->len;
    return true;
}
