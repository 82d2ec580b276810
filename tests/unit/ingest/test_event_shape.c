#include "unit.h"

#include "base/buffer.h"
#include "ingest/event_reader.h"
#include "ingest/event_shape.h"
#include "padded.h"

/* A document's index, and the walk that asks for all its keys and has all its values as spans. */
typedef struct Walked {
    Str text;
    JsonIndex index;
    EventWalk walk;
} Walked;

/* Of a document without arrays. */
static Walked walked(Arena *arena, Str text)
{
    Walked made = {.text = padded(arena, text)};
    json_indexer_best()(&made.index, made.text);
    const uint32_t *tokens = made.index.tokens;
    uint32_t *keys = ARENA_MANY(arena, uint32_t, made.index.count + 1);
    FieldSpan *spans = ARENA_MANY(arena, FieldSpan, made.index.count + 1);
    for (uint32_t i = 0; i < made.index.count; i++) {
        const char *next = made.text.ptr + tokens[i + 1];
        if (made.text.ptr[tokens[i]] == '"' && (next[-1] == ':' || next[-2] == ':')) {
            size_t to = tokens[i + 2];
            while (strchr(", ", made.text.ptr[to - 1]) != NULL) {
                to--;
            }
            keys[made.walk.key_count++] = i;
            spans[made.walk.span_count++] =
                (FieldSpan){.field = i, .len = (uint32_t)(to - tokens[i + 1]), .ptr = next};
        }
    }
    made.walk.keys = keys;
    made.walk.spans = spans;
    return made;
}

/* What is found of `other` once `text` is learned, one span a line; NULL when nothing is. */
static const char *found(Arena *arena, Str text, Str other)
{
    EventShapes *shapes = event_shapes_new();
    Walked first = walked(arena, text);
    Walked second = walked(arena, other);
    EventWalk walk = {0};
    Buffer out = {0};
    event_shapes_learn(shapes, first.text.ptr, &first.index, &first.walk);
    bool is_found = event_shapes_find(shapes, second.text.ptr, &second.index, &walk);
    for (uint32_t i = 0; is_found && i < walk.span_count; i++) {
        buffer_append_format(&out, "%u=%.*s\n", walk.spans[i].field, (int)walk.spans[i].len,
                             walk.spans[i].ptr);
    }
    const char *copy = str_to_c(arena, buffer_str(&out));
    buffer_done(&out);
    json_index_done(&first.index);
    json_index_done(&second.index);
    event_shapes_free(shapes);
    return is_found ? copy : NULL;
}

TEST(a_document_of_a_known_shape_has_its_own_values)
{
    Arena *arena = arena_new();
    Str text = STR("{\"a\":1,\"b\":\"x\"}");
    assert_string_equal(found(arena, text, text), "1=1\n3=\"x\"\n");
    assert_string_equal(found(arena, text, STR("{\"a\":-2.5e3,\"b\":\"\"}")), "1=-2.5e3\n3=\"\"\n");
    assert_string_equal(found(arena, text, STR("{\"a\":null,\"b\":\"\\\",\\\"b\\\":\"}")),
                        "1=null\n3=\"\\\",\\\"b\\\":\"\n");
    arena_free(arena);
}

TEST(what_is_between_tokens_is_up_to_two_bytes)
{
    Arena *arena = arena_new();
    Str text = STR("{\"a\": 1, \"b\": \"x\" }");
    assert_string_equal(found(arena, text, STR("{\"a\": 25, \"b\": \" , :\" }")),
                        "1=25\n3=\" , :\"\n");
    assert_null(found(arena, text, STR("{\"a\": 1,\t\"b\": \"x\" }")));
    assert_null(found(arena, text, STR("{\"a\": 1,, \"b\": \"x\" }")));
    assert_null(found(arena, text, STR("{\"a\": 1 , \"b\": \"x\" }")));
    Str wide = STR("{\"a\":  1,\"b\":\"x\"}");
    assert_null(found(arena, wide, wide));
    arena_free(arena);
}

