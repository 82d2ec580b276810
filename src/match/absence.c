#include "match/absence.h"

#include "base/heap.h"
#include "base/timestamp.h"

typedef struct Waiting Waiting;

/* All that is remembered for one key. */
typedef struct Mark {
    KeyRecord head;
    int64_t latest, before; /* times in front, the later one first; before < latest */
    bool listed;            /* among the marks in order of `latest` */
    struct Mark *older, *newer;
    uint32_t waiting; /* sequences of this key that wait */
    Waiting *undecided,
        **last; /* those that a later event may forbid, in order; where the next one goes */
} Mark;

struct Waiting {
    Waiting *older, *newer; /* in order of completion */
    Waiting *next;          /* of the same key */
    Mark *mark;
    int64_t first_ms, last_ms;
    int64_t deadline_ms; /* an event behind it, up to and at this time, forbids it */
    AbsenceStep steps[];
};

struct Absence {
    uint32_t step_count;
    int64_t maxspan_ms;
    bool in_front, behind;
    KeyTable marks;
    Mark *oldest_mark, *newest_mark;
    Waiting *oldest, *newest;
    size_t waiting_count;
    size_t waiting_bytes;
    uint64_t forbidden, undecided;
};

int64_t absence_ms(int64_t ns)
{
    return ns / NS_PER_MS - (ns % NS_PER_MS < 0);
}

Absence *absence_new(uint32_t steps, int64_t maxspan_ns, bool in_front, bool behind)
{
    Absence *absence = HEAP_NEW(Absence);
    *absence = (Absence){
        .step_count = steps,
        .maxspan_ms = absence_ms(maxspan_ns),
        .in_front = in_front,
        .behind = behind,
        .marks = key_table_of(sizeof(Mark)),
    };
    return absence;
}

void absence_free(Absence *absence)
{
    if (absence == NULL) {
        return;
    }
    for (Waiting *waiting = absence->oldest; waiting != NULL;) {
        Waiting *newer = waiting->newer;
        free(waiting);
        waiting = newer;
    }
    key_table_done(&absence->marks);
    free(absence);
}

/* --- marks --- */

static Mark *mark_of(Absence *absence, uint64_t hash, Str key)
{
    Mark *mark = key_table_find(&absence->marks, hash, key);
    if (mark == NULL) {
        mark = key_table_add(&absence->marks, hash, key);
        mark->latest = mark->before = ABSENCE_NEVER;
        mark->last = &mark->undecided;
    }
    return mark;
}

static void drop_if_idle(Absence *absence, Mark *mark)
{
    if (!mark->listed && mark->waiting == 0) {
        key_table_remove(&absence->marks, mark);
    }
}

static void unlist(Absence *absence, Mark *mark)
{
    if (!mark->listed) {
        return;
    }
    *(mark->older == NULL ? &absence->oldest_mark : &mark->older->newer) = mark->newer;
    *(mark->newer == NULL ? &absence->newest_mark : &mark->newer->older) = mark->older;
    mark->listed = false;
}

static void list_newest(Absence *absence, Mark *mark)
{
    unlist(absence, mark);
    mark->older = absence->newest_mark;
    mark->newer = NULL;
    *(mark->older == NULL ? &absence->oldest_mark : &mark->older->newer) = mark;
    absence->newest_mark = mark;
    mark->listed = true;
}

static void forget_mark(Absence *absence, Mark *mark)
{
    unlist(absence, mark);
    mark->latest = mark->before = ABSENCE_NEVER;
    drop_if_idle(absence, mark);
}

void absence_meet_in_front(Absence *absence, uint64_t hash, Str key, int64_t ms)
{
    Mark *mark = mark_of(absence, hash, key);
    if (ms > mark->latest) {
        mark->before = mark->latest;
        mark->latest = ms;
        list_newest(absence, mark);
    }
}

int64_t absence_latest(const Absence *absence, uint64_t hash, Str key, int64_t ms)
{
    const Mark *mark = key_table_find(&absence->marks, hash, key);
    if (mark == NULL) {
        return ABSENCE_NEVER;
    }
    return mark->latest < ms ? mark->latest : mark->before;
}

void absence_expire(Absence *absence, int64_t ms)
{
    while (absence->oldest_mark != NULL &&
           ms - absence->oldest_mark->latest > absence->maxspan_ms) {
        forget_mark(absence, absence->oldest_mark);
    }
}

/* --- waiting sequences --- */

static size_t waiting_size(const Absence *absence)
{
    return sizeof(Waiting) + absence->step_count * sizeof(AbsenceStep);
}

/* Takes it out of the line, but not out of its key's list. */
static void drop_waiting(Absence *absence, Waiting *waiting)
{
    *(waiting->older == NULL ? &absence->oldest : &waiting->older->newer) = waiting->newer;
    *(waiting->newer == NULL ? &absence->newest : &waiting->newer->older) = waiting->older;
    absence->waiting_count--;
    absence->waiting_bytes -= key_block_bytes(waiting_size(absence));
    waiting->mark->waiting--;
    drop_if_idle(absence, waiting->mark);
    heap_free(waiting);
}

static void shift_undecided(Mark *mark)
{
    mark->undecided = mark->undecided->next;
    if (mark->undecided == NULL) {
        mark->last = &mark->undecided;
    }
}

