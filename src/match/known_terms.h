#pragma once
/* KnownTerms: which terms were there, since when and until when, so that an event tells whether its term is new without
 * looking at the events before it.
 *
 * New          a term that no event had in [time - history, time). Each term has a *spell*: events of which none came later
 *              than `history` after the one before it. An event inside of its term's spell, or within
 *              `history` behind it, is not new; the one that began the spell still is, so that the same events
 *              read again give the same answers. Of several events at that very time the first is.
 * Order        events come in order of time, as far as one run goes. What was loaded may be of later times.
 * Kept         known_terms_save writes the whole with a version and a checksum; known_terms_load reads it as hostile bytes are.
 * Bounds       what `history` has passed is forgotten. known_terms_bytes tells what is held, known_terms_evict lets go of the term
 *              that was seen longest ago; how many is counted, for they will seem new again.
 * Cost         one look-up an event, however long the history is. */

#include "base/buffer.h"
#include "base/err.h"

typedef struct KnownTerms KnownTerms;

KnownTerms *known_terms_new(int64_t history_ns);
void known_terms_free(KnownTerms *terms); /* NULL is fine */
/* True when the term is new. */
bool known_terms_see(KnownTerms *terms, Str term, int64_t time);
size_t known_terms_count(const KnownTerms *terms);
size_t known_terms_bytes(const KnownTerms *terms);
bool known_terms_evict(KnownTerms *terms); /* false when nothing is held */
uint64_t known_terms_evicted(const KnownTerms *terms);

#define KNOWN_TERMS_MAX_TERM ((size_t)4 << 20) /* bytes of one, in what is loaded */

/* Appends. `name` says what the terms are of, and must be the same when they are loaded. */
void known_terms_save(const KnownTerms *terms, Str name, Buffer *out);
/* Takes one saved set off the front of *bytes into a set in which nothing was seen yet. ERR_CORRUPT for what is none, or is cut short, or
 * was changed; *is_ours is false, and nothing is loaded, where it has another name or another history. */
bool known_terms_load(KnownTerms *terms, Str name, Str *bytes, bool *is_ours, Err *err) MUST_CHECK;
