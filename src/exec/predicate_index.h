#pragma once
/* PredicateIndex: for one field, from a value to the predicates that hold of it, without trying each.
 *
 * How          exact texts and numbers in hash tables; folded texts in another; each pattern under one text that it
 *              must contain, all of which are searched in one pass over many values at once, and then
 *              confirmed; patterns with no text of 3 bytes under their first, last or some byte; blocks of
 *              addresses by prefix length; ranges and everything else one by one (predicate_lookup tells).
 *
 * Lifetimes    an index is immutable and shared by all threads; a judge belongs to one thread and serves the
 *              indices of all fields. */

#include "exec/scalar.h"

typedef struct PredicateIndex PredicateIndex;

/* What deterministic automata of regular expressions may cost to make, over all indices of a plan: well under a
 * second. Expressions past it are matched the slow way. */
#define PREDICATE_INDEX_WORK ((uint64_t)10 * 1000 * 1000)

/* The predicates are those of the plan that look at one field alone. Lives in the arena. *work is counted down from
 * PREDICATE_INDEX_WORK. */
PredicateIndex *predicate_index_new(Arena *arena, const PlanSet *plan,
                                    const ScalarPatterns *patterns, const PredicateId *predicates,
                                    uint32_t count, uint64_t *work);

/* The predicates that hold of an event without the field. */
const PredicateId *predicate_index_missing(const PredicateIndex *index, uint32_t *count);

typedef struct PredicateHit {
    uint32_t value; /* place in the list that was judged */
    PredicateId predicate;
} PredicateHit;

typedef struct PredicateJudge PredicateJudge;
PredicateJudge *predicate_judge_new(void);
void predicate_judge_free(PredicateJudge *judge); /* NULL is fine */
/* Marks of predicates, for whoever gathers those of one value: one array for all fields, since every field having
 * one of its own would take the product of fields and predicates. */
typedef struct PredicateMarks {
    uint64_t *serials; /* by predicate: the last value that it was found for */
    size_t capacity;
    uint64_t serial; /* of the value at hand */
} PredicateMarks;
PredicateMarks *predicate_judge_marks(PredicateJudge *judge);

/* Room for values that are decoded only to be judged, some at a time, so that all of it stays in the cache; of the same
 * one for all fields. */
#ifdef SHRIKE_TINY
#define PREDICATE_GROUP_VALUES 3
#define PREDICATE_GROUP_BYTES  32 /* of raw values: about so many */
#else
#define PREDICATE_GROUP_VALUES 512
#define PREDICATE_GROUP_BYTES  32768
#endif
typedef struct PredicateGroup {
    Arena *arena;
    Values values[PREDICATE_GROUP_VALUES];
    uint32_t last_hits[PREDICATE_GROUP_VALUES]; /* by value: its last hit + 1 */
} PredicateGroup;
PredicateGroup *predicate_judge_group(PredicateJudge *judge);

void predicate_judge_fit(PredicateJudge *judge,
                         const PredicateIndex *index); /* before the first use of it */

/* Which predicates hold of which of the values (those with no value at all have no hits); in no order, a hit perhaps
 * several times. Borrowed until the next call. Of an array longer than SCALAR_MAX_VALUES only so many
 * are looked at, and *cut is counted up. */
const PredicateHit *predicate_judge_values(PredicateJudge *judge, const PredicateIndex *index,
                                           const Values *values, uint32_t count, size_t *hit_count,
                                           uint64_t *cut);
