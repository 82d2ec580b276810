#pragma once
/* What the tests of rules share: a small rule as TOML with lines changed, and all problems as one
 * text. */
#include "unit.h"

#include "rule/rule.h"

/* 11 lines; `extra` begins on line 12. */
#define SMALL_RULE                                         \
    "[metadata]\n"                                         \
    "maturity = \"production\"\n"                          \
    "[rule]\n"                                             \
    "rule_id = \"6e1b2c5a-0000-4000-8000-00000000beef\"\n" \
    "name = \"Shell From Editor\"\n"                       \
    "description = \"An editor starts a shell.\"\n"        \
    "risk_score = 47\n"                                    \
    "severity = \"medium\"\n"                              \
    "type = \"eql\"\n"                                     \
    "language = \"eql\"\n"                                 \
    "query = 'process where true'\n"

typedef struct Texts {
    Arena *arena;
    RuleList list;
} Texts;

static inline Texts texts_new(void)
{
    Arena *arena = arena_new();
    return (Texts){.arena = arena, .list = {.arena = arena}};
}

/* Each problem on a line of its own. */
static inline const char *texts_problems(Texts *texts)
{
    Buffer out = {0};
    for (uint32_t i = 0; i < texts->list.problems.count; i++) {
        rule_problem_print(&out, &texts->list.problems.items[i]);
        buffer_append_byte(&out, '\n');
    }
    const char *all = str_to_c(texts->arena, buffer_str(&out));
    buffer_done(&out);
    return all;
}
