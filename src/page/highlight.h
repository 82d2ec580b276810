#pragma once
/* Highlight: a query as HTML, its words marked by what they are: keyword (class k), text (s), number (n), comment (c).
 * The words are those that our own parsers read; of a language that has none here the text is plain. */

#include "base/buffer.h"

void highlight_query(Buffer *out, Str language, Str query);
