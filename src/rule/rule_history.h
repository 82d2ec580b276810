#pragma once
/* RuleHistory: what each version of a rule changed.
 *
 * Changed      is a query that looks for something else. One that is only written in another way - blanks, line breaks,
 *              parentheses, the order of a list - compiles to the same plan. What does not compile here (ES|QL, errors) is
 *              held against the other as it is written, blanks aside.
 * The rest     goes by the names of its fields. Where nothing says anything else, it is "Formatting only". */

#include "event/schema.h"
#include "rule/rule.h"
#include "rule/rule_content.h"
#include "rule/rule_store.h"

typedef struct RuleChange {
    bool query;      /* it looks for something else */
    bool formatting; /* the query is written in another way only, or nothing differs at all */
    Str old_query;   /* when `query` */
    Str old_name;    /* empty: the name is the same */
    FieldNames added, removed, updated; /* the other fields */
} RuleChange;

RuleChange rule_change(Arena *arena, const Schema *schema, const Json *before, const Json *after);

typedef struct RuleHistoryEntry {
    const RuleVersion *version;
    RuleChange change; /* to the entry before */
} RuleHistoryEntry;

typedef struct RuleHistory {
    ARRAY(RuleHistoryEntry) entries; /* newest first, without the first version */
    const RuleVersion *first;        /* NULL: no version is known */
} RuleHistory;

/* Of what has run and what was known; an upgrade that became a merge stands there as the merge. */
RuleHistory rule_history(Arena *arena, const Schema *schema, const RuleVersionList *versions);

/* "Version 5 (7.12.0 release)", "Version 5, revision 7: edited on 2024-05-06". */
Str rule_history_title(Arena *arena, const RuleVersion *version);
/* What changed, a line each, without the old query: "Updated query, changed from:", "Formatting only", "Updated tags, note". */
void rule_change_lines(Arena *arena, const RuleHistoryEntry *entry, StrList *out);
