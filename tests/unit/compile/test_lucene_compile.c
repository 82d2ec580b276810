#include "compile/lucene_compile.h"
#include "unit.h"

static Diagnostics compile(Arena *arena, const char *text)
{
    Diagnostics diagnostics = {.arena = arena};
    PlanBuilder *builder = plan_builder_new(arena, schema_builtin(arena));
    uint32_t query = 0;
    assert_true(event_query_compile(builder, STR("lucene"), str_from_c(text),
                                    &(EventQueryOptions){0}, &diagnostics, &query));
    return diagnostics;
}

/* "or" binds no weaker than "and" here, which few expect. */
TEST(a_clause_that_changes_nothing_is_warned_of)
{
    Arena *arena = arena_new();
    Diagnostics diagnostics =
        compile(arena, "+event.action:x OR user.name:y AND process.name:z user.id:v");
    assert_int_equal(diagnostics.list.count, 1);
    const Diagnostic *warning = &diagnostics.list.items[0];
    assert_int_equal(warning->severity, SEVERITY_WARNING);
    assert_string_equal(warning->code, "idle-clause");
    assert_int_equal(warning->at,
                     strlen("+event.action:x OR user.name:y AND process.name:z user.id:"));
    assert_int_equal(compile(arena, "a:x OR b:y OR c:z").list.count, 0);
    assert_int_equal(compile(arena, "a:x AND (b:y OR c:z)").list.count, 0);
    assert_int_equal(compile(arena, "+a:x -b:y").list.count, 0);
    arena_free(arena);
}

RUN_TESTS(CASE(a_clause_that_changes_nothing_is_warned_of))
