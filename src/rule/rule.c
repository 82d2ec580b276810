#include "rule/rule.h"

#include "base/file.h"
#include "base/table.h"
#include "rule/exceptions_read.h"
#include "rule/rule_check.h"
#include "rule/rule_store.h"
#include "store/database.h"

bool rule_query_position(const Rule *rule, size_t at, size_t *line, size_t *column)
{
    json_position(rule->query, at, line, column);
    if (rule->query_line == 0) {
        return false;
    }
    *column += *line == 1 ? rule->query_column - 1 : 0;
    *line += rule->query_line - 1;
    return true;
}

void rule_problem_print(Buffer *out, const RuleProblem *problem)
{
    buffer_append(out, problem->file);
    if (problem->line > 0) {
        buffer_append_format(out, ":%zu", problem->line);
    }
    if (problem->column > 0) {
        buffer_append_format(out, ":%zu", problem->column);
    }
    buffer_append_c(out, problem->severity == SEVERITY_ERROR ? ": " : ": warning: ");
    buffer_append(out, problem->message);
}

typedef enum FileKind { FILE_OTHER, FILE_TOML, FILE_JSON } FileKind;

static FileKind kind_of(Str path)
{
    if (str_ends_with(path, STR(".toml"))) {
        return FILE_TOML;
    }
    return str_ends_with(path, STR(".ndjson")) || str_ends_with(path, STR(".json")) ? FILE_JSON
                                                                                    : FILE_OTHER;
}

/* Says of a rule whose id an earlier one has that it is left out. */
static void drop_repeated(RuleList *list, Table *ids, uint32_t from)
{
    uint32_t kept = from;
    for (uint32_t i = from; i < list->rules.count; i++) {
        Rule rule = list->rules.items[i];
        uint32_t before = table_count(ids);
        uint32_t index = table_add(ids, rule.rule_id);
        if (index == before || list->every_version) {
            list->rules.items[kept++] = rule;
            continue;
        }
        const Rule *first = &list->rules.items[index];
        RuleText where = {.file = rule.file, .first_line = rule.line};
        rule_problem_add(list, &where, 0, SEVERITY_ERROR, "repeated-id",
                         "rule_id \"%.*s\" was met before, in %.*s:%zu: left out",
                         STR_ARG(rule.rule_id), STR_ARG(first->file), first->line);
        RuleProblem *problem = &list->problems.items[list->problems.count - 1];
        problem->rule_id = rule.rule_id;
        problem->rule_name = rule.name;
    }
    list->rules.count = kept;
}

/* What is done with each file. */
typedef struct Reading {
    RuleList *list; /* NULL: hashed only */
    Table *ids;     /* index in it = index of the rule in the list */
    HashStream *content;
    Arena *arena; /* where texts of files are */
} Reading;

static void read_rules(Reading *reading, Str path, Str text)
{
    RuleList *list = reading->list;
    FileKind kind = kind_of(path);
    if (kind == FILE_OTHER) { /* named by the user: told by its first byte */
        Str trimmed = str_trim(text);
        kind = trimmed.len > 0 && trimmed.ptr[0] == '{' ? FILE_JSON : FILE_TOML;
    }
    uint32_t from = list->rules.count;
    if (kind == FILE_TOML) {
        rule_read_toml(list, path, text);
    } else {
        rule_read_json(list, path, text);
    }
    drop_repeated(list, reading->ids, from);
}

static bool read_file(Reading *reading, Str path, Err *err)
{
    Str text = {0};
    if (reading->list == NULL) {
        arena_reset(reading->arena);
    }
    const char *name = str_to_c(reading->arena, path);
    if (!(database_is_file(name) ? rule_store_text(reading->arena, name, &text, err)
                                 : file_read(reading->arena, name, RULE_MAX_FILE, &text, err))) {
        return false;
    }
    if (reading->content != NULL) {
        hash_stream_add(reading->content, path);
        hash_stream_add(reading->content, text);
    }
    if (reading->list != NULL) {
        read_rules(reading, path, text);
    }
    return true;
}

static void tell_unread(RuleList *list, Str path, const Err *err)
{
    RuleText where = {.file = path, .first_line = 1};
    rule_problem_add(list, &where, 0, SEVERITY_ERROR, "io", "%s", err->text);
    list->problems.items[list->problems.count - 1].line = 0;
    list->unread = true;
}

static bool read_folder(Reading *reading, Arena *arena, Str path, Err *err)
{
    FileList files = {0};
    if (!file_list(arena, str_to_c(arena, path), &files, err)) {
        return false;
    }
    for (uint32_t i = 0; i < files.count; i++) {
        if (kind_of(files.paths[i]) == FILE_OTHER || read_file(reading, files.paths[i], err)) {
            continue;
        }
        if (reading->list == NULL) {
            return false;
        }
        tell_unread(reading->list, files.paths[i], err);
    }
    return true;
}

static bool read_paths(Reading *reading, Arena *arena, const Str *paths, uint32_t count, Err *err)
{
    for (uint32_t i = 0; i < count; i++) {
        if (reading->content != NULL) {
            hash_stream_add(reading->content, paths[i]);
        }
        bool folder = file_is_folder(str_to_c(arena, paths[i]));
        if (!(folder ? read_folder(reading, arena, paths[i], err)
                     : read_file(reading, paths[i], err))) {
            return false;
        }
    }
    return true;
}

bool rule_read(RuleList *list, const Str *paths, uint32_t count, Err *err)
{
    Reading reading = {.list = list, .content = list->content, .arena = list->arena};
    reading.ids = table_new(list->arena);
    for (uint32_t i = 0; i < list->rules.count; i++) {
        table_add(reading.ids, list->rules.items[i].rule_id);
    }
    Err fault = {0}; /* also of a file in a folder, which is a problem of the list's */
    if (!read_paths(&reading, list->arena, paths, count, &fault)) {
        *err = fault;
        return false;
    }
    exceptions_drop_repeated(list);
    return true;
}

bool rule_read_exceptions(RuleList *list, const Str *paths, uint32_t count, Err *err)
{
    list->only_exceptions = true;
    bool fine = rule_read(list, paths, count, err);
    list->only_exceptions = false;
    return fine;
}

bool rule_hash(const Str *paths, uint32_t count, HashStream *content)
{
    Arena *arena = arena_new();
    Reading reading = {.content = content, .arena = arena_new()};
    Err ignored = {0};
    bool fine = read_paths(&reading, arena, paths, count, &ignored);
    arena_free(reading.arena);
    arena_free(arena);
    return fine;
}
