#include "page/coverage.h"

#include "base/table.h"

#define NOT_YET UINT32_MAX

/* ATT&CK's tactics for enterprises, in the order of its matrix: https://attack.mitre.org/tactics/enterprise/ */
static const struct {
    Str id, name;
} TACTICS[] = {
    {STR_INIT("TA0043"), STR_INIT("Reconnaissance")},
    {STR_INIT("TA0042"), STR_INIT("Resource Development")},
    {STR_INIT("TA0001"), STR_INIT("Initial Access")},
    {STR_INIT("TA0002"), STR_INIT("Execution")},
    {STR_INIT("TA0003"), STR_INIT("Persistence")},
    {STR_INIT("TA0004"), STR_INIT("Privilege Escalation")},
    {STR_INIT("TA0005"), STR_INIT("Defense Evasion")},
    {STR_INIT("TA0006"), STR_INIT("Credential Access")},
    {STR_INIT("TA0007"), STR_INIT("Discovery")},
    {STR_INIT("TA0008"), STR_INIT("Lateral Movement")},
    {STR_INIT("TA0009"), STR_INIT("Collection")},
    {STR_INIT("TA0011"), STR_INIT("Command and Control")},
    {STR_INIT("TA0010"), STR_INIT("Exfiltration")},
    {STR_INIT("TA0040"), STR_INIT("Impact")},
};

/* What is needed only while rules are counted. */
typedef struct Tally {
    uint32_t last_rule; /* that was counted */
    Table *ids;         /* of its techniques: index in it = index of the technique */
    ARRAY(uint32_t) last_rules;
} Tally;

typedef struct Counter {
    Arena *arena;
    Coverage *coverage;
    Table *tactics; /* id: index of the tactic */
    Table *techniques;
    ARRAY(Tally) tallies;
    uint32_t rule;
} Counter;

static uint32_t find_tactic(Counter *counter, Str id, Str name)
{
    uint32_t index = table_add(counter->tactics, id);
    if (index == counter->coverage->tactics.count) {
        CoverageTactic tactic = {.id = id, .name = name};
        Tally tally = {.last_rule = NOT_YET, .ids = table_new(counter->arena)};
        ARRAY_PUSH(counter->arena, &counter->coverage->tactics, tactic);
        ARRAY_PUSH(counter->arena, &counter->tallies, tally);
    }
    return index;
}

static void count_technique(Counter *counter, uint32_t tactic_index, const Json *entry, bool sub)
{
    Str id = json_get_text(entry, STR("id"));
    CoverageTactic *tactic = &counter->coverage->tactics.items[tactic_index];
    Tally *tally = &counter->tallies.items[tactic_index];
    if (!sub) {
        table_add(counter->techniques, id);
    }
    uint32_t index = table_add(tally->ids, id);
    if (index == tactic->techniques.count) {
        CoverageTechnique technique = {
            .id = id, .name = json_get_text(entry, STR("name")), .sub = sub};
        ARRAY_PUSH(counter->arena, &tactic->techniques, technique);
        ARRAY_PUSH(counter->arena, &tally->last_rules, NOT_YET);
    }
    tactic->techniques.items[index].rules += tally->last_rules.items[index] != counter->rule;
    tally->last_rules.items[index] = counter->rule;
}

static void count_entry(Counter *counter, const Json *entry)
{
    const Json *said = json_get(entry, STR("tactic"));
    if (said == NULL || said->kind != JSON_OBJECT) {
        return;
    }
    uint32_t index =
        find_tactic(counter, json_get_text(said, STR("id")), json_get_text(said, STR("name")));
    counter->coverage->tactics.items[index].rules +=
        counter->tallies.items[index].last_rule != counter->rule;
    counter->tallies.items[index].last_rule = counter->rule;
    for (const Json *one = json_get_items(entry, STR("technique")); one != NULL; one = one->next) {
        count_technique(counter, index, one, false);
        for (const Json *sub = json_get_items(one, STR("subtechnique")); sub != NULL;
             sub = sub->next) {
            count_technique(counter, index, sub, true);
        }
    }
}

static int by_id(const void *a, const void *b)
{
    return str_compare(((const CoverageTechnique *)a)->id, ((const CoverageTechnique *)b)->id);
}

Coverage *coverage_count(Arena *arena, const Rule *const *rules, uint32_t count)
{
    Counter counter = {.arena = arena,
                       .coverage = ARENA_NEW(arena, Coverage),
                       .tactics = table_new(arena),
                       .techniques = table_new(arena)};
    Coverage *coverage = counter.coverage;
    for (size_t i = 0; i < ARRAY_LEN(TACTICS); i++) {
        find_tactic(&counter, TACTICS[i].id, TACTICS[i].name);
    }
    for (uint32_t i = 0; i < count; i++) {
        const Json *threat = rules[i]->threat;
        counter.rule = i;
        coverage->unmapped += threat == NULL || threat->count == 0;
        for (const Json *entry = threat == NULL ? NULL : threat->first; entry != NULL;
             entry = entry->next) {
            count_entry(&counter, entry);
        }
    }
    for (uint32_t i = 0; i < coverage->tactics.count; i++) {
        CoverageTactic *tactic = &coverage->tactics.items[i];
        if (tactic->techniques.count > 0) {
            qsort(tactic->techniques.items, tactic->techniques.count,
                  sizeof *tactic->techniques.items, by_id);
        }
    }
    coverage->rules = count;
    coverage->techniques = table_count(counter.techniques);
    return coverage;
}
