#include "rule/rule_check.h"

#include <stdarg.h>

#include "base/hash.h"
#include "base/similar.h"
#include "lang/date_math.h"
#include "rule/rule_finding.h"
#include "rule/rule_index.h"

typedef struct Check {
    RuleList *list;
    const RuleText *where;
    Rule *rule; /* NULL: what is checked is of no rule */
    uint32_t errors;
} Check;

/* Where a value stands in the rule, for messages: "threat[0].tactic.". */
typedef struct Place {
    Str path;     /* empty, or ends in '.' */
    void *record; /* NULL below the own fields of what is checked */
} Place;

static void add_problem(RuleList *list, const RuleText *where, size_t at, RuleProblem problem)
{
    if (list->problems.count > RULE_MAX_PROBLEMS) {
        return;
    }
    problem.file = where->file;
    json_position(where->text, at, &problem.line, &problem.column);
    problem.line += where->first_line - 1;
    problem.column = where->has_columns ? problem.column : 0;
    if (list->problems.count == RULE_MAX_PROBLEMS) {
        problem =
            (RuleProblem){.file = where->file,
                          .severity = SEVERITY_WARNING,
                          .code = "limit",
                          .message = STR("too many problems: from here on they are not listed")};
    }
    ARRAY_PUSH(list->arena, &list->problems, problem);
}

void rule_problem_add(RuleList *list, const RuleText *where, size_t at, Severity severity,
                      const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    RuleProblem problem = {.severity = severity, .code = code};
    problem.message = str_format_args(list->arena, format, args);
    va_end(args);
    add_problem(list, where, at, problem);
}

static void tell(Check *check, size_t at, Severity severity, const char *code, const char *format,
                 ...) PRINTF_LIKE(5, 6);

static void tell(Check *check, size_t at, Severity severity, const char *code, const char *format,
                 ...)
{
    va_list args;
    va_start(args, format);
    RuleProblem problem = {.severity = severity, .code = code};
    problem.message = str_format_args(check->list->arena, format, args);
    va_end(args);
    if (check->rule != NULL) {
        problem.rule_id = check->rule->rule_id;
        problem.rule_name = check->rule->name;
    }
    check->errors += severity == SEVERITY_ERROR;
    add_problem(check->list, check->where, at, problem);
}

/* A value as a message shows it; long text is cut. */
static Str shown(Arena *arena, const Json *value)
{
    switch (value->kind) {
    case JSON_NULL: return STR("null");
    case JSON_BOOL: return value->boolean ? STR("true") : STR("false");
    case JSON_NUMBER: return str_slice(value->text, 0, 40);
    case JSON_ARRAY: return value->count == 0 ? STR("an empty list") : STR("a list");
    case JSON_OBJECT: return STR("an object");
    case JSON_STRING: break;
    }
    const char *dots = value->text.len > 60 ? "..." : "";
    return str_format(arena, "\"%.*s%s\"", STR_ARG(str_slice(value->text, 0, 60)), dots);
}

static void expect(Check *check, Str path, const char *wanted, const Json *found)
{
    Str value = shown(check->list->arena, found);
    tell(check, found->at, SEVERITY_ERROR, "schema", "%.*s must be %s, found %.*s", STR_ARG(path),
         wanted, STR_ARG(value));
}

static void *slot(const Place *place, const RuleField *field)
{
    return place->record == NULL || field->offset == 0 ? NULL
                                                       : (char *)place->record + field->offset;
}

static void check_object(Check *check, const Json *object, const RuleFieldTable *table,
                         Place place);

static void check_text(Check *check, const RuleField *field, const Json *value, Str path, Str *to)
{
    Err err = {0};
    int64_t ns = 0;
    if (value->kind != JSON_STRING) {
        expect(check, path, "a text", value);
    } else if (field->kind != RULE_KIND_TEXT && value->text.len == 0) {
        expect(check, path, "a text that is not empty", value);
    } else if ((field->kind == RULE_KIND_DATE_MATH && !date_math_check(value->text, &err)) ||
               (field->kind == RULE_KIND_INTERVAL &&
                !interval_parse(value->text, false, &ns, &err))) {
        tell(check, value->at, SEVERITY_ERROR, "schema", "%.*s: %s", STR_ARG(path), err.text);
    } else if (to != NULL) {
        *to = value->text;
    }
}

