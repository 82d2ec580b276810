#include "detect/pipes.h"

#include "base/heap.h"
#include "detect/kept_match.h"

/* `head N` or `tail N`; the request's size is one in front of the query's own. */
typedef struct Cut {
    bool tail;
    uint64_t count;
    uint64_t passed;  /* head: how many it let through */
    KeptMatch **kept; /* tail: a ring */
    size_t kept_count, kept_first, kept_capacity;
} Cut;

struct Pipes {
    uint32_t query;
    Cut *cuts;
    uint32_t cut_count;
    size_t kept_bytes; /* of all tails */
    uint64_t tail_cut;
};

Pipes *pipes_new(Arena *arena, const QueryPlan *plan, const PipesOptions *options)
{
    Pipes *pipes = ARENA_NEW(arena, Pipes);
    *pipes = (Pipes){.query = options->query, .cuts = ARENA_MANY(arena, Cut, plan->pipe_count + 1)};
    if (options->has_size) {
        bool tail = plan->pipe_count > 0 ? plan->pipes[0].tail : options->at_tail;
        pipes->cuts[pipes->cut_count++] = (Cut){.tail = tail, .count = options->size};
    }
    for (uint32_t i = 0; i < plan->pipe_count; i++) {
        pipes->cuts[pipes->cut_count++] =
            (Cut){.tail = plan->pipes[i].tail, .count = plan->pipes[i].count};
    }
    return pipes;
}

/* --- tail --- */

/* With its place in the ring, which may be twice as large as what is in it. */
static size_t held_bytes(const KeptMatch *kept)
{
    return kept_match_bytes(kept) + 2 * sizeof(KeptMatch *);
}

static KeptMatch *take_first(Pipes *pipes, Cut *cut)
{
    KeptMatch *kept = cut->kept[cut->kept_first];
    cut->kept_first = (cut->kept_first + 1) % cut->kept_capacity;
    cut->kept_count--;
    pipes->kept_bytes -= held_bytes(kept);
    return kept;
}

void pipes_free(Pipes *pipes)
{
    for (uint32_t i = 0; i < pipes->cut_count; i++) {
        while (pipes->cuts[i].kept_count > 0) {
            kept_match_free(take_first(pipes, &pipes->cuts[i]));
        }
        free(pipes->cuts[i].kept);
    }
}

static void grow_ring(Cut *cut)
{
    size_t capacity = cut->kept_capacity * 2 + 8;
    KeptMatch **ring = heap_zeroed(capacity, sizeof(KeptMatch *));
    for (size_t i = 0; i < cut->kept_count; i++) {
        ring[i] = cut->kept[(cut->kept_first + i) % cut->kept_capacity];
    }
    free(cut->kept);
    cut->kept = ring;
    cut->kept_first = 0;
    cut->kept_capacity = capacity;
}

static void keep(Pipes *pipes, Cut *cut, const Match *match)
{
    if (cut->count == 0) {
        return;
    }
    if (cut->kept_count == cut->count) {
        kept_match_free(take_first(pipes, cut));
    }
    if (cut->kept_count == cut->kept_capacity) {
        grow_ring(cut);
    }
    KeptMatch *kept = kept_match_new(match);
    cut->kept[(cut->kept_first + cut->kept_count) % cut->kept_capacity] = kept;
    cut->kept_count++;
    pipes->kept_bytes += held_bytes(kept);
}

/* The oldest match of the fullest tail. */
bool pipes_give_way(Pipes *pipes)
{
    Cut *fullest = NULL;
    for (uint32_t i = 0; i < pipes->cut_count; i++) {
        Cut *cut = &pipes->cuts[i];
        if (cut->kept_count > (fullest == NULL ? 0 : fullest->kept_count)) {
            fullest = cut;
        }
    }
    if (fullest == NULL) {
        return false;
    }
    kept_match_free(take_first(pipes, fullest));
    pipes->tail_cut++;
    return true;
}

/* --- the flow --- */

/* Through the cuts from `from` on, to the end if none holds the match back. */
static bool pass(Pipes *pipes, uint32_t from, const Match *match, const PipesEnd *end, Err *err)
{
    for (uint32_t i = from; i < pipes->cut_count; i++) {
        Cut *cut = &pipes->cuts[i];
        if (cut->tail) {
            keep(pipes, cut, match);
            return true;
        }
        if (cut->passed == cut->count) {
            return true;
        }
        cut->passed++;
    }
    return end->take(end->context, match, err);
}

bool pipes_take(Pipes *pipes, const Match *match, const PipesEnd *end, Err *err)
{
    return pass(pipes, 0, match, end, err);
}

bool pipes_finish(Pipes *pipes, const PipesEnd *end, Err *err)
{
    bool ok = true;
    for (uint32_t i = 0; i < pipes->cut_count; i++) {
        Cut *cut = &pipes->cuts[i];
        while (ok && cut->kept_count > 0) {
            KeptMatch *kept = take_first(pipes, cut);
            Match match = kept_match_view(kept, pipes->query);
            ok = pass(pipes, i + 1, &match, end, err);
            kept_match_free(kept);
        }
    }
    return ok;
}

bool pipes_are_over(const Pipes *pipes)
{
    for (uint32_t i = 0; i < pipes->cut_count && !pipes->cuts[i].tail; i++) {
        if (pipes->cuts[i].passed == pipes->cuts[i].count) {
            return true;
        }
    }
    return false;
}

size_t pipes_bytes(const Pipes *pipes)
{
    return pipes->kept_bytes;
}

uint64_t pipes_tail_cut(const Pipes *pipes)
{
    return pipes->tail_cut;
}
