#include "base/log.h"

#include <unistd.h>

#include "base/json_writer.h"
#include "base/timestamp.h"
#include "base/utf8.h"

/* Bytes of one field that are shown, so that a hostile path or rule name cannot flood the log. */
#define MAX_FIELD_BYTES ((size_t)1024)

static const Str LEVEL_NAMES[] = {STR_INIT("debug"), STR_INIT("info"), STR_INIT("warn"),
                                  STR_INIT("error"), STR_INIT("off")};

static LogLevel threshold = LOG_INFO;

void log_set_level(LogLevel level)
{
    threshold = level;
}

bool log_level_parse(Str name, LogLevel *out)
{
    for (size_t i = 0; i < ARRAY_LEN(LEVEL_NAMES); i++) {
        if (str_equal(name, LEVEL_NAMES[i])) {
            *out = (LogLevel)i;
            return true;
        }
    }
    return false;
}

/* File names are bytes; a line of the log is UTF-8 whatever they are. */
static void write_text(JsonWriter *writer, Str text)
{
    Buffer shown = {0};
    size_t at = 0;
    while (at < text.len && at < MAX_FIELD_BYTES) {
        char encoded[4];
        size_t size = utf8_encode(utf8_next(text, &at), encoded);
        buffer_append(&shown, (Str){encoded, size});
    }
    if (at < text.len) {
        buffer_append(&shown, STR("..."));
    }
    json_string(writer, buffer_str(&shown));
    buffer_done(&shown);
}

void log_write(LogLevel level, const char *component, const char *message, const LogField *fields,
               size_t count)
{
    if (level < threshold || level == LOG_OFF) {
        return;
    }
    char time[TIMESTAMP_TEXT];
    Buffer line = {0};
    JsonWriter writer = {.out = &line};
    json_begin_object(&writer);
    json_member_string(&writer, "time", timestamp_print(timestamp_now() / 1000 * 1000, 6, time));
    json_member_string(&writer, "level", LEVEL_NAMES[level]);
    json_member_string(&writer, "component", str_from_c(component));
    json_member_string(&writer, "message", str_from_c(message));
    for (size_t i = 0; i < count; i++) {
        json_key(&writer, str_from_c(fields[i].key));
        if (fields[i].kind == LOG_FIELD_STR) {
            write_text(&writer, fields[i].str);
        } else {
            char digits[24];
            int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)fields[i].u64);
            json_raw(&writer, (Str){digits, (size_t)len});
        }
    }
    json_end_object(&writer);
    buffer_append_byte(&line, '\n');
    /* One call, so that lines of several threads do not mix. When stderr is gone there is nobody
     * left to tell. */
    ssize_t written = write(STDERR_FILENO, line.ptr, line.len);
    (void)written;
    buffer_done(&line);
}
