#include "rule/toml.h"

#include "base/utf8.h"
#include "rule/toml_scalar.h"

/* How a table or an array came to be, which decides what may still be added to it. */
typedef enum Origin {
    ORIGIN_IMPLIED,  /* [a.b] implies a: a header may define it later */
    ORIGIN_HEADER,   /* [a]: closed to other headers */
    ORIGIN_DOTTED,   /* a.b = 1 makes a: open to more dotted keys of the same section */
    ORIGIN_INLINE,   /* { } and [ ]: whole when read */
    ORIGIN_ELEMENTS, /* [[a]]: one more element each time */
} Origin;

/* Every table and array of the tree is one of these. */
typedef struct Branch {
    Json json; /* first, so that a Json of these kinds can be seen as a Branch */
    Json *last;
    Origin origin;
} Branch;

typedef struct Reader {
    TomlCursor cursor; /* first, so that a Reader can be seen as one */
    Branch *section;   /* the table that a header opened */
    int depth;         /* of the section */
} Reader;

/* comment := "#" ( any byte but controls )* */
static bool skip_comment(Reader *reader)
{
    if (!toml_accept(&reader->cursor, '#')) {
        return true;
    }
    while (reader->cursor.at < reader->cursor.text.len &&
           !toml_is_control(toml_peek(&reader->cursor))) {
        reader->cursor.at++;
    }
    bool ends = reader->cursor.at == reader->cursor.text.len ||
                toml_peek(&reader->cursor) == '\n' ||
                (toml_peek(&reader->cursor) == '\r' && toml_peek_at(&reader->cursor, 1) == '\n');
    return ends || toml_fail(&reader->cursor, reader->cursor.at, "control character in a comment");
}

/* The rest of a line behind what it says. */
static bool end_of_line(Reader *reader)
{
    toml_skip_blanks(&reader->cursor);
    if (!skip_comment(reader)) {
        return false;
    }
    return reader->cursor.at == reader->cursor.text.len || toml_accept_newline(&reader->cursor) ||
           toml_fail(&reader->cursor, reader->cursor.at, "expected the end of the line");
}

/* Blanks, newlines and comments, as they may stand between the items of an array. */
static bool skip_lines(Reader *reader)
{
    do {
        toml_skip_blanks(&reader->cursor);
        if (!skip_comment(reader)) {
            return false;
        }
    } while (toml_accept_newline(&reader->cursor));
    return true;
}

static Branch *as_branch(Json *json)
{
    assert(json->kind == JSON_OBJECT || json->kind == JSON_ARRAY);
    return (Branch *)json;
}

static Branch *branch_new(Reader *reader, JsonKind kind, Origin origin, size_t at)
{
    Branch *branch = ARENA_NEW(reader->cursor.arena, Branch);
    branch->json.kind = kind;
    branch->json.at = at;
    branch->origin = origin;
    return branch;
}

static void add_child(Branch *branch, Json *child)
{
    if (branch->last == NULL) {
        branch->json.first = child;
    } else {
        branch->last->next = child;
    }
    branch->last = child;
    branch->json.count++;
}

static Json *find_child(const Branch *table, Str key)
{
    for (Json *child = table->json.first; child != NULL; child = child->next) {
        if (str_equal(child->key, key)) {
            return child;
        }
    }
    return NULL;
}

/* Keys are searched one by one, so their number is bounded: a hostile file must not cost its
 * square. */
static bool add_key(Reader *reader, Branch *table, Str key, Json *child)
{
    assert(child != NULL);
    if (table->json.count >= TOML_MAX_KEYS) {
        return toml_refuse(&reader->cursor, child->at, "more than 1024 keys in a table");
    }
    child->key = key;
    add_child(table, child);
    return true;
}

/* simple := [A-Za-z0-9_-]+ | "basic" | 'literal' */
static bool simple_key(Reader *reader, Str *out)
{
    size_t start = reader->cursor.at;
    if (toml_peek(&reader->cursor) == '"' || toml_peek(&reader->cursor) == '\'') {
        bool three = toml_at_text(&reader->cursor, STR("\"\"\"")) ||
                     toml_at_text(&reader->cursor, STR("'''"));
        return three ? toml_fail(&reader->cursor, start, "a key may not span lines")
                     : toml_string(&reader->cursor, out);
    }
    while (toml_is_bare(toml_peek(&reader->cursor))) {
        reader->cursor.at++;
    }
    *out = str_slice(reader->cursor.text, start, reader->cursor.at);
    return out->len > 0 || toml_fail(&reader->cursor, start, "expected a key");
}

