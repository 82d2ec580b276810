#include "exec/wildcard.h"

#include "base/utf8.h"

static bool is_loose(Str piece)
{
    size_t ignored = 0;
    return str_find_byte(piece, '?', 0, &ignored);
}

/* A piece has no '*'. */
static bool fits_at(Str piece, Str text, size_t at, size_t *end)
{
    for (size_t p = 0; p < piece.len; p++) {
        if (at == text.len) {
            return false;
        }
        if (piece.ptr[p] == '?') {
            utf8_next(text, &at);
        } else if (piece.ptr[p] == text.ptr[at]) {
            at++;
        } else {
            return false;
        }
    }
    *end = at;
    return true;
}

/* The next place at or after `at` where the text has the byte that the piece begins with; text.len + 1 when there is
 * none. Pieces that begin with '?' can begin anywhere. */
static size_t find_start(Str piece, Str text, size_t at)
{
    if (piece.ptr[0] == '?') {
        return at;
    }
    return str_find_byte(text, piece.ptr[0], at, &at) ? at : text.len + 1;
}

/* Where the piece fits first, from `at` on; *end is behind it. */
static bool find(Str piece, Str text, size_t at, size_t *end)
{
    if (!is_loose(piece)) {
        if (!str_find(text, piece, at, &at)) {
            return false;
        }
        *end = at + piece.len;
        return true;
    }
    for (at = find_start(piece, text, at); at < text.len; at = find_start(piece, text, at)) {
        if (fits_at(piece, text, at, end)) {
            return true;
        }
        utf8_next(text, &at);
    }
    return false;
}

static size_t count_characters(Str text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len; count++) {
        utf8_next(text, &at);
    }
    return count;
}

/* Whether the text from `at` on ends with the piece: there is one place only where it could begin. */
static bool fits_at_end(Str piece, Str text, size_t at)
{
    Str rest = str_slice(text, at, text.len);
    if (!is_loose(piece)) {
        return str_ends_with(rest, piece);
    }
    size_t has = count_characters(rest);
    size_t needs = count_characters(piece);
    size_t end = 0;
    if (needs > has) {
        return false;
    }
    for (; has > needs; has--) {
        utf8_next(text, &at);
    }
    return fits_at(piece, text, at, &end) && end == text.len;
}

/* What stands behind all '*' and '?'. */
static Str tail_of(Str pattern)
{
    size_t from = pattern.len;
    while (from > 0 && pattern.ptr[from - 1] != '*' && pattern.ptr[from - 1] != '?') {
        from--;
    }
    return str_slice(pattern, from, pattern.len);
}

bool wildcard_match(Str pattern, Str text)
{
    size_t from = 0;
    size_t star = 0;
    size_t at = 0;
    if (!str_ends_with(text, tail_of(pattern))) {
        return false; /* which is cheaper to tell than how far the front fits */
    }
    if (!str_find_byte(pattern, '*', 0, &star)) {
        return fits_at(pattern, text, 0, &at) && at == text.len;
    }
    if (!fits_at(str_slice(pattern, 0, star), text, 0, &at)) {
        return false;
    }
    /* What fits first leaves most to the pieces behind. */
    for (from = star + 1; str_find_byte(pattern, '*', from, &star); from = star + 1) {
        if (!find(str_slice(pattern, from, star), text, at, &at)) {
            return false;
        }
    }
    return fits_at_end(str_slice(pattern, from, pattern.len), text, at);
}

bool wildcard_is_plain(Str pattern)
{
    size_t ignored = 0;
    return !str_find_byte(pattern, '*', 0, &ignored) && !str_find_byte(pattern, '?', 0, &ignored);
}
