#include "spec_exceptions.h"

#include <unistd.h>

#include "base/file.h"
#include "base/whole_file.h"
#include "rule/exceptions_read.h"
#include "rule/rule_exceptions.h"
#include "rule/value_lists.h"

#define REFERENCE                                                 \
    "[{\"id\":\"1\",\"list_id\":\"spec\",\"type\":\"detection\"," \
    "\"namespace_type\":\"single\"}]"

bool spec_exceptions_read(Arena *arena, Str json, RuleList *out, Err *err)
{
    *out = (RuleList){.arena = arena, .value_lists = out->value_lists};
    const Json *items = json.len == 0 ? NULL : json_parse(arena, json, err);
    RuleText where = {.text = json, .first_line = 1};
    if (items == NULL) {
        return json.len == 0;
    }
    for (Json *item = items->first; item != NULL; item = item->next) {
        Json list_id = {.kind = JSON_STRING, .key = STR("list_id"), .text = STR("spec")};
        Json *first = ARENA_NEW(arena, Json);
        *first = list_id;
        first->next = item->first;
        item->first = first;
        item->count++;
        exceptions_read_object(out, &where, item);
    }
    return out->problems.count == 0 ||
           err_set(err, ERR_SYNTAX, "%.*s", STR_ARG(out->problems.items[0].message));
}

static char folder[64]; /* gone at exit */

static void remove_folder(void)
{
    Arena *arena = arena_new();
    FileList files = {0};
    Err err = {0};
    if (file_list(arena, folder, &files, &err)) {
        for (uint32_t i = 0; i < files.count; i++) {
            (void)unlink(files.paths[i].ptr);
        }
    }
    (void)rmdir(folder);
    arena_free(arena);
}

bool spec_value_list(RuleList *list, Str id, const Str *lines, uint32_t count, Err *err)
{
    Arena *arena = list->arena;
    if (folder[0] == '\0') {
        memcpy(folder, "/tmp/shrike-spec-XXXXXX", sizeof "/tmp/shrike-spec-XXXXXX");
        if (mkdtemp(folder) == NULL) {
            return err_set(err, ERR_IO, "%m");
        }
        (void)atexit(remove_folder);
    }
    Str path = str_format(arena, "%s/%.*s", folder, STR_ARG(id));
    Str all = str_from_c(folder);
    if (!whole_file_write(arena, path, str_join(arena, lines, count, STR("\n")), err)) {
        return false;
    }
    list->value_lists = value_lists_open(arena, &all, 1, err);
    return list->value_lists != NULL;
}

bool spec_exceptions_compile(const RuleList *list, PlanBuilder *builder, Diagnostics *diagnostics,
                             NodeId *seen)
{
    Err err = {0};
    RuleSkips warnings = {0};
    Rule rule = {.exceptions_list = json_parse(plan_builder_arena(builder), STR(REFERENCE), &err)};
    if (list->exceptions.items.count == 0) {
        *seen = plan_builder_constant(builder, true);
        return true;
    }
    *seen = rule_exceptions_seen(rule_exceptions_new(builder, list), &rule, &warnings);
    for (uint32_t i = 0; i < warnings.count; i++) {
        diagnostic_add(diagnostics, SEVERITY_ERROR, "exception", 0, 0, "%.*s",
                       STR_ARG(warnings.items[i].detail));
    }
    return warnings.count == 0;
}
