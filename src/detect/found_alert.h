#pragma once
/* FoundAlert: the alert of a match with a finding: of a threshold's group, an event with new terms, an event that meets
 * indicators.
 *
 * Threshold    the alert's event is none there was: the group's values at the time of its last event, with an id of rule,
 *              run and values, so that the same run gives the same alert.
 * Threats      each indicator is read again. Past FOUND_MAX_ENRICHMENT bytes of them the alert names the rest without what
 *              they hold. */

#include "alert/alert.h"
#include "detect/match.h"
#include "detect/match_documents.h"

#define FOUND_MAX_ENRICHMENT ((size_t)1 << 20)

typedef struct FoundAlert {
    const PlanSet *plan;
    const Rule *rule;
    AlertBuilder *builder;
    MatchDocuments *documents; /* of the match's event */
    DocumentSource source;     /* where indicators are read */
} FoundAlert;

/* What is made on the way lives in the arena. */
bool found_alert_build(const FoundAlert *about, const Match *match, Arena *arena,
                       const AlertTaker *taker, Err *err) MUST_CHECK;
