#pragma once
/* Verdicts: for one field and one worker, from a value's code to the set of predicates that hold of it.
 *
 * A value is judged when a batch first holds it, and never again as long as its code means something (the dictionary's
 * epoch). Values fall into few sets: equal ones share an id. Set 0 is empty.
 *
 * Bounds       sets take at most VERDICTS_MAX_BYTES, else all verdicts of the field are forgotten before the next
 *              batch; what it holds is judged again. */

#include "base/bitmap.h"
#include "event/dictionary.h"
#include "exec/lists.h"
#include "exec/predicate_index.h"

#define VERDICTS_MAX_BYTES ((size_t)16 * 1024 * 1024)

typedef struct Verdicts Verdicts;

Verdicts *verdicts_new(const PredicateIndex *index);
void verdicts_free(Verdicts *verdicts); /* NULL is fine */

typedef struct VerdictRows {
    const uint32_t *codes; /* by row */
    uint32_t rows;
    const Word *within; /* the rows to look at; NULL = all */
} VerdictRows;

/* What is still to be judged before it is worth asking whether it must be. */
typedef struct VerdictLimit {
    uint32_t values;
    size_t bytes; /* of raw values */
} VerdictLimit;
#define VERDICT_NO_LIMIT ((VerdictLimit){UINT32_MAX, SIZE_MAX})

/* Notes the values of a batch that are not judged yet. False when that is as much as the limit or more; then none is noted. */
bool verdicts_note(Verdicts *verdicts, const Dictionary *dictionary, const VerdictRows *rows,
                   VerdictLimit limit);
/* Judges what verdicts_note noted last: afterwards each of the codes of its rows has its set. How many were judged. */
uint64_t verdicts_judge(Verdicts *verdicts, PredicateJudge *judge, const Dictionary *dictionary,
                        uint64_t *cut);

/* By code; only those that were judged since the last epoch. Until the next verdicts_note. */
const uint32_t *verdicts_sets(const Verdicts *verdicts);
uint32_t verdicts_set_count(const Verdicts *verdicts);
/* The set of an event without the field, whatever the dictionary. */
uint32_t verdicts_missing_set(const Verdicts *verdicts);
List verdicts_predicates(const Verdicts *verdicts, uint32_t set);
