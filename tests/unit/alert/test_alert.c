#include "unit.h"

#include "alert/alert.h"
#include "base/timestamp.h"

#define RULE_PART ",\"kibana.alert.rule.name\":"

typedef struct Taken {
    Arena *arena;
    Str documents[8];
    AlertSummary summaries[8];
    uint32_t count;
    uint32_t refuse_at; /* 0: never */
} Taken;

typedef struct Bench {
    Arena *arena;
    RuleList list;
    AlertBuilder *builder;
    Taken taken;
} Bench;

static bool take(void *context, Str json, const AlertSummary *summary, Err *err)
{
    Taken *taken = context;
    if (taken->refuse_at > 0 && taken->count + 1 == taken->refuse_at) {
        return err_set(err, ERR_IO, "no room");
    }
    taken->documents[taken->count] = str_copy(taken->arena, json);
    AlertSummary copy = *summary;
    copy.uuid = str_copy(taken->arena, copy.uuid);
    copy.rule_name = str_copy(taken->arena, copy.rule_name);
    copy.reason = str_copy(taken->arena, copy.reason);
    copy.host = str_copy(taken->arena, copy.host);
    copy.user = str_copy(taken->arena, copy.user);
    taken->summaries[taken->count++] = copy;
    return true;
}

static Bench bench_new(const char *more)
{
    Bench bench = {.arena = arena_new()};
    bench.list.arena = bench.arena;
    bench.taken.arena = bench.arena;
    Str text = str_format(
        bench.arena,
        "[rule]\nrule_id = \"shell\"\nid = \"5e5e5e5e-0000-4000-8000-000000000001\"\nname = "
        "\"Shell From Editor\"\ndescription = \"d\"\nrisk_score = 47\nseverity = \"medium\"\n"
        "type = \"eql\"\nlanguage = \"eql\"\nquery = 'any where true'\n%s\n",
        more);
    rule_read_toml(&bench.list, STR("r.toml"), text);
    assert_int_equal(bench.list.problems.count, 0);
    AlertContext context = {.space = STR("default"),
                            .execution_uuid = STR("eeeeeeee-0000-4000-8000-00000000000e")};
    assert_true(timestamp_parse(STR("2024-06-01T00:00:00Z"), &context.now_ns));
    bench.builder = alert_builder_new(&context);
    return bench;
}

static void bench_done(Bench *bench)
{
    alert_builder_free(bench->builder);
    arena_free(bench->arena);
}

static const Document *parse(Bench *bench, const char *text)
{
    Err err = {0};
    Document *document = ARENA_NEW(bench->arena, Document);
    if (!document_parse(bench->arena, str_from_c(text), document, &err)) {
        fail_msg("%s: %s", text, err.text);
    }
    return document;
}

static const Document *get(void *context, uint32_t index, Err *err)
{
    (void)err;
    return ((const Document *const *)context)[index];
}

static void build_event(Bench *bench, const char *event)
{
    Err err = {0};
    assert_true(alert_build_event(bench->builder, &bench->list.rules.items[0], parse(bench, event),
                                  &(AlertTaker){take, &bench->taken}, &err));
}

static void build_sequence(Bench *bench, const char *const *events, uint32_t count)
{
    const Document *documents[8];
    Err err = {0};
    for (uint32_t i = 0; i < count; i++) {
        documents[i] = parse(bench, events[i]);
    }
    assert_true(alert_build_sequence(bench->builder, &bench->list.rules.items[0],
                                     &(AlertEvents){get, documents, count},
                                     &(AlertTaker){take, &bench->taken}, &err));
}

/* The document before the rule's part. */
static const char *event_part(Bench *bench, uint32_t which)
{
    Str json = bench->taken.documents[which];
    size_t at = json.len;
    assert_true(str_find(json, STR(RULE_PART), 0, &at));
    return str_to_c(bench->arena, str_slice(json, 0, at));
}

