#pragma once
/* TomlBounds: what toml++ leaves without a bound, looked at before it reads a text.
 *
 * Nesting      it walks and frees tables by calls, so that "a.a.a ..." of some kilobytes would end
 *              the process. One header, or one key with its value, nests JSON_MAX_DEPTH levels at
 *              most; a key below a header no more than thrice that.
 * Tables       those that headers and dotted keys name are searched one by one: TOML_MAX_TABLES.
 *
 * This is no parser: it sees quotes, comments, brackets and what stands between them, and is right
 * up to the text's first fault, where toml++ stops reading too. */

#include "base/json.h"

#define TOML_MAX_TABLES 4096

/* False with ERR_LIMIT when the text passes a bound. `endless` is the string that does not end, up
 * to where it would have had to; empty when there is none. */
bool toml_bounds_check(Str text, Str *endless, Err *err) MUST_CHECK;
