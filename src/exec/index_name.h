#pragma once
/* IndexName: does an index belong to what a rule looks at? Rules name indices by patterns: "logs-endpoint.*",
 * "-logs-endpoint.alerts-*" (excluded), "*:winlogbeat-*" (of other clusters).
 *
 * Events tell the index that holds them, which is seldom the name that people use: behind a data stream stand
 * indices like ".ds-logs-x-default-2024.05.06-000012", and moved to cold storage "partial-" or "restored-" is
 * put in front. A pattern that fits the index, or the data stream behind such a name, fits. */

#include "event/value.h"

/* Some pattern fits and no exclusion does; exclusions alone exclude from everything. The order of the
 * patterns means nothing. */
bool index_name_matches(Str index, const Value *patterns, uint32_t pattern_count);
