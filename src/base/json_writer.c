#include "base/json_writer.h"

#include <math.h>

#include "base/json.h"

static void separate(JsonWriter *writer)
{
    if (writer->need_comma) {
        buffer_append_byte(writer->out, ',');
    }
    writer->need_comma = true;
}

static void begin(JsonWriter *writer, char bracket)
{
    separate(writer);
    buffer_append_byte(writer->out, bracket);
    writer->need_comma = false;
}

static void end(JsonWriter *writer, char bracket)
{
    buffer_append_byte(writer->out, bracket);
    writer->need_comma = true;
}

void json_begin_object(JsonWriter *writer)
{
    begin(writer, '{');
}

void json_end_object(JsonWriter *writer)
{
    end(writer, '}');
}

void json_begin_array(JsonWriter *writer)
{
    begin(writer, '[');
}

void json_end_array(JsonWriter *writer)
{
    end(writer, ']');
}

void json_key(JsonWriter *writer, Str key)
{
    json_string(writer, key);
    buffer_append_byte(writer->out, ':');
    writer->need_comma = false;
}

void json_string(JsonWriter *writer, Str text)
{
    separate(writer);
    json_append_escaped(writer->out, text);
}

/* Inside of strings line breaks are escaped, so what is here stands between values. */
static void blank(Buffer *out, size_t from, char line_break)
{
    for (size_t at = from; str_find_byte(buffer_str(out), line_break, at, &at); at++) {
        out->ptr[at] = ' ';
    }
}

void json_raw(JsonWriter *writer, Str json)
{
    separate(writer);
    size_t from = writer->out->len;
    buffer_append(writer->out, json);
    blank(writer->out, from, '\n');
    blank(writer->out, from, '\r');
}

void json_i64(JsonWriter *writer, int64_t value)
{
    separate(writer);
    buffer_append_format(writer->out, "%lld", (long long)value);
}

void json_double(JsonWriter *writer, double value)
{
    char text[32];
    json_raw(writer, json_print_double(value, text));
}

void json_bool(JsonWriter *writer, bool value)
{
    json_raw(writer, value ? STR("true") : STR("false"));
}

void json_null(JsonWriter *writer)
{
    json_raw(writer, STR("null"));
}

void json_member_string(JsonWriter *writer, const char *key, Str text)
{
    json_key(writer, str_from_c(key));
    json_string(writer, text);
}

void json_member_i64(JsonWriter *writer, const char *key, int64_t value)
{
    json_key(writer, str_from_c(key));
    json_i64(writer, value);
}

void json_member_bool(JsonWriter *writer, const char *key, bool value)
{
    json_key(writer, str_from_c(key));
    json_bool(writer, value);
}

static void append_escape(Buffer *out, unsigned char c)
{
    switch (c) {
    case '"': buffer_append(out, STR("\\\"")); return;
    case '\\': buffer_append(out, STR("\\\\")); return;
    case '\b': buffer_append(out, STR("\\b")); return;
    case '\f': buffer_append(out, STR("\\f")); return;
    case '\n': buffer_append(out, STR("\\n")); return;
    case '\r': buffer_append(out, STR("\\r")); return;
    case '\t': buffer_append(out, STR("\\t")); return;
    default: buffer_append_format(out, "\\u%04x", c); return;
    }
}

void json_append_escaped(Buffer *out, Str text)
{
    buffer_append_byte(out, '"');
    size_t plain = 0; /* where the run starts that needs no escape */
    for (size_t i = 0; (i = json_skip_plain(text, plain)) < text.len; plain = i + 1) {
        buffer_append(out, str_slice(text, plain, i));
        append_escape(out, (unsigned char)text.ptr[i]);
    }
    buffer_append(out, str_slice(text, plain, text.len));
    buffer_append_byte(out, '"');
}

Str json_print_double(double value, char out[32])
{
    if (!isfinite(value)) {
        memcpy(out, "null", sizeof "null");
        return (Str){out, 4};
    }
    int len = 0;
    for (int precision = 15; precision <= 17; precision++) {
        len = snprintf(out, 32, "%.*g", precision, value);
        if (strtod(out, NULL) == value) {
            break;
        }
    }
    if (strpbrk(out, ".e") == NULL) {
        len += snprintf(out + len, 32 - (size_t)len, ".0");
    }
    return (Str){out, (size_t)len};
}
