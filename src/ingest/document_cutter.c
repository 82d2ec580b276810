#include "ingest/document_cutter.h"

#include "ingest/json_block.h"

/* What one call of document_cutter_next sees. */
typedef struct View {
    DocumentCutter *cutter;
    const char *text;
    size_t len;
    bool is_last;
} View;

/* A step either comes to a result or moves on to another state. */
typedef enum Step { STEP_AGAIN, STEP_RESULT } Step;

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

void document_cutter_start(DocumentCutter *cutter, size_t max_bytes)
{
    *cutter = (DocumentCutter){.max_bytes = max_bytes, .line = 1};
}

void document_cutter_shift(DocumentCutter *cutter)
{
    cutter->offset += cutter->at;
    cutter->at = 0;
}

static uint64_t column_of(const DocumentCutter *cutter, size_t at)
{
    return cutter->offset + at - cutter->line_start + 1;
}

/* Everything before `to` is consumed. */
static void consume(View *view, size_t to)
{
    DocumentCutter *cutter = view->cutter;
    for (const char *line_end = NULL; cutter->at < to;
         cutter->at = (size_t)(line_end - view->text) + 1) {
        line_end = memchr(view->text + cutter->at, '\n', to - cutter->at);
        if (line_end == NULL) {
            break;
        }
        cutter->line++;
        cutter->line_start = cutter->offset + (size_t)(line_end - view->text) + 1;
    }
    cutter->at = to;
    cutter->scanned = 0;
}

static Step more(View *view, Cut *cut)
{
    *cut = (Cut){.kind = view->is_last ? CUT_END : CUT_MORE};
    return STEP_RESULT;
}

static Step fault(View *view, Cut *cut, const char *what)
{
    const DocumentCutter *cutter = view->cutter;
    *cut = (Cut){.kind = CUT_FAULT,
                 .line = cutter->line,
                 .column = column_of(cutter, cutter->at),
                 .what = what};
    return STEP_RESULT;
}

/* False when there is nothing but blanks in the window; they are consumed. */
static bool skip_blanks(View *view)
{
    size_t at = view->cutter->at;
    while (at < view->len && is_blank(view->text[at])) {
        at++;
    }
    consume(view, at);
    return at < view->len;
}

static Step go(View *view, CutState state)
{
    view->cutter->state = state;
    return STEP_AGAIN;
}

/* One state's step each. */

static Step start(View *view, Cut *cut)
{
    const char *text = view->text + view->cutter->at;
    size_t len = view->len - view->cutter->at;
    if (len < 4 && !view->is_last) {
        return more(view, cut);
    }
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        consume(view, view->cutter->at + 3);
        view->cutter->line_start += 3;
    } else if (len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0)) {
        go(view, CUT_SKIP);
        return fault(view, cut, "the text is UTF-16, events are UTF-8");
    } else if (memchr(text, '\0', len < 4 ? len : 4) != NULL) {
        go(view, CUT_SKIP);
        return fault(view, cut, "binary data, no JSON");
    }
    return go(view, CUT_FORM);
}

/* True when the string that begins at `from` is the key `hits` and its value begins with `bracket`; *at is
 * then behind that. */
static bool is_hits(const View *view, size_t from, size_t end, char bracket, size_t *at)
{
    if (end - from != 6 || memcmp(view->text + from, "\"hits\"", 6) != 0) {
        return false;
    }
    size_t next = end;
    while (next < view->len && (is_blank(view->text[next]) || view->text[next] == ':')) {
        next++;
    }
    *at = next + 1;
    return next > end && next < view->len && view->text[next] == bracket;
}

static size_t end_of_string(const View *view, size_t from)
{
    size_t at = from + 1;
    while (at < view->len && view->text[at] != '"') {
        at += view->text[at] == '\\' ? 2 : 1;
    }
    return at < view->len ? at + 1 : view->len;
}

