#pragma once
/* Scan: one pass of a plan over all inputs. Events become batches, batches become hits, hits are
 * put in order, and the matches come out in order of their last event. `detect` and `search` are
 * both this.
 *
 * Threads      `jobs` workers read, parse and evaluate, each in its turn to read; the caller's thread reports (with one
 *              job it does all). Parallelism is decided here and in detect/alert_line. The results are the same
 *              whatever `jobs` is.
 * Memory       blocks in flight, dictionaries, hits up to a budget (more goes to a temporary file), open sequences. All
 *              of it is bounded whatever the input's size. */

#include "base/err.h"
#include "detect/matcher.h"
#include "detect/scan_profile.h"
#include "event/field_watch.h"
#include "ingest/input.h"
#include "ingest/json_index.h"
#include "match/hit_sorter.h"
#include "plan/plan.h"

typedef enum ScanEval {
    SCAN_VECTOR, /* columns */
    SCAN_ROW,    /* the slow twin: a row at a time, and the plain sequence matcher */
    SCAN_BOTH,   /* columns, and checked against the twin; a difference is an error */
} ScanEval;

typedef struct ScanProgress {
    uint64_t events, bytes;           /* so far */
    uint64_t done_bytes, total_bytes; /* on disk; total 0 = not known */
} ScanProgress;

/* All hits of a scan, and how to match them. */
typedef struct ScanHits {
    HitSorter **sorters;
    uint32_t sorter_count;
    MatcherOptions matcher;
} ScanHits;

typedef struct ScanOptions {
    unsigned jobs; /* 0 = as many as processors */
    ScanEval eval;
    bool strict; /* the first bad event ends the scan with its fault */
    bool has_since, has_until;
    int64_t since_ns, until_ns; /* both inclusive, on `timestamp_field` */
    Str timestamp_field;        /* for since and until; empty = "@timestamp" */
    Str index;                  /* of events that name none; empty = derive it from what they say */
    MatcherOptions matcher;
    size_t hit_budget;                  /* bytes of hits in memory, over all workers; 0 = 64 MiB */
    DictionaryMemory dictionary_memory; /* less than all: to measure what remembering gives */
    size_t dictionary_budget;           /* bytes of dictionaries, over all workers; 0 = 128 MiB */
    JsonIndexer *build_index;           /* of the event readers; NULL = the fastest here */
    ScanProfile *profile;               /* NULL, or where to count; not under SCAN_ROW */
    FieldWatch *watch; /* NULL, or fields to look for in all events that are read */
    MatcherTake *take; /* gets each match, in order (see matcher.h); it may use input_recall */
    /* All is read, `watch` is filled, no match is out yet; false ends the scan. NULL is fine. */
    bool (*before_take)(void *take_context, Err *err);
    /* NULL, or instead of `take`: gets all hits, to merge them as often as it likes. */
    bool (*take_hits)(void *take_context, const ScanHits *hits, Err *err);
    /* NULL, or told each event whose _id is `find_id`, and whether it is inside of since and until.
     * Slow: every event is read as a document. */
    void (*found)(void *take_context, const EventPlace *place, bool is_inside);
    Str find_id;
    void *take_context;
    void *context;                                                    /* for the two calls below */
    void (*fault)(void *context, const InputFault *fault, Str input); /* in order of the input */
    void (*progress)(void *context, const ScanProgress *progress);    /* a few times a second */
} ScanOptions;

typedef struct ScanStats {
    uint64_t events;        /* read and judged, bad ones aside */
    uint64_t bytes;         /* decompressed */
    uint64_t bad;           /* lines or documents that could not be read */
    uint64_t outside;       /* outside of since/until */
    uint64_t without_time;  /* hits dropped since their event has no time the query can order by */
    uint64_t without_index; /* events whose index cannot be told */
    uint64_t hits, spilled_bytes;
    uint64_t keys_cut,
        combinations_cut; /* bounds that bit: join keys or ids per event, values per leaf */
    uint64_t sequences_evicted;
    uint64_t sequences_undecided; /* that wait for what must be missing behind them, at the end */
    uint64_t processes_evicted;   /* that lineage knew */
    FinderStats found;
    PipesStats pipes;
    uint64_t dictionary_resets;
} ScanStats;

/* False on a failure of the system, of the two takes, of --strict, or (SCAN_BOTH) when the two ways differ. */
bool scan_run(const PlanSet *plan, InputSet *input, const ScanOptions *options, ScanStats *stats,
              Err *err) MUST_CHECK;
