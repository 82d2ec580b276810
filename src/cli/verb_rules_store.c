/* The verbs that write to a store of rules or read all of it: import, export, rollback. */
#include "cli/rule_source.h"

#include "base/table.h"
#include "base/timestamp.h"
#include "rule/exception_store.h"
#include "rule/rule_import.h"

#define BATCH_RULES 64                  /* in one transaction at most, */
#define BATCH_NS    (NS_PER_SECOND / 5) /* and not much longer than this */

static const OptionSpec IMPORT_OPTIONS[] = {
    OPTION_STORE,
    {"as", 0, "auto|prebuilt|edit", false,
     "what a rule is whose version the store has with other words: an edit\n"
     "(auto, default), or published anew (prebuilt); edit: all are edits"},
    {"release", 0, "NAME", false, "release that the versions came with (default: what they say)"},
    {"output", 'o', "table|ndjson", false, "form of the list (default table)"},
    OPTIONS_SCREEN,
};
static const OptionSpec EXPORT_OPTIONS[] = {
    OPTION_STORE,
    {"rule", 0, "NAME", true, "only rules with this rule_id, id, or part of their name"},
    {"tag", 0, "TAG", true, "only rules with this tag"},
    OPTIONS_SCREEN,
};
static const OptionSpec ROLLBACK_OPTIONS[] = {OPTION_STORE, OPTIONS_SCREEN};

/* ---- import ---- */

typedef struct Importing {
    Run *run;
    RuleStore *store;
    ImportMode mode;
    Str release;
    bool ndjson;
    Buffer done;   /* what the open transaction has taken: told once it is committed */
    uint32_t open; /* rules in it */
    int64_t began; /* monotonic */
    uint64_t counts[IMPORT_OUTCOME_COUNT];
    uint64_t conflicts;
    ExceptionCounts exceptions;
} Importing;

static void tell_json(Buffer *out, const ImportRule *rule, const ImportResult *result, Str name)
{
    JsonWriter json = {.out = out};
    json_begin_object(&json);
    json_member_string(&json, "outcome", str_from_c(import_outcome_word(result->outcome)));
    json_member_string(&json, "rule_id", rule->rule_id);
    json_member_string(&json, "name", name);
    json_member_i64(&json, "imported_version", rule->version);
    if (result->revision >= 0) {
        json_member_i64(&json, "version", result->version);
        json_member_i64(&json, "revision", result->revision);
    }
    json_key(&json, STR("conflicts"));
    json_begin_array(&json);
    for (uint32_t i = 0; i < result->conflicts.list.count; i++) {
        json_string(&json, result->conflicts.list.items[i]);
    }
    json_end_array(&json);
    json_end_object(&json);
    buffer_append_byte(out, '\n');
}

static void tell_row(Buffer *out, bool colour, const ImportRule *rule, const ImportResult *result,
                     Str name)
{
    if (result->outcome == IMPORT_UNCHANGED) {
        return; /* counted */
    }
    buffer_append_format(out, "%-9s version %lld", import_outcome_word(result->outcome),
                         (long long)rule->version);
    if (result->revision >= 0) {
        buffer_append_format(out, " revision %lld", (long long)result->revision);
    }
    buffer_append_c(out, "  ");
    terminal_append_safe(out, rule->rule_id, 0);
    buffer_append_c(out, "  ");
    terminal_append_safe(out, name, 64);
    buffer_append_byte(out, '\n');
    for (uint32_t i = 0; i < result->conflicts.list.count; i++) {
        buffer_append_format(out, "  %sconflict%s in ", terminal_code(COLOUR_YELLOW, colour),
                             terminal_plain(colour));
        terminal_append_safe(out, result->conflicts.list.items[i], 0);
        buffer_append_c(out, ": as it was changed here\n");
    }
}

static bool commit(Importing *importing, Err *err)
{
    if (importing->open == 0) {
        return true;
    }
    if (!database_commit(rule_store_database(importing->store), err)) {
        return false;
    }
    importing->open = 0;
    write_out(&importing->done);
    buffer_clear(&importing->done);
    return true;
}

