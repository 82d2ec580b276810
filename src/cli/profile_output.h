#pragma once
/* ProfileOutput: what a scan's profile says, for people (a query in detail, or a table of many, the
 * dearest first) and for programs (one JSON document with everything). */

#include "base/buffer.h"
#include "detect/scan.h"
#include "detect/scan_costs.h"

typedef struct ProfileReport {
    const ScanCosts *costs;
    const ScanStats *stats;
    const Str *names; /* by query */
    const Str *ids;   /* by query, its rule_id; NULL when queries are no rules */
    bool colour;
} ProfileReport;

void profile_print(Buffer *out, const ProfileReport *report);
void profile_write_json(Buffer *out, const ProfileReport *report);
