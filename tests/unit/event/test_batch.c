#include "unit.h"

#include "event/batch.h"
#include "event/document.h"
#include "random_event.h"

static const Schema *schema_of(Arena *arena)
{
    Err err = {0};
    const Schema *schema = schema_read_mapping(
        arena,
        STR("{\"properties\":{\"a\":{\"properties\":{\"b\":{\"type\":\"keyword\",\"null_value\":"
            "\"N\"},"
            "\"a\":{\"type\":\"date\"}}},\"b\":{\"properties\":{\"c\":{\"type\":\"long\"}}},"
            "\"agent\":{\"properties\":{\"type\":{\"type\":\"keyword\"}}}}}"),
        &err);
    assert_non_null(schema);
    return schema;
}

#define FIELDS(X)                              \
    X("a", FIELD_USE_VALUE)                    \
    X("a.b", FIELD_USE_VALUE)                  \
    X("a.b.c", FIELD_USE_SPAN)                 \
    X("a.a", FIELD_USE_SPAN)                   \
    X("b.c", FIELD_USE_VALUE | FIELD_USE_SPAN) \
    X("c", FIELD_USE_VALUE)                    \
    X("_index", FIELD_USE_VALUE)               \
    X("_id", FIELD_USE_VALUE)

static FieldTable *table_of(Arena *arena)
{
    FieldTable *fields = field_table_new(arena, schema_of(arena));
#define ADD(path, use) field_table_add(fields, STR(path), (FieldUse)(use));
    FIELDS(ADD)
#undef ADD
    return fields;
}

static void add_event(Batch *batch, Arena *arena, Str raw, EventNames names)
{
    Err err = {0};
    const Json *root = json_parse(arena, raw, &err);
    assert_non_null(root);
    RandomEventSpans spans = {0};
    random_event_walk(arena, batch_fields(batch), root, (Str){NULL, 0}, &spans);
    batch_add_row(batch, &(EventPlace){.line = batch_rows(batch) + 1}, raw, spans.items,
                  spans.count, names);
}

static void assert_same(Str raw, Str path, Values a, Values b)
{
    bool same = a.count == b.count;
    for (uint32_t i = 0; same && i < a.count; i++) {
        same = a.items[i].kind == b.items[i].kind && value_compare(&a.items[i], &b.items[i]) == 0;
    }
    if (!same) {
        fail_msg("%.*s of %.*s: %u values as a column, %u as a document", STR_ARG(path),
                 STR_ARG(raw), a.count, b.count);
    }
}

static void check_row(const Batch *batch, Arena *arena, uint32_t row, Str raw)
{
    const FieldTable *fields = batch_fields(batch);
    Document document;
    Err err = {0};
    assert_true(document_parse(arena, raw, &document, &err));
    for (FieldId id = 0; id < field_table_count(fields); id++) {
        const Field *field = field_table_get(fields, id);
        assert_same(raw, field->path, batch_values(batch, arena, row, id),
                    document_values(arena, &document, field));
    }
}

/* The batch's own copies of events, which it is to forget at some time. */
typedef struct Lent {
    char *texts[40];
    size_t lens[40];
    uint32_t count;
} Lent;

static Str lend(Arena *arena, Lent *lent, Str event)
{
    char *text = ARENA_MANY(arena, char, event.len);
    memcpy(text, event.ptr, event.len);
    lent->texts[lent->count] = text;
    lent->lens[lent->count++] = event.len;
    return (Str){text, event.len};
}

static void let_go(Batch *batch, Lent *lent)
{
    batch_let_go(batch);
    for (uint32_t i = 0; i < lent->count; i++) {
        memset(lent->texts[i], '#', lent->lens[i]);
    }
    lent->count = 0;
}

/* Some rows of the late fields; how many of these there are. */
static uint32_t encode_late(Batch *batch, Random *random)
{
    uint32_t late = 0;
    for (FieldId id = 0; id < field_table_count(batch_fields(batch)); id++) {
        uint64_t rows[(BATCH_ROWS + 63) / 64] = {random_next(random)};
        if (batch_is_late(batch, id)) {
            (void)batch_encode_rows(batch, id, random_below(random, 4) == 0 ? NULL : rows);
            late++;
        }
    }
    return late;
}

