#pragma once
/* ThreatJoin: a hash join of events with indicators: each indicator is put into a table under the values that an event must have, each
 * event looks its own values up.
 *
 * Sides        all indicators first, then the events, one by one: what is held are the indicators.
 * Values       are compared as texts, byte by byte; in fields of addresses, as addresses, and an indicator's may be blocks of
 *              them. Of several values of a field any may be the one; of a negated entry none may be.
 * Blocks       are in the same table, under their prefix: an address asks once for each length of prefix that
 *              some block has.
 * Bounds       of one event THREAT_MAX_LOOKS indicators are looked at, in what no key says THREAT_MAX_PAIRS pairs of values compared, and THREAT_MAX_MATCHES told, the first ones; of an indicator's or an event's
 *              values THREAT_MAX_TUPLES combinations. threat_join_evict lets go of the indicator that came last, and takes none
 *              after it. All is counted.
 * Cost         an event: a look-up for each item, combination of values and length of prefix, however many indicators there are. */

#include "base/err.h"
#include "event/batch.h"
#include "event/value.h"
#include "plan/finding.h"

#define THREAT_MAX_MATCHES 200
#define THREAT_MAX_LOOKS   10000
#define THREAT_MAX_TUPLES  1024
#define THREAT_MAX_PAIRS   1000000

typedef struct ThreatJoin ThreatJoin;

/* The values of one event or indicator: `of[item][entry]` of its side of that entry, as texts. */
typedef struct ThreatTexts {
    const Str *items;
    uint32_t count;
} ThreatTexts;

/* An entry of an item that is met. */
typedef struct ThreatMatch {
    uint32_t indicator; /* in order of their coming */
    uint32_t item, entry;
    Str value; /* the event's */
} ThreatMatch;

typedef struct ThreatStats {
    uint64_t refused; /* indicators that there was no room for */
    uint64_t
        cut; /* events and indicators with more values, looks or matches than the bounds allow */
} ThreatStats;

ThreatJoin *threat_join_new(const FindingPlan *plan);
void threat_join_free(ThreatJoin *join); /* NULL is fine */

/* `texts[i][j]`: of the plan's item i, entry j. */
void threat_join_add(ThreatJoin *join, const EventPlace *place, const ThreatTexts *const *texts);
/* The matches of an event, by indicator, item and entry; borrowed until the next call. */
const ThreatMatch *threat_join_find(ThreatJoin *join, const ThreatTexts *const *texts,
                                    uint32_t *count);
const EventPlace *threat_join_place(const ThreatJoin *join, uint32_t indicator);
size_t threat_join_bytes(const ThreatJoin *join);
bool threat_join_evict(ThreatJoin *join); /* false when nothing is held */
ThreatStats threat_join_stats(const ThreatJoin *join);
