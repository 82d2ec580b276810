#pragma once
/* Guide: the Markdown that rules hold - investigation guides, setup - as HTML or as Markdown that can do no harm.
 *
 * HTML in it     is shown as it is written: it stands there as text.
 * Links          that html_url_is_safe refuses lose where they lead; pictures become links, as pages load nothing.
 * Headings       begin below those of the page.
 * Bounds         a text of more than GUIDE_MAX_BYTES is shown as it is written, in a block of its own. */

#include "base/buffer.h"

#define GUIDE_MAX_BYTES ((size_t)256 * 1024)

void guide_html(Buffer *out, Str markdown);
void guide_markdown(Buffer *out, Str markdown);