static void expect_member(Bench *bench, uint32_t which, const char *member)
{
    size_t at = 0;
    if (!str_find(bench->taken.documents[which], str_from_c(member), 0, &at)) {
        fail_msg("no %s in\n%.*s", member, STR_ARG(bench->taken.documents[which]));
    }
}

static void expect_no_member(Bench *bench, uint32_t which, const char *member)
{
    size_t at = 0;
    if (str_find(bench->taken.documents[which], str_from_c(member), 0, &at)) {
        fail_msg("%s in\n%.*s", member, STR_ARG(bench->taken.documents[which]));
    }
}

#define STATE(id)                                                                                  \
    "\"kibana.version\":\"8.19.0\",\"kibana.space_ids\":[\"default\"],\"kibana.alert.uuid\":\"" id \
    "\",\"kibana.alert.start\":\"2024-06-01T00:00:00.000Z\",\"kibana.alert.last_detected\":"       \
    "\"2024-06-01T00:00:00.000Z\",\"kibana.alert.status\":\"active\",\"kibana.alert.workflow_"     \
    "status\":"                                                                                    \
    "\"open\",\"kibana.alert.workflow_tags\":[],\"kibana.alert.workflow_assignee_ids\":[],"
#define EXECUTION                                                                                 \
    "\"kibana.alert.intended_timestamp\":\"2024-06-01T00:00:00.000Z\","                           \
    "\"kibana.alert.rule.execution.timestamp\":\"2024-06-01T00:00:00.000Z\",\"kibana.alert.rule." \
    "execution."                                                                                  \
    "uuid\":\"eeeeeeee-0000-4000-8000-00000000000e\",\"kibana.alert.rule.execution.type\":"       \
    "\"manual\""

TEST(an_events_alert_is_whole)
{
    Bench bench = bench_new("");
    build_event(&bench,
                "{\"_index\":\"logs-demo-default\",\"_id\":\"a1\",\"_source\":{\"@timestamp\":"
                "\"2024-05-06T07:08:09.123456Z\",\n\"event\":{\"category\":[\"process\"],\"kind\":"
                "\"event\","
                "\"more\":{\"code\":1.00}},\"process\":{\"name\":\"sh\",\r\n  \"pid\":7e0},"
                "\"host.name\":\"h\\u0031\",\"user\":{\"name\":\"bob\"},\"data_stream\":{"
                "\"dataset\":\"demo\"}}}");
    assert_int_equal(bench.taken.count, 1);
    assert_string_equal(event_part(&bench, 0),
                        "{\"@timestamp\":\"2024-06-01T00:00:00.000Z\",\"event\":{"
                        "\"category\":[\"process\"],\"kind\":"
                        "\"signal\",\"more\":{\"code\":1.00}},\"process\":{\"name\":\"sh\", "
                        " \"pid\":7e0},"
                        "\"host.name\":\"h\\u0031\",\"user\":{\"name\":\"bob\"},\"data_"
                        "stream\":{\"dataset\":\"demo\"}," STATE(
                            "a96a0fc7afcca70ec664a0de019efb4042ceb7f9b6618da6dd7ab1f4b016f56"
                            "0") "\"kibana.alert.depth\":1,\"kibana.alert.ancestors\":[{"
                                 "\"id\":\"a1\",\"type\":\"event\",\"index\":"
                                 "\"logs-demo-default\",\"depth\":0}],\"kibana.alert."
                                 "original_time\":\"2024-05-06T07:08:09.123456Z\","
                                 "\"kibana.alert.original_event.category\":[\"process\"],"
                                 "\"kibana.alert.original_event.kind\":\"event\","
                                 "\"kibana.alert.original_event.more.code\":1.00,\"kibana."
                                 "alert.original_data_stream.dataset\":\"demo\","
                                 "\"kibana.alert.reason\":\"process event with process sh, "
                                 "by bob on h1 created medium alert Shell From "
                                 "Editor.\",\"kibana.alert.severity\":\"medium\",\"kibana."
                                 "alert.risk_score\":47," EXECUTION);
    const AlertSummary *summary = &bench.taken.summaries[0];
    assert_true(str_equal(summary->uuid,
                          STR("a96a0fc7afcca70ec664a0de019efb4042ceb7f9b6618da6dd7ab1f4b016f560")));
    assert_true(str_equal(summary->host, STR("h1")));
    assert_true(str_equal(summary->user, STR("bob")));
    assert_int_equal(summary->risk_score, 47);
    assert_int_equal(summary->time_ns, 1714979289123456000);
    assert_false(summary->building_block);
    assert_int_equal(summary->group_events, 0);
    bench_done(&bench);
}

