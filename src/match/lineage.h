#pragma once
/* Lineage: which processes the sources of a query have marked so far, and which descend from those; so whether a hit of a
 * stage with lineage leaves is one. Fed with the query's hits in hit_compare's order.
 *
 * Rules        an event that fits a source marks its process. A link - an event with the ids of its process and of the
 *              parent - makes the process a descendant of what its parent is marked by or descends from. What an event tells
 *              counts for itself and for later events, never for earlier ones.
 * Ids          an event may have several, of its process or the parent; it counts for all, and any of them will do.
 * Bounds       none of its own: lineage_bytes tells what is held, lineage_evict lets the process go that was not met
 *              for the longest time. Each is counted. A process that no source has to do with costs nothing.
 * Cost         an id is looked up once. Seeded hashes: ids are outsiders' words. */

#include "match/hit.h"

typedef struct Lineage Lineage;

Lineage *lineage_new(const QueryPlan *query);
void lineage_free(Lineage *lineage); /* NULL is fine */
/* True when a stage's hit is one. The hits of sources and links it keeps to itself: false. */
bool lineage_takes(Lineage *lineage, const Hit *hit);
/* What now holds of an event with these ids. */
LineageFacts lineage_facts(Lineage *lineage, Str process, Str parent);

typedef struct LineageStats {
    uint64_t asked, taken; /* hits of stages with lineage leaves; those that were one */
    uint64_t evicted;
    uint64_t processes, bytes;           /* now */
    uint64_t most_processes, most_bytes; /* at any one time */
} LineageStats;
LineageStats lineage_stats(const Lineage *lineage);
size_t lineage_bytes(const Lineage *lineage); /* held; 0 when no process is remembered */
/* False when none is remembered. */
bool lineage_evict(Lineage *lineage);
