#include "match/lineage_plain.h"

#include "base/array.h"

typedef ARRAY(Str) Ids;

struct LineagePlain {
    Arena *arena;
    const QueryPlan *query;
    Ids *marked;     /* by source: processes of events that fit */
    Ids *descending; /* by source: processes below one of those */
};

LineagePlain *lineage_plain_new(const QueryPlan *query)
{
    Arena *arena = arena_new();
    LineagePlain *lineage = ARENA_NEW(arena, LineagePlain);
    *lineage = (LineagePlain){
        .arena = arena,
        .query = query,
        .marked = ARENA_MANY(arena, Ids, query->lineage.source_count),
        .descending = ARENA_MANY(arena, Ids, query->lineage.source_count),
    };
    return lineage;
}

void lineage_plain_free(LineagePlain *lineage)
{
    if (lineage != NULL) {
        arena_free(lineage->arena);
    }
}

static bool has(const Ids *list, Str id)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (str_equal(list->items[i], id)) {
            return true;
        }
    }
    return false;
}

static bool has_any(const Ids *list, Str ids)
{
    Str id;
    while (hit_next_id(&ids, &id)) {
        if (has(list, id)) {
            return true;
        }
    }
    return false;
}

static void add_all(LineagePlain *lineage, Ids *list, Str ids)
{
    Str id;
    while (hit_next_id(&ids, &id)) {
        if (!has(list, id)) {
            ARRAY_PUSH(lineage->arena, list, str_copy(lineage->arena, id));
        }
    }
}

static bool holds(const LineagePlain *lineage, LineageLeaf leaf, Str process, Str parent)
{
    const Ids *marked = &lineage->marked[leaf.source];
    const Ids *descending = &lineage->descending[leaf.source];
    switch ((LineageRelation)leaf.relation) {
    case LINEAGE_EVENT: return has_any(marked, process);
    case LINEAGE_CHILD: return has_any(marked, parent);
    case LINEAGE_DESCENDANT: break;
    }
    return has_any(descending, process) || has_any(descending, parent) || has_any(marked, parent);
}

static bool fits(const LineagePlain *lineage, const Hit *hit)
{
    const Stage *stage = hit_stage(lineage->query, hit->stage);
    uint32_t bit = 1;
    for (uint32_t i = 0; i < stage->leaf_count; i++) {
        bit <<= holds(lineage, stage->leaves[i], hit->process, hit->parent) ? 1u << i : 0;
    }
    return stage->leaf_count == 0 || (hit->cases & bit) != 0;
}

bool lineage_plain_takes(LineagePlain *lineage, const Hit *hit)
{
    if (hit->stage == HIT_LINK) {
        for (uint16_t i = 0; i < lineage->query->lineage.source_count; i++) {
            if (holds(lineage, (LineageLeaf){LINEAGE_DESCENDANT, i}, hit->process, hit->parent)) {
                add_all(lineage, &lineage->descending[i], hit->process);
            }
        }
        return false;
    }
    if (hit_is_of_lineage(hit)) {
        if (fits(lineage, hit)) {
            add_all(lineage, &lineage->marked[hit->stage - HIT_SOURCE], hit->process);
        }
        return false;
    }
    return fits(lineage, hit);
}

LineageFacts lineage_plain_facts(const LineagePlain *lineage, Str process, Str parent)
{
    LineageFacts facts = {0};
    for (uint16_t relation = 0; relation < LINEAGE_RELATIONS; relation++) {
        for (uint16_t i = 0; i < lineage->query->lineage.source_count; i++) {
            bool it_holds = holds(lineage, (LineageLeaf){relation, i}, process, parent);
            facts.of[relation] |= (uint32_t)it_holds << i;
        }
    }
    return facts;
}
