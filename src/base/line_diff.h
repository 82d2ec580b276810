#pragma once
/* LineDiff: two texts, line by line: what both have, what only the first has, what only the second.
 *
 * Bounds       past LINE_DIFF_MAX_CELLS pairs of lines between a common start and a common end, all of the one
 *              and then all of the other is told; nothing is left out. */

#include "base/array.h"
#include "base/str.h"

#define LINE_DIFF_MAX_CELLS ((size_t)1 << 20)

typedef enum LineKind { LINE_SAME, LINE_REMOVED, LINE_ADDED } LineKind;

typedef struct DiffLine {
    LineKind kind;
    Str text;
} DiffLine;

typedef struct LineDiff {
    ARRAY(DiffLine) lines;
} LineDiff;

LineDiff line_diff(Arena *arena, Str before, Str after);