void absence_meet_behind(Absence *absence, uint64_t hash, Str key, int64_t ms)
{
    Mark *mark = key_table_find(&absence->marks, hash, key);
    if (mark == NULL) {
        return;
    }
    mark->waiting++; /* the mark outlives its sequences in the loop */
    for (Waiting *waiting; (waiting = mark->undecided) != NULL && waiting->last_ms < ms;) {
        shift_undecided(mark);
        if (ms <= waiting->deadline_ms) {
            absence->forbidden++;
            drop_waiting(absence, waiting);
        }
    }
    mark->waiting--;
    drop_if_idle(absence, mark);
}

/* Until when an event behind the sequence forbids it. */
static int64_t deadline_of(const Absence *absence, int64_t first_ms, int64_t latest)
{
    if (!absence->in_front) {
        return first_ms + absence->maxspan_ms;
    }
    return latest == ABSENCE_NEVER ? ABSENCE_NEVER : latest + absence->maxspan_ms;
}

static void wait_behind(Absence *absence, Mark *mark, const Waiting *blank,
                        const AbsenceStep *steps)
{
    size_t size = waiting_size(absence);
    Waiting *waiting = heap_bytes(size);
    *waiting = *blank;
    memcpy(waiting->steps, steps, absence->step_count * sizeof *steps);
    waiting->mark = mark;
    waiting->older = absence->newest;
    *(absence->newest == NULL ? &absence->oldest : &absence->newest->newer) = waiting;
    absence->newest = waiting;
    absence->waiting_count++;
    absence->waiting_bytes += key_block_bytes(size);
    mark->waiting++;
    *mark->last = waiting;
    mark->last = &waiting->next;
}

void absence_complete(Absence *absence, uint64_t hash, Str key, const AbsenceStep *steps,
                      int64_t latest)
{
    int64_t first_ms = absence_ms(steps[0].time);
    int64_t last_ms = absence_ms(steps[absence->step_count - 1].time);
    bool free_in_front = !absence->in_front || latest == ABSENCE_NEVER;
    if (!absence->behind && !free_in_front && last_ms - latest <= absence->maxspan_ms) {
        absence->forbidden++;
        return;
    }
    Waiting blank = {.first_ms = first_ms, .last_ms = last_ms, .deadline_ms = ABSENCE_NEVER};
    if (absence->behind) {
        blank.deadline_ms = deadline_of(absence, first_ms, latest);
    }
    wait_behind(absence, mark_of(absence, hash, key), &blank, steps);
}

/* At `ms`, when more of that millisecond may come. */
static bool is_decided(const Waiting *waiting, int64_t ms)
{
    return waiting->deadline_ms <= waiting->last_ms || waiting->deadline_ms < ms;
}

bool absence_give(Absence *absence, int64_t ms, AbsenceGive *give, void *context, Err *err)
{
    bool ok = true;
    for (Waiting *waiting; ok && (waiting = absence->oldest) != NULL;) {
        if (!is_decided(waiting, ms)) {
            break;
        }
        ok = give(context, waiting->steps, key_table_key(&absence->marks, waiting->mark), err);
        if (waiting->mark->undecided == waiting) {
            shift_undecided(waiting->mark);
        }
        drop_waiting(absence, waiting);
    }
    return ok;
}

bool absence_finish(Absence *absence, int64_t ms, AbsenceGive *give, void *context, Err *err)
{
    bool ok = true;
    for (Waiting *waiting; ok && (waiting = absence->oldest) != NULL;) {
        Mark *mark = waiting->mark;
        if (ms == ABSENCE_OVER || is_decided(waiting, ms)) {
            ok = give(context, waiting->steps, key_table_key(&absence->marks, mark), err);
        } else {
            absence->undecided++;
        }
        mark->undecided = NULL; /* the others go, too */
        mark->last = &mark->undecided;
        drop_waiting(absence, waiting);
    }
    return ok;
}

/* --- bounds --- */

static bool mark_is_stalest(const Absence *absence)
{
    const Mark *mark = absence->oldest_mark;
    const Waiting *waiting = absence->oldest;
    return waiting == NULL || (mark != NULL && mark->latest < waiting->first_ms);
}

bool absence_stalest(const Absence *absence, int64_t *ms)
{
    if (absence->oldest_mark == NULL && absence->oldest == NULL) {
        return false;
    }
    *ms = mark_is_stalest(absence) ? absence->oldest_mark->latest : absence->oldest->first_ms;
    return true;
}

void absence_evict_stalest(Absence *absence)
{
    if (mark_is_stalest(absence)) {
        forget_mark(absence, absence->oldest_mark);
        return;
    }
    Waiting *waiting = absence->oldest;
    if (waiting->mark->undecided == waiting) {
        shift_undecided(waiting->mark);
    }
    drop_waiting(absence, waiting);
}

uint64_t absence_forbidden(const Absence *absence)
{
    return absence->forbidden;
}

uint64_t absence_undecided(const Absence *absence)
{
    return absence->undecided;
}

size_t absence_waiting(const Absence *absence)
{
    return absence->waiting_count;
}

size_t absence_bytes(const Absence *absence)
{
    return absence->marks.bytes + absence->waiting_bytes;
}
