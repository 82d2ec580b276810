#pragma once
/* Options: the command line of a verb, read by a table. The same table prints the help and feeds
 * the completion, so that they cannot differ from what is accepted.
 *
 * Forms        --name value, --name=value, -n value, -nvalue, --flag, "--" ends options, "-" is an
 * argument. A value that may be left out is given as --name=value only. An option may stand
 * anywhere and more than once: a list keeps all, otherwise the last counts. */

#include "base/array.h"
#include "base/buffer.h"
#include "base/err.h"
#include "base/str.h"

typedef struct OptionSpec {
    const char *name; /* without dashes */
    char letter;      /* 0 if none */
    /* "PATH", "N", "a|b|c" (then only these are accepted), "[PATH]" (may be left out, and is empty
     * then; has no letter), NULL for a flag. */
    const char *argument;
    bool list;
    const char *help; /* one sentence; '\n' starts a new line */
} OptionSpec;

typedef struct VerbSpec {
    const char *name;      /* "detect", "rules list" */
    const char *arguments; /* "INPUT..." */
    const char *summary;   /* one line */
    const char *text;      /* paragraphs behind the options */
    const OptionSpec *options;
    uint32_t option_count;
    int (*run)(int argc, char **argv, const struct VerbSpec *verb); /* argv[0] is the verb */
} VerbSpec;

typedef struct Options Options;

/* NULL and err when the line is wrong. */
Options *options_parse(Arena *arena, const VerbSpec *verb, int argc, char **argv,
                       Err *err) MUST_CHECK;

bool options_has(const Options *options, const char *name);
Str options_text(const Options *options, const char *name, Str otherwise);
/* All values of a list option, in order, in the arena. */
uint32_t options_list(const Options *options, Arena *arena, const char *name, const Str **items);
uint32_t options_arguments(const Options *options, const Str **items);
typedef struct OptionRange {
    uint64_t least, most;
    uint64_t otherwise; /* when the option is not given */
} OptionRange;
bool options_u64(const Options *options, const char *name, OptionRange range, uint64_t *out,
                 Err *err) MUST_CHECK;

void options_print_help(Buffer *out, const VerbSpec *verb, bool colour);
