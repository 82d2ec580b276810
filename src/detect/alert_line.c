#include "detect/alert_line.h"

#include "base/array.h"
#include "base/heap.h"
#include "base/threads.h"

/* Matches are handed over some at a time, so that a hand-over is cheap beside them. */
#ifdef SHRIKE_TINY
#define PARCEL_MATCHES 2
#define PARCEL_BYTES   ((uint64_t)2000)
#define MOST_EVENTS    3
#else
#define PARCEL_MATCHES 16
#define PARCEL_BYTES   ((uint64_t)256 << 10)
#define MOST_EVENTS    16
#endif

/* Parcels on their way for each thread: one that it works on, one that waits. */
#define PARCELS_EACH 3

/* The alert's text stands in its parcel's. */
typedef struct Made {
    size_t at, len;
    AlertSummary summary;
} Made;

typedef struct Item {
    Match match;
    uint32_t made_end; /* behind its alerts */
    bool loops;
} Item;

typedef struct Parcel {
    uint64_t number; /* in order */
    Arena *arena;    /* events, and what is made of them but for `text` */
    Item items[PARCEL_MATCHES];
    uint32_t count;
    uint64_t bytes; /* of its events */
    ARRAY(Made) made;
    Buffer text;
    uint32_t done; /* items */
    Err err;       /* of the one behind them, if not all are done */
} Parcel;

struct AlertLine {
    AlertLineOptions options;
    AlertMaker *own; /* of the caller's thread */
    Thread **threads;
    unsigned thread_count; /* 0 until they are needed */
    Parcel *parcels;       /* a ring by number */
    uint64_t parcel_count;
    uint64_t next;  /* the number of the parcel being filled */
    uint64_t out;   /* all before it have come out */
    bool *finished; /* by number, like the ring */
    Queue *waiting, *ready;
};

AlertLine *alert_line_new(const AlertLineOptions *options)
{
    AlertLine *line = HEAP_NEW(AlertLine);
    line->options = *options;
    line->own = alert_maker_new(&options->maker);
    line->parcel_count = (uint64_t)options->jobs * PARCELS_EACH;
    line->parcels = HEAP_MANY(Parcel, line->parcel_count);
    line->finished = HEAP_MANY(bool, line->parcel_count);
    line->threads = HEAP_MANY(Thread *, options->jobs);
    line->waiting = queue_new(line->parcel_count);
    line->ready = queue_new(line->parcel_count);
    for (uint64_t i = 0; i < line->parcel_count; i++) {
        line->parcels[i].arena = arena_new();
    }
    return line;
}

void alert_line_free(AlertLine *line)
{
    if (line == NULL) {
        return;
    }
    queue_close(line->waiting);
    for (unsigned i = 0; i < line->thread_count; i++) {
        thread_join(line->threads[i]);
    }
    for (uint64_t i = 0; i < line->parcel_count; i++) {
        arena_free(line->parcels[i].arena);
        buffer_done(&line->parcels[i].text);
    }
    queue_free(line->waiting);
    queue_free(line->ready);
    alert_maker_free(line->own);
    free(line->threads);
    free(line->finished);
    free(line->parcels);
    free(line);
}

/* --- threads that make alerts --- */

static bool keep(void *context, Str json, const AlertSummary *summary, Err *err)
{
    (void)err;
    Parcel *parcel = context;
    Made made = {(size_t)(json.ptr - parcel->text.ptr), json.len, *summary};
    Str *texts[] = {&made.summary.uuid, &made.summary.rule_name, &made.summary.reason,
                    &made.summary.host, &made.summary.user};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        *texts[i] = str_copy(parcel->arena, *texts[i]);
    }
    ARRAY_PUSH(parcel->arena, &parcel->made, made);
    return true;
}

static void make_all(AlertMaker *maker, Parcel *parcel)
{
    AlertTaker taker = {keep, parcel};
    for (; parcel->done < parcel->count; parcel->done++) {
        Item *item = &parcel->items[parcel->done];
        if (!alert_maker_make(maker, &item->match, &taker, &item->loops, &parcel->err)) {
            return;
        }
        item->made_end = parcel->made.count;
    }
}

static void work(void *context)
{
    AlertLine *line = context;
    AlertMaker *maker = alert_maker_new(&line->options.maker);
    Parcel *parcel;
    while ((parcel = queue_pop(line->waiting)) != NULL) {
        alert_maker_print_to(maker, &parcel->text);
        make_all(maker, parcel);
        queue_push(line->ready, parcel);
    }
    alert_maker_free(maker);
}

