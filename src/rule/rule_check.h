#pragma once
/* RuleCheck: one object of a rule file, held against the table of fields, becomes a Rule of the
 * list - or problems. */

#include "rule/rule_fields.h"

/* The text that the object was read from: a whole file, or one line of an NDJSON file. */
typedef struct RuleText RuleText;
struct RuleText {
    Str file;
    Str text;
    size_t first_line; /* of `text` in the file */
    bool has_columns;  /* JSON: a line may hold the whole rule; a line of TOML holds one field */
};

void rule_problem_add(RuleList *list, const RuleText *where, size_t at, Severity severity,
                      const char *code, const char *format, ...) PRINTF_LIKE(6, 7);

/* Known, and no more than that: unknown names warn, one by one up to RULE_MAX_UNKNOWN. `path` is put before the names in
 * messages. */
void rule_check_names(RuleList *list, const RuleText *where, const Json *object,
                      const RuleFieldTable *table, Str path);

/* What is no rule, by a table of its own; what the table keeps goes into `record`. False when something is wrong with it, which
 * is told. */
bool rule_check_object(RuleList *list, const RuleText *where, const Json *object,
                       const RuleFieldTable *table, Str path, void *record) MUST_CHECK;

/* `object` has the API's names. Pushes the rule when nothing is wrong with it. */
void rule_check(RuleList *list, const RuleText *where, const Json *object, Str maturity);
