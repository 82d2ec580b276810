#pragma once
/* WhyOutput: a why report, for people, or as JSON for programs. For people: what the verdict is, then for each stage the tree of its
 * condition with the values that the event has, then what became of the event's sequences.
 *
 *     yes   the condition holds of the event
 *     no    it does not; a > before it marks those that decided */

#include "base/buffer.h"
#include "detect/why.h"

typedef struct WhyPrint {
    const WhyReport *report;
    const InputSet *input; /* for its names */
    Str name;              /* of the rule; empty for a query */
    bool colour;
} WhyPrint;

void why_print(Buffer *out, const WhyPrint *print);
/* An object a line for each event, or, with `array`, all of them in one. How many more events have the id is left to stderr. */
void why_write_json(Buffer *out, const WhyPrint *print, bool array);
