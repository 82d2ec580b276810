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

/* The system is asked for many at once: a start makes thousands of tables, a call takes microseconds. */
uint64_t hash_random_seed(void)
{
    static _Thread_local uint64_t drawn[64];
    static _Thread_local size_t left;
    if (left == 0) {
        randombytes_buf(drawn, sizeof drawn);
        left = ARRAY_LEN(drawn);
    }
    return drawn[--left];
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

_Static_assert(sizeof(HashStream) >= sizeof(crypto_generichash_state), "the state has room");

void hash_stream_begin(HashStream *stream)
{
    if (sodium_init() < 0) { /* it finds out what the processor can do */
        abort();
    }
    crypto_generichash_init((crypto_generichash_state *)(void *)stream, NULL, 0,
                            crypto_generichash_BYTES);
}

void hash_stream_add(HashStream *stream, Str bytes)
{
    crypto_generichash_state *state = (void *)stream;
    uint64_t len = bytes.len;
    crypto_generichash_update(state, (const unsigned char *)&len, sizeof len);
    crypto_generichash_update(state, (const unsigned char *)bytes.ptr, bytes.len);
}

Hex hash_stream_end(HashStream *stream)
{
    unsigned char digest[crypto_generichash_BYTES];
    crypto_generichash_final((crypto_generichash_state *)(void *)stream, digest, sizeof digest);
    return to_hex(digest, sizeof digest);
}
