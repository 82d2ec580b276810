#include "unit.h"

#include "plan/explain_witness.h"
#include "plan/expr_build.h"

TEST(stages_tell_their_witnesses_and_those_without_say_so)
{
    Arena *arena = arena_new();
    PlanBuilder *b = plan_builder_new(arena, schema_builtin(arena));
    NodeId name = build_equal(b, "process.name", "a");
    NodeId user = build_equal(b, "user.name", "b");
    NodeId host = build_equal(b, "host.name", "c");
    NodeId either = plan_builder_or(b, (NodeId[]){name, user}, 2);
    NodeId not_name = plan_builder_not(b, name);
    NodeId both = plan_builder_and(b, (NodeId[]){either, host, not_name}, 3);
    Stage stages[] = {{.node = both}, {.node = not_name}, {.node = not_name}, {.node = either}};
    Stage until = {.node = plan_builder_constant(b, false)};
    FieldId time = field_table_add(plan_builder_fields(b), STR("@timestamp"), FIELD_USE_SPAN);
    QueryPlan query = {.kind = QUERY_SEQUENCE,
                       .stages = stages,
                       .stage_count = 4,
                       .until = &until,
                       .timestamp = time,
                       .tiebreaker = FIELD_NONE};
    uint32_t id = plan_builder_add_query(b, &query);
    Buffer out = {0};
    explain_witnesses(&out, plan_builder_finish(b), id);
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.ptr, "  witnesses\n"
                                 "    stage 1\n"
                                 "      host.name == \"c\"\n"
                                 "      any of process.name == \"a\", user.name == \"b\"\n"
                                 "    stages 2 to 3\n"
                                 "      no witness: asked on every event\n"
                                 "    stage 4\n"
                                 "      any of process.name == \"a\", user.name == \"b\"\n"
                                 "    until\n"
                                 "      never holds\n");
    buffer_done(&out);
    arena_free(arena);
}

TEST(an_event_query_has_no_stages)
{
    Arena *arena = arena_new();
    PlanBuilder *b = plan_builder_new(arena, schema_builtin(arena));
    Stage stage = {.node = build_equal(b, "process.name", "a")};
    QueryPlan query = {.stages = &stage, .stage_count = 1, .tiebreaker = FIELD_NONE};
    uint32_t id = plan_builder_add_query(b, &query);
    Buffer out = {0};
    explain_witnesses(&out, plan_builder_finish(b), id);
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.ptr, "  witnesses\n"
                                 "    process.name == \"a\"\n");
    buffer_done(&out);
    arena_free(arena);
}

RUN_TESTS(CASE(an_event_query_has_no_stages),
          CASE(stages_tell_their_witnesses_and_those_without_say_so))
