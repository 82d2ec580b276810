#include "match/sequence_many.h"

#include "base/heap.h"
#include "match/age_list.h"
#include "match/key_table.h"

typedef struct Record Record;

/* The number tells events apart, and their order: hits count up, each key of a hit by itself. */
typedef struct Step {
    AbsenceStep at;
    uint64_t number;
} Step;

/* One unfinished sequence. */
typedef struct Waiting {
    Record *record;
    AgeLink age;                     /* of all keys */
    struct Waiting *before, *behind; /* in its line */
    int64_t latest;
    bool spoiled; /* it goes on all the same, as a sequence of SEQUENCE_LATEST does */
    uint32_t count;
    Step steps[];
} Waiting;

/* What waits at one stage of one key, in the order of their events, the first stage's first. */
typedef struct Line {
    Waiting *first, *last;
    /* ms of the events that must be missing in front of the next step: the latest, and the latest of those before
     * its millisecond; ABSENCE_NEVER. */
    int64_t forbidden, forbidden_before;
} Line;

struct Record {
    KeyRecord head;
    size_t count;
    Line lines[]; /* one a step but the last */
};

struct SequenceMany {
    uint32_t step_count;
    int64_t maxspan_ns;
    bool stays; /* what an event takes on also stays */
    size_t max_waiting;
    KeyTable records;
    AgeList list; /* of the waiting ones */
    size_t count;
    size_t bytes;     /* of the waiting ones */
    uint64_t offered; /* the number of the event at hand */
    uint64_t cut;
    AbsenceStep *complete; /* the sequence that is given out */
};

SequenceMany *sequence_many_new(const QueryPlan *query, uint32_t steps, size_t max_waiting)
{
    assert(query->matches != SEQUENCE_LATEST && steps > 1);
    assert(query->matches != SEQUENCE_ALL || query->maxspan_ns > 0);
    SequenceMany *many = HEAP_NEW(SequenceMany);
    *many = (SequenceMany){
        .step_count = steps,
        .maxspan_ns = query->maxspan_ns,
        .stays = query->matches == SEQUENCE_ALL,
        .max_waiting = max_waiting,
        .records = key_table_of(sizeof(Record) + (steps - 1) * sizeof(Line)),
        .complete = HEAP_MANY(AbsenceStep, steps),
    };
    return many;
}

static size_t waiting_size(uint32_t count)
{
    return sizeof(Waiting) + count * sizeof(Step);
}

static Record *find(const SequenceMany *many, const ManyKey *key)
{
    return key_table_find(&many->records, key->hash, key->key);
}

/* --- the two orders that a waiting sequence stands in --- */

static Waiting *stalest(const SequenceMany *many)
{
    return AGE_LIST_OWNER(Waiting, age, many->list.stalest);
}

static void line_up(Line *line, Waiting *one, Waiting *at)
{
    one->behind = at;
    one->before = at == NULL ? line->last : at->before;
    *(one->before == NULL ? &line->first : &one->before->behind) = one;
    *(at == NULL ? &line->last : &at->before) = one;
}

static void leave_line(Line *line, const Waiting *one)
{
    *(one->before == NULL ? &line->first : &one->before->behind) = one->behind;
    *(one->behind == NULL ? &line->last : &one->behind->before) = one->before;
}

/* --- waiting sequences --- */

static Waiting *waiting_new(SequenceMany *many, Record *record, uint32_t count)
{
    size_t size = waiting_size(count);
    Waiting *one = heap_bytes(size);
    one->record = record;
    one->count = count;
    record->count++;
    many->count++;
    many->bytes += key_block_bytes(size);
    return one;
}

/* The record stays, even if nothing is left in it. */
static void drop(SequenceMany *many, Waiting *one)
{
    age_list_remove(&many->list, &one->age);
    leave_line(&one->record->lines[one->count - 1], one);
    one->record->count--;
    many->count--;
    many->bytes -= key_block_bytes(waiting_size(one->count));
    heap_free(one);
}

