#include "match/lineage.h"

#include "base/hash.h"
#include "base/heap.h"
#include "match/key_table.h"
#include "plan/stage_cases.h"

/* A process that some source has marked, or an ancestor of it. */
typedef struct Process {
    KeyRecord head;
    struct Process *older, *newer; /* in the order in which they were last met */
    uint32_t marked;               /* by source, a bit */
    uint32_t descends;             /* the same: from one that it has marked */
} Process;

struct Lineage {
    const QueryPlan *query;
    KeyTable processes;
    Process *oldest, *newest;
    uint64_t seed;
    LineageStats stats;
};

Lineage *lineage_new(const QueryPlan *query)
{
    Lineage *lineage = HEAP_NEW(Lineage);
    lineage->query = query;
    lineage->processes = key_table_of(sizeof(Process));
    lineage->seed = hash_random_seed();
    return lineage;
}

void lineage_free(Lineage *lineage)
{
    if (lineage != NULL) {
        key_table_done(&lineage->processes);
        free(lineage);
    }
}

/* ---- who was met when ---- */

static void unlink_process(Lineage *lineage, const Process *process)
{
    *(process->older == NULL ? &lineage->oldest : &process->older->newer) = process->newer;
    *(process->newer == NULL ? &lineage->newest : &process->newer->older) = process->older;
}

static void append_process(Lineage *lineage, Process *process)
{
    process->older = lineage->newest;
    process->newer = NULL;
    *(lineage->newest == NULL ? &lineage->oldest : &lineage->newest->newer) = process;
    lineage->newest = process;
}

static void meet(Lineage *lineage, Process *process)
{
    if (process != lineage->newest) {
        unlink_process(lineage, process);
        append_process(lineage, process);
    }
}

/* ---- what is known ---- */

static Process *find(Lineage *lineage, Str id)
{
    Process *process =
        key_table_find(&lineage->processes, hash_bytes_seeded(id, lineage->seed), id);
    if (process != NULL) {
        meet(lineage, process);
    }
    return process;
}

static Process *find_or_add(Lineage *lineage, Str id)
{
    Process *process = find(lineage, id);
    if (process == NULL) {
        process = key_table_add(&lineage->processes, hash_bytes_seeded(id, lineage->seed), id);
        append_process(lineage, process);
    }
    return process;
}

static void mark(Lineage *lineage, Str ids, uint32_t source)
{
    Str id;
    while (hit_next_id(&ids, &id)) {
        find_or_add(lineage, id)->marked |= 1u << source;
    }
}

static void inherit(Lineage *lineage, const Hit *link)
{
    LineageFacts facts = lineage_facts(lineage, link->process, link->parent);
    uint32_t inherited = facts.of[LINEAGE_DESCENDANT] & lineage->query->lineage.inherited;
    Str ids = link->process;
    Str id;
    while (inherited != 0 && hit_next_id(&ids, &id)) {
        find_or_add(lineage, id)->descends |= inherited;
    }
}

LineageFacts lineage_facts(Lineage *lineage, Str process, Str parent)
{
    LineageFacts facts = {0};
    Str id;
    while (hit_next_id(&process, &id)) {
        const Process *own = find(lineage, id);
        facts.of[LINEAGE_EVENT] |= own == NULL ? 0 : own->marked;
        facts.of[LINEAGE_DESCENDANT] |= own == NULL ? 0 : own->descends;
    }
    while (hit_next_id(&parent, &id)) {
        const Process *above = find(lineage, id);
        facts.of[LINEAGE_CHILD] |= above == NULL ? 0 : above->marked;
        facts.of[LINEAGE_DESCENDANT] |= above == NULL ? 0 : above->marked | above->descends;
    }
    return facts;
}

/* ---- hits ---- */

static bool fits(Lineage *lineage, const Hit *hit)
{
    const Stage *stage = hit_stage(lineage->query, hit->stage);
    if (stage->leaf_count == 0) {
        return true;
    }
    LineageFacts facts = lineage_facts(lineage, hit->process, hit->parent);
    return hit->cases >> stage_case(stage, &facts) & 1;
}

static void learn(Lineage *lineage, const Hit *hit)
{
    if (hit->stage == HIT_LINK) {
        inherit(lineage, hit);
    } else if (fits(lineage, hit)) {
        mark(lineage, hit->process, hit->stage - HIT_SOURCE);
    }
    LineageStats *stats = &lineage->stats;
    uint64_t count = lineage->processes.count;
    uint64_t bytes = lineage_bytes(lineage);
    stats->most_processes = count > stats->most_processes ? count : stats->most_processes;
    stats->most_bytes = bytes > stats->most_bytes ? bytes : stats->most_bytes;
}

bool lineage_takes(Lineage *lineage, const Hit *hit)
{
    if (hit_is_of_lineage(hit)) {
        learn(lineage, hit);
        return false;
    }
    bool takes = fits(lineage, hit);
    bool asked = hit_stage(lineage->query, hit->stage)->leaf_count > 0;
    lineage->stats.asked += asked;
    lineage->stats.taken += asked && takes;
    return takes;
}

LineageStats lineage_stats(const Lineage *lineage)
{
    LineageStats stats = lineage->stats;
    stats.processes = lineage->processes.count;
    stats.bytes = lineage_bytes(lineage);
    return stats;
}

size_t lineage_bytes(const Lineage *lineage)
{
    return lineage->processes.bytes;
}

bool lineage_evict(Lineage *lineage)
{
    Process *stalest = lineage->oldest;
    if (stalest == NULL) {
        return false;
    }
    unlink_process(lineage, stalest);
    key_table_remove(&lineage->processes, stalest);
    lineage->stats.evicted++;
    return true;
}