TEST(anything_else_between_values_is_another_shape)
{
    static const char *const OTHERS[] = {
        "{\"a\":\"1\",\"b\":\"x\"}", "{\"a\":1,\"b\":2}",         "{\"a\":1,\"c\":\"x\"}",
        "{\"aa\":1,\"b\":\"x\"}",    "{\"\":1,\"b\":\"x\"}",      "{\"a\":01,\"b\":\"x\"}",
        "{\"a\":1 ,\"b\":\"x\"}",    "{\"a\" :1,\"b\":\"x\"}",    "{\"a\": 1,\"b\":\"x\"}",
        "{\"a\":1,\"b\":\"x\"} ",    "{\"a\":1,\"b\":\"x\",}",    "{\"a\":1:\"b\":\"x\"}",
        "{\"a\":1,,\"b\":\"x\"}",    "{\"a\"::1,\"b\":\"x\"}",    "{\"a\",1,\"b\":\"x\"}",
        "{\"a\":1\"b\":\"x\"}",      "{\"a\":1,\"b\":\"x\"]",     "[\"a\":1,\"b\":\"x\"}",
        "{\"a\":1,\"b\"\"x\"}",      "{\"a\":1,\"b\":\"x\":}",    "{\"a\"1,\"b\":\"x\"}",
        "{\"a\":1,\"b\":\"x\"},",    "{\"a\":1,:\"b\":\"x\"}",    "{\"a\":-,\"b\":\"x\"}",
        "{\"a\\\"\":1,\"b\":\"x\"}", "{\"\\\"a\":1,\"b\":\"x\"}", "{\"x\\\"b\":1,\"b\":\"x\"}",
        "{\"a\":1,\"b\":\"x\"}}",    "{\"a\":{},\"b\":\"x\"}",    "{\"a\":[,\"b\":\"x\"}",
        "{\"a\":1,\"b\":\"x\",1}",   "{\"a\":\"1,\\\"b\":\"x\"}", "{,\"a\":1,\"b\":\"x\"}",
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(OTHERS); i++) {
        Str other = str_from_c(OTHERS[i]);
        if (found(arena, STR("{\"a\":1,\"b\":\"x\"}"), other) != NULL) {
            fail_msg("the shape of %s", OTHERS[i]);
        }
    }
    arena_free(arena);
}

static Str with_key(Arena *arena, const char *key, size_t len)
{
    return str_format(arena, "{\"x\":{\"%.*s\":1}}", (int)len, key);
}

TEST(every_byte_of_a_key_counts)
{
    static const char KEY[] = "a_key_of_up_to_sixty_two_bytes_and_more_than_it_takes_to_be_so_long";
    Arena *arena = arena_new();
    for (size_t len = 1; len + 3 <= EVENT_SHAPE_KEY; len++) {
        Str text = with_key(arena, KEY, len);
        assert_non_null(found(arena, text, text));
        for (size_t i = 0; i < len; i++) {
            char other[sizeof KEY];
            memcpy(other, KEY, sizeof KEY);
            other[i] = '#';
            assert_null(found(arena, text, with_key(arena, other, len)));
        }
    }
    Str long_key = with_key(arena, KEY, EVENT_SHAPE_KEY - 2);
    assert_null(found(arena, long_key, long_key));
    arena_free(arena);
}

static Str with_members(Arena *arena, uint32_t count, uint32_t number)
{
    Buffer text = {0};
    for (uint32_t i = 0; i < count; i++) {
        buffer_append(&text, i == 0 ? STR("{") : STR(","));
        buffer_append_format(&text, "\"a_key_that_takes_room_%u\":\"x\"", number);
    }
    buffer_append(&text, STR("}"));
    Str copy = str_copy(arena, buffer_str(&text));
    buffer_done(&text);
    return copy;
}

static void learn(EventShapes *shapes, const Walked *document)
{
    event_shapes_learn(shapes, document->text.ptr, &document->index, &document->walk);
}

static bool is_known(EventShapes *shapes, const Walked *document)
{
    EventWalk walk = {0};
    return event_shapes_find(shapes, document->text.ptr, &document->index, &walk);
}

TEST(more_shapes_than_there_is_room_for_begin_anew)
{
    Arena *arena = arena_new();
    EventShapes *shapes = event_shapes_new();
    Walked first = walked(arena, STR("{\"a\":1}"));
    learn(shapes, &first);
    for (uint32_t i = 0; i < 100; i++) {
        Walked other = walked(arena, with_members(arena, EVENT_SHAPE_TOKENS / 2 - 100 + i, 0));
        assert_true(is_known(shapes, &first) || i > 0);
        learn(shapes, &other);
        assert_true(is_known(shapes, &other));
        json_index_done(&other.index);
    }
    assert_false(is_known(shapes, &first));
    json_index_done(&first.index);
    event_shapes_free(shapes);
    arena_free(arena);
}

TEST(a_document_of_very_many_tokens_is_not_learned)
{
    Arena *arena = arena_new();
    Str most = with_members(arena, EVENT_SHAPE_TOKENS / 2 - 1, 0);
    Str more = with_members(arena, EVENT_SHAPE_TOKENS / 2, 0);
    assert_non_null(found(arena, most, most));
    assert_null(found(arena, more, more));
    arena_free(arena);
}