/* --- the caller's thread --- */

static bool hand_out(AlertLine *line, const Parcel *parcel, Err *err)
{
    const AlertLineOptions *options = &line->options;
    uint32_t at = 0;
    for (uint32_t i = 0; i < parcel->done; i++) {
        const Item *item = &parcel->items[i];
        for (; at < item->made_end; at++) {
            const Made *made = &parcel->made.items[at];
            Str json = {parcel->text.ptr + made->at, made->len};
            if (!options->take(options->context, item->match.query, json, &made->summary, err)) {
                return false;
            }
        }
        options->done(options->context, item->match.query, item->loops);
    }
    if (parcel->done < parcel->count) {
        *err = parcel->err;
        return false;
    }
    return true;
}

static void clear(Parcel *parcel)
{
    arena_reset(parcel->arena);
    buffer_clear(&parcel->text);
    memset(&parcel->made, 0, sizeof parcel->made);
    parcel->count = parcel->done = 0;
    parcel->bytes = 0;
}

/* Waits for the parcel whose turn it is, and hands it out. */
static bool let_out(AlertLine *line, Err *err)
{
    uint64_t place = line->out % line->parcel_count;
    while (!line->finished[place]) {
        const Parcel *parcel = queue_pop(line->ready);
        line->finished[parcel->number % line->parcel_count] = true;
    }
    line->finished[place] = false;
    line->out++;
    bool taken = hand_out(line, &line->parcels[place], err);
    clear(&line->parcels[place]);
    return taken;
}

/* The parcel being filled goes to the threads; there is an empty one to fill then. */
static bool send(AlertLine *line, Err *err)
{
    Parcel *parcel = &line->parcels[line->next % line->parcel_count];
    if (parcel->count == 0) {
        return true;
    }
    for (; line->thread_count < line->options.jobs; line->thread_count++) {
        line->threads[line->thread_count] = thread_start(work, line);
    }
    parcel->number = line->next++;
    queue_push(line->waiting, parcel);
    return line->next - line->out < line->parcel_count || let_out(line, err);
}

bool alert_line_drain(AlertLine *line, Err *err)
{
    bool taken = send(line, err);
    while (taken && line->out < line->next) {
        taken = let_out(line, err);
    }
    return taken;
}

typedef struct Passing {
    const AlertLineOptions *options;
    uint32_t query;
} Passing;

static bool pass_on(void *context, Str json, const AlertSummary *summary, Err *err)
{
    const Passing *passing = context;
    const AlertLineOptions *options = passing->options;
    return options->take(options->context, passing->query, json, summary, err);
}

static bool make_at_once(AlertLine *line, const Match *match, Err *err)
{
    Passing passing = {&line->options, match->query};
    bool loops = false;
    if (!alert_maker_make(line->own, match, &(AlertTaker){pass_on, &passing}, &loops, err)) {
        return false;
    }
    line->options.done(line->options.context, match->query, loops);
    return true;
}

static uint64_t bytes_of(const Match *match)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < match->event_count; i++) {
        bytes += match->events[i].missing ? 0 : match->events[i].place.len;
    }
    return bytes;
}

static void put(Parcel *parcel, const Match *match, uint64_t bytes)
{
    SequenceEvent *events = ARENA_MANY(parcel->arena, SequenceEvent, match->event_count);
    if (match->event_count > 0) {
        memcpy(events, match->events, match->event_count * sizeof *events);
    }
    parcel->items[parcel->count++] =
        (Item){.match = {.query = match->query,
                         .events = events,
                         .event_count = match->event_count,
                         .found = str_copy(parcel->arena, match->found),
                         .suppression = str_copy(parcel->arena, match->suppression),
                         .suppression_id = str_copy(parcel->arena, match->suppression_id)}};
    parcel->bytes += bytes;
}

bool alert_line_add(AlertLine *line, const Match *match, Err *err)
{
    uint64_t bytes = bytes_of(match);
    if (line->options.jobs == 1) {
        return make_at_once(line, match, err);
    }
    if (match->event_count > MOST_EVENTS || bytes > PARCEL_BYTES) {
        return alert_line_drain(line, err) && make_at_once(line, match, err);
    }
    Parcel *parcel = &line->parcels[line->next % line->parcel_count];
    put(parcel, match, bytes);
    bool full = parcel->count == PARCEL_MATCHES || parcel->bytes >= PARCEL_BYTES;
    return !full || send(line, err);
}
