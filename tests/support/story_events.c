#include "story.h"

#include "base/json_writer.h"

const StoryField STORY_FIELD[STORY_FIELDS] = {
    {"process.name", 's'},
    {"x", 'u'},
    {"process.pid", 'n'},
    {"event.category", 'c'},
    {"process.args", 's'},
    {"x.y", 'u'},
    {"z", 'u'},
    {"process.exit_code", 'n'},
    {"event.risk_score", 'n'},
    {"process.code_signature.trusted", 'b'},
    {"source.ip", 'i'},
    {"process.start", 'd'},
    {"v", 'v'},
};

static const Str TEXTS[] = {
    STR_INIT("a"),
    STR_INIT("b"),
    STR_INIT("A"),
    STR_INIT("ab"),
    STR_INIT(""),
    STR_INIT("cmd.exe"),
    STR_INIT("CMD.EXE"),
    STR_INIT("abab"),
    STR_INIT("process"),
    STR_INIT("file"),
    STR_INIT("a*b"),
    STR_INIT("a b"),
    STR_INIT("C:\\a\\b.exe"),
    STR_INIT("\xc3\xa9"),
    STR_INIT("\xc3\x89"),
    STR_INIT("x\xf0\x9d\x84\x9ey"),
    STR_INIT("stra\xc3\x9f"
             "e"),
    STR_INIT("\xe2\x84\xaa"),
    STR_INIT("k"),
    STR_INIT("a\nb"),
    STR_INIT("\0a"),
    STR_INIT("\"q\""),
    STR_INIT("5"),
    STR_INIT("5.0"),
    STR_INIT("-1"),
    STR_INIT("0x1f"),
    STR_INIT("true"),
    STR_INIT("null"),
    STR_INIT("10.0.0.1"),
    STR_INIT("10.1.2.3"),
    STR_INIT("::ffff:10.0.0.1"),
    STR_INIT("fd00::1"),
    STR_INIT("2024-05-06T07:08:09Z"),
    STR_INIT("2024-05-06"),
    STR_INIT("1.2.3"),
    STR_INIT("1.10.0-rc1"),
    STR_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
};

static const char *const NUMBERS[] = {
    "5",
    "0",
    "1",
    "2",
    "-1",
    "7",
    "5.0",
    "5.5",
    "0.1",
    "-0.0",
    "1e3",
    "1000",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "1e400",
    "1e19",
    "1714979289000",
    "1714979289123.5",
};

/* Half of all choices fall on the first few, so that values meet. */
#define USUAL 6

static uint32_t choose(Dice *dice, uint32_t count)
{
    return dice_below(dice, dice_below(dice, 2) == 0 ? USUAL : count);
}

Str story_text(Dice *dice)
{
    return TEXTS[choose(dice, ARRAY_LEN(TEXTS))];
}

static void append_string(Dice *dice, Buffer *out)
{
    Str text = story_text(dice);
    /* Escapes make other bytes of the same text. */
    if (text.len > 0 && (unsigned char)text.ptr[0] < 0x80 && dice_below(dice, 6) == 5) {
        buffer_append_format(out, "\"\\u%04x", (unsigned)text.ptr[0]);
        Buffer rest = {0};
        json_append_escaped(&rest, str_slice(text, 1, text.len));
        buffer_append(out, str_slice(buffer_str(&rest), 1, rest.len));
        buffer_done(&rest);
    } else {
        json_append_escaped(out, text);
    }
}

static void append_scalar(Dice *dice, Buffer *out, char kind)
{
    static const char *const DATES[] = {"\"2024-05-06T07:08:09Z\"", "1714979289000",
                                        "\"2024-05-06T07:08:09.000900Z\"", "\"1714979289000\""};
    static const char *const IPS[] = {"\"10.0.0.1\"",     "\"10.1.2.3\"",        "\"fd00::1\"",
                                      "\"fd00:0::0001\"", "\"::ffff:10.0.0.1\"", "\"10.0.0\""};
    static const char *const VERSIONS[] = {"\"1.2.3\"", "\"1.10.0\"", "\"1.2.3-rc1\"", "\"x\""};
    static const char *const CATEGORIES[] = {"\"process\"", "\"file\"", "\"Process\""};
    static const char *const PROCESSES[] = {
        "\"p\"", "\"q\"", "\"r\"", "\"s\"",
        "5",     "\"5\"", "\"\"",  "\"00000000-0000-0000-0000-000000000000\""};
    static const char *const REST[] = {"null", "true", "false", "{\"y\": 5}", "\"true\"", "[]"};
    switch (dice_below(dice, 10) == 9 ? 'u' : kind) {
    case 's': append_string(dice, out); return;
    case 'n': buffer_append_c(out, NUMBERS[choose(dice, ARRAY_LEN(NUMBERS))]); return;
    case 'b': buffer_append_c(out, REST[1 + dice_below(dice, 2)]); return;
    case 'i': buffer_append_c(out, IPS[dice_below(dice, ARRAY_LEN(IPS))]); return;
    case 'c': buffer_append_c(out, CATEGORIES[dice_below(dice, ARRAY_LEN(CATEGORIES))]); return;
    case 'd': buffer_append_c(out, DATES[dice_below(dice, ARRAY_LEN(DATES))]); return;
    case 'p': buffer_append_c(out, PROCESSES[dice_below(dice, ARRAY_LEN(PROCESSES))]); return;
    case 'v': buffer_append_c(out, VERSIONS[dice_below(dice, ARRAY_LEN(VERSIONS))]); return;
    default: break;
    }
    switch (dice_below(dice, 3)) {
    case 0: append_string(dice, out); return;
    case 1: buffer_append_c(out, NUMBERS[choose(dice, ARRAY_LEN(NUMBERS))]); return;
    default: buffer_append_c(out, REST[dice_below(dice, ARRAY_LEN(REST))]); return;
    }
}