static bool take_one(Importing *importing, ImportRule *rule, Err *err)
{
    int64_t now = timestamp_monotonic();
    if (importing->open > 0 &&
        (importing->open == BATCH_RULES || now - importing->began > BATCH_NS)) {
        if (!commit(importing, err)) {
            return false;
        }
    }
    if (importing->open == 0) {
        importing->began = now;
        if (!database_begin(rule_store_database(importing->store), err)) {
            return false;
        }
    }
    importing->open++;
    rule->release = importing->release;
    rule->mode = importing->mode;
    rule->time_ms = timestamp_now() / NS_PER_MS;
    Arena *arena = arena_new();
    ImportResult result;
    bool fine = rule_import(importing->store, arena, rule, &result, err);
    if (fine) {
        Str name = json_get_text(rule->source, STR("name"));
        importing->counts[result.outcome]++;
        importing->conflicts += result.conflicts.list.count;
        if (importing->ndjson) {
            tell_json(&importing->done, rule, &result, name);
        } else {
            tell_row(&importing->done, importing->run->colour, rule, &result, name);
        }
    }
    arena_free(arena);
    return fine;
}

/* Whole rules and drafts as they stand in the files, so that a history comes in its order. */
static bool take_all(Importing *importing, const RuleList *list, Err *err)
{
    uint32_t next = 0;
    for (uint32_t i = 0; i <= list->rules.count; i++) {
        const Rule *rule = i < list->rules.count ? &list->rules.items[i] : NULL;
        for (; next < list->drafts.count; next++) {
            const RuleDraft *draft = &list->drafts.items[next];
            if (rule != NULL && draft->rules_before > i) {
                break;
            }
            ImportRule item = {.rule_id = draft->rule_id,
                               .version = draft->version,
                               .source = draft->source,
                               .draft = true};
            if (!take_one(importing, &item, err)) {
                return false;
            }
        }
        if (rule != NULL) {
            ImportRule item = {
                .rule_id = rule->rule_id, .version = rule->version, .source = rule->source};
            if (!take_one(importing, &item, err)) {
                return false;
            }
        }
    }
    return commit(importing, err);
}

/* Lists and items of exceptions, all in one transaction. */
static bool take_exceptions(Importing *importing, const Exceptions *exceptions, Err *err)
{
    Database *database = rule_store_database(importing->store);
    return (exceptions->lists.count == 0 && exceptions->items.count == 0) ||
           (database_begin(database, err) &&
            exception_store_import(importing->store, exceptions, importing->mode == IMPORT_EDIT,
                                   &importing->exceptions, err) &&
            database_commit(database, err));
}

/* Only what there is of them. */
static void print_exceptions(Buffer *out, const ExceptionCounts *counts)
{
    const struct {
        uint64_t count;
        const char *words;
    } lines[] = {{counts->added, "added"},
                 {counts->changed, "changed"},
                 {counts->unchanged, "unchanged: nothing that is not known"},
                 {counts->kept, "kept: as they once were: what was changed here stays"}};
    uint64_t all = counts->added + counts->changed + counts->unchanged + counts->kept;
    if (all > 0) {
        append_count(out, all);
        buffer_append_c(out,
                        all == 1 ? " exception list or item\n" : " exception lists and items\n");
    }
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        if (lines[i].count > 0) {
            buffer_append_format(out, "%6llu  %s\n", (unsigned long long)lines[i].count,
                                 lines[i].words);
        }
    }
}

static void tell_exceptions_json(const ExceptionCounts *counts)
{
    Buffer out = {0};
    JsonWriter json = {.out = &out};
    json_begin_object(&json);
    json_key(&json, STR("exceptions"));
    json_begin_object(&json);
    json_member_i64(&json, "added", (int64_t)counts->added);
    json_member_i64(&json, "changed", (int64_t)counts->changed);
    json_member_i64(&json, "unchanged", (int64_t)counts->unchanged);
    json_member_i64(&json, "kept", (int64_t)counts->kept);
    json_end_object(&json);
    json_end_object(&json);
    buffer_append_byte(&out, '\n');
    write_out(&out);
    buffer_done(&out);
}