TEST(where_no_shape_comes_again_few_are_learned)
{
    Arena *arena = arena_new();
    EventShapes *shapes = event_shapes_new();
    static Walked documents[2000];
    uint32_t known = 0;
    for (uint32_t i = 0; i < ARRAY_LEN(documents); i++) {
        documents[i] = walked(arena, with_members(arena, 1 + i % 100, i));
        assert_false(is_known(shapes, &documents[i]));
        learn(shapes, &documents[i]);
    }
    for (uint32_t i = ARRAY_LEN(documents) / 2; i < ARRAY_LEN(documents); i++) {
        known += is_known(shapes, &documents[i]);
    }
    for (uint32_t i = 0; i < ARRAY_LEN(documents); i++) {
        json_index_done(&documents[i].index);
    }
    assert_in_range(known, 1, ARRAY_LEN(documents) / 20);
    event_shapes_free(shapes);
    arena_free(arena);
}

/* All that a reader says of a text, or that it refuses it. */
static Str said(Arena *arena, EventReader *reader, Str text)
{
    EventSpans spans;
    Err err = {0};
    Buffer out = {0};
    Str own = padded(arena, text);
    if (!event_reader_read(reader, own, &spans, &err)) {
        return str_format(arena, "%zu: %s", err.at, err.text);
    }
    for (uint32_t i = 0; i < spans.count; i++) {
        buffer_append_format(&out, "%u at %td, %u bytes\n", spans.items[i].field,
                             spans.items[i].ptr - own.ptr, spans.items[i].len);
    }
    buffer_append_format(&out, "index %.*s, id %.*s", STR_ARG(spans.index), STR_ARG(spans.id));
    Str copy = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return copy;
}

/* A reader that knows `text` says of `other` what one says that has read nothing. */
static void check_same(const FieldTable *fields, Str text, Str other)
{
    Arena *arena = arena_new();
    EventReader *knows = event_reader_new(fields, NULL);
    EventReader *walks = event_reader_new(fields, NULL);
    Str known = said(arena, knows, text);
    assert_string_equal(str_to_c(arena, said(arena, knows, text)), str_to_c(arena, known));
    Str found = said(arena, knows, other);
    Str wanted = said(arena, walks, other);
    if (!str_equal(found, wanted)) {
        fail_msg("%.*s: %.*s instead of %.*s", STR_ARG(other), STR_ARG(found), STR_ARG(wanted));
    }
    event_reader_free(knows);
    event_reader_free(walks);
    arena_free(arena);
}

static void check_edits(const FieldTable *fields, Str text)
{
    static const char BYTES[] = "\"\\{}[]:, 0-.ta_";
    Arena *arena = arena_new();
    for (size_t at = 0; at < text.len; at++) {
        Str head = str_slice(text, 0, at);
        Str tail = str_slice(text, at, text.len);
        Str rest = str_slice(text, at + 1, text.len);
        check_same(fields, text, str_format(arena, "%.*s%.*s", STR_ARG(head), STR_ARG(rest)));
        for (const char *byte = BYTES; *byte != '\0'; byte++) {
            check_same(fields, text,
                       str_format(arena, "%.*s%c%.*s", STR_ARG(head), *byte, STR_ARG(tail)));
            check_same(fields, text,
                       str_format(arena, "%.*s%c%.*s", STR_ARG(head), *byte, STR_ARG(rest)));
        }
    }
    arena_free(arena);
}

TEST(an_edited_document_is_read_as_if_it_were_the_first)
{
    static const char *const TEXTS[] = {
        "{\"a\":{\"b\":[1,\"x\"],\"c\":\"y\"},\"d\":[{\"e\":-1.5},{\"f\":true}]}",
        "{\"_id\":\"7\",\"_source\":{\"_index\":\"i\",\"a.b\":[],\"g\":{\"a\":1}}}",
        "{\"d\":[0,{\"e\":1},[2]],\"key_of_seventeen\":\"\",\"_id\":\"\",\"_id\":\"8\"}",
        "{\"a\": {\"b\": [1, \"x\"], \"c\": \"y\"} , \"d\": [ {\"e\": -1.5}, {\"f\": true}]}",
    };
    static const char *const FIELDS[] = {"a.b", "a.c", "d", "d.e", "key_of_seventeen", "_id"};
    Arena *arena = arena_new();
    FieldTable *fields = field_table_new(arena, schema_builtin(arena));
    for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++) {
        field_table_add(fields, str_from_c(FIELDS[i]), FIELD_USE_VALUE);
    }
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        check_edits(fields, str_from_c(TEXTS[i]));
    }
    arena_free(arena);
}

RUN_TESTS(CASE(a_document_of_a_known_shape_has_its_own_values),
          CASE(what_is_between_tokens_is_up_to_two_bytes),
          CASE(anything_else_between_values_is_another_shape), CASE(every_byte_of_a_key_counts),
          CASE(more_shapes_than_there_is_room_for_begin_anew),
          CASE(a_document_of_very_many_tokens_is_not_learned),
          CASE(where_no_shape_comes_again_few_are_learned),
          CASE(an_edited_document_is_read_as_if_it_were_the_first))
