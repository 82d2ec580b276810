#include "ingest/json_scan.h"

#include "ingest/json_block.h"

/* The first line end among `control`, or JSON_BLOCK. */
static size_t find_line_end(const char *text, uint64_t control)
{
    for (; control != 0; control &= control - 1) {
        size_t bit = (size_t)__builtin_ctzll(control);
        if (text[bit] == '\n') {
            return bit;
        }
    }
    return JSON_BLOCK;
}

JsonScanResult json_scan(JsonScan *scan, Str text, size_t *at)
{
    JsonScan now = *scan;
    for (; *at < text.len; *at += JSON_BLOCK) {
        const char *bytes = text.ptr + *at;
        size_t count = text.len - *at < JSON_BLOCK ? text.len - *at : JSON_BLOCK;
        uint64_t live = json_low_bits(count);
        JsonBlock block;
        json_block_read(bytes, &block);
        uint64_t escape = now.escape;
        uint64_t escaped = json_escaped(block.backslash & live, &escape);
        uint64_t inside = json_prefix_xor(block.quote & live & ~escaped) ^ now.inside;

        size_t broken = find_line_end(bytes, block.control & inside & live);
        uint64_t brackets = block.bracket & ~inside & live & json_low_bits(broken);
        for (; brackets != 0; brackets &= brackets - 1) {
            size_t bit = (size_t)__builtin_ctzll(brackets);
            bool opens = (bytes[bit] & 2) != 0; /* { and [ have this bit, } and ] do not */
            now.depth += opens ? 1 : (uint64_t)-1;
            if (now.depth == 0) {
                *at += bit + 1;
                *scan = (JsonScan){0};
                return JSON_SCAN_DONE;
            }
        }
        if (broken < JSON_BLOCK) {
            *at += broken;
            *scan = (JsonScan){0};
            return JSON_SCAN_BROKEN;
        }
        now.inside = (inside >> (count - 1) & 1) != 0 ? ~(uint64_t)0 : 0;
        now.escape = count < JSON_BLOCK ? escaped >> count & 1 : escape;
    }
    *at = text.len;
    *scan = now;
    return JSON_SCAN_MORE;
}
