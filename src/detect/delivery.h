#pragma once
/* Delivery: the hits of all workers, merged in order, through a matcher into `take`. */

#include "detect/matcher.h"
#include "detect/scan_profile.h"
#include "match/hit_sorter.h"

typedef struct Delivery {
    HitSorter **sorters;
    uint32_t sorter_count;
    Matcher *matcher;
    MatcherTake *take;
    void *context;
    ScanProfile *profile; /* NULL: nothing is counted */
} Delivery;

bool delivery_run(const Delivery *delivery, Err *err) MUST_CHECK;
