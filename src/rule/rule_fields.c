#include "rule/rule_fields.h"

#define IN_ALL        (RULE_USE_EXPORT | RULE_USE_PARAMETERS | RULE_USE_ALERT)
#define IN_EXPORT     RULE_USE_EXPORT
#define IN_PARAMETERS (RULE_USE_EXPORT | RULE_USE_PARAMETERS)
#define IN_ALERT      (RULE_USE_EXPORT | RULE_USE_ALERT)

#define AT(member) .offset = offsetof(Rule, member)
#define ROW(text, ...)                      \
    {                                       \
        .name = STR_INIT(text), __VA_ARGS__ \
    }
#define TABLE(rows)           \
    {                         \
        rows, ARRAY_LEN(rows) \
    }

static const char *const SEVERITIES[] = {"low", "medium", "high", "critical", NULL};
static const char *const EQUALS[] = {"equals", NULL};
static const char *const DEFAULT[] = {"default", NULL};
static const char *const UNITS[] = {"s", "m", "h", "d", NULL};
static const char *const STRATEGIES[] = {"suppress", "doNotSuppress", NULL};
static const char *const NAMESPACES[] = {"single", "agnostic", NULL};
static const char *const LANGUAGES[] = {"eql", "kuery", "lucene", "esql", NULL};

/* kind, API name, category, id of the rule type in alerts */
#define RULE_TYPES(X)                                                                    \
    X(RULE_EQL, "eql", "Event Correlation Rule", "siem.eqlRule")                         \
    X(RULE_QUERY, "query", "Custom Query Rule", "siem.queryRule")                        \
    X(RULE_SAVED_QUERY, "saved_query", "Saved Query Rule", "siem.savedQueryRule")        \
    X(RULE_THRESHOLD, "threshold", "Threshold Rule", "siem.thresholdRule")               \
    X(RULE_THREAT_MATCH, "threat_match", "Indicator Match Rule", "siem.indicatorRule")   \
    X(RULE_MACHINE_LEARNING, "machine_learning", "Machine Learning Rule", "siem.mlRule") \
    X(RULE_NEW_TERMS, "new_terms", "New Terms Rule", "siem.newTermsRule")                \
    X(RULE_ESQL, "esql", "ES|QL Rule", "siem.esqlRule")

static const char *const TYPES[] = {
#define TYPE_NAME(type, name, category, id) [type] = (name),
    RULE_TYPES(TYPE_NAME)
#undef TYPE_NAME
        NULL};

static const RuleField MITRE_FIELDS[] = {
    ROW("id", .kind = RULE_KIND_NAME, .required = true),
    ROW("name", .kind = RULE_KIND_NAME, .required = true),
    ROW("reference", .kind = RULE_KIND_TEXT, .required = true),
};

static const RuleField TECHNIQUE_FIELDS[] = {
    ROW("id", .kind = RULE_KIND_NAME, .required = true),
    ROW("name", .kind = RULE_KIND_NAME, .required = true),
    ROW("reference", .kind = RULE_KIND_TEXT, .required = true),
    ROW("subtechnique", .kind = RULE_KIND_OBJECTS, .members = TABLE(MITRE_FIELDS)),
};

static const RuleField THREAT_FIELDS[] = {
    ROW("framework", .kind = RULE_KIND_NAME, .required = true),
    ROW("tactic", .kind = RULE_KIND_OBJECT, .required = true, .members = TABLE(MITRE_FIELDS)),
    ROW("technique", .kind = RULE_KIND_OBJECTS, .members = TABLE(TECHNIQUE_FIELDS)),
};

static const RuleField RISK_MAPPING_FIELDS[] = {
    ROW("field", .kind = RULE_KIND_NAME, .required = true),
    ROW("operator", .kind = RULE_KIND_CHOICE, .choices = EQUALS),
    ROW("value", .kind = RULE_KIND_TEXT),
    ROW("risk_score", .kind = RULE_KIND_INTEGER, .least = 0, .most = 100),
};

static const RuleField SEVERITY_MAPPING_FIELDS[] = {
    ROW("field", .kind = RULE_KIND_NAME, .required = true),
    ROW("operator", .kind = RULE_KIND_CHOICE, .choices = EQUALS),
    ROW("value", .kind = RULE_KIND_TEXT, .required = true),
    ROW("severity", .kind = RULE_KIND_CHOICE, .required = true, .choices = SEVERITIES),
};

static const RuleField EXCEPTIONS_FIELDS[] = {
    ROW("id", .kind = RULE_KIND_NAME, .required = true),
    ROW("list_id", .kind = RULE_KIND_NAME, .required = true),
    ROW("type", .kind = RULE_KIND_NAME, .required = true),
    ROW("namespace_type", .kind = RULE_KIND_CHOICE, .required = true, .choices = NAMESPACES),
};