/* The two ways of reading an event see the same values in every field, whenever the batch lets go of the events and
 * whatever is late. */
static void check_random(uint64_t seed, int batches, size_t budget, DictionaryMemory memory)
{
    Arena *lasting = arena_new();
    Arena *arena = arena_new();
    Batch *batch = batch_new(table_of(lasting), budget);
    batch_set_memory(batch, memory);
    batch_allow_late(batch, 1);
    Random random = {seed};
    uint32_t late = 0;
    Buffer text = {0};
    for (int i = 0; i < batches; i++) {
        uint32_t rows = random_below(&random, 40);
        Str events[40];
        Lent lent = {0};
        for (uint32_t row = 0; row < rows && !batch_full(batch); row++) {
            buffer_clear(&text);
            random_event_object(&random, &text, 4);
            events[row] = str_copy(arena, buffer_str(&text));
            add_event(batch, arena, lend(arena, &lent, events[row]), (EventNames){0});
            if (random_below(&random, 8) == 0) {
                let_go(batch, &lent);
            }
        }
        batch_encode(batch);
        late += encode_late(batch, &random);
        for (uint32_t row = 0; row < batch_rows(batch); row++) {
            check_row(batch, arena, row, events[row]);
        }
        batch_clear(batch);
        arena_reset(arena);
    }
    assert_true(batch_stats(batch).values > 0 && late > 0);
    assert_true(budget != 0 || batch_stats(batch).dictionary_resets > 0);
    assert_true(budget != SIZE_MAX || batch_stats(batch).dictionary_resets == 0);
    buffer_done(&text);
    batch_free(batch);
    arena_free(arena);
    arena_free(lasting);
}

TEST(columns_and_documents_hold_the_same_values)
{
    check_random(1, 400, SIZE_MAX, DICTIONARY_ALL);
    check_random(2, 400, 0, DICTIONARY_ALL);
    check_random(3, 400, 4000, DICTIONARY_ALL);
    check_random(4, 400, SIZE_MAX, DICTIONARY_LAST);
    check_random(5, 400, SIZE_MAX, DICTIONARY_NONE);
}

typedef struct IndexCase {
    const char *event;
    const char *told;
    const char *index;
} IndexCase;

TEST(an_event_without_an_index_gets_one_from_what_it_says)
{
    static const IndexCase CASES[] = {
        {"{}", "", ""},
        {"{}", "mine", "mine"},
        {"{\"_index\":\"own\",\"event.dataset\":\"d\"}", "", "own"},
        {"{\"_index\":\"own\"}", "told", "told"},
        {"{\"_index\":5,\"event.dataset\":\"d\"}", "", "logs-d-default"},
        {"{\"data_stream\":{\"type\":\"metrics\",\"dataset\":\"x.y\",\"namespace\":\"n\"}}", "",
         "metrics-x.y-n"},
        {"{\"data_stream.dataset\":\"x\",\"agent\":{\"type\":\"filebeat\"}}", "", "logs-x-default"},
        {"{\"agent\":{\"type\":\"winlogbeat\",\"version\":\"8.17.0\"}}", "", "winlogbeat-8.17.0"},
        {"{\"agent\":{\"type\":\"winlogbeat\"},\"event.dataset\":\"d\"}", "", "winlogbeat-unknown"},
        {"{\"agent\":{\"type\":\"endpoint\"},\"event.dataset\":[\"d\",\"e\"]}", "",
         "logs-d-default"},
        {"{\"agent\":{\"type\":\"endpoint\"}}", "", ""},
        {"{\"kibana.alert.uuid\":\"u\",\"event.dataset\":\"d\"}", "",
         ".alerts-security.alerts-default"},
        {"{\"kibana.alert.uuid\":\"v\",\"kibana.space_ids\":[\"s\",\"t\"]}", "",
         ".alerts-security.alerts-s"},
        {"{\"kibana\":{\"alert\":{\"uuid\":null},\"space_ids\":[\"s\"]}}", "", ""},
        {"{\"kibana.alert.uuid\":\"u\"}", "told", "told"},
        {"{\"event.dataset\":\"q\\\"\\u0041\"}", "", "logs-q\"A-default"},
    };
    Arena *arena = arena_new();
    FieldTable *fields = field_table_new(arena, schema_builtin(arena));
    FieldId index = field_table_add(fields, STR("_index"), FIELD_USE_VALUE);
    Batch *batch = batch_new(fields, 0);
    for (int twice = 0; twice < 2; twice++) {
        for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
            add_event(batch, arena, str_from_c(CASES[i].event),
                      (EventNames){.index = str_from_c(CASES[i].told)});
            batch_encode(batch);
            Values values = batch_values(batch, arena, 0, index);
            Str found = values.count == 0 ? STR("") : values.items[0].text;
            if (!str_equal(found, str_from_c(CASES[i].index))) {
                fail_msg("%s is of index '%.*s'", CASES[i].event, STR_ARG(found));
            }
            batch_clear(batch);
        }
    }
    batch_free(batch);
    arena_free(arena);
}