static void drop_if_idle(SequenceMany *many, Record *record)
{
    if (record->count == 0) {
        key_table_remove(&many->records, record);
    }
}

static void forget(SequenceMany *many, Waiting *one)
{
    Record *record = one->record;
    drop(many, one);
    drop_if_idle(many, record);
}

void sequence_many_free(SequenceMany *many)
{
    if (many == NULL) {
        return;
    }
    for (Waiting *one; (one = stalest(many)) != NULL;) {
        forget(many, one);
    }
    key_table_done(&many->records);
    free(many->complete);
    free(many);
}

/* --- the machine --- */

/* Of those of the key that began first the longest, and of these the one that stands first. */
static Waiting *stalest_of(const SequenceMany *many, const Record *record)
{
    Waiting *found = NULL;
    for (uint32_t i = many->step_count - 1; i-- > 0;) {
        Waiting *first = record->lines[i].first;
        if (first != NULL && (found == NULL || first->steps[0].number < found->steps[0].number)) {
            found = first;
        }
    }
    return found;
}

static void cut_key(SequenceMany *many, const Record *record)
{
    while (many->stays && record->count > many->max_waiting) {
        drop(many, stalest_of(many, record));
        many->cut++;
    }
}

static Record *record_of(SequenceMany *many, const ManyKey *key)
{
    Record *record = find(many, key);
    if (record != NULL) {
        return record;
    }
    record = key_table_add(&many->records, key->hash, key->key);
    for (uint32_t i = 0; i + 1 < many->step_count; i++) {
        record->lines[i].forbidden = record->lines[i].forbidden_before = ABSENCE_NEVER;
    }
    return record;
}

static void begin(SequenceMany *many, const ManyEvent *event)
{
    Record *record = record_of(many, &event->key);
    Waiting *one = waiting_new(many, record, 1);
    one->latest = event->latest;
    one->spoiled = false;
    one->steps[0] = (Step){event->at, many->offered};
    age_list_insert(&many->list, &one->age, NULL);
    line_up(&record->lines[0], one, NULL);
    cut_key(many, record);
}

/* Would an event at `ms` be the next step with a forbidden one in front of it? */
static bool is_spoiled(const Waiting *one, int64_t ms)
{
    const Line *line = &one->record->lines[one->count - 1];
    int64_t forbidden = line->forbidden < ms ? line->forbidden : line->forbidden_before;
    return one->spoiled || forbidden > absence_ms(one->steps[one->count - 1].at.time);
}

/* `at`: which of the longer ones it is to stand in front of. */
static void take_on(SequenceMany *many, Waiting *one, const ManyEvent *event, Waiting *at)
{
    Waiting *longer = waiting_new(many, one->record, one->count + 1);
    longer->latest = one->latest;
    longer->spoiled = is_spoiled(one, absence_ms(event->at.time));
    memcpy(longer->steps, one->steps, one->count * sizeof *one->steps);
    longer->steps[one->count] = (Step){event->at, many->offered};
    age_list_insert(&many->list, &longer->age, many->maxspan_ns != 0 ? &one->age : NULL);
    line_up(&one->record->lines[one->count], longer, at);
}

/* Those that were made of `one`, or of what stands before it, are passed over. */
static Waiting *behind_those_of(const Waiting *one, Waiting *longer)
{
    for (; longer != NULL; longer = longer->behind) {
        uint32_t same = 0;
        while (same < one->count && longer->steps[same].number == one->steps[same].number) {
            same++;
        }
        if (same < one->count && longer->steps[same].number > one->steps[same].number) {
            break;
        }
    }
    return longer;
}

