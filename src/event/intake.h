#pragma once
/* Intake: what rows bring of one field, until it is encoded. It lies apart from all else that is known of a column, for
 * it is looked at for each span of each event.
 *
 * Where values mostly equal the one before them, they get its code at once (`in_runs`), as long as it is the
 * only span of the field in its row. All others wait. */

#include "base/buffer.h"
#include "event/dictionary.h"
#include "event/raw_bytes.h"

#define INTAKE_AHEAD 32 /* codes: two lines of the cache */

typedef struct Intake {
    RawValue *waiting; /* one a span, in order of rows */
    uint32_t count;
    uint32_t capacity;
    uint32_t end_row; /* behind the last row of the batch that has the field; 0: none has */
    bool several;     /* some waiting row has more than one span */
    bool in_runs;
    /* in runs */
    const char *run; /* the value of `run_code` */
    uint32_t run_len;
    uint32_t run_code; /* 0: none yet */
    uint32_t *codes;   /* the column's, by row */
    uint32_t repeats;  /* in this batch: values that equalled the one before */
    uint32_t changes;  /* and those that did not */
} Intake;

void intake_done(Intake *intake);
/* `stagger` sets the waiting values of several fields apart: where all began a power of two apart they would push each
 * other out of the cache. */
void intake_grow(Intake *intake, uint32_t stagger);
/* Spans of one row become an array, made in `merged`, so that there is one value a row. */
void intake_merge(Intake *intake, Buffer *merged);

static inline void intake_wait(Intake *intake, RawValue value, uint32_t stagger)
{
    if (intake->count == intake->capacity) {
        intake_grow(intake, stagger);
    }
    intake->several |= intake->count > 0 && intake->waiting[intake->count - 1].row == value.row;
    intake->waiting[intake->count++] = value;
}

/* Whether the row got the code of the value before. The codes of a batch have left the cache since they were cleared, and
 * too many columns are written for the processor to foresee where. */
static inline bool intake_repeats(Intake *intake, const RawValue *value)
{
    __builtin_prefetch(&intake->codes[value->row + INTAKE_AHEAD], 1);
    if (value->len != intake->run_len || intake->count != 0 || intake->codes[value->row] != 0 ||
        !raw_equal(value->ptr, intake->run, value->len)) {
        return false;
    }
    intake->codes[value->row] = intake->run_code;
    intake->repeats++;
    return true;
}