static void print_totals(Importing *importing)
{
    Buffer out = {0};
    uint64_t all = 0;
    for (size_t i = 0; i < IMPORT_OUTCOME_COUNT; i++) {
        all += importing->counts[i];
    }
    append_count(&out, all);
    buffer_append_c(&out, all == 1 ? " rule\n" : " rules\n");
    for (size_t i = 0; i < IMPORT_OUTCOME_COUNT; i++) {
        if (importing->counts[i] > 0) {
            buffer_append_format(&out, "%6llu  %s: %s\n", (unsigned long long)importing->counts[i],
                                 import_outcome_word((ImportOutcome)i),
                                 import_outcome_meaning((ImportOutcome)i));
        }
    }
    if (importing->conflicts > 0) {
        buffer_append_format(&out, "%6llu  conflicts\n", (unsigned long long)importing->conflicts);
    }
    print_exceptions(&out, &importing->exceptions);
    write_out(&out);
    buffer_done(&out);
}

static int import_list(Importing *importing, const RuleList *list)
{
    Run *run = importing->run;
    Err err = {0};
    Str path = options_text(run->options, "store", STR(""));
    importing->store = rule_store_open(path.ptr, true, &err);
    if (importing->store == NULL) {
        return run_error(run, EXIT_INPUT, &err);
    }
    bool fine =
        take_all(importing, list, &err) && take_exceptions(importing, &list->exceptions, &err);
    rule_store_close(importing->store);
    buffer_done(&importing->done);
    if (!fine) {
        return run_error(run, EXIT_INPUT, &err);
    }
    if (!importing->ndjson && !run->quiet) {
        print_totals(importing);
    } else if (importing->ndjson &&
               list->exceptions.lists.count + list->exceptions.items.count > 0) {
        tell_exceptions_json(&importing->exceptions);
    }
    return EXIT_DONE;
}

static ImportMode mode_of(Str name)
{
    return str_equal(name, STR("prebuilt")) ? IMPORT_PREBUILT
           : str_equal(name, STR("edit"))   ? IMPORT_EDIT
                                            : IMPORT_AUTO;
}

static int import(Run *run)
{
    Err err = {0};
    const Str *paths = NULL;
    uint32_t count = options_arguments(run->options, &paths);
    if (!options_has(run->options, "store") || count == 0) {
        return run_usage(run, "needed are --store FILE and rules");
    }
    RuleList list = {.arena = run->arena, .every_version = true};
    if (!rule_read(&list, paths, count, &err)) {
        return run_error(run, EXIT_INPUT, &err);
    }
    uint32_t errors = rules_tell_problems(run, &list);
    Importing importing = {
        .run = run,
        .mode = mode_of(options_text(run->options, "as", STR("auto"))),
        .release = options_text(run->options, "release", STR("")),
        .ndjson = str_equal(options_text(run->options, "output", STR("table")), STR("ndjson")),
    };
    int code = import_list(&importing, &list);
    return code == EXIT_DONE && errors > 0 ? EXIT_INPUT : code;
}

/* ---- export ---- */

/* Rules come first: what they name of exceptions is known when these come. */
static bool passes(Arena *arena, const RuleFilter *filter, Table *lists, Str text)
{
    RuleList list = {.arena = arena};
    rule_read_json(&list, STR("store"), text);
    if (list.rules.count == 0) {
        return (list.exceptions.lists.count > 0 &&
                table_find(lists, list.exceptions.lists.items[0].list_id) != STR_NONE) ||
               (list.exceptions.items.count > 0 &&
                table_find(lists, list.exceptions.items.items[0].list_id) != STR_NONE);
    }
    const Rule *rule = &list.rules.items[0];
    bool fits = rule_filter_passes(filter, rule);
    for (const Json *named = rule->exceptions_list == NULL ? NULL : rule->exceptions_list->first;
         named != NULL && fits; named = named->next) {
        table_add(lists, json_get_text(named, STR("list_id")));
    }
    return fits;
}

static int export(Run *run)
{
    Err err = {0};
    Str text = {0};
    Str path = options_text(run->options, "store", STR(""));
    const Str *arguments;
    if (path.len == 0 || options_arguments(run->options, &arguments) > 0) {
        return run_usage(run, "needed is --store FILE, and no more");
    }
    if (!rule_store_text(run->arena, path.ptr, &text, &err)) {
        return run_error(run, EXIT_INPUT, &err);
    }
    RuleFilter filter = {.names = rules_option(run, "rule"), .tags = rules_option(run, "tag")};
    bool all = filter.names.count == 0 && filter.tags.count == 0;
    Table *lists = table_new(run->arena);
    Buffer out = {0};
    Str line;
    while (str_split(&text, '\n', &line) && line.len > 0) {
        if (all || passes(run->arena, &filter, lists, line)) {
            buffer_append(&out, line);
            buffer_append_byte(&out, '\n');
        }
    }
    write_out(&out);
    buffer_done(&out);
    return EXIT_DONE;
}