static void check_choice(Check *check, const RuleField *field, const Json *value, Str path,
                         void *to)
{
    Arena *arena = check->list->arena;
    ARRAY(Str) names = {0};
    for (size_t i = 0; field->choices[i] != NULL; i++) {
        Str name = str_from_c(field->choices[i]);
        ARRAY_PUSH(arena, &names, name);
        if (value->kind != JSON_STRING || !str_equal(value->text, name)) {
            continue;
        }
        if (to != NULL && field->kind == RULE_KIND_ENUM) {
            *(unsigned *)to = (unsigned)i;
        } else if (to != NULL) {
            *(Str *)to = value->text;
        }
        return;
    }
    Str all = str_join(arena, names.items, names.count, STR(", "));
    Str wanted = names.count == 1 ? str_format(arena, "\"%.*s\"", STR_ARG(all))
                                  : str_format(arena, "one of %.*s", STR_ARG(all));
    Str hint = value->kind == JSON_STRING
                   ? similar_hint(arena, value->text, names.items, names.count)
                   : STR("");
    Str found = shown(arena, value);
    tell(check, value->at, SEVERITY_ERROR, "schema", "%.*s must be %.*s, found %.*s%.*s",
         STR_ARG(path), STR_ARG(wanted), STR_ARG(found), STR_ARG(hint));
}

static void check_integer(Check *check, const RuleField *field, const Json *value, Str path,
                          int64_t *to)
{
    int64_t number = 0;
    bool whole = value->kind == JSON_NUMBER && json_number_is_i64(value->text, &number);
    bool fits = whole && number >= field->least && (field->most == 0 || number <= field->most);
    if (fits && to != NULL) {
        *to = number;
    }
    if (fits) {
        return;
    }
    Str wanted = !whole ? STR("a whole number")
                 : field->most == 0
                     ? str_format(check->list->arena, "%lld or more", (long long)field->least)
                     : str_format(check->list->arena, "%lld..%lld", (long long)field->least,
                                  (long long)field->most);
    expect(check, path, str_to_c(check->list->arena, wanted), value);
}

/* True when the list's length is allowed. */
static bool check_count(Check *check, const RuleField *field, const Json *list, Str path)
{
    bool many = field->most > 0 && list->count > field->most;
    if (list->count >= field->least && !many) {
        return true;
    }
    tell(check, list->at, SEVERITY_ERROR, "schema", "%.*s must have %s %lld item%s, found %u",
         STR_ARG(path), many ? "at most" : "at least",
         (long long)(many ? field->most : field->least),
         (many ? field->most : field->least) == 1 ? "" : "s", list->count);
    return false;
}

static void check_texts(Check *check, const RuleField *field, const Json *value, Str path,
                        StrList *to)
{
    if (value->kind == JSON_STRING && field->kind == RULE_KIND_TEXT_OR_TEXTS) {
        return;
    }
    if (value->kind != JSON_ARRAY) {
        expect(check, path, "a list of texts", value);
        return;
    }
    if (!check_count(check, field, value, path)) {
        return;
    }
    Str *items = ARENA_MANY(check->list->arena, Str, value->count);
    uint32_t count = 0;
    for (const Json *item = value->first; item != NULL; item = item->next) {
        if (item->kind != JSON_STRING) {
            Str name = str_format(check->list->arena, "%.*s[%u]", STR_ARG(path), count);
            expect(check, name, "a text", item);
            return;
        }
        items[count++] = item->text;
    }
    if (to != NULL) {
        *to = (StrList){items, count};
    }
}

static void check_members(Check *check, const RuleField *field, const Json *value, Str path)
{
    if (value->kind != JSON_OBJECT) {
        expect(check, path, "an object", value);
    } else if (field->members.count > 0) {
        Str below = str_format(check->list->arena, "%.*s.", STR_ARG(path));
        check_object(check, value, &field->members, (Place){.path = below});
    }
}

static void check_objects(Check *check, const RuleField *field, const Json *value, Str path)
{
    if (value->kind != JSON_ARRAY) {
        expect(check, path, "a list of objects", value);
        return;
    }
    if (!check_count(check, field, value, path)) {
        return;
    }
    uint32_t i = 0;
    for (const Json *item = value->first; item != NULL; item = item->next) {
        Str name = str_format(check->list->arena, "%.*s[%u]", STR_ARG(path), i++);
        check_members(check, field, item, name);
    }
}

