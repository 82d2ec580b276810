#include "detect/scan_worker.h"

#include "base/heap.h"
#include "base/timestamp.h"
#include "event/document.h"

/* A batch costs something for each rule: with 900 rules, batches of 8 MiB (3,000 events) cost a twentieth more than
 * these; larger ones gain nothing. */
#ifdef SHRIKE_TINY
#define BATCH_BYTES      ((size_t)128)
#define BLOCKS_FOR_NAMES 1
#else
#define BATCH_BYTES      ((size_t)24 * 1024 * 1024)
#define BLOCKS_FOR_NAMES 16
#endif

/* What fields events have is told by the first documents of every so many blocks. */
#define DOCUMENTS_FOR_NAMES 16

#ifdef SHRIKE_TINY
#define MANY_NEW 1u
#else
#define MANY_NEW EVALUATOR_MANY
#endif

struct ScanWorker {
    const ScanShared *shared;
    EventReader *reader;
    Batch *batch;
    size_t batch_bytes; /* of the documents in it */
    InputBlock **held;  /* blocks before the one at hand that the batch's documents stand in */
    size_t held_count, held_capacity;
    Word *within; /* rows inside of since and until */
    Evaluator *evaluator;
    RowEvaluator *row_evaluator;
    Arena *plan_arena;  /* what lives as long as the worker */
    Arena *event_arena; /* one event */
    HitMaker *maker;
    HeldHits *held_hits; /* until they are sifted */
    HitSorter *sorter;
    HitSorter *twin_sorter;
    EventClock *clock, *twin_clock; /* NULL unless the matcher waits at the end */
    FieldWatch *watch;              /* NULL without one */
    ScanProfile *profile;           /* NULL without one */
    int64_t lap;                    /* profile: when the phase at hand began */
    ScanReport *report;             /* of the block at hand */
    bool *past_limits; /* by document of that block: the columns refuse what the rows would take */
    HitSorter *target; /* where hits go now */
    uint64_t events, outside, without_index;
    uint64_t hits;                  /* by columns, not held */
    uint64_t hits_held, bytes_held; /* how many were held, and written to a file */
    uint64_t told_events;           /* those of `events` that reports have told */
    bool may_match; /* by rows: the document at hand has hits that may be part of a match */
};

/* Stages and their cases are all that will be asked for. */
static void ask_for_stages(ScanWorker *worker)
{
    const PlanSet *plan = worker->shared->plan;
    Arena *arena = arena_new();
    ARRAY(NodeId) nodes = {0};
    for (uint32_t query = 0; query < plan->query_count; query++) {
        const QueryPlan *about = &plan->queries[query];
        for (uint32_t i = 0; i < query_slots(about); i++) {
            const Stage *stage = query_slot(about, i);
            uint32_t cases = stage == NULL || stage->leaf_count == 0 ? 0 : 1u << stage->leaf_count;
            if (stage != NULL) {
                ARRAY_PUSH(arena, &nodes, stage->node);
            }
            for (uint32_t number = 0; number < cases; number++) {
                ARRAY_PUSH(arena, &nodes, stage->cases[number]);
            }
        }
    }
    evaluator_ask_only(worker->evaluator, nodes.items, nodes.count, MANY_NEW);
    arena_free(arena);
}

