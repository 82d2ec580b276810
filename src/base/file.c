#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"

#define READ_STEP ((size_t)64 * 1024)

/* read, again when a signal came between. */
static ssize_t read_some(int fd, void *to, size_t size)
{
    ssize_t got;
    do {
        got = read(fd, to, size);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* All that is left in `fd`. The size that stat tells is a hint only: pipes have none, files grow.
 */
static bool read_all(int fd, const char *path, Buffer *into, Err *err)
{
    struct stat status;
    size_t step = READ_STEP;
    size_t expected = 0; /* not known */
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        if ((uint64_t)status.st_size > into->limit) {
            return err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, into->limit);
        }
        expected = (size_t)status.st_size;
        step = expected + 1; /* a read that gets less than it asked for has met the end */
    }
    into->limit++; /* room for the byte that proves the file too large */
    for (;;) {
        size_t left = into->limit - into->len;
        if (left == 0) {
            return err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, into->limit - 1);
        }
        size_t room = step < left ? step : left;
        char *to = buffer_reserve(into, room);
        ssize_t got = read_some(fd, to, room);
        if (got < 0) {
            return err_set(err, ERR_IO, "%s: %m", path);
        }
        into->len += (size_t)got;
        if (got == 0 || (expected > 0 && into->len == expected && (size_t)got < room)) {
            return true;
        }
        step = READ_STEP;
    }
}

bool file_read(Arena *arena, const char *path, size_t limit, Str *out, Err *err)
{
    assert(limit < SIZE_MAX / 4);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return err_set(err, ERR_IO, "%s: %m", path);
    }
    Buffer bytes = {.limit = limit};
    bool fine = read_all(fd, path, &bytes, err);
    if (fine) {
        *out = str_copy(arena, buffer_str(&bytes));
    }
    buffer_done(&bytes);
    close(fd);
    return fine;
}

bool file_write_all(int fd, Str bytes, Err *err)
{
    while (bytes.len > 0) {
        ssize_t written = write(fd, bytes.ptr, bytes.len);
        if (written < 0 && errno != EINTR) {
            return err_set(err, ERR_IO, "write: %m");
        }
        if (written > 0) {
            bytes = str_slice(bytes, (size_t)written, bytes.len);
        }
    }
    return true;
}

bool file_pread(int fd, void *to, size_t size, uint64_t at, Err *err)
{
    char *next = to;
    while (size > 0) {
        ssize_t got = pread(fd, next, size, (off_t)at);
        if (got < 0 && errno != EINTR) {
            return err_set(err, ERR_IO, "read: %m");
        }
        if (got == 0) {
            return err_set(err, ERR_CORRUPT, "read: file ends %zu bytes early", size);
        }
        if (got > 0) {
            next += got;
            at += (uint64_t)got;
            size -= (size_t)got;
        }
    }
    return true;
}

int file_open_temporary(Err *err)
{
    const char *folder = getenv("TMPDIR");
    folder = folder == NULL || folder[0] == '\0' ? "/tmp" : folder;
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) {
        return fd;
    }
    /* Some file systems have no O_TMPFILE: a name that is removed at once does as well. */
    Arena *arena = arena_new();
    Str pattern = str_format(arena, "%s/shrike-XXXXXX", folder);
    char *path = ARENA_MANY(arena, char, pattern.len + 1);
    memcpy(path, pattern.ptr, pattern.len);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0) {
        err_set(err, ERR_IO, "temporary file in %s: %m", folder);
    } else {
        unlink(path);
    }
    arena_free(arena);
    return fd;
}

typedef ARRAY(Str) Paths;

typedef enum EntryKind { ENTRY_OTHER, ENTRY_FILE, ENTRY_FOLDER } EntryKind;

static EntryKind entry_kind(int folder_fd, const struct dirent *entry)
{
    if (entry->d_name[0] == '.') {
        return ENTRY_OTHER;
    }
    if (entry->d_type != DT_UNKNOWN) {
        return entry->d_type == DT_REG   ? ENTRY_FILE
               : entry->d_type == DT_DIR ? ENTRY_FOLDER
                                         : ENTRY_OTHER;
    }
    struct stat status; /* not every file system tells the kind with the name */
    if (fstatat(folder_fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return ENTRY_OTHER;
    }
    return S_ISREG(status.st_mode)   ? ENTRY_FILE
           : S_ISDIR(status.st_mode) ? ENTRY_FOLDER
                                     : ENTRY_OTHER;
}

/* Files of one folder go to `files`, folders to `folders`, where the caller takes up the next:
 * a deep tree costs memory, not stack. */
static bool list_one(Arena *arena, Str folder, Paths *files, Paths *folders, Err *err)
{
    DIR *dir = opendir(folder.ptr);
    if (dir == NULL) {
        return err_set(err, ERR_IO, "%s: %m", folder.ptr);
    }
    const char *separator = str_ends_with(folder, STR("/")) ? "" : "/";
    for (;;) {
        errno = 0; /* NULL is both the end and a failure; only the latter sets it */
        const struct dirent *entry = readdir(dir);
        if (entry == NULL) {
            break;
        }
        EntryKind kind = entry_kind(dirfd(dir), entry);
        if (kind != ENTRY_OTHER) {
            Str path = str_format(arena, "%s%s%s", folder.ptr, separator, entry->d_name);
            ARRAY_PUSH(arena, kind == ENTRY_FILE ? files : folders, path);
        }
    }
    bool fine = errno == 0 || err_set(err, ERR_IO, "%s: %m", folder.ptr);
    closedir(dir);
    return fine;
}

static int by_bytes(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

bool file_list(Arena *arena, const char *folder, FileList *out, Err *err)
{
    Paths files = {0};
    Paths folders = {0};
    ARRAY_PUSH(arena, &folders, str_copy(arena, str_from_c(folder)));
    for (uint32_t i = 0; i < folders.count; i++) {
        if (!list_one(arena, folders.items[i], &files, &folders, err)) {
            return false;
        }
    }
    if (files.count > 0) {
        qsort(files.items, files.count, sizeof *files.items, by_bytes);
    }
    *out = (FileList){files.items, files.count};
    return true;
}

bool file_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}
