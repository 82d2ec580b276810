#include "cli/options.h"

typedef struct Given {
    const OptionSpec *spec;
    Str value;
} Given;

struct Options {
    ARRAY(Given) given;
    ARRAY(Str) arguments;
};

typedef struct Reader {
    Arena *arena;
    const VerbSpec *verb;
    Options *options;
    int argc;
    char **argv;
    int next;
    Err *err;
} Reader;

static const OptionSpec *find_long(const VerbSpec *verb, Str name)
{
    for (uint32_t i = 0; i < verb->option_count; i++) {
        if (str_equal(str_from_c(verb->options[i].name), name)) {
            return &verb->options[i];
        }
    }
    return NULL;
}

static const OptionSpec *find_letter(const VerbSpec *verb, char letter)
{
    for (uint32_t i = 0; i < verb->option_count; i++) {
        if (verb->options[i].letter == letter) {
            return &verb->options[i];
        }
    }
    return NULL;
}

/* "a|b|c" is a choice; anything else is only a name for people. */
static bool is_choice(const OptionSpec *spec)
{
    return strchr(spec->argument, '|') != NULL;
}

/* "[PATH]" may be left out. */
static bool is_optional(const OptionSpec *spec)
{
    return spec->argument[0] == '[';
}

static bool check_choice(const OptionSpec *spec, Str value, Err *err)
{
    Str rest = str_from_c(spec->argument);
    Str choice;
    while (str_split(&rest, '|', &choice)) {
        if (str_equal(choice, value)) {
            return true;
        }
    }
    return err_set(err, ERR_SYNTAX, "--%s must be one of %s, found '%.*s'", spec->name,
                   spec->argument, STR_ARG(value));
}

static bool keep(Reader *reader, const OptionSpec *spec, Str value)
{
    if (spec->argument != NULL && is_choice(spec) && !check_choice(spec, value, reader->err)) {
        return false;
    }
    ARRAY_PUSH(reader->arena, &reader->options->given, (Given){spec, value});
    return true;
}

static bool take_value(Reader *reader, const OptionSpec *spec)
{
    if (reader->next == reader->argc) {
        return err_set(reader->err, ERR_SYNTAX, "--%s needs a value: %s", spec->name,
                       spec->argument);
    }
    return keep(reader, spec, str_from_c(reader->argv[reader->next++]));
}

static bool read_long(Reader *reader, Str word)
{
    size_t equals = 0;
    bool has_value = str_find_byte(word, '=', 0, &equals);
    Str name = str_slice(word, 2, has_value ? equals : word.len);
    const OptionSpec *spec = find_long(reader->verb, name);
    if (spec == NULL) {
        return err_set(reader->err, ERR_SYNTAX, "unknown option --%.*s", STR_ARG(name));
    }
    if (spec->argument == NULL) {
        return has_value ? err_set(reader->err, ERR_SYNTAX, "--%s takes no value", spec->name)
                         : keep(reader, spec, STR(""));
    }
    if (!has_value && is_optional(spec)) {
        return keep(reader, spec, STR(""));
    }
    return has_value ? keep(reader, spec, str_slice(word, equals + 1, word.len))
                     : take_value(reader, spec);
}

/* -abc is -a -b -c as long as they are flags; the first that wants a value takes the rest. */
static bool read_letters(Reader *reader, Str word)
{
    for (size_t i = 1; i < word.len; i++) {
        const OptionSpec *spec = find_letter(reader->verb, word.ptr[i]);
        if (spec == NULL) {
            return err_set(reader->err, ERR_SYNTAX, "unknown option -%c", word.ptr[i]);
        }
        if (spec->argument != NULL) {
            return i + 1 < word.len ? keep(reader, spec, str_slice(word, i + 1, word.len))
                                    : take_value(reader, spec);
        }
        if (!keep(reader, spec, STR(""))) {
            return false;
        }
    }
    return true;
}

static bool read_word(Reader *reader, Str word)
{
    if (word.len > 2 && str_starts_with(word, STR("--"))) {
        return read_long(reader, word);
    }
    if (word.len > 1 && word.ptr[0] == '-' && word.ptr[1] != '-') {
        return read_letters(reader, word);
    }
    ARRAY_PUSH(reader->arena, &reader->options->arguments, word);
    return true;
}

