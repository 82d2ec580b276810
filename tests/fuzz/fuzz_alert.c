/* Lines of any bytes as events: those that read become alerts, alone and all together as a
 * sequence. Each alert is one line of JSON that reads back, is of kind "signal", and says how
 * deep it stands. */
#include "alert/alert.h"

#define MAX_EVENTS 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const Rule *rule(Arena *arena)
{
    RuleList list = {.arena = arena};
    rule_read_toml(
        &list, STR("fuzz"),
        STR("[rule]\nrule_id = \"r\"\nname = \"n\"\ndescription = \"d\"\nrisk_score = 47\nseverity "
            "= "
            "\"low\"\ntype = \"eql\"\nlanguage = \"eql\"\nquery = \"any where true\"\n"
            "rule_name_override = \"n\"\nrisk_score_mapping = [{field = \"r\", value = \"\"}]\n"
            "severity_mapping = [{field = \"s\", value = \"1\", severity = \"high\"}]\n"));
    require(list.rules.count == 1);
    return &list.rules.items[0];
}

static bool take(void *context, Str json, const AlertSummary *summary, Err *err)
{
    uint32_t *taken = context;
    Arena *arena = arena_new();
    Document alert = {0};
    require(memchr(json.ptr, '\n', json.len) == NULL && memchr(json.ptr, '\r', json.len) == NULL);
    alert.source = json_parse(arena, json, err);
    require(alert.source != NULL);
    const Json *kinds[64];
    uint32_t count = document_find(&alert, STR("event.kind"), kinds, 64);
    require(count >= 1);
    for (uint32_t i = 0; i < count; i++) {
        require(str_equal(kinds[i]->text, STR("signal")));
    }
    const Json *depth = json_get(alert.source, STR("kibana.alert.depth"));
    require(depth != NULL && depth->kind == JSON_NUMBER && depth->text.ptr[0] != '-');
    require(summary->reason.len > 0 && summary->uuid.len == 64);
    ++*taken;
    arena_free(arena);
    return true;
}

static const Document *get(void *context, uint32_t index, Err *err)
{
    (void)err;
    return ((const Document *const *)context)[index];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    AlertContext context = {.space = STR("default"), .execution_uuid = STR("e")};
    AlertBuilder *builder = alert_builder_new(&context);
    const Rule *made = rule(arena);
    const Document *events[MAX_EVENTS];
    uint32_t count = 0;
    uint32_t taken = 0;
    AlertTaker taker = {take, &taken};
    Str rest = {(const char *)data, size};
    Str line;
    Err err = {0};
    while (count < MAX_EVENTS && rest.ptr != NULL && str_split(&rest, '\n', &line)) {
        Document *event = ARENA_NEW(arena, Document);
        if (document_parse(arena, line, event, &err)) {
            events[count++] = event;
            require(alert_build_event(builder, made, event, &taker, &err));
        }
    }
    require(taken + alert_builder_loops(builder) == count);
    uint64_t loops = alert_builder_loops(builder);
    taken = 0;
    if (count > 0) {
        require(
            alert_build_sequence(builder, made, &(AlertEvents){get, events, count}, &taker, &err));
        require(taken == (alert_builder_loops(builder) > loops ? 0 : count + 1));
    }
    alert_builder_free(builder);
    arena_free(arena);
    return 0;
}
