#include "lang/lucene_token.h"

#include "lang/unicode_escape.h"

/* U+3000, the blank of ideographs, is one too. */
static size_t blank_len(Str text, size_t at)
{
    if (at >= text.len) {
        return 0;
    }
    char c = text.ptr[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        return 1;
    }
    return str_equal(str_slice(text, at, at + 3), STR("\u3000")) ? 3 : 0;
}

size_t lucene_skip_blanks(Str text, size_t at)
{
    size_t blank;
    while ((blank = blank_len(text, at)) != 0) {
        at += blank;
    }
    return at;
}

bool lucene_is_special(char c, bool first)
{
    return c != '\0' && strchr(first ? "+-!():^[]\"{}~*?\\/" : "!():^[]\"{}~*?\\/", c) != NULL;
}

static bool fault(Err *err, size_t at, const char *what)
{
    err->at = at;
    return err_set(err, ERR_SYNTAX, "%s", what);
}

/* ---- escapes ---- */

static bool append_unicode(Buffer *out, Str text, size_t *at, Err *err)
{
    size_t len = unicode_escape_read(out, text, *at);
    *at += len;
    return len != 0 || fault(err, *at, "\\u needs four hexadecimal digits");
}

/* What the backslash at *at is in front of. In a pattern (`wild`) wildcards, and the backslash itself, keep it. */
static bool append_escaped(Buffer *out, Str text, size_t *at, bool wild, Err *err)
{
    if (*at + 1 == text.len) {
        return fault(err, *at, "a backslash has nothing behind it");
    }
    char c = text.ptr[*at + 1];
    if (c == 'u') {
        return append_unicode(out, text, at, err);
    }
    buffer_append_c(out, wild && (c == '*' || c == '?' || c == '\\') ? "\\" : "");
    buffer_append_byte(out, c);
    *at += 2;
    return true;
}

/* ---- tokens ---- */

static bool finish(Arena *arena, Buffer *buffer, LuceneToken *token, size_t end, bool sound)
{
    token->text = str_copy(arena, buffer_str(buffer));
    token->end = end;
    buffer_done(buffer);
    return sound;
}

static bool read_quoted(Arena *arena, Str text, LuceneToken *token, Err *err)
{
    Buffer buffer = {0};
    size_t at = token->at + 1;
    bool sound = true;
    while (sound && at < text.len && text.ptr[at] != '"') {
        if (text.ptr[at] == '\\') {
            sound = append_escaped(&buffer, text, &at, false, err);
        } else {
            buffer_append_byte(&buffer, text.ptr[at++]);
        }
    }
    if (sound && at == text.len) {
        sound = fault(err, token->at, "the quotation mark is never closed");
    }
    token->kind = LUCENE_TOKEN_QUOTED;
    return finish(arena, &buffer, token, at + 1, sound);
}

static bool read_regex(Str text, LuceneToken *token, Err *err)
{
    size_t at = token->at + 1;
    while (at < text.len && text.ptr[at] != '/') {
        at += text.ptr[at] == '\\' && at + 1 < text.len && text.ptr[at + 1] == '/' ? 2 : 1;
    }
    if (at >= text.len) {
        return fault(err, token->at,
                     "the regular expression is never closed; a slash that is meant as itself is "
                     "written \\/");
    }
    token->kind = LUCENE_TOKEN_REGEX;
    token->text = str_slice(text, token->at + 1, at);
    token->end = at + 1;
    return true;
}

static size_t skip_number(Str text, size_t at)
{
    while (at < text.len && ((text.ptr[at] >= '0' && text.ptr[at] <= '9') || text.ptr[at] == '.')) {
        at++;
    }
    return at;
}

static LuceneTokenKind word_kind(Str written)
{
    static const struct {
        Str text;
        LuceneTokenKind kind;
    } WORDS[] = {{STR_INIT("AND"), LUCENE_TOKEN_AND},
                 {STR_INIT("&&"), LUCENE_TOKEN_AND},
                 {STR_INIT("OR"), LUCENE_TOKEN_OR},
                 {STR_INIT("||"), LUCENE_TOKEN_OR},
                 {STR_INIT("NOT"), LUCENE_TOKEN_NOT}};
    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
        if (str_equal(written, WORDS[i].text)) {
            return WORDS[i].kind;
        }
    }
    return LUCENE_TOKEN_TERM;
}

