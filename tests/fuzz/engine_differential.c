/* engine_differential [--rounds N] [--seed S]: a made-up story for each seed from S on, in every way the
 * engine has. The first difference is told whole, with its seed, and ends the run. */
#include <inttypes.h>

#include "story.h"

typedef struct Totals {
    uint64_t queries, compiled, matches;
} Totals;

static bool play(const StoryWorld *world, uint64_t seed, Totals *totals)
{
    Arena *arena = arena_new();
    Dice dice = dice_of_seed(seed);
    Story story;
    StoryVerdict verdict;
    Buffer report = {0};
    story_make(arena, world, &dice, &story);
    bool same = story_check(arena, &story, &verdict, &report);
    if (!same) {
        fprintf(stderr, "seed %" PRIu64 ": the ways differ\n%.*s", seed,
                STR_ARG(buffer_str(&report)));
    }
    totals->queries += story.queries.count;
    totals->compiled += verdict.compiled;
    totals->matches += verdict.matches;
    buffer_done(&report);
    arena_free(arena);
    return same;
}

int main(int argc, char **argv)
{
    uint64_t rounds = 1000;
    uint64_t seed = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        uint64_t *to = strcmp(argv[i], "--rounds") == 0 ? &rounds
                       : strcmp(argv[i], "--seed") == 0 ? &seed
                                                        : NULL;
        if (to == NULL || !str_to_u64(str_from_c(argv[i + 1]), to)) {
            fputs("usage: engine_differential [--rounds N] [--seed S]\n", stderr);
            return EXIT_FAILURE;
        }
    }
    Arena *arena = arena_new();
    StoryWorld world = story_world(arena);
    Totals totals = {0};
    bool same = true;
    for (uint64_t round = 0; round < rounds && same; round++) {
        same = play(&world, seed + round, &totals);
    }
    arena_free(arena);
    if (!same) {
        return EXIT_FAILURE;
    }
    printf("%" PRIu64 " rounds, %" PRIu64 " of %" PRIu64 " queries ran, %" PRIu64
           " matches, no difference\n",
           rounds, totals.compiled, totals.queries, totals.matches);
    /* Agreement on nothing would prove nothing. */
    return totals.compiled * 3 > totals.queries && totals.matches > rounds ? EXIT_SUCCESS
                                                                           : EXIT_FAILURE;
}
