#pragma once
/* LineagePlain: the slow twin of Lineage: a list for each source and relation, gone through from end to end. Shares
 * nothing with it but the plan and the hits. No bounds. */

#include "match/hit.h"

typedef struct LineagePlain LineagePlain;

LineagePlain *lineage_plain_new(const QueryPlan *query);
void lineage_plain_free(LineagePlain *lineage); /* NULL is fine */
bool lineage_plain_takes(LineagePlain *lineage, const Hit *hit);
LineageFacts lineage_plain_facts(const LineagePlain *lineage, Str process, Str parent);
