#pragma once
/* UnicodeEscape: "\u0041" as KQL and Lucene's query strings write it; two of them for a character of Unicode's upper planes. Half of
 * such a pair is no character: U+FFFD stands for it. */

#include "base/buffer.h"

/* Appends what the escape at `at` stands for; the bytes that it takes. 0: none stands there. */
size_t unicode_escape_read(Buffer *out, Str text, size_t at);
