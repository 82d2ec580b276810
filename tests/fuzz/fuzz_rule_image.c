/* Any bytes as an image of rules: after an odd first byte they are the image, else each four of them put a byte
 * of their own into an image that is right, so that the fuzzer needs to know nothing of its form. Reading ends; what is
 * read can be printed, hashed and explained, and its own image reads back. */
#include "plan/explain.h"
#include "plan/explain_witness.h"
#include "rule/rule_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RULE(id, query)                                                                   \
    "{\"rule_id\":\"" id "\",\"name\":\"" id "\",\"description\":\"x\",\"risk_score\":1," \
    "\"severity\":\"low\",\"type\":\"eql\",\"language\":\"eql\",\"tags\":[\"a\",\"b\"],"  \
    "\"severity_mapping\":[{\"field\":\"f\",\"operator\":\"equals\",\"value\":\"1\","     \
    "\"severity\":\"high\"}],\"query\":\"" query "\"}\n"

static const Str RULES = STR_INIT(
    RULE("sequence",
         "sequence by host.id, ?user.id with maxspan=5m [process where process.name : "
         "('a*', 'b')] ![file where file.size + 1 > 1.5] until [any where true] | tail 3")
        RULE(
            "event",
            "process where (process.pid == 5 or not process.args like~ '*x?*') and "
            "process.command_line regex 'a|b.*' and length(user.name) > 3 and cidrMatch(source.ip, "
            "'10.0.0.0/8')") RULE("wrong", "process were true") "{\"rule_id\":5}\n");

typedef struct Made {
    Arena *arena;
    const Schema *schema;
    Str image;
} Made;

static Str write_image(Arena *arena, const RuleList *list, const RuleSet *set)
{
    ImageWriter writer;
    Str image = {0};
    image_writer_init(&writer, arena);
    rule_image_put(&writer, list, set);
    if (!image_writer_done(&writer, &image)) {
        abort();
    }
    return image;
}

/* Slow to make, and never changes. */
static const Made *made(void)
{
    static Made once;
    if (once.arena == NULL) {
        once.arena = arena_new();
        once.schema = schema_builtin(once.arena);
        RuleList list = {.arena = once.arena};
        Buffer text = {0};
        for (size_t i = 0; i < RULES.len;
             i++) { /* EQL takes double quotes only, JSON wants them escaped */
            buffer_append_c(&text, RULES.ptr[i] == '\'' ? "\\\"" : "");
            if (RULES.ptr[i] != '\'') {
                buffer_append_byte(&text, RULES.ptr[i]);
            }
        }
        rule_read_json(&list, STR("rules"), str_copy(once.arena, buffer_str(&text)));
        buffer_done(&text);
        RuleSet *set = rule_set_build(once.arena, &list, once.schema, &(RuleFilter){0});
        if (set->count != 2) {
            abort();
        }
        once.image = write_image(once.arena, &list, set);
    }
    return &once;
}

static Str edited(Arena *arena, Str image, const uint8_t *data, size_t size)
{
    char *bytes = ARENA_MANY(arena, char, image.len);
    memcpy(bytes, image.ptr, image.len);
    for (; size >= 4; data += 4, size -= 4) {
        size_t at = (size_t)data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16;
        bytes[at % image.len] = (char)data[3];
    }
    return (Str){bytes, image.len - size % 4}; /* cut short by what is left */
}

static void print_set(Buffer *out, const RuleSet *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        char hash[33];
        plan_query_hash(set->plan, i, hash);
        explain_query(out, set->plan, i);
        explain_witnesses(out, set->plan, i);
        buffer_append_c(out, hash);
    }
}

static void walk(Arena *arena, const RuleList *list, const RuleSet *set)
{
    Buffer out = {0};
    JsonWriter json = {.out = &out};
    for (uint32_t i = 0; i < list->rules.count; i++) {
        rule_print_json(&json, &list->rules.items[i]);
        json.need_comma = false;
    }
    for (uint32_t i = 0; i < list->problems.count; i++) {
        rule_problem_print(&out, &list->problems.items[i]);
    }
    print_set(&out, set);
    buffer_done(&out);
    RuleList again = {0};
    RuleSet *set_again = NULL;
    ImageReader reader;
    image_reader_init(&reader, arena, write_image(arena, list, set));
    if (!rule_image_get(&reader, made()->schema, &again, &set_again) ||
        !image_reader_done(&reader)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    Arena *arena = arena_new();
    bool raw = data[0] % 2 == 1;
    Str image = raw ? (Str){(const char *)data + 1, size - 1}
                    : edited(arena, made()->image, data + 1, size - 1);
    RuleList list = {0};
    RuleSet *set = NULL;
    ImageReader reader;
    image_reader_init(&reader, arena, image);
    if (rule_image_get(&reader, made()->schema, &list, &set) && image_reader_done(&reader)) {
        walk(arena, &list, set);
    }
    arena_free(arena);
    return 0;
}
