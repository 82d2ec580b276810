#pragma once
/* RuleStore: a file that keeps every version of every rule: as it was imported, as it was edited, and what an upgrade made
 * of both.
 *
 * Versions     a row for each. `version` counts what a rule's makers publish; `revision` what has run here: one more
 *              with each change of what the rule says, whoever made it. Rows are never changed and never go.
 * A rule       has a base, the version that was installed last, and a current one, which runs. They are the same row
 *              as long as nobody here has changed the rule.
 * Durability   what was committed stays (store/database.h).
 * Bounds       what is exported: RULE_MAX_FILE; versions of one rule that are listed: RULE_STORE_MAX_VERSIONS; refused
 *              with ERR_LIMIT. */

#include "base/array.h"
#include "base/buffer.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "store/database.h"

#define RULE_STORE_MAX_VERSIONS 10000

/* kind, as the file says it */
#define RULE_VERSION_KINDS(X)                                                      \
    X(RULE_VERSION_IMPORT, "import")     /* as its makers published it */          \
    X(RULE_VERSION_EDIT, "edit")         /* changed here */                        \
    X(RULE_VERSION_MERGE, "merge")       /* an upgrade of what was changed here */ \
    X(RULE_VERSION_ROLLBACK, "rollback") /* what it said before */

typedef enum RuleVersionKind {
#define RULE_VERSION_ENUM(kind, name) kind,
    RULE_VERSION_KINDS(RULE_VERSION_ENUM)
#undef RULE_VERSION_ENUM
} RuleVersionKind;

typedef struct RuleVersion {
    int64_t id; /* rows in the order in which they came */
    Str rule_id;
    int64_t version;
    int64_t revision; /* -1: it never ran */
    RuleVersionKind kind;
    bool draft;  /* no whole rule: it cannot run */
    Str release; /* it came with; may be empty */
    Str hash;    /* of what it says (rule_content.h) */
    Str text;    /* JSON */
    const Json *json;
    int64_t time_ms;
    const Json
        *conflicts; /* of a merge: names of the fields that both sides had changed; an array */
} RuleVersion;

typedef struct RuleVersionList {
    ARRAY(RuleVersion) list;
} RuleVersionList;

typedef struct RuleStore RuleStore;

/* The path of a store that is made when it is not there, or of one that is only read. NULL on failure. */
RuleStore *rule_store_open(const char *path, bool writes, Err *err) MUST_CHECK;
void rule_store_close(RuleStore *store);         /* NULL is fine */
Database *rule_store_database(RuleStore *store); /* for begin and commit */

/* Adds a row; version->id is set. `text`, not `json`, is what is kept. */
bool rule_store_add(RuleStore *store, RuleVersion *version, Err *err) MUST_CHECK;
/* What the rule's base and current version are from now on. */
bool rule_store_point(RuleStore *store, Str rule_id, int64_t base, int64_t current,
                      Err *err) MUST_CHECK;

typedef struct RuleHead {
    bool found; /* false: no version of it has ever run */
    RuleVersion base, current;
} RuleHead;
bool rule_store_head(RuleStore *store, Arena *arena, Str rule_id, RuleHead *out,
                     Err *err) MUST_CHECK;
/* All versions of a rule, by version and then as they came. */
bool rule_store_versions(RuleStore *store, Arena *arena, Str rule_id, RuleVersionList *out,
                         Err *err) MUST_CHECK;
/* There is a row of that rule, version, kind and hash, as whole a rule. */
bool rule_store_knows(RuleStore *store, const RuleVersion *version, bool *known,
                      Err *err) MUST_CHECK;
/* The current version of every rule, by rule_id. */
bool rule_store_all(RuleStore *store, Arena *arena, RuleVersionList *out, Err *err) MUST_CHECK;
/* The rule_id of all that the store knows: of a rule with that id, else of the one rule whose name has `name` in it. */
bool rule_store_find(RuleStore *store, Arena *arena, Str name, Str *rule_id, Err *err) MUST_CHECK;

/* The rule as it runs: its text with the store's version and revision. */
void rule_version_print(Buffer *out, const RuleVersion *version);
/* All rules as they run, a line each, by rule_id, and then exception lists and their items (exception_store.h). */
bool rule_store_text(Arena *arena, const char *path, Str *out, Err *err) MUST_CHECK;