TEST(the_id_told_is_the_id)
{
    Arena *arena = arena_new();
    FieldTable *fields = field_table_new(arena, schema_builtin(arena));
    FieldId id = field_table_add(fields, STR("_id"), FIELD_USE_SPAN);
    Batch *batch = batch_new(fields, SIZE_MAX);
    add_event(batch, arena, STR("{\"_id\":\"own\"}"), (EventNames){.id = STR("told")});
    add_event(batch, arena, STR("{\"_id\":\"own\"}"), (EventNames){0});
    batch_encode(batch);
    assert_true(str_equal(batch_values(batch, arena, 0, id).items[0].text, STR("told")));
    assert_true(str_equal(batch_values(batch, arena, 1, id).items[0].text, STR("own")));
    batch_free(batch);
    arena_free(arena);
}

TEST(a_column_that_no_row_fills_is_not_there)
{
    Arena *arena = arena_new();
    FieldTable *fields = table_of(arena);
    Batch *batch = batch_new(fields, SIZE_MAX);
    FieldId a, c, index;
    assert_true(field_table_find(fields, STR("a"), &a));
    assert_true(field_table_find(fields, STR("c"), &c));
    assert_true(field_table_find(fields, STR("_index"), &index));
    add_event(batch, arena, STR("{\"x\":1}"), (EventNames){0});
    add_event(batch, arena, STR("{\"c\":1}"), (EventNames){0});
    batch_encode(batch);
    assert_null(batch_codes(batch, a));
    assert_null(batch_codes(batch, index));
    assert_int_equal(batch_codes(batch, c)[0], 0);
    assert_int_equal(batch_codes(batch, c)[1], 1);
    assert_int_equal(batch_place(batch, 1)->line, 2);
    batch_clear(batch);
    add_event(batch, arena, STR("{\"a\":1}"), (EventNames){0});
    add_event(batch, arena, STR("{\"x\":1}"), (EventNames){0});
    batch_encode(batch);
    assert_null(batch_codes(batch, c));
    assert_int_equal(batch_codes(batch, a)[1], 0);
    batch_free(batch);
    arena_free(arena);
}

TEST(rows_of_an_earlier_batch_leave_nothing_behind)
{
    Arena *arena = arena_new();
    FieldTable *fields = table_of(arena);
    FieldId c;
    assert_true(field_table_find(fields, STR("c"), &c));
    Batch *batch = batch_new(fields, SIZE_MAX);
    Random random = {9};
    for (int i = 0; i < 60; i++) {
        bool has[BATCH_ROWS < 100 ? BATCH_ROWS : 100];
        uint32_t rows = 1 + random_below(&random, ARRAY_LEN(has));
        uint32_t one_in = 1 + random_below(&random, 20);
        for (uint32_t row = 0; row < rows; row++) {
            has[row] = random_below(&random, one_in) == 0;
            add_event(batch, arena, has[row] ? STR("{\"c\":7}") : STR("{}"), (EventNames){0});
        }
        batch_encode(batch);
        const uint32_t *codes = batch_codes(batch, c);
        for (uint32_t row = 0; row < rows; row++) {
            assert_int_equal(codes == NULL ? 0 : codes[row], has[row]);
        }
        batch_clear(batch);
    }
    batch_free(batch);
    arena_free(arena);
}