ScanWorker *scan_worker_new(const ScanShared *shared)
{
    const ScanOptions *options = shared->options;
    size_t ways = options->eval == SCAN_BOTH ? 2 : 1;
    size_t hit_budget = options->hit_budget / shared->jobs / ways;
    ScanWorker *worker = HEAP_NEW(ScanWorker);
    worker->shared = shared;
    worker->plan_arena = arena_new();
    worker->maker = hit_maker_new(shared->plan);
    if (options->eval != SCAN_ROW) {
        worker->reader = event_reader_new(
            shared->plan->fields, &(EventReaderOptions){.build_index = options->build_index});
        worker->batch = batch_new(shared->plan->fields, options->dictionary_budget / shared->jobs);
        batch_set_memory(worker->batch, options->dictionary_memory);
        batch_allow_late(worker->batch, options->profile == NULL ? MANY_NEW : 0);
        worker->within = ARENA_MANY(worker->plan_arena, Word, BITMAP_WORDS(BATCH_ROWS));
        worker->evaluator = evaluator_new(shared->evaluator);
        ask_for_stages(worker);
        /* Most hits are held, and few of them come to the sorter. */
        worker->sorter = hit_sorter_new(hit_budget / 4);
        worker->held_hits = held_hits_new(shared->plan, hit_budget / 4 * 3, shared->seed);
        hit_maker_hold(worker->maker, worker->held_hits);
    }
    if (options->matcher.wait_at_end) {
        worker->clock = event_clock_new(worker->plan_arena, shared->plan);
        worker->twin_clock = event_clock_new(worker->plan_arena, shared->plan);
    }
    worker->watch = options->watch == NULL ? NULL : field_watch_fork(options->watch);
    worker->event_arena = arena_new();
    if (options->profile != NULL) {
        worker->profile = scan_profile_new(worker->plan_arena, shared->plan);
        evaluator_start_profile(worker->evaluator);
    }
    if (options->eval != SCAN_VECTOR) {
        worker->row_evaluator = row_evaluator_new(worker->plan_arena, shared->plan);
        worker->twin_sorter = hit_sorter_new(hit_budget);
    }
    return worker;
}

static void release_held(ScanWorker *worker)
{
    for (size_t i = 0; i < worker->held_count; i++) {
        input_release(worker->shared->input, worker->held[i]);
    }
    worker->held_count = 0;
}

void scan_worker_free(ScanWorker *worker)
{
    if (worker == NULL) {
        return;
    }
    release_held(worker);
    free(worker->held);
    event_reader_free(worker->reader);
    batch_free(worker->batch);
    evaluator_free(worker->evaluator);
    row_evaluator_free(worker->row_evaluator);
    hit_maker_free(worker->maker);
    held_hits_free(worker->held_hits);
    hit_sorter_free(worker->sorter);
    hit_sorter_free(worker->twin_sorter);
    field_watch_free(worker->watch);
    arena_free(worker->event_arena);
    arena_free(worker->plan_arena);
    free(worker);
}

/* The time since the last lap was spent on `phase`. */
static void lap(ScanWorker *worker, ScanPhase phase)
{
    if (worker->profile != NULL) {
        int64_t now = timestamp_monotonic();
        worker->profile->phase_ns[phase] += (uint64_t)(now - worker->lap);
        worker->lap = now;
    }
}

static bool inside(const ScanOptions *options, int64_t time)
{
    return (!options->has_since || time >= options->since_ns) &&
           (!options->has_until || time <= options->until_ns);
}

/* A field that no schema calls a date keeps its value's own kind. */
static bool time_of(const Value *value, int64_t *ns)
{
    switch (value->kind) {
    case VALUE_DATE: *ns = value->integer; return true;
    case VALUE_INT: return timestamp_from_ms(value->integer, ns);
    case VALUE_STRING: return timestamp_parse(value->text, ns);
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_DOUBLE: break;
    }
    return false;
}

/* An event without a time is outside of every window. */
static bool document_inside(const ScanShared *shared, const Values *times)
{
    int64_t ns = 0;
    return times->count > 0 && time_of(&times->items[0], &ns) && inside(shared->options, ns);
}

static void fault_add(ScanReport *report, const InputDocument *document, const Err *err)
{
    InputFault fault = {.input = document->place.input, .line = document->place.line};
    Str before = str_slice(document->text, 0, err->at);
    size_t line = 1;
    size_t column = 1;
    json_position(before, before.len, &line, &column);
    fault.line += line - 1;
    fault.column = line == 1 ? document->column + column - 1 : column;
    snprintf(fault.text, sizeof fault.text, "%s", err->text);
    ARRAY_PUSH(report->arena, &report->faults, fault);
}

static bool take_hit(void *context, const Hit *hit, uint32_t row, Err *err)
{
    ScanWorker *worker = context;
    (void)row;
    worker->may_match = worker->may_match || !hit_is_of_lineage(hit);
    return hit_sorter_add(worker->target, hit, err);
}