static const RuleField INTEGRATION_FIELDS[] = {
    ROW("package", .kind = RULE_KIND_NAME, .required = true),
    ROW("version", .kind = RULE_KIND_TEXT, .required = true),
    ROW("integration", .kind = RULE_KIND_TEXT),
};

static const RuleField REQUIRED_FIELDS[] = {
    ROW("name", .kind = RULE_KIND_NAME, .required = true),
    ROW("type", .kind = RULE_KIND_NAME, .required = true),
    ROW("ecs", .kind = RULE_KIND_BOOLEAN),
};

static const RuleField INVESTIGATION_FIELDS[] = {
    ROW("field_names", .kind = RULE_KIND_TEXTS, .required = true, .least = 1),
};

static const RuleField DURATION_FIELDS[] = {
    ROW("value", .kind = RULE_KIND_INTEGER, .required = true, .least = 1),
    ROW("unit", .kind = RULE_KIND_CHOICE, .required = true, .choices = UNITS),
};

static const RuleField SUPPRESSION_FIELDS[] = {
    ROW("group_by", .kind = RULE_KIND_TEXTS, .least = 1, .most = 5),
    ROW("duration", .kind = RULE_KIND_OBJECT, .members = TABLE(DURATION_FIELDS)),
    ROW("missing_fields_strategy", .kind = RULE_KIND_CHOICE, .choices = STRATEGIES),
};

static const RuleField CARDINALITY_FIELDS[] = {
    ROW("field", .kind = RULE_KIND_NAME, .required = true),
    ROW("value", .kind = RULE_KIND_INTEGER, .required = true, .least = 0),
};

static const RuleField THRESHOLD_FIELDS[] = {
    ROW("field", .kind = RULE_KIND_TEXT_OR_TEXTS, .required = true, .most = 5),
    ROW("value", .kind = RULE_KIND_INTEGER, .required = true, .least = 1),
    ROW("cardinality", .kind = RULE_KIND_OBJECTS, .members = TABLE(CARDINALITY_FIELDS)),
};

static const RuleField THREAT_ENTRY_FIELDS[] = {
    ROW("field", .kind = RULE_KIND_NAME, .required = true),
    ROW("type", .kind = RULE_KIND_NAME, .required = true),
    ROW("value", .kind = RULE_KIND_NAME, .required = true),
    ROW("negate", .kind = RULE_KIND_BOOLEAN),
};

static const RuleField THREAT_MAPPING_FIELDS[] = {
    ROW("entries", .kind = RULE_KIND_OBJECTS, .required = true, .least = 1,
        .members = TABLE(THREAT_ENTRY_FIELDS)),
};

/* In the order of Kibana's export. `enabled`: Kibana makes new rules disabled; a rule in a file
 * that does not say is given to be run. The name is not IN_ALERT: an alert may override it, and
 * writes it itself. */
