#pragma once
/* RuleMerge: three ways of one rule - as it was installed (base), as it was changed here (mine), as its makers publish it
 * now (theirs) - become one, field by field.
 *
 * Changed here      stays, whatever theirs says; what both changed, and not alike, is a conflict, and is told.
 * Changed by theirs comes, where it was not changed here.
 * Sets              (tags, index, author, references, false_positives) get what theirs added and lose what theirs
 *                   took away; what was added here stays, and what was taken away here stays away.
 * Exceptions        are only ever added: none that is there goes.
 * Who runs it       decides alone on `enabled`, `actions`, `response_actions` and `throttle`.
 * Units             what makes sense together only comes or stays together: a query with its language and type; when a
 *                   type differs, all that belongs to it; `from`, `to` and `interval`; timeline id and title. */

#include "rule/rule_content.h"

typedef struct RuleMerge {
    Str text;             /* the rule, JSON */
    FieldNames taken;     /* from theirs */
    FieldNames kept;      /* changed here, not by theirs */
    FieldNames conflicts; /* changed by both, each in its way: as it is here */
} RuleMerge;

typedef struct RuleSides {
    const Json *base, *mine, *theirs;
} RuleSides;

RuleMerge rule_merge(Arena *arena, const RuleSides *sides);