static void check_value(Check *check, const RuleField *field, const Json *value, Str path, void *to)
{
    switch (field->kind) {
    case RULE_KIND_TEXT:
    case RULE_KIND_NAME:
    case RULE_KIND_DATE_MATH:
    case RULE_KIND_INTERVAL: check_text(check, field, value, path, to); return;
    case RULE_KIND_CHOICE:
    case RULE_KIND_ENUM: check_choice(check, field, value, path, to); return;
    case RULE_KIND_INTEGER: check_integer(check, field, value, path, to); return;
    case RULE_KIND_BOOLEAN:
        if (value->kind != JSON_BOOL) {
            expect(check, path, "true or false", value);
        } else if (to != NULL) {
            *(bool *)to = value->boolean;
        }
        return;
    case RULE_KIND_TEXTS:
    case RULE_KIND_TEXT_OR_TEXTS: check_texts(check, field, value, path, to); return;
    case RULE_KIND_OBJECT: check_members(check, field, value, path); break;
    case RULE_KIND_OBJECTS: check_objects(check, field, value, path); break;
    case RULE_KIND_ANY: break;
    }
    if (to != NULL) {
        *(const Json **)to = value;
    }
}

/* The table's own defaults need no checking. */
static void set_default(const RuleField *field, void *to)
{
    Str text = str_from_c(field->fallback);
    switch (field->kind) {
    case RULE_KIND_BOOLEAN: *(bool *)to = str_equal(text, STR("true")); return;
    case RULE_KIND_INTEGER: {
        bool fine = str_to_i64(text, to);
        assert(fine);
        return;
    }
    case RULE_KIND_TEXT:
    case RULE_KIND_NAME:
    case RULE_KIND_CHOICE:
    case RULE_KIND_DATE_MATH:
    case RULE_KIND_INTERVAL: *(Str *)to = str_slice(text, 1, text.len - 1); return;
    case RULE_KIND_ENUM:
    case RULE_KIND_TEXTS:
    case RULE_KIND_TEXT_OR_TEXTS:
    case RULE_KIND_OBJECT:
    case RULE_KIND_OBJECTS:
    case RULE_KIND_ANY: return; /* zero says the same */
    }
}

static void tell_unknown(RuleList *list, const RuleText *where, const Json *member,
                         const RuleFieldTable *table, Str path)
{
    Str *known = ARENA_MANY(list->arena, Str, table->count);
    for (uint32_t i = 0; i < table->count; i++) {
        known[i] = table->fields[i].name;
    }
    Str hint = similar_hint(list->arena, str_slice(member->key, 0, 64), known, table->count);
    rule_problem_add(list, where, member->at, SEVERITY_WARNING, "unknown-field",
                     "unknown field \"%.*s%.*s\"%.*s", STR_ARG(path),
                     STR_ARG(str_slice(member->key, 0, 64)), STR_ARG(hint));
}

void rule_check_names(RuleList *list, const RuleText *where, const Json *object,
                      const RuleFieldTable *table, Str path)
{
    uint32_t unknown = 0;
    for (const Json *member = object->first; member != NULL; member = member->next) {
        bool is_known = rule_field_find(table, member->key) != NULL;
        unknown += !is_known;
        /* To look for names like it takes time, and to find its line. */
        if (!is_known && unknown <= RULE_MAX_UNKNOWN && list->problems.count <= RULE_MAX_PROBLEMS) {
            tell_unknown(list, where, member, table, path);
        }
    }
    if (unknown > RULE_MAX_UNKNOWN) {
        rule_problem_add(list, where, object->at, SEVERITY_WARNING, "unknown-field",
                         "%u more unknown fields \"%.*s...\"", unknown - RULE_MAX_UNKNOWN,
                         STR_ARG(path));
    }
}

static void check_object(Check *check, const Json *object, const RuleFieldTable *table, Place place)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const RuleField *field = &table->fields[i];
        const Json *value = json_get(object, field->name);
        void *to = slot(&place, field);
        Str path = place.path.len == 0 ? field->name
                                       : str_format(check->list->arena, "%.*s%.*s",
                                                    STR_ARG(place.path), STR_ARG(field->name));
        if (value != NULL && value->kind != JSON_NULL) {
            check_value(check, field, value, path, to);
        } else if (field->required) {
            tell(check, object->at, SEVERITY_ERROR, "schema", "%.*s is required", STR_ARG(path));
        } else if (to != NULL && field->fallback != NULL) {
            set_default(field, to);
        }
    }
    rule_check_names(check->list, check->where, object, table, place.path);
}

bool rule_check_object(RuleList *list, const RuleText *where, const Json *object,
                       const RuleFieldTable *table, Str path, void *record)
{
    Check check = {.list = list, .where = where};
    check_object(&check, object, table, (Place){.path = path, .record = record});
    return check.errors == 0;
}

/* --- what the table cannot say --- */

