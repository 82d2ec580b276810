#pragma once
/* Html: text becomes HTML, and the frame of a page. What a rule says is never markup: all of it goes through here.
 *
 * Pages        stand alone: no script but where the frame is asked for one, nothing is loaded from anywhere, and a policy in
 *              the page says so to the browser. */

#include "base/buffer.h"

/* For text and for attributes in quotes. Control characters, which HTML has not, become U+FFFD. */
void html_text(Buffer *out, Str text);
/* A link that leads out when `url` is http, https or mailto; else the words alone. */
void html_link(Buffer *out, Str url, Str words);
/* Whether a page may lead there. */
bool html_url_is_safe(Str url);

typedef struct HtmlFrame {
    Str title;
    const char *way_up; /* link to the page above, "index.html"; NULL: none */
    const char *script; /* our own; NULL: none may run */
} HtmlFrame;

void html_begin(Buffer *out, const HtmlFrame *frame);
void html_end(Buffer *out, const HtmlFrame *frame);
