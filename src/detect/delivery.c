#include "detect/delivery.h"

#include "base/timestamp.h"

static bool offer(void *context, const Hit *hit, Err *err)
{
    const Delivery *delivery = context;
    return matcher_offer(delivery->matcher, hit, delivery->take, delivery->context, err);
}

static void expect(void *context, const Hit *hit)
{
    const Delivery *delivery = context;
    matcher_expect(delivery->matcher, hit);
}

static bool run(Delivery *delivery, Err *err)
{
    return hit_sorter_merge_ahead(delivery->sorters, delivery->sorter_count, offer, expect,
                                  delivery, err) &&
           matcher_finish(delivery->matcher, delivery->take, delivery->context, err);
}

/* --- counted --- */

static uint64_t spent_since(int64_t start)
{
    return (uint64_t)(timestamp_monotonic() - start);
}

static bool take_counted(void *context, const Match *match, Err *err)
{
    const Delivery *delivery = context;
    int64_t start = timestamp_monotonic();
    bool done = delivery->take(delivery->context, match, err);
    delivery->profile->phase_ns[SCAN_RESULT] += spent_since(start);
    delivery->profile->queries[match->query].matches++;
    return done;
}

static bool offer_counted(void *context, const Hit *hit, Err *err)
{
    Delivery *delivery = context;
    uint64_t *phase_ns = delivery->profile->phase_ns;
    uint64_t result_ns = phase_ns[SCAN_RESULT];
    int64_t start = timestamp_monotonic();
    bool done = matcher_offer(delivery->matcher, hit, take_counted, delivery, err);
    uint64_t spent = spent_since(start) - (phase_ns[SCAN_RESULT] - result_ns);
    phase_ns[SCAN_MATCH] += spent;
    delivery->profile->queries[hit->query].match_ns += spent;
    return done;
}

static bool run_counted(Delivery *delivery, Err *err)
{
    ScanProfile *profile = delivery->profile;
    uint64_t *phase_ns = profile->phase_ns;
    uint64_t others_ns = phase_ns[SCAN_MATCH] + phase_ns[SCAN_RESULT];
    int64_t start = timestamp_monotonic();
    bool done = hit_sorter_merge_ahead(delivery->sorters, delivery->sorter_count, offer_counted,
                                       expect, delivery, err) &&
                matcher_finish(delivery->matcher, take_counted, delivery, err);
    others_ns = phase_ns[SCAN_MATCH] + phase_ns[SCAN_RESULT] - others_ns;
    phase_ns[SCAN_ORDER] += spent_since(start) - others_ns;
    for (uint32_t i = 0; i < profile->plan->query_count; i++) {
        profile->queries[i].sequences = matcher_sequences(delivery->matcher, i);
        profile->queries[i].lineage = matcher_lineage(delivery->matcher, i);
        for (uint32_t pipe = 0; pipe < profile->plan->queries[i].pipe_count; pipe++) {
            profile->queries[i].pipes[pipe] = matcher_pipe(delivery->matcher, i, pipe);
        }
    }
    return done;
}

bool delivery_run(const Delivery *delivery, Err *err)
{
    Delivery own = *delivery;
    return own.profile == NULL ? run(&own, err) : run_counted(&own, err);
}
