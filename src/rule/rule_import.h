#pragma once
/* RuleImport: one rule comes into the store: new, an upgrade, an edit, or nothing that is not known.
 *
 * How it is taken    a version that is higher than the base is an upgrade: a merge of three sides (rule_merge.h) where the
 *                    rule was changed here. Of the same version, what says something else is an edit - but what was
 *                    installed, coming once more, leaves an edited rule as it is. A lower one is kept for the history.
 * Transactions       are the caller's. */

#include "rule/rule_merge.h"
#include "rule/rule_store.h"

typedef enum ImportMode {
    IMPORT_AUTO, /* as said above */
    IMPORT_PREBUILT, /* from the rule's makers: of the same version, what says something else is an upgrade too */
    IMPORT_EDIT, /* a change made here, whatever version it says */
} ImportMode;

/* outcome, word, what it means */
#define IMPORT_OUTCOMES(X)                                                     \
    X(IMPORT_INSTALLED, "installed", "new")                                    \
    X(IMPORT_UPGRADED, "upgraded", "a newer version, unchanged here")          \
    X(IMPORT_MERGED, "merged", "a newer version with what was changed here")   \
    X(IMPORT_EDITED, "edited", "the same version with other content")          \
    X(IMPORT_UNCHANGED, "unchanged", "nothing that is not known")              \
    X(IMPORT_KEPT, "kept", "as it was installed: what was changed here stays") \
    X(IMPORT_OLDER, "older", "kept for the history")                           \
    X(IMPORT_DRAFT, "draft", "no whole rule: kept for the history")

typedef enum ImportOutcome {
#define IMPORT_ENUM(outcome, word, meaning) outcome,
    IMPORT_OUTCOMES(IMPORT_ENUM)
#undef IMPORT_ENUM
        IMPORT_OUTCOME_COUNT
} ImportOutcome;

const char *import_outcome_word(ImportOutcome outcome);
const char *import_outcome_meaning(ImportOutcome outcome);

typedef struct ImportRule {
    Str rule_id;
    int64_t version;
    const Json *source;
    bool draft;
    Str release; /* empty: what the rule says */
    int64_t time_ms;
    ImportMode mode;
} ImportRule;

typedef struct ImportResult {
    ImportOutcome outcome;
    int64_t version, revision; /* that run now; revision -1: none does */
    FieldNames conflicts;
} ImportResult;

bool rule_import(RuleStore *store, Arena *arena, const ImportRule *rule, ImportResult *out,
                 Err *err) MUST_CHECK;

/* "5": the rule says again what its makers published as version 5; "r3": what it said as revision 3. */
bool rule_rollback(RuleStore *store, Arena *arena, Str rule_id, Str version, ImportResult *out,
                   Err *err) MUST_CHECK;
/* The row that such words name: the last of its kind. */
bool rule_version_find(const RuleVersionList *versions, Str words, const RuleVersion **out,
                       Err *err) MUST_CHECK;