/* Where the elements of a response's hits begin; 0 when this is no response, or none as far as can be seen:
 * the key "hits" of the document's object "hits" has an array. */
static size_t find_hits(const View *window, size_t from)
{
    View view = *window;
    view.len = view.len - from > CUTTER_SLACK ? from + CUTTER_SLACK : view.len;
    size_t depth = 0;
    size_t wanted = 1;
    size_t at = from;
    while (at < view.len) {
        char byte = view.text[at];
        size_t next = at + 1;
        if (byte == '"') {
            next = end_of_string(&view, at);
            size_t behind = 0;
            if (depth == wanted && is_hits(&view, at, next, wanted == 1 ? '{' : '[', &behind)) {
                if (wanted == 2) {
                    return behind;
                }
                wanted = depth = 2;
                next = behind;
            }
        } else if (byte == '{' || byte == '[') {
            depth++;
        } else if ((byte == '}' || byte == ']') && --depth < wanted) {
            return 0;
        }
        at = next;
    }
    return 0;
}

/* Is what ends at `line_end`, inside an object, the first line of one that goes on, or a line that is cut?
 * If what the next line begins with could go on with it, it does. */
static bool goes_on(const View *view, size_t line_end, size_t next)
{
    if (view->text[next] != '{') {
        return true;
    }
    size_t at = line_end;
    while (is_blank(view->text[at - 1])) {
        at--;
    }
    char last = view->text[at - 1];
    return last == ':' || last == '[' || last == ',';
}

static size_t next_text(const View *view, size_t at)
{
    while (at < view->len && is_blank(view->text[at])) {
        at++;
    }
    return at;
}

static size_t next_line_end(const View *view, size_t at)
{
    const char *found = memchr(view->text + at, '\n', view->len - at);
    return found != NULL ? (size_t)(found - view->text) : view->len;
}

/* The form of what begins with '{', and is no response: lines or objects; CUT_FORM while more text may say
 * otherwise. Looks at so many bytes only that it can be said whatever the window's size. */
static CutState form_of(const View *window)
{
    const DocumentCutter *cutter = window->cutter;
    View view = *window;
    size_t from = cutter->at;
    size_t limit = cutter->max_bytes + 2 > CUTTER_SLACK ? cutter->max_bytes + 2 : CUTTER_SLACK;
    if (view.len - from >= limit) {
        view.len = from + limit;
        view.is_last = true;
    }
    size_t line_end = next_line_end(&view, from);
    JsonScan scan = {0};
    size_t at = from;
    JsonScanResult result = json_scan(&scan, (Str){view.text, line_end}, &at);
    size_t next = next_text(&view, result == JSON_SCAN_DONE ? at : line_end);
    if (next == view.len && !view.is_last) {
        return CUT_FORM;
    }
    if (result == JSON_SCAN_DONE) {
        return next < line_end ? CUT_OBJECT : CUT_LINE;
    }
    if (!view.is_last) {
        return CUT_FORM;
    }
    bool is_inside = result == JSON_SCAN_MORE && scan.inside == 0 && next < view.len;
    return is_inside && goes_on(&view, line_end, next) ? CUT_OBJECT : CUT_LINE;
}

static Step form(View *view, Cut *cut)
{
    DocumentCutter *cutter = view->cutter;
    if (!skip_blanks(view)) {
        return more(view, cut);
    }
    if (view->text[cutter->at] == '[') {
        consume(view, cutter->at + 1);
        cutter->text_line = cutter->line;
        return go(view, CUT_FIRST_ELEMENT);
    }
    if (view->text[cutter->at] != '{') {
        return go(view, CUT_LINE);
    }
    size_t hits = find_hits(view, cutter->at);
    if (hits != 0) {
        consume(view, hits);
        cutter->text_line = cutter->line;
        cutter->in_response = true;
        return go(view, CUT_FIRST_ELEMENT);
    }
    CutState state = form_of(view);
    return state == CUT_FORM ? more(view, cut) : go(view, state);
}