TEST(an_alert_carries_its_rule)
{
    Bench bench =
        bench_new("index = [\"logs-*\"]\nmeta = {from = \"1m\", n = 5}\nenabled = false\n");
    build_event(&bench, "{\"a\":1}");
    build_event(&bench, "{\"a\":2}");
    for (uint32_t i = 0; i < 2; i++) {
        Str json = bench.taken.documents[i];
        size_t at = 0;
        assert_true(str_find(json, STR(RULE_PART), 0, &at));
        assert_string_equal(
            str_to_c(bench.arena, str_slice(json, at, json.len)),
            ",\"kibana.alert.rule.name\":\"Shell From "
            "Editor\",\"kibana.alert.rule.category\":\"Event "
            "Correlation Rule\",\"kibana.alert.rule.rule_type_id\":\"siem.eqlRule\","
            "\"kibana.alert.rule.consumer\":\"siem\",\"kibana.alert.rule.producer\":\"siem\","
            "\"kibana.alert.rule.uuid\":\"5e5e5e5e-0000-4000-8000-000000000001\","
            "\"kibana.alert.rule.tags\":[],\"kibana.alert.rule.interval\":\"5m\","
            "\"kibana.alert.rule.enabled\":false,\"kibana.alert.rule.revision\":0,"
            "\"kibana.alert.rule.description\":\"d\",\"kibana.alert.rule.risk_score\":47,"
            "\"kibana.alert.rule.severity\":\"medium\",\"kibana.alert.rule.author\":[],"
            "\"kibana.alert.rule.false_positives\":[],\"kibana.alert.rule.from\":\"now-6m\","
            "\"kibana.alert.rule.rule_id\":\"shell\",\"kibana.alert.rule.max_signals\":100,"
            "\"kibana.alert.rule.risk_score_mapping\":[],\"kibana.alert.rule.severity_mapping\":[],"
            "\"kibana.alert.rule.threat\":[],\"kibana.alert.rule.to\":\"now\","
            "\"kibana.alert.rule.references\":[],\"kibana.alert.rule.version\":1,"
            "\"kibana.alert.rule.exceptions_list\":[],\"kibana.alert.rule.immutable\":false,"
            "\"kibana.alert.rule.type\":\"eql\",\"kibana.alert.rule.indices\":[\"logs-*\"],"
            "\"kibana.alert.rule.actions\":[],\"kibana.alert.rule.meta.from\":\"1m\","
            "\"kibana.alert.rule.meta.n\":5,\"kibana.alert.rule.parameters\":{\"description\":"
            "\"d\","
            "\"risk_score\":47,\"severity\":\"medium\",\"meta\":{\"from\":\"1m\",\"n\":5},"
            "\"author\":[],"
            "\"false_positives\":[],\"from\":\"now-6m\",\"rule_id\":\"shell\",\"max_signals\":100,"
            "\"risk_score_mapping\":[],\"severity_mapping\":[],\"threat\":[],\"to\":\"now\","
            "\"references\":[],"
            "\"version\":1,\"exceptions_list\":[],\"immutable\":false,\"related_integrations\":[],"
            "\"required_fields\":[],\"setup\":\"\",\"type\":\"eql\",\"language\":\"eql\",\"index\":"
            "[\"logs-*\"],"
            "\"query\":\"any where true\"}}");
    }
    bench_done(&bench);
}

