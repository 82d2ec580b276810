#include "rule/exceptions_read.h"
#include "rule/rule_check.h"

/* An export holds more than rules and their exceptions: connectors, and a last line that counts. */
static bool is_other_object(const Json *object)
{
    static const Str SIGNS[] = {STR_INIT("exported_count"), STR_INIT("exported_rules_count"),
                                STR_INIT("attributes")};
    for (size_t i = 0; i < ARRAY_LEN(SIGNS); i++) {
        if (json_get(object, SIGNS[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* A file in a folder may be any JSON at all; what has nothing of a rule is not one gone wrong. */
static bool is_rule(const Json *object)
{
    static const Str SIGNS[] = {STR_INIT("rule_id"), STR_INIT("risk_score"), STR_INIT("severity"),
                                STR_INIT("query")};
    for (size_t i = 0; i < ARRAY_LEN(SIGNS); i++) {
        if (json_get(object, SIGNS[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void read_object(RuleList *list, const RuleText *where, const Json *object)
{
    if (object->kind == JSON_OBJECT && is_other_object(object)) {
        return;
    }
    if (object->kind == JSON_OBJECT && exceptions_is_part(object)) {
        exceptions_read_object(list, where, object);
        return;
    }
    if (list->only_exceptions && object->kind == JSON_OBJECT && is_rule(object)) {
        return;
    }
    if (object->kind != JSON_OBJECT || !is_rule(object)) {
        rule_problem_add(list, where, object->at, SEVERITY_WARNING, "no-rule",
                         list->only_exceptions ? "no exception: passed over"
                                               : "not a rule: passed over");
        return;
    }
    rule_check(list, where, object, (Str){0});
}

/* One rule, or a list of them. */
static void read_whole(RuleList *list, const RuleText *where, const Json *root)
{
    if (root->kind != JSON_ARRAY) {
        read_object(list, where, root);
        return;
    }
    for (const Json *item = root->first; item != NULL; item = item->next) {
        read_object(list, where, item);
    }
}

static void read_line(RuleList *list, const RuleText *where)
{
    Err err = {0};
    if (str_trim(where->text).len == 0) {
        return;
    }
    if (where->text.len > RULE_MAX_LINE) {
        rule_problem_add(list, where, 0, SEVERITY_ERROR, "limit", "a line of more than %zu bytes",
                         RULE_MAX_LINE);
        return;
    }
    const Json *object = json_parse(list->arena, where->text, &err);
    if (object == NULL) {
        rule_problem_add(list, where, err.at, SEVERITY_ERROR, "syntax", "%s", err.text);
        return;
    }
    read_whole(list, where, object);
}

/* A text is one JSON value over many lines when its first line is not a whole value. */
static bool is_one_value(Str text)
{
    Arena *arena = arena_new();
    Str first = {0};
    Str rest = text;
    while (str_split(&rest, '\n', &first) && str_trim(first).len == 0) {
    }
    Err err = {0};
    bool whole_line = first.len <= RULE_MAX_LINE && json_parse(arena, first, &err) != NULL;
    arena_free(arena);
    return !whole_line && text.len <= RULE_MAX_LINE;
}

void rule_read_json(RuleList *list, Str file, Str text)
{
    RuleText where = {.file = file, .text = text, .first_line = 1, .has_columns = true};
    if (str_starts_with(text, STR("\xef\xbb\xbf"))) {
        text = str_slice(text, 3, text.len);
        where.text = text;
    }
    Err err = {0};
    const Json *root = is_one_value(text) ? json_parse(list->arena, text, &err) : NULL;
    if (root != NULL) {
        read_whole(list, &where, root);
        return;
    }
    Str rest = text;
    while (str_split(&rest, '\n', &where.text)) {
        read_line(list, &where);
        where.first_line++;
    }
}