static void append_value(Dice *dice, Buffer *out, char kind)
{
    uint32_t shape = dice_below(dice, 8);
    if (shape < 5) {
        append_scalar(dice, out, kind);
        return;
    }
    buffer_append_byte(out, '[');
    for (uint32_t i = 0, count = dice_below(dice, 4); i < count; i++) {
        buffer_append_c(out, i == 0 ? "" : ", ");
        append_scalar(dice, out, kind);
    }
    buffer_append_byte(out, ']');
}

/* {"a": {"b": V}}, {"a.b": V}: each dot of the path may be either. */
static void append_member(Dice *dice, Buffer *out, const StoryField *field)
{
    uint32_t open = 0;
    buffer_append_byte(out, '"');
    for (const char *at = field->path; *at != '\0'; at++) {
        if (*at == '.' && dice_below(dice, 2) == 0) {
            buffer_append_c(out, "\": {\"");
            open++;
        } else {
            buffer_append_byte(out, *at);
        }
    }
    buffer_append_c(out, "\": ");
    append_value(dice, out, field->kind);
    for (; open > 0; open--) {
        buffer_append_byte(out, '}');
    }
}

static void append_time(Dice *dice, Buffer *out, uint32_t number)
{
    switch (dice_below(dice, 10)) {
    case 9:
        buffer_append_format(out, "\"@timestamp\": \"1970-01-01T00:00:00.%03u%uZ\"", number,
                             dice_below(dice, 10));
        return;
    case 8: buffer_append_format(out, "\"@timestamp\": [%u, 3]", dice_below(dice, 20)); return;
    case 7: buffer_append_c(out, "\"@timestamp\": \"soon\""); return;
    case 6: buffer_append_c(out, "\"stamp\": 1"); return;
    case 5: buffer_append_format(out, "\"@timestamp\": %u", dice_below(dice, 20)); return;
    default: buffer_append_format(out, "\"@timestamp\": %u", number + dice_below(dice, 3)); return;
    }
}

/* Processes are few, so that they are each other's parents, and their own, in circles too. */
static void append_process(Dice *dice, Buffer *out)
{
    static const StoryField IDS[] = {{"process.entity_id", 'p'}, {"process.parent.entity_id", 'p'}};
    for (uint32_t i = 0; i < ARRAY_LEN(IDS); i++) {
        if (dice_below(dice, 4) < 3) {
            buffer_append_c(out, ", ");
            append_member(dice, out, &IDS[i]);
        }
    }
}

void story_add_event(Dice *dice, Buffer *out, uint32_t number)
{
    static const char *const INDICES[] = {"logs-a", "logs-b", "winlogbeat-8"};
    bool wrapped = dice_below(dice, 6) == 5;
    if (wrapped) {
        buffer_append_format(out,
                             "{\"_index\": \"%s\", \"_source\": ", INDICES[dice_below(dice, 3)]);
    }
    buffer_append_byte(out, '{');
    append_time(dice, out, number);
    for (uint32_t i = 0, count = 2 + dice_below(dice, 8); i < count; i++) {
        buffer_append_c(out, ", ");
        append_member(dice, out, &STORY_FIELD[dice_below(dice, STORY_FIELDS)]);
    }
    append_process(dice, out);
    if (dice_below(dice, 3) == 2) {
        buffer_append_format(out, ", \"tie\": %u", dice_below(dice, 4));
    }
    if (dice_below(dice, 16) == 15) {
        buffer_append_c(out, ", \"kibana.alert.uuid\": \"u\", \"kibana.space_ids\": [\"a\"]");
    }
    buffer_append_byte(out, '}');
    if (wrapped) {
        buffer_append_c(out, dice_below(dice, 4) == 3 ? ", \"_source\": 7}" : "}");
    }
}
