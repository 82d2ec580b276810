#include "base/ip_address.h"

#include <arpa/inet.h>

#define IPV4_OFFSET_BITS 96u

static const unsigned char MAPPED[12] = {[10] = 0xff, [11] = 0xff};

static bool parse_v4(const char *text, IpAddress *out)
{
    IpAddress address;
    memcpy(address.bytes, MAPPED, sizeof MAPPED);
    if (inet_pton(AF_INET, text, address.bytes + sizeof MAPPED) != 1) {
        return false;
    }
    *out = address;
    return true;
}

static bool parse_v6(const char *text, IpAddress *out)
{
    IpAddress address;
    if (inet_pton(AF_INET6, text, address.bytes) != 1) {
        return false;
    }
    *out = address;
    return true;
}

static bool parse(Str text, IpAddress *out, bool *is_v4)
{
    char copy[INET6_ADDRSTRLEN];
    size_t ignored = 0;
    *is_v4 = !str_find_byte(text, ':', 0, &ignored);
    size_t zone = text.len;
    if (!*is_v4 && str_find_byte(text, '%', 0, &zone) && zone + 1 == text.len) {
        return false; /* a zone has a name */
    }
    text = str_slice(text, 0, zone);
    /* A NUL would end the text for inet_pton, and what is behind it would count as absent. */
    if (text.len >= sizeof copy || str_find_byte(text, '\0', 0, &ignored)) {
        return false;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return *is_v4 ? parse_v4(copy, out) : parse_v6(copy, out);
}

bool ip_address_parse(Str text, IpAddress *out)
{
    bool is_v4 = false;
    return text.len > 0 && parse(text, out, &is_v4);
}

int ip_address_compare(const IpAddress *a, const IpAddress *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

IpAddress ip_address_mask(IpAddress address, unsigned bits)
{
    assert(bits <= 128);
    for (unsigned i = bits / 8; i < sizeof address.bytes; i++) {
        unsigned kept = i == bits / 8 ? bits % 8 : 0;
        address.bytes[i] &= (uint8_t)(0xff00u >> kept);
    }
    return address;
}

static bool parse_bits(Str text, unsigned most, unsigned *out)
{
    uint64_t bits = 0;
    if (text.len == 0 || text.len > 3 || !str_to_u64(text, &bits) || bits > most) {
        return false;
    }
    *out = (unsigned)bits;
    return true;
}

bool ip_block_parse(Str text, IpBlock *out)
{
    size_t slash = text.len;
    bool has_bits = str_find_byte(text, '/', 0, &slash);
    IpAddress address;
    bool is_v4 = false;
    if (slash == 0 || !parse(str_slice(text, 0, slash), &address, &is_v4)) {
        return false;
    }
    unsigned before = is_v4 ? IPV4_OFFSET_BITS : 0;
    unsigned bits = 128 - before;
    if (has_bits && !parse_bits(str_slice(text, slash + 1, text.len), bits, &bits)) {
        return false;
    }
    bits += before;
    *out = (IpBlock){ip_address_mask(address, bits), (uint8_t)bits};
    return true;
}

bool ip_block_contains(const IpBlock *block, const IpAddress *address)
{
    IpAddress masked = ip_address_mask(*address, block->bits);
    return ip_address_compare(&masked, &block->first) == 0;
}