/* `rows` rows of c with values that nobody had before. */
static void fill_anew(Batch *batch, Arena *arena, uint32_t rows, int *next)
{
    batch_clear(batch);
    for (uint32_t row = 0; row < rows; row++) {
        Str event = str_format(arena, "{\"c\":%d,\"b\":{\"c\":1}}", ++*next);
        add_event(batch, arena, event, (EventNames){0});
    }
    batch_encode(batch);
}

/* Fills and clears until the field is late, or not any more; how often. */
static uint32_t batches_until(Batch *batch, Arena *arena, FieldId field, bool late, int *next)
{
    uint32_t batches = 0;
    do {
        fill_anew(batch, arena, 2, next);
        batches++;
    } while (batch_is_late(batch, field) != late && batches < 1000);
    return batches;
}

TEST(a_field_with_many_new_values_is_late)
{
    Arena *arena = arena_new();
    FieldTable *fields = table_of(arena);
    FieldId c, same;
    assert_true(field_table_find(fields, STR("c"), &c));
    assert_true(field_table_find(fields, STR("b.c"), &same));
    Batch *batch = batch_new(fields, SIZE_MAX);
    int next = 0;
    for (int i = 0; i < 5; i++) {
        fill_anew(batch, arena, 2, &next);
        assert_false(batch_is_late(batch, c)); /* nobody allowed it */
    }
    batch_allow_late(batch, 2);
    batches_until(batch, arena, c, true, &next);
    assert_false(batch_is_late(batch, same));
    uint32_t first = batches_until(batch, arena, c, false, &next);
    assert_int_equal(batches_until(batch, arena, c, true, &next), 2);
    assert_int_equal(batches_until(batch, arena, c, false, &next), 2 * first);
    batch_free(batch);
    arena_free(arena);
}

TEST(a_late_field_has_codes_where_they_are_asked_for)
{
    Arena *arena = arena_new();
    FieldTable *fields = table_of(arena);
    FieldId c;
    assert_true(field_table_find(fields, STR("c"), &c));
    Batch *batch = batch_new(fields, SIZE_MAX);
    int next = 0;
    batch_allow_late(batch, 2);
    batches_until(batch, arena, c, true, &next);
    assert_true(batch_has(batch, c));
    assert_int_equal(batch_raw_value(batch, 0, c).len, str_format(arena, "%d", next).len);
    assert_null(batch_codes(batch, c));
    const uint32_t *codes = batch_encode_rows(batch, c, (uint64_t[]){2});
    uint32_t second = codes[1];
    assert_int_equal(codes[0], 0);
    assert_int_not_equal(second, 0);
    assert_int_equal(batch_values(batch, arena, 0, c).items[0].integer, next - 1);
    assert_int_equal(batch_values(batch, arena, 1, c).items[0].integer, next);
    assert_ptr_equal(batch_encode_rows(batch, c, NULL), codes);
    assert_int_equal(codes[1], second);
    assert_int_not_equal(codes[0], 0);
    assert_int_not_equal(codes[0], second);
    batch_free(batch);
    arena_free(arena);
}

/* Runs of one value, with now and then another, none, or several in one row, of which some are the run's. */
static Str event_of_run(Arena *arena, Random *random, uint32_t *run)
{
    *run = random_below(random, 12) == 0 ? random_below(random, 5) : *run;
    uint32_t other = random_below(random, 5);
    switch (random_below(random, 24)) {
    case 0: return STR("{}");
    case 1: return str_format(arena, "{\"b\":{\"c\":%u},\"b.c\":%u}", *run, other);
    case 2: return str_format(arena, "{\"b\":[{\"c\":%u},{\"c\":%u}]}", other, *run);
    case 3:
        return str_format(arena, "{\"b\":[{\"c\":%u},{\"c\":%u},{\"c\":%u}]}", *run, *run, *run);
    default: return str_format(arena, "{\"b\":{\"c\":%u}}", *run);
    }
}

