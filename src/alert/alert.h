#pragma once
/* Alert: a hit becomes the document that people and tools know from Elastic's detection engine:
 * the event's own fields, event.kind "signal", and flat "kibana.alert.*" keys (docs/alerts.md).
 *
 * A sequence gives one building block per event and then a shell with the fields that all share.
 *
 * Memory       of a sequence, what its events have in common and their ancestors; the events are asked for one by
 *              one, twice.
 * Threads      a builder belongs to one thread. */

#include "base/json_writer.h"
#include "event/document.h"
#include "rule/rule.h"

/* The version of Kibana whose alerts these are like; "kibana.version" in each. A constant, so
 * that the same events and rules give the same bytes whatever Shrike's own version. */
#define ALERT_KIBANA_VERSION "8.19.0"

typedef struct AlertContext { /* the same for a whole run */
    int64_t now_ns;           /* creation time of the alerts */
    Str space;                /* "default" */
    Str execution_uuid;       /* of the run */
} AlertContext;

/* What a table or a filter needs, of the alert just built; borrowed until the next. */
typedef struct AlertSummary {
    Str uuid, rule_name, reason, host, user;
    RuleSeverity severity;
    int64_t risk_score;
    int64_t time_ns;       /* the event's @timestamp (a sequence: the last event's); 0: none */
    bool building_block;   /* by the rule, or a sequence's member */
    bool in_group;         /* a sequence's member; its shell comes later */
    uint32_t group_events; /* a sequence's shell: how many events; else 0 */
} AlertSummary;

typedef struct AlertBuilder AlertBuilder;
AlertBuilder *alert_builder_new(const AlertContext *context);
void alert_builder_free(AlertBuilder *builder);
/* From now on alerts are appended to `out`, which is borrowed, and stay there; NULL, as at first: each is borrowed until
 * the next. */
void alert_builder_print_to(AlertBuilder *builder, Buffer *out);

/* The events of a sequence, each given when it is asked for: borrowed until the next is, but the first of them until
 * the sequence is done. NULL on failure. */
typedef const Document *AlertEventGet(void *context, uint32_t index, Err *err);
typedef struct AlertEvents {
    AlertEventGet *get;
    void *context;
    uint32_t count;
} AlertEvents;

/* What the alerts of the next event or sequence say besides, if they are no building blocks; nothing from the one after it on. */
typedef struct AlertSuppression {
    Str members; /* of the document, without braces */
    Str uuid;    /* the alert's; empty: as usual */
} AlertSuppression;
void alert_builder_suppress(AlertBuilder *builder, const AlertSuppression *suppression);

/* Calls `take` with each finished document (one JSON object, one line, no newline) in order: for
 * an event one; for a sequence its building blocks, then its shell. Stops and returns false when
 * take does. */
typedef bool AlertTake(void *context, Str json, const AlertSummary *summary, Err *err);
typedef struct AlertTaker {
    AlertTake *take;
    void *context;
} AlertTaker;
/* What an alert says beyond its event and its rule. */
typedef struct AlertExtra {
    Str id;      /* what its id is made of besides; empty: nothing */
    Str members; /* of the document, without braces; empty: none */
} AlertExtra;
bool alert_build_extra(AlertBuilder *builder, const Rule *rule, const Document *event,
                       const AlertExtra *extra, const AlertTaker *taker, Err *err) MUST_CHECK;
bool alert_build_event(AlertBuilder *builder, const Rule *rule, const Document *event,
                       const AlertTaker *taker, Err *err) MUST_CHECK;
bool alert_build_sequence(AlertBuilder *builder, const Rule *rule, const AlertEvents *events,
                          const AlertTaker *taker, Err *err) MUST_CHECK;
/* Alerts not built because one of the events is an alert of the same rule, or has more ancestors than alerts come
 * to without a loop (the loop guard). */
uint64_t alert_builder_loops(const AlertBuilder *builder);