TEST(event_kind_is_signal_however_the_event_is_spelled)
{
    static const struct {
        const char *event, *source, *original;
    } CASES[] = {
        {"{\"a\":1}", "\"a\":1,\"event\":{\"kind\":\"signal\"},\"kibana.version\"",
         "\"kibana.alert.ancestors\""},
        {"{\"event.kind\":\"event\",\"event.code\":5,\"a\":1}",
         "\"event.code\":5,\"a\":1,\"event.kind\":\"signal\",\"kibana.version\"",
         "\"kibana.alert.original_event.kind\":\"event\",\"kibana.alert.original_event.code\":5,"},
        {"{\"event\":{\"code\":5},\"event.kind\":\"event\",\"event.code\":6}",
         "\"event\":{\"code\":5,\"kind\":\"signal\"},\"event.code\":6,\"kibana.version\"",
         "\"kibana.alert.original_event.code\":5,\"kibana.alert.original_event.kind\":\"event\","
         "\"kibana.alert.reason\""},
        {"{\"event\":\"text\"}", "\"event\":{\"kind\":\"signal\"},\"kibana.version\"",
         "\"kibana.alert.original_event\":\"text\","},
        {"{\"eventual\":1,\"event\":{\"kinds\":1,\"kind\":null}}",
         "\"eventual\":1,\"event\":{\"kinds\":1,\"kind\":\"signal\"},\"kibana.version\"",
         "\"kibana.alert.original_event.kind\":null,"},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        Bench bench = bench_new("");
        build_event(&bench, CASES[i].event);
        expect_member(&bench, 0, CASES[i].source);
        expect_member(&bench, 0, CASES[i].original);
        bench_done(&bench);
    }
}

TEST(what_another_alert_added_is_left_out)
{
    Bench bench = bench_new("");
    build_event(&bench,
                "{\"_id\":\"x\",\"_index\":\"i\",\"@timestamp\":1714979289000,\"signal\":{\"a\":1},"
                "\"kibana\":{\"b\":1},\"kibana.alert.c\":1,\"threshold_result\":{},\"signals\":2}");
    assert_true(str_starts_with(
        bench.taken.documents[0],
        STR("{\"@timestamp\":\"2024-06-01T00:00:00.000Z\",\"signals\":2,\"event\":")));
    expect_member(&bench, 0, "\"kibana.alert.original_time\":\"2024-05-06T07:08:09.000Z\"");
    expect_member(&bench, 0, "[{\"id\":\"x\",\"type\":\"event\",\"index\":\"i\",\"depth\":0}]");
    bench_done(&bench);
}

TEST(an_event_without_a_time_has_no_original_time)
{
    Bench bench = bench_new("");
    build_event(&bench, "{\"@timestamp\":\"yesterday\"}");
    expect_no_member(&bench, 0, "original_time");
    assert_int_equal(bench.taken.summaries[0].time_ns, 0);
    bench_done(&bench);
}

#define OVERRIDES                                                                                  \
    "rule_name_override = \"message\"\n[[rule.severity_mapping]]\nfield = "                        \
    "\"event.severity\"\nvalue = "                                                                 \
    "\"73\"\nseverity = \"critical\"\n[[rule.severity_mapping]]\nfield = \"vendor.level\"\nvalue " \
    "= \"bad\"\n"                                                                                  \
    "severity = \"high\"\n[[rule.risk_score_mapping]]\nfield = \"vendor.score\"\nvalue = \"\"\n"