TEST(values_in_runs_are_those_of_their_rows)
{
    Arena *lasting = arena_new();
    Arena *arena = arena_new();
    Batch *batch = batch_new(table_of(lasting), SIZE_MAX);
    Random random = {11};
    uint32_t run = 0;
    for (int i = 0; i < 60; i++) {
        Str events[BATCH_ROWS < 300 ? BATCH_ROWS : 300];
        for (uint32_t row = 0; row < ARRAY_LEN(events); row++) {
            events[row] = event_of_run(arena, &random, &run);
            add_event(batch, arena, events[row], (EventNames){0});
            if (random_below(&random, 50) == 0) {
                batch_let_go(batch);
            }
        }
        batch_encode(batch);
        for (uint32_t row = 0; row < ARRAY_LEN(events); row++) {
            check_row(batch, arena, row, events[row]);
        }
        batch_clear(batch);
        arena_reset(arena);
    }
    batch_free(batch);
    arena_free(arena);
    arena_free(lasting);
}

TEST(a_batch_is_full_of_rows)
{
    Arena *arena = arena_new();
    Batch *batch = batch_new(table_of(arena), SIZE_MAX);
    uint32_t rows = 0;
    for (; !batch_full(batch); rows++) {
        batch_add_row(batch, &(EventPlace){0}, STR("{}"), NULL, 0, (EventNames){0});
    }
    assert_int_equal(rows, BATCH_ROWS);
    batch_free(batch);
    arena_free(arena);
}

TEST(a_batch_of_very_many_fields_has_fewer_rows)
{
    Arena *arena = arena_new();
    FieldTable *fields = field_table_new(arena, schema_builtin(arena));
    for (uint32_t i = 0; i < 20000; i++) {
        field_table_add(fields, str_format(arena, "f%u", i), FIELD_USE_VALUE);
    }
    Batch *batch = batch_new(fields, SIZE_MAX);
    uint32_t rows = 0;
    for (; !batch_full(batch); rows++) {
        batch_add_row(batch, &(EventPlace){0}, STR("{}"), NULL, 0, (EventNames){0});
    }
    assert_in_range(rows, 1, BATCH_ROWS < 2000 ? BATCH_ROWS : 2000);
    batch_free(batch);
    arena_free(arena);
}

TEST(a_row_may_have_very_many_spans)
{
    Arena *arena = arena_new();
    FieldTable *fields = table_of(arena);
    FieldId coded, kept;
    assert_true(field_table_find(fields, STR("c"), &coded));
    assert_true(field_table_find(fields, STR("a.a"), &kept));
    Batch *batch = batch_new(fields, SIZE_MAX);
    uint32_t count = 300000;
    FieldSpan *spans = ARENA_MANY(arena, FieldSpan, count);
    for (uint32_t i = 0; i < count; i++) {
        spans[i] = (FieldSpan){i % 2 == 0 ? coded : kept, 1, &"0123456789"[i % 10]};
    }
    for (uint32_t row = 0; row < 3; row++) {
        batch_add_row(batch, &(EventPlace){0}, STR("{}"), spans, count - row, (EventNames){0});
    }
    batch_encode(batch);
    for (uint32_t row = 0; row < 3; row++) {
        assert_int_equal(batch_values(batch, arena, row, coded).count, 5);
        assert_int_equal(batch_values(batch, arena, row, kept).count, 5);
    }
    batch_free(batch);
    arena_free(arena);
}

RUN_TESTS(CASE(columns_and_documents_hold_the_same_values),
          CASE(an_event_without_an_index_gets_one_from_what_it_says), CASE(the_id_told_is_the_id),
          CASE(a_column_that_no_row_fills_is_not_there),
          CASE(rows_of_an_earlier_batch_leave_nothing_behind),
          CASE(a_field_with_many_new_values_is_late),
          CASE(a_late_field_has_codes_where_they_are_asked_for),
          CASE(values_in_runs_are_those_of_their_rows), CASE(a_batch_is_full_of_rows),
          CASE(a_batch_of_very_many_fields_has_fewer_rows), CASE(a_row_may_have_very_many_spans))
