#pragma once
/* ScanCheck: the matches of the fast way, passed on and written down, and the matches of the slow
 * twin compared with them one by one. A difference is an error that tells the first one. The record
 * is a temporary file, so that any number of matches can be checked. */

#include "base/err.h"
#include "detect/matcher.h"

typedef struct ScanCheck ScanCheck;

ScanCheck *scan_check_new(MatcherTake *take, void *context,
                          Err *err) MUST_CHECK; /* NULL on failure */
void scan_check_free(ScanCheck *check);
bool scan_check_record(void *check, const Match *match,
                       Err *err); /* a MatcherTake for the fast way */
bool scan_check_compare(void *check, const Match *match, Err *err); /* a MatcherTake for the twin */
bool scan_check_finish(ScanCheck *check, Err *err) MUST_CHECK; /* false when the twin found fewer */
