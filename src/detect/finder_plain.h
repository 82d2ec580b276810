#pragma once
/* FinderPlain: the slow twin of a Finder. It keeps every event, reads each as a document, and counts, sorts and compares anew
 * whenever it is asked: no window that slides, no set that forgets, no join. */

#include "detect/finder.h"

typedef struct FinderPlain FinderPlain;
FinderPlain *finder_plain_new(const FinderOptions *options, const DocumentSource *source);
void finder_plain_free(FinderPlain *plain); /* NULL is fine */
bool finder_plain_offer(FinderPlain *plain, const Hit *hit, const FinderEnd *end,
                        Err *err) MUST_CHECK;
bool finder_plain_finish(FinderPlain *plain, const FinderEnd *end, Err *err) MUST_CHECK;
