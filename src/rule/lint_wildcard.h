#pragma once
/* LintWildcard: does the text of an exact comparison read as a pattern? And does one pattern
 * cover another? */

#include "base/str.h"

/* True when `text`, compared with == or in, has a '*' or '?' that can only have been meant as a
 * wildcard.
 *
 * Nothing is said where programs do write the character itself:
 * - a star that is a value of its own: "*", "/list:*", "mode=*", and in arguments "/lib/" + "*" or
 *   "*.txt", which programs get as they are when no shell expands them;
 * - "\\*\C$", as Windows spells a share of this host; "\\?\" and "\??\" before its paths;
 * - texts with blanks (command lines, SQL, cron), unless they begin with a star on a word;
 * - fields that hold names of certificates, URLs, requests, policies, messages;
 * - fields that are no path, name or argument (what they hold is not known), unless a star stands
 *   at both ends. */
bool lint_reads_as_pattern(Str field, Str text);

/* Every text that fits `covered` fits `pattern`. Both folded alike, * and ? being wildcards in
 * both. Exact but for sets that only several characters together cover ("?*" against "*?"), where
 * it says no. `steps` is lowered by what it cost and ends it (no) at 0. */
bool lint_covers(Str pattern, Str covered, size_t *steps);
