#pragma once
/* Detect: a rule set meets the inputs; matches become alerts, in order of their last event, and go
 * to `take`. */

#include "alert/alert.h"
#include "detect/scan.h"
#include "rule/rule_set.h"

/* `rule` is the alert's rule; a sequence's building blocks come before their shell. */
typedef bool DetectTake(void *context, const Rule *rule, Str json, const AlertSummary *summary,
                        Err *err);

typedef struct DetectOptions {
    ScanOptions scan;
    AlertContext alert;
    bool cap; /* apply each rule's max_signals; what it holds back is counted */
    DetectTake *take;
    /* Gets each rule that the events turn out to lack a field for: no alert of it comes. */
    void (*drop)(void *context, const RuleSkip *why);
    void *context;
} DetectOptions;

typedef struct DetectCount {
    uint64_t alerts;           /* an event's alert, or a sequence as a whole */
    uint64_t held_back;        /* by max_signals */
    uint64_t loops;            /* not made: the rule would have alerted on its own alert */
    uint64_t suppressed;       /* matches that an alert of one before them stands for */
    uint64_t suppressed_early; /* alerts that were told before their time, for want of memory */
    uint64_t suppression_cut;  /* combinations of one event's values that were too many */
    bool dropped;              /* since its fields are not there */
} DetectCount;

typedef struct DetectStats {
    ScanStats scan;
    DetectCount *rules; /* one per rule of the set; the caller's, `count` of them, zeroed */
} DetectStats;

bool detect_run(const RuleSet *rules, InputSet *input, const DetectOptions *options,
                DetectStats *stats, Err *err) MUST_CHECK;

/* Reads an event again where a match found it; lives in the arena. `index` is for events that name
 * none. */
bool detect_recall(InputSet *input, const EventPlace *place, Str index, Arena *arena, Document *out,
                   Err *err) MUST_CHECK;
