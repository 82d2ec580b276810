#pragma once
/* UTF-8: validation, code points, and the one rule by which Shrike compares without regard to
 * case: simple case folding of Unicode, one code point to one code point, in no language.
 *
 * The rule     what utf8proc's full folding gives where that is one code point; where it is several
 *              ("ss" for the sharp s), the lower case; U+0130, the dotted capital I, stays itself.
 *              These are the lines C and S of Unicode's CaseFolding. So the final sigma equals the
 *              sigma, the Kelvin sign k, the long s s, the micro sign mu, the capital sharp s the
 *              small one (not "ss"); dotted and dotless i equal neither i nor each other.
 * Bytes        that are no UTF-8 fold to themselves. */

#include "base/str.h"

/* No overlong forms, no surrogates, at most U+10FFFF. `bad_at` is the first byte of what is none. */
bool utf8_check(Str text, size_t *bad_at);

/* The end of the run of ASCII that starts at `at`, many bytes a step. */
size_t utf8_skip_ascii(Str text, size_t at);

/* The code point at *at, which is before the end, and *at moves behind it. Invalid bytes count as
 * one code point each (U+FFFD), so that a loop always ends. */
uint32_t utf8_next(Str text, size_t *at);
size_t utf8_encode(uint32_t code_point, char out[4]); /* bytes written */

uint32_t utf8_fold_one(uint32_t code_point);
Str utf8_fold(Arena *arena, Str text); /* `text` itself when folding changes nothing */
/* The same written to `to`, which has room for UTF8_FOLDED_MAX bytes; how many it took. */
#define UTF8_FOLDED_MAX(len) ((len)*2) /* two bytes become three at most */
size_t utf8_fold_to(char *to, Str text);
bool utf8_equal_folded(Str a, Str b); /* folds both on the way */

/* Lengths and places as Java counts them, which EQL's functions speak: UTF-16 units. */
size_t utf8_length_utf16(Str text);
size_t utf8_offset_of_utf16(Str text, size_t units); /* byte offset; the end when past it; a place
                                                        inside a pair gives the pair's start */
