#include "ingest/input_paths.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"

typedef ARRAY(InputPath) List;

static const Str PACKED[] = {STR_INIT(".gz"), STR_INIT(".zst")};
static const Str EVENTS[] = {STR_INIT(".ndjson"), STR_INIT(".jsonl"), STR_INIT(".json")};

static bool ends_in_one_of(Str *name, const Str *endings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_ends_with(*name, endings[i])) {
            name->len -= endings[i].len;
            return true;
        }
    }
    return false;
}

/* NAME.ndjson, NAME.jsonl, NAME.json, each with .gz or .zst behind it or not. */
static bool is_named_like_events(Str path)
{
    ends_in_one_of(&path, PACKED, ARRAY_LEN(PACKED));
    return ends_in_one_of(&path, EVENTS, ARRAY_LEN(EVENTS));
}

/* `path` is NUL-terminated. A file that has gone since its folder was listed is found missing when it is read:
 * a fault of that input, not of the whole run. */
static void add(Arena *arena, List *list, Str path)
{
    struct stat status;
    InputPath found = {.name = path};
    if (stat(path.ptr, &status) == 0) {
        found.is_regular = S_ISREG(status.st_mode);
        found.bytes = found.is_regular ? (uint64_t)status.st_size : 0;
    }
    ARRAY_PUSH(arena, list, found);
}

static bool add_folder(Arena *arena, List *list, const char *folder, Err *err)
{
    FileList files;
    if (!file_list(arena, folder, &files, err)) {
        return false;
    }
    for (uint32_t i = 0; i < files.count; i++) {
        if (is_named_like_events(files.paths[i])) {
            add(arena, list, files.paths[i]);
        }
    }
    return true;
}

static bool add_stdin(Arena *arena, List *list, Err *err)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].is_stdin) {
            return err_set(err, ERR_IO, "standard input is named twice");
        }
    }
    ARRAY_PUSH(arena, list, (InputPath){.name = STR("-"), .is_stdin = true});
    return true;
}

static Str without_slashes(Str path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/') {
        path.len--;
    }
    return path;
}

bool input_paths_expand(Arena *arena, const Str *paths, uint32_t count, InputPaths *out, Err *err)
{
    List list = {0};
    for (uint32_t i = 0; i < count; i++) {
        Str path = str_copy(arena, paths[i]);
        if (str_equal(path, STR("-"))) {
            if (!add_stdin(arena, &list, err)) {
                return false;
            }
        } else if (file_is_folder(path.ptr)) {
            if (!add_folder(arena, &list, str_copy(arena, without_slashes(path)).ptr, err)) {
                return false;
            }
        } else if (access(path.ptr, R_OK) != 0) {
            return err_set(err, ERR_IO, "%s: %s", path.ptr, strerror(errno));
        } else {
            add(arena, &list, path);
        }
    }
    *out = (InputPaths){.items = list.items, .count = list.count};
    return true;
}