/* Rows that may be part of a match are marked first and their documents kept afterwards, since one row may hit many
 * times. */
typedef struct VectorTake {
    ScanWorker *worker;
    Word rows[BITMAP_WORDS(BATCH_ROWS)];
} VectorTake;

static bool take_vector_hit(void *context, const Hit *hit, uint32_t row, Err *err)
{
    VectorTake *take = context;
    if (!hit_is_of_lineage(hit)) {
        bitmap_set(take->rows, row);
    }
    if (take->worker->profile != NULL) {
        scan_profile_stage(take->worker->profile, hit->query, hit->stage)->hits++;
    }
    take->worker->hits++;
    return hit_sorter_add(take->worker->sorter, hit, err);
}

/* The rows of the batch inside of since and until; NULL = all. */
static const Word *window(ScanWorker *worker)
{
    const ScanShared *shared = worker->shared;
    if (shared->timestamp == FIELD_NONE) {
        return NULL;
    }
    uint32_t rows = batch_rows(worker->batch);
    bitmap_clear_all(worker->within, rows);
    for (uint32_t row = 0; row < rows; row++) {
        arena_reset(worker->event_arena);
        Values times = batch_values(worker->batch, worker->event_arena, row, shared->timestamp);
        if (document_inside(shared, &times)) {
            bitmap_set(worker->within, row);
        } else {
            worker->outside++;
        }
    }
    return worker->within;
}

static void count_without_index(ScanWorker *worker)
{
    if (worker->shared->index == FIELD_NONE) {
        return;
    }
    uint32_t rows = batch_rows(worker->batch);
    const uint32_t *codes = batch_codes(worker->batch, worker->shared->index);
    if (codes == NULL) {
        worker->without_index += rows;
        return;
    }
    for (uint32_t row = 0; row < rows; row++) {
        worker->without_index += codes[row] == 0;
    }
}

static void count_stage(ScanWorker *worker, NodeId node, StageCount *count)
{
    const Word *rows = evaluator_rows(worker->evaluator, node);
    count->rows += rows == NULL ? 0 : bitmap_count(rows, batch_rows(worker->batch));
}

/* All rows are known by now. */
static void count_stages(ScanWorker *worker)
{
    if (worker->profile == NULL) {
        return;
    }
    const PlanSet *plan = worker->shared->plan;
    for (uint32_t query = 0; query < plan->query_count; query++) {
        const QueryPlan *about = &plan->queries[query];
        StageCount *stages = worker->profile->queries[query].stages;
        for (uint32_t i = 0; i < query_slots(about); i++) {
            const Stage *stage = query_slot(about, i);
            if (stage != NULL) {
                count_stage(worker, stage->node, &stages[i]);
            }
        }
    }
}

static bool batch_needs_keep(const ScanWorker *worker)
{
    return input_needs_keep(worker->shared->input, batch_place(worker->batch, 0)->input);
}

static bool keep_rows(ScanWorker *worker, const Word *rows, Err *err)
{
    const Batch *batch = worker->batch;
    BITMAP_EACH(rows, batch_rows(batch), row)
    {
        const EventPlace *place = batch_place(batch, (uint32_t)row);
        if (!input_keep(worker->shared->input, place, batch_raw(batch, (uint32_t)row), err)) {
            return false;
        }
    }
    return true;
}

