#pragma once
/* Toml: a whole TOML 1.0 text as the tree that base/json gives for a JSON text, so that rule files
 * of both kinds are read by one reader.
 *
 * Nodes        `at` is where the value starts (a table: its header, or the key that made it); `raw`
 *              is the value as written, for strings only. Numbers are spelled as JSON does; dates
 *              and times become strings as written; inf and nan, which JSON has not, are refused.
 *              Members stand in the order in which the text first names them.
 * Lifetimes    nodes live in the arena; `raw` borrows the text.
 * Bounds       TOML_MAX_TEXT bytes, JSON_MAX_DEPTH levels, TOML_MAX_KEYS keys a table, and what
 *              toml_bounds.h says; refused with ERR_LIMIT.
 * Speed        toml++, which does the reading, takes 0.02 s a megabyte of rules; of numbers 0.5 s.
 * Not TOML     where a line goes on after a backslash at the end of another, toml++ drops not only
 *              its first blanks and tabs but also what else Unicode calls a blank. */

#include "base/json.h"

#define TOML_MAX_TEXT ((size_t)4 * 1024 * 1024)
#define TOML_MAX_KEYS 1024

/* NULL on failure: err->at is the byte offset of the fault, err->text says what is wrong there. */
Json *toml_parse(Arena *arena, Str text, Err *err) MUST_CHECK;
