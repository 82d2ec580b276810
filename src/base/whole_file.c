#include "base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static bool is_special(Str path)
{
    struct stat status;
    return lstat(path.ptr, &status) == 0 && !S_ISREG(status.st_mode);
}

static const char *folder_of(Arena *arena, Str path)
{
    size_t len = path.len;
    while (len > 0 && path.ptr[len - 1] != '/') {
        len--;
    }
    return len == 0 ? "." : str_to_c(arena, str_slice(path, 0, len));
}

bool whole_file_check(Arena *arena, Str path, Err *err)
{
    if (file_is_folder(path.ptr)) {
        errno = EISDIR;
        return err_set(err, ERR_IO, "%s: %m", path.ptr);
    }
    bool can = is_special(path) ? access(path.ptr, W_OK) == 0
                                : access(folder_of(arena, path), W_OK | X_OK) == 0;
    return can || err_set(err, ERR_IO, "%s: %m", path.ptr);
}

/* As open gives it with O_CREAT; mkostemp lets nobody else read, and on file systems without modes it stays so. */
static void give_usual_mode(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, 0666 & ~mask);
}

/* Writes, closes; `path` is told only by the caller. */
static bool finish(int fd, Str bytes, Err *err)
{
    bool done = file_write_all(fd, bytes, err);
    if (close(fd) != 0 && done) {
        done = err_set(err, ERR_IO, "%m");
    }
    return done;
}

static bool write_special(Str path, Str bytes, Err *err)
{
    int fd = open(path.ptr, O_WRONLY | O_TRUNC | O_CLOEXEC);
    return fd < 0 ? err_set(err, ERR_IO, "%m") : finish(fd, bytes, err);
}

static bool write_regular(Arena *arena, Str path, Str bytes, Err *err)
{
    Str name = str_format(arena, "%s.XXXXXX", path.ptr);
    char *beside = ARENA_MANY(arena, char, name.len + 1);
    memcpy(beside, name.ptr, name.len);
    int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0) {
        return err_set(err, ERR_IO, "%m");
    }
    give_usual_mode(fd);
    bool done =
        finish(fd, bytes, err) && (rename(beside, path.ptr) == 0 || err_set(err, ERR_IO, "%m"));
    if (!done) {
        unlink(beside);
    }
    return done;
}

bool whole_file_write(Arena *arena, Str path, Str bytes, Err *err)
{
    bool done =
        is_special(path) ? write_special(path, bytes, err) : write_regular(arena, path, bytes, err);
    return done || err_wrap(err, "%s", path.ptr);
}
