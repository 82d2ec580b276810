/* The verbs that ask a store of rules what changed: history and diff. */
#include "cli/rule_source.h"

#include "base/line_diff.h"
#include "base/timestamp.h"
#include "rule/rule_history.h"
#include "rule/rule_import.h"

static const OptionSpec HISTORY_OPTIONS[] = {
    OPTION_STORE,
    {"output", 'o', "text|ndjson", false, "form of the history (default text)"},
    OPTIONS_SCREEN,
};
static const OptionSpec DIFF_OPTIONS[] = {OPTION_STORE, OPTIONS_SCREEN};

/* A rule of the store with all of its versions. */
typedef struct Asked {
    Run *run;
    Buffer *out;
    Str rule_id;
    RuleVersionList versions;
    RuleHead head;
    RuleHistory history;
} Asked;

static bool read_rule(Asked *asked, RuleStore *store, Str name, Err *err)
{
    Arena *arena = asked->run->arena;
    if (!rule_store_find(store, arena, name, &asked->rule_id, err) ||
        !rule_store_versions(store, arena, asked->rule_id, &asked->versions, err) ||
        !rule_store_head(store, arena, asked->rule_id, &asked->head, err)) {
        return false;
    }
    asked->history = rule_history(arena, schema_builtin(arena), &asked->versions);
    return true;
}

/* ---- history ---- */

/* Each line of a query, safe and indented. */
static void print_lines(Buffer *out, Str text, const char *indent)
{
    Str line;
    while (str_split(&text, '\n', &line)) {
        buffer_append_c(out, indent);
        terminal_append_safe(out, line, 0);
        buffer_append_byte(out, '\n');
    }
}

static void print_entry(Asked *asked, const RuleHistoryEntry *entry)
{
    Buffer *out = asked->out;
    Arena *arena = asked->run->arena;
    StrList lines;
    rule_change_lines(arena, entry, &lines);
    buffer_append_c(out, "- ");
    terminal_append_safe(out, rule_history_title(arena, entry->version), 0);
    buffer_append_byte(out, '\n');
    for (uint32_t i = 0; i < lines.count; i++) {
        buffer_append_c(out, "  - ");
        terminal_append_safe(out, lines.items[i], 0);
        buffer_append_byte(out, '\n');
        if (i == 0 && entry->change.query) {
            print_lines(out, entry->change.old_query, "      ");
        }
    }
}

static void print_history(Asked *asked)
{
    Buffer *out = asked->out;
    Arena *arena = asked->run->arena;
    bool colour = asked->run->colour;
    const RuleHistory *history = &asked->history;
    const RuleVersion *last =
        history->entries.count > 0 ? history->entries.items[0].version : history->first;
    buffer_append_c(out, terminal_code(COLOUR_BOLD, colour));
    terminal_append_safe(out, json_get_text(last->json, STR("name")), 0);
    buffer_append_c(out, json_get_text(last->json, STR("name")).len > 0 ? " " : "");
    terminal_append_safe(out, str_format(arena, "(%.*s)", STR_ARG(asked->rule_id)), 0);
    buffer_append_format(out, "%s\n", terminal_plain(colour));
    for (uint32_t i = 0; i < history->entries.count; i++) {
        print_entry(asked, &history->entries.items[i]);
    }
    Str title = rule_history_title(arena, history->first);
    buffer_append_c(out, "Added as v");
    terminal_append_safe(out, str_slice(title, 1, title.len), 0);
    buffer_append_byte(out, '\n');
}

static void json_names(JsonWriter *json, const char *key, const FieldNames *names)
{
    json_key(json, str_from_c(key));
    json_begin_array(json);
    for (uint32_t i = 0; i < names->list.count; i++) {
        json_string(json, names->list.items[i]);
    }
    json_end_array(json);
}

static void json_change(JsonWriter *json, const RuleChange *change)
{
    json_key(json, STR("changes"));
    json_begin_object(json);
    if (change->query) {
        json_member_string(json, "query_changed_from", change->old_query);
    }
    if (change->old_name.len > 0) {
        json_member_string(json, "name_changed_from", change->old_name);
    }
    json_member_bool(json, "formatting", change->formatting);
    json_names(json, "updated", &change->updated);
    json_names(json, "added", &change->added);
    json_names(json, "removed", &change->removed);
    json_end_object(json);
}

