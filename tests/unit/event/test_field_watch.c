#include "unit.h"

#include "base/buffer.h"
#include "event/field_watch.h"

static const char *const PATHS[] = {"a", "b.c", "t", "d"};

static FieldTable *table_of_paths(Arena *arena)
{
    FieldTable *fields = field_table_new(arena, schema_builtin(arena));
    for (size_t i = 0; i < ARRAY_LEN(PATHS); i++) {
        FieldUse use = str_equal(str_from_c(PATHS[i]), STR("t")) ? FIELD_USE_SPAN : FIELD_USE_VALUE;
        field_table_add(fields, str_from_c(PATHS[i]), use);
    }
    return fields;
}

/* "a t" for what was seen. */
static const char *seen(Arena *arena, const FieldWatch *watch)
{
    Str names[ARRAY_LEN(PATHS)];
    size_t count = 0;
    for (FieldId id = 0; id < ARRAY_LEN(PATHS); id++) {
        if (field_watch_saw(watch, id)) {
            names[count++] = str_from_c(PATHS[id]);
        }
    }
    return str_to_c(arena, str_join(arena, names, count, STR(" ")));
}

static FieldWatch *watch_all(const FieldTable *fields)
{
    static const FieldId IDS[] = {0, 1, 2, 3, 1, 0};
    return field_watch_new(fields, IDS, ARRAY_LEN(IDS));
}

static Document document_of(Arena *arena, const char *text)
{
    Document document;
    Err err = {0};
    assert_true(document_parse(arena, str_from_c(text), &document, &err));
    return document;
}

static void look_at_document(Arena *arena, FieldWatch *watch, const char *text)
{
    Document document = document_of(arena, text);
    field_watch_document(watch, &document, arena);
}

/* A batch of one row, with the spans that a reader would find. */
static void look_at_batch(const FieldTable *fields, FieldWatch *watch, const FieldSpan *spans,
                          uint32_t count)
{
    Arena *arena = arena_new();
    Batch *batch = batch_new(fields, 0);
    batch_add_row(batch, &(EventPlace){0}, STR("{}"), spans, count, (EventNames){0});
    batch_encode(batch);
    field_watch_batch(watch, batch, arena);
    batch_free(batch);
    arena_free(arena);
}

TEST(a_null_is_no_value)
{
    static const struct {
        const char *text;
        const char *seen;
    } CASES[] = {{"{}", ""},
                 {"{\"a\":1}", "a"},
                 {"{\"a\":null,\"b\":{\"c\":[]},\"t\":[null],\"d\":{}}", ""},
                 {"{\"a\":false,\"b.c\":[null,\"\"],\"d\":{\"e\":1}}", "a b.c"},
                 {"{\"b\":[{\"x\":1},{\"c\":0}],\"t\":\"x\"}", "b.c t"}};
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Arena *arena = arena_new();
        FieldWatch *watch = watch_all(table_of_paths(arena));
        look_at_document(arena, watch, CASES[i].text);
        assert_string_equal(seen(arena, watch), CASES[i].seen);
        field_watch_free(watch);
        arena_free(arena);
    }
}

TEST(columns_say_the_same)
{
    static const FieldSpan NOTHING[] = {{0, 4, "null"}, {1, 2, "[]"}, {2, 6, "[null]"}};
    static const FieldSpan SOMETHING[] = {{0, 5, "false"}, {2, 3, "\"x\""}, {3, 4, "null"}};
    Arena *arena = arena_new();
    const FieldTable *fields = table_of_paths(arena);
    FieldWatch *watch = watch_all(fields);
    look_at_batch(fields, watch, NOTHING, ARRAY_LEN(NOTHING));
    assert_string_equal(seen(arena, watch), "");
    look_at_batch(fields, watch, SOMETHING, ARRAY_LEN(SOMETHING));
    assert_string_equal(seen(arena, watch), "a t");
    field_watch_free(watch);
    arena_free(arena);
}

TEST(what_workers_saw_comes_together)
{
    Arena *arena = arena_new();
    FieldWatch *watch = watch_all(table_of_paths(arena));
    FieldWatch *forks[] = {field_watch_fork(watch), field_watch_fork(watch)};
    look_at_document(arena, forks[0], "{\"a\":1,\"d\":1}");
    look_at_document(arena, forks[1], "{\"a\":1,\"t\":1}");
    assert_false(field_watch_saw_all(forks[0]));
    for (size_t i = 0; i < ARRAY_LEN(forks); i++) {
        field_watch_join(watch, forks[i]);
        field_watch_free(forks[i]);
    }
    assert_string_equal(seen(arena, watch), "a t d");
    assert_false(field_watch_saw_all(watch));
    look_at_document(arena, watch, "{\"b.c\":1}");
    assert_true(field_watch_saw_all(watch));
    field_watch_free(watch);
    arena_free(arena);
}

TEST(names_are_offered_in_order)
{
    Arena *arena = arena_new();
    FieldWatch *watch = watch_all(table_of_paths(arena));
    FieldWatch *fork = field_watch_fork(watch);
    Document documents[] = {
        document_of(arena,
                    "{\"bay\":1,\"o\":{\"p\":[[2],[{\"q\":true}]]},\"bax\":{},\"baz\":null}"),
        document_of(arena, "{\"_source\":{\"bar\":[null,1],\"bay\":2},\"bat\":1}")};
    field_watch_names(watch, &documents[0]);
    field_watch_names(fork, &documents[1]);
    field_watch_join(watch, fork);
    Similar similar = {.arena = arena, .name = STR("bag"), .least = SIMILAR_LEAST};
    field_watch_offer(watch, &similar);
    Str hint = similar_did_you_mean(&similar);
    assert_string_equal(str_to_c(arena, hint), ", did you mean any of [bar, bay]?");
    assert_true(field_watch_saw_below(watch, STR("o")));
    assert_true(field_watch_saw_below(watch, STR("o.p")));
    assert_false(field_watch_saw_below(watch, STR("o.p.q")));
    assert_false(field_watch_saw_below(watch, STR("ba")));
    field_watch_free(fork);
    field_watch_free(watch);
    arena_free(arena);
}

TEST(names_are_bounded)
{
    Arena *arena = arena_new();
    FieldWatch *watch = watch_all(table_of_paths(arena));
    Buffer text = {0};
    buffer_append_c(&text, "{\"late\":{");
    for (int i = 0; i < WATCH_MAX_NAMES; i++) {
        buffer_append_format(&text, "\"n%d\":1,", i);
    }
    buffer_append_c(&text, "\"x\":1},\"z\":{\"y\":1}}");
    Document document = document_of(arena, str_to_c(arena, buffer_str(&text)));
    buffer_done(&text);
    field_watch_names(watch, &document);
    assert_true(field_watch_saw_below(watch, STR("late")));
    assert_false(field_watch_saw_below(watch, STR("z")));
    field_watch_free(watch);
    arena_free(arena);
}

RUN_TESTS(CASE(a_null_is_no_value), CASE(columns_say_the_same),
          CASE(what_workers_saw_comes_together), CASE(names_are_offered_in_order),
          CASE(names_are_bounded))
