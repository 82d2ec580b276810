#include "rule_text.h"

#include "plan/explain.h"
#include "rule/rule_fields.h"
#include "rule/rule_image.h"
#include "rule/rule_show.h"

#define RULE(id, type, language, more)                                                    \
    "[rule]\nname = \"" id "\"\nrule_id = \"" id                                          \
    "\"\ndescription = \"x\"\nrisk_score = 5\nseverity = \"low\"\nlanguage = \"" language \
    "\"\ntype = "                                                                         \
    "\"" type "\"\n" more "\n"

/* Rules that run, are skipped, are wrong, have warnings; every kind of field. */
static const char *const FILES[] = {
    RULE(
        "all", "eql", "eql",
        "query = '''\nsequence by host.id with maxspan=5m\n [process where process.name : "
        "(\"a*.exe\", \"b\") and process.pid > 5]\n [network where destination.ip != null and not "
        "cidrMatch(destination.ip, \"10.0.0.0/8\")]\n until [process where process.args like~ "
        "\"*x?y*\"] | head 3'''\n"
        "index = [\"logs-*\", \"-logs-x\"]\ntags = [\"a\", \"b\"]\ninterval = \"10m\"\n"
        "note = \"\"\"a\nlong\nnote\"\"\"\nenabled = false\nversion = 4\n"
        "severity_mapping = [{field = \"event.severity\", operator = \"equals\", value = \"9\", "
        "severity = \"high\"}]\n"
        "risk_score_mapping = [{field = \"event.risk_score\", operator = \"equals\", value = "
        "\"\"}]\n"
        "exceptions_list = [{id = \"x\", list_id = \"x\", type = \"detection\", namespace_type = "
        "\"single\"}]\n"
        "[[rule.threat]]\nframework = \"MITRE ATT&CK\"\n[rule.threat.tactic]\nid = \"TA1\"\nname = "
        "\"N\"\nreference = \"r\""),
    RULE("skipped", "query", "lucene", "query = \"x~\""),
    RULE("wrong query", "eql", "eql", "query = \"process were true\""),
    RULE("wrong", "eql", "eql", "query = 5"),
    RULE("odd field", "eql", "eql", "query = \"any where true\"\nsome_thing = 1.5"),
    RULE("all", "eql", "eql", "query = \"any where true\""),
    "not [ toml",
};

typedef struct Loaded {
    RuleList list;
    RuleSet *set;
} Loaded;

static Loaded read_all(Arena *arena, const Schema *schema)
{
    Loaded loaded = {.list = {.arena = arena}};
    for (size_t i = 0; i < ARRAY_LEN(FILES); i++) {
        rule_read_toml(&loaded.list, str_format(arena, "file%zu.toml", i), str_from_c(FILES[i]));
    }
    loaded.set = rule_set_build(arena, &loaded.list, schema, &(RuleFilter){0});
    return loaded;
}

static void print_skips(Buffer *out, const RuleSkip *skips, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        buffer_append(out, skips[i].rule->name);
        buffer_append_c(out, skips[i].reason);
        buffer_append(out, skips[i].detail);
    }
}

/* What every rule of an image has, whatever it says. */
static void print_rules(Buffer *out, const Loaded *loaded)
{
    JsonWriter json = {.out = out};
    for (uint32_t i = 0; i < loaded->list.rules.count; i++) {
        rule_print_json(&json, &loaded->list.rules.items[i]);
        json.need_comma = false;
    }
    for (uint32_t i = 0; i < loaded->list.problems.count; i++) {
        rule_problem_print(out, &loaded->list.problems.items[i]);
    }
    for (uint32_t i = 0; i < loaded->set->count; i++) {
        char hash[33];
        plan_query_hash(loaded->set->plan, i, hash);
        buffer_append_format(out, "%.*s %s\n", STR_ARG(loaded->set->rules[i]->name), hash);
        explain_query(out, loaded->set->plan, i);
    }
    print_skips(out, loaded->set->skipped, loaded->set->skipped_count);
    print_skips(out, loaded->set->warnings, loaded->set->warning_count);
}

/* All that can be told of them. */
static Str print_all(Arena *arena, const Loaded *loaded)
{
    Buffer out = {0};
    JsonWriter json = {.out = &out};
    print_rules(&out, loaded);
    for (uint32_t i = 0; i < loaded->list.rules.count; i++) {
        const Rule *rule = &loaded->list.rules.items[i];
        rule_show(&out, rule, true);
        buffer_append_format(&out, "%.*s %zu %.*s %zu %zu %lld %.*s %d %d %p\n",
                             STR_ARG(rule->file), rule->line, STR_ARG(rule->query_text),
                             rule->query_line, rule->query_column, (long long)rule->interval_ns,
                             STR_ARG(rule->maturity), rule->severity, rule->type,
                             (const void *)(rule->filters));
        for (uint32_t m = 0; m < rule->severity_mapping_count; m++) {
            buffer_append(&out, rule->severity_mapping[m].field);
            buffer_append(&out, rule->severity_mapping[m].value);
            buffer_append_c(&out, rule_severity_name(rule->severity_mapping[m].severity));
        }
        buffer_append(&out, rule->risk_score_mapping_field);
        if (rule->threat != NULL && rule->exceptions_list != NULL) {
            rule_print_tree(&json, rule->threat);
            json.need_comma = false;
            rule_print_tree(&json, rule->exceptions_list);
            json.need_comma = false;
        }
    }
    for (uint32_t i = 0; i < loaded->list.problems.count; i++) {
        const RuleProblem *problem = &loaded->list.problems.items[i];
        buffer_append_format(&out, " %s %.*s %.*s\n", problem->code, STR_ARG(problem->rule_id),
                             STR_ARG(problem->rule_name));
    }
    Str text = str_copy(arena, buffer_str(&out));
    buffer_done(&out);
    return text;
}

