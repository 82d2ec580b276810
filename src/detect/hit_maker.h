#pragma once
/* HitMaker: rows that fit a stage become hits: with their time, tiebreaker and join keys. The glue
 * between the columns (or a document, for the twin) and match/.
 *
 * Lineage      what fits a source, and what tells the parent of a process, become hits of their own. A row of a stage with
 *              lineage leaves is a hit if the stage fits in some case; the hit says in which.
 * Held         hits of sequences and samples by columns are held small, if there is where to hold them.
 * Samples      ask for no time: their events need none, and each key of an event is a hit of its own.
 * Threads      one per worker.
 * Bounds       HIT_MAX_TUPLES join key tuples per event and stage, and no further one past
 *              HIT_MAX_KEY_BYTES; HIT_MAX_ID_BYTES of ids of a process. More are cut and counted. */

#include "base/err.h"
#include "event/batch.h"
#include "exec/evaluator.h"
#include "exec/row_evaluator.h"
#include "match/held_hits.h"

#define HIT_MAX_TUPLES    1024
#define HIT_MAX_KEY_BYTES ((size_t)1 << 20)

typedef struct HitMaker HitMaker;
HitMaker *hit_maker_new(const PlanSet *plan);
void hit_maker_free(HitMaker *maker);
/* From now on hit_maker_batch gives the hits of queries that held_hits_fit to `held`, which is borrowed. */
void hit_maker_hold(HitMaker *maker, HeldHits *held);
/* The rows of the last batch that have hits which are held. */
const Word *hit_maker_holding(const HitMaker *maker);

/* The hit is borrowed for the call; `row` is its row in the batch (0 for a document). False
 * stops. */
typedef bool HitTake(void *context, const Hit *hit, uint32_t row, Err *err);

bool hit_maker_batch(HitMaker *maker, const Batch *batch, Evaluator *evaluator, HitTake *take,
                     void *context, Err *err) MUST_CHECK;
bool hit_maker_document(HitMaker *maker, const EventPlace *place, RowEvaluator *evaluator,
                        HitTake *take, void *context, Err *err) MUST_CHECK;

/* A hit of no stage that stands where the document does, behind what its query's sources and link make of it, with its ids:
 * borrowed until the maker is used again. False if it has no time. */
bool hit_maker_position(HitMaker *maker, const EventPlace *place, RowEvaluator *evaluator,
                        uint32_t query, Hit *out);

/* What the document that the evaluator looks at has of a join key; until the maker's next call. */
Values hit_maker_key_values(HitMaker *maker, RowEvaluator *evaluator, const JoinKey *key);

typedef struct HitMakerStats {
    uint64_t without_time; /* hits dropped: no date the query could order by */
    uint64_t keys_cut;     /* hits with more join key tuples, or ids of processes, or more to
                              compute them of, than the bounds allow */
} HitMakerStats;
HitMakerStats hit_maker_stats(const HitMaker *maker);