Options *options_parse(Arena *arena, const VerbSpec *verb, int argc, char **argv, Err *err)
{
    Options *options = ARENA_NEW(arena, Options);
    Reader reader = {arena, verb, options, argc, argv, 1, err};
    bool ended = false;
    while (reader.next < argc) {
        Str word = str_from_c(argv[reader.next++]);
        if (ended) {
            ARRAY_PUSH(arena, &options->arguments, word);
        } else if (str_equal(word, STR("--"))) {
            ended = true;
        } else if (!read_word(&reader, word)) {
            return NULL;
        }
    }
    return options;
}

static const Given *find_given(const Options *options, const char *name)
{
    for (uint32_t i = options->given.count; i-- > 0;) {
        if (strcmp(options->given.items[i].spec->name, name) == 0) {
            return &options->given.items[i];
        }
    }
    return NULL;
}

bool options_has(const Options *options, const char *name)
{
    return find_given(options, name) != NULL;
}

Str options_text(const Options *options, const char *name, Str otherwise)
{
    const Given *given = find_given(options, name);
    return given != NULL ? given->value : otherwise;
}

uint32_t options_list(const Options *options, Arena *arena, const char *name, const Str **items)
{
    ARRAY(Str) list = {0};
    for (uint32_t i = 0; i < options->given.count; i++) {
        if (strcmp(options->given.items[i].spec->name, name) == 0) {
            ARRAY_PUSH(arena, &list, options->given.items[i].value);
        }
    }
    *items = list.items;
    return list.count;
}

uint32_t options_arguments(const Options *options, const Str **items)
{
    *items = options->arguments.items;
    return options->arguments.count;
}

bool options_u64(const Options *options, const char *name, OptionRange range, uint64_t *out,
                 Err *err)
{
    const Given *given = find_given(options, name);
    if (given == NULL) {
        *out = range.otherwise;
        return true;
    }
    uint64_t value = 0;
    if (!str_to_u64(given->value, &value) || value < range.least || value > range.most) {
        return err_set(err, ERR_SYNTAX, "--%s must be a number from %llu to %llu, found '%.*s'",
                       name, (unsigned long long)range.least, (unsigned long long)range.most,
                       STR_ARG(given->value));
    }
    *out = value;
    return true;
}

static void print_option(Buffer *out, const OptionSpec *spec)
{
    Buffer left = {0};
    if (spec->letter != 0) {
        buffer_append_format(&left, "  -%c, --%s", spec->letter, spec->name);
    } else {
        buffer_append_format(&left, "      --%s", spec->name);
    }
    if (spec->argument != NULL && is_optional(spec)) {
        buffer_append_format(&left, "[=%s", spec->argument + 1);
    } else if (spec->argument != NULL) {
        buffer_append_format(&left, " %s", spec->argument);
    }
    /* A left side too wide for its column gets a line of its own. */
    buffer_append_format(out, "%-34.*s", STR_ARG(buffer_str(&left)));
    if (left.len > 33) {
        buffer_append_format(out, "\n%34s", "");
    }
    buffer_done(&left);
    Str rest = str_from_c(spec->help);
    Str line;
    for (bool first = true; str_split(&rest, '\n', &line); first = false) {
        buffer_append_format(out, "%s%.*s\n", first ? "" : "                                  ",
                             STR_ARG(line));
    }
}

void options_print_help(Buffer *out, const VerbSpec *verb, bool colour)
{
    const char *bold = colour ? "\033[1m" : "";
    const char *plain = colour ? "\033[0m" : "";
    buffer_append_format(out, "%sUsage:%s shrike %s%s%s%s\n\n%s\n", bold, plain, verb->name,
                         verb->option_count > 0 ? " [options]" : "",
                         verb->arguments[0] != '\0' ? " " : "", verb->arguments, verb->summary);
    if (verb->option_count > 0) {
        buffer_append_format(out, "\n%sOptions:%s\n", bold, plain);
    }
    for (uint32_t i = 0; i < verb->option_count; i++) {
        print_option(out, &verb->options[i]);
    }
    if (verb->text[0] != '\0') {
        buffer_append_format(out, "\n%s\n", verb->text);
    }
}