/* ---- rollback ---- */

static bool roll_back(Run *run, RuleStore *store, const Str *arguments, Buffer *out, Err *err)
{
    Str rule_id;
    ImportResult result;
    Database *database = rule_store_database(store);
    if (!database_begin(database, err) ||
        !rule_store_find(store, run->arena, arguments[0], &rule_id, err) ||
        !rule_rollback(store, run->arena, rule_id, arguments[1], &result, err) ||
        !database_commit(database, err)) {
        return false;
    }
    terminal_append_safe(out, rule_id, 0);
    buffer_append_format(out,
                         result.outcome == IMPORT_UNCHANGED
                             ? ": says so already, version %lld revision %lld\n"
                             : ": now version %lld revision %lld\n",
                         (long long)result.version, (long long)result.revision);
    return true;
}

static int rollback(Run *run)
{
    const Str *arguments;
    Err err = {0};
    Buffer out = {0};
    Str path = options_text(run->options, "store", STR(""));
    if (options_arguments(run->options, &arguments) != 2 || path.len == 0) {
        return run_usage(run, "needed are --store FILE, a rule and a version");
    }
    if (!database_is_file(path.ptr)) { /* to open it would make it */
        err_set(&err, ERR_IO, "%.*s: no store", STR_ARG(path));
        return run_error(run, EXIT_INPUT, &err);
    }
    RuleStore *store = rule_store_open(path.ptr, true, &err);
    bool fine = store != NULL && roll_back(run, store, arguments, &out, &err);
    rule_store_close(store);
    if (fine && !run->quiet) {
        write_out(&out);
    }
    buffer_done(&out);
    return fine ? EXIT_DONE : run_error(run, EXIT_INPUT, &err);
}

static int run_import(int argc, char **argv, const VerbSpec *verb)
{
    return run_with(argc, argv, verb, import);
}

static int run_export(int argc, char **argv, const VerbSpec *verb)
{
    return run_with(argc, argv, verb, export);
}

static int run_rollback(int argc, char **argv, const VerbSpec *verb)
{
    return run_with(argc, argv, verb, rollback);
}

const VerbSpec VERB_RULES_IMPORT = {
    .name = "rules import",
    .arguments = "--store FILE PATH...",
    .summary = "Put rules into a store, which keeps every version of each.",
    .text =
        "A higher version than the one installed is an upgrade: field by field it takes what the\n"
        "rule's makers changed and keeps what was changed here, exceptions above all; where both\n"
        "changed the same, yours stays and the conflict is told. The same version with other\n"
        "words is a change made here, and a lower one is kept for the history. What is printed\n"
        "is on disk.\n"
        "\n"
        "Examples:\n"
        "  shrike rules import --store rules.db --release 8.17.0 detection-rules/rules\n"
        "  shrike rules import --store rules.db my-change.toml\n"
        "  shrike detect --rules rules.db logs/",
    .options = IMPORT_OPTIONS,
    .option_count = ARRAY_LEN(IMPORT_OPTIONS),
    .run = run_import,
};

const VerbSpec VERB_RULES_EXPORT = {
    .name = "rules export",
    .arguments = "--store FILE",
    .summary = "Print a store's rules and exceptions as NDJSON, as Kibana imports them.",
    .text = "",
    .options = EXPORT_OPTIONS,
    .option_count = ARRAY_LEN(EXPORT_OPTIONS),
    .run = run_export,
};

const VerbSpec VERB_RULES_ROLLBACK = {
    .name = "rules rollback",
    .arguments = "RULE VERSION --store FILE",
    .summary = "Let a rule say again what it said as a version, or as revision rN.",
    .text =
        "RULE is a rule_id, or part of a name that only one rule has. It becomes a new revision:\n"
        "nothing is forgotten. A later upgrade counts it as a change made here.",
    .options = ROLLBACK_OPTIONS,
    .option_count = ARRAY_LEN(ROLLBACK_OPTIONS),
    .run = run_rollback,
};
