#include "unit.h"

#include "rule/lint_wildcard.h"

TEST(what_reads_as_a_pattern)
{
    static const struct {
        const char *field, *text;
        bool pattern;
    } CASES[] = {
        {"process.name", "cert*", true},
        {"process.name", "*cert", true},
        {"process.parent.executable", "/opt/agent/*", true},
        {"file.path", "?:\\Windows\\x.dll", true},
        {"process.executable", "\\Device\\HarddiskVolume?\\x.exe", true},
        {"process.args", "-o*", true},
        {"process.args", "./lib/job*snap.jar", true},
        {"process.args", "*-snap.jar", true},
        {"process.command_line", "*certutil*", true},
        {"dns.question.name", "*.example.org", true},
        {"vendor.field", "*admin*", true},
        {"process.name", "*", false},
        {"process.name", "**", false},
        {"process.name", "what?", false},
        {"process.args", "*.docx", false},
        {"process.args", "/lib/*", false},
        {"process.args", "C:\\data\\*", false},
        {"process.args", "/list:*", false},
        {"process.args", "mode=*", false},
        {"process.command_line", "SELECT * FROM t", false},
        {"process.command_line", "* * * * * root", false},
        {"process.command_line", "rm -rf /tmp/*", false},
        {"winlog.event_data.ShareName", "\\\\*\\C$", false},
        {"file.path", "\\\\*\\C$", false},
        {"file.path", "\\\\?\\C:\\x", false},
        {"file.path", "\\??\\C:\\x", false},
        {"tls.server.x509.subject.common_name", "*.example.org", false},
        {"url.path", "/a/*", false},
        {"aws.policy.action", "s3:Get*", false},
        {"vendor.field", "s3Get*", false},
        {"process.command_line", "*foo bar", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        bool found = lint_reads_as_pattern(str_from_c(CASES[i].field), str_from_c(CASES[i].text));
        if (found != CASES[i].pattern) {
            fail_msg("%s == \"%s\": %s", CASES[i].field, CASES[i].text,
                     found ? "told" : "not told");
        }
    }
}

TEST(what_covers_what)
{
    static const struct {
        const char *pattern, *covered;
        bool covers;
    } CASES[] = {
        {"*.exe", "a.exe", true},
        {"*.exe", "a.exe.bak", false},
        {"a*", "a", true},
        {"*", "", true},
        {"*", "*x?*", true},
        {"a?", "ab", true},
        {"a?", "a*", false},
        {"a?", "a?", true},
        {"ab", "a?", false},
        {"*a*b*", "*xa?b", true},
        {"*a*b*", "*b*a*", false},
        {"?", "\xc3\xa9", true},
        {"??", "\xc3\xa9", false},
        {"*\xa9", "\xc3\xa9", false},
        {"*/tmp/*", "*/var/tmp/*", true},
        {"*/var/tmp/*", "*/tmp/*", false},
        {"", "", true},
        {"", "a", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        size_t steps = 1000;
        bool covers =
            lint_covers(str_from_c(CASES[i].pattern), str_from_c(CASES[i].covered), &steps);
        if (covers != CASES[i].covers) {
            fail_msg("\"%s\" over \"%s\"", CASES[i].pattern, CASES[i].covered);
        }
    }
}

TEST(the_search_ends_when_its_steps_are_spent)
{
    size_t steps = 5;
    assert_false(lint_covers(STR("*aaaa"), STR("baaaaaaaaaaaaaaaa"), &steps));
    assert_int_equal(steps, 0);
}

RUN_TESTS(CASE(what_reads_as_a_pattern), CASE(what_covers_what),
          CASE(the_search_ends_when_its_steps_are_spent))