TEST(the_event_may_override_name_severity_and_risk)
{
    Bench bench = bench_new(OVERRIDES);
    build_event(&bench,
                "{\"message\":\"Odd editor\",\"vendor\":{\"level\":[\"odd\",\"bad\"],\"score\":[12,"
                "\"73.5\",101]},\"event\":{\"severity\":5}}");
    expect_member(&bench, 0,
                  "\"kibana.alert.severity\":\"high\",\"kibana.alert.risk_score\":73.5,");
    expect_member(&bench, 0, "\"kibana.alert.rule.name\":\"Odd editor\",");
    expect_member(&bench, 0, "\"kibana.alert.rule.severity\":\"medium\",");
    expect_member(&bench, 0, "\"kibana.alert.rule.risk_score\":47,");
    expect_member(&bench, 0, "\"kibana.alert.reason\":\"event created high alert Odd editor.\"");
    assert_int_equal(bench.taken.summaries[0].severity, RULE_HIGH);
    assert_int_equal(bench.taken.summaries[0].risk_score, 73);
    assert_true(str_equal(bench.taken.summaries[0].rule_name, STR("Odd editor")));
    bench_done(&bench);
}

static const char *const PAIR[] = {
    "{\"_index\":\"logs-x\",\"_id\":\"a1\",\"_source\":{\"@timestamp\":\"2024-05-06T07:08:09Z\","
    "\"event\":"
    "{\"category\":\"process\",\"module\":\"m\"},\"host\":{\"name\":\"h1\",\"ip\":[\"10.0.0.1\","
    "\"10.0.0.2\"]},"
    "\"process\":{\"name\":\"vi\",\"pid\":5},\"message\":\"x\"}}",
    "{\"_index\":\"logs-x\",\"_id\":\"a2\",\"_source\":{\"@timestamp\":\"2024-05-06T07:08:10Z\","
    "\"event\":"
    "{\"category\":\"network\",\"module\":\"m\"},\"host.ip\":\"10.0.0.2\",\"host\":{\"name\":"
    "\"h1\"},"
    "\"process\":{\"name\":\"sh\",\"pid\":5.0},\"other\":true}}",
};

