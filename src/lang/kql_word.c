#include "lang/kql_word.h"

#include "lang/unicode_escape.h"

/* ---- what stands between words ---- */

size_t kql_blank_len(Str text, size_t at)
{
    if (at >= text.len) {
        return 0;
    }
    char c = text.ptr[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        return 1;
    }
    return str_equal(str_slice(text, at, at + 2), STR("\u00a0")) ? 2 : 0;
}

size_t kql_skip_blanks(Str text, size_t at)
{
    size_t blank;
    while ((blank = kql_blank_len(text, at)) != 0) {
        at += blank;
    }
    return at;
}

bool kql_keyword_at(Str text, size_t at, Str keyword)
{
    return str_equal_ascii_case(str_slice(text, at, at + keyword.len), keyword) &&
           kql_blank_len(text, at + keyword.len) != 0;
}

size_t kql_keyword_len(Str text, size_t at)
{
    static const Str KEYWORDS[] = {STR_INIT("or"), STR_INIT("and"), STR_INIT("not")};
    for (size_t i = 0; i < ARRAY_LEN(KEYWORDS); i++) {
        size_t end = at + KEYWORDS[i].len;
        bool whole =
            end >= text.len || kql_blank_len(text, end) != 0 || kql_is_special(text.ptr[end]);
        if (whole && str_equal_ascii_case(str_slice(text, at, end), KEYWORDS[i])) {
            return KEYWORDS[i].len;
        }
    }
    return 0;
}

bool kql_is_special(char c)
{
    return c != '\0' && strchr("\\():<>\"*{}", c) != NULL;
}

/* ---- escapes ---- */

typedef struct Reading {
    Arena *arena;
    Str text;
    size_t at;
    Buffer part;
    ARRAY(Str) parts;
} Reading;

/* The byte behind the one at hand; NUL at the end. */
static char next_byte(const Reading *reading)
{
    char next = '\0';
    if (reading->at + 1 < reading->text.len) {
        next = reading->text.ptr[reading->at + 1];
    }
    return next;
}

static void end_part(Reading *reading)
{
    ARRAY_PUSH(reading->arena, &reading->parts,
               str_copy(reading->arena, buffer_str(&reading->part)));
    buffer_clear(&reading->part);
}

/* False when no such escape stands here. */
static bool read_unicode(Reading *reading)
{
    size_t len = unicode_escape_read(&reading->part, reading->text, reading->at);
    reading->at += len;
    return len != 0;
}

/* "\t", "\r", "\n"; false when none stands here. */
static bool read_control(Reading *reading)
{
    static const char LETTERS[] = "trn";
    static const char MEANT[] = "\t\r\n";
    char c = next_byte(reading);
    const char *found = c == '\0' ? NULL : strchr(LETTERS, c);
    if (found == NULL) {
        return false;
    }
    buffer_append_byte(&reading->part, MEANT[found - LETTERS]);
    reading->at += 2;
    return true;
}

/* A keyword behind a backslash is a word; false when none stands here. */
static bool read_escaped_keyword(Reading *reading)
{
    size_t len = kql_keyword_len(reading->text, reading->at + 1);
    buffer_append(&reading->part, str_slice(reading->text, reading->at + 1, reading->at + 1 + len));
    reading->at += len == 0 ? 0 : 1 + len;
    return len != 0;
}

/* ---- quoted ---- */

/* Inside of quotes a backslash that escapes nothing is itself. */
static bool read_quoted(Reading *reading, Err *err)
{
    Str text = reading->text;
    size_t start = reading->at++;
    while (reading->at < text.len && text.ptr[reading->at] != '"') {
        if (text.ptr[reading->at] == '\\' && (read_control(reading) || read_unicode(reading))) {
            continue;
        }
        char next = next_byte(reading);
        reading->at += text.ptr[reading->at] == '\\' && (next == '\\' || next == '"');
        buffer_append_byte(&reading->part, text.ptr[reading->at++]);
    }
    if (reading->at == text.len) {
        err->at = start;
        return err_set(err, ERR_SYNTAX, "the quotation mark is never closed");
    }
    reading->at++;
    end_part(reading);
    return true;
}

/* ---- unquoted ---- */

static bool read_escape(Reading *reading, Err *err)
{
    /* The keyword first: "\\not" is no line break. */
    if (read_escaped_keyword(reading) || read_control(reading) || read_unicode(reading)) {
        return true;
    }
    size_t next = reading->at + 1;
    if (next < reading->text.len && kql_is_special(reading->text.ptr[next])) {
        buffer_append_byte(&reading->part, reading->text.ptr[next]);
        reading->at += 2;
        return true;
    }
    err->at = reading->at;
    return err_set(err, ERR_SYNTAX, "a backslash that is meant as itself is written \\\\");
}

/* Where the word goes on behind the blanks at `at`; `at` itself if it ends there. */
static size_t past_blanks(Str text, size_t at)
{
    size_t next = kql_skip_blanks(text, at);
    bool ends = next == text.len ||
                (kql_is_special(text.ptr[next]) && text.ptr[next] != '*' && text.ptr[next] != '\\');
    ends = ends || kql_keyword_at(text, next, STR("or")) ||
           kql_keyword_at(text, next, STR("and")) || kql_keyword_at(text, next, STR("not"));
    return ends ? at : next;
}

static bool read_unquoted(Reading *reading, Err *err)
{
    Str text = reading->text;
    while (reading->at < text.len) {
        char c = text.ptr[reading->at];
        if (kql_blank_len(text, reading->at) != 0) {
            size_t next = past_blanks(text, reading->at);
            if (next == reading->at) {
                break;
            }
            buffer_append(&reading->part, str_slice(text, reading->at, next));
            reading->at = next;
        } else if (c == '\\') {
            if (!read_escape(reading, err)) {
                return false;
            }
        } else if (c == '*') {
            end_part(reading);
            reading->at++;
        } else if (kql_is_special(c)) {
            break;
        } else {
            buffer_append_byte(&reading->part, c);
            reading->at++;
        }
    }
    end_part(reading);
    return true;
}

KqlWord *kql_word_read(Arena *arena, Str text, size_t *at, Err *err)
{
    Reading reading = {.arena = arena, .text = text, .at = *at};
    if (*at == text.len) {
        err->at = *at;
        (void)err_set(err, ERR_SYNTAX, "the query ends where a value is expected");
        return NULL;
    }
    bool quoted = text.ptr[*at] == '"';
    bool keyword = kql_keyword_at(text, *at, STR("or")) || kql_keyword_at(text, *at, STR("and"));
    bool read = keyword || (quoted ? read_quoted(&reading, err) : read_unquoted(&reading, err));
    buffer_done(&reading.part);
    if (read && reading.at == *at) {
        err->at = *at;
        (void)err_set(err, ERR_SYNTAX, "a name or a value is missing");
        read = false;
    }
    if (!read) {
        return NULL;
    }
    KqlWord *word = ARENA_NEW(arena, KqlWord);
    *word = (KqlWord){.at = (uint32_t)*at,
                      .len = (uint32_t)(reading.at - *at),
                      .quoted = quoted,
                      .parts = reading.parts.items,
                      .part_count = reading.parts.count};
    *at = reading.at;
    return word;
}