static bool has_wildcard(Str text, size_t at)
{
    for (bool first = true; at < text.len && blank_len(text, at) == 0; at++, first = false) {
        char c = text.ptr[at];
        if (c == '*' || c == '?') {
            return true;
        }
        at += c == '\\';
        if (c != '\\' && lucene_is_special(c, first)) {
            break;
        }
    }
    return false;
}

/* Whether it has wildcards must be known before the first escape is read. */
static bool read_term(Arena *arena, Str text, LuceneToken *token, Err *err)
{
    Buffer buffer = {0};
    bool wild = has_wildcard(text, token->at);
    size_t at = token->at;
    bool sound = true;
    while (sound && at < text.len && blank_len(text, at) == 0) {
        char c = text.ptr[at];
        if (c == '\\') {
            sound = append_escaped(&buffer, text, &at, wild, err);
        } else if (c != '*' && c != '?' && lucene_is_special(c, at == token->at)) {
            break;
        } else {
            buffer_append_byte(&buffer, c);
            at++;
        }
    }
    Str written = str_slice(text, token->at, at);
    token->kind = wild ? LUCENE_TOKEN_WILD : word_kind(written);
    token->kind = str_equal(written, STR("*")) ? LUCENE_TOKEN_STAR : token->kind;
    return finish(arena, &buffer, token, at, sound);
}

bool lucene_token_read(Arena *arena, Str text, size_t at, LuceneToken *out, Err *err)
{
    at = lucene_skip_blanks(text, at);
    *out = (LuceneToken){.at = at, .end = at + 1};
    if (at == text.len) {
        out->end = at;
        return true;
    }
    char c = text.ptr[at];
    switch (c) {
    case '(': out->kind = LUCENE_TOKEN_OPEN; return true;
    case ')': out->kind = LUCENE_TOKEN_CLOSE; return true;
    case ':': out->kind = LUCENE_TOKEN_COLON; return true;
    case '[':
    case '{': out->kind = LUCENE_TOKEN_RANGE; return true;
    case ']':
    case '}': return fault(err, at, "the bracket was never opened");
    case '^':
    case '~':
        out->kind = c == '^' ? LUCENE_TOKEN_BOOST : LUCENE_TOKEN_FUZZY;
        out->end = skip_number(text, at + 1);
        out->text = str_slice(text, at + 1, out->end);
        return true;
    case '+':
    case '-':
    case '!':
        out->kind = blank_len(text, at + 1) != 0 ? LUCENE_TOKEN_SIGN
                    : c == '+'                   ? LUCENE_TOKEN_PLUS
                    : c == '-'                   ? LUCENE_TOKEN_MINUS
                                                 : LUCENE_TOKEN_NOT;
        out->text = str_slice(text, at, at + 1);
        return true;
    case '"': return read_quoted(arena, text, out, err);
    case '/': return read_regex(text, out, err);
    default: return read_term(arena, text, out, err);
    }
}

bool lucene_token_read_in_range(Arena *arena, Str text, size_t at, LuceneToken *out, Err *err)
{
    at = lucene_skip_blanks(text, at);
    *out = (LuceneToken){.at = at, .end = at + 1};
    if (at == text.len) {
        return fault(err, at, "the range is never closed");
    }
    char c = text.ptr[at];
    if (c == '"') {
        return read_quoted(arena, text, out, err);
    }
    if (c == ']' || c == '}') {
        out->kind = LUCENE_TOKEN_CLOSE;
        return true;
    }
    Buffer buffer = {0};
    bool sound = true;
    while (sound && at < text.len && blank_len(text, at) == 0 && text.ptr[at] != ']' &&
           text.ptr[at] != '}') {
        if (text.ptr[at] == '\\') {
            sound = append_escaped(&buffer, text, &at, false, err);
        } else {
            buffer_append_byte(&buffer, text.ptr[at++]);
        }
    }
    out->kind = LUCENE_TOKEN_TERM;
    return finish(arena, &buffer, out, at, sound);
}
