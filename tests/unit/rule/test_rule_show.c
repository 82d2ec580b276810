#include "rule_text.h"

#include "rule/rule_show.h"

static void expect_page(const char *toml, bool colour, const char *expected)
{
    Texts texts = texts_new();
    rule_read_toml(&texts.list, STR("r.toml"), str_from_c(toml));
    assert_string_equal(texts_problems(&texts), "");
    Buffer page = {0};
    rule_show(&page, &texts.list.rules.items[0], colour);
    buffer_append_byte(&page, '\0');
    assert_string_equal(page.ptr, expected);
    buffer_done(&page);
    arena_free(texts.arena);
}

TEST(a_page_says_what_people_ask)
{
    expect_page(
        "[metadata]\nmaturity = \"production\"\n[rule]\nrule_id = \"shell-from-editor\"\nname = "
        "\"Shell "
        "From Editor\"\ndescription = \"\"\"\nAn editor starts\na shell.\n\"\"\"\nrisk_score = 47\n"
        "severity = \"medium\"\ntype = \"eql\"\nlanguage = \"eql\"\nfrom = \"now-9m\"\nindex = "
        "[\"logs-*\", \"-logs-test-*\"]\ntags = [\"Editor\", \"Demo\"]\nauthor = [\"One\", "
        "\"Two\"]\n"
        "license = \"Apache-2.0\"\nreferences = [\"https://example.org/a\"]\nfalse_positives = "
        "[\"People who like it.\"]\nnote = \"## Look\\nclosely\"\nquery = '''\nprocess where\n\n  "
        "process.name == \"sh\"\n'''\n[[rule.threat]]\nframework = \"MITRE ATT&CK\"\n"
        "[[rule.threat.technique]]\nid = \"T1\"\nname = \"One\"\nreference = "
        "\"https://example.org/1\"\n"
        "[[rule.threat.technique.subtechnique]]\nid = \"T1.1\"\nname = \"Sub\"\nreference = \"\"\n"
        "[rule.threat.tactic]\nid = \"TA1\"\nname = \"Tactic\"\nreference = "
        "\"https://example.org/2\"\n",
        false,
        "Shell From Editor\n\n"
        "An editor starts\na shell.\n\n"
        "Rule type: eql\n"
        "Rule id: shell-from-editor\n"
        "Rule indices:\n  - logs-*\n  - -logs-test-*\n"
        "Severity: medium\n"
        "Risk score: 47\n"
        "Runs every: 5 minutes\n"
        "Searches indices from: now-9m\n"
        "Additional look-back: 4 minutes\n"
        "Maximum alerts per execution: 100\n"
        "References:\n  - https://example.org/a\n"
        "Tags:\n  - Editor\n  - Demo\n"
        "Version: 1\n"
        "Maturity: production\n"
        "Rule authors: One, Two\n"
        "Rule license: Apache-2.0\n"
        "File: r.toml:3\n"
        "Potential false positives:\n  - People who like it.\n"
        "\nInvestigation guide:\n  ## Look\n  closely\n"
        "\nRule query:\n  process where\n\n    process.name == \"sh\"\n"
        "\nThreat mapping:\n"
        "  MITRE ATT&CK\n"
        "    TA1 Tactic (https://example.org/2)\n"
        "      T1 One (https://example.org/1)\n"
        "        T1.1 Sub\n");
}

TEST(what_would_drive_the_terminal_is_shown_as_a_question_mark)
{
    expect_page("[rule]\nname = \"\\u001b[31mred\\u009b\"\ndescription = "
                "\"d\\r\\n\\u0007\"\nrisk_score = 1\n"
                "severity = \"low\"\ntype = \"query\"\nrule_id = \"x\"\nto = "
                "\"now-1m\"\nbuilding_block_type = "
                "\"default\"\n",
                true,
                "\x1b[1m?[31mred?\x1b[0m\n\n"
                "d\n?\n\n"
                "\x1b[1mRule type:\x1b[0m query\n"
                "\x1b[1mRule id:\x1b[0m x\n"
                "\x1b[1mBuilding block:\x1b[0m yes: its alerts are hidden unless asked for\n"
                "\x1b[1mSeverity:\x1b[0m low\n"
                "\x1b[1mRisk score:\x1b[0m 1\n"
                "\x1b[1mRuns every:\x1b[0m 5 minutes\n"
                "\x1b[1mSearches indices from:\x1b[0m now-6m\n"
                "\x1b[1mSearches indices to:\x1b[0m now-1m\n"
                "\x1b[1mMaximum alerts per execution:\x1b[0m 100\n"
                "\x1b[1mVersion:\x1b[0m 1\n"
                "\x1b[1mFile:\x1b[0m r.toml:1\n");
}

RUN_TESTS(CASE(a_page_says_what_people_ask),
          CASE(what_would_drive_the_terminal_is_shown_as_a_question_mark))
