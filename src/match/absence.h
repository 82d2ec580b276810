#pragma once
/* Absence: what a sequence has to do with events that must be missing in front of it and behind it.
 *
 * Rule         of the events that must be missing and have the sequence's key, L is the latest before its first event and
 *              T the earliest after its last one. The sequence holds if there is a window as long as maxspan that holds its
 *              events and neither L nor T: no L where one is asked about, or no T where one is asked about, or
 *              T - L > maxspan, or (nothing is asked about behind it) last - L > maxspan, or (nothing in front) T - first >
 *              maxspan. Times are compared by the millisecond, so an event of the same millisecond as the first or
 *              last is neither before nor after it.
 * In front     the latest time of each key is remembered, and the one before it; forgotten once maxspan has passed, for
 *              then it forbids nothing that begins from now on.
 * Behind       a complete sequence waits until an event forbids it or the last moment at which one could has passed.
 *              Sequences are given out in the order in which they were completed: a decided one waits for
 *              those before it.
 * Threads      belongs to one SequenceRun, which bounds its bytes. */

#include "match/key_table.h"
#include "match/sequence.h"

#define ABSENCE_NEVER INT64_MIN /* no such event */
#define ABSENCE_OVER  INT64_MAX /* as a time: nothing comes any more */

/* Milliseconds since 1970, downwards. */
int64_t absence_ms(int64_t ns);

typedef struct Absence Absence;

/* One event of a complete sequence, the missing ones left out. */
typedef struct AbsenceStep {
    EventPlace place;
    int64_t time;
} AbsenceStep;

/* Gets a sequence that holds; borrowed for the call. */
typedef bool AbsenceGive(void *context, const AbsenceStep *steps, Str key, Err *err);

/* `steps`: events of a sequence. */
Absence *absence_new(uint32_t steps, int64_t maxspan_ns, bool in_front, bool behind);
void absence_free(Absence *absence);

/* An event that must be missing was there, at `ms`, which is now. */
void absence_meet_in_front(Absence *absence, uint64_t hash, Str key, int64_t ms);
void absence_meet_behind(Absence *absence, uint64_t hash, Str key, int64_t ms);
/* L of a sequence that begins at `ms`, which is now. */
int64_t absence_latest(const Absence *absence, uint64_t hash, Str key, int64_t ms);

/* A sequence is complete, now; `latest` is its L. It comes out of absence_give in its turn, if it holds. */
void absence_complete(Absence *absence, uint64_t hash, Str key, const AbsenceStep *steps,
                      int64_t latest);
/* Gives out what is decided at `ms`, up to the first that is not. False when `give` returned false. */
bool absence_give(Absence *absence, int64_t ms, AbsenceGive *give, void *context, Err *err);
/* The end, at `ms` or ABSENCE_OVER: gives out all that is decided; the rest is forgotten and counted. */
bool absence_finish(Absence *absence, int64_t ms, AbsenceGive *give, void *context, Err *err);

/* Forgets what forbids nothing that begins at `ms` or later. */
void absence_expire(Absence *absence, int64_t ms);
/* When the stalest of all that is held began or was; false when nothing is held. */
bool absence_stalest(const Absence *absence, int64_t *ms);
void absence_evict_stalest(Absence *absence);
/* Complete sequences that were forbidden so far. */
uint64_t absence_forbidden(const Absence *absence);
uint64_t absence_undecided(const Absence *absence); /* left when absence_finish was called */
size_t absence_waiting(const Absence *absence);
size_t absence_bytes(const Absence *absence);
