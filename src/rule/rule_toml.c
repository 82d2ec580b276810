#include "rule/exceptions_read.h"
#include "rule/rule_check.h"
#include "rule/toml.h"

/* What elastic/detection-rules writes around a rule. None of it goes into the rule but the
 * maturity. */
static const RuleField METADATA_FIELDS[] = {
    {.name = STR_INIT("creation_date")},
    {.name = STR_INIT("updated_date")},
    {.name = STR_INIT("deprecation_date")},
    {.name = STR_INIT("maturity")},
    {.name = STR_INIT("integration")},
    {.name = STR_INIT("min_stack_version")},
    {.name = STR_INIT("min_stack_comments")},
    {.name = STR_INIT("bypass_bbr_timing")},
    {.name = STR_INIT("comments")},
    {.name = STR_INIT("extended")},
    {.name = STR_INIT("os_type_list")},
    {.name = STR_INIT("promotion")},
    {.name = STR_INIT("query_schema_validation")},
    {.name = STR_INIT("related_endpoint_rules")},
    {.name = STR_INIT("relationship")},
};

static const RuleField SECTION_FIELDS[] = {
    {.name = STR_INIT("metadata")},
    {.name = STR_INIT("rule")},
    {.name = STR_INIT("transform")}, /* buttons in the investigation guide */
};

/* And around exception lists. */
static const RuleField LIST_METADATA_FIELDS[] = {
    {.name = STR_INIT("creation_date")},    {.name = STR_INIT("updated_date")},
    {.name = STR_INIT("deprecation_date")}, {.name = STR_INIT("list_name")},
    {.name = STR_INIT("rule_ids")},         {.name = STR_INIT("rule_names")},
    {.name = STR_INIT("comments")},         {.name = STR_INIT("maturity")},
};

static const RuleField LIST_SECTION_FIELDS[] = {
    {.name = STR_INIT("metadata")},
    {.name = STR_INIT("exceptions")},
};

static const RuleFieldTable LIST_METADATA = {LIST_METADATA_FIELDS, ARRAY_LEN(LIST_METADATA_FIELDS)};
static const RuleFieldTable LIST_SECTIONS = {LIST_SECTION_FIELDS, ARRAY_LEN(LIST_SECTION_FIELDS)};
static const RuleFieldTable METADATA = {METADATA_FIELDS, ARRAY_LEN(METADATA_FIELDS)};
static const RuleFieldTable SECTIONS = {SECTION_FIELDS, ARRAY_LEN(SECTION_FIELDS)};

static Json *member(Arena *arena, Str key, const Json *value)
{
    Json *copy = ARENA_NEW(arena, Json);
    *copy = *value;
    copy->key = key;
    copy->next = NULL;
    return copy;
}

/* [rule.new_terms] names a field and a value twice over; the API has new_terms_fields and
 * history_window_start. */
static void flatten_new_terms(Arena *arena, Json *rule)
{
    Json **link = &rule->first;
    while (*link != NULL && !str_equal((*link)->key, STR("new_terms"))) {
        link = &(*link)->next;
    }
    const Json *terms = *link;
    if (terms == NULL || terms->kind != JSON_OBJECT) {
        return;
    }
    *link = terms->next;
    rule->count--;
    const Json *fields = json_get(terms, STR("value"));
    const Json *history = json_get(terms, STR("history_window_start"));
    const Json *start = history != NULL && history->kind == JSON_ARRAY && history->first != NULL
                            ? json_get(history->first, STR("value"))
                            : history;
    Json *added[2] = {fields == NULL ? NULL : member(arena, STR("new_terms_fields"), fields),
                      start == NULL ? NULL : member(arena, STR("history_window_start"), start)};
    for (size_t i = 0; i < ARRAY_LEN(added); i++) {
        if (added[i] != NULL) {
            added[i]->next = rule->first;
            rule->first = added[i];
            rule->count++;
        }
    }
}

static Json *section(Json *root, Str name)
{
    for (Json *child = root->first; child != NULL; child = child->next) {
        if (str_equal(child->key, name)) {
            return child;
        }
    }
    return NULL;
}

/* A file of exception lists. */
static void read_lists(RuleList *list, const RuleText *where, Json *root)
{
    const Json *metadata = section(root, STR("metadata"));
    rule_check_names(list, where, root, &LIST_SECTIONS, STR(""));
    if (metadata != NULL && metadata->kind == JSON_OBJECT) {
        rule_check_names(list, where, metadata, &LIST_METADATA, STR("metadata."));
    }
    exceptions_read_sections(list, where, section(root, STR("exceptions")));
}

void rule_read_toml(RuleList *list, Str file, Str text)
{
    RuleText where = {.file = file, .text = text, .first_line = 1, .has_columns = true};
    Err err = {0};
    Json *root = toml_parse(list->arena, text, &err);
    if (root == NULL) {
        rule_problem_add(list, &where, err.at, SEVERITY_ERROR, "syntax", "%s", err.text);
        return;
    }
    where.has_columns = false;
    Json *rule = section(root, STR("rule"));
    const Json *metadata = section(root, STR("metadata"));
    if (rule == NULL && section(root, STR("exceptions")) != NULL) {
        read_lists(list, &where, root);
        return;
    }
    if (rule == NULL) {
        rule_problem_add(list, &where, 0, SEVERITY_WARNING, "no-rule",
                         "no [%s] section: passed over",
                         list->only_exceptions ? "[exceptions]" : "rule");
        return;
    }
    if (list->only_exceptions) {
        return;
    }
    if (rule->kind != JSON_OBJECT || (metadata != NULL && metadata->kind != JSON_OBJECT)) {
        const Json *wrong = rule->kind != JSON_OBJECT ? rule : metadata;
        rule_problem_add(list, &where, wrong->at, SEVERITY_ERROR, "schema", "%s must be a table",
                         wrong == rule ? "rule" : "metadata");
        return;
    }
    rule_check_names(list, &where, root, &SECTIONS, STR(""));
    Str maturity = {0};
    if (metadata != NULL) {
        rule_check_names(list, &where, metadata, &METADATA, STR("metadata."));
        const Json *value = json_get(metadata, STR("maturity"));
        maturity = value != NULL && value->kind == JSON_STRING ? value->text : maturity;
    }
    flatten_new_terms(list->arena, rule);
    rule_check(list, &where, rule, maturity);
}
