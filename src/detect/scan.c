#include "detect/scan.h"

#include "base/hash.h"
#include "base/heap.h"
#include "base/threads.h"
#include "base/timestamp.h"
#include "detect/delivery.h"
#include "detect/scan_check.h"
#include "detect/scan_worker.h"

#define HIT_BUDGET        ((size_t)64 << 20)
#define DICTIONARY_BUDGET ((size_t)128 << 20)
#define PROGRESS_EVERY_NS (NS_PER_SECOND / 8)

/* A worker reads so many blocks before it tells of them: each telling wakes a thread. */
#ifdef SHRIKE_TINY
#define TURN_BLOCKS 2
#else
#define TURN_BLOCKS 16
#endif

/* Turns that may be out at once for each worker: none waits for another whose blocks take a little longer. */
#define TURNS_EACH 3

typedef struct Scan {
    ScanShared shared;
    ScanOptions options;
    InputSet *input;
    ScanWorker **workers;
    ScanStats *stats;
    Err *err;
    bool failed;
    /* Of several workers. Each reads its blocks itself, one worker at a time. */
    Queue *readers;      /* holds the input while nobody reads it */
    Queue *permits;      /* an item for each turn more that may be out; closed on failure */
    Queue *turns;        /* from the workers */
    ScanReport **window; /* reports that came before their turn, by sequence % in_flight */
    uint64_t in_flight;  /* how many blocks may be out at once */
    uint64_t handled;
    uint64_t next_progress;
} Scan;

static void fill_options(Scan *scan, const ScanOptions *options)
{
    scan->options = *options;
    if (scan->options.jobs == 0) {
        scan->options.jobs = thread_cpu_count();
    }
    if (scan->options.hit_budget == 0) {
        scan->options.hit_budget = HIT_BUDGET;
    }
    if (scan->options.dictionary_budget == 0) {
        scan->options.dictionary_budget = DICTIONARY_BUDGET;
    }
    if (scan->options.timestamp_field.len == 0) {
        scan->options.timestamp_field = STR("@timestamp");
    }
}

static bool share(Scan *scan, const PlanSet *plan)
{
    ScanShared *shared = &scan->shared;
    *shared = (ScanShared){.plan = plan,
                           .options = &scan->options,
                           .input = scan->input,
                           .timestamp = FIELD_NONE,
                           .index = FIELD_NONE,
                           .jobs = scan->options.jobs,
                           .seed = hash_random_seed()};
    bool windowed = scan->options.has_since || scan->options.has_until;
    if (windowed &&
        !field_table_find(plan->fields, scan->options.timestamp_field, &shared->timestamp)) {
        return err_set(scan->err, ERR_SYNTAX, "no query reads the timestamp field %.*s",
                       STR_ARG(scan->options.timestamp_field));
    }
    FieldId index = FIELD_NONE;
    if (field_table_find(plan->fields, STR(FIELD_INDEX_PATH), &index)) {
        shared->index = index;
    }
    assert(scan->options.profile == NULL || scan->options.eval != SCAN_ROW);
    if (scan->options.eval != SCAN_ROW) {
        shared->evaluator = evaluator_shared_new(plan);
    }
    return true;
}

static void fail(Scan *scan, const Err *err)
{
    if (!scan->failed) {
        scan->failed = true;
        *scan->err = *err;
    }
}

static void report_faults(Scan *scan, const ScanReport *report)
{
    for (uint32_t i = 0; i < report->faults.count && !scan->failed; i++) {
        const InputFault *fault = &report->faults.items[i];
        Str name = input_name(scan->input, fault->input);
        scan->stats->bad++;
        if (scan->options.fault != NULL) {
            scan->options.fault(scan->options.context, fault, name);
        }
        if (scan->options.strict) {
            Err err = {0};
            err_set(&err, ERR_SYNTAX, "%.*s:%llu:%llu: %s", STR_ARG(name),
                    (unsigned long long)fault->line, (unsigned long long)fault->column,
                    fault->text);
            fail(scan, &err);
        }
    }
}

static void report_progress(Scan *scan)
{
    uint64_t now = (uint64_t)timestamp_monotonic();
    if (scan->options.progress == NULL || now < scan->next_progress) {
        return;
    }
    scan->next_progress = now + PROGRESS_EVERY_NS;
    ScanProgress progress = {scan->stats->events, scan->stats->bytes, input_done_bytes(scan->input),
                             input_total_bytes(scan->input)};
    scan->options.progress(scan->options.context, &progress);
}

