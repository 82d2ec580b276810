#include "page/highlight.h"

#include "lang/eql_token.h"
#include "lang/kql_word.h"
#include "page/html.h"

static void mark(Buffer *out, const char *class, Str text)
{
    if (class == NULL) {
        html_text(out, text);
        return;
    }
    buffer_append_format(out, "<span class=\"%s\">", class);
    html_text(out, text);
    buffer_append_c(out, "</span>");
}

static const char *class_of(EqlTokenKind kind)
{
    switch (kind) {
    case EQL_TOKEN_STRING: return "s";
    case EQL_TOKEN_INTEGER:
    case EQL_TOKEN_DECIMAL: return "n";
    case EQL_TOKEN_OPEN_COMMENT: return "c";
    default: return kind > EQL_TOKEN_END && kind <= EQL_TOKEN_WITH ? "k" : NULL;
    }
}

/* What lies between two words: blanks, and comments if it is more. */
static void between(Buffer *out, Str text)
{
    mark(out, str_trim(text).len > 0 ? "c" : NULL, text);
}

static void highlight_eql(Buffer *out, Str query)
{
    uint32_t at = 0;
    EqlToken token = eql_token_next(query, at);
    while (token.kind != EQL_TOKEN_END && token.len > 0) {
        between(out, str_slice(query, at, token.at));
        mark(out, class_of(token.kind), str_slice(query, token.at, (size_t)token.at + token.len));
        at = token.at + token.len;
        token = eql_token_next(query, at);
    }
    between(out, str_slice(query, at, query.len));
}

static size_t quoted_len(Str query, size_t at)
{
    size_t end = at + 1;
    while (end < query.len && query.ptr[end] != '"') {
        end += query.ptr[end] == '\\' ? 2 : 1;
    }
    return (end < query.len ? end + 1 : query.len) - at;
}

/* The bytes of a word up to what means something to KQL; at least one. */
static size_t plain_len(Str query, size_t at)
{
    size_t end = at;
    while (end < query.len && kql_blank_len(query, end) == 0 &&
           (query.ptr[end] == '*' || !kql_is_special(query.ptr[end]))) {
        end++;
    }
    end += end < query.len && query.ptr[end] == '\\' ? 2 : 0;
    end = end > at ? end : at + 1;
    while (end < query.len && ((unsigned char)query.ptr[end] & 0xc0) == 0x80) {
        end++; /* the rest of an escaped letter */
    }
    return (end < query.len ? end : query.len) - at;
}

static bool is_number(Str word)
{
    double number = 0;
    return str_to_double(word, &number);
}

static void highlight_kql(Buffer *out, Str query)
{
    size_t at = 0;
    while (at < query.len) {
        size_t blank = kql_blank_len(query, at);
        size_t keyword = kql_keyword_len(query, at);
        bool quoted = query.ptr[at] == '"';
        size_t len = blank > 0     ? blank
                     : keyword > 0 ? keyword
                     : quoted      ? quoted_len(query, at)
                                   : plain_len(query, at);
        Str word = str_slice(query, at, at + len);
        bool plain = blank == 0 && keyword == 0 && !quoted;
        const char *class = keyword > 0                ? "k"
                            : quoted                   ? "s"
                            : plain && is_number(word) ? "n"
                                                       : NULL;
        mark(out, class, word);
        at += len;
    }
}

void highlight_query(Buffer *out, Str language, Str query)
{
    if (str_equal(language, STR("eql")) && query.len < UINT32_MAX) {
        highlight_eql(out, query);
    } else if (str_equal(language, STR("kuery"))) {
        highlight_kql(out, query);
    } else {
        html_text(out, query);
    }
}
