#pragma once
/* A folder of its own for a test's files, with everything in it gone at the end. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

typedef struct ScratchFolder {
    Arena *arena;
    char path[64];
} ScratchFolder;

static inline ScratchFolder scratch_folder_make(void)
{
    ScratchFolder folder = {.arena = arena_new()};
    snprintf(folder.path, sizeof folder.path, "/tmp/ingest-test-XXXXXX");
    assert_non_null(mkdtemp(folder.path));
    return folder;
}

/* "FOLDER/NAME", NUL-terminated. */
static inline Str scratch_path(const ScratchFolder *folder, const char *name)
{
    return str_format(folder->arena, "%s/%s", folder->path, name);
}

static inline Str scratch_write(const ScratchFolder *folder, const char *name, Str bytes)
{
    Str path = scratch_path(folder, name);
    int fd = open(path.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    Err err = {0};
    assert_true(fd >= 0);
    assert_true(file_write_all(fd, bytes, &err));
    close(fd);
    return path;
}

static inline void scratch_make_folder(const ScratchFolder *folder, const char *name)
{
    assert_int_equal(mkdir(scratch_path(folder, name).ptr, 0700), 0);
}

static inline void scratch_remove(const char *path)
{
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        char below[512];
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            assert_true((size_t)snprintf(below, sizeof below, "%s/%s", path, entry->d_name) <
                        sizeof below);
            scratch_remove(below);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    assert_int_equal(dir != NULL ? rmdir(path) : unlink(path), 0);
}

static inline void scratch_folder_remove(ScratchFolder *folder)
{
    scratch_remove(folder->path);
    arena_free(folder->arena);
}