typedef struct Path {
    Str parts[JSON_MAX_DEPTH];
    int count;
} Path;

/* key := simple ( "." simple )* */
static bool dotted_key(Reader *reader, Path *path)
{
    path->count = 0;
    do {
        toml_skip_blanks(&reader->cursor);
        if (path->count == JSON_MAX_DEPTH) {
            return toml_refuse(&reader->cursor, reader->cursor.at, "nested deeper than 64");
        }
        if (!simple_key(reader, &path->parts[path->count++])) {
            return false;
        }
        toml_skip_blanks(&reader->cursor);
    } while (toml_accept(&reader->cursor, '.'));
    return true;
}

static bool value(Reader *reader, int depth, Json **out);
static bool key_value(Reader *reader, Branch *table, int depth);

/* array := "[" [ value ( "," value )* [ "," ] ] "]", over any number of lines */
static bool array(Reader *reader, int depth, Json **out)
{
    Branch *branch = branch_new(reader, JSON_ARRAY, ORIGIN_INLINE, reader->cursor.at);
    *out = &branch->json;
    reader->cursor.at++;
    for (;;) {
        if (!skip_lines(reader)) {
            return false;
        }
        if (toml_accept(&reader->cursor, ']')) {
            return true;
        }
        Json *item = NULL;
        if (!value(reader, depth + 1, &item)) {
            return false;
        }
        add_child(branch, item);
        if (!skip_lines(reader)) {
            return false;
        }
        if (!toml_accept(&reader->cursor, ',')) {
            return toml_accept(&reader->cursor, ']') ||
                   toml_fail(&reader->cursor, reader->cursor.at, "expected ',' or ']'");
        }
    }
}

/* inline := "{" [ key-value ( "," key-value )* ] "}", on one line */
static bool inline_table(Reader *reader, int depth, Json **out)
{
    Branch *branch = branch_new(reader, JSON_OBJECT, ORIGIN_INLINE, reader->cursor.at);
    *out = &branch->json;
    reader->cursor.at++;
    toml_skip_blanks(&reader->cursor);
    if (toml_accept(&reader->cursor, '}')) {
        return true;
    }
    do {
        if (!key_value(reader, branch, depth)) {
            return false;
        }
        toml_skip_blanks(&reader->cursor);
    } while (toml_accept(&reader->cursor, ','));
    return toml_accept(&reader->cursor, '}') ||
           toml_fail(&reader->cursor, reader->cursor.at, "expected ',' or '}'");
}

static bool value(Reader *reader, int depth, Json **out)
{
    if (depth > JSON_MAX_DEPTH) {
        return toml_refuse(&reader->cursor, reader->cursor.at, "nested deeper than 64");
    }
    char c = toml_peek(&reader->cursor);
    if (c == '[') {
        return array(reader, depth, out);
    }
    if (c == '{') {
        return inline_table(reader, depth, out);
    }
    Json *node = ARENA_NEW(reader->cursor.arena, Json);
    node->at = reader->cursor.at;
    *out = node;
    if (c != '"' && c != '\'') {
        return toml_bare_value(&reader->cursor, node);
    }
    node->kind = JSON_STRING;
    bool fine = toml_string(&reader->cursor, &node->text);
    node->raw = str_slice(reader->cursor.text, node->at, reader->cursor.at);
    return fine;
}

/* key-value := key "=" value; the tables of a dotted key come to be on the way */
static bool key_value(Reader *reader, Branch *table, int depth)
{
    toml_skip_blanks(&reader->cursor);
    size_t start = reader->cursor.at;
    Path path;
    if (!dotted_key(reader, &path)) {
        return false;
    }
    for (int i = 0; i < path.count - 1; i++) {
        Json *child = find_child(table, path.parts[i]);
        if (child == NULL) {
            child = &branch_new(reader, JSON_OBJECT, ORIGIN_DOTTED, start)->json;
            if (!add_key(reader, table, path.parts[i], child)) {
                return false;
            }
        } else if (child->kind != JSON_OBJECT || as_branch(child)->origin != ORIGIN_DOTTED) {
            return toml_fail(&reader->cursor, start,
                             "a dotted key cannot add to what is defined elsewhere");
        }
        table = as_branch(child);
    }
    Str last = path.parts[path.count - 1];
    if (find_child(table, last) != NULL) {
        return toml_fail(&reader->cursor, start, "this key is defined twice");
    }
    if (!toml_accept(&reader->cursor, '=')) {
        return toml_fail(&reader->cursor, reader->cursor.at, "expected '='");
    }
    toml_skip_blanks(&reader->cursor);
    Json *child = NULL;
    return value(reader, depth + path.count, &child) && add_key(reader, table, last, child);
}

