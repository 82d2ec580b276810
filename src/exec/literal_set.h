#pragma once
/* LiteralSet: finds which of many texts occur in a long one, in one pass over it.
 *
 * Two engines behind one interface: libhs (Hyperscan or Vectorscan) where the build has it and the set is so large
 * that it pays, and an Aho-Corasick automaton of our own, which is always there; tests hold them against
 * each other.
 *
 * Lifetimes    a set is on the heap, immutable, shared by all threads; a scratch belongs to one thread and serves any
 *              number of sets, one scan at a time.
 * Bounds       literals are not empty and at most LITERAL_MAX bytes (longer ones: give a part). */

#include "base/str.h"

#define LITERAL_MAX 512

typedef enum LiteralEngine {
    LITERAL_ENGINE_BEST,
    LITERAL_ENGINE_PLAIN, /* our own */
    LITERAL_ENGINE_HS,    /* libhs; our own where the build lacks it */
} LiteralEngine;

typedef struct LiteralSet LiteralSet;
typedef struct LiteralScratch LiteralScratch;

/* The literals are distinct; their ids are their places in the list. They need not stay. */
LiteralSet *literal_set_new(const Str *literals, uint32_t count, LiteralEngine engine);
void literal_set_free(LiteralSet *set); /* NULL is fine */

LiteralScratch *literal_scratch_new(void);
void literal_scratch_free(LiteralScratch *scratch); /* NULL is fine */
void literal_scratch_fit(LiteralScratch *scratch,
                         const LiteralSet *set); /* before the first scan */

/* Called for each place where a literal occurs; `end` is the offset behind it. In no order. */
typedef void LiteralFound(void *context, uint32_t literal, size_t end);
void literal_set_scan(const LiteralSet *set, LiteralScratch *scratch, Str text, LiteralFound *found,
                      void *context);