static const RuleField RULE_FIELDS[] = {
    ROW("id", .kind = RULE_KIND_NAME, .uses = IN_ALERT, AT(id), .alert_name = STR_INIT("uuid")),
    ROW("updated_at", .kind = RULE_KIND_TEXT, .uses = IN_ALERT),
    ROW("updated_by", .kind = RULE_KIND_TEXT, .uses = IN_ALERT),
    ROW("created_at", .kind = RULE_KIND_TEXT, .uses = IN_ALERT),
    ROW("created_by", .kind = RULE_KIND_TEXT, .uses = IN_ALERT),
    ROW("name", .kind = RULE_KIND_NAME, .uses = IN_EXPORT, .required = true, AT(name)),
    ROW("tags", .kind = RULE_KIND_TEXTS, .uses = IN_ALERT, AT(tags), .fallback = "[]"),
    ROW("interval", .kind = RULE_KIND_INTERVAL, .uses = IN_ALERT, AT(interval),
        .fallback = "\"5m\""),
    ROW("enabled", .kind = RULE_KIND_BOOLEAN, .uses = IN_ALERT, AT(enabled), .fallback = "true"),
    ROW("revision", .kind = RULE_KIND_INTEGER, .uses = IN_ALERT, AT(revision), .fallback = "0"),
    ROW("description", .kind = RULE_KIND_NAME, .uses = IN_ALL, .required = true, AT(description)),
    ROW("risk_score", .kind = RULE_KIND_INTEGER, .uses = IN_ALL, .required = true, AT(risk_score),
        .least = 0, .most = 100),
    ROW("severity", .kind = RULE_KIND_ENUM, .uses = IN_ALL, .required = true, AT(severity),
        .choices = SEVERITIES),
    ROW("note", .kind = RULE_KIND_TEXT, .uses = IN_ALL, AT(note)),
    ROW("license", .kind = RULE_KIND_TEXT, .uses = IN_ALL, AT(license)),
    ROW("output_index", .kind = RULE_KIND_TEXT, .uses = IN_PARAMETERS),
    ROW("meta", .kind = RULE_KIND_OBJECT, .uses = IN_PARAMETERS),
    ROW("author", .kind = RULE_KIND_TEXTS, .uses = IN_ALL, AT(author), .fallback = "[]"),
    ROW("false_positives", .kind = RULE_KIND_TEXTS, .uses = IN_ALL, AT(false_positives),
        .fallback = "[]"),
    ROW("from", .kind = RULE_KIND_DATE_MATH, .uses = IN_ALL, AT(from), .fallback = "\"now-6m\""),
    ROW("rule_id", .kind = RULE_KIND_NAME, .uses = IN_ALL, AT(rule_id)),
    ROW("max_signals", .kind = RULE_KIND_INTEGER, .uses = IN_ALL, AT(max_signals), .least = 1,
        .fallback = "100"),
    ROW("risk_score_mapping", .kind = RULE_KIND_OBJECTS, .uses = IN_ALL, .fallback = "[]",
        .members = TABLE(RISK_MAPPING_FIELDS)),
    ROW("severity_mapping", .kind = RULE_KIND_OBJECTS, .uses = IN_ALL, .fallback = "[]",
        .members = TABLE(SEVERITY_MAPPING_FIELDS)),
    ROW("threat", .kind = RULE_KIND_OBJECTS, .uses = IN_ALL, AT(threat), .fallback = "[]",
        .members = TABLE(THREAT_FIELDS)),
    ROW("to", .kind = RULE_KIND_DATE_MATH, .uses = IN_ALL, AT(to), .fallback = "\"now\""),
    ROW("references", .kind = RULE_KIND_TEXTS, .uses = IN_ALL, AT(references), .fallback = "[]"),
    ROW("version", .kind = RULE_KIND_INTEGER, .uses = IN_ALL, AT(version), .least = 1,
        .fallback = "1"),
    /* Of ours alone: the release that a version came with (rule_store.h). */
    ROW("release", .kind = RULE_KIND_TEXT),
    ROW("exceptions_list", .kind = RULE_KIND_OBJECTS, .uses = IN_ALL, AT(exceptions_list),
        .fallback = "[]", .members = TABLE(EXCEPTIONS_FIELDS)),
    ROW("immutable", .kind = RULE_KIND_BOOLEAN, .uses = IN_ALL, AT(immutable), .fallback = "false"),
    ROW("rule_source", .kind = RULE_KIND_OBJECT, .uses = IN_PARAMETERS),
    ROW("related_integrations", .kind = RULE_KIND_OBJECTS, .uses = IN_PARAMETERS, .fallback = "[]",
        .members = TABLE(INTEGRATION_FIELDS)),
    ROW("required_fields", .kind = RULE_KIND_OBJECTS, .uses = IN_PARAMETERS, .fallback = "[]",
        .members = TABLE(REQUIRED_FIELDS)),
    ROW("setup", .kind = RULE_KIND_TEXT, .uses = IN_PARAMETERS, AT(setup), .fallback = "\"\""),
    ROW("investigation_fields", .kind = RULE_KIND_OBJECT, .uses = IN_PARAMETERS,
        .members = TABLE(INVESTIGATION_FIELDS)),
    ROW("building_block_type", .kind = RULE_KIND_CHOICE, .uses = IN_ALL, AT(building_block_type),
        .choices = DEFAULT),
    ROW("timeline_id", .kind = RULE_KIND_NAME, .uses = IN_ALL),
    ROW("timeline_title", .kind = RULE_KIND_NAME, .uses = IN_ALL),
    ROW("rule_name_override", .kind = RULE_KIND_TEXT, .uses = IN_ALL, AT(rule_name_override)),
    ROW("timestamp_override", .kind = RULE_KIND_TEXT, .uses = IN_ALL, AT(timestamp_override)),
    ROW("timestamp_override_fallback_disabled", .kind = RULE_KIND_BOOLEAN, .uses = IN_PARAMETERS,
        AT(timestamp_override_fallback_disabled)),
    ROW("namespace", .kind = RULE_KIND_TEXT, .uses = IN_ALL),
    ROW("throttle", .kind = RULE_KIND_TEXT, .uses = IN_ALERT),
    ROW("outcome", .kind = RULE_KIND_TEXT, .uses = IN_EXPORT),
    ROW("alias_target_id", .kind = RULE_KIND_TEXT, .uses = IN_EXPORT),
    ROW("alias_purpose", .kind = RULE_KIND_TEXT, .uses = IN_EXPORT),
    ROW("response_actions", .kind = RULE_KIND_OBJECTS, .uses = IN_PARAMETERS),
    ROW("type", .kind = RULE_KIND_ENUM, .uses = IN_ALL, .required = true, AT(type),
        .choices = TYPES),
    ROW("language", .kind = RULE_KIND_CHOICE, .uses = IN_PARAMETERS, AT(language),
        .choices = LANGUAGES),
    ROW("index", .kind = RULE_KIND_TEXTS, .uses = IN_ALL, AT(index),
        .alert_name = STR_INIT("indices")),
    ROW("data_view_id", .kind = RULE_KIND_TEXT, .uses = IN_PARAMETERS, AT(data_view_id)),
    ROW("query", .kind = RULE_KIND_TEXT, .uses = IN_PARAMETERS, AT(query)),
    ROW("filters", .kind = RULE_KIND_OBJECTS, .uses = IN_PARAMETERS, AT(filters)),
    ROW("saved_id", .kind = RULE_KIND_NAME, .uses = IN_PARAMETERS),
    ROW("event_category_override", .kind = RULE_KIND_TEXT, .uses = IN_PARAMETERS,
        AT(event_category_override)),
    ROW("timestamp_field", .kind = RULE_KIND_TEXT, .uses = IN_PARAMETERS, AT(timestamp_field)),
    ROW("tiebreaker_field", .kind = RULE_KIND_TEXT, .uses = IN_PARAMETERS, AT(tiebreaker_field)),
    ROW("alert_suppression", .kind = RULE_KIND_OBJECT, .uses = IN_PARAMETERS, AT(alert_suppression),
        .members = TABLE(SUPPRESSION_FIELDS)),
    ROW("threshold", .kind = RULE_KIND_OBJECT, .uses = IN_PARAMETERS,
        .members = TABLE(THRESHOLD_FIELDS)),
    ROW("threat_query", .kind = RULE_KIND_TEXT, .uses = IN_PARAMETERS),
    ROW("threat_mapping", .kind = RULE_KIND_OBJECTS, .uses = IN_PARAMETERS, .least = 1,
        .members = TABLE(THREAT_MAPPING_FIELDS)),
    ROW("threat_index", .kind = RULE_KIND_TEXTS, .uses = IN_PARAMETERS),
    ROW("threat_filters", .kind = RULE_KIND_OBJECTS, .uses = IN_PARAMETERS),
    ROW("threat_indicator_path", .kind = RULE_KIND_TEXT, .uses = IN_PARAMETERS),
    ROW("threat_language", .kind = RULE_KIND_CHOICE, .uses = IN_PARAMETERS, .choices = LANGUAGES),
    ROW("concurrent_searches", .kind = RULE_KIND_INTEGER, .uses = IN_PARAMETERS, .least = 1),
    ROW("items_per_search", .kind = RULE_KIND_INTEGER, .uses = IN_PARAMETERS, .least = 1),
    ROW("anomaly_threshold", .kind = RULE_KIND_INTEGER, .uses = IN_PARAMETERS, .least = 0),
    ROW("machine_learning_job_id", .kind = RULE_KIND_TEXT_OR_TEXTS, .uses = IN_PARAMETERS),
    ROW("new_terms_fields", .kind = RULE_KIND_TEXTS, .uses = IN_PARAMETERS, .least = 1, .most = 3),
    ROW("history_window_start", .kind = RULE_KIND_DATE_MATH, .uses = IN_PARAMETERS),
    ROW("actions", .kind = RULE_KIND_OBJECTS, .uses = IN_ALERT, AT(actions), .fallback = "[]"),
    ROW("execution_summary", .kind = RULE_KIND_OBJECT, .uses = IN_EXPORT),
};

