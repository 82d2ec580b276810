#pragma once
/* Regex: regular expressions in Lucene's dialect, all its operators on. A match is of the whole text.
 *
 *     x y  x|y  (x)  ()  x?  x*  x+  x{n}  x{n,}  x{n,m}      as everywhere; () is the empty text
 *     .            any one character, a line feed too
 *     [a-z_] [^"]  a character out of a class, or none of it
 *     \d \w \s     [0-9]  [A-Za-z0-9_]  [ \t\n\r]; \D \W \S the others; also inside a class
 *     \.           the character itself; a letter behind '\' that means nothing is refused
 *     "a.b"        the text between the quotes
 *     @            any text;  #  none at all
 *     <1-65535>    a decimal number in that range, leading zeros allowed; <01-12>: exactly two digits
 *     ~x           any text but those of x (binds to the one thing behind it);  x&y  what fits both
 *
 * An operator where nothing stands before it means itself, as in Lucene: "*a" is a star and an a.
 * ^ and $ mean themselves, there being no other match than that of the whole text.
 *
 * Case         with `fold` the pattern's characters and classes are folded (utf8_fold); give folded text.
 * Cost         time grows with text x states, whatever the pattern: no backtracking.
 * Bounds       REGEX_MAX_STATES after repetitions are written out, REGEX_MAX_DEPTH of nesting, and the work for
 *              ~ and &, which need a deterministic automaton. All are refused with ERR_LIMIT.
 * Threads      immutable once made.
 * Speed        RegexDfa says the same several times as fast, where it can be made. */

#include "base/err.h"
#include "base/str.h"

#define REGEX_MAX_STATES 20000
#define REGEX_MAX_DEPTH  100

typedef struct Regex Regex;

/* NULL on failure: err->at is the byte offset in the pattern, err->text says what is wrong there. */
Regex *regex_compile(Arena *arena, Str pattern, bool fold, Err *err) MUST_CHECK;
bool regex_match(const Regex *regex, Str text, Arena *scratch);

/* The longest text found that is part of every text that matches; empty when none is known. */
Str regex_literal(const Regex *regex);
uint32_t regex_states(const Regex *regex); /* what it costs in memory and, at most, per character */

/* The deterministic automaton of a regular expression: one step a character, and an end as soon as nothing behind can
 * change the answer. Made whole at once, so it is immutable too. Its states may be exponentially many: NULL when they
 * are more than REGEX_DFA_MAX_STATES, or more work than is left of *work, which is counted down. */
#define REGEX_DFA_MAX_STATES 2000
typedef struct RegexDfa RegexDfa;
RegexDfa *regex_dfa_new(Arena *arena, const Regex *regex, uint64_t *work);
bool regex_dfa_match(const RegexDfa *dfa, Str text);
