#include "rule_text.h"

static const char HEAD[] =
    "[rule]\nname = \"n\"\ndescription = \"d\"\nrisk_score = 1\nseverity = \"low\"\n";

TEST(new_terms_tables_become_the_apis_fields)
{
    Texts texts = texts_new();
    Str text = str_format(
        texts.arena,
        "%stype = \"new_terms\"\nquery = \"a:b\"\n[rule.new_terms]\nfield = "
        "\"new_terms_fields\"\nvalue = [\"host.name\", \"user.name\"]\n"
        "[[rule.new_terms.history_window_start]]\nfield = \"history_window_start\"\nvalue "
        "= \"now-7d\"\n",
        HEAD);
    rule_read_toml(&texts.list, STR("r.toml"), text);
    assert_string_equal(texts_problems(&texts), "");
    const Json *source = texts.list.rules.items[0].source;
    assert_null(json_get(source, STR("new_terms")));
    assert_int_equal(json_get(source, STR("new_terms_fields"))->count, 2);
    assert_true(str_equal(json_get(source, STR("history_window_start"))->text, STR("now-7d")));
    arena_free(texts.arena);
}

TEST(wrong_new_terms_are_told_where_they_stand)
{
    Texts texts = texts_new();
    Str text =
        str_format(texts.arena,
                   "%stype = \"new_terms\"\nquery = \"a:b\"\n[rule.new_terms]\nvalue = [\"a\", 5]\n"
                   "[[rule.new_terms.history_window_start]]\nvalue = \"7 days\"\n",
                   HEAD);
    rule_read_toml(&texts.list, STR("r.toml"), text);
    const char *problems = texts_problems(&texts);
    assert_non_null(strstr(problems, "r.toml:9: new_terms_fields[1] must be a text, found 5\n"));
    assert_non_null(strstr(problems, "r.toml:11: history_window_start: "));
    arena_free(texts.arena);
}

TEST(a_file_without_a_rule_is_passed_over)
{
    Texts texts = texts_new();
    rule_read_toml(&texts.list, STR("hunt.toml"), STR("[hunt]\nname = \"x\"\n"));
    assert_string_equal(texts_problems(&texts),
                        "hunt.toml:1: warning: no [rule] section: passed over\n");
    arena_free(texts.arena);
}

TEST(sections_must_be_tables)
{
    static const char *const CASES[][2] = {
        {"rule = 1", "r.toml:1: rule must be a table\n"},
        {"metadata = []\n[rule]", "r.toml:1: metadata must be a table\n"},
        {"[[rule]]", "r.toml:1: rule must be a table\n"},
        {"[rule", "r.toml:1:6: table header: encountered end-of-file\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Texts texts = texts_new();
        rule_read_toml(&texts.list, STR("r.toml"), str_from_c(CASES[i][0]));
        assert_string_equal(texts_problems(&texts), CASES[i][1]);
        arena_free(texts.arena);
    }
}

TEST(what_stands_around_a_rule_is_known)
{
    Texts texts = texts_new();
    Str text = str_format(
        texts.arena,
        "[metadata]\ncreation_date = 2024-05-06\nupdated_date = \"2024/05/07\"\nmaturity = "
        "\"deprecated\"\nintegration = [\"endpoint\"]\nmin_stack_version = \"8.3.0\"\n"
        "%stype = \"query\"\n[transform]\n[[transform.osquery]]\nlabel = \"x\"\n",
        HEAD);
    rule_read_toml(&texts.list, STR("r.toml"), text);
    assert_string_equal(texts_problems(&texts), "");
    assert_true(str_equal(texts.list.rules.items[0].maturity, STR("deprecated")));
    arena_free(texts.arena);
}

RUN_TESTS(CASE(new_terms_tables_become_the_apis_fields),
          CASE(wrong_new_terms_are_told_where_they_stand),
          CASE(a_file_without_a_rule_is_passed_over), CASE(sections_must_be_tables),
          CASE(what_stands_around_a_rule_is_known))