TEST(a_sequence_gives_building_blocks_and_a_shell)
{
    Bench bench = bench_new("");
    build_sequence(&bench, PAIR, 2);
    assert_int_equal(bench.taken.count, 3);
    assert_string_equal(event_part(&bench, 0),
                        "{\"@timestamp\":\"2024-06-01T00:00:00.000Z\",\"event\":{"
                        "\"category\":\"process\",\"module\":\"m\","
                        "\"kind\":\"signal\"},\"host\":{\"name\":\"h1\",\"ip\":[\"10.0.0."
                        "1\",\"10.0.0.2\"]},\"process\":"
                        "{\"name\":\"vi\",\"pid\":5},\"message\":\"x\"," STATE(
                            "5fbd41d7ce8af68db336da6d1ccb0e51c2aa472eea9c4e5e37b385fb0b85782"
                            "3") "\"kibana.alert.depth\":1,\"kibana.alert.ancestors\":[{"
                                 "\"id\":\"a1\",\"type\":\"event\",\"index\":"
                                 "\"logs-x\",\"depth\":0}],\"kibana.alert.original_time\":"
                                 "\"2024-05-06T07:08:09.000Z\","
                                 "\"kibana.alert.original_event.category\":\"process\","
                                 "\"kibana.alert.original_event.module\":\"m\","
                                 "\"kibana.alert.reason\":\"process event with process vi, "
                                 "on h1 created medium alert Shell From "
                                 "Editor.\",\"kibana.alert.severity\":\"medium\",\"kibana."
                                 "alert.risk_score\":47,"
                                 "\"kibana.alert.building_block_type\":\"default\",\"kibana."
                                 "alert.group.id\":"
                                 "\"3abbea1be490616335c57372676913a73301e67dd41594e4f341989d"
                                 "5b7196d1\","
                                 "\"kibana.alert.group.index\":0," EXECUTION);
    expect_member(&bench, 1,
                  "\"kibana.alert.uuid\":"
                  "\"5d04c26a528abb7e7491e4bf36cb6b1d034a63e295d8c7fd419280343b94652a\"");
    expect_member(&bench, 1,
                  "\"kibana.alert.group.id\":"
                  "\"3abbea1be490616335c57372676913a73301e67dd41594e4f341989d5b7196d1\",\"kibana."
                  "alert.group.index\":1,");
    assert_string_equal(event_part(&bench, 2),
                        "{\"@timestamp\":\"2024-06-01T00:00:00.000Z\",\"event\":{\"module\":\"m\","
                        "\"kind\":\"signal\"},"
                        "\"host\":{\"name\":\"h1\",\"ip\":[\"10.0.0.2\"]},\"process\":{\"pid\":5}"
                        "," STATE("3abbea1be490616335c57372676913a73301e67dd41594e4f341989d5b7196d"
                                  "1") "\"kibana.alert.depth\":2,\"kibana.alert.ancestors\":[{"
                                       "\"id\":\"a1\",\"type\":\"event\",\"index\":"
                                       "\"logs-x\",\"depth\":0},{\"id\":"
                                       "\"5fbd41d7ce8af68db336da6d1ccb0e51c2aa472eea9c4e5e37b385fb0"
                                       "b857823\",\"type\":\"signal\",\"index\":\"\",\"depth\":1,"
                                       "\"rule\":"
                                       "\"5e5e5e5e-0000-4000-8000-000000000001\"},{\"id\":\"a2\","
                                       "\"type\":\"event\",\"index\":\"logs-x\","
                                       "\"depth\":0},{\"id\":"
                                       "\"5d04c26a528abb7e7491e4bf36cb6b1d034a63e295d8c7fd419280343"
                                       "b94652a\",\"type\":\"signal\",\"index\":\"\",\"depth\":1,"
                                       "\"rule\":"
                                       "\"5e5e5e5e-0000-4000-8000-000000000001\"}],\"kibana.alert."
                                       "original_time\":"
                                       "\"2024-05-06T07:08:10.000Z\",\"kibana.alert.original_event."
                                       "module\":\"m\","
                                       "\"kibana.alert.reason\":\"event on h1 created medium alert "
                                       "Shell From Editor.\","
                                       "\"kibana.alert.severity\":\"medium\",\"kibana.alert.risk_"
                                       "score\":47,\"kibana.alert.group.id\":"
                                       "\"3abbea1be490616335c57372676913a73301e67dd41594e4f341989d5"
                                       "b7196d1\"," EXECUTION);
    assert_true(bench.taken.summaries[1].building_block && bench.taken.summaries[1].in_group);
    assert_false(bench.taken.summaries[2].building_block || bench.taken.summaries[2].in_group);
    assert_int_equal(bench.taken.summaries[2].group_events, 2);
    assert_int_equal(bench.taken.summaries[2].time_ns, 1714979290000000000);
    bench_done(&bench);
}

TEST(a_building_block_rules_alerts_are_building_blocks)
{
    Bench bench = bench_new("building_block_type = \"default\"\n");
    build_event(&bench, "{\"a\":1}");
    build_sequence(&bench, PAIR, 2);
    for (uint32_t i = 0; i < 4; i++) {
        expect_member(&bench, i, "\"kibana.alert.building_block_type\":\"default\"");
        assert_true(bench.taken.summaries[i].building_block);
    }
    bench_done(&bench);
}

TEST(a_sequences_alerts_take_no_overrides)
{
    Bench bench = bench_new(OVERRIDES);
    build_sequence(&bench, PAIR, 2);
    for (uint32_t i = 0; i < 3; i++) {
        expect_member(&bench, i, "\"kibana.alert.rule.name\":\"Shell From Editor\"");
    }
    bench_done(&bench);
}

