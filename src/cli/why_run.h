#pragma once
/* WhyRun: what --why does: instead of the results, tell why the event was matched or not. */

#include "cli/verb.h"

#define OPTION_WHY                                                                 \
    {                                                                              \
        "why", 0, "ID", false,                                                     \
            "tell only why the event with this _id matches, or does not, and at\n" \
            "which stage"                                                          \
    }

/* Query 0 of the plan; `name` of the rule, or empty. run->scan is filled. The exit code. */
int why_tell(Run *run, const PlanSet *plan, Str name);
