/* engine_differential [--rounds N | --pairs N] [--seed S] [--flaw TEXT] [--events FILE...]: a made-up story for
 * each seed from S on, in every way the engine has; with --events, made-up queries about stretches of the events in
 * the files. The first difference ends the run: it is told as a spec file, as small as it can be made, with its
 * seed.
 *
 * --pairs      until so many queries have run over their events.
 * --flaw       loses results by rows, to test the search for small cases (see story.h). */
#include <inttypes.h>

#include "recording.h"
#include "story_shrink.h"

typedef struct Differential {
    Arena *arena;
    StoryWorld world;
    Recording recording; /* without events: stories are made up */
    Str flaw;
    uint64_t seed, rounds, wanted_rounds, wanted_pairs;
    uint64_t queries, pairs, matched, matches;
} Differential;

static bool shows(void *context, Arena *arena, const Story *story)
{
    (void)context;
    StoryVerdict verdict;
    return !story_check(arena, story, &verdict);
}

static void tell(const Differential *run, uint64_t seed, Arena *arena, Story *story)
{
    Buffer spec = {0};
    fprintf(stderr, "seed %" PRIu64 ": the ways differ; looking for a small case\n", seed);
    story_shrink(arena, &run->world, story, shows, NULL);
    story_print(&spec, story);
    printf("# Seed %" PRIu64 ": the engine's ways differ.\n%.*s", seed, STR_ARG(buffer_str(&spec)));
    buffer_done(&spec);
}

static bool play(Differential *run, uint64_t seed)
{
    Arena *arena = arena_new();
    Dice dice = dice_of_seed(seed);
    Story story;
    StoryVerdict verdict;
    if (run->recording.events.count > 0) {
        recording_story(arena, &run->recording, &run->world, &dice, &story);
    } else {
        story_make(arena, &run->world, &dice, &story);
    }
    story.flaw = run->flaw;
    bool same = story_check(arena, &story, &verdict);
    if (!same) {
        tell(run, seed, arena, &story);
    }
    run->queries += story.queries.count;
    run->pairs += verdict.compiled;
    run->matched += verdict.matched;
    run->matches += verdict.matches;
    arena_free(arena);
    return same;
}

static bool usage(void)
{
    fputs("usage: engine_differential [--rounds N | --pairs N] [--seed S] [--flaw TEXT] [--events "
          "FILE...]\n",
          stderr);
    return false;
}

static bool read_events(Differential *run, char **paths, int count)
{
    Str *list = ARENA_MANY(run->arena, Str, (size_t)count);
    for (int i = 0; i < count; i++) {
        list[i] = str_from_c(paths[i]);
    }
    Err err = {0};
    if (!recording_read(run->arena, list, (uint32_t)count, &run->recording, &err)) {
        fprintf(stderr, "engine_differential: %s\n", err.text);
        return false;
    }
    printf("%u events of %u files\n", run->recording.events.count, run->recording.ends.count);
    return true;
}

static bool read_arguments(Differential *run, int argc, char **argv)
{
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) {
            return usage();
        }
        if (strcmp(argv[i], "--events") == 0) {
            return read_events(run, argv + i + 1, argc - i - 1);
        }
        if (strcmp(argv[i], "--flaw") == 0) {
            run->flaw = str_from_c(argv[i + 1]);
            continue;
        }
        uint64_t *to = strcmp(argv[i], "--rounds") == 0  ? &run->wanted_rounds
                       : strcmp(argv[i], "--pairs") == 0 ? &run->wanted_pairs
                       : strcmp(argv[i], "--seed") == 0  ? &run->seed
                                                         : NULL;
        if (to == NULL || !str_to_u64(str_from_c(argv[i + 1]), to)) {
            return usage();
        }
    }
    return true;
}

static bool play_all(Differential *run)
{
    bool same = true;
    while (same && (run->wanted_pairs > 0 ? run->pairs < run->wanted_pairs
                                          : run->rounds < run->wanted_rounds)) {
        same = play(run, run->seed + run->rounds);
        run->rounds++;
    }
    return same;
}

int main(int argc, char **argv)
{
    Differential run = {.arena = arena_new(), .seed = 1, .wanted_rounds = 1000};
    run.world = story_world(run.arena);
    bool same = read_arguments(&run, argc, argv) && play_all(&run);
    arena_free(run.arena);
    if (!same) {
        return EXIT_FAILURE;
    }
    printf("seeds %" PRIu64 " to %" PRIu64 ": %" PRIu64 " of %" PRIu64 " queries ran, %" PRIu64
           " with matches, %" PRIu64 " matches, no difference\n",
           run.seed, run.seed + run.rounds - 1, run.pairs, run.queries, run.matched, run.matches);
    /* Agreement on nothing would prove nothing. */
    return run.pairs * 3 > run.queries && run.matched * 10 > run.pairs ? EXIT_SUCCESS
                                                                       : EXIT_FAILURE;
}
