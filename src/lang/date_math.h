#pragma once
/* Date math: "now-9m", "now/d", "2020-01-01||+1M/d" (Elasticsearch's), and intervals: "5m".
 *
 * Units y M w d h H m s, and ms. Evaluated left to right in UTC. "/unit" rounds down, or up to the
 * unit's last millisecond with round_up (range ends). now/w is Monday. Month arithmetic clamps the
 * day. A date alone ("2020-01", no "||") stands for its first nanosecond, or for its last with
 * round_up.
 *
 * On failure err->at is the byte where the fault lies. */

#include "base/err.h"
#include "base/str.h"

bool date_math_parse(Str text, int64_t now_ns, bool round_up, int64_t *ns, Err *err) MUST_CHECK;
bool date_math_check(Str text, Err *err) MUST_CHECK; /* well-formed, whatever now is */

/* ^\d+[smhd]$ as rules write intervals; also "ms" when allow_ms. > 0. */
bool interval_parse(Str text, bool allow_ms, int64_t *ns, Err *err) MUST_CHECK;
Str interval_words(Arena *arena, int64_t ns); /* "5 minutes", "1 hour", "90 seconds" */
