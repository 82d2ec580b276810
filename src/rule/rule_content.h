#pragma once
/* RuleContent: what a rule says, field by field, with defaults filled in and in one spelling, so that two rules can
 * be held against each other wherever they were written: what differs is what somebody changed.
 *
 * Not content  what keeps the books of a rule (version, revision, who made it when), and who it is (rule_id, id).
 * Lifetimes    in the arena; borrows the rule's tree. */

#include "base/array.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/table.h"

typedef struct ContentField {
    Str name;
    const Json *value; /* NULL: the default, which the rule does not say */
    Str text;          /* JSON: members sorted, no blanks */
} ContentField;

typedef struct RuleContent {
    Table *names; /* index in it = index of the field */
    ARRAY(ContentField)
    fields; /* in the order of the table of fields; then unknown ones, by name */
} RuleContent;

RuleContent rule_content(Arena *arena, const Json *source);
const ContentField *rule_content_find(const RuleContent *content,
                                      Str name); /* NULL: no such field */
/* Any tree in the one spelling. */
Str rule_content_spell(Arena *arena, const Json *tree);
bool rule_content_is_bookkeeping(Str name);
Hex rule_content_hash(const RuleContent *content);

/* The names of the fields that differ, in the order of the fields. */
typedef struct FieldNames {
    ARRAY(Str) list;
} FieldNames;
FieldNames rule_content_differences(Arena *arena, const RuleContent *a, const RuleContent *b);
