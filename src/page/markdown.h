#pragma once
/* Markdown: text that stands for itself in CommonMark. */

#include "base/buffer.h"

/* On one line; what would be markup or HTML is escaped. */
void markdown_text(Buffer *out, Str text);
/* A link when html_url_is_safe says so, else the words. */
void markdown_link(Buffer *out, Str url, Str words);
/* A block of code, fenced by more backquotes than the text has in a row. `indent` stands before each line. */
void markdown_code(Buffer *out, Str language, Str text, const char *indent);
