#pragma once
/* TomlScalar: what stands between blanks in a TOML text: strings, numbers, dates, true and false.
 * Used by toml.c only. */

#include "base/json.h"

typedef struct TomlCursor {
    Arena *arena;
    Str text;
    size_t at;
    Err *err;
} TomlCursor;

/* Both return false; err->at is `at`. */
bool toml_fail(TomlCursor *cursor, size_t at, const char *what);
bool toml_refuse(TomlCursor *cursor, size_t at, const char *what); /* a bound */

/* The byte `ahead` of the next; NUL past the end, and a NUL in the text is wrong everywhere. */
static inline char toml_peek_at(const TomlCursor *cursor, size_t ahead)
{
    if (ahead >= cursor->text.len - cursor->at) {
        return '\0';
    }
    return cursor->text.ptr[cursor->at + ahead];
}

static inline char toml_peek(const TomlCursor *cursor)
{
    return toml_peek_at(cursor, 0);
}

bool toml_accept(TomlCursor *cursor, char c);
bool toml_at_text(const TomlCursor *cursor, Str expected);
void toml_skip_blanks(TomlCursor *cursor);
bool toml_accept_newline(TomlCursor *cursor);
bool toml_is_control(char c); /* tab is none */
bool toml_is_bare(char c);    /* may stand in a key without quotes */

/* At a quote: the text between the quotes, borrowed when it has no escapes. */
bool toml_string(TomlCursor *cursor, Str *out) MUST_CHECK;
/* Everything that is not in quotes or brackets. */
bool toml_bare_value(TomlCursor *cursor, Json *node) MUST_CHECK;
