#include "cli/terminal.h"

#include "base/timestamp.h"
#include "base/utf8.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

bool terminal_colour(int fd, Str mode)
{
    if (str_equal(mode, STR("always"))) {
        return true;
    }
    const char *no_color = getenv("NO_COLOR");
    return str_equal(mode, STR("auto")) && isatty(fd) && (no_color == NULL || no_color[0] == '\0');
}

unsigned terminal_width(int fd)
{
    struct winsize size = {0};
    if (!isatty(fd)) {
        return 0;
    }
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

const char *terminal_code(Colour colour, bool on)
{
    static const char *const CODES[] = {"",         "\033[1m",  "\033[2m",  "\033[31m",
                                        "\033[33m", "\033[32m", "\033[36m", "\033[35m"};
    return on ? CODES[colour] : "";
}

const char *terminal_plain(bool on)
{
    return on ? "\033[0m" : "";
}

static size_t width_of(uint32_t code_point)
{
    int width = utf8proc_charwidth((utf8proc_int32_t)code_point);
    return width > 0 ? (size_t)width : 0;
}

size_t terminal_columns(Str text)
{
    size_t columns = 0;
    for (size_t at = 0; at < text.len;) {
        columns += width_of(utf8_next(text, &at));
    }
    return columns;
}

/* C0, DEL, C1, and the characters that turn the direction of text. */
static bool is_unsafe(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
           (code_point >= 0x202a && code_point <= 0x202e) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

void terminal_append_safe(Buffer *out, Str text, size_t most_columns)
{
    bool cut = most_columns > 0 && terminal_columns(text) > most_columns;
    size_t room = cut ? (most_columns > 3 ? most_columns - 3 : 0) : SIZE_MAX;
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t code_point = utf8_next(text, &at);
        size_t width = width_of(code_point);
        if (width > room) {
            break;
        }
        room -= width;
        if (is_unsafe(code_point)) {
            buffer_append_byte(out, code_point == '\n' || code_point == '\t' ? ' ' : '?');
        } else {
            buffer_append(out, str_slice(text, from, at));
        }
    }
    if (cut) {
        buffer_append_c(out, "...");
    }
}

void append_bytes(Buffer *out, uint64_t bytes)
{
    static const char *const UNITS[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1000 && unit + 1 < ARRAY_LEN(UNITS)) {
        value /= 1000;
        unit++;
    }
    buffer_append_format(out, unit == 0 ? "%.0f %s" : "%.2f %s", value, UNITS[unit]);
}

void append_count(Buffer *out, uint64_t count)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            buffer_append_byte(out, ',');
        }
        buffer_append_byte(out, digits[i]);
    }
}

void progress_start(Progress *progress, bool wanted)
{
    *progress =
        (Progress){.shown = wanted && isatty(STDERR_FILENO), .start = timestamp_monotonic()};
}

#define BAR 24

static void append_bar(Buffer *out, double part)
{
    int full = (int)(part * BAR);
    buffer_append_byte(out, '[');
    for (int i = 0; i < BAR; i++) {
        buffer_append_c(out, i < full ? "=" : i == full ? ">" : " ");
    }
    buffer_append_format(out, "] %3.0f%%  ", part * 100);
}

void progress_draw(Progress *progress, uint64_t events, uint64_t bytes, uint64_t done,
                   uint64_t total)
{
    if (!progress->shown) {
        return;
    }
    double seconds = (double)(timestamp_monotonic() - progress->start) / NS_PER_SECOND;
    if (seconds <= 0) {
        return;
    }
    double part = total > 0 && done <= total ? (double)done / (double)total : 0;
    Buffer line = {0};
    buffer_append_c(&line, "\r\033[K");
    if (total > 0) {
        append_bar(&line, part);
    }
    append_count(&line, events);
    buffer_append_c(&line, " events  ");
    append_bytes(&line, bytes);
    buffer_append_c(&line, "  ");
    append_bytes(&line, (uint64_t)((double)bytes / seconds));
    buffer_append_c(&line, "/s");
    if (part > 0 && part < 1) {
        buffer_append_format(&line, "  %.0f s left", seconds / part - seconds);
    }
    fwrite(line.ptr, 1, line.len, stderr);
    fflush(stderr);
    buffer_done(&line);
    progress->drawn = true;
}

void progress_clear(Progress *progress)
{
    if (progress->drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        progress->drawn = false;
    }
}
