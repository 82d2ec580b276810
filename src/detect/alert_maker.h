#pragma once
/* AlertMaker: a match becomes alerts: its events are read again and told to alert/.
 *
 * Threads      one belongs to one thread; several may work at once. */

#include "alert/alert.h"
#include "detect/match.h"
#include "ingest/input.h"
#include "rule/rule_set.h"

typedef struct AlertMakerOptions {
    const RuleSet *rules;
    InputSet *input;
    Str index; /* of events that name none */
    const AlertContext *context;
} AlertMakerOptions;

typedef struct AlertMaker AlertMaker;
AlertMaker *alert_maker_new(const AlertMakerOptions *options);
void alert_maker_free(AlertMaker *maker);
void alert_maker_print_to(AlertMaker *maker, Buffer *out); /* see alert_builder_print_to */
/* *loops: none was made, for the rule would have alerted on its own alert. */
bool alert_maker_make(AlertMaker *maker, const Match *match, const AlertTaker *taker, bool *loops,
                      Err *err) MUST_CHECK;
