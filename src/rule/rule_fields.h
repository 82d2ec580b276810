#pragma once
/* RuleFields: what a rule may say. One line a field: its name, kind, place in Rule, whether it must
 * be there, its default and bounds. Reading, checking, messages, export and the copy in alerts all
 * go by this table. */

#include "rule/rule.h"

typedef enum RuleKind {
    RULE_KIND_TEXT,          /* -> Str */
    RULE_KIND_NAME,          /* text that is not empty -> Str */
    RULE_KIND_CHOICE,        /* one of `choices` -> Str */
    RULE_KIND_ENUM,          /* the same -> its index, as the enum */
    RULE_KIND_DATE_MATH,     /* -> Str */
    RULE_KIND_INTERVAL,      /* -> Str */
    RULE_KIND_INTEGER,       /* least..most -> int64_t */
    RULE_KIND_BOOLEAN,       /* -> bool */
    RULE_KIND_TEXTS,         /* least..most of them -> StrList */
    RULE_KIND_TEXT_OR_TEXTS, /* checked only */
    RULE_KIND_OBJECT,        /* `members`; any when there are none -> const Json * */
    RULE_KIND_OBJECTS,       /* a list of such -> const Json * */
    RULE_KIND_ANY,           /* -> const Json * */
} RuleKind;

/* Where a field is shown (bits). */
typedef enum RuleUse {
    RULE_USE_EXPORT = 1,     /* Kibana's export */
    RULE_USE_PARAMETERS = 2, /* kibana.alert.rule.parameters */
    RULE_USE_ALERT = 4,      /* kibana.alert.rule.NAME */
} RuleUse;

typedef struct RuleField RuleField;

typedef struct RuleFieldTable {
    const RuleField *fields;
    uint32_t count;
} RuleFieldTable;

struct RuleField {
    Str name;
    RuleKind kind;
    uint8_t uses;
    bool required;
    size_t offset;              /* in Rule; 0: not kept there */
    int64_t least, most;        /* of a number, or how many in a list; most 0: no bound */
    const char *fallback;       /* the default, as JSON; NULL: none */
    const char *const *choices; /* up to NULL */
    RuleFieldTable members;
    Str alert_name; /* when the alert calls it differently */
};

const RuleFieldTable *rule_fields(void);
const RuleField *rule_field_find(const RuleFieldTable *table, Str name);
/* What a type of rule must have beyond what every rule must; up to NULL. */
const char *const *rule_type_needs(RuleType type);
/* The languages that a type may name; up to NULL. */
const char *const *rule_type_languages(RuleType type);

/* The value of a field, or NULL: what the rule's source says, null being as good as nothing. */
const Json *rule_field_json(const Rule *rule, const RuleField *field);

/* Members, without the braces, of all fields with that use; the default where the rule says
 * nothing. */
void rule_print_members(JsonWriter *out, const Rule *rule, RuleUse use, Str prefix);
/* Any tree of rule/toml or base/json, as JSON on one line. */
void rule_print_tree(JsonWriter *out, const Json *tree);
