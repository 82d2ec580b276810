#include "unit.h"

#include "exec/index_name.h"

static bool fits(const char *index, const char *first, const char *second)
{
    Value patterns[] = {value_string(str_from_c(first)),
                        value_string(str_from_c(second == NULL ? "" : second))};
    return index_name_matches(str_from_c(index), patterns, second == NULL ? 1 : 2);
}

TEST(patterns_name_indices)
{
    assert_true(fits("logs-a-default", "logs-*", NULL));
    assert_true(fits("logs-a-default", "metrics-*", "logs-a-*"));
    assert_false(fits("logs-a-default", "metrics-*", NULL));
    assert_false(fits("logs-a-default", "logs-a", NULL));
    assert_false(fits("LOGS-a", "logs-*", NULL));
}

TEST(exclusions_win_whatever_their_place)
{
    assert_false(fits("logs-a-x", "logs-*", "-logs-a*"));
    assert_false(fits("logs-a-x", "-logs-a*", "logs-*"));
    assert_true(fits("logs-b-x", "-logs-a*", "logs-*"));
    assert_true(fits("logs-b-x", "-logs-a*", NULL));
}

TEST(indices_behind_a_data_stream_have_its_name_too)
{
    static const char *const BEHIND[] = {
        ".ds-logs-a-default-2024.05.06-000012",
        ".ds-logs-a-default-000012",
        "partial-.ds-logs-a-default-2024.05.06-000012",
        "restored-.ds-logs-a-default-2024.05.06-000012",
    };
    for (size_t i = 0; i < ARRAY_LEN(BEHIND); i++) {
        assert_true(fits(BEHIND[i], "logs-a-*", NULL));
        assert_true(fits(BEHIND[i], "logs-a-default", NULL));
        assert_false(fits(BEHIND[i], "logs-b-*", NULL));
        assert_false(fits(BEHIND[i], "logs-*", "-logs-a-default"));
    }
    assert_true(fits(BEHIND[0], ".ds-logs-*", NULL));
    assert_false(fits("logs-a-default-2024.05.06-000012", "logs-a-default", NULL));
    assert_false(fits(".ds-logs-a", "logs-a", NULL));
    assert_false(fits(".ds-", "", NULL));
}

TEST(other_clusters_are_named_by_their_own_patterns)
{
    assert_true(fits("west:logs-a", "*:logs-*", NULL));
    assert_true(fits("west:.ds-logs-a-2024.05.06-000012", "west:logs-*", NULL));
    assert_false(fits("west:logs-a", "logs-*", NULL));
    assert_false(fits("west:logs-a", "east:logs-*", NULL));
    assert_false(fits("logs-a", "*x:logs-*", NULL));
}

RUN_TESTS(CASE(patterns_name_indices), CASE(exclusions_win_whatever_their_place),
          CASE(indices_behind_a_data_stream_have_its_name_too),
          CASE(other_clusters_are_named_by_their_own_patterns))