static const RuleFieldTable TABLE_OF_ALL = TABLE(RULE_FIELDS);

const RuleFieldTable *rule_fields(void)
{
    return &TABLE_OF_ALL;
}

const RuleField *rule_field_find(const RuleFieldTable *table, Str name)
{
    for (uint32_t i = 0; i < table->count; i++) {
        if (str_equal(table->fields[i].name, name)) {
            return &table->fields[i];
        }
    }
    return NULL;
}

const char *const *rule_type_needs(RuleType type)
{
    static const char *const NEEDS[][5] = {
        [RULE_EQL] = {"query", "language"},
        [RULE_QUERY] = {NULL},
        [RULE_SAVED_QUERY] = {"saved_id"},
        [RULE_THRESHOLD] = {"query", "threshold"},
        [RULE_THREAT_MATCH] = {"query", "threat_query", "threat_mapping", "threat_index"},
        [RULE_MACHINE_LEARNING] = {"anomaly_threshold", "machine_learning_job_id"},
        [RULE_NEW_TERMS] = {"query", "new_terms_fields", "history_window_start"},
        [RULE_ESQL] = {"query", "language"},
    };
    return NEEDS[type];
}

const char *const *rule_type_languages(RuleType type)
{
    static const char *const EQL[] = {"eql", NULL};
    static const char *const ESQL[] = {"esql", NULL};
    static const char *const KQL[] = {"kuery", "lucene", NULL};
    return type == RULE_EQL ? EQL : type == RULE_ESQL ? ESQL : KQL;
}

