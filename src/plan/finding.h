#pragma once
/* FindingPlan: what a query asks of the events that fit it, when not each of them is a match of its own.
 *
 * Threshold    enough events in one run's window have the same values in `fields`, and enough distinct values in `distinct`.
 * New terms    the values of `fields`, together, were in no event for `history_ns` before.
 * Threats      an event has what an indicator has: the query has two stages, events and indicators. */

#include "event/field.h"

typedef enum FindingKind {
    FINDING_EVENTS, /* each event that fits */
    FINDING_THRESHOLD,
    FINDING_NEW_TERMS,
    FINDING_THREATS,
} FindingKind;

#define FINDING_MAX_FIELDS 5 /* of a threshold; new terms have three */

/* An event's field has a value of an indicator's, or (negated) has none of them. */
typedef struct ThreatEntry {
    FieldId event, indicator;
    bool is_ip; /* the indicator's values may be blocks of addresses */
    bool negated;
} ThreatEntry;

/* All entries hold of one indicator; at least one is not negated. */
typedef struct ThreatItem {
    const ThreatEntry *entries;
    uint32_t entry_count;
} ThreatItem;

typedef struct FindingPlan {
    FindingKind kind;
    const FieldId *fields;
    uint32_t field_count;
    FieldId distinct;        /* FIELD_NONE: how many values does not matter */
    uint64_t least;          /* events */
    uint64_t least_distinct; /* values of `distinct` */
    /* Runs are at the whole multiples of `interval_ns` since 1970; each looks at [run - from_ns, run - to_ns]. */
    int64_t interval_ns, from_ns, to_ns;
    int64_t history_ns;
    const ThreatItem *items; /* any of them */
    uint32_t item_count;
} FindingPlan;

#define FINDING_STAGE_INDICATORS 1 /* of FINDING_THREATS */

/* What goes together of a finding alone, whatever bytes it came from. */
bool finding_is_sound(const FindingPlan *finding);