static void tell_found(const Scan *scan, const ScanReport *report)
{
    for (uint32_t i = 0; i < report->found.count; i++) {
        const FoundEvent *found = &report->found.items[i];
        scan->options.found(scan->options.take_context, &found->place, found->is_inside);
    }
}

/* Reports are handled in order of the blocks, on the caller's thread. */
static void handle_report(Scan *scan, ScanReport *report)
{
    scan->stats->events += report->events;
    scan->stats->bytes += report->bytes;
    if (report->failed) {
        fail(scan, &report->err);
    }
    report_faults(scan, report);
    tell_found(scan, report);
    scan_report_free(report);
    scan->handled++;
    report_progress(scan);
}

static void read_alone(Scan *scan)
{
    ScanWorker *worker = scan->workers[0];
    InputBlock *block;
    while (!scan->failed && (block = scan_worker_read(worker)) != NULL) {
        handle_report(scan, scan_worker_block(worker, block));
    }
}

/* --- several workers --- */

typedef struct WorkerThread {
    Scan *scan;
    ScanWorker *worker;
    const HitSieve *sieve;
    Thread *thread;
    bool done; /* false: why is in `err` */
    Err err;
} WorkerThread;

/* Each worker in a thread of its own. `meanwhile` may be NULL. */
static void all_work(Scan *scan, void (*work)(void *thread), const HitSieve *sieve,
                     void (*meanwhile)(Scan *scan))
{
    unsigned jobs = scan->options.jobs;
    Arena *arena = arena_new();
    WorkerThread *threads = ARENA_MANY(arena, WorkerThread, jobs);
    for (unsigned i = 0; i < jobs; i++) {
        threads[i] = (WorkerThread){.scan = scan, .worker = scan->workers[i], .sieve = sieve};
        if (jobs == 1) {
            work(&threads[i]);
        } else {
            threads[i].thread = thread_start(work, &threads[i]);
        }
    }
    if (meanwhile != NULL) {
        meanwhile(scan);
    }
    for (unsigned i = 0; i < jobs; i++) {
        if (jobs > 1) {
            thread_join(threads[i].thread);
        }
        if (!threads[i].done) {
            fail(scan, &threads[i].err);
        }
    }
    arena_free(arena);
}

/* What a worker tells of at once. */
typedef struct Turn {
    ScanReport *reports[TURN_BLOCKS];
    uint32_t count;
    bool is_last; /* there are no more blocks */
} Turn;

static InputBlock *read_alone_of_all(const WorkerThread *self)
{
    void *input = queue_pop(self->scan->readers);
    InputBlock *block = scan_worker_read(self->worker);
    queue_push(self->scan->readers, input);
    return block;
}

/* Whoever waits for what a report says need not wait for the blocks behind it. */
static bool is_urgent(const ScanReport *report)
{
    return report->failed || report->faults.count > 0 || report->found.count > 0;
}

static Turn *take_turn(const WorkerThread *self)
{
    Turn *turn = HEAP_NEW(Turn);
    turn->is_last = queue_pop(self->scan->permits) == NULL;
    bool urgent = false;
    while (!turn->is_last && !urgent && turn->count < TURN_BLOCKS) {
        InputBlock *block = read_alone_of_all(self);
        turn->is_last = block == NULL;
        if (block != NULL) {
            ScanReport *report = scan_worker_block(self->worker, block);
            urgent = is_urgent(report);
            turn->reports[turn->count++] = report;
        }
    }
    if (turn->count > 0) {
        turn->reports[turn->count - 1]->ends_turn = true;
    }
    return turn;
}

static void read_blocks(void *thread)
{
    WorkerThread *self = thread;
    for (bool is_last = false; !is_last;) {
        Turn *turn = take_turn(self);
        is_last = turn->is_last;
        queue_push(self->scan->turns, turn);
    }
    self->done = scan_worker_finish(self->worker, &self->err);
}