static bool has(const Rule *rule, const char *name)
{
    const Json *value = json_get(rule->source, str_from_c(name));
    return value != NULL && value->kind != JSON_NULL;
}

static void check_type(Check *check)
{
    const Rule *rule = check->rule;
    const char *type = rule_type_name(rule->type);
    for (const char *const *need = rule_type_needs(rule->type); *need != NULL; need++) {
        if (!has(rule, *need)) {
            tell(check, rule->source->at, SEVERITY_ERROR, "schema",
                 "%s is required in a rule of type %s", *need, type);
        }
    }
    bool known = rule->language.len == 0;
    for (const char *const *name = rule_type_languages(rule->type); *name != NULL; name++) {
        known = known || str_equal(rule->language, str_from_c(*name));
    }
    if (!known) {
        tell(check, json_get(rule->source, STR("language"))->at, SEVERITY_ERROR, "schema",
             "language must be \"%s\" in a rule of type %s, found \"%.*s\"",
             rule_type_languages(rule->type)[0], type, STR_ARG(rule->language));
    }
}

static void check_pair(Check *check, const char *one, const char *other)
{
    bool has_one = has(check->rule, one);
    if (has_one != has(check->rule, other)) {
        const char *given = has_one ? one : other;
        tell(check, json_get(check->rule->source, str_from_c(given))->at, SEVERITY_ERROR, "schema",
             "%s needs %s beside it", given, has_one ? other : one);
    }
}

/* Thresholds are grouped already; all others say by what. */
static void check_suppression(Check *check)
{
    const Rule *rule = check->rule;
    bool by_time = rule->type == RULE_THRESHOLD;
    const char *needed = by_time ? "duration" : "group_by";
    if (rule->alert_suppression == NULL) {
        return;
    }
    const Json *there = json_get(rule->alert_suppression, str_from_c(needed));
    if (there == NULL || there->kind == JSON_NULL) {
        tell(check, rule->alert_suppression->at, SEVERITY_ERROR, "schema",
             "alert_suppression.%s is required in a rule of type %s", needed,
             rule_type_name(rule->type));
    }
}

static void check_index(Check *check)
{
    const Json *index = json_get(check->rule->source, STR("index"));
    if (index == NULL || index->kind != JSON_ARRAY) {
        return;
    }
    uint32_t i = 0;
    for (const Json *item = index->first; item != NULL; item = item->next, i++) {
        const char *fault = item->kind == JSON_STRING ? rule_index_fault(item->text) : NULL;
        if (fault != NULL) {
            Str found = shown(check->list->arena, item);
            tell(check, item->at, SEVERITY_WARNING, "index-pattern",
                 "index[%u] %.*s matches no index: %s", i, STR_ARG(found), fault);
        }
    }
    if (check->rule->index.count > 0 && rule_index_only_excludes(&check->rule->index)) {
        tell(check, index->at, SEVERITY_WARNING, "index-pattern",
             "index only excludes: no pattern before them says what to exclude from");
    }
}

/* --- what is worked out --- */

static bool is_uuid(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex) {
            return false;
        }
    }
    return text.len == 36;
}

/* A UUID that the same text always gives (version 8: of one's own making). */
static Str uuid_of(Arena *arena, Str text)
{
    Hex hex = hash_sha256_hex(text);
    const char *digits = hex.text;
    return str_format(arena, "%.8s-%.4s-8%.3s-8%.3s-%.12s", digits, digits + 8, digits + 12,
                      digits + 15, digits + 18);
}

/* Kibana gives a rule without ids random ones; here the same file must give the same alerts each
 * time. */
static void derive_ids(Check *check)
{
    Rule *rule = check->rule;
    Arena *arena = check->list->arena;
    if (rule->rule_id.len == 0) {
        rule->rule_id = rule->id.len > 0
                            ? rule->id
                            : uuid_of(arena, str_format(arena, "%.*s\n%.*s", STR_ARG(rule->name),
                                                        STR_ARG(rule->query)));
    }
    if (rule->id.len == 0) {
        rule->id = is_uuid(rule->rule_id) ? rule->rule_id : uuid_of(arena, rule->rule_id);
    }
}