TEST(an_alert_on_an_alert_stands_one_deeper)
{
    static const char *const FORMS[] = {
        "{\"kibana.alert.uuid\":\"u1\",\"kibana.alert.depth\":2,\"kibana.alert.rule.uuid\":"
        "\"other\","
        "\"kibana.alert.ancestors\":[{\"id\":\"e1\",\"type\":\"event\",\"index\":\"logs-x\","
        "\"depth\":0},"
        "{\"id\":\"s0\",\"type\":\"signal\",\"index\":\"\",\"depth\":1,\"rule\":\"older\"}],\"a\":"
        "1}",
        "{\"kibana\":{\"alert\":{\"uuid\":\"u1\",\"depth\":2,\"rule\":{\"uuid\":\"other\"},"
        "\"ancestors\":"
        "[{\"id\":\"e1\",\"type\":\"event\",\"index\":\"logs-x\",\"depth\":0},{\"id\":\"s0\","
        "\"type\":"
        "\"signal\",\"index\":\"\",\"depth\":1,\"rule\":\"older\"}]}},\"a\":1}",
    };
    for (size_t i = 0; i < ARRAY_LEN(FORMS); i++) {
        Bench bench = bench_new("");
        build_event(&bench, FORMS[i]);
        expect_member(
            &bench, 0,
            "\"kibana.alert.depth\":3,\"kibana.alert.ancestors\":[{\"id\":\"e1\",\"type\":"
            "\"event\","
            "\"index\":\"logs-x\",\"depth\":0},{\"id\":\"s0\",\"type\":\"signal\",\"index\":\"\","
            "\"depth\":1,\"rule\":\"older\"},{\"id\":\"u1\",\"type\":\"signal\",\"index\":\"."
            "alerts-security.alerts-default\","
            "\"depth\":2,\"rule\":\"other\"}]");
        bench_done(&bench);
    }
}

TEST(a_rule_makes_no_alert_on_its_own_alerts)
{
#define OWN "5e5e5e5e-0000-4000-8000-000000000001"
    Bench bench = bench_new("");
    build_event(&bench, "{\"kibana.alert.uuid\":\"u1\",\"kibana.alert.rule.uuid\":\"" OWN "\"}");
    build_event(&bench, "{\"kibana.alert.uuid\":\"u1\",\"kibana.alert.rule.uuid\":\"other\","
                        "\"kibana.alert.ancestors\":[{\"id\":\"x\",\"rule\":\"" OWN "\"}]}");
    const char *const mixed[] = {PAIR[0], "{\"kibana.alert.rule.uuid\":\"" OWN "\"}"};
    build_sequence(&bench, mixed, 2);
    assert_int_equal(bench.taken.count, 0);
    assert_int_equal(alert_builder_loops(bench.builder), 3);
    bench_done(&bench);
}

TEST(a_taker_that_refuses_ends_it)
{
    Bench bench = bench_new("");
    Err err = {0};
    const Document *documents[] = {parse(&bench, PAIR[0]), parse(&bench, PAIR[1])};
    for (uint32_t at = 1; at <= 3; at++) {
        bench.taken.count = 0;
        bench.taken.refuse_at = at;
        assert_false(alert_build_sequence(bench.builder, &bench.list.rules.items[0],
                                          &(AlertEvents){get, documents, 2},
                                          &(AlertTaker){take, &bench.taken}, &err));
        assert_int_equal(bench.taken.count, at - 1);
    }
    bench_done(&bench);
}

RUN_TESTS(CASE(an_events_alert_is_whole), CASE(an_alert_carries_its_rule),
          CASE(event_kind_is_signal_however_the_event_is_spelled),
          CASE(what_another_alert_added_is_left_out),
          CASE(an_event_without_a_time_has_no_original_time),
          CASE(the_event_may_override_name_severity_and_risk),
          CASE(a_sequence_gives_building_blocks_and_a_shell),
          CASE(a_building_block_rules_alerts_are_building_blocks),
          CASE(a_sequences_alerts_take_no_overrides), CASE(an_alert_on_an_alert_stands_one_deeper),
          CASE(a_rule_makes_no_alert_on_its_own_alerts), CASE(a_taker_that_refuses_ends_it))