/* One step of a header's path: the table below, made when it is not there. */
static bool step_down(Reader *reader, Branch **table, Str part, size_t at, int *depth)
{
    Json *child = find_child(*table, part);
    ++*depth;
    if (child == NULL) {
        child = &branch_new(reader, JSON_OBJECT, ORIGIN_IMPLIED, at)->json;
        if (!add_key(reader, *table, part, child)) {
            return false;
        }
    }
    if (child->kind == JSON_ARRAY && as_branch(child)->origin == ORIGIN_ELEMENTS) {
        child = as_branch(child)->last;
        ++*depth;
    }
    if (child->kind != JSON_OBJECT || as_branch(child)->origin == ORIGIN_INLINE) {
        return toml_fail(&reader->cursor, at,
                         "this header goes through a value that is not a table");
    }
    *table = as_branch(child);
    return true;
}

/* [a.b]: the table may have been implied, not defined. */
static bool open_table(Reader *reader, Branch *parent, Str key, size_t at)
{
    Json *child = find_child(parent, key);
    if (child == NULL) {
        child = &branch_new(reader, JSON_OBJECT, ORIGIN_HEADER, at)->json;
        reader->section = as_branch(child);
        return add_key(reader, parent, key, child);
    }
    if (child->kind != JSON_OBJECT || as_branch(child)->origin != ORIGIN_IMPLIED) {
        return toml_fail(&reader->cursor, at, "this table is defined twice");
    }
    reader->section = as_branch(child);
    reader->section->origin = ORIGIN_HEADER;
    reader->section->json.at = at;
    return true;
}

/* [[a.b]]: one more element. */
static bool open_element(Reader *reader, Branch *parent, Str key, size_t at)
{
    Json *child = find_child(parent, key);
    if (child == NULL) {
        child = &branch_new(reader, JSON_ARRAY, ORIGIN_ELEMENTS, at)->json;
        if (!add_key(reader, parent, key, child)) {
            return false;
        }
    }
    if (child->kind != JSON_ARRAY || as_branch(child)->origin != ORIGIN_ELEMENTS) {
        return toml_fail(&reader->cursor, at, "this is no list of tables");
    }
    reader->section = branch_new(reader, JSON_OBJECT, ORIGIN_HEADER, at);
    add_child(as_branch(child), &reader->section->json);
    reader->depth++;
    return true;
}

/* header := "[" key "]" | "[[" key "]]" */
static bool header(Reader *reader, Branch *root)
{
    size_t at = reader->cursor.at++;
    bool element = toml_accept(&reader->cursor, '[');
    Path path;
    if (!dotted_key(reader, &path)) {
        return false;
    }
    if (!toml_accept(&reader->cursor, ']') || (element && !toml_accept(&reader->cursor, ']'))) {
        return toml_fail(&reader->cursor, reader->cursor.at,
                         element ? "expected ']]'" : "expected ']'");
    }
    Branch *parent = root;
    reader->depth = 1;
    for (int i = 0; i < path.count - 1; i++) {
        if (!step_down(reader, &parent, path.parts[i], at, &reader->depth)) {
            return false;
        }
    }
    if (reader->depth + element > JSON_MAX_DEPTH) {
        return toml_refuse(&reader->cursor, at, "nested deeper than 64");
    }
    Str last = path.parts[path.count - 1];
    return (element ? open_element(reader, parent, last, at)
                    : open_table(reader, parent, last, at)) &&
           end_of_line(reader);
}

Json *toml_parse(Arena *arena, Str text, Err *err)
{
    Reader reader = {.cursor = {.arena = arena, .text = text, .err = err}};
    size_t bad_at = 0;
    if (text.len > TOML_MAX_TEXT) {
        toml_refuse(&reader.cursor, 0, "TOML text of more than 4 MiB");
        return NULL;
    }
    if (!utf8_check(text, &bad_at)) {
        toml_fail(&reader.cursor, bad_at, "invalid UTF-8");
        return NULL;
    }
    Branch *root = branch_new(&reader, JSON_OBJECT, ORIGIN_HEADER, 0);
    reader.section = root;
    if (str_starts_with(text, STR("\xef\xbb\xbf"))) {
        reader.cursor.at = 3;
    }
    while (skip_lines(&reader)) {
        if (reader.cursor.at == text.len) {
            return &root->json;
        }
        bool fine = toml_peek(&reader.cursor) == '['
                        ? header(&reader, root)
                        : key_value(&reader, reader.section, reader.depth) && end_of_line(&reader);
        if (!fine) {
            return NULL;
        }
    }
    return NULL;
}