static void json_version(Asked *asked, const RuleVersion *version, const RuleChange *change)
{
    static const char *const KINDS[] = {
#define KIND_WORD(kind, name) [kind] = (name),
        RULE_VERSION_KINDS(KIND_WORD)
#undef KIND_WORD
    };
    JsonWriter json = {.out = asked->out};
    char time[TIMESTAMP_TEXT];
    int64_t ns = 0;
    json_begin_object(&json);
    json_member_string(&json, "rule_id", asked->rule_id);
    json_member_i64(&json, "version", version->version);
    if (version->revision >= 0) {
        json_member_i64(&json, "revision", version->revision);
    }
    json_member_string(&json, "kind", str_from_c(KINDS[version->kind]));
    json_member_bool(&json, "whole", !version->draft);
    json_member_bool(&json, "runs", asked->head.found && asked->head.current.id == version->id);
    if (version->release.len > 0) {
        json_member_string(&json, "release", version->release);
    }
    if (timestamp_from_ms(version->time_ms, &ns)) {
        json_member_string(&json, "time", timestamp_print(ns, 3, time));
    }
    json_member_string(&json, "hash", version->hash);
    if (change != NULL) {
        json_change(&json, change);
    }
    if (version->conflicts != NULL && version->conflicts->count > 0) {
        json_key(&json, STR("conflicts"));
        json_raw(&json, version->conflicts->raw);
    }
    json_end_object(&json);
    buffer_append_byte(asked->out, '\n');
}

static bool tell_history(Asked *asked, RuleStore *store, const Str *arguments, uint32_t count,
                         Err *err)
{
    (void)count;
    if (!read_rule(asked, store, arguments[0], err)) {
        return false;
    }
    if (!str_equal(options_text(asked->run->options, "output", STR("text")), STR("ndjson"))) {
        print_history(asked);
        return true;
    }
    for (uint32_t i = 0; i < asked->history.entries.count; i++) {
        const RuleHistoryEntry *entry = &asked->history.entries.items[i];
        json_version(asked, entry->version, &entry->change);
    }
    json_version(asked, asked->history.first, NULL);
    return true;
}

/* ---- diff ---- */

/* A field's value in lines: a text as it is, of a list an item a line. */
static Str value_lines(Arena *arena, const ContentField *field)
{
    if (field == NULL) {
        return STR("");
    }
    if (field->value == NULL) {
        return field->text;
    }
    if (field->value->kind == JSON_STRING) {
        return field->value->text;
    }
    if (field->value->kind != JSON_ARRAY) {
        return field->text;
    }
    ARRAY(Str) lines = {0};
    for (const Json *item = field->value->first; item != NULL; item = item->next) {
        Str line = item->kind == JSON_STRING ? item->text : rule_content_spell(arena, item);
        ARRAY_PUSH(arena, &lines, line);
    }
    return str_join(arena, lines.items, lines.count, STR("\n"));
}

static void print_field(Asked *asked, Str name, Str before, Str after)
{
    static const char *const MARKS[] = {
        [LINE_SAME] = "    ", [LINE_REMOVED] = "  - ", [LINE_ADDED] = "  + "};
    static const Colour COLOURS[] = {
        [LINE_SAME] = COLOUR_NONE, [LINE_REMOVED] = COLOUR_RED, [LINE_ADDED] = COLOUR_GREEN};
    Buffer *out = asked->out;
    bool colour = asked->run->colour;
    buffer_append_c(out, terminal_code(COLOUR_BOLD, colour));
    terminal_append_safe(out, name, 0);
    buffer_append_format(out, "%s\n", terminal_plain(colour));
    LineDiff diff = line_diff(asked->run->arena, before, after);
    for (uint32_t i = 0; i < diff.lines.count; i++) {
        const DiffLine *line = &diff.lines.items[i];
        bool coloured = colour && line->kind != LINE_SAME;
        buffer_append_format(out, "%s%s", terminal_code(COLOURS[line->kind], coloured),
                             MARKS[line->kind]);
        terminal_append_safe(out, line->text, 0);
        buffer_append_format(out, "%s\n", terminal_plain(coloured));
    }
}

static void print_title(Asked *asked, const char *mark, const RuleVersion *version)
{
    buffer_append_c(asked->out, mark);
    terminal_append_safe(asked->out, rule_history_title(asked->run->arena, version), 0);
    buffer_append_byte(asked->out, '\n');
}

