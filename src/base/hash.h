#pragma once
/* Hashes. hash_bytes is fast and for tables only (xxh3, 64 bits); hash_128 names content;
 * hash_sha256 is for ids that others compute too; a stream (BLAKE2b, 256 bits, three times as fast) names
 * much content that somebody may have chosen. */

#include "base/str.h"

uint64_t hash_bytes(Str bytes);
/* For tables that outsiders fill for long: with a seed they cannot guess they cannot make texts collide. */
uint64_t hash_bytes_seeded(Str bytes, uint64_t seed);
uint64_t hash_random_seed(void);
uint64_t hash_mix(uint64_t a, uint64_t b); /* one hash out of two */

typedef struct Hex {
    char text[65]; /* lower case, NUL-terminated */
} Hex;

Hex hash_128_hex(Str bytes);    /* 32 digits */
Hex hash_sha256_hex(Str bytes); /* 64 digits */
/* Of `front` with each of the `backs` behind it; reads `front` once. */
void hash_sha256_hex_each(Str front, const Str *backs, uint32_t count, Hex *out);

typedef struct HashStream {
    _Alignas(64) unsigned char state[384]; /* of libsodium */
} HashStream;

void hash_stream_begin(HashStream *stream);
void hash_stream_add(HashStream *stream,
                     Str bytes);         /* with its length: "ab", "c" is not "a", "bc" */
Hex hash_stream_end(HashStream *stream); /* 64 digits */
