#include "rule/toml_bounds.h"

typedef struct Bracket {
    uint32_t depth; /* of what it holds */
    bool table;     /* its items begin with keys */
} Bracket;

typedef struct Scan {
    Str text;
    size_t at;
    Bracket open[JSON_MAX_DEPTH + 1]; /* [0] is the file itself */
    uint32_t level;
    uint32_t depth;
    uint32_t tables;
    bool key; /* within a key or a header */
} Scan;

static bool is_three(Str text, size_t at)
{
    return text.len - at >= 3 && text.ptr[at + 1] == text.ptr[at] &&
           text.ptr[at + 2] == text.ptr[at];
}

/* From the first quote of a string to behind the last; false at what a string cannot hold. */
static bool skip_string(Scan *scan)
{
    Str text = scan->text;
    char quote = text.ptr[scan->at];
    bool many_lines = is_three(text, scan->at);
    for (scan->at += many_lines ? 3 : 1; scan->at < text.len; scan->at++) {
        char c = text.ptr[scan->at];
        if (c == '\\' && quote == '"') {
            scan->at++;
        } else if (!many_lines && c == quote) {
            scan->at++;
            return true;
        } else if (!many_lines && (c == '\n' || c == '\r')) {
            return false;
        } else if (many_lines && c == quote && is_three(text, scan->at)) {
            scan->at += 3;
            /* up to two more quotes are text, before the three */
            for (int more = 0; more < 2 && scan->at < text.len; more++) {
                scan->at += text.ptr[scan->at] == quote;
            }
            return true;
        }
    }
    scan->at = text.len; /* a backslash may have led past it */
    return false;
}

static void skip_comment(Scan *scan)
{
    if (!str_find_byte(scan->text, '\n', scan->at, &scan->at)) {
        scan->at = scan->text.len;
    }
}

static void open_bracket(Scan *scan, bool table)
{
    scan->depth++;
    if (scan->key) { /* of a header: in a key it cannot stand */
        scan->tables++;
        return;
    }
    if (scan->level == JSON_MAX_DEPTH) { /* refused for its depth, which is never less */
        return;
    }
    scan->open[++scan->level] = (Bracket){.depth = scan->depth, .table = table};
    scan->key = table;
}

static void begin_item(Scan *scan)
{
    scan->depth = scan->open[scan->level].depth;
    scan->key = scan->open[scan->level].table;
}

/* One byte that is neither in a string nor in a comment. */
static void step(Scan *scan)
{
    switch (scan->text.ptr[scan->at++]) {
    case '.':
        scan->depth += scan->key;
        scan->tables += scan->key;
        return;
    case '=': scan->key = false; return;
    case '[': open_bracket(scan, false); return;
    case '{': open_bracket(scan, true); return;
    case ',': begin_item(scan); return;
    case ']':
    case '}':
        if (scan->level > 0) {
            scan->level--;
            scan->key = false;
        }
        return;
    case '\n':
        if (scan->level == 0) {
            begin_item(scan);
        }
        return;
    default: return;
    }
}

bool toml_bounds_check(Str text, Str *endless, Err *err)
{
    Scan scan = {.text = text, .open[0].table = true, .key = true};
    *endless = (Str){0};
    while (scan.at < text.len) {
        size_t start = scan.at;
        char c = text.ptr[start];
        if (c == '#') {
            skip_comment(&scan);
        } else if (c != '"' && c != '\'') {
            step(&scan);
        } else if (!skip_string(&scan)) {
            *endless = str_slice(text, start, scan.at);
            return true;
        }
        if (scan.depth > JSON_MAX_DEPTH || scan.tables > TOML_MAX_TABLES) {
            err->at = start;
            return err_set(err, ERR_LIMIT, "%s",
                           scan.depth > JSON_MAX_DEPTH
                               ? "nested deeper than 64"
                               : "more than 4096 headers and parts of dotted keys");
        }
    }
    return true;
}
