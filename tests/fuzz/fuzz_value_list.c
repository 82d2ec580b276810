/* Any bytes as a value list: the first byte says its type, the first line a value, the others the list. It is read, or each line
 * that is no value is told; and what is found of the value by searching is what is found by looking at each entry. */
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "exec/list_scan.h"
#include "exec/list_search.h"
#include "exec/wildcard.h"
#include "rule/value_lists.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const Str TYPES[] = {STR_INIT("keyword"),    STR_INIT("text"),         STR_INIT("ip_range"),
                            STR_INIT("long"),       STR_INIT("double_range"), STR_INIT("date"),
                            STR_INIT("date_range"), STR_INIT("boolean")};

/* What the index of predicates does for searching. */
static bool fits_pattern(const ValueListData *list, Str text, Arena *arena)
{
    Str folded = utf8_fold(arena, text);
    for (uint32_t i = 0; i < list->pattern_count; i++) {
        if (wildcard_match(utf8_fold(arena, list->texts[list->patterns[i]]), folded)) {
            return true;
        }
    }
    return false;
}

static void check_value(const ValueListData *list, Str text, Arena *arena)
{
    size_t bad = 0;
    Value value = value_string(text);
    if (utf8_check(text, &bad)) {
        bool found = list_search(list, &value, arena) || fits_pattern(list, text, arena);
        require(found == list_scan(list, &value, arena));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    Arena *arena = arena_new();
    Err err = {0};
    Str rest = {(const char *)data + 1, size - 1};
    Str wanted = {0};
    (void)str_split(&rest, '\n', &wanted);
    Str path = str_format(arena, "/tmp/shrike-list-%d", (int)getpid());
    int fd = open(path.ptr, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    require(fd >= 0 && file_write_all(fd, rest, &err));
    close(fd);
    ValueLists *lists = value_lists_open(arena, &path, 1, &err);
    ValueList list = {0};
    Str id = str_slice(path, strlen("/tmp/"), path.len);
    require(lists != NULL &&
            value_lists_get(lists, id, TYPES[data[0] % ARRAY_LEN(TYPES)], &list, &err));
    check_value(list.data, wanted, arena);
    for (uint32_t i = 0; i < list.data->count && i < 20; i++) {
        check_value(list.data, list.data->texts[i], arena);
    }
    unlink(path.ptr);
    arena_free(arena);
    return 0;
}
