#include "exec/wildcard.h"

#include "base/utf8.h"

/* The next place at or after `at` where `text` has the byte that the pattern needs behind its '*'; text.len + 1
 * when there is none. Pieces that begin with '?' can begin anywhere. */
static size_t find_start(Str pattern, size_t piece, Str text, size_t at)
{
    if (piece == pattern.len || pattern.ptr[piece] == '?' || pattern.ptr[piece] == '*') {
        return at;
    }
    return str_find_byte(text, pattern.ptr[piece], at, &at) ? at : text.len + 1;
}

bool wildcard_match(Str pattern, Str text)
{
    size_t p = 0;
    size_t t = 0;
    size_t piece = 0; /* behind the last '*' met; 0 while there was none */
    size_t retry = 0; /* where in the text that piece was tried */
    while (t < text.len || p < pattern.len) {
        bool has_more = p < pattern.len;
        if (has_more && pattern.ptr[p] == '*') {
            piece = ++p;
            if (piece == pattern.len) {
                return true;
            }
            retry = t = find_start(pattern, piece, text, t);
        } else if (has_more && t < text.len && pattern.ptr[p] == '?') {
            utf8_next(text, &t);
            p++;
        } else if (has_more && t < text.len && pattern.ptr[p] == text.ptr[t]) {
            t++;
            p++;
        } else if (piece > 0 && t < text.len) {
            /* At the text's end a later start would have even fewer characters for the piece. */
            utf8_next(text, &retry);
            p = piece;
            retry = t = find_start(pattern, piece, text, retry);
        } else {
            return false;
        }
        if (t > text.len) {
            return false;
        }
    }
    return true;
}

bool wildcard_is_plain(Str pattern)
{
    size_t ignored = 0;
    return !str_find_byte(pattern, '*', 0, &ignored) && !str_find_byte(pattern, '?', 0, &ignored);
}
