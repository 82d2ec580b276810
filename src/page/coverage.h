#pragma once
/* Coverage: which tactics and techniques of MITRE ATT&CK rules are mapped to, and how many rules each.
 *
 * Counted      are rules: one that names a technique twice counts once, and one that names only a sub-technique counts
 *              for its technique too. A rule of two tactics counts under both.
 * Tactics      of ATT&CK for enterprises stand there in its order, also with no rule; what is none of them comes behind.
 * Lifetimes    in the arena; borrows the rules. */

#include "base/json_writer.h"
#include "rule/rule.h"

typedef struct CoverageTechnique {
    Str id, name;
    bool sub; /* a sub-technique: "T1059.001" */
    uint32_t rules;
} CoverageTechnique;

typedef struct CoverageTactic {
    Str id, name;
    uint32_t rules;
    ARRAY(CoverageTechnique) techniques; /* by id: each technique before its sub-techniques */
} CoverageTactic;

typedef struct Coverage {
    ARRAY(CoverageTactic) tactics;
    uint32_t rules;      /* all */
    uint32_t unmapped;   /* of them, those that name no tactic */
    uint32_t techniques; /* distinct, sub-techniques not counted */
} Coverage;

Coverage *coverage_count(Arena *arena, const Rule *const *rules, uint32_t count);

void coverage_json(Buffer *out, const Coverage *coverage);
void coverage_html(Buffer *out, const Coverage *coverage, const char *way_up);
void coverage_markdown(Buffer *out, const Coverage *coverage);
/* A layer for the ATT&CK Navigator, format 4.5: a score for each technique and tactic. */
void coverage_navigator(Buffer *out, const Coverage *coverage);