static bool judge_batch(ScanWorker *worker, Err *err)
{
    uint32_t rows = batch_rows(worker->batch);
    if (rows == 0) {
        return true;
    }
    VectorTake take = {.worker = worker};
    lap(worker, SCAN_PARSE);
    batch_encode(worker->batch);
    if (worker->watch != NULL) {
        field_watch_batch(worker->watch, worker->batch, worker->event_arena);
    }
    lap(worker, SCAN_ENCODE);
    const Word *within = window(worker);
    evaluator_run(worker->evaluator, worker->batch, within);
    if (worker->clock != NULL) {
        event_clock_batch(worker->clock, worker->batch, within, worker->event_arena);
    }
    count_without_index(worker);
    lap(worker, SCAN_JUDGE);
    bool done = hit_maker_batch(worker->maker, worker->batch, worker->evaluator, take_vector_hit,
                                &take, err);
    count_stages(worker);
    bitmap_or(take.rows, hit_maker_holding(worker->maker), rows);
    done = done && (!batch_needs_keep(worker) || keep_rows(worker, take.rows, err));
    worker->events += rows;
    batch_clear(worker->batch);
    worker->batch_bytes = 0;
    release_held(worker);
    lap(worker, SCAN_HITS);
    return done;
}

static bool add_row(ScanWorker *worker, const InputBlock *block, uint32_t index)
{
    const InputDocument *document = &block->documents[index];
    EventSpans spans;
    Err err = {0};
    if (!event_reader_read(worker->reader, document->text, &spans, &err)) {
        fault_add(worker->report, document, &err);
        worker->past_limits[index] = err.code == ERR_LIMIT;
        return false;
    }
    bool named = spans.index.len > 0;
    EventNames names = {named ? spans.index : worker->shared->options->index, spans.id};
    batch_add_row(worker->batch, &document->place, document->text, spans.items, spans.count, names);
    worker->batch_bytes += document->text.len;
    return true;
}

/* A batch has documents of one input only, since keeping them or not is the input's matter. */
static bool ends_batch(const ScanWorker *worker, const InputDocument *next)
{
    return batch_full(worker->batch) || worker->batch_bytes >= BATCH_BYTES ||
           (batch_rows(worker->batch) > 0 &&
            batch_place(worker->batch, 0)->input != next->place.input);
}

/* The block's documents are in the batch, or judged. What the batch needs of them it has, but for those that may
 * have to be kept. */
static void leave_block(ScanWorker *worker, InputBlock *block)
{
    if (worker->batch == NULL) {
        input_release(worker->shared->input, block);
        return;
    }
    if (batch_rows(worker->batch) > 0 && batch_needs_keep(worker)) {
        if (worker->held_count == worker->held_capacity) {
            worker->held = heap_grow(worker->held, &worker->held_capacity, worker->held_count + 1,
                                     sizeof(InputBlock *));
        }
        worker->held[worker->held_count++] = block;
        return;
    }
    lap(worker, SCAN_PARSE);
    batch_let_go(worker->batch);
    lap(worker, SCAN_ENCODE);
    input_release(worker->shared->input, block);
}

static bool block_by_columns(ScanWorker *worker, const InputBlock *block, Err *err)
{
    worker->lap = worker->profile == NULL ? 0 : timestamp_monotonic();
    for (uint32_t i = 0; i < block->count; i++) {
        if (ends_batch(worker, &block->documents[i]) && !judge_batch(worker, err)) {
            return false;
        }
        (void)add_row(worker, block, i);
    }
    lap(worker, SCAN_PARSE);
    return true;
}

static bool judge_document(ScanWorker *worker, const InputDocument *input, Err *err)
{
    const ScanShared *shared = worker->shared;
    Document document;
    Err fault = {0};
    if (!document_parse(worker->event_arena, input->text, &document, &fault)) {
        /* Under SCAN_BOTH the columns have named it already. */
        if (shared->options->eval == SCAN_ROW) {
            fault_add(worker->report, input, &fault);
        }
        return true;
    }
    if (!document.index_given && shared->options->index.len > 0) {
        document.index = shared->options->index;
    }
    worker->events += shared->options->eval == SCAN_ROW;
    row_evaluator_set(worker->row_evaluator, &document);
    if (worker->watch != NULL && shared->options->eval == SCAN_ROW) {
        field_watch_document(worker->watch, &document, worker->event_arena);
    }
    if (shared->timestamp != FIELD_NONE) {
        Values times = row_evaluator_values(worker->row_evaluator, shared->timestamp);
        if (!document_inside(shared, &times)) {
            worker->outside += shared->options->eval == SCAN_ROW;
            return true;
        }
    }
    worker->without_index += shared->options->eval == SCAN_ROW && document.index.len == 0;
    if (worker->twin_clock != NULL) {
        event_clock_document(worker->twin_clock, &document, worker->event_arena);
    }
    return hit_maker_document(worker->maker, &input->place, worker->row_evaluator, take_hit, worker,
                              err);
}

