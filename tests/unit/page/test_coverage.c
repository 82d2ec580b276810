#include "page_text.h"

#include "page/coverage.h"

#define MITRE(id, name) "\"id\":\"" id "\",\"name\":\"" name "\",\"reference\":\"\""
#define THREAT(tactic, techniques) \
    "{\"framework\":\"MITRE ATT&CK\",\"tactic\":{" tactic "},\"technique\":[" techniques "]}"
#define EXECUTION MITRE("TA0002", "Execution")
#define OWN       MITRE("X1", "<i>")
#define SHELL     "{" MITRE("T1059", "Shell") ",\"subtechnique\":[{" MITRE("T1059.001", "PS") "}]}"
#define PLAIN     "{" MITRE("T1059", "Shell") "}"

typedef struct Counted {
    Arena *arena;
    const Coverage *coverage;
} Counted;

static Counted count(void)
{
    Arena *arena = arena_new();
    RuleList list = {.arena = arena};
    add_rule(&list, "a",
             "\"threat\":[" THREAT(EXECUTION, SHELL) "," THREAT(EXECUTION, PLAIN "," SHELL) "],");
    add_rule(&list, "b", "\"threat\":[" THREAT(EXECUTION, PLAIN) "," THREAT(OWN, PLAIN) "],");
    add_rule(&list, "c", "");
    const Rule *rules[3];
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        rules[i] = &list.rules.items[i];
    }
    return (Counted){arena, coverage_count(arena, rules, ARRAY_LEN(rules))};
}

TEST(a_rule_counts_once_for_what_it_names)
{
    Counted counted = count();
    const Coverage *coverage = counted.coverage;
    assert_int_equal(coverage->rules, 3);
    assert_int_equal(coverage->unmapped, 1);
    assert_int_equal(coverage->techniques, 1);
    assert_int_equal(coverage->tactics.count, 15); /* ATT&CK's, and one that is none */
    const CoverageTactic *execution = &coverage->tactics.items[3];
    assert_int_equal(execution->rules, 2);
    assert_int_equal(execution->techniques.count, 2);
    assert_int_equal(execution->techniques.items[0].rules, 2);
    assert_true(execution->techniques.items[1].sub);
    assert_int_equal(execution->techniques.items[1].rules, 1);
    assert_int_equal(coverage->tactics.items[14].rules, 1);
    assert_int_equal(coverage->tactics.items[0].rules, 0);
    arena_free(counted.arena);
}

TEST(each_form_tells_the_counts)
{
    Counted counted = count();
    Buffer out = {0};
    coverage_json(&out, counted.coverage);
    expect_part(&out,
                "{\"rules\":3,\"unmapped\":1,\"techniques\":1,\"tactics\":[{\"id\":\"TA0043\"");
    expect_part(&out, "{\"id\":\"TA0002\",\"name\":\"Execution\",\"rules\":2,\"techniques\":[{"
                      "\"id\":\"T1059\",\"name\":\"Shell\",\"rules\":2},"
                      "{\"id\":\"T1059.001\",\"name\":\"PS\",\"rules\":1}]}");
    buffer_done(&out);
    coverage_navigator(&out, counted.coverage);
    expect_part(&out, "\"domain\":\"enterprise-attack\"");
    expect_part(&out, "{\"techniqueID\":\"T1059.001\",\"tactic\":\"execution\",\"score\":1,"
                      "\"comment\":\"1 rule\"");
    expect_part(&out, "\"minValue\":1,\"maxValue\":2");
    buffer_done(&out);
    coverage_html(&out, counted.coverage, "index.html");
    expect_part(&out,
                "<li class=\"few\"><b>T1059</b> Shell <span class=\"quiet\">(2 rules)</span><ul>"
                "<li class=\"few\"><b>T1059.001</b> PS <span class=\"quiet\">(1 "
                "rule)</span></li></ul></li>\n</ul>");
    expect_part(&out, "<h2>&lt;i&gt;</h2>");
    expect_no_part(&out, "<i>");
    buffer_done(&out);
    coverage_markdown(&out, counted.coverage);
    expect_part(&out, "## Execution (TA0002): 2\n\n| Technique | Name | Rules |\n|---|---|---:|\n| "
                      "T1059 | Shell | 2 |\n");
    buffer_done(&out);
    arena_free(counted.arena);
}

RUN_TESTS(CASE(a_rule_counts_once_for_what_it_names), CASE(each_form_tells_the_counts))
