#pragma once
/* ScanWorker: what one worker does with blocks of documents: parse, fill batches, evaluate, collect hits.
 *
 * Batches      hold the documents of many blocks: a block is as large as stays in the cache, a batch as large
 *              as makes its cost for each rule small.
 * Threads      a worker belongs to one thread; ScanShared is immutable while workers run. A report goes to
 *              the reporting thread. */

#include "base/array.h"
#include "detect/event_clock.h"
#include "detect/hit_maker.h"
#include "detect/scan.h"
#include "ingest/event_reader.h"
#include "match/hit_sieve.h"

typedef struct ScanShared {
    const PlanSet *plan;
    const ScanOptions *options;
    InputSet *input;
    EvaluatorShared *evaluator;
    FieldId timestamp; /* for since and until; FIELD_NONE without them */
    FieldId index;     /* FIELD_NONE when no query asks for it */
    unsigned jobs;
    uint64_t seed; /* of held hits */
} ScanShared;

typedef struct FoundEvent {
    EventPlace place;
    bool is_inside; /* of since and until */
} FoundEvent;

/* What became of a block. */
typedef struct ScanReport {
    Arena *arena;             /* holds the report itself and all below */
    uint64_t sequence, bytes; /* of the block */
    ARRAY(InputFault) faults;
    ARRAY(FoundEvent) found;
    uint64_t events; /* judged meanwhile */
    bool failed;
    Err err;
    bool ends_turn; /* of the caller's: the last of those that are told at once */
} ScanReport;

typedef struct ScanWorker ScanWorker;
ScanWorker *scan_worker_new(const ScanShared *shared);
void scan_worker_free(ScanWorker *worker);

/* The next block of the input, one worker at a time; NULL at the end. */
InputBlock *scan_worker_read(ScanWorker *worker);
/* Gives the block back when it is done with it. */
ScanReport *scan_worker_block(ScanWorker *worker, InputBlock *block);
void scan_report_free(ScanReport *report);
/* There are no more blocks: judges what waits. */
bool scan_worker_finish(ScanWorker *worker, Err *err) MUST_CHECK;
/* All workers have finished: hits that were held go to the sorter, or are dropped, and all are put in order. */
bool scan_worker_sift(ScanWorker *worker, const HitSieve *sieve, Err *err) MUST_CHECK;

const FieldWatch *scan_worker_watch(const ScanWorker *worker); /* NULL without one */
HeldHits *
scan_worker_held(const ScanWorker *worker); /* until they are sifted; NULL under SCAN_ROW */
HitSorter *scan_worker_sorter(const ScanWorker *worker);      /* NULL under SCAN_ROW */
HitSorter *scan_worker_twin_sorter(const ScanWorker *worker); /* NULL under SCAN_VECTOR */
/* NULL unless the matcher waits at the end; the twin's knows what the rows said. */
const EventClock *scan_worker_clock(const ScanWorker *worker);
const EventClock *scan_worker_twin_clock(const ScanWorker *worker);
void scan_worker_add_profile(const ScanWorker *worker, ScanProfile *to);
void scan_worker_add_stats(const ScanWorker *worker, ScanStats *stats);