/* A line is too long by its bytes up to CR LF or LF, whatever is blank in it: that can be told before its end
 * is seen. */
static Step line(View *view, Cut *cut)
{
    DocumentCutter *cutter = view->cutter;
    const char *text = view->text;
    size_t from = cutter->at;
    size_t line_end = next_line_end(view, from + cutter->scanned);
    if (line_end == view->len) {
        if (!view->is_last && line_end - from <= cutter->max_bytes + 1) {
            cutter->scanned = line_end - from;
            return more(view, cut);
        }
        if (line_end == from) {
            return more(view, cut);
        }
    }
    size_t to = line_end > from && text[line_end - 1] == '\r' ? line_end - 1 : line_end;
    if (to - from > cutter->max_bytes) {
        go(view, CUT_LONG_LINE);
        fault(view, cut, NULL);
        consume(view, line_end);
        return STEP_RESULT;
    }
    while (to > from && is_blank(text[to - 1])) {
        to--;
    }
    while (from < to && is_blank(text[from])) {
        from++;
    }
    *cut = (Cut){.kind = CUT_DOCUMENT,
                 .from = from,
                 .to = to,
                 .line = cutter->line,
                 .column = column_of(cutter, from)};
    if (line_end < view->len) {
        cutter->line++;
        cutter->line_start = cutter->offset + line_end + 1;
        line_end++;
    }
    cutter->at = line_end;
    cutter->scanned = 0;
    return from < to ? STEP_RESULT : STEP_AGAIN;
}

static Step long_line(View *view, Cut *cut)
{
    size_t line_end = next_line_end(view, view->cutter->at);
    if (line_end == view->len) {
        consume(view, line_end);
        return more(view, cut);
    }
    consume(view, line_end + 1);
    return go(view, CUT_LINE);
}

/* At the first byte of a document: in it from now on. */
static Step enter(View *view, CutState state, CutState after)
{
    DocumentCutter *cutter = view->cutter;
    cutter->after = after;
    cutter->is_long = false;
    cutter->scan = (JsonScan){0};
    cutter->scanned = 0;
    uint64_t column = column_of(cutter, cutter->at);
    bool is_first = cutter->text_line != cutter->line;
    /* Further to the right than a window is wide it could not be told again. */
    cutter->resync_column = is_first && column <= CUTTER_SLACK ? column : 0;
    cutter->resync_bracket = view->text[cutter->at];
    return go(view, state);
}

static Step object(View *view, Cut *cut)
{
    DocumentCutter *cutter = view->cutter;
    if (!skip_blanks(view)) {
        return more(view, cut);
    }
    if (view->text[cutter->at] == '{') {
        return enter(view, CUT_IN_DOCUMENT, CUT_OBJECT);
    }
    cutter->after = CUT_OBJECT;
    cutter->resync_column = 1;
    cutter->resync_bracket = '{';
    go(view, CUT_RESYNC);
    return fault(view, cut, "expected an object; skipped up to the next line that begins with one");
}

static Step array_end(View *view)
{
    DocumentCutter *cutter = view->cutter;
    consume(view, cutter->at + 1);
    cutter->text_line = cutter->line;
    cutter->scan = (JsonScan){.depth = 2}; /* the response and its object "hits" */
    return go(view, cutter->in_response ? CUT_TAIL : CUT_BEHIND_ARRAY);
}

/* Nothing but blanks is left of an array: that is all right only while more may come. */
static Step array_ends_not(View *view, Cut *cut)
{
    if (!view->is_last) {
        return more(view, cut);
    }
    go(view, CUT_SKIP);
    return fault(view, cut, "the array does not end");
}

