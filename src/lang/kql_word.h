#pragma once
/* KqlWord: how the words of a KQL query are written: blanks, keywords, quotes, escapes, wildcards. */

#include "base/err.h"
#include "lang/kql.h"

/* How many bytes the blank at `at` has; 0: there is none. Also U+00A0 is one. */
size_t kql_blank_len(Str text, size_t at);
size_t kql_skip_blanks(Str text, size_t at);
/* The keyword (lower case, in the text any case) stands at `at`, with a blank behind it. */
bool kql_keyword_at(Str text, size_t at, Str keyword);
/* How long the keyword is that stands at `at` as a whole word; 0: none. */
size_t kql_keyword_len(Str text, size_t at);
/* One of \():<>"*{}, which mean something where they are not escaped. */
bool kql_is_special(char c);

/* Reads the word at *at, which is no blank; *at is then behind it, blanks at its end not taken. NULL and err (with err->at) when
 * there is no word. */
KqlWord *kql_word_read(Arena *arena, Str text, size_t *at, Err *err);
