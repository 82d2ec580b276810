#pragma once
/* Terminal: what the screen can do, and the progress bar. Colours and bars only on a terminal. */

#include "base/buffer.h"

typedef enum Colour {
    COLOUR_NONE,
    COLOUR_BOLD,
    COLOUR_DIM,
    COLOUR_RED,
    COLOUR_YELLOW,
    COLOUR_GREEN,
    COLOUR_CYAN,
    COLOUR_MAGENTA
} Colour;

/* "auto" (a terminal, and NO_COLOR is not set), "always", "never". */
bool terminal_colour(int fd, Str mode);
unsigned terminal_width(int fd);                   /* columns; 0 when it is no terminal */
const char *terminal_code(Colour colour, bool on); /* "" when off */
const char *terminal_plain(bool on);

/* Text made safe to show: control characters, which an attacker may have put into an event, become
 * '?' or blanks. */
void terminal_append_safe(Buffer *out, Str text,
                          size_t most_columns); /* 0 = no limit; cut ends in "..." */
size_t terminal_columns(Str text); /* as shown: one per code point, two for wide ones */

typedef struct Progress {
    bool shown;    /* stderr is a terminal */
    int64_t start; /* monotonic ns */
    bool drawn;
} Progress;

void progress_start(Progress *progress, bool wanted);
void progress_draw(Progress *progress, uint64_t events, uint64_t bytes, uint64_t done,
                   uint64_t total);
void progress_clear(Progress *progress); /* before other text goes to the screen, and at the end */

void append_bytes(Buffer *out, uint64_t bytes); /* "1.5 GB" */
void append_count(Buffer *out, uint64_t count); /* "1,234,567" */