static Str image_of(Arena *arena, const Loaded *loaded)
{
    ImageWriter writer;
    Str image;
    image_writer_init(&writer, arena);
    rule_image_put(&writer, &loaded->list, loaded->set);
    assert_true(image_writer_done(&writer, &image));
    return image;
}

static bool load(Arena *arena, const Schema *schema, Str image, Loaded *loaded)
{
    ImageReader reader;
    image_reader_init(&reader, arena, image);
    *loaded = (Loaded){0};
    return rule_image_get(&reader, schema, &loaded->list, &loaded->set) &&
           image_reader_done(&reader);
}

TEST(rules_from_an_image_are_the_rules_that_were_read)
{
    Arena *arena = arena_new();
    const Schema *schema = schema_builtin(arena);
    Loaded before = read_all(arena, schema);
    Loaded after;
    assert_int_equal(before.list.rules.count, 5);
    assert_int_equal(before.set->count, 3);
    assert_int_equal(before.set->skipped_count, 2);
    assert_int_equal(before.set->warning_count, 1);
    assert_true(before.list.problems.count >= 3);
    assert_true(load(arena, schema, image_of(arena, &before), &after));
    Str told = print_all(arena, &before);
    Str again = print_all(arena, &after);
    assert_string_equal(str_to_c(arena, told), str_to_c(arena, again));
    assert_true(str_equal(told, again));
    arena_free(arena);
}

TEST(fields_that_a_mapping_lacks_are_kept)
{
    static const Str MAPPING =
        STR_INIT("{\"properties\":{\"@timestamp\":{\"type\":\"date\"},\"event\":{\"properties\":{"
                 "\"category\":{\"type\":\"keyword\"}}}}}");
    Arena *arena = arena_new();
    Err err;
    const Schema *schema = schema_read_mapping(arena, MAPPING, &err);
    Loaded before = read_all(arena, schema);
    Loaded after;
    assert_true(load(arena, schema, image_of(arena, &before), &after));
    uint32_t lacking = 0;
    assert_int_equal(after.set->count, before.set->count);
    for (uint32_t i = 0; i < before.set->count; i++) {
        RuleSkip then;
        RuleSkip now;
        bool lacks = rule_set_lacks(before.set, i, NULL, &then);
        lacking += lacks;
        assert_int_equal(rule_set_lacks(after.set, i, NULL, &now), lacks);
        assert_true(!lacks || str_equal(then.detail, now.detail));
    }
    assert_true(lacking > 0);
    arena_free(arena);
}

TEST(an_image_of_another_schema_is_none)
{
    Arena *arena = arena_new();
    const Schema *schema = schema_builtin(arena);
    Err err;
    const Schema *other = schema_read_mapping(
        arena,
        STR("{\"properties\":{\"process\":{\"properties\":{\"name\":{\"type\":\"alias\",\"path\":"
            "\"image\"}}},\"image\":{\"type\":\"keyword\"}}}"),
        &err);
    assert_non_null(other);
    Loaded before = read_all(arena, schema);
    Loaded after;
    assert_false(load(arena, other, image_of(arena, &before), &after));
    arena_free(arena);
}

TEST(a_damaged_image_is_refused_or_can_be_shown)
{
    Arena *arena = arena_new();
    const Schema *schema = schema_builtin(arena);
    Loaded before = read_all(arena, schema);
    Str image = image_of(arena, &before);
    char *bytes = ARENA_MANY(arena, char, image.len);
    Arena *scratch = arena_new();
    uint32_t refused = 0;
    uint32_t tried = 0;
    for (size_t at = 0; at < image.len; at += 1 + at % 3) {
        memcpy(bytes, image.ptr, image.len);
        bytes[at] = (char)(bytes[at] ^ (at % 2 == 0 ? 1 : 0xff));
        Loaded after;
        bool loaded = load(scratch, schema, (Str){bytes, image.len}, &after);
        if (loaded) {
            Buffer out = {0};
            print_rules(&out, &after);
            buffer_done(&out);
        }
        assert_false(load(scratch, schema, (Str){bytes, at}, &after));
        refused += !loaded;
        tried++;
        arena_reset(scratch);
    }
    assert_true(refused > tried / 20);
    arena_free(scratch);
    arena_free(arena);
}

RUN_TESTS(CASE(rules_from_an_image_are_the_rules_that_were_read),
          CASE(fields_that_a_mapping_lacks_are_kept), CASE(an_image_of_another_schema_is_none),
          CASE(a_damaged_image_is_refused_or_can_be_shown))
