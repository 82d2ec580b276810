#pragma once
/* A whole file: it is there with all of its bytes, or as it was before.
 *
 * It is written beside its place under another name, which it keeps only until all is there. What is there
 * already and is no regular file (a pipe, /dev/stdout, a link) is written as it is. */

#include "base/err.h"
#include "base/str.h"

/* Whether it can be expected to be written later. `path` is NUL-terminated, as below. */
bool whole_file_check(Arena *arena, Str path, Err *err) MUST_CHECK;
bool whole_file_write(Arena *arena, Str path, Str bytes, Err *err) MUST_CHECK;
