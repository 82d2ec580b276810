#include "base/line_diff.h"

typedef struct Lines {
    ARRAY(Str) list;
} Lines;

static Lines split(Arena *arena, Str text)
{
    Lines lines = {0};
    Str line;
    while (text.len > 0 && str_split(&text, '\n', &line)) {
        ARRAY_PUSH(arena, &lines.list, line);
    }
    return lines;
}

static void add(Arena *arena, LineDiff *out, LineKind kind, Str text)
{
    DiffLine line = {kind, text};
    ARRAY_PUSH(arena, &out->lines, line);
}

static void add_all(Arena *arena, LineDiff *out, LineKind kind, const Str *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add(arena, out, kind, lines[i]);
    }
}

/* common[i * width + j]: how many lines a[i..] and b[j..] have in common, in order, at most. */
static void count_common(uint32_t *common, const Str *a, size_t rows, const Str *b, size_t columns)
{
    size_t width = columns + 1;
    for (size_t i = rows; i-- > 0;) {
        for (size_t j = columns; j-- > 0;) {
            uint32_t down = common[(i + 1) * width + j];
            uint32_t right = common[i * width + j + 1];
            common[i * width + j] = str_equal(a[i], b[j]) ? common[(i + 1) * width + j + 1] + 1
                                    : down >= right       ? down
                                                          : right;
        }
    }
}

static void add_middle(Arena *arena, LineDiff *out, const Str *a, size_t rows, const Str *b,
                       size_t columns)
{
    if (columns > 0 && rows > LINE_DIFF_MAX_CELLS / columns) {
        add_all(arena, out, LINE_REMOVED, a, rows);
        add_all(arena, out, LINE_ADDED, b, columns);
        return;
    }
    size_t width = columns + 1;
    uint32_t *common = ARENA_MANY(arena, uint32_t, (rows + 1) * width);
    count_common(common, a, rows, b, columns);
    size_t i = 0;
    size_t j = 0;
    while (i < rows && j < columns) {
        if (str_equal(a[i], b[j])) {
            add(arena, out, LINE_SAME, a[i++]);
            j++;
        } else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            add(arena, out, LINE_REMOVED, a[i++]);
        } else {
            add(arena, out, LINE_ADDED, b[j++]);
        }
    }
    add_all(arena, out, LINE_REMOVED, a + i, rows - i);
    add_all(arena, out, LINE_ADDED, b + j, columns - j);
}

LineDiff line_diff(Arena *arena, Str before, Str after)
{
    LineDiff out = {0};
    Lines old = split(arena, before);
    Lines new = split(arena, after);
    const Str *a = old.list.items;
    const Str *b = new.list.items;
    size_t rows = old.list.count;
    size_t columns = new.list.count;
    size_t start = 0;
    while (start < rows && start < columns && str_equal(a[start], b[start])) {
        start++;
    }
    size_t end = 0;
    while (end < rows - start && end < columns - start &&
           str_equal(a[rows - 1 - end], b[columns - 1 - end])) {
        end++;
    }
    add_all(arena, &out, LINE_SAME, a, start);
    if (rows > 0 && columns > 0) {
        add_middle(arena, &out, a + start, rows - start - end, b + start, columns - start - end);
        add_all(arena, &out, LINE_SAME, a + rows - end, end);
    } else {
        add_all(arena, &out, LINE_REMOVED, a, rows);
        add_all(arena, &out, LINE_ADDED, b, columns);
    }
    return out;
}