static void move_all(SequenceMany *many, const Record *record, const ManyEvent *event)
{
    const Line *to = &record->lines[event->step];
    Waiting *at = many->stays ? to->first : NULL; /* else all that is there began before these */
    Waiting *next;
    for (Waiting *one = record->lines[event->step - 1].first; one != NULL; one = next) {
        next = one->behind;
        at = many->stays ? behind_those_of(one, at) : NULL;
        take_on(many, one, event, at);
        if (!many->stays) {
            drop(many, one);
        }
    }
    cut_key(many, record);
}

/* Where what is complete goes. */
typedef struct Finish {
    ManyTake *take;
    void *context;
} Finish;

static bool give(const SequenceMany *many, const Waiting *one, const ManyEvent *event,
                 const Finish *finish, Err *err)
{
    for (uint32_t i = 0; i < one->count; i++) {
        many->complete[i] = one->steps[i].at;
    }
    many->complete[one->count] = event->at;
    ManyMatch match = {many->complete, one->latest, is_spoiled(one, absence_ms(event->at.time))};
    return finish->take(finish->context, &match, err);
}

static bool finish_all(SequenceMany *many, Record *record, const ManyEvent *event,
                       const Finish *finish, Err *err)
{
    bool ok = true;
    Waiting *next;
    for (Waiting *one = record->lines[event->step - 1].first; one != NULL && ok; one = next) {
        next = one->behind;
        ok = give(many, one, event, finish, err);
        if (!many->stays) {
            drop(many, one);
        }
    }
    drop_if_idle(many, record);
    return ok;
}

bool sequence_many_offer(SequenceMany *many, const ManyEvent *event, ManyTake *take, void *context,
                         Err *err)
{
    assert(event->step < many->step_count);
    many->offered++;
    if (event->step == 0) {
        begin(many, event);
        return true;
    }
    Record *record = find(many, &event->key);
    if (record == NULL) {
        return true;
    }
    if (event->step + 1 < many->step_count) {
        move_all(many, record, event);
        return true;
    }
    return finish_all(many, record, event, &(Finish){take, context}, err);
}

void sequence_many_forbid(SequenceMany *many, const ManyKey *key, uint32_t before, int64_t ms)
{
    assert(before > 0 && before < many->step_count);
    Record *record = find(many, key);
    Line *line = record == NULL ? NULL : &record->lines[before - 1];
    if (line != NULL && ms > line->forbidden) {
        line->forbidden_before = line->forbidden;
        line->forbidden = ms;
    }
}

void sequence_many_end(SequenceMany *many, const ManyKey *key)
{
    Record *record = find(many, key);
    for (uint32_t i = 0; record != NULL && i + 1 < many->step_count; i++) {
        while (record->lines[i].first != NULL) {
            drop(many, record->lines[i].first);
        }
    }
    if (record != NULL) {
        key_table_remove(&many->records, record);
    }
}

/* --- bounds --- */

/* With a maxspan the list is in order of beginnings, so all that is over stands in front. Hits come in order of time, so
 * the difference is not negative; it may be larger than an int64. */
uint64_t sequence_many_expire(SequenceMany *many, int64_t time)
{
    uint64_t expired = 0;
    int64_t began;
    while (many->maxspan_ns != 0 && sequence_many_stalest(many, &began) &&
           (uint64_t)time - (uint64_t)began > (uint64_t)many->maxspan_ns) {
        forget(many, stalest(many));
        expired++;
    }
    return expired;
}

bool sequence_many_stalest(const SequenceMany *many, int64_t *began)
{
    if (stalest(many) == NULL) {
        return false;
    }
    *began = stalest(many)->steps[0].at.time;
    return true;
}

void sequence_many_evict_stalest(SequenceMany *many)
{
    forget(many, stalest(many));
}

size_t sequence_many_count(const SequenceMany *many)
{
    return many->count;
}

size_t sequence_many_bytes(const SequenceMany *many)
{
    return many->records.bytes + many->bytes;
}

uint64_t sequence_many_cut(const SequenceMany *many)
{
    return many->cut;
}
