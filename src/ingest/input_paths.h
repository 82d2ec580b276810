#pragma once
/* InputPaths: from what was named on the command line to the list of inputs. */

#include "base/err.h"
#include "base/str.h"

typedef struct InputPath {
    Str name; /* for messages; NUL-terminated */
    bool is_stdin;
    bool is_regular; /* a file that can be read twice, and whose size is known */
    uint64_t bytes;
} InputPath;

typedef struct InputPaths {
    InputPath *items; /* in the arena */
    uint32_t count;
} InputPaths;

/* A folder gives its files that are named like events, by path; a file named itself is always taken, "-" is
 * standard input. */
bool input_paths_expand(Arena *arena, const Str *paths, uint32_t count, InputPaths *out,
                        Err *err) MUST_CHECK;
