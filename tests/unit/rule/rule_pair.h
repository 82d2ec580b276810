#pragma once
/* Small rules as JSON: one text of what every rule must have, and what a test adds or says in its place. */
#include "unit.h"

#include "base/buffer.h"
#include "base/json.h"

#define RULE_HEAD                                                                           \
    "\"rule_id\":\"r\",\"name\":\"N\",\"description\":\"D\",\"type\":\"eql\",\"language\":" \
    "\"eql\","                                                                              \
    "\"risk_score\":5,\"severity\":\"low\","
#define RULE_QUERY_ANY "\"query\":\"any where true\","

static inline const Json *json_of(Arena *arena, const char *text)
{
    Err err = {0};
    const Json *json = json_parse(arena, str_copy(arena, str_from_c(text)), &err);
    if (json == NULL) {
        fail_msg("%s: %s", err.text, text);
    }
    return json;
}

/* RULE_HEAD with `members` behind it, of which each ends with a comma. */
static inline const Json *rule_json(Arena *arena, const char *members)
{
    return json_of(arena, str_format(arena, "{" RULE_HEAD "%s\"interval\":\"5m\"}", members).ptr);
}