const char *rule_type_name(RuleType type)
{
    return TYPES[type];
}

const char *rule_type_category(RuleType type)
{
    static const char *const CATEGORIES[] = {
#define TYPE_CATEGORY(type, name, category, id) [type] = (category),
        RULE_TYPES(TYPE_CATEGORY)
#undef TYPE_CATEGORY
    };
    return CATEGORIES[type];
}

const char *rule_type_id(RuleType type)
{
    static const char *const IDS[] = {
#define TYPE_ID(type, name, category, id) [type] = (id),
        RULE_TYPES(TYPE_ID)
#undef TYPE_ID
    };
    return IDS[type];
}

const char *rule_severity_name(RuleSeverity severity)
{
    return SEVERITIES[severity];
}

bool rule_severity_parse(Str name, RuleSeverity *out)
{
    for (size_t i = 0; SEVERITIES[i] != NULL; i++) {
        if (str_equal_ascii_case(name, str_from_c(SEVERITIES[i]))) {
            *out = (RuleSeverity)i;
            return true;
        }
    }
    return false;
}

const Json *rule_field_json(const Rule *rule, const RuleField *field)
{
    const Json *value = json_get(rule->source, field->name);
    return value == NULL || value->kind == JSON_NULL ? NULL : value;
}

void rule_print_tree(JsonWriter *out, const Json *tree)
{
    switch (tree->kind) {
    case JSON_NULL: json_null(out); return;
    case JSON_BOOL: json_bool(out, tree->boolean); return;
    case JSON_NUMBER: json_raw(out, tree->text); return;
    case JSON_STRING: json_string(out, tree->text); return;
    case JSON_ARRAY:
        json_begin_array(out);
        for (const Json *item = tree->first; item != NULL; item = item->next) {
            rule_print_tree(out, item);
        }
        json_end_array(out);
        return;
    case JSON_OBJECT:
        json_begin_object(out);
        for (const Json *member = tree->first; member != NULL; member = member->next) {
            json_key(out, member->key);
            rule_print_tree(out, member);
        }
        json_end_object(out);
        return;
    }
}

/* The ids may be ours, not the source's. */
static Str derived_text(const Rule *rule, const RuleField *field)
{
    bool is_id = field->offset == offsetof(Rule, id) || field->offset == offsetof(Rule, rule_id);
    return is_id ? *(const Str *)(const void *)((const char *)rule + field->offset) : (Str){0};
}

void rule_print_members(JsonWriter *out, const Rule *rule, RuleUse use, Str prefix)
{
    for (uint32_t i = 0; i < ARRAY_LEN(RULE_FIELDS); i++) {
        const RuleField *field = &RULE_FIELDS[i];
        const Json *value = rule_field_json(rule, field);
        Str derived = derived_text(rule, field);
        if ((field->uses & use) == 0 ||
            (value == NULL && field->fallback == NULL && derived.len == 0)) {
            continue;
        }
        Str name =
            use == RULE_USE_ALERT && field->alert_name.len > 0 ? field->alert_name : field->name;
        char key[128];
        int len = snprintf(key, sizeof key, "%.*s%.*s", STR_ARG(prefix), STR_ARG(name));
        assert(len > 0 && (size_t)len < sizeof key);
        json_key(out, (Str){key, (size_t)len});
        if (derived.len > 0) {
            json_string(out, derived);
        } else if (value != NULL) {
            rule_print_tree(out, value);
        } else {
            json_raw(out, str_from_c(field->fallback));
        }
    }
}

void rule_print_json(JsonWriter *out, const Rule *rule)
{
    json_begin_object(out);
    rule_print_members(out, rule, RULE_USE_EXPORT, STR(""));
    json_end_object(out);
}
