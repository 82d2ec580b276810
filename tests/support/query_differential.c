#include "query_differential.h"

#include <inttypes.h>

#include "compile/event_query.h"
#include "twin.h"

#define EVENTS 12

static const FieldWords FIELDS[] = {
    {"name",
     "keyword",
     {"\"cmd.exe\"", "\"CMD.EXE\"", "\"a b\"", "\"a*b\"", "\"powershell.exe\"", "\"7\"", "\"\"",
      "\"x?y\""}},
    {"tags",
     "keyword",
     {"\"one\"", "\"two\"", "\"three\"", "\"One\"", "\"one two\"", "\"t\"", "\"true\"", "\"-\""}},
    {"n", "long", {"1", "2", "3", "\"2\"", "-1", "70", "0", "4625"}},
    {"flag",
     "boolean",
     {"true", "false", "\"true\"", "true", "false", "\"false\"", "true", "false"}},
    {"ip",
     "ip",
     {"\"10.0.0.1\"", "\"10.0.1.2\"", "\"8.8.8.8\"", "\"fe80::1\"", "\"::1\"", "\"10.0.0.0/8\"",
      "\"fe80::/10\"", "\"0.0.0.0/0\""}},
    {"d",
     "date",
     {"\"2024-05-06\"", "\"2024-05-06T10:00:00Z\"", "\"2024-05\"", "1714953600000", "\"2024\"",
      "\"2023-12-31\"", "\"2024-05-06T10:00\"", "\"2024-06-01\""}},
    {"message",
     "text",
     {"\"New-Object Net.WebClient\"", "\"new object\"", "\"Login failed: user\"",
      "\"failed login\"", "\"web\"", "\"user_1 x\"", "\"!!\"", "\"System.Net\""}},
    {"own", NULL, {"\"x\"", "5", "true", "\"5\"", "5.0", "\"X\"", "\"true\"", "\"x y\""}},
};

const FieldWords *query_any_field(Dice *dice)
{
    return &FIELDS[dice_below(dice, ARRAY_LEN(FIELDS))];
}

const char *query_any_value(Dice *dice, const FieldWords *field)
{
    return field->values[dice_below(dice, ARRAY_LEN(field->values))];
}

/* ---- events ---- */

static void append_values(Buffer *out, Dice *dice, const FieldWords *field)
{
    uint32_t count = dice_below(dice, 4);
    buffer_append_format(out, ", \"%s\": ", field->name);
    if (count == 1) {
        buffer_append_c(out, query_any_value(dice, field));
        return;
    }
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        buffer_append_c(out, i == 0 ? "" : ", ");
        buffer_append_c(out, query_any_value(dice, field));
    }
    buffer_append_byte(out, ']');
}

/* The same paths as objects, with dots, in arrays, and with escapes. */
static void append_deep(Buffer *out, Dice *dice)
{
    static const struct {
        const char *before, *behind; /* the value */
    } FORMS[] = {
        {", \"deep\": {\"a\": {\"name\": ", "}}"},
        {", \"deep.a.name\": ", ""},
        {", \"deep\": {\"a.name\": ", "}"},
        {", \"deep.a\": {\"name\": ", ", \"n\": [1, {\"x\": 2}]}"},
        {", \"deep\": [{\"b\": {\"name\": ", "}}, {\"a\": {\"n\": 3, \"ip\": \"10.0.0.1\"}}, 5]"},
        {", \"d\\u0065ep.a.name\": ", ""},
        {", \"deep\": {\"\": {\"name\": ", "}, \"a..name\": 1, \"a\": {\"\": 2}}"},
    };
    if (dice_below(dice, 2) == 0) {
        uint32_t form = dice_below(dice, ARRAY_LEN(FORMS));
        buffer_append_c(out, FORMS[form].before);
        buffer_append_c(out, query_any_value(dice, &FIELDS[dice_below(dice, 2)]));
        buffer_append_c(out, FORMS[form].behind);
    }
}

static Str make_event(Arena *arena, Dice *dice, uint32_t number)
{
    Buffer text = {0};
    buffer_append_format(&text, "{\"@timestamp\": %u", number);
    for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++) {
        if (dice_below(dice, 3) != 0) {
            append_values(&text, dice, &FIELDS[i]);
        }
    }
    append_deep(&text, dice);
    buffer_append_byte(&text, '}');
    Str event = twin_event(arena, buffer_str(&text));
    buffer_done(&text);
    return event;
}

/* ---- the ways ---- */

