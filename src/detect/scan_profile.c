#include "detect/scan_profile.h"

const char *scan_phase_name(ScanPhase phase)
{
    static const char *const NAMES[] = {
#define PHASE_NAME(name, text) text,
        SCAN_PHASES(PHASE_NAME)
#undef PHASE_NAME
    };
    assert(phase < SCAN_PHASE_COUNT);
    return NAMES[phase];
}

ScanProfile *scan_profile_new(Arena *arena, const PlanSet *plan)
{
    ScanProfile *profile = ARENA_NEW(arena, ScanProfile);
    *profile = (ScanProfile){
        .plan = plan,
        .evaluator = evaluator_profile_new(arena, plan),
        .queries = ARENA_MANY(arena, QueryCount, plan->query_count),
    };
    for (uint32_t i = 0; i < plan->query_count; i++) {
        profile->queries[i].stages = ARENA_MANY(arena, StageCount, query_slots(&plan->queries[i]));
        profile->queries[i].pipes = ARENA_MANY(arena, PipeCount, plan->queries[i].pipe_count);
    }
    return profile;
}

void scan_profile_add(ScanProfile *to, const ScanProfile *from)
{
    assert(to->plan == from->plan);
    evaluator_profile_add(to->evaluator, from->evaluator);
    for (uint32_t i = 0; i < to->plan->query_count; i++) {
        for (uint32_t s = 0; s < query_slots(&to->plan->queries[i]); s++) {
            to->queries[i].stages[s].rows += from->queries[i].stages[s].rows;
            to->queries[i].stages[s].hits += from->queries[i].stages[s].hits;
        }
    }
    for (ScanPhase phase = 0; phase < SCAN_PHASE_COUNT; phase++) {
        to->phase_ns[phase] += from->phase_ns[phase];
    }
}

StageCount *scan_profile_stage(const ScanProfile *profile, uint32_t query, uint16_t stage)
{
    const QueryPlan *plan = &profile->plan->queries[query];
    uint32_t slot = stage;
    if (stage == HIT_UNTIL) {
        slot = plan->stage_count;
    } else if (stage == HIT_LINK) {
        slot = plan->stage_count + 1 + plan->lineage.source_count;
    } else if (stage >= HIT_SOURCE) {
        slot = plan->stage_count + 1 + (stage - HIT_SOURCE);
    }
    return &profile->queries[query].stages[slot];
}
