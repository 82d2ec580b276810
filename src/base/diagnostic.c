#include "base/diagnostic.h"

#include <stdarg.h>

#include "base/json.h"
#include "base/utf8.h"

/* Columns of source shown; of a longer line, a window with the caret at CARET_COLUMN. */
#define WINDOW_COLUMNS ((size_t)100)
#define CARET_COLUMN   ((size_t)40)

void diagnostic_add(Diagnostics *to, Severity severity, const char *code, size_t at, size_t len,
                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str message = str_format_args(to->arena, format, args);
    va_end(args);
    Diagnostic diagnostic = {
        .severity = severity, .code = code, .message = message, .at = at, .len = len};
    ARRAY_PUSH(to->arena, &to->list, diagnostic);
    to->errors += severity == SEVERITY_ERROR;
}

/* Control characters could drive the terminal, marks of direction could show another text than
 * the one that is read: both are shown as '?'. */
static bool is_shown(uint32_t code_point)
{
    return code_point >= 0x20 && (code_point < 0x7f || code_point > 0x9f) &&
           (code_point < 0x200e || code_point > 0x200f) &&
           (code_point < 0x2028 || code_point > 0x202e) &&
           (code_point < 0x2066 || code_point > 0x2069);
}

static void append_shown(Buffer *out, uint32_t code_point)
{
    char encoded[4];
    size_t size = utf8_encode(is_shown(code_point) ? code_point : '?', encoded);
    buffer_append(out, (Str){encoded, size});
}

static void append_text(Buffer *out, Str text)
{
    for (size_t at = 0; at < text.len;) {
        append_shown(out, utf8_next(text, &at));
    }
}

static void append_colour(Buffer *out, bool colour, const char *code)
{
    if (colour) {
        buffer_append_format(out, "\x1b[%sm", code);
    }
}

static void print_head(Buffer *out, const Diagnostic *diagnostic, Str name, size_t line,
                       size_t column, bool colour)
{
    static const struct {
        const char *word;
        const char *colour;
    } LOOKS[] = {[SEVERITY_NOTE] = {"note", "1;36"},
                 [SEVERITY_WARNING] = {"warning", "1;35"},
                 [SEVERITY_ERROR] = {"error", "1;31"}};

    append_colour(out, colour, "1");
    append_text(out, name);
    buffer_append_format(out, ":%zu:%zu: ", line, column);
    append_colour(out, colour, LOOKS[diagnostic->severity].colour);
    buffer_append_format(out, "%s: ", LOOKS[diagnostic->severity].word);
    append_colour(out, colour, "0");
    append_text(out, diagnostic->message);
    if (diagnostic->code[0] != '\0') {
        buffer_append_format(out, " [%s]", diagnostic->code);
    }
    buffer_append_byte(out, '\n');
}

static size_t count_columns(Str text)
{
    size_t columns = 0;
    for (size_t at = 0; at < text.len; columns++) {
        utf8_next(text, &at);
    }
    return columns;
}

/* The part of the line that is shown: the columns from `from` up to `to`. */
typedef struct Window {
    size_t from;
    size_t to;
    bool cut_left;
    bool cut_right;
} Window;

static Window window_of(size_t columns, size_t caret)
{
    Window window = {.to = columns};
    if (columns > WINDOW_COLUMNS) {
        size_t last = columns - WINDOW_COLUMNS; /* a window further right would not be full */
        window.from = caret > CARET_COLUMN ? caret - CARET_COLUMN : 0;
        window.from = window.from < last ? window.from : last;
        window.to = window.from + WINDOW_COLUMNS;
    }
    window.cut_left = window.from > 0;
    window.cut_right = window.to < columns;
    return window;
}

static void print_source(Buffer *out, Str line, Window window)
{
    buffer_append_c(out, window.cut_left ? "    ..." : "    ");
    size_t column = 0;
    for (size_t at = 0; at < line.len && column < window.to; column++) {
        uint32_t code_point = utf8_next(line, &at);
        if (column < window.from) {
            continue;
        }
        if (code_point == '\t') {
            buffer_append_byte(out, '\t');
        } else {
            append_shown(out, code_point);
        }
    }
    buffer_append_c(out, window.cut_right ? "...\n" : "\n");
}

/* Tabs of the line stay tabs here, so that the caret stands right whatever they are worth. */
static void print_caret(Buffer *out, Str line, Window window, size_t caret, size_t underlined)
{
    buffer_append_c(out, window.cut_left ? "       " : "    ");
    size_t column = 0;
    for (size_t at = 0; at < line.len && column < caret; column++) {
        uint32_t code_point = utf8_next(line, &at);
        if (column >= window.from) {
            buffer_append_byte(out, code_point == '\t' ? '\t' : ' ');
        }
    }
    buffer_append_byte(out, '^');
    for (size_t i = caret + 1; i < caret + underlined && i < window.to; i++) {
        buffer_append_byte(out, '~');
    }
}

void diagnostic_print(Buffer *out, const Diagnostic *diagnostic, Str name, Str text,
                      size_t first_line, bool colour)
{
    size_t at = diagnostic->at < text.len ? diagnostic->at : text.len;
    size_t line_number = 0;
    size_t column = 0;
    json_position(text, at, &line_number, &column);
    print_head(out, diagnostic, name, line_number + first_line - 1, column, colour);

    size_t line_start = at - (column - 1);
    size_t line_end = text.len;
    if (str_find_byte(text, '\n', at, &line_end) && line_end > at &&
        text.ptr[line_end - 1] == '\r') {
        line_end--;
    }
    Str line = str_slice(text, line_start, line_end);
    size_t caret = count_columns(str_slice(text, line_start, at));
    size_t marked_len = diagnostic->len < line_end - at ? diagnostic->len : line_end - at;
    Window window = window_of(count_columns(line), caret);
    print_source(out, line, window);
    append_colour(out, colour, "1;32");
    print_caret(out, line, window, caret, count_columns(str_slice(text, at, at + marked_len)));
    append_colour(out, colour, "0");
    buffer_append_byte(out, '\n');
}