/* Handles all reports whose turn has come. */
static void handle_next(Scan *scan)
{
    ScanReport **slot;
    while (*(slot = &scan->window[scan->handled % scan->in_flight]) != NULL) {
        ScanReport *report = *slot;
        *slot = NULL;
        bool ends_turn = report->ends_turn;
        handle_report(scan, report);
        if (ends_turn) {
            queue_push(scan->permits, scan);
        }
    }
    if (scan->failed) {
        queue_close(scan->permits);
    }
}

static void collect_all(Scan *scan)
{
    for (unsigned ended = 0; ended < scan->options.jobs;) {
        Turn *turn = queue_pop(scan->turns);
        ended += turn->is_last;
        for (uint32_t i = 0; i < turn->count; i++) {
            uint64_t sequence = turn->reports[i]->sequence;
            scan->window[sequence % scan->in_flight] = turn->reports[i];
        }
        free(turn);
        handle_next(scan);
    }
}

static void read_with_workers(Scan *scan)
{
    uint64_t turns = (uint64_t)scan->options.jobs * TURNS_EACH;
    Arena *arena = arena_new();
    scan->in_flight = turns * TURN_BLOCKS;
    scan->window = ARENA_MANY(arena, ScanReport *, scan->in_flight);
    scan->readers = queue_new(1);
    scan->permits = queue_new(turns);
    scan->turns = queue_new(turns + scan->options.jobs);
    queue_push(scan->readers, scan->input);
    for (uint64_t i = 0; i < turns; i++) {
        queue_push(scan->permits, scan);
    }
    all_work(scan, read_blocks, NULL, collect_all);
    queue_free(scan->readers);
    queue_free(scan->permits);
    queue_free(scan->turns);
    arena_free(arena);
}

static void finish(void *thread)
{
    WorkerThread *self = thread;
    self->done = scan_worker_finish(self->worker, &self->err);
}

static void read_all(Scan *scan)
{
    if (scan->options.jobs > 1) {
        read_with_workers(scan);
        return;
    }
    read_alone(scan);
    if (!scan->failed) {
        all_work(scan, finish, NULL, NULL);
    }
}

/* --- hits that were held --- */

static void sift(void *thread)
{
    WorkerThread *self = thread;
    self->done = scan_worker_sift(self->worker, self->sieve, &self->err);
}

static void sift_all(Scan *scan)
{
    unsigned jobs = scan->options.jobs;
    Arena *arena = arena_new();
    HeldHits **held = ARENA_MANY(arena, HeldHits *, jobs);
    for (unsigned i = 0; i < jobs; i++) {
        held[i] = scan_worker_held(scan->workers[i]);
    }
    bool keep_all = scan->options.take_hits != NULL;
    Err err = {0};
    HitSieve *sieve = hit_sieve_new(scan->shared.plan, held, jobs, keep_all, &err);
    if (sieve == NULL) {
        fail(scan, &err);
    } else {
        all_work(scan, sift, sieve, NULL);
    }
    hit_sieve_free(sieve);
    arena_free(arena);
}

typedef HitSorter *SorterOf(const ScanWorker *worker);

static HitSorter **all_hits(const Scan *scan, SorterOf *sorter, Arena *arena)
{
    HitSorter **hits = ARENA_MANY(arena, HitSorter *, scan->options.jobs);
    for (unsigned i = 0; i < scan->options.jobs; i++) {
        hits[i] = sorter(scan->workers[i]);
    }
    return hits;
}

/* By the columns, or by the rows. */
static MatcherOptions matcher_options(const Scan *scan, bool by_rows, Arena *arena)
{
    MatcherOptions options = scan->options.matcher;
    InputDocuments *documents = ARENA_NEW(arena, InputDocuments);
    *documents = (InputDocuments){scan->input, scan->options.index};
    options.documents = input_documents_source(documents);
    options.has_since = scan->options.has_since;
    options.since_ns = scan->options.since_ns;
    if (!options.wait_at_end) {
        return options;
    }
    EventClock *clock = event_clock_new(arena, scan->shared.plan);
    for (unsigned i = 0; i < scan->options.jobs; i++) {
        event_clock_join(clock, by_rows ? scan_worker_twin_clock(scan->workers[i])
                                        : scan_worker_clock(scan->workers[i]));
    }
    options.latest = event_clock_latest(clock);
    return options;
}