static bool keep_document(ScanWorker *worker, const InputDocument *document, Err *err)
{
    InputSet *input = worker->shared->input;
    return !input_needs_keep(input, document->place.input) ||
           input_keep(input, &document->place, document->text, err);
}

static bool block_by_rows(ScanWorker *worker, const InputBlock *block, Err *err)
{
    worker->target = worker->twin_sorter;
    bool by_rows_only = worker->shared->options->eval == SCAN_ROW;
    for (uint32_t i = 0; i < block->count; i++) {
        const InputDocument *document = &block->documents[i];
        if (worker->past_limits[i]) {
            continue;
        }
        arena_reset(worker->event_arena);
        worker->may_match = false;
        if (!judge_document(worker, document, err)) {
            return false;
        }
        if (by_rows_only && worker->may_match && !keep_document(worker, document, err)) {
            return false;
        }
    }
    return true;
}

/* What the events have instead of a field that none has. */
static void keep_names(ScanWorker *worker, const InputBlock *block)
{
    if (worker->watch == NULL || block->sequence % BLOCKS_FOR_NAMES != 0 ||
        field_watch_saw_all(worker->watch)) {
        return;
    }
    for (uint32_t i = 0; i < block->count && i < DOCUMENTS_FOR_NAMES; i++) {
        Document document;
        Err err = {0};
        arena_reset(worker->event_arena);
        if (document_parse(worker->event_arena, block->documents[i].text, &document, &err)) {
            field_watch_names(worker->watch, &document); /* a fault is told by who judges it */
        }
    }
}

static bool is_inside(const ScanWorker *worker, const Document *document)
{
    const ScanShared *shared = worker->shared;
    if (shared->timestamp == FIELD_NONE) {
        return true;
    }
    const Field *field = field_table_get(shared->plan->fields, shared->timestamp);
    Values times = document_values(worker->event_arena, document, field);
    return document_inside(shared, &times);
}

static bool find_events(ScanWorker *worker, const InputBlock *block, Err *err)
{
    ScanReport *report = worker->report;
    for (uint32_t i = 0; i < block->count && worker->shared->options->found != NULL; i++) {
        const EventPlace *place = &block->documents[i].place;
        Document document;
        Err fault = {0};
        arena_reset(worker->event_arena);
        if (document_parse(worker->event_arena, block->documents[i].text, &document, &fault) &&
            str_equal(document.id, worker->shared->options->find_id)) {
            FoundEvent found = {*place, is_inside(worker, &document)};
            ARRAY_PUSH(report->arena, &report->found, found);
            if (!keep_document(worker, &block->documents[i], err)) {
                return false;
            }
        }
    }
    return true;
}

InputBlock *scan_worker_read(ScanWorker *worker)
{
    worker->lap = worker->profile == NULL ? 0 : timestamp_monotonic();
    InputBlock *block = input_next(worker->shared->input);
    lap(worker, SCAN_READ);
    return block;
}

ScanReport *scan_worker_block(ScanWorker *worker, InputBlock *block)
{
    Arena *arena = arena_new();
    ScanReport *report = ARENA_NEW(arena, ScanReport);
    *report = (ScanReport){.arena = arena, .sequence = block->sequence, .bytes = block->bytes};
    worker->report = report;
    worker->past_limits = ARENA_MANY(arena, bool, block->count);
    for (uint32_t i = 0; i < block->fault_count; i++) {
        ARRAY_PUSH(arena, &report->faults, block->faults[i]);
    }
    keep_names(worker, block);
    ScanEval eval = worker->shared->options->eval;
    bool done = find_events(worker, block, &report->err) &&
                (eval == SCAN_ROW || block_by_columns(worker, block, &report->err)) &&
                (eval == SCAN_VECTOR || block_by_rows(worker, block, &report->err));
    leave_block(worker, block);
    report->failed = !done;
    report->events = worker->events - worker->told_events;
    worker->told_events = worker->events;
    worker->report = NULL;
    return report;
}

