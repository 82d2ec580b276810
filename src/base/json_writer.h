#pragma once
/* JsonWriter: JSON out, into a Buffer. Commas come by themselves.
 *
 *     json_begin_object(&w); json_key(&w, STR("a")); json_i64(&w, 1); json_end_object(&w);
 *
 * Control characters, quotes, backslashes are escaped; other text passes as it is (it is UTF-8). */

#include "base/buffer.h"

typedef struct JsonWriter {
    Buffer *out;
    bool need_comma;
} JsonWriter;

void json_begin_object(JsonWriter *writer);
void json_end_object(JsonWriter *writer);
void json_begin_array(JsonWriter *writer);
void json_end_array(JsonWriter *writer);
void json_key(JsonWriter *writer, Str key);
void json_string(JsonWriter *writer, Str text);
void json_i64(JsonWriter *writer, int64_t value);
void json_double(JsonWriter *writer, double value); /* shortest text that reads back the same; whole
                                                       numbers end in ".0"; no inf, nan: null */
void json_bool(JsonWriter *writer, bool value);
void json_null(JsonWriter *writer);
void json_raw(JsonWriter *writer, Str json); /* a value that is JSON already; its line breaks
                                                  become blanks, so that a document stays one line */

/* Shorthands for members. */
void json_member_string(JsonWriter *writer, const char *key, Str text);
void json_member_i64(JsonWriter *writer, const char *key, int64_t value);
void json_member_bool(JsonWriter *writer, const char *key, bool value);

void json_append_escaped(Buffer *out, Str text);   /* with the quotes around it */
Str json_print_double(double value, char out[32]); /* the form of json_double */
