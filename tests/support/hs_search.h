#pragma once
/* HsSearch: many literals searched by libhs (Hyperscan or Vectorscan): a second opinion on what exec/literal_set finds,
 * and its yardstick. */

#include <hs.h>

#include "exec/literal_set.h"

typedef struct HsListener {
    LiteralFound *found;
    void *context;
} HsListener;

static inline int hs_search_note(unsigned id, unsigned long long from, unsigned long long to,
                                 unsigned flags, void *context)
{
    (void)from;
    (void)flags;
    const HsListener *listener = (const HsListener *)context;
    listener->found(listener->context, id, (size_t)to);
    return 0;
}

/* NULL for no literals, which libhs does not take. */
static inline hs_database_t *hs_search_build(const Str *literals, uint32_t count)
{
    if (count == 0) {
        return NULL;
    }
    Arena *arena = arena_new();
    const char **texts = ARENA_MANY(arena, const char *, count);
    size_t *lengths = ARENA_MANY(arena, size_t, count);
    unsigned *flags = ARENA_MANY(arena, unsigned, count);
    unsigned *ids = ARENA_MANY(arena, unsigned, count);
    for (uint32_t i = 0; i < count; i++) {
        texts[i] = literals[i].ptr;
        lengths[i] = literals[i].len;
        ids[i] = i;
    }
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    hs_error_t result = hs_compile_lit_multi(texts, flags, ids, lengths, count, HS_MODE_BLOCK, NULL,
                                             &database, &error);
    assert(result == HS_SUCCESS);
    arena_free(arena);
    return database;
}

static inline void hs_search_scan(const hs_database_t *database, Str text, LiteralFound *found,
                                  void *context)
{
    hs_scratch_t *scratch = NULL;
    HsListener listener = {found, context};
    hs_error_t result = hs_alloc_scratch(database, &scratch);
    assert(result == HS_SUCCESS);
    result = hs_scan(database, text.ptr == NULL ? "" : text.ptr, (unsigned)text.len, 0, scratch,
                     hs_search_note, &listener);
    assert(result == HS_SUCCESS);
    hs_free_scratch(scratch);
}

static inline void hs_search(const Str *literals, uint32_t count, Str text, LiteralFound *found,
                             void *context)
{
    hs_database_t *database = hs_search_build(literals, count);
    if (database != NULL) {
        hs_search_scan(database, text, found, context);
        hs_free_database(database);
    }
}
