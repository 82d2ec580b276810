#pragma once
/* RuleCache: rule files that were read, checked and compiled once, kept on disk for the next start.
 *
 * Key          the program's build, the mapping, the paths and bytes of all rule files: what differs in one
 *              byte is another file of the cache. A file that is not what it should be is as good as none.
 * Now          a set is right for its `now_span` only: the caller looks at it.
 * Trust        folder and file must be the user's own, and nobody else may write to them; a file has a
 *              checksum and is read as any outsider's bytes are (base/image.h).
 * Writers      write beside and rename: who reads meanwhile sees the old file or the new one.
 * Bounds       a file IMAGE_MAX_BYTES, all files RULE_CACHE_MAX_BYTES: the oldest go. */

#include "rule/rule_set.h"

#define RULE_CACHE_MAX_BYTES ((uint64_t)256 << 20)

/* The folder that the environment names: $XDG_CACHE_HOME/shrike or ~/.cache/shrike; empty when it names none. */
Str rule_cache_folder(Arena *arena);

/* What comes before the files: then rule_read or rule_hash adds them, and hash_stream_end gives the key. False
 * when the program cannot be told from another one. */
bool rule_cache_begin_key(HashStream *key, Str mapping) MUST_CHECK;

/* The rules of that key, into list->arena, of the same schema as then; the set is of all of them. False: there are
 * none; err->code is ERR_NONE when nothing is wrong with that. */
bool rule_cache_load(Str folder, const Hex *key, const Schema *schema, RuleList *list,
                     RuleSet **set, Err *err) MUST_CHECK;
/* Makes the folder when it is not there. What cannot be kept at all is no error. */
bool rule_cache_store(Str folder, const Hex *key, const RuleList *list, const RuleSet *set,
                      Err *err) MUST_CHECK;
