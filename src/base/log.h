#pragma once
/* Log: one line of JSON an event, on stderr: time, level, component, message, fields.
 *
 *     log_info("detect", "rules loaded", LOG_U64("count", n), LOG_STR("path", path));
 *
 * The message is a constant, data goes into fields. Base to match never log above debug.
 * Threads      any; a line is written whole. */

#include "base/str.h"

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF } LogLevel;

typedef struct LogField {
    const char *key;
    enum { LOG_FIELD_STR, LOG_FIELD_U64 } kind;
    Str str;
    uint64_t u64;
} LogField;

#define LOG_STR(key, value) ((LogField){(key), LOG_FIELD_STR, (value), 0})
#define LOG_U64(key, value) ((LogField){(key), LOG_FIELD_U64, {NULL, 0}, (value)})

void log_set_level(LogLevel level); /* at start, before threads */
bool log_level_parse(Str name, LogLevel *out);
void log_write(LogLevel level, const char *component, const char *message, const LogField *fields,
               size_t count);

#define LOG_FIELDS(...) \
    (const LogField[]){__VA_ARGS__}, sizeof((const LogField[]){__VA_ARGS__}) / sizeof(LogField)
/* In lower case, for they are called like functions.
 * NOLINTBEGIN(readability-identifier-naming) */
#define log_debug(component, message, ...) \
    log_write(LOG_DEBUG, component, message, LOG_FIELDS(__VA_ARGS__))
#define log_info(component, message, ...) \
    log_write(LOG_INFO, component, message, LOG_FIELDS(__VA_ARGS__))
#define log_warn(component, message, ...) \
    log_write(LOG_WARN, component, message, LOG_FIELDS(__VA_ARGS__))
#define log_error(component, message, ...) \
    log_write(LOG_ERROR, component, message, LOG_FIELDS(__VA_ARGS__))
/* NOLINTEND(readability-identifier-naming) */
