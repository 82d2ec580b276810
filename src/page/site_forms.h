#pragma once
/* What a site has beside a page for each rule, in both forms. */

#include "page/site.h"

void site_index_html(Buffer *out, const Site *site, bool has_changes);
void site_changes_html(Buffer *out, Arena *arena, const Releases *releases);
void site_index_markdown(Buffer *out, const Site *site, bool has_changes);
void site_changes_markdown(Buffer *out, Arena *arena, const Releases *releases);

/* "new, version 1"; "version 5: Formatting only". */
Str release_words(Arena *arena, const ReleaseRule *changed);
