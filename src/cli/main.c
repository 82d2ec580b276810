#include "cli/verb.h"

#include "base/config.h"

#include <unistd.h>

static int run_version(int argc, char **argv, const VerbSpec *verb)
{
    (void)argc, (void)argv, (void)verb;
    puts("shrike " SHRIKE_VERSION);
    return EXIT_DONE;
}

const VerbSpec VERB_VERSION = {
    .name = "version",
    .arguments = "",
    .summary = "Print the version.",
    .text = "",
    .run = run_version,
};

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* How many words name the verb ("detect" one, "rules list" two); 0 when there is no such verb. */
static int find(int argc, char **argv, const VerbSpec **verb)
{
    for (int words = 2; words >= 1; words--) {
        Buffer name = {0};
        for (int i = 1; i <= words && i < argc; i++) {
            buffer_append_format(&name, "%s%s", i > 1 ? " " : "", argv[i]);
        }
        *verb = argc > words ? verb_find(buffer_str(&name)) : NULL;
        buffer_done(&name);
        if (*verb != NULL) {
            return words;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2 || is_help(argv[1])) {
        return VERB_HELP.run(1, argv, &VERB_HELP) == EXIT_DONE && argc >= 2 ? EXIT_DONE
                                                                            : EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        return run_version(argc, argv, &VERB_VERSION);
    }
    const VerbSpec *verb = NULL;
    int words = find(argc, argv, &verb);
    if (words == 0) {
        fprintf(stderr, "shrike: no such verb: %s\nSee: shrike help\n", argv[1]);
        return EXIT_USAGE;
    }
    for (int i = words + 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (is_help(argv[i])) {
            Buffer out = {0};
            options_print_help(&out, verb, terminal_colour(STDOUT_FILENO, STR("auto")));
            write_out(&out);
            buffer_done(&out);
            return EXIT_DONE;
        }
    }
    return verb->run(argc - words, argv + words, verb);
}
