#include "base/hash.h"

#include <sodium.h>
#include <xxhash.h>

uint64_t hash_bytes(Str bytes)
{
    return XXH3_64bits(bytes.ptr, bytes.len);
}

uint64_t hash_bytes_seeded(Str bytes, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes.ptr, bytes.len, seed);
}

uint64_t hash_random_seed(void)
{
    uint64_t seed;
    randombytes_buf(&seed, sizeof seed);
    return seed;
}

uint64_t hash_mix(uint64_t a, uint64_t b)
{
    /* Both halves of a 64 x 64 bit product; the odd constants keep 0 from swallowing the other. */
    unsigned __int128 product =
        (unsigned __int128)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xd6e8feb86659fd93u);
    uint64_t mixed = (uint64_t)product ^ (uint64_t)(product >> 64);
    return mixed ^ (a + (b << 1 | b >> 63));
}

static Hex to_hex(const unsigned char *bytes, size_t count)
{
    static const char DIGITS[] = "0123456789abcdef";
    Hex hex = {0};
    for (size_t i = 0; i < count; i++) {
        hex.text[2 * i] = DIGITS[bytes[i] >> 4];
        hex.text[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    return hex;
}

Hex hash_128_hex(Str bytes)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.ptr, bytes.len));
    return to_hex(canonical.digest, sizeof canonical.digest);
}

Hex hash_sha256_hex(Str bytes)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, (const unsigned char *)bytes.ptr, bytes.len);
    return to_hex(digest, sizeof digest);
}

void hash_sha256_hex_each(Str front, const Str *backs, uint32_t count, Hex *out)
{
    crypto_hash_sha256_state common;
    crypto_hash_sha256_init(&common);
    crypto_hash_sha256_update(&common, (const unsigned char *)front.ptr, front.len);
    for (uint32_t i = 0; i < count; i++) {
        unsigned char digest[crypto_hash_sha256_BYTES];
        crypto_hash_sha256_state whole = common;
        crypto_hash_sha256_update(&whole, (const unsigned char *)backs[i].ptr, backs[i].len);
        crypto_hash_sha256_final(&whole, digest);
        out[i] = to_hex(digest, sizeof digest);
    }
}
