/* Any bytes as a rule file: TOML when the first is odd, else JSON. Reading ends, each problem has
 * a place in the text and words, and what was read can be shown, exported, compiled and linted;
 * the export reads back as the same. */
#include "event/schema.h"
#include "rule/exceptions_show.h"
#include "rule/lint.h"
#include "rule/rule_set.h"
#include "rule/rule_show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const Schema *schema(void)
{
    static const Schema *builtin = NULL; /* slow to make, never changes */
    static Arena *arena = NULL;
    if (builtin == NULL) {
        arena = arena_new();
        builtin = schema_builtin(arena);
    }
    return builtin;
}

static void check_problems(const RuleList *list, size_t lines)
{
    Buffer out = {0};
    for (uint32_t i = 0; i < list->problems.count; i++) {
        const RuleProblem *problem = &list->problems.items[i];
        require(problem->message.len > 0 && problem->line <= lines);
        rule_problem_print(&out, problem);
    }
    buffer_done(&out);
}

static void check_export(const Rule *rule)
{
    Arena *arena = arena_new();
    RuleList again = {.arena = arena};
    Buffer once = {0};
    Buffer twice = {0};
    rule_print_json(&(JsonWriter){.out = &once}, rule);
    require(memchr(once.ptr, '\n', once.len) == NULL);
    if (once.len <= RULE_MAX_LINE) {
        rule_read_json(&again, STR("again"), buffer_str(&once));
        require(again.rules.count == 1);
        rule_print_json(&(JsonWriter){.out = &twice}, &again.rules.items[0]);
        require(str_equal(buffer_str(&once), buffer_str(&twice)));
    }
    buffer_done(&once);
    buffer_done(&twice);
    arena_free(arena);
}

static void check_rule(Arena *arena, const RuleList *list, const Rule *rule)
{
    Buffer page = {0};
    Diagnostics findings = {.arena = arena};
    rule_show(&page, rule, true);
    exceptions_show(&page, list, rule_exceptions_index(arena, list), rule, true);
    buffer_done(&page);
    check_export(rule);
    lint_rule(rule, schema(), &findings);
    for (uint32_t i = 0; i < findings.list.count; i++) {
        require(findings.list.items[i].at < rule->query.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    Arena *arena = arena_new();
    RuleList list = {.arena = arena};
    Str text = {(const char *)data + 1, size - 1};
    (data[0] % 2 == 1 ? rule_read_toml : rule_read_json)(&list, STR("fuzz"), text);
    size_t lines = 0;
    size_t column = 0;
    json_position(text, text.len, &lines, &column);
    check_problems(&list, lines);
    for (uint32_t i = 0; i < list.rules.count; i++) {
        check_rule(arena, &list, &list.rules.items[i]);
    }
    const RuleSet *set = rule_set_build(arena, &list, schema(), &(RuleFilter){0});
    require(set->count + set->skipped_count == list.rules.count);
    arena_free(arena);
    return 0;
}
