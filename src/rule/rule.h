#pragma once
/* Rule: one detection rule as its file says it: query, severity, schedule, mapping to ATT&CK, ...
 *
 * Everything about a field - its name, type, default, bounds - is one line of the table in
 * rule_fields.c; reading TOML, reading NDJSON, checking, printing and the copy in alerts all go by
 * it.
 *
 * Lifetimes    in the arena of the RuleList that holds it; immutable after reading. */

#include "base/array.h"
#include "base/diagnostic.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "rule/exceptions.h"

typedef enum RuleType {
    RULE_EQL,
    RULE_QUERY,
    RULE_SAVED_QUERY,
    RULE_THRESHOLD,
    RULE_THREAT_MATCH,
    RULE_MACHINE_LEARNING,
    RULE_NEW_TERMS,
    RULE_ESQL,
} RuleType;

typedef enum RuleSeverity { RULE_LOW, RULE_MEDIUM, RULE_HIGH, RULE_CRITICAL } RuleSeverity;

typedef struct SeverityMapping {
    Str field, value;
    RuleSeverity severity;
} SeverityMapping;

typedef struct Rule {
    Str file;            /* where it was read, for messages */
    size_t line;         /* of the rule's first line there */
    Str query_text;      /* the same bytes as `query` */
    size_t query_line;   /* of the file, where the query's text starts; 0 when it cannot be told */
    size_t query_column; /* in that line, from 1 */
    const Json *source;  /* the whole rule as JSON, API names (TOML converted): what export and the
                            alert's copy use */

    Str id, rule_id, name, description, query, language;
    RuleType type;
    RuleSeverity severity;
    int64_t risk_score, max_signals, version, revision;
    bool enabled, immutable;
    Str interval, from, to;
    int64_t interval_ns;
    StrList index, tags, author, references, false_positives;
    Str license, note, setup, timestamp_override, event_category_override, timestamp_field,
        tiebreaker_field;
    Str rule_name_override, building_block_type, data_view_id;
    Str maturity; /* "production", "development", "deprecated"; empty when the file does not say */
    bool timestamp_override_fallback_disabled;
    const SeverityMapping *severity_mapping;
    uint32_t severity_mapping_count;
    Str risk_score_mapping_field; /* of mapping 0; empty if none */
    const Json *threat;           /* array as in the API, or NULL */
    const Json *exceptions_list, *filters, *actions, *alert_suppression; /* or NULL */
} Rule;

const char *rule_type_name(RuleType type);     /* "eql" */
const char *rule_type_category(RuleType type); /* "Event Correlation Rule" */
const char *rule_type_id(RuleType type);       /* "siem.eqlRule" */
const char *rule_severity_name(RuleSeverity severity);
bool rule_severity_parse(Str name, RuleSeverity *out);

/* Line and column of a byte of the query: in the file when that can be told, else (false) within
 * the query. */
bool rule_query_position(const Rule *rule, size_t at, size_t *line, size_t *column);

/* A rule that is not usable, and why: it is listed, never lost. */
typedef struct RuleProblem {
    Str file;
    size_t line, column;    /* 0 when they cannot be told */
    Severity severity;      /* error: the rule is left out; warning: it runs */
    const char *code;       /* "schema", "unknown-field", "syntax", "io", ... */
    Str rule_id, rule_name; /* empty when not known yet */
    Str message;
} RuleProblem;

/* "rule.toml:14: risk_score must be 0..100, found 150"; "warning: " before the message of one. No
 * newline. */
void rule_problem_print(Buffer *out, const RuleProblem *problem);

/* What has a rule_id and a version and is no whole rule, as histories of rules have it: known, and never run. What it
 * lacks is told as a warning. */
typedef struct RuleDraft {
    Str file;
    size_t line;
    Str rule_id;
    int64_t version;
    const Json *source;
    uint32_t rules_before; /* of the list's rules, those that stand before it */
} RuleDraft;

typedef struct RuleList {
    Arena *arena;
    ARRAY(Rule) rules;
    ARRAY(RuleProblem) problems;
    HashStream *content; /* NULL, or gets the paths and the bytes of all files as they are read */
    bool unread;         /* some file was not: `content` does not tell all */
    bool every_version;  /* for a store: a rule_id may come again, and drafts are kept */
    ARRAY(RuleDraft) drafts;
    Exceptions exceptions;
    struct ValueLists *value_lists; /* that exceptions name (value_lists.h); NULL: none */
    bool only_exceptions;           /* what files hold beside them is passed over */
} RuleList;

#define RULE_MAX_FILE     ((size_t)64 * 1024 * 1024) /* all rules there are, exported, are 20 MB */
#define RULE_MAX_LINE     ((size_t)4 * 1024 * 1024)  /* one rule */
#define RULE_MAX_PROBLEMS 10000                      /* the next says that more are not listed */
#define RULE_MAX_UNKNOWN  50                         /* names of one object; the rest is counted */

/* Reads rule files and folders of them: *.toml (elastic/detection-rules), *.ndjson and *.json
 * (Kibana's export: rules, exception lists and their items; other saved objects and the summary line are passed over). A folder's
 * files in order of their paths. Unreadable or wrong rules become problems; a rule_id met twice is
 * a problem and the first one stands. A store of rules (rule_store.h) is read as the lines that it exports. False only
 * when a path itself cannot be read. */
bool rule_read(RuleList *list, const Str *paths, uint32_t count, Err *err) MUST_CHECK;
/* The same of exception lists alone: a file's rules are passed over. */
bool rule_read_exceptions(RuleList *list, const Str *paths, uint32_t count, Err *err) MUST_CHECK;

/* What rule_read would give to `content`, without reading the rules. False when some file cannot be read. */
bool rule_hash(const Str *paths, uint32_t count, HashStream *content) MUST_CHECK;

/* The same as rule_read for one text in memory, `file` being its name in messages. */
void rule_read_toml(RuleList *list, Str file, Str text);
void rule_read_json(RuleList *list, Str file, Str text);

/* One rule as Kibana exports it (all fields, defaults filled in), on one line. */
void rule_print_json(JsonWriter *out, const Rule *rule);
