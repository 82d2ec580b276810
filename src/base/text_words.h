#pragma once
/* TextWords: a text cut into words as Elasticsearch's "standard" analyser cuts it: at Unicode's word boundaries (UAX #29),
 * punctuation dropped, case folded (utf8.h). "System.IO.File" is one word, "a-b" are two, "can't" is one; each
 * ideograph and each hiragana is one.
 *
 * A word longer than TEXT_WORDS_LONGEST characters is cut into pieces of that length, as there. */

#include "base/str.h"

#define TEXT_WORDS_LONGEST 255

/* The words with one blank before each and one behind the last: " a b ". Nothing when there is none. In the arena. */
Str text_words_of(Arena *arena, Str text);

/* The word at *at (0 at first) of what text_words_of gave; *at moves on. False behind the last. */
bool text_words_next(Str words, size_t *at, Str *word);
/* True when the words of `phrase` stand one after another among `words`; both as text_words_of gives them. */
bool text_words_hold(Str words, Str phrase);

/* ---- one place in a text of ASCII alone, which tells nearly always that a phrase is not there ---- */

/* The word that text[at] is part of, whatever text[at] is. False when it is too long, and so would be cut. */
bool text_words_around(Str text, size_t at, Str *word);
/* `word`, one of `phrase` and part of its bytes, occurs in the folded text at `at`. False when the phrase surely does not stand
 * there. */
bool text_words_may_stand(Str text, size_t at, Str phrase, Str word);
