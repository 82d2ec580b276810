#pragma once
/* JsonScan: where an object or array ends, without looking at what it holds: brackets outside strings are
 * counted, 64 bytes at a time. Goes on from where it stopped, so a document may come in pieces. */

#include "base/str.h"

typedef struct JsonScan {
    uint64_t inside; /* all bits set in a string */
    uint64_t escape; /* 1 when the next byte is escaped */
    uint64_t depth;
} JsonScan;

typedef enum JsonScanResult {
    JSON_SCAN_MORE,   /* the text ended first */
    JSON_SCAN_DONE,   /* the depth came to 0; *at is behind that bracket */
    JSON_SCAN_BROKEN, /* a line ended in a string, which JSON does not have; *at is the line's end */
} JsonScanResult;

/* Goes on from *at. JSON_BLOCK bytes behind the text are readable. */
JsonScanResult json_scan(JsonScan *scan, Str text, size_t *at);
