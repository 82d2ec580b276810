#pragma once
/* Profile: what --profile does: count while the scan runs, then tell on stderr, or as JSON in a
 * file, whose path is looked at before the scan, so that a wrong one is told at once. */

#include "cli/profile_output.h"
#include "cli/verb.h"

#define OPTION_PROFILE                                                                    \
    {                                                                                     \
        "profile", 0, "[FILE]", false,                                                    \
            "tell afterwards what each condition let through and what time went where;\n" \
            "with FILE, as JSON into it"                                                  \
    }

typedef struct Profile {
    ScanProfile *counts; /* NULL without --profile */
    Str path;            /* empty: stderr; else NUL-terminated */
} Profile;

/* Sets run->scan.profile when it is wanted. False and *code when that cannot be. */
bool profile_begin(Profile *profile, Run *run, const PlanSet *plan, int *code);
/* `names` and `ids` as in ProfileReport. */
bool profile_end(Profile *profile, Run *run, const Str *names, const Str *ids, Err *err) MUST_CHECK;