/* Merges the workers' hits through a matcher into `take`. */
static bool match(Scan *scan, SorterOf *sorter, bool plain, MatcherTake *take, void *context)
{
    Arena *arena = arena_new();
    MatcherOptions options = matcher_options(scan, plain, arena);
    options.plain = plain;
    Delivery delivery = {
        .sorters = all_hits(scan, sorter, arena),
        .sorter_count = scan->options.jobs,
        .matcher = matcher_new(scan->shared.plan, &options),
        .take = take,
        .context = context,
        .profile = plain ? NULL : scan->options.profile,
    };
    bool done = delivery_run(&delivery, scan->err);
    if (!plain || scan->options.eval == SCAN_ROW) {
        scan->stats->sequences_evicted += matcher_evicted(delivery.matcher);
        scan->stats->sequences_undecided += matcher_undecided(delivery.matcher);
        scan->stats->processes_evicted += matcher_processes_evicted(delivery.matcher);
        scan->stats->found = matcher_finders(delivery.matcher);
        scan->stats->pipes = matcher_pipes(delivery.matcher);
        scan->stats->combinations_cut += matcher_combinations_cut(delivery.matcher);
    }
    matcher_free(delivery.matcher);
    arena_free(arena);
    return done;
}

static bool give_hits(Scan *scan)
{
    const ScanOptions *options = &scan->options;
    bool by_rows = options->eval == SCAN_ROW;
    Arena *arena = arena_new();
    ScanHits hits = {
        .sorters = all_hits(scan, by_rows ? scan_worker_twin_sorter : scan_worker_sorter, arena),
        .sorter_count = options->jobs,
        .matcher = matcher_options(scan, by_rows, arena),
    };
    bool done = options->take_hits(options->take_context, &hits, scan->err);
    arena_free(arena);
    return done;
}

static bool match_all(Scan *scan)
{
    if (scan->options.take_hits != NULL) {
        return give_hits(scan);
    }
    MatcherTake *take = scan->options.take;
    void *context = scan->options.take_context;
    switch (scan->options.eval) {
    case SCAN_VECTOR: return match(scan, scan_worker_sorter, false, take, context);
    case SCAN_ROW: return match(scan, scan_worker_twin_sorter, true, take, context);
    case SCAN_BOTH: break;
    }
    ScanCheck *check = scan_check_new(take, context, scan->err);
    bool done = check != NULL && match(scan, scan_worker_sorter, false, scan_check_record, check) &&
                match(scan, scan_worker_twin_sorter, true, scan_check_compare, check) &&
                scan_check_finish(check, scan->err);
    scan_check_free(check);
    return done;
}

/* What all workers saw together, and whether that is fine with the caller. */
static bool all_read(Scan *scan)
{
    const ScanOptions *options = &scan->options;
    for (unsigned i = 0; i < options->jobs && options->watch != NULL; i++) {
        field_watch_join(options->watch, scan_worker_watch(scan->workers[i]));
    }
    return options->before_take == NULL || options->before_take(options->take_context, scan->err);
}

bool scan_run(const PlanSet *plan, InputSet *input, const ScanOptions *options, ScanStats *stats,
              Err *err)
{
    Scan scan = {.input = input, .stats = stats, .err = err};
    *stats = (ScanStats){0};
    fill_options(&scan, options);
    if (!share(&scan, plan)) {
        return false;
    }
    unsigned jobs = scan.options.jobs;
    Arena *arena = arena_new();
    scan.workers = ARENA_MANY(arena, ScanWorker *, jobs);
    for (unsigned i = 0; i < jobs; i++) {
        scan.workers[i] = scan_worker_new(&scan.shared);
    }
    read_all(&scan);
    if (!scan.failed && scan.options.eval != SCAN_ROW) {
        sift_all(&scan);
    }
    for (unsigned i = 0; i < jobs; i++) {
        scan_worker_add_stats(scan.workers[i], stats);
        if (options->profile != NULL) {
            scan_worker_add_profile(scan.workers[i], options->profile);
        }
    }
    bool done = !scan.failed && all_read(&scan) && match_all(&scan);
    for (unsigned i = 0; i < jobs; i++) {
        scan_worker_free(scan.workers[i]);
    }
    evaluator_shared_free(scan.shared.evaluator);
    arena_free(arena);
    return done;
}
