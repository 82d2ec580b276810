#pragma once
/* ScanProfile: where the time of a scan goes, and what each query and stage of the plan did.
 *
 * Lifetimes    in the arena. Each worker counts into one of its own; they are added up at the end.
 * Cost         none for a scan without one. With one a clock is read a few times a batch, twice for
 *              each node that is asked for, and twice for each hit. */

#include "detect/pipes.h"
#include "exec/evaluator_profile.h"
#include "match/lineage.h"
#include "match/sequence.h"

/* name, how it is shown. Times of several threads are added up. */
#define SCAN_PHASES(X)                                                               \
    X(READ, "read")     /* files become blocks of documents */                       \
    X(PARSE, "parse")   /* documents become spans of the wanted fields */            \
    X(ENCODE, "encode") /* spans become codes */                                     \
    X(JUDGE, "judge")   /* new values are judged; codes become rows of predicates */ \
    X(NODES, "nodes")   /* rows of predicates become rows of stages */               \
    X(HITS, "hits")     /* rows become hits with time and join keys */               \
    X(ORDER, "order")   /* hits are put in order of time */                          \
    X(MATCH, "match")   /* hits become matches */                                    \
    X(RESULT, "result") /* matches become alerts or results, and are written */

typedef enum ScanPhase {
#define PHASE_MEMBER(name, text) SCAN_##name,
    SCAN_PHASES(PHASE_MEMBER)
#undef PHASE_MEMBER
        SCAN_PHASE_COUNT
} ScanPhase;

const char *scan_phase_name(ScanPhase phase);

typedef struct StageCount {
    uint64_t rows; /* events that fit the stage's condition */
    uint64_t hits; /* those of them that have a time and the join keys */
} StageCount;

typedef struct QueryCount {
    StageCount *stages; /* by slot */
    uint64_t match_ns;
    uint64_t matches; /* given out, behind size and pipes */
    SequenceStats sequences;
    LineageStats lineage;
    PipeCount *pipes; /* by pipe */
} QueryCount;

typedef struct ScanProfile {
    const PlanSet *plan;
    EvaluatorProfile *evaluator;
    QueryCount *queries;
    uint64_t phase_ns[SCAN_PHASE_COUNT];
} ScanProfile;

ScanProfile *scan_profile_new(Arena *arena, const PlanSet *plan);
/* Adds what a worker counted; matching is counted by one alone. Both of the same plan. */
void scan_profile_add(ScanProfile *to, const ScanProfile *from);
/* `stage` as in a hit. */
StageCount *scan_profile_stage(const ScanProfile *profile, uint32_t query, uint16_t stage);
