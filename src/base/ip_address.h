#pragma once
/* IpAddress: IPv4 and IPv6 addresses and blocks of them (CIDR), as one kind: an IPv4 address is the IPv6
 * address ::ffff:a.b.c.d, so that both forms of one address are equal and order among one another.
 *
 * Text         IPv4 as four decimal numbers without leading zeros; IPv6 in every form of RFC 4291, also with
 *              an embedded IPv4 and with a zone ("fe80::1%eth0"), which is not looked at. */

#include "base/str.h"

typedef struct IpAddress {
    uint8_t bytes[16];
} IpAddress;

typedef struct IpBlock {
    IpAddress first; /* bits behind the prefix are zero */
    uint8_t bits;    /* of the prefix, 0 .. 128 */
} IpBlock;

bool ip_address_parse(Str text, IpAddress *out);
int ip_address_compare(const IpAddress *a, const IpAddress *b);
IpAddress ip_address_mask(IpAddress address,
                          unsigned bits); /* the bits behind the prefix cleared */

/* "10.6.48.157/8", "fe80::/10", or an address alone, which is a block of one. Bits behind the prefix may
 * be set; they are cleared. */
bool ip_block_parse(Str text, IpBlock *out);
bool ip_block_contains(const IpBlock *block, const IpAddress *address);