/* element := value. At a comma or the end there is none. */
static Step element(View *view, Cut *cut)
{
    DocumentCutter *cutter = view->cutter;
    if (!skip_blanks(view)) {
        return array_ends_not(view, cut);
    }
    char byte = view->text[cutter->at];
    if (byte == ']') {
        bool is_first = cutter->state == CUT_FIRST_ELEMENT;
        if (is_first) {
            return array_end(view);
        }
        fault(view, cut, "expected a value behind ','");
        array_end(view);
        return STEP_RESULT;
    }
    if (byte == ',') {
        fault(view, cut, "expected a value");
        consume(view, cutter->at + 1);
        cutter->text_line = cutter->line;
        go(view, CUT_ELEMENT);
        return STEP_RESULT;
    }
    return enter(view, byte == '{' || byte == '[' ? CUT_IN_DOCUMENT : CUT_IN_SCALAR, CUT_SEPARATOR);
}

static Step separator(View *view, Cut *cut)
{
    DocumentCutter *cutter = view->cutter;
    if (!skip_blanks(view)) {
        return array_ends_not(view, cut);
    }
    char byte = view->text[cutter->at];
    if (byte == ']') {
        return array_end(view);
    }
    go(view, CUT_ELEMENT);
    if (byte != ',') {
        return fault(view, cut, "expected ',' or ']'");
    }
    consume(view, cutter->at + 1);
    cutter->text_line = cutter->line;
    return STEP_AGAIN;
}

static Step behind_array(View *view, Cut *cut)
{
    if (!skip_blanks(view)) {
        return more(view, cut);
    }
    if (view->text[view->cutter->at] == '[') {
        return go(view, CUT_FORM);
    }
    go(view, CUT_SKIP);
    return fault(view, cut, "text behind the array; the rest of the input is skipped");
}

/* A scalar ends before a comma, a closing bracket or the line's end; its first byte is part of it, whatever it
 * is. The scan's depth says that this was seen. */
static JsonScanResult scan_scalar(JsonScan *scan, Str text, size_t *at)
{
    for (; *at < text.len; ++*at) {
        char byte = text.ptr[*at];
        if (byte == '\n') {
            return scan->inside != 0 ? JSON_SCAN_BROKEN : JSON_SCAN_DONE;
        }
        if (scan->escape != 0) {
            scan->escape = 0;
        } else if (byte == '"') {
            scan->inside = ~scan->inside;
        } else if (scan->inside != 0) {
            scan->escape = byte == '\\';
        } else if (scan->depth != 0 && (byte == ',' || byte == ']')) {
            return JSON_SCAN_DONE;
        }
        scan->depth = 1;
    }
    return JSON_SCAN_MORE;
}

/* The document is from `at` to `to`. */
static Step document(View *view, Cut *cut, size_t to)
{
    DocumentCutter *cutter = view->cutter;
    size_t end = to;
    while (is_blank(view->text[end - 1])) {
        end--;
    }
    *cut = (Cut){.kind = CUT_DOCUMENT,
                 .from = cutter->at,
                 .to = end,
                 .line = cutter->line,
                 .column = column_of(cutter, cutter->at)};
    consume(view, to);
    return STEP_RESULT;
}

/* A document is done with, in one way or another: on to `state`. Says so if it was not said already. */
static Step give_up(View *view, Cut *cut, size_t to, CutState state, const char *what)
{
    DocumentCutter *cutter = view->cutter;
    bool is_said = cutter->is_long;
    if (!is_said) {
        fault(view, cut, to - cutter->at > cutter->max_bytes ? NULL : what);
    }
    consume(view, to);
    cutter->text_line = cutter->line;
    go(view, state);
    return is_said ? STEP_AGAIN : STEP_RESULT;
}

