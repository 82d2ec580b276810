#include "exec/literal_set.h"

#include "base/config.h"
#include "exec/literal_automaton.h"

#if HAVE_HYPERSCAN
#include <hs.h>
#endif

struct LiteralSet {
    Arena *arena;
    const LiteralAutomaton *automaton; /* NULL when libhs searches */
#if HAVE_HYPERSCAN
    hs_database_t *database;
#endif
};

struct LiteralScratch {
#if HAVE_HYPERSCAN
    hs_scratch_t *space;
#else
    bool is_empty; /* our own engine needs none */
#endif
};

#if HAVE_HYPERSCAN

/* From so many bytes of literals on libhs is ahead by more than it costs to build; see bench_exec. */
#define HS_PAYS_BYTES 4096

static hs_database_t *compile(const Str *literals, uint32_t count)
{
    Arena *scratch = arena_new();
    const char **texts = ARENA_MANY(scratch, const char *, count);
    size_t *lengths = ARENA_MANY(scratch, size_t, count);
    unsigned *flags = ARENA_MANY(scratch, unsigned, count);
    unsigned *ids = ARENA_MANY(scratch, unsigned, count);
    for (uint32_t i = 0; i < count; i++) {
        texts[i] = literals[i].ptr;
        lengths[i] = literals[i].len;
        ids[i] = i;
    }
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    hs_error_t result = hs_compile_lit_multi(texts, flags, ids, lengths, count, HS_MODE_BLOCK, NULL,
                                             &database, &error);
    hs_free_compile_error(error);
    arena_free(scratch);
    return result == HS_SUCCESS ? database : NULL;
}

static bool wants_hs(const Str *literals, uint32_t count, LiteralEngine engine)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        bytes += literals[i].len;
    }
    return count > 0 && (engine == LITERAL_ENGINE_HS ||
                         (engine == LITERAL_ENGINE_BEST && bytes >= HS_PAYS_BYTES));
}

typedef struct Listener {
    LiteralFound *found;
    void *context;
} Listener;

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context)
{
    (void)from;
    (void)flags;
    const Listener *listener = context;
    listener->found(listener->context, id, (size_t)to);
    return 0;
}

/* libhs takes 32 bits of length; a longer text is beyond every bound on events. */
static void scan(const LiteralSet *set, LiteralScratch *scratch, Str text, LiteralFound *found,
                 void *context)
{
    assert(text.len <= UINT32_MAX);
    Listener listener = {found, context};
    hs_error_t result = hs_scan(set->database, text.ptr, (unsigned)text.len, 0, scratch->space,
                                on_match, &listener);
    assert(result == HS_SUCCESS);
}

#endif

LiteralSet *literal_set_new(const Str *literals, uint32_t count, LiteralEngine engine)
{
    LiteralSet *set = calloc(1, sizeof *set);
    if (set == NULL) {
        out_of_memory(sizeof *set);
    }
    set->arena = arena_new();
#if HAVE_HYPERSCAN
    if (wants_hs(literals, count, engine)) {
        set->database = compile(literals, count);
    }
    if (set->database != NULL) {
        return set;
    }
#else
    (void)engine;
#endif
    set->automaton = literal_automaton_new(set->arena, literals, count);
    return set;
}

void literal_set_free(LiteralSet *set)
{
    if (set == NULL) {
        return;
    }
#if HAVE_HYPERSCAN
    hs_free_database(set->database);
#endif
    arena_free(set->arena);
    free(set);
}

LiteralScratch *literal_scratch_new(void)
{
    LiteralScratch *scratch = calloc(1, sizeof *scratch);
    if (scratch == NULL) {
        out_of_memory(sizeof *scratch);
    }
    return scratch;
}

void literal_scratch_free(LiteralScratch *scratch)
{
    if (scratch == NULL) {
        return;
    }
#if HAVE_HYPERSCAN
    hs_free_scratch(scratch->space);
#endif
    free(scratch);
}

void literal_scratch_fit(LiteralScratch *scratch, const LiteralSet *set)
{
#if HAVE_HYPERSCAN
    if (set->database != NULL && hs_alloc_scratch(set->database, &scratch->space) != HS_SUCCESS) {
        out_of_memory(0);
    }
#else
    (void)scratch;
    (void)set;
#endif
}

void literal_set_scan(const LiteralSet *set, LiteralScratch *scratch, Str text, LiteralFound *found,
                      void *context)
{
#if HAVE_HYPERSCAN
    if (set->automaton == NULL) {
        scan(set, scratch, text, found, context);
        return;
    }
#else
    (void)scratch;
#endif
    literal_automaton_scan(set->automaton, text, found, context);
}
