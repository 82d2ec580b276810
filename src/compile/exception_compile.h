#pragma once
/* ExceptionCompile: an item of an exception list becomes a condition: of the events that it holds of, a rule sees none.
 *
 * Meaning      all entries of an item must hold, as Kibana asks Elasticsearch: "match" and "match_any" are phrases
 *              (exact where the field is no analysed text), "wildcard" is, in exact fields, by case; "excluded" turns
 *              an entry round. An item for operating systems asks for host.os.type, or host.os.name whatever its case.
 * Places       entries have no query's text: diagnostics stand at its beginning and name the field. */

#include "base/diagnostic.h"
#include "base/err.h"
#include "plan/plan.h"

/* test, what Kibana calls it */
#define EXCEPTION_TESTS(X)              \
    X(EXCEPTION_MATCH, "match")         \
    X(EXCEPTION_MATCH_ANY, "match_any") \
    X(EXCEPTION_EXISTS, "exists")       \
    X(EXCEPTION_WILDCARD, "wildcard")   \
    X(EXCEPTION_LIST, "list")           \
    X(EXCEPTION_NESTED, "nested")

typedef enum ExceptionTest {
#define EXCEPTION_TEST_ENUM(test, name) test,
    EXCEPTION_TESTS(EXCEPTION_TEST_ENUM)
#undef EXCEPTION_TEST_ENUM
} ExceptionTest;

typedef struct ExceptionEntry ExceptionEntry;
struct ExceptionEntry {
    ExceptionTest test;
    bool excluded;
    Str field;
    const Str *values; /* MATCH, WILDCARD: one */
    uint32_t value_count;
    Str list_id, list_type;        /* LIST */
    const ExceptionEntry *entries; /* NESTED: fields below `field`, of one and the same object */
    uint32_t entry_count;
};

typedef struct ExceptionCondition {
    const ExceptionEntry *entries;
    uint32_t entry_count;
    const Str *os_types; /* any of them; none = all */
    uint32_t os_count;
    /* Where value lists come from; false, and why, when there is none. */
    bool (*find_list)(void *context, Str id, Str type, ValueList *out, Err *err);
    void *context;
} ExceptionCondition;

/* False when `diagnostics` got errors. */
bool exception_compile(PlanBuilder *builder, const ExceptionCondition *condition,
                       Diagnostics *diagnostics, NodeId *out) MUST_CHECK;