static Step in_document(View *view, Cut *cut)
{
    DocumentCutter *cutter = view->cutter;
    size_t at = cutter->at + cutter->scanned;
    Str text = {view->text, view->len};
    JsonScanResult result = cutter->state == CUT_IN_SCALAR ? scan_scalar(&cutter->scan, text, &at)
                                                           : json_scan(&cutter->scan, text, &at);
    bool is_long = cutter->is_long || at - cutter->at > cutter->max_bytes;
    if (result == JSON_SCAN_BROKEN) {
        bool can_resync = cutter->resync_column != 0;
        return give_up(view, cut, at, can_resync ? CUT_RESYNC : CUT_SKIP,
                       can_resync
                           ? "a string of this document does not end on its line"
                           : "a string of this document does not end on its line; the rest of "
                             "the input is skipped");
    }
    if (result == JSON_SCAN_DONE) {
        if (is_long) {
            return give_up(view, cut, at, cutter->after, NULL);
        }
        go(view, cutter->after);
        document(view, cut, at);
        cutter->text_line = cutter->line;
        return STEP_RESULT;
    }
    if (is_long) {
        Step step = give_up(view, cut, at, cutter->state, NULL);
        cutter->is_long = true;
        return step == STEP_RESULT ? step : more(view, cut);
    }
    if (view->is_last) {
        return give_up(view, cut, at, CUT_SKIP, "the document does not end");
    }
    cutter->scanned = at - cutter->at;
    return more(view, cut);
}

static Step tail(View *view, Cut *cut)
{
    DocumentCutter *cutter = view->cutter;
    size_t at = cutter->at;
    switch (json_scan(&cutter->scan, (Str){view->text, view->len}, &at)) {
    case JSON_SCAN_DONE:
        consume(view, at);
        cutter->in_response = false;
        return go(view, CUT_FORM);
    case JSON_SCAN_BROKEN:
        consume(view, at);
        go(view, CUT_SKIP);
        return fault(view, cut,
                     "a string does not end on its line; the rest of the input is skipped");
    case JSON_SCAN_MORE: break;
    }
    consume(view, at);
    if (!view->is_last) {
        return more(view, cut);
    }
    go(view, CUT_SKIP);
    return fault(view, cut, "the search response does not end");
}

static Step resync(View *view, Cut *cut)
{
    DocumentCutter *cutter = view->cutter;
    size_t line_end = next_line_end(view, cutter->at);
    size_t next = line_end < view->len ? line_end + 1 : line_end;
    while (next < view->len && (view->text[next] == ' ' || view->text[next] == '\t')) {
        next++;
    }
    if (next == view->len) {
        bool is_too_far = next - line_end > cutter->resync_column;
        consume(view, is_too_far ? next : line_end);
        return more(view, cut);
    }
    consume(view, line_end + 1);
    if (view->text[next] != cutter->resync_bracket ||
        column_of(cutter, next) != cutter->resync_column) {
        return STEP_AGAIN;
    }
    return go(view, cutter->after == CUT_SEPARATOR ? CUT_ELEMENT : CUT_OBJECT);
}

static Step step(View *view, Cut *cut)
{
    switch (view->cutter->state) {
    case CUT_START: return start(view, cut);
    case CUT_FORM: return form(view, cut);
    case CUT_LINE: return line(view, cut);
    case CUT_LONG_LINE: return long_line(view, cut);
    case CUT_OBJECT: return object(view, cut);
    case CUT_FIRST_ELEMENT:
    case CUT_ELEMENT: return element(view, cut);
    case CUT_SEPARATOR: return separator(view, cut);
    case CUT_BEHIND_ARRAY: return behind_array(view, cut);
    case CUT_IN_DOCUMENT:
    case CUT_IN_SCALAR: return in_document(view, cut);
    case CUT_TAIL: return tail(view, cut);
    case CUT_RESYNC: return resync(view, cut);
    case CUT_SKIP: break;
    }
    consume(view, view->len);
    return more(view, cut);
}

Cut document_cutter_next(DocumentCutter *cutter, Str window, bool is_last)
{
    View view = {.cutter = cutter, .text = window.ptr, .len = window.len, .is_last = is_last};
    Cut cut = {0};
    while (step(&view, &cut) == STEP_AGAIN) {
    }
    return cut;
}