static void print_diff(Asked *asked, const RuleVersion *from, const RuleVersion *to)
{
    Arena *arena = asked->run->arena;
    RuleContent before = rule_content(arena, from->json);
    RuleContent after = rule_content(arena, to->json);
    FieldNames names = rule_content_differences(arena, &before, &after);
    print_title(asked, "--- ", from);
    print_title(asked, "+++ ", to);
    for (uint32_t i = 0; i < names.list.count; i++) {
        Str name = names.list.items[i];
        print_field(asked, name, value_lines(arena, rule_content_find(&before, name)),
                    value_lines(arena, rule_content_find(&after, name)));
    }
    if (names.list.count == 0) {
        buffer_append_c(asked->out, "no difference\n");
    }
}

/* Without words: what was before the version that runs (or is the last), and that one. */
static bool find_sides(Asked *asked, const Str *words, uint32_t count, const RuleVersion *sides[2],
                       Err *err)
{
    const RuleHistory *history = &asked->history;
    bool many = history->entries.count > 0;
    sides[1] = many ? history->entries.items[0].version : history->first;
    sides[0] = history->entries.count > 1 ? history->entries.items[1].version : history->first;
    for (uint32_t i = 0; i < history->entries.count && asked->head.found; i++) {
        if (history->entries.items[i].version->id == asked->head.current.id) {
            sides[1] = history->entries.items[i].version;
            sides[0] = i + 1 < history->entries.count ? history->entries.items[i + 1].version
                                                      : history->first;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!rule_version_find(&asked->versions, words[i], &sides[i], err)) {
            return false;
        }
    }
    return true;
}

static bool tell_diff(Asked *asked, RuleStore *store, const Str *arguments, uint32_t count,
                      Err *err)
{
    const RuleVersion *sides[2];
    if (!read_rule(asked, store, arguments[0], err) ||
        !find_sides(asked, arguments + 1, count - 1, sides, err)) {
        return false;
    }
    print_diff(asked, sides[0], sides[1]);
    return true;
}

/* ---- both ---- */

typedef bool Tell(Asked *asked, RuleStore *store, const Str *arguments, uint32_t count, Err *err);

static int ask(Run *run, uint32_t most, Tell *tell)
{
    Err err = {0};
    Buffer out = {0};
    const Str *arguments;
    uint32_t count = options_arguments(run->options, &arguments);
    Str path = options_text(run->options, "store", STR(""));
    if (count < 1 || count > most || path.len == 0) {
        return run_usage(run, "needed are --store FILE and a rule");
    }
    RuleStore *store = rule_store_open(path.ptr, false, &err);
    Asked asked = {.run = run, .out = &out};
    bool fine = store != NULL && tell(&asked, store, arguments, count, &err);
    rule_store_close(store);
    if (fine) {
        write_out(&out);
    }
    buffer_done(&out);
    return fine ? EXIT_DONE : run_error(run, EXIT_INPUT, &err);
}

static int history(Run *run)
{
    return ask(run, 1, tell_history);
}

static int diff(Run *run)
{
    return ask(run, 3, tell_diff);
}

static int run_history(int argc, char **argv, const VerbSpec *verb)
{
    return run_with(argc, argv, verb, history);
}

static int run_diff(int argc, char **argv, const VerbSpec *verb)
{
    return run_with(argc, argv, verb, diff);
}

const VerbSpec VERB_RULES_HISTORY = {
    .name = "rules history",
    .arguments = "RULE --store FILE",
    .summary = "Show each version of a rule with what it changed.",
    .text = "RULE is a rule_id, or part of a name that only one rule has. A query that only looks\n"
            "different, and compiles to the same plan, counts as formatting.",
    .options = HISTORY_OPTIONS,
    .option_count = ARRAY_LEN(HISTORY_OPTIONS),
    .run = run_history,
};

const VerbSpec VERB_RULES_DIFF = {
    .name = "rules diff",
    .arguments = "RULE [FROM] [TO] --store FILE",
    .summary = "Show two versions of a rule field by field.",
    .text = "FROM and TO are versions (5: as it was published) or revisions (r3: as it ran here).\n"
            "Without TO it is the one that runs, without FROM the one before it.",
    .options = DIFF_OPTIONS,
    .option_count = ARRAY_LEN(DIFF_OPTIONS),
    .run = run_diff,
};
