#include "lang/unicode_escape.h"

#include "base/utf8.h"

#define ESCAPE_LEN ((size_t)6)

static bool read_unit(Str text, size_t at, uint32_t *unit)
{
    if (at + ESCAPE_LEN > text.len || text.ptr[at] != '\\' || text.ptr[at + 1] != 'u') {
        return false;
    }
    *unit = 0;
    for (size_t i = at + 2; i < at + ESCAPE_LEN; i++) {
        char c = text.ptr[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16) {
            return false;
        }
        *unit = *unit * 16 + digit;
    }
    return true;
}

size_t unicode_escape_read(Buffer *out, Str text, size_t at)
{
    uint32_t code = 0;
    uint32_t low = 0;
    if (!read_unit(text, at, &code)) {
        return 0;
    }
    size_t len = ESCAPE_LEN;
    if (code >= 0xd800 && code < 0xdc00 && read_unit(text, at + len, &low) && low >= 0xdc00 &&
        low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        len += ESCAPE_LEN;
    }
    code = code >= 0xd800 && code < 0xe000 ? 0xfffd : code;
    char encoded[4];
    buffer_append(out, (Str){encoded, utf8_encode(code, encoded)});
    return len;
}