bool scan_worker_finish(ScanWorker *worker, Err *err)
{
    worker->lap = worker->profile == NULL ? 0 : timestamp_monotonic();
    return worker->batch == NULL ||
           (judge_batch(worker, err) && held_hits_end(worker->held_hits, err));
}

static void count_held(ScanWorker *worker)
{
    const PlanSet *plan = worker->shared->plan;
    worker->hits_held = held_hits_count(worker->held_hits);
    worker->bytes_held = held_hits_spilled_bytes(worker->held_hits);
    for (uint32_t query = 0; query < plan->query_count && worker->profile != NULL; query++) {
        const QueryPlan *about = &plan->queries[query];
        StageCount *stages = worker->profile->queries[query].stages;
        for (uint32_t slot = 0; slot <= about->stage_count && held_hits_fit(about); slot++) {
            uint16_t stage = slot == about->stage_count ? HIT_UNTIL : (uint16_t)slot;
            stages[slot].hits += held_hits_count_of(worker->held_hits, query, stage).hits;
        }
    }
}

bool scan_worker_sift(ScanWorker *worker, const HitSieve *sieve, Err *err)
{
    worker->lap = worker->profile == NULL ? 0 : timestamp_monotonic();
    count_held(worker);
    bool done = hit_sieve_sift(sieve, worker->held_hits, worker->sorter, err);
    held_hits_free(worker->held_hits);
    worker->held_hits = NULL;
    hit_sorter_sort(worker->sorter);
    lap(worker, SCAN_ORDER);
    return done;
}

void scan_report_free(ScanReport *report)
{
    arena_free(report->arena);
}

const FieldWatch *scan_worker_watch(const ScanWorker *worker)
{
    return worker->watch;
}

HeldHits *scan_worker_held(const ScanWorker *worker)
{
    return worker->held_hits;
}

HitSorter *scan_worker_sorter(const ScanWorker *worker)
{
    return worker->sorter;
}

HitSorter *scan_worker_twin_sorter(const ScanWorker *worker)
{
    return worker->twin_sorter;
}

const EventClock *scan_worker_clock(const ScanWorker *worker)
{
    return worker->clock;
}

const EventClock *scan_worker_twin_clock(const ScanWorker *worker)
{
    return worker->twin_clock;
}

void scan_worker_add_profile(const ScanWorker *worker, ScanProfile *to)
{
    scan_profile_add(to, worker->profile);
    uint64_t before = to->evaluator->nodes_ns;
    evaluator_add_profile(worker->evaluator, to->evaluator);
    uint64_t nodes_ns = to->evaluator->nodes_ns - before;
    to->phase_ns[SCAN_NODES] += nodes_ns;
    to->phase_ns[SCAN_HITS] -= nodes_ns; /* asked for, and measured, within making hits */
}

void scan_worker_add_stats(const ScanWorker *worker, ScanStats *stats)
{
    HitMakerStats made = hit_maker_stats(worker->maker);
    stats->events += worker->events - worker->told_events;
    stats->outside += worker->outside;
    stats->without_index += worker->without_index;
    stats->without_time += made.without_time;
    stats->keys_cut += made.keys_cut;
    const HitSorter *sorter = worker->sorter != NULL ? worker->sorter : worker->twin_sorter;
    stats->hits +=
        worker->sorter != NULL ? worker->hits + worker->hits_held : hit_sorter_count(sorter);
    stats->spilled_bytes += hit_sorter_spilled_bytes(sorter) + worker->bytes_held;
    if (worker->evaluator != NULL) {
        stats->combinations_cut += evaluator_stats(worker->evaluator).combinations_cut;
        stats->dictionary_resets += batch_stats(worker->batch).dictionary_resets;
    } else {
        stats->combinations_cut += row_evaluator_combinations_cut(worker->row_evaluator);
    }
}
