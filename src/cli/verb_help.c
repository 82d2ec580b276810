#include "cli/verb.h"

#include <unistd.h>

const VerbSpec *const VERBS[] = {
    &VERB_DETECT,         &VERB_SEARCH,     &VERB_EXPLAIN,        &VERB_RULES_LIST,
    &VERB_RULES_SHOW,     &VERB_RULES_LINT, &VERB_RULES_IMPORT,   &VERB_RULES_EXPORT,
    &VERB_RULES_HISTORY,  &VERB_RULES_DIFF, &VERB_RULES_ROLLBACK, &VERB_RULES_DOCS,
    &VERB_RULES_COVERAGE, &VERB_HELP,       &VERB_COMPLETION,     &VERB_VERSION,
};
const uint32_t VERB_COUNT = ARRAY_LEN(VERBS);

const VerbSpec *verb_find(Str name)
{
    for (uint32_t i = 0; i < VERB_COUNT; i++) {
        if (str_equal(name, str_from_c(VERBS[i]->name))) {
            return VERBS[i];
        }
    }
    return NULL;
}

static void append_overview(Buffer *out, bool colour)
{
    buffer_append_format(
        out,
        "%sUsage:%s shrike VERB [options] ...\n\n"
        "Runs Elastic's detection rules on event files: NDJSON in the Elastic Common Schema.\n\n"
        "%sVerbs:%s\n",
        terminal_code(COLOUR_BOLD, colour), terminal_plain(colour),
        terminal_code(COLOUR_BOLD, colour), terminal_plain(colour));
    for (uint32_t i = 0; i < VERB_COUNT; i++) {
        buffer_append_format(out, "  %-14s  %s\n", VERBS[i]->name, VERBS[i]->summary);
    }
    buffer_append_c(
        out, "\nshrike help VERB tells a verb's options. The manual: man shrike.\n"
             "\n"
             "Exit codes: 0 done; 1 found what --fail-on or lint looks for; 2 a wrong command\n"
             "line or query; 3 something could not be read.\n");
}

static int run_help(int argc, char **argv, const VerbSpec *verb)
{
    bool colour = terminal_colour(STDOUT_FILENO, STR("auto"));
    Buffer out = {0};
    Buffer name = {0};
    for (int i = 1; i < argc; i++) {
        buffer_append_format(&name, "%s%s", i > 1 ? " " : "", argv[i]);
    }
    const VerbSpec *about = verb_find(buffer_str(&name));
    int code = EXIT_DONE;
    if (name.len == 0) {
        append_overview(&out, colour);
    } else if (about != NULL) {
        options_print_help(&out, about, colour);
    } else {
        fprintf(stderr, "shrike %s: no such verb: %.*s\n", verb->name, (int)name.len, name.ptr);
        code = EXIT_USAGE;
    }
    write_out(&out);
    buffer_done(&out);
    buffer_done(&name);
    return code;
}

/* The first words of all verbs, each once: "rules list" and "rules show" are completed in two
 * steps. */
static void append_words(Buffer *out, Str before)
{
    Str last = STR("");
    for (uint32_t i = 0; i < VERB_COUNT; i++) {
        Str name = str_from_c(VERBS[i]->name);
        if (before.len > 0 && !str_starts_with(name, before)) {
            continue;
        }
        Str rest = str_slice(name, before.len > 0 ? before.len + 1 : 0, name.len);
        Str word;
        if (str_split(&rest, ' ', &word) && !str_equal(word, last)) {
            buffer_append_format(out, "%s%.*s", last.len > 0 ? " " : "", STR_ARG(word));
            last = word;
        }
    }
}

static void append_option_words(Buffer *out, const VerbSpec *verb)
{
    for (uint32_t i = 0; i < verb->option_count; i++) {
        buffer_append_format(out, "%s--%s", i > 0 ? " " : "", verb->options[i].name);
    }
}

static void append_choices(Buffer *out, const VerbSpec *verb)
{
    for (uint32_t i = 0; i < verb->option_count; i++) {
        const OptionSpec *option = &verb->options[i];
        if (option->argument != NULL && strchr(option->argument, '|') != NULL) {
            buffer_append_format(out, "        \"%s --%s\") words=\"", verb->name, option->name);
            for (const char *c = option->argument; *c != '\0'; c++) {
                buffer_append(out, *c == '|' ? STR(" ") : (Str){c, 1});
            }
            buffer_append_c(out, "\" ;;\n");
        }
    }
}

static int run_completion(int argc, char **argv, const VerbSpec *verb)
{
    if (argc != 2 || strcmp(argv[1], "bash") != 0) {
        fprintf(stderr, "shrike %s: only bash is known\n", verb->name);
        return EXIT_USAGE;
    }
    Buffer out = {0};
    buffer_append_c(
        &out, "# bash completion for shrike\n"
              "_shrike() {\n"
              "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
              "    local verb=${COMP_WORDS[1]} words=\n"
              "    if [[ $COMP_CWORD -eq 1 ]]; then\n"
              "        COMPREPLY=($(compgen -W \"");
    append_words(&out, STR(""));
    buffer_append_c(&out, "\" -- \"$current\")); return\n    fi\n"
                          "    if [[ $verb == rules ]]; then\n"
                          "        if [[ $COMP_CWORD -eq 2 ]]; then\n"
                          "            COMPREPLY=($(compgen -W \"");
    append_words(&out, STR("rules"));
    buffer_append_c(&out, "\" -- \"$current\")); return\n        fi\n"
                          "        verb=\"rules ${COMP_WORDS[2]}\"\n    fi\n"
                          "    case \"$verb $previous\" in\n");
    for (uint32_t i = 0; i < VERB_COUNT; i++) {
        append_choices(&out, VERBS[i]);
    }
    buffer_append_c(&out, "        *) if [[ $current == -* ]]; then case \"$verb\" in\n");
    for (uint32_t i = 0; i < VERB_COUNT; i++) {
        buffer_append_format(&out, "            \"%s\") words=\"", VERBS[i]->name);
        append_option_words(&out, VERBS[i]);
        buffer_append_c(&out, "\" ;;\n");
    }
    buffer_append_c(&out, "        esac; fi ;;\n    esac\n"
                          "    if [[ -n $words ]]; then\n"
                          "        COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
                          "    else\n"
                          "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
                          "    fi\n}\n"
                          "complete -o filenames -F _shrike shrike\n");
    write_out(&out);
    buffer_done(&out);
    return EXIT_DONE;
}

const VerbSpec VERB_HELP = {
    .name = "help",
    .arguments = "[VERB]",
    .summary = "Tell what a verb does and which options it has.",
    .text = "",
    .run = run_help,
};

const VerbSpec VERB_COMPLETION = {
    .name = "completion",
    .arguments = "bash",
    .summary = "Print the completion script for a shell.",
    .text = "source <(shrike completion bash)",
    .run = run_completion,
};