static void fill_mappings(Check *check)
{
    Rule *rule = check->rule;
    const Json *list = json_get(rule->source, STR("severity_mapping"));
    if (list != NULL && list->kind == JSON_ARRAY) {
        SeverityMapping *mapping = ARENA_MANY(check->list->arena, SeverityMapping, list->count);
        rule->severity_mapping = mapping;
        rule->severity_mapping_count = list->count;
        for (const Json *item = list->first; item != NULL; item = item->next, mapping++) {
            mapping->field = json_get(item, STR("field"))->text;
            mapping->value = json_get(item, STR("value"))->text;
            bool known =
                rule_severity_parse(json_get(item, STR("severity"))->text, &mapping->severity);
            assert(known); /* the table has seen to it */
        }
    }
    const Json *risk = json_get(rule->source, STR("risk_score_mapping"));
    if (risk != NULL && risk->kind == JSON_ARRAY && risk->count > 0) {
        rule->risk_score_mapping_field = json_get(risk->first, STR("field"))->text;
    }
}

/* Quotes of TOML and a first newline behind them are not the query's. */
static size_t skip_quotes(Str raw)
{
    size_t at = 0;
    while (at < 3 && at < raw.len && raw.ptr[at] == raw.ptr[0]) {
        at++;
    }
    if (at < 3) {
        return 1;
    }
    at += at < raw.len && raw.ptr[at] == '\r';
    return at + (at < raw.len && raw.ptr[at] == '\n');
}

static size_t count_lines(Str text)
{
    size_t lines = 0;
    for (size_t at = 0; str_find_byte(text, '\n', at, &at); at++) {
        lines++;
    }
    return lines;
}

/* The query's lines are the file's when no escape stands for one: then a message can name them. */
static void place_query(Check *check)
{
    Rule *rule = check->rule;
    const Json *query = json_get(rule->source, STR("query"));
    rule->query_text = rule->query;
    if (query == NULL || query->kind != JSON_STRING) {
        return;
    }
    size_t quotes = check->where->has_columns ? 1 : skip_quotes(query->raw);
    Str written = str_slice(query->raw, quotes, query->raw.len);
    if (count_lines(written) == count_lines(rule->query)) {
        json_position(check->where->text, query->at + quotes, &rule->query_line,
                      &rule->query_column);
        rule->query_line += check->where->first_line - 1;
    }
}

static size_t line_of(const RuleText *where, size_t at)
{
    size_t line = 0;
    size_t column = 0;
    json_position(where->text, at, &line, &column);
    return line + where->first_line - 1;
}

/* What is wrong with a draft keeps it from being run, and from nothing else. */
static void keep_draft(Check *check, uint32_t first_problem)
{
    RuleList *list = check->list;
    const Json *object = check->rule->source;
    const Json *rule_id = json_get(object, STR("rule_id"));
    const Json *version = json_get(object, STR("version"));
    RuleDraft draft = {
        .file = check->where->file, .source = object, .rules_before = list->rules.count};
    if (rule_id == NULL || rule_id->kind != JSON_STRING || rule_id->text.len == 0 ||
        version == NULL || version->kind != JSON_NUMBER ||
        !json_number_is_i64(version->text, &draft.version) || draft.version < 1) {
        return;
    }
    draft.rule_id = rule_id->text;
    draft.line = line_of(check->where, object->at);
    ARRAY_PUSH(list->arena, &list->drafts, draft);
    for (uint32_t i = first_problem; i < list->problems.count; i++) {
        list->problems.items[i].severity = SEVERITY_WARNING;
    }
}

void rule_check(RuleList *list, const RuleText *where, const Json *object, Str maturity)
{
    Rule rule = {.file = where->file, .source = object, .maturity = maturity};
    Check check = {.list = list, .where = where, .rule = &rule};
    uint32_t first_problem = list->problems.count;
    check_object(&check, object, rule_fields(), (Place){.record = &rule});
    if (check.errors == 0) {
        check_type(&check);
        check_pair(&check, "timeline_id", "timeline_title");
        check_pair(&check, "concurrent_searches", "items_per_search");
        check_suppression(&check);
        check_index(&check);
    }
    if (check.errors == 0) {
        check.errors += rule_finding_check(list, where, &rule);
    }
    derive_ids(&check);
    for (uint32_t i = first_problem; i < list->problems.count; i++) {
        list->problems.items[i].rule_id = rule.rule_id;
        list->problems.items[i].rule_name = rule.name;
    }
    if (check.errors > 0) {
        if (list->every_version) {
            keep_draft(&check, first_problem);
        }
        return;
    }
    rule.line = line_of(where, object->at);
    Err err = {0};
    bool fine = interval_parse(rule.interval, false, &rule.interval_ns, &err);
    assert(fine); /* the table has seen to it */
    fill_mappings(&check);
    place_query(&check);
    ARRAY_PUSH(list->arena, &list->rules, rule);
}