static const Schema *make_schema(Arena *arena)
{
    Buffer text = {0};
    Err err = {0};
    buffer_append_c(&text, "{\"properties\": {\"@timestamp\": {\"type\": \"date\"}");
    for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++) {
        if (FIELDS[i].type != NULL) {
            buffer_append_format(&text, ", \"%s\": {\"type\": \"%s\"}", FIELDS[i].name,
                                 FIELDS[i].type);
        }
    }
    buffer_append_c(
        &text,
        ", \"deep\": {\"properties\": {\"a\": {\"properties\": {\"name\": {\"type\": \"keyword\"},"
        " \"ip\": {\"type\": \"ip\"}}}}}}}");
    const Schema *schema = schema_read_mapping(arena, str_copy(arena, buffer_str(&text)), &err);
    buffer_done(&text);
    assert(schema != NULL);
    return schema;
}

typedef struct Tally {
    uint64_t queries, compiled, matches;
} Tally;

static bool ways_agree(Arena *arena, const TwinRun *run, Tally *tally)
{
    Err err = {0};
    TwinResults first;
    TwinResults other;
    if (!twin_run(arena, run, TWIN_COLUMNS, &first, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    tally->matches += first.list.count;
    for (TwinWay way = TWIN_SMALL; way < TWIN_WAYS; way++) {
        if (!twin_run(arena, run, way, &other, &err) || !twin_equal(&first, &other)) {
            fprintf(stderr, "not the same %s: %u matches and %u\n", twin_way_name(way),
                    first.list.count, other.list.count);
            return false;
        }
    }
    return true;
}

static bool play(const QueryMaker *maker, uint64_t seed, Tally *tally)
{
    Arena *arena = arena_new();
    Dice dice = dice_of_seed(seed);
    /* The built-in schema takes all values as they come, a mapping refuses some. */
    const Schema *schema = dice_below(&dice, 2) == 0 ? schema_builtin(arena) : make_schema(arena);
    Str events[EVENTS];
    for (uint32_t i = 0; i < EVENTS; i++) {
        events[i] = make_event(arena, &dice, i);
    }
    Buffer text = {0};
    maker->append(&text, &dice);
    Diagnostics diagnostics = {.arena = arena};
    PlanBuilder *builder = plan_builder_new(arena, schema);
    const EventQueryOptions options = {0};
    uint32_t query = 0;
    bool compiled = event_query_compile(builder, maker->language, buffer_str(&text), &options,
                                        &diagnostics, &query);
    bool parsed = compiled || strcmp(diagnostics.list.items[0].code, "syntax") != 0;
    bool same = true;
    tally->queries++;
    if (compiled) {
        tally->compiled++;
        TwinRun run = {.plan = plan_builder_finish(builder),
                       .events = events,
                       .event_count = EVENTS,
                       .batch_rows = 1 + dice_below(&dice, EVENTS)};
        same = ways_agree(arena, &run, tally);
    }
    if (!same || !parsed) {
        printf("seed %" PRIu64 "\n%.*s\n", seed, STR_ARG(buffer_str(&text)));
        for (uint32_t i = 0; i < EVENTS; i++) {
            printf("%.*s\n", STR_ARG(events[i]));
        }
    }
    buffer_done(&text);
    arena_free(arena);
    return same && parsed;
}

int query_differential(const QueryMaker *maker, int argc, char **argv)
{
    uint64_t rounds = 1000;
    uint64_t seed = 1;
    Tally tally = {0};
    for (int i = 1; i + 1 < argc; i += 2) {
        uint64_t *to = strcmp(argv[i], "--rounds") == 0 ? &rounds
                       : strcmp(argv[i], "--seed") == 0 ? &seed
                                                        : NULL;
        if (to == NULL || !str_to_u64(str_from_c(argv[i + 1]), to)) {
            fprintf(stderr, "%s [--rounds N] [--seed S]\n", argv[0]);
            return 2;
        }
    }
    for (uint64_t i = 0; i < rounds; i++) {
        if (!play(maker, seed + i, &tally)) {
            return 1;
        }
    }
    printf("seeds %" PRIu64 " to %" PRIu64 ": %" PRIu64 " queries, %" PRIu64 " run, %" PRIu64
           " matches, no difference\n",
           seed, seed + rounds - 1, tally.queries, tally.compiled, tally.matches);
    /* A test in which nothing runs or nothing matches would find nothing. */
    return tally.compiled * 4 > tally.queries && tally.matches > tally.queries ? 0 : 1;
}
