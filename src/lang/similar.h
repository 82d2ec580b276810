#pragma once
/* Similar: which of the known names a misspelt one may have meant. Elasticsearch's rule: one minus
 * the edit distance over the longer length is a half or more; the nearest first. */

#include "base/str.h"

/* ", did you mean [head]?", ", did you mean any of [a, b]?", or nothing. */
Str similar_hint(Arena *arena, Str name, const Str *known, size_t count);
