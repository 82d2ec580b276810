#pragma once
/* What the tests of pages share: an expected text, and rules from JSON. */
#include "unit.h"

#include "base/buffer.h"
#include "rule/rule.h"

static inline void expect_text(Buffer *out, const char *expected)
{
    buffer_append_byte(out, '\0');
    assert_string_equal(out->ptr, expected);
    buffer_done(out);
}

static inline void expect_part(const Buffer *out, const char *part)
{
    size_t at = 0;
    if (!str_find(buffer_str(out), str_from_c(part), 0, &at)) {
        fail_msg("no \"%s\" in: %.*s", part, (int)out->len, out->ptr);
    }
}

static inline void expect_no_part(const Buffer *out, const char *part)
{
    size_t at = 0;
    if (str_find(buffer_str(out), str_from_c(part), 0, &at)) {
        fail_msg("\"%s\" in: %.*s", part, (int)out->len, out->ptr);
    }
}

/* A rule with these members, each with its comma behind it. */
static inline void add_rule(RuleList *list, const char *name, const char *members)
{
    uint32_t before = list->rules.count;
    rule_read_json(
        list, STR("r"),
        str_format(list->arena,
                   "{\"name\":\"%s\",%s\"description\":\"D\",\"type\":\"eql\",\"language\":\"eql\","
                   "\"risk_score\":5,\"severity\":\"low\",\"query\":\"any where true\"}",
                   name, members));
    assert_int_equal(list->rules.count, before + 1);
}
